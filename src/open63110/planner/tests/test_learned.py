# SPDX-License-Identifier: Apache-2.0
"""What is learned of an EV by its meter: its phases, what it takes, whether it wants more; believed late, forgotten at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Amperes, Watts
from open63110.model.flow import Flow, flow
from open63110.model.limit import PHASE, WHOLE, Confirmed, Limit, Limits, LimitScope
from open63110.model.needs import Needs
from open63110.model.reading import Reading
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.learned import Learned, learn
from open63110.planner.points import Spot, spots

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ONE = EvseNumber(1)


class Place:
    """One EVSE with an EV, and what was learned of it so far."""

    def __init__(self, wiring: str = "L2L3L1", rated: float = 22_080.0) -> None:
        self.evse = Evse(number=ONE, import_max=Watts(rated), wiring=wiring)
        self.known: Learned | None = None
        self.limit, self.since, self.state, self.reference = 32.0, NOW, "charging", "t"
        self.connected: datetime | None = NOW
        self.needs: Needs | None = None
        self.flags: tuple[str, ...] = ()

    def told(self, amperes: float, seconds: float) -> "Place":
        """Let it confirm another limit."""
        self.limit, self.since = amperes, NOW + timedelta(seconds=seconds)
        return self

    def look(self, seconds: float, *currents: float, power: float | None = None) -> Spot:
        """Look, with what its terminals carry just now."""
        now = NOW + timedelta(seconds=seconds)
        limit = Limit(
            limit=Watts(self.limit * 690.0), since=self.since, scope=LimitScope.ZONE, amperes=(Amperes(self.limit),) * 3
        )
        shown = sum(currents) * PHASE if power is None else power
        transfer: Any = EnergyTransfer(
            station=StationId("A"), number=TransferNumber(1), reference=TransferReference(self.reference), evse=ONE, began=NOW
        )
        transfer = replace(transfer, state=self.state, power=Watts(shown), newest=now, direction="import", needs=self.needs)
        station = Station(
            id=StationId("A"),
            registration=Registration.ACCEPTED,
            connected=self.connected,
            flags=self.flags,
            evses={ONE: self.evse},
            limits=Limits(desired={"0/zone": limit}, in_force={WHOLE: Confirmed(asked=limit, limit=limit.limit, at=self.since)}),
            transfers={transfer.reference: transfer},
        )
        spot, self.known = learn(
            spots(station, 230.0, now).rows[0], Flow(now, currents) if currents else None, self.known, now.timestamp()
        )
        return spot


def test_an_ev_counts_on_all_phases_until_its_meter_has_shown_for_a_while_that_two_carry_nothing() -> None:
    place = Place()
    assert place.look(0).wiring == "L2L3L1"
    assert place.look(10, 31.0, 0.0, 0.0).wiring == "L2L3L1", "it may still be on its way up"
    assert place.look(29, 31.0, 0.0, 0.0).wiring == "L2L3L1", "others may begin a little later"
    one = place.look(30, 31.0, 0.0, 0.0)
    assert (one.wiring, one.factor, one.said) == ("L2", 230.0, 690.0)
    assert one.most == pytest.approx(32.0), "what it was told is a current of each phase, whichever it uses"
    assert place.told(10.0, 31).look(32, 31.0, 0.0, 0.0).wiring == "L2", "that stays so while its limit changes"


def test_of_an_ev_at_a_station_whose_clock_is_doubted_nothing_is_learned() -> None:
    place = Place()
    for seconds in (0, 10, 40, 80):
        place.look(seconds, 12.0, 0.0, 0.0)
    one = place.look(90, 12.0, 0.0, 0.0)
    assert (one.wiring, one.top is None) == ("L2", False)
    place.flags = ("clock",)
    one = place.look(100, 12.0, 0.0, 0.0)
    assert (one.wiring, one.top) == ("L2L3L1", None)


def test_once_another_phase_shows_current_it_counts_there_for_good() -> None:
    place = Place()
    place.look(0)
    place.look(10, 16.0, 0.0, 0.0)
    assert place.look(30, 16.0, 0.0, 0.0).wiring == "L2"
    assert place.look(60, 16.0, 16.0, 0.0).wiring == "L2L3"
    assert place.look(90, 16.0, 0.0, 16.0).wiring == "L2L3L1"
    assert place.look(120, 16.0, 0.0, 0.0).wiring == "L2L3L1"


def test_nothing_is_shown_by_an_ev_that_hardly_charges_by_a_meter_with_one_number_or_of_an_evse_with_one_phase() -> None:
    place = Place()
    place.look(0)
    assert place.look(30, 2.0, 0.0, 0.0).wiring == "L2L3L1"
    assert place.look(60, 16.0).wiring == "L2L3L1"
    assert place.look(90, 16.0, 0.0, 0.0).wiring == "L2L3L1"
    assert place.look(110, 16.0, 0.0, 0.0).wiring == "L2"
    single = Place("L3", rated=7_360.0)
    single.look(0)
    assert single.look(30, 16.0, 0.0, 0.0).wiring == "L3"


def test_an_ev_whose_phases_begin_one_after_the_other_counts_on_all_of_them_all_the_time() -> None:
    place = Place()
    place.look(0)
    looks = [place.look(30, 10.0, 0.0, 0.0), place.look(45, 10.0, 10.0, 0.0), place.look(60, 10.0, 10.0, 10.0)]
    assert [one.wiring for one in looks] == ["L2L3L1"] * 3


def test_an_ev_that_says_it_has_one_phase_counts_on_each_that_its_meter_shows_at_once() -> None:
    place = Place()
    place.needs = Needs(phases=1)
    assert place.look(0).wiring == "L2"
    two = place.look(10, 16.0, 16.0, 0.0)
    assert (two.wiring, two.factor) == ("L2L3", 460.0)
    assert place.look(20, 16.0, 16.0, 16.0).wiring == "L2L3L1"


def test_an_ev_that_draws_more_than_its_phases_may_counts_with_what_they_show_or_else_on_all() -> None:
    place = Place().told(10.0, 0)
    place.look(0)
    place.look(30, 9.5, 0.0, 0.0)
    assert place.look(60, 9.5, 0.0, 0.0).wiring == "L2"
    over = place.look(90, 20.0, 0.0, 0.0)
    assert (over.wiring, over.over) == ("L2", True)
    assert over.most == pytest.approx(20.0), "it takes watts for all phases on one"
    assert place.look(120, 9.5, 0.0, 0.0, power=6_500.0).wiring == "L2L3L1", "what it takes more flows on others"
    assert place.look(150, 9.5, 0.0, 0.0).wiring == "L2L3L1"


def test_a_station_that_is_not_heard_and_the_next_ev_count_on_all_phases_at_once() -> None:
    place = Place()
    place.look(0)
    place.look(10, 16.0, 0.0, 0.0)
    assert place.look(30, 16.0, 0.0, 0.0).wiring == "L2"
    place.connected = None
    assert place.look(40, 16.0, 0.0, 0.0).wiring == "L2L3L1"
    place.connected = NOW
    assert place.look(50, 16.0, 0.0, 0.0).wiring == "L2"
    place.reference = "next"
    assert place.look(60, 16.0, 0.0, 0.0).wiring == "L2L3L1"


def test_what_an_ev_takes_at_most_is_what_it_takes_of_clearly_more_and_a_little_beside() -> None:
    place = Place()
    place.look(0)
    assert place.look(5, 16.0, 16.0, 16.0).top is None, "it has had no time to follow"
    top = 16.0 * 1.09 + 0.5
    assert place.look(30, 16.0, 16.0, 16.0).top == pytest.approx(top)
    assert place.told(top, 31).look(60, 16.0, 16.0, 16.0).top == pytest.approx(top), "offered that, it stays so"
    assert place.told(10.0, 61).look(90, 9.8, 9.8, 9.8).top == pytest.approx(top), "less than it takes says nothing"
    place.told(top, 91).look(92, 9.8, 9.8, 9.8)
    assert place.look(120, top - 0.5, top - 0.5, top - 0.5).top is None, "now it takes all: it could take more"


def test_an_ev_that_always_takes_a_little_less_than_it_is_offered_is_not_talked_down() -> None:
    place, amperes = Place(), 16.0
    place.told(amperes, 0).look(0)
    for step in range(1, 20):
        taken = 0.93 * amperes
        top = place.look(60.0 * step, taken, taken, taken).top
        amperes = 32.0 if top is None else min(32.0, top)
        place.told(amperes, 60.0 * step)
    assert amperes == 32.0


def test_a_meter_that_shows_power_alone_is_believed_with_more_room_for_its_voltage() -> None:
    place = Place()
    place.look(0)
    assert place.look(30, power=28.0 * 690.0).top is None
    assert place.look(60, power=16.0 * 690.0).top == pytest.approx(16.0 * 1.19 + 1.0)


def test_an_ev_that_takes_nothing_of_its_offer_wants_nothing_only_after_a_minute() -> None:
    place = Place()
    assert place.look(0, 0.0, 0.0, 0.0).state == "active"
    place.state = "suspended-ev"
    assert place.look(10, 0.0, 0.0, 0.0).state == "active", "it may not have noticed yet"
    assert place.look(69, 0.0, 0.0, 0.0).state == "active"
    assert place.look(70, 0.0, 0.0, 0.0).state == "full"
    place.state = "suspended-evse"
    assert place.told(0.0, 71).look(80, 0.0, 0.0, 0.0).state == "full", "offered nothing, it cannot show that it wants more"
    place.state = "charging"
    assert place.look(90, 6.0, 6.0, 6.0).state == "active"


def test_an_ev_that_wanted_nothing_is_asked_again_less_and_less_often() -> None:
    place, asked = Place(), []
    before = "active"
    for second in range(0, 12_000, 10):
        place.state = "suspended-ev" if before == "active" else "suspended-evse"
        now = place.look(second, 0.0, 0.0, 0.0).state
        if second and now == "active" and before == "full":
            asked.append(second)
        before = now
    assert asked == [960, 2830, 6500]


def test_terminals_are_told_apart_by_readings_at_the_outlet_that_name_all_of_them() -> None:
    def reading(phase: str, value: float, **more: Any) -> Reading:
        return Reading(at=NOW, measurand="current.import", value=value, phase=phase, **more)

    both = [reading("L1", 1.0), reading("L2-N", 2.0)]
    assert flow(NOW, [*both, reading("L3", 3.0)]) == Flow(NOW, (1.0, 2.0, 3.0))
    assert flow(NOW, both) == Flow(NOW, (1.0, 2.0))
    assert flow(NOW, [reading("L1", 1.0), reading("L3", 3.0)]) is None
    assert flow(NOW, [reading("", 5.0), reading("N", 1.0), reading("L1", 4.0, location="Inlet")]) is None
    assert flow(NOW, [Reading(at=NOW, measurand="voltage", value=230.0, phase="L1")]) is None
