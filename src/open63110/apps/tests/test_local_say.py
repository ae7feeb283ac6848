# SPDX-License-Identifier: Apache-2.0
"""Who has the say of an action at a site (I19)."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.apps.local_config import Say
from open63110.apps.local_say import Masters
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.model.order import Order, Outcome

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
ABOVE, HERE = PrincipalId("anna@csms"), PrincipalId("olga")


def masters(*, heard: bool = True, lease: float = 60.0, kept: list[bytes] | None = None, **say: Say) -> Masters:
    notes = kept if kept is not None else []
    return Masters(
        say,
        lease,
        here="mall-lc",
        above=lambda by: by == ABOVE,
        heard=lambda: heard,
        kept=notes[-1] if notes else b"",
        keep=notes.append,
    )


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def may(one: Masters, action: str, by: PrincipalId, seconds: float = 0.0) -> str:
    """Return why not; empty: yes."""
    try:
        one.check(action, by, at(seconds))
    except NotAuthorized as trouble:
        return trouble.code
    return ""


def says(one: Masters, action: str, by: PrincipalId, seconds: float = 0.0) -> str:
    """Ask for something that is decided, if he may; return why not."""
    why = may(one, action, by, seconds)
    if not why:
        one.claim(action, by, at(seconds))
    return why


def order(outcome: Outcome, seconds: float) -> Order:
    return Order(
        id=OrderId("1"),
        station=StationId("CS1"),
        kind="LimitPower",
        by=HERE,
        asked=NOW,
        deadline=at(60.0),
        outcome=outcome,
        ended=at(seconds),
    )


@pytest.mark.parametrize(
    ("rule", "heard", "above", "here"),
    [
        ("upper", True, "", "OtherAuthority"),
        ("upper", False, "", ""),
        ("local", True, "OtherAuthority", ""),
        ("both", True, "", ""),
    ],
)
def test_an_action_has_the_authority_that_its_rule_names(rule: Say, heard: bool, above: str, here: str) -> None:
    one = masters(heard=heard, RebootStation=rule)
    assert (says(one, "RebootStation", ABOVE), says(one, "RebootStation", HERE)) == (above, here)


def test_what_has_no_rule_may_be_asked_by_both() -> None:
    assert says(masters(), "UnlockConnector", ABOVE) == says(masters(), "UnlockConnector", HERE) == ""


def test_power_is_whose_lease_runs() -> None:
    one = masters()
    assert says(one, "LimitPower", HERE) == ""
    assert says(one, "LimitZone", ABOVE, 59.0) == "LeaseHeld"
    assert says(one, "WithdrawLimit", HERE, 59.0) == ""
    assert says(one, "LimitPower", ABOVE, 118.0) == "LeaseHeld"
    assert says(one, "LimitPower", ABOVE, 119.0) == ""
    assert says(one, "LimitPower", HERE, 120.0) == "LeaseHeld"


def test_without_a_lease_both_may_always_limit_power() -> None:
    one = masters(lease=0.0)
    assert says(one, "LimitPower", HERE) == says(one, "LimitPower", ABOVE) == ""


def test_asking_alone_gives_nobody_the_lease() -> None:
    one = masters()
    assert may(one, "LimitPower", ABOVE) == may(one, "LimitPower", HERE) == may(one, "LimitZone", ABOVE) == ""


def test_who_was_not_obeyed_does_not_lock_the_other_out() -> None:
    one = masters()
    lease = one.claim("LimitPower", HERE, NOW)
    assert lease is not None
    assert may(one, "LimitPower", ABOVE, 1.0) == "LeaseHeld"
    one.ended(order(Outcome.REJECTED, 1.0), lease)
    assert may(one, "LimitPower", ABOVE, 1.0) == ""


def test_an_order_that_was_not_obeyed_takes_nothing_from_a_later_one_that_is() -> None:
    one = masters()
    first = one.claim("LimitPower", HERE, NOW)
    one.claim("LimitPower", HERE, at(5.0))
    assert first is not None
    one.ended(order(Outcome.FAILED, 6.0), first)
    assert may(one, "LimitPower", ABOVE, 7.0) == "LeaseHeld"


def test_a_lease_and_its_epoch_outlive_a_restart() -> None:
    notes: list[bytes] = []
    says(masters(kept=notes), "LimitPower", HERE)
    again = masters(kept=notes)
    assert says(again, "LimitPower", ABOVE, 59.0) == "LeaseHeld"
    lease = again.claim("LimitPower", ABOVE, at(60.0))
    assert lease is not None
    assert (lease.holder, lease.epoch) == ("above", 2)
