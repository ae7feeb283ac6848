# SPDX-License-Identifier: Apache-2.0
"""Logs of stations that have come: written into files here (8.3.10)."""

from pathlib import Path

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE


def save(log: str, to: Path, *, url: Url = None, key: Key = None) -> int:
    """Write a log that has come into a file: `open63110 log save CS1:3 cs1.log`.

    Args:
        log: Its id, as `open63110 log list` shows it.
        to: File to write.
        url: Where the CSMS is.
        key: API key.
    """
    draft = to.with_name(f"{to.name}.partial")
    with draft.open("wb") as file:
        file.writelines(Csms(url, key).chunks(f"logs/{quoted(log)}/content", {}))
    draft.replace(to)
    return DONE
