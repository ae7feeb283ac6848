# SPDX-License-Identifier: Apache-2.0
"""What is expected at sites, as files: prices, carbon, demand charges, loads, the sun."""

from pathlib import Path

import msgspec

from open63110.cli.rest import Csms, Key, Url
from open63110.cli.say import DONE, NotUnderstood, note
from open63110.cli.site_file import read


def import_(file: Path, *, url: Url = None, key: Key = None) -> int:
    """Say what is expected at sites as a file tells it, one series after the other; the first that is refused ends it.

    The file is TOML or JSON with a list called outlooks; each of it has what `open63110 outlook put` takes.

    Args:
        file: Ends in .toml or .json.
        url: Where the CSMS is.
        key: API key.
    """
    series = read(file).get("outlooks")
    if not isinstance(series, list) or not series:
        raise NotUnderstood(f"{file} holds no list called outlooks")
    csms = Csms(url, key)
    for one in series:
        csms.post("outlooks/put", msgspec.to_builtins(one))
    note(f"{len(series)} series of {file} are expected now")
    return DONE
