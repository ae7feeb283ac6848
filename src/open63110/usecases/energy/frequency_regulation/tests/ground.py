# SPDX-License-Identifier: Apache-2.0
"""A station and its grid controls, decided without an engine: facts change rows, wakeups and orders are remembered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Event, Reply, Wake
from open63110.model.der import CurvePoint, DerCurve, DerKind, DerUnit, StationDerControl
from open63110.model.station import Registration, Station
from open63110.usecases.energy.frequency_regulation import SetDerControl

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CS = StationId("CS-1")
STATION = Station(id=CS, registration=Registration.ACCEPTED, wire="ocpp2.1", connected=NOON)
AWAY = replace(STATION, connected=None)
OLDER = replace(STATION, wire="ocpp2.0.1")
CURVE = DerCurve(points=(CurvePoint(x=92.0, y=44.0), CurvePoint(x=108.0, y=-44.0)), unit=DerUnit.PCT_MAX_VAR)


def usual(id: str = "vv", **more: Any) -> SetDerControl:
    """A default of volt-var."""
    said: dict[str, Any] = {"id": id, "kind": DerKind.VOLT_VAR, "default": True, "curve": CURVE}
    return SetDerControl(station=CS, by="ann", **(said | more))


def planned(id: str = "plan", start: datetime = NOON + HOUR, duration: float = 3600.0, **more: Any) -> SetDerControl:
    """One that is scheduled."""
    return usual(id, **({"default": False, "start": start, "duration": duration} | more))


class Table:
    """Rows of one station, and what was said about them."""

    def __init__(self) -> None:
        self.rows = KeptRows()
        self.facts: list[Event] = []
        self.orders: list[Command] = []
        self.replies: list[Reply] = []
        self.wakes: dict[str, Wake] = {}

    def play(self, effects: Iterable[Effect]) -> list[Effect]:
        """Take what a decision yields, all at once as a turn does; return it."""
        taken = self.rows.take(list(effects))
        for one in taken:
            match one:
                case Event():
                    self.facts.append(one)
                case Command():
                    self.orders.append(one)
                case Reply():
                    self.replies.append(one)
                case Wake():
                    self.wakes[one.name] = one
        return taken

    def controls(self) -> dict[str, StationDerControl]:
        """What there is, by id."""
        return {one.id: one for one in self.rows.load(StationDerControl)}

    def standings(self) -> dict[str, tuple[str, str]]:
        """Standing and reason of each."""
        return {id: (one.standing.value, one.reason) for id, one in self.controls().items()}

    def told(self) -> list[Any]:
        """What the station was told since the last look."""
        orders, self.orders = self.orders, []
        return orders

    def said(self, kind: type[Event]) -> list[Any]:
        """Facts of a kind since the last look."""
        found = [one for one in self.facts if isinstance(one, kind)]
        self.facts = []
        return found
