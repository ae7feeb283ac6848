# SPDX-License-Identifier: Apache-2.0
"""Bulk streams: send a file to a station, fetch a station's log, see how far they are."""

import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, NOT_DONE, AsJson, say, table, tell

Waiting = Annotated[float, Parameter(help="How long to wait for the end [s]; 0, unless given: not at all.")]

AGAIN = 0.5
"""Between two looks at a stream whose end is waited for [s]."""


def send(station: str, file: str, *, wait: Waiting = 0.0, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Send a file that lies at the CSMS to a station: `open63110 stream send CS1 firmware-2.bin`.

    Args:
        station: Id of the station.
        file: As `open63110 file list` shows it.
        wait: How long to wait for the end.
        url: Where the CSMS is.
        key: API key.
        json: Print the stream as JSON.
    """
    return _begun(Csms(url, key), station, {"file": file}, wait, as_json=json)


def fetch(station: str, log: str, *, wait: Waiting = 0.0, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Fetch a log of a station to the CSMS: `open63110 stream fetch CS1 station.log`.

    Args:
        station: Id of the station.
        log: Its name there, as the station's settings have it.
        wait: How long to wait for the end.
        url: Where the CSMS is.
        key: API key.
        json: Print the stream as JSON.
    """
    return _begun(Csms(url, key), station, {"fetch": log}, wait, as_json=json)


def _begun(csms: Csms, station: str, wish: dict[str, str], wait: float, *, as_json: bool) -> int:
    _, stream = csms.post(f"stations/{quoted(station)}/streams", wish)
    until = time.monotonic() + wait
    while stream["ended"] is None and time.monotonic() < until:
        time.sleep(AGAIN)
        stream = csms.get(f"streams/{stream['id']}")
    tell(stream) if as_json else say(_line(stream))
    return NOT_DONE if stream["state"] == "failed" else DONE


def list_(*, station: str | None = None, limit: int = 100, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """List streams with their progress, the newest first.

    Args:
        station: Of this station only.
        limit: At most so many.
        url: Where the CSMS is.
        key: API key.
        json: Print them as JSON.
    """
    items = Csms(url, key).get("streams", {"station": station, "limit": limit})["items"]
    if json:
        tell(items)
    else:
        rows = [[one["id"], one["station"], one["name"], _way(one), one["state"], _progress(one), one["reason"]] for one in items]
        table("", ["id", "station", "name", "", "state", "progress", "reason"], rows)
    return DONE


def show(stream: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show how far a stream is.

    Args:
        stream: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    found = Csms(url, key).get(f"streams/{quoted(stream)}")
    tell(found) if json else say(_line(found))
    return DONE


def cancel(stream: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Give a stream up.

    Args:
        stream: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    over = Csms(url, key).delete(f"streams/{quoted(stream)}")
    tell(over) if json else say(_line(over))
    return DONE


def save(stream: str, to: Path, *, url: Url = None, key: Key = None) -> int:
    """Write the file that a stream has brought to the CSMS.

    Args:
        stream: Its id.
        to: File to write.
        url: Where the CSMS is.
        key: API key.
    """
    draft = to.with_name(f"{to.name}.partial")
    with draft.open("wb") as file:
        file.writelines(Csms(url, key).chunks(f"streams/{quoted(stream)}/content", {}))
    draft.replace(to)
    return DONE


def _way(stream: dict[str, Any]) -> str:
    return "from" if stream["fetched"] else "to"


def _progress(stream: dict[str, Any]) -> str:
    done = stream["received"] if stream["fetched"] else stream["sent"]
    return f"{done} of {stream['total']}" if stream["total"] is not None else ""


def _line(stream: dict[str, Any]) -> str:
    why = f": {stream['reason']} {stream['words']}" if stream["reason"] else ""
    about = f"{stream['name']} {_way(stream)} {stream['station']}"
    return f"{stream['id']}  {about}  {stream['state']} {_progress(stream)}{why}".rstrip()
