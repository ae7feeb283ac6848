# SPDX-License-Identifier: Apache-2.0
"""Many stations that go to another CSMS."""

from typing import Any

from open63110.cli.rest import Csms, Key, Url
from open63110.cli.say import AsJson
from open63110.cli.to_many import NOBODY_SAID, Chosen, told_of_many


def migrate_many(
    address: str,
    mandate: str,
    *,
    chosen: Chosen = NOBODY_SAID,
    switch: str = "",
    slot: int = 1,
    attempts: int = 3,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Move many stations to another CSMS, each once it is idle (8.3.14); `station show` says how far each has come.

    Args:
        address: ws:// or wss://, without the identity: stations append theirs.
        mandate: Who at the other operator agreed, and where that is written.
        chosen: Which stations.
        switch: Not before, as 2030-12-31T02:00:00Z.
        slot: Under which number they keep the way.
        attempts: How often each tries the other CSMS before it comes back.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    move: dict[str, Any] = {"url": address, "mandate": mandate, "slot": slot, "attempts": attempts}
    move |= {"switch": switch} if switch else {}
    which = chosen.said()
    return told_of_many(Csms(url, key).post("migrations/start", {"which": which, "move": move})[1], as_json=json)


def cancel_migrations(
    *,
    chosen: Chosen = NOBODY_SAID,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Call the moves of many stations off, of those that have not left (8.3.14).

    Args:
        chosen: Which stations.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    which = chosen.said()
    return told_of_many(Csms(url, key).post("migrations/cancel", {"which": which})[1], as_json=json)
