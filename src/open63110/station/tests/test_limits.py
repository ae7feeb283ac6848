# SPDX-License-Identifier: Apache-2.0
"""The least of all limits, the 6 A cliff and the fail-safe of a lost link (7.10)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Seconds, Volts, Watts
from open63110.model.limit import WHOLE, Limit, Limits
from open63110.station.limits import LEAST, FailSafe, Source, least, per_phase, phase_limit, power_of

A = Amperes


@pytest.mark.at("AT-7.10-2")
def test_a_command_above_the_rating_of_the_cable_is_clipped_and_the_cable_named() -> None:
    offer = least({Source.COMMAND: A(32.0), Source.CABLE: A(20.0), Source.HARDWARE: A(32.0)})
    assert (offer.amperes, offer.source) == (20.0, Source.CABLE)


def test_a_source_that_says_nothing_does_not_count() -> None:
    offer = least({Source.EV: None, Source.HARDWARE: A(16.0)})
    assert (offer.amperes, offer.source) == (16.0, Source.HARDWARE)


def test_less_than_six_amperes_is_nothing_and_what_was_left_is_said() -> None:
    offer = least({Source.COMMAND: A(5.9), Source.HARDWARE: A(32.0)})
    assert (offer.amperes, offer.limit, offer.source) == (0.0, 5.9, Source.COMMAND)


def test_a_limit_below_nothing_is_nothing() -> None:
    assert least({Source.COMMAND: A(-3.0)}).limit == 0.0


def test_no_limit_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="hardware"):
        least({Source.CABLE: None})


def test_among_equals_the_one_with_the_most_say_is_named() -> None:
    assert least({Source.HARDWARE: A(16.0), Source.FAIL_SAFE: A(16.0)}).source is Source.FAIL_SAFE


@given(st.dictionaries(st.sampled_from(list(Source)), st.none() | st.floats(-10, 100), max_size=5), st.floats(0, 80))
def test_no_source_is_ever_exceeded(limits: dict[Source, Amperes | None], rating: float) -> None:
    limits = {**limits, Source.HARDWARE: A(rating)}
    offer = least(limits)
    said = [one for one in limits.values() if one is not None]
    assert offer.amperes == 0.0 or (offer.amperes >= LEAST and all(offer.amperes <= one for one in said))


@given(st.floats(0, 100_000), st.sampled_from([1, 3]))
def test_a_power_is_never_exceeded_on_its_way_to_current(power: float, phases: int) -> None:
    current = per_phase(Watts(power), phases, Volts(230.0))
    assert power_of(current, phases, Volts(230.0)) <= power + 0.01
    assert power - power_of(current, phases, Volts(230.0)) < 0.1 * 230 * phases + 0.01


def test_eleven_kilowatts_are_sixteen_amperes_on_three_phases() -> None:
    assert per_phase(Watts(11_040.0), 3, Volts(230.0)) == 16.0


def test_what_was_said_of_phases_is_the_least_of_all_and_shared_where_it_is_of_the_whole() -> None:
    at, e1, e2 = datetime(2026, 3, 1, tzinfo=UTC), EvseNumber(1), EvseNumber(2)

    def limit(evse: EvseNumber, *amperes: float, level: int = 1) -> Limit:
        return Limit(evse=evse, limit=Watts(9000.0), since=at, amperes=tuple(map(Amperes, amperes)), level=level)

    told = Limits(
        desired={"a": limit(WHOLE, 32.0, 20.0, 32.0), "b": limit(e1, 8.0), "c": limit(e1, 6.0, level=0), "d": limit(e2)}
    )
    assert (phase_limit(told, e1, at, 1), phase_limit(told, e2, at, 2), phase_limit(Limits(), e1, at, 1)) == (8.0, 10.0, None)


def test_the_fail_safe_holds_from_its_time_after_the_loss_of_the_link_until_it_is_back() -> None:
    lost = FailSafe(limit=A(6.0), after=Seconds(60.0)).heard(100.0, link=False)
    assert [lost.in_force(at) for at in (100.0, 159.9, 160.0)] == [None, None, 6.0]
    assert lost.heard(150.0, link=False) == lost
    assert lost.heard(200.0, link=True).in_force(1000.0) is None
