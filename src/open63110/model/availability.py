# SPDX-License-Identifier: Apache-2.0
"""Whether parts of a station may be used: what somebody ordered for the whole, for an EVSE, for a connector (8.3.4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from open63110.kernel.ids import ConnectorNumber, EvseNumber

Progress = Literal["asked", "scheduled", "in-force"]
"""How far an order has come: told or to be told; waits for the end of a transfer; the station keeps to it."""

WHOLE = EvseNumber(0)
ALL = ConnectorNumber(0)


class Availability(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What was ordered for one part of a station. Each part has an order of its own, and needs all of those above it, too."""

    evse: EvseNumber = WHOLE
    """0: the station as a whole."""
    connector: ConnectorNumber = ALL
    """0: the EVSE as a whole."""
    operative: bool = True
    at: datetime
    """When it was ordered."""
    progress: Progress = "asked"

    @property
    def place(self) -> tuple[EvseNumber, ConnectorNumber]:
        """What it is about."""
        return self.evse, self.connector


Orders = tuple[Availability, ...]


def operative(orders: Orders, evse: EvseNumber, connector: ConnectorNumber = ALL) -> bool:
    """Tell whether no order keeps a connector out of use; without a connector, whether none keeps its whole EVSE out."""
    places = {(WHOLE, ALL), (evse, ALL), (evse, connector)}
    return not any(one.place in places and not one.operative for one in orders)


def ordered(orders: Orders, evse: EvseNumber, connector: ConnectorNumber = ALL) -> Availability | None:
    """Return what was ordered for just this part, None if nothing was."""
    return next((one for one in orders if one.place == (evse, connector)), None)


def within(orders: Iterable[Availability], evse: EvseNumber) -> Iterable[Availability]:
    """Return the orders for parts of an EVSE, of the whole station with 0; what is for just that itself is not among them."""
    return (one for one in orders if one.place != (evse, ALL) and evse in {WHOLE, one.evse})


def put(orders: Orders, one: Availability) -> Orders:
    """Let an order take the place of what was ordered there before. That a part works as it always does is not kept."""
    rest = tuple(known for known in orders if known.place != one.place)
    return rest if one.operative and one.progress == "in-force" else (*rest, one)
