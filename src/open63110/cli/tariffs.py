# SPDX-License-Identifier: Apache-2.0
"""One tariff for many stations, and which one counted where."""

from pathlib import Path

from open63110.cli import site_file
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, table, tell
from open63110.cli.to_many import NOBODY_SAID, Chosen, told_of_many


def counted(station: str, *, at: str = "", url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Say which tariff counted at each EVSE of a station at a moment (8.4.7).

    Args:
        station: Id of the station.
        at: When, as 2030-12-31T17:59:30Z; now if not said.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    items = Csms(url, key).get(f"stations/{quoted(station)}/tariffs", {"at": at} if at else {})["items"]
    if json:
        tell(items)
        return DONE
    table("", ["evse", "tariff", "since"], [[str(one["evse"]), one["tariff"]["id"], one["since"]] for one in items])
    return DONE


def set_many(
    tariff: Path,
    *,
    chosen: Chosen = NOBODY_SAID,
    evse: int = 0,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Have a tariff count at many stations; those that are away, or have no words for tariffs, are named (8.4.7).

    Args:
        tariff: TOML or JSON file with it, its fields as REST has them.
        chosen: Which stations.
        evse: At this EVSE of each; 0: at all of them.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    said = {"which": chosen.said(), "evse": evse, "tariff": site_file.read(tariff)}
    return told_of_many(Csms(url, key).post("station-tariffs/set", said)[1], as_json=json)


def clear_many(
    ids: list[str] | None = None,
    *,
    chosen: Chosen = NOBODY_SAID,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Have many stations let tariffs go (8.4.7).

    Args:
        ids: What they are called; none: all of them.
        chosen: Which stations.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    said = {"which": chosen.said(), "ids": ids or []}
    return told_of_many(Csms(url, key).post("station-tariffs/clear", said)[1], as_json=json)
