# SPDX-License-Identifier: Apache-2.0
"""Whatever a station takes of a limit with steps, the power of the profile never exceeds it (8.2.3, AT-8.2.3-5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace
from tests.conformance.v201.golden import Names

from open63110.bindings.ocpp.fields import MOST
from open63110.bindings.ocpp.profiles import (
    EARLIER,
    Place,
    begin_of,
    composite,
    end_of,
    periods,
    place_of,
    profile_id,
    read,
    stack_of,
)
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE, Ahead, Limits, power
from open63110.model.needs import Needs
from open63110.model.phases import phases_of
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging import LimitAnswer, LimitPower

NOW = datetime(2026, 5, 1, 12, 0, 5, 700_000, tzinfo=UTC)
CS, ONE, T1 = StationId("cs1"), EvseNumber(1), TransferReference("t1")


def door(noun: Station | None = None) -> Door:
    return Door(station=CS, version=Version.V201, subjects=Names(), now=NOW, noun=noun)


def station(wiring: str = "", limits: Limits | None = None, phases: int | None = None) -> Station:
    evses = {ONE: Evse(number=ONE, wiring=wiring)}
    needs = Needs(source="ev", phases=phases)
    transfer = EnergyTransfer(station=CS, number=TransferNumber(1), reference=T1, evse=ONE, needs=needs)
    return Station(id=CS, evses=evses, limits=limits or Limits(), transfers={T1: transfer})


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def order(watts: float, *steps: tuple[float, float], **more: Any) -> LimitPower:
    ahead = tuple(Ahead(since=at(seconds), limit=Watts(power)) for seconds, power in steps)
    fields: dict[str, Any] = {"station": CS, "evse": ONE, "limit": Watts(watts), "ahead": ahead} | more
    return LimitPower(**fields)


moments = st.lists(st.floats(-900, 90_000, allow_nan=False), max_size=30, unique=True).map(sorted)


@settings(max_examples=200, deadline=None)
@given(
    moments,
    st.lists(st.floats(0, 50_000, allow_nan=False), min_size=31, max_size=31),
    st.sampled_from(("W", "A")),
    st.integers(1, 12),
    st.sampled_from(("", "L1", "L2L3")),
)
def test_a_profile_has_no_more_periods_than_are_taken_and_never_more_power_than_the_limit(
    when: list[float], watts: list[float], unit: str, most: int, wiring: str
) -> None:
    limit = order(watts[0], *zip(when, watts[1:], strict=False))
    where = door(station(wiring, Limits(periods=most)))
    begin = begin_of(where)
    sent = periods(limit, begin, unit, where)
    assert 1 <= len(sent) <= most
    assert [one.start for one in sent] == sorted({one.start for one in sent})
    assert sent[0].start == 0
    wanted = limit.wanted(NOW)
    probes = [begin + timedelta(seconds=one.start + more) for one in sent for more in (0.0, 0.999)]
    probes += [one.since for one in limit.ahead] + [one.since - timedelta(milliseconds=1) for one in limit.ahead]
    for probe in (one for one in probes if one >= NOW):
        counts = [one for one in sent if begin + timedelta(seconds=one.start) <= probe][-1]
        assert power(counts.rate, unit, counts.phases) <= wanted.allows(probe) + 0.06


@pytest.mark.parametrize("then", [1_000.0, 500.0])
def test_of_steps_within_one_second_none_lifts_the_limit_before_its_time(then: float) -> None:
    limit = order(0.0, (0.0, 0.0), (1.0, 1_000.0), (1.25, then))
    where = door(station())
    begin = begin_of(where)
    sent = periods(limit, begin, "W", where)
    assert [(begin + timedelta(seconds=one.start), one.rate) for one in sent[1:]] == [(at(1.3), then)]


def test_where_periods_have_to_go_those_go_that_cost_the_least_energy() -> None:
    limit = order(11_000, (600, 10_900), (1_200, 4_000), (1_800, 11_000), until=at(3_600))
    where = door(station(limits=Limits(periods=3)))
    early = int(EARLIER.total_seconds())
    assert [(one.start - early, one.rate) for one in periods(limit, begin_of(where), "W", where)] == [
        (0 - early, 10_900.0),
        (1_200, 4_000.0),
        (1_801, 11_000.0),
    ]
    where = door(station(limits=Limits(periods=1)))
    assert [one.rate for one in periods(limit, begin_of(where), "W", where)] == [4_000.0]


def test_what_is_over_of_a_limit_takes_no_period_however_early_its_schedule_begins() -> None:
    limit = order(11_000, (-7_200, 9_000), (-60, 6_000), (60, 4_000))
    early = int(EARLIER.total_seconds())
    sent = periods(limit, begin_of(door()), "W", door())
    assert [(one.start, one.rate) for one in sent] == [(0, 6_000.0), (early + 60, 4_000.0)]


@pytest.mark.parametrize("hours", [-12.0, -1.0, 1.0, 14.0])
def test_a_schedule_has_begun_and_a_lease_lasts_as_long_by_a_clock_that_is_known_to_be_wrong(hours: float) -> None:
    where = door(replace(station(), clock_ahead=hours * 3_600.0))
    limit = order(6_900.0, until=at(90))
    shown = NOW + timedelta(hours=hours)
    assert begin_of(where) == shown.replace(microsecond=0) - EARLIER
    assert end_of(limit, where) == shown + timedelta(seconds=90)
    assert end_of(order(6_900.0), where) is None


def test_by_a_clock_that_knows_nothing_a_schedule_begins_when_that_clock_did() -> None:
    first = datetime(1970, 1, 1, tzinfo=UTC)
    assert begin_of(door(replace(station(), clock_ahead=(first - NOW).total_seconds()))) == first


def test_what_comes_after_the_end_of_a_profile_takes_no_period() -> None:
    limit = order(11_000, (60, 9_000), (120, 4_000), until=at(120))
    assert [one.rate for one in periods(limit, begin_of(door()), "W", door())] == [11_000.0, 9_000.0]


@pytest.mark.parametrize(
    ("wiring", "needs", "transfer", "phases", "rate"),
    [
        ("", None, "", 3, 10.0),
        ("L2", None, "", 1, 30.0),
        ("L1L3", None, "", 2, 15.0),
        ("L1L2L3", 1, "", 3, 10.0),
        ("L1L2L3", 1, T1, 1, 30.0),
        ("L2", 3, T1, 1, 30.0),
    ],
    ids=["nobody said", "one wire", "two", "an EV that is not asked about", "an EV on one phase", "an EV that could do more"],
)
def test_a_current_counts_on_the_phases_of_the_wiring_and_of_the_ev_that_it_is_for(
    wiring: str, needs: int | None, transfer: str, phases: int, rate: float
) -> None:
    noun = station(wiring, phases=needs)
    assert phases_of(noun, ONE, transfer) == phases
    sent = periods(order(6_900, transfer=transfer), NOW - EARLIER, "A", door(noun))
    assert [(one.rate, one.phases) for one in sent] == [(rate, phases)]


def test_a_station_counts_on_all_the_phases_of_its_evses() -> None:
    two = Evse(number=EvseNumber(2), wiring="L2")
    noun = station("L1")
    assert phases_of(noun, WHOLE) == 1
    assert phases_of(replace(noun, evses=noun.evses | {two.number: two}), WHOLE) == 2
    assert phases_of(None, WHOLE) == phases_of(Station(id=CS), WHOLE) == phases_of(noun, EvseNumber(9)) == 3


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("evse", [0, 1, MOST])
@pytest.mark.parametrize("level", [0, 1])
def test_the_id_of_a_profile_says_what_it_is_for(evse: int, level: int, *, bound: bool) -> None:
    found = place_of(profile_id(EvseNumber(evse), level, bound=bound))
    assert found == Place(EvseNumber(evse), level, bound)


def test_other_ids_are_of_others() -> None:
    assert place_of(profile_id(WHOLE, 0) - 1) is None
    assert place_of(profile_id(EvseNumber(MOST), 1, bound=True) + 1) is None


def test_levels_are_those_that_the_station_has() -> None:
    one = door(station(limits=Limits(levels=0)))
    assert stack_of(order(1_000, level=1), one) == 0
    with pytest.raises(NotSupported):
        stack_of(order(1_000, level=0), one)
    assert stack_of(order(1_000, level=7), door(station(limits=Limits(levels=3)))) == 3
    assert stack_of(order(1_000, level=7), door()) == 7


def test_a_schedule_that_began_is_read_from_now_on() -> None:
    said = [(0, 9_000.0, UNSET), (100, 8_000.0, UNSET), (400, 7_000.0, 1)]
    found = read(said, "W", NOW - timedelta(seconds=200), NOW)
    assert found == (8_000.0, (Ahead(since=at(200), limit=Watts(7_000.0), phases=1),))
    assert read(said, "W", at(50), NOW).limit == 9_000.0  # earlier than was said is less than was said


@pytest.mark.parametrize(
    "said",
    [
        [],
        [(5, 1.0, UNSET), (5, 2.0, UNSET)],
        [(0, -1.0, UNSET)],
        [(0, float("inf"), UNSET)],
        [(0, 1.0, UNSET), (2**62, 1.0, UNSET)],
    ],
)
def test_what_is_no_schedule_is_refused(said: Any) -> None:
    with pytest.raises(NotSupported):
        read(said, "W", NOW, NOW)


def test_a_composite_schedule_ends_where_nothing_limits_any_more() -> None:
    steps = (Ahead(since=at(60), limit=Watts(2_000.0)), Ahead(since=at(600), limit=Watts(1_000.0)))
    said = LimitAnswer(evse=ONE, limit=Watts(3_000.0), ahead=steps, until=at(300.9))
    length, found = composite(said, "W", 3_600, door())
    assert (length, [(one.start, one.rate) for one in found]) == (300, [(0, 3_000.0), (60, 2_000.0)])
    assert composite(replace(said, until=None), "W", 100, door())[0] == 100
