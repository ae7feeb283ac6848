# SPDX-License-Identifier: Apache-2.0
"""Leases for authority (AT-B.18-3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.levels.lease import LONGEST, Authority, Lease
from open63110.kernel.errors import NotAuthorized

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_of_two_who_claim_it_the_first_is_obeyed_until_its_lease_is_over() -> None:
    one = Authority()
    assert one.holder(NOW) is None
    one.check("either", NOW)
    assert one.claim("north", 60.0, NOW) == Lease(holder="north", until=at(60.0), epoch=1)
    with pytest.raises(NotAuthorized) as refused:
        one.claim("south", 60.0, at(59.0))
    assert (refused.value.code, refused.value.where) == ("LeaseHeld", "north")
    assert one.claim("south", 60.0, at(60.0)).epoch == 2
    with pytest.raises(NotAuthorized):
        one.check("north", at(61.0))


def test_a_lease_that_is_renewed_in_time_goes_on() -> None:
    one = Authority()
    one.claim("north", 10.0, NOW)
    assert one.claim("north", 10.0, at(9.0)) == Lease(holder="north", until=at(19.0), epoch=1)
    assert one.claim("north", 10**9, at(9.0)).until == at(9.0 + LONGEST)


def test_a_lease_can_be_given_back_by_its_holder_alone() -> None:
    one = Authority(Lease(holder="north", until=at(60.0), epoch=7))
    one.release("south", NOW)
    assert one.holder(NOW) == "north"
    one.release("north", NOW)
    assert one.holder(NOW) is None
    assert one.claim("south", 1.0, NOW).epoch == 8


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 20), st.floats(0, 10)), max_size=30))
def test_there_are_never_two_holders_and_epochs_never_fall(claims: list[tuple[str, float, float]]) -> None:
    one, now, epoch = Authority(), 0.0, 0
    for who, seconds, pause in claims:
        now += pause
        before = one.holder(at(now))
        try:
            lease = one.claim(who, seconds, at(now))
        except NotAuthorized:
            assert before not in {None, who}
            continue
        assert before in {None, who}
        assert lease.epoch >= epoch
        epoch = lease.epoch
