# SPDX-License-Identifier: Apache-2.0
"""Files that lie at a CSMS to be sent to stations."""

import os
from pathlib import Path

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, say, table, tell


def put(file: Path, *, name: str = "", url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Let a file lie at the CSMS, to be sent to stations.

    Args:
        file: Which.
        name: What it is called there; as here unless given.
        url: Where the CSMS is.
        key: API key.
        json: Print what lies there as JSON.
    """
    with file.open("rb") as content:
        made = Csms(url, key).put_file(f"files/{quoted(name or file.name)}", content, os.fstat(content.fileno()).st_size)
    tell(made) if json else say(f"{made['name']}: {made['size']} bytes")
    return DONE


def list_(*, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """List the files that lie at the CSMS.

    Args:
        url: Where the CSMS is.
        key: API key.
        json: Print them as JSON.
    """
    items = Csms(url, key).get("files")["items"]
    tell(items) if json else table("", ["name", "bytes"], [[one["name"], str(one["size"])] for one in items])
    return DONE


def remove(name: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Take a file away.

    Args:
        name: As `open63110 file list` shows it.
        url: Where the CSMS is.
        key: API key.
        json: Print the result as JSON.
    """
    Csms(url, key).delete(f"files/{quoted(name)}")
    tell({"removed": name}) if json else say(f"{name} is gone")
    return DONE
