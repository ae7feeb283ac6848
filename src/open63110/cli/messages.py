# SPDX-License-Identifier: Apache-2.0
"""One text for the displays of many stations."""

from typing import Any

from open63110.cli.derived import text
from open63110.cli.rest import Csms, Key, Url
from open63110.cli.say import AsJson
from open63110.cli.to_many import NOBODY_SAID, Chosen, told_of_many


def set_many(
    *contents: str,
    chosen: Chosen = NOBODY_SAID,
    number: int = 0,
    rank: str = "normal-cycle",
    state: str = "",
    start: str = "",
    end: str = "",
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Show a text to users of many stations; those that are away are told when they come (8.3.8).

    Args:
        contents: As LANGUAGE:TEXT (de:Guten Tag), qr-code:TEXT, or :TEXT for everybody.
        chosen: Which stations.
        number: By what it is known at each; 0: the next that is free there.
        rank: always-front, in-front or normal-cycle.
        state: Shown while a station is so: charging, faulted, idle, unavailable, suspended, discharging.
        start: Not shown before, as 2030-12-31T23:59:59Z.
        end: Gone by then.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    times = {"state": state, "start": start, "end": end}
    message: dict[str, Any] = {"number": number, "rank": rank, "contents": [text(one) for one in contents]}
    message |= {name: value for name, value in times.items() if value}
    which = chosen.said()
    return told_of_many(Csms(url, key).post("messages/set", {"which": which, "message": message})[1], as_json=json)


def clear_many(
    number: int,
    *,
    chosen: Chosen = NOBODY_SAID,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Show a text no more at many stations (8.3.8).

    Args:
        number: By what it is known at each of them.
        chosen: Which stations.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    which = chosen.said()
    return told_of_many(Csms(url, key).post("messages/clear", {"which": which, "message": {"number": number}})[1], as_json=json)
