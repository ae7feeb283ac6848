# SPDX-License-Identifier: Apache-2.0
"""A station of which nothing but what it was told has changed is seen the same, whether it is looked at anew or once more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Amperes, Seconds, Watts
from open63110.model.external import ExternalLimit
from open63110.model.limit import WHOLE, Ahead, Confirmed, Limit, Limits, LimitScope
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.planner.points import again, spots

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ONE, TWO = EvseNumber(1), EvseNumber(2)
T = TransferReference("t")


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def limit(watts: float, evse: EvseNumber, seconds: float, scope: LimitScope = LimitScope.ZONE) -> Limit:
    return Limit(
        evse=evse,
        limit=Watts(watts),
        since=at(seconds),
        scope=scope,
        amperes=(Amperes(watts / 690.0),) * 3,
        failsafe=Watts(1_500.0),
        failsafe_after=Seconds(60.0),
    )


@st.composite
def held(draw: Any, evse: EvseNumber) -> Limits:
    """What a station may have been told by now."""
    powers = st.sampled_from((0.0, 1_400.0, 4_140.0, 11_040.0))
    share = draw(st.none() | powers)
    told, kept = draw(st.none() | powers), draw(st.none() | powers)
    since = draw(st.sampled_from((-600.0, -70.0, -21.0, -5.0)))
    return Limits(
        desired={} if share is None else {f"{evse}/zone": limit(share, evse, since)},
        asked={} if told is None else {evse: limit(told, evse, -1.0)},
        exposed={} if told is None else {evse: (Watts(told),)},
        in_force={} if kept is None else {evse: Confirmed(asked=limit(kept, evse, since), limit=Watts(kept), at=at(since))},
        refused={evse: "Rejected"} if draw(st.booleans()) else {},
        silent_since=draw(st.sampled_from((None, at(-300.0), at(-10.0)))),
    )


def station(evses: int, measured: float | None, **more: Any) -> Station:
    running = EnergyTransfer(station=StationId("A"), number=TransferNumber(1), reference=T, evse=ONE, began=at(-900.0))
    known = {} if measured is None else {"power": Watts(measured), "newest": at(-3.0), "state": "charging"}
    fields: dict[str, Any] = {
        "registration": Registration.ACCEPTED,
        "connected": at(-1_000.0),
        "evses": {one: Evse(number=one, import_max=Watts(22_080.0)) for one in (ONE, TWO)[:evses]},
        "transfers": {T: replace(running, **known)},
    }
    return Station(id=StationId("A"), **(fields | more))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_looked_at_once_more_it_is_as_if_it_were_looked_at_anew(data: Any) -> None:
    evses = data.draw(st.sampled_from((1, 2)))
    evse = WHOLE if evses == 1 else ONE
    more = data.draw(
        st.sampled_from(({}, {"connected": None}, {"flags": ("clock",), "clock_ahead": -90.0}, {"lacks": ("offline-duration",)}))
    )
    begun = station(evses, data.draw(st.sampled_from((None, 0.0, 4_000.0, 12_000.0))), **more)
    before = spots(replace(begun, limits=data.draw(held(evse))), 230.0, NOW)
    changed = replace(begun, limits=data.draw(held(evse)))
    assert again(before, changed, NOW) == spots(changed, 230.0, NOW)


@pytest.mark.parametrize(
    "more",
    [
        {"connected": None},
        {"transfers": {}},
        {"evses": {}},
        {"flags": ("clock",)},
        {"external": {"0": ExternalLimit(evse=WHOLE, source="so", since=NOW, limit=Watts(3_000.0))}},
        {"limits": Limits(desired={"0/station/operator": limit(3_000.0, WHOLE, 0.0, LimitScope.STATION)})},
    ],
)
def test_of_one_of_which_more_has_changed_nothing_is_taken_over(more: dict[str, Any]) -> None:
    begun = station(1, 4_000.0)
    assert again(spots(begun, 230.0, NOW), replace(begun, **more), NOW) is None


@pytest.mark.parametrize(("newest", "known"), [(-3_603.0, True), (-3.0, False)])
def test_of_a_station_whose_clock_was_set_back_what_it_told_before_says_nothing_of_now(newest: float, *, known: bool) -> None:
    slow = station(1, None, flags=("clock",), clock_ahead=-3_600.0)
    told = replace(slow.transfers[T], power=Watts(7_000.0), newest=at(newest), state="suspended-ev", direction="import")
    (spot,) = spots(replace(slow, transfers={T: told}), 230.0, NOW).rows
    assert (spot.measured, spot.state) == ((7_000.0, "full") if known else (None, "active"))


@pytest.mark.parametrize(("since", "over"), [(-10.0, False), (-60.0, True)])
def test_an_ev_that_is_to_draw_less_by_plan_counts_as_drawing_too_much_only_once_it_could_follow(
    since: float, *, over: bool
) -> None:
    told = replace(limit(11_040.0, WHOLE, -600.0), ahead=(Ahead(since=at(since), limit=Watts(0.0)),))
    kept = Limits(in_force={WHOLE: Confirmed(asked=told, limit=told.limit, at=at(-600.0))})
    (seen,) = spots(station(1, 9_000.0, limits=kept), 230.0, NOW).rows
    assert (seen.settled, seen.over) == (over, over)
