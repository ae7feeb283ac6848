# SPDX-License-Identifier: Apache-2.0
"""Limits of power: of several the lowest counts, and what counts without a link (7.10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Watts
from open63110.model.limit import (
    WHOLE,
    Ahead,
    Limit,
    Limits,
    LimitScope,
    LimitSource,
    Offer,
    commanded,
    failsafe_due,
    offered,
    power,
    rate,
    same,
    winner,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONE = EvseNumber(1)
TWO = EvseNumber(2)


def limit(watts: float, **more: Any) -> Limit:
    fields: dict[str, Any] = {"limit": Watts(watts), "since": NOW} | more
    return Limit(**fields)


def limits(*some: Limit, **more: Any) -> Limits:
    return Limits(desired={f"{place}": one for place, one in enumerate(some)}, **more)


def test_of_several_the_lowest_counts_whoever_wants_it() -> None:
    found = winner(limits(limit(5_000, source=LimitSource.DSO), limit(3_000, source=LimitSource.USER)), WHOLE, NOW)
    assert found is not None
    assert (found.limit, found.source) == (3_000.0, LimitSource.USER)
    tie = winner(limits(limit(3_000, source=LimitSource.USER), limit(3_000, source=LimitSource.DSO)), WHOLE, NOW)
    assert tie is not None
    assert tie.source is LimitSource.DSO


def test_what_counts_has_an_end_only_if_nothing_outlasts_it() -> None:
    short = limit(3_000, until=NOW + MINUTE)
    for others, until in (
        ((), NOW + MINUTE),
        ((limit(5_000),), None),
        ((limit(5_000, until=NOW + 2 * MINUTE),), None),
        ((limit(5_000, until=NOW + MINUTE),), NOW + MINUTE),
    ):
        found = winner(limits(short, *others), WHOLE, NOW)
        assert found is not None
        assert found.until == until


def test_what_counts_is_as_safe_as_the_safest() -> None:
    one = limit(3_000, failsafe=2_000.0, failsafe_after=60.0, amperes=(Amperes(16.0), Amperes(10.0)), emergency=True)
    other = limit(5_000, failsafe=1_000.0, failsafe_after=600.0, amperes=(Amperes(12.0),), export=100.0)
    found = winner(limits(one, other), WHOLE, NOW)
    assert found is not None
    assert (found.failsafe, found.failsafe_after, found.amperes, found.export) == (1_000.0, 60.0, (12.0, 10.0), 100.0)
    assert found.emergency


def test_what_is_over_or_elsewhere_does_not_count() -> None:
    assert winner(limits(limit(1, until=NOW), limit(2, evse=ONE)), WHOLE, NOW) is None


def test_since_when_and_for_whom_makes_no_difference_to_a_station() -> None:
    assert same(limit(1), limit(1, since=NOW + MINUTE, source=LimitSource.DSO, scope=LimitScope.ZONE))
    assert not same(limit(1), limit(2))
    assert not same(limit(1), None)
    assert same(None, None)


def test_phases_together_may_allow_less() -> None:
    assert limit(5_000, amperes=(Amperes(6.0), Amperes(6.0))).allows(NOW) == 2_760.0
    assert limit(2_000, amperes=(Amperes(6.0), Amperes(6.0))).allows(NOW) == 2_000.0


def test_a_limit_holds_without_a_link_for_as_long_as_it_says() -> None:
    held = limits(limit(3_000, failsafe=Watts(1_400.0), failsafe_after=60.0), silent_since=NOW)
    assert commanded(held, WHOLE, NOW + MINUTE - timedelta(seconds=1)) == Offer(Watts(3_000), "command")
    assert commanded(held, WHOLE, NOW + MINUTE) == Offer(Watts(1_400), "fail-safe")


def test_a_fail_safe_value_above_the_limit_raises_nothing() -> None:
    held = limits(limit(1_000, failsafe=Watts(1_400.0), failsafe_after=60.0), silent_since=NOW)
    assert commanded(held, WHOLE, NOW + MINUTE).limit == 1_000.0


def test_a_limit_without_a_value_of_its_own_leaves_to_what_lies_below_it() -> None:
    upper, lower = limit(3_000, failsafe_after=60.0, level=1), limit(1_400, level=0)
    assert commanded(limits(lower, upper, silent_since=NOW), WHOLE, NOW).limit == 3_000.0
    assert commanded(limits(lower, upper, silent_since=NOW), WHOLE, NOW + MINUTE) == Offer(Watts(1_400), "fail-safe")
    assert commanded(limits(lower), WHOLE, NOW) == Offer(Watts(1_400), "fail-safe")
    assert commanded(limits(upper, silent_since=NOW), WHOLE, NOW + MINUTE) == Offer(None, "")


def test_fail_safe_is_due_only_without_a_link_and_where_there_is_a_time() -> None:
    timed = limit(1, failsafe_after=60.0)
    assert failsafe_due(limits(timed), timed) is None
    assert failsafe_due(limits(timed, silent_since=NOW), limit(1)) is None
    assert failsafe_due(limits(timed, silent_since=NOW), timed) == NOW + MINUTE


def test_an_evse_gives_the_least_of_command_share_cable_ev_and_hardware() -> None:
    caps = {ONE: {"hardware": Watts(22_000), "cable": Watts(13_800), "ev": Watts(11_000)}}
    assert offered(limits(caps=caps), ONE, NOW) == Offer(Watts(11_000), "ev")
    assert offered(limits(limit(16_000), caps=caps), ONE, NOW, {TWO}) == Offer(Watts(8_000), "command")
    assert offered(limits(limit(16_000), limit(6_000, evse=ONE), caps=caps), ONE, NOW, {TWO}) == Offer(Watts(6_000), "command")
    shared = limits(limit(16_000), limit(3_000, evse=ONE), caps=caps)
    assert offered(shared, TWO, NOW, {ONE}) == Offer(Watts(13_000), "command")
    assert offered(limits(), ONE, NOW) == Offer(None, "")


def test_a_station_gives_no_more_than_all_its_evses_can() -> None:
    caps = {ONE: {"hardware": Watts(11_000)}, EvseNumber(2): {"hardware": Watts(11_000), "cable": Watts(1.0)}}
    assert offered(limits(limit(50_000), caps=caps), WHOLE, NOW) == Offer(Watts(22_000), "hardware")
    unknown = {ONE: {"cable": Watts(5_000)}}
    assert offered(limits(limit(50_000), caps=unknown), WHOLE, NOW) == Offer(Watts(50_000), "command")


def test_a_limit_of_nothing_goes_before_all() -> None:
    assert offered(limits(limit(0), caps={ONE: {"hardware": Watts(11_000)}}), ONE, NOW) == Offer(Watts(0), "command")


@given(st.integers(0, 10**6), st.sampled_from(("W", "A")), st.lists(st.floats(0, 1_000), max_size=3).map(tuple))
def test_on_a_wire_a_limit_never_allows_more(watts: int, unit: str, amperes: tuple[Amperes, ...]) -> None:
    said = rate(Watts(watts), amperes, unit)
    phases = len(amperes) if amperes and unit == "A" else 3
    assert power(said, unit, phases) <= watts + 0.1
    assert all(said <= one + 0.1 for one in amperes) or unit == "W"
    if amperes and unit == "W":
        assert said <= sum(amperes) * 230 + 0.1


def ahead(*steps: tuple[float, float]) -> tuple[Ahead, ...]:
    """What a limit becomes after so many minutes."""
    return tuple(Ahead(since=NOW + minutes * MINUTE, limit=Watts(watts)) for minutes, watts in steps)


def test_of_several_that_change_the_lowest_of_each_moment_counts() -> None:
    plan = limit(4_000, ahead=ahead((10, 11_000), (20, 3_000)))
    found = winner(limits(plan, limit(5_000, source=LimitSource.DSO), limit(9_000, until=NOW + 15 * MINUTE)), WHOLE, NOW)
    assert found is not None
    assert (found.limit, found.ahead) == (4_000.0, ahead((10, 5_000), (20, 3_000)))
    later = winner(limits(plan, limit(5_000, source=LimitSource.DSO)), WHOLE, NOW + 12 * MINUTE)
    assert same(later, winner(limits(plan, limit(5_000, source=LimitSource.DSO)), WHOLE, NOW))
    assert later is not None
    assert later.source is LimitSource.DSO
    assert later.allows(NOW + 12 * MINUTE) == 5_000.0


@given(st.lists(st.tuples(st.floats(0, 9e3), st.lists(st.tuples(st.floats(0.1, 60), st.floats(0, 9e3)), max_size=4)), min_size=1))
def test_at_no_moment_is_more_allowed_than_by_each_that_is_wanted(said: list[tuple[float, list[tuple[float, float]]]]) -> None:
    wanted = [limit(watts, ahead=ahead(*sorted(dict(steps).items()))) for watts, steps in said]
    found = winner(limits(*wanted), WHOLE, NOW)
    assert found is not None
    for at in (NOW, *(step.since for one in wanted for step in one.ahead)):
        assert found.allows(at) == min(one.allows(at) for one in wanted)
