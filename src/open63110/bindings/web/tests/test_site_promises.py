# SPDX-License-Identifier: Apache-2.0
"""What drivers may count on, why one waits, and who demands what: in words (8.2.3, R-7.5-1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.bindings.web.site_promises import COLUMNS, cells, demands, place_words, promised, totals, why_words
from open63110.kernel.ids import EvseNumber, SessionNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Amperes, Percent, WattHours, Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.limit import Ahead, Limit, LimitScope, LimitSource
from open63110.model.needs import Needs
from open63110.model.power import EvsePower, NodePower, Promise, SitePower, Winner
from open63110.model.site import SiteId, Zone, ZoneId, ZoneLimit
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, Register

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
A, B = StationId("CS-2"), StationId("CS-10")
NORTH = SiteId("north")
BY = ", limited by the DSO (grid-op)"
DSO = Winner(source=LimitSource.DSO, actor="grid-op", constraint="c1")


def evse(station: StationId = A, **more: Any) -> EvsePower:
    return EvsePower(station=station, evse=EvseNumber(1), **more)


def running(station: StationId) -> Station:
    register = Register(first=WattHours(100.0), last=WattHours(2_600.0), first_at=T0, last_at=T0)
    reference = TransferReference("T-1")
    transfer = EnergyTransfer(
        station=station,
        number=TransferNumber(1),
        reference=reference,
        session=SessionNumber(7),
        imported=register,
        soc=Percent(40.0),
        needs=Needs(priority=True),
    )
    return Station(id=station, transfers={reference: transfer})


def power(*evses: EvsePower, nodes: tuple[NodePower, ...] = ()) -> SitePower:
    return SitePower(site=NORTH, at=T0, nodes=nodes, evses=evses)


def test_who_waits_comes_first_and_idle_evses_are_not_there() -> None:
    promise = Promise(departure=T0, energy=WattHours(20_000.0), wanted=WattHours(25_000.0), confidence=0.8)
    active = evse(transfer=TransferReference("T-1"), state="active", promise=promise, limited_by="ev", measured=Watts(7_000.0))
    waits = evse(B, state="waiting", why="NodeFull", limited_by="zone:deck", winner=DSO)
    idle = evse(StationId("CS-3"))
    stations = {A: running(A), B: Station(id=B), StationId("CS-3"): Station(id=StationId("CS-3"))}
    first, second = promised(power(active, waits, idle), stations)
    assert (first.station, first.why) == (B, "zone deck is full, limited by the DSO (grid-op)")
    assert (second.station, second.session, second.delivered, second.urgent, second.soc) == (A, 7, 2_500.0, True, 40.0)
    assert (second.limited_by, second.share, second.confidence) == ("the EV", 0.8, 0.8)
    assert (first.share, first.delivered) == (0.0, 0.0)
    row = dict(zip(COLUMNS, cells(second), strict=True))
    assert (row["departure"], row["promised_Wh"], row["measured_W"], row["setpoint_W"]) == (
        "2026-05-01T12:00:00Z",
        20_000.0,
        7_000.0,
        "",
    )


def test_a_station_that_is_gone_is_not_shown_and_nothing_is_where_nobody_looked() -> None:
    assert promised(power(evse(state="active")), {}) == []
    assert promised(None, {A: running(A)}) == []


def test_all_together_are_promised_no_more_than_they_want() -> None:
    more = Promise(energy=WattHours(30_000.0), wanted=WattHours(20_000.0))
    less = Promise(energy=WattHours(5_000.0), wanted=WattHours(10_000.0))
    unsaid = Promise(energy=WattHours(5_000.0))
    found = [
        evse(state=state, promise=one)
        for state, one in (("active", more), ("waiting", less), ("dark", unsaid), ("refused", None))
    ]
    total = totals(promised(power(*found), {A: running(A)}))
    assert (total.active, total.waiting, total.dark, total.promised, total.wanted) == (1, 1, 2, 25_000.0, 30_000.0)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"why": "NodeFull"}, "what feeds it is full"),
        ({"why": "Minimum", "limited_by": "T1"}, "less than it needs at least is left at T1"),
        (
            {"why": "Rotates", "limited_by": "site", "winner": DSO},
            "takes turns with others at the site, limited by the DSO (grid-op)",
        ),
        ({"why": "Planned"}, "is planned for later"),
        ({"why": "Planned", "ahead": (Ahead(since=T0, limit=Watts(1.0)),)}, "is planned from 12:00 UTC on"),
        ({"why": "Unconfirmed"}, "its station has not confirmed yet"),
        ({"why": "Unreachable", "most": Watts(7_400.0)}, "its station is not reached, and counts with 7.4 kW"),
        ({"why": "NewOne"}, "NewOne"),
    ],
)
def test_why_an_ev_waits_is_said_in_words(more: dict[str, Any], words: str) -> None:
    assert why_words(evse(**more)) == words


def test_places_are_called_as_people_call_them() -> None:
    assert [place_words(one) for one in ("zone:deck", "cars", "site", "cable", "")] == [
        "zone deck",
        "cars",
        "the site",
        "the cable",
        "",
    ]


def constraint(id: str, source: LimitSource, *steps: Step, **more: Any) -> Constraint:
    return Constraint(
        id=id, source=source, actor="x", scope=ConstraintScope(site=NORTH, **more.pop("scope", {})), profile=steps, **more
    )


def step(watts: float | None, minutes: float = -1, *amperes: float) -> Step:
    since = T0 + timedelta(minutes=minutes)
    return Step(since=since, import_max=None if watts is None else Watts(watts), amperes=tuple(map(Amperes, amperes)))


def test_demands_say_who_where_how_much_and_what_counts() -> None:
    nodes = (NodePower(id="site", kind="site", winner=Winner(source=LimitSource.DSO, constraint="c1")),)
    later = T0 + timedelta(hours=1)
    wanted = [
        constraint("c3", LimitSource.USER, step(5.0), scope={"station": A, "evse": EvseNumber(2)}),
        constraint("c2", LimitSource.OPERATOR, step(None, -1, 32.0, 32.0, 16.0), scope={"feeder": "T1"}),
        constraint("c1", LimitSource.DSO, step(9.0), critical=True, until=later),
        constraint("c4", LimitSource.OPERATOR, step(7.0, 30), scope={"zone": ZoneId("deck")}),
        constraint("c5", LimitSource.OPERATOR, step(7.0), until=T0),
        constraint("c6", LimitSource.OPERATOR, step(7.0), expires=T0, fallback=step(3.0)),
    ]
    found = {one.id: one for one in demands(wanted, [], power(nodes=nodes), T0)}
    assert list(found) == ["c1", "c2", "c4", "c6", "c3"]
    assert (found["c1"].source, found["c1"].wins, found["c1"].critical, found["c1"].changes) == ("the DSO", True, True, later)
    assert (found["c2"].where, found["c2"].now, found["c2"].amperes, found["c2"].node) == ("T1", None, (32.0, 32.0, 16.0), "T1")
    assert (found["c3"].where, found["c3"].wins) == ("station CS-2, EVSE 2", False)
    assert (found["c4"].counts, found["c4"].changes, found["c4"].node) == (False, T0 + timedelta(minutes=30), "zone:deck")
    assert (found["c6"].silent, found["c6"].now) == (True, 3.0)


def test_a_limit_of_a_zone_that_no_constraint_stands_for_is_among_them() -> None:
    asked = Limit(limit=Watts(9_000.0), since=T0, scope=LimitScope.ZONE, source=LimitSource.DSO, emergency=True)
    zone = Zone(id=ZoneId("deck"), site=NORTH, import_max=Watts(1.0), limit=ZoneLimit(asked=asked))
    (only,) = demands([], [zone, Zone(id=ZoneId("yard"), site=NORTH, import_max=Watts(1.0))], None, T0)
    assert (only.where, only.now, only.wins, only.critical) == ("zone deck", 9_000.0, True, True)
    named = constraint("zone/north:deck", LimitSource.DSO, step(9_000.0))
    assert [one.id for one in demands([named], [zone], None, T0)] == ["zone/north:deck"]
