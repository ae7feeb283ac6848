# SPDX-License-Identifier: Apache-2.0
"""Which tariff counted where."""

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, table, tell


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
