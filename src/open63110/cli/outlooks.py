# SPDX-License-Identifier: Apache-2.0
"""What is expected at sites, as files: prices, carbon, demand charges, loads, the sun."""

from pathlib import Path
from typing import Any

from open63110.cli.rest import Csms, Key, Url
from open63110.cli.say import DONE, NotUnderstood, note
from open63110.cli.site_file import read
from open63110.kernel.errors import Trouble


def import_(file: Path, *, url: Url = None, key: Key = None) -> int:
    """Say what is expected at sites as a file tells it, one series after the other; the first that is refused ends it.

    Those before it are expected by then.

    The file is TOML or JSON with a list called outlooks; each of it has what `open63110 outlook put` takes.

    Args:
        file: Ends in .toml or .json.
        url: Where the CSMS is.
        key: API key.
    """
    found = read(file)
    series = found.pop("outlooks", None)
    if not isinstance(series, list) or not series:
        raise NotUnderstood(f"{file} holds no list called outlooks")
    if found:
        raise NotUnderstood(f"{file} holds more than a list called outlooks: {', '.join(found)}")
    csms = Csms(url, key)
    for place, one in enumerate(series):
        _put(csms, one, f"{file}, outlooks[{place}]")
    note(f"{len(series)} series of {file} are expected now")
    return DONE


def _put(csms: Csms, series: Any, place: str) -> None:
    try:
        csms.post("outlooks/put", series)
    except Trouble as fault:
        raise Trouble(f"{place}: {fault.message}", code=fault.code, where=fault.where, remedy=fault.remedy) from fault
