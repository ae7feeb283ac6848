# SPDX-License-Identifier: Apache-2.0
"""A limit over several places: never more than it in all, whatever they need and whatever they have (8.2.7, I15)."""

from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.units import Watts
from open63110.usecases.energy.dso_power_variation.split import Held, Need, shares, shifted

POWER = st.floats(0, 500_000).map(Watts)
NEEDS = st.lists(st.builds(Need, POWER, POWER), min_size=1, max_size=12)


def need(floor: float, want: float) -> Need:
    return Need(Watts(floor), Watts(want))


def held(share: float | None, most: float) -> Held:
    return Held(None if share is None else Watts(share), Watts(most))


@given(POWER, NEEDS)
def test_shares_never_add_up_to_more_than_the_limit(limit: Watts, needs: list[Need]) -> None:
    assert sum(shares(limit, needs)) <= limit
    assert all(share >= 0 for share in shares(limit, needs))


@given(POWER, NEEDS)
def test_what_cannot_be_helped_is_covered_first(limit: Watts, needs: list[Need]) -> None:
    if sum(one.floor for one in needs) < limit:
        assert all(share >= int(one.floor) for share, one in zip(shares(limit, needs), needs, strict=True))


def test_the_rest_goes_by_what_is_wanted() -> None:
    assert shares(Watts(100.0), [need(10, 60), need(0, 30)]) == (70.0, 30.0)
    assert shares(Watts(100.0), [need(0, 0), need(0, 0)]) == (50.0, 50.0)
    assert shares(Watts(90.0), [need(100, 5), need(50, 5)]) == (60.0, 30.0)
    assert shares(Watts(0.0), [need(0, 5)]) == (0.0,)


def test_a_place_gets_more_only_once_another_draws_less() -> None:
    wanted = (Watts(30.0), Watts(70.0))
    assert shifted(Watts(100.0), wanted, [held(60, 60), held(40, 40)]) == (30.0, 40.0)
    assert shifted(Watts(100.0), wanted, [held(60, 45), held(40, 40)]) == (30.0, 55.0)
    assert shifted(Watts(100.0), wanted, [held(30, 30), held(40, 40)]) == (30.0, 70.0)
    assert shifted(Watts(100.0), wanted, [held(None, 400), held(None, 400)]) == (30.0, 70.0)


@given(st.lists(st.tuples(POWER, POWER, POWER, POWER), min_size=1, max_size=8), POWER)
def test_while_shares_shift_what_could_be_drawn_stays_within_the_limit(
    rows: list[tuple[Watts, Watts, Watts, Watts]], limit: Watts
) -> None:
    before = shares(limit, [Need(floor, want) for floor, want, _, _ in rows])
    wanted = shares(limit, [Need(Watts(0.0), want) for _, _, want, _ in rows])
    held = [Held(share, Watts(min(share, most))) for share, (_, _, _, most) in zip(before, rows, strict=True)]
    now = shifted(limit, wanted, held)
    drawn = [max(share, min(one.share or 0.0, one.most)) for share, one in zip(now, held, strict=True)]
    assert sum(drawn) <= limit
    assert all(share <= max(want, one.share or 0.0) for share, want, one in zip(now, wanted, held, strict=True))
