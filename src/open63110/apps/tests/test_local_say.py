# SPDX-License-Identifier: Apache-2.0
"""Who has the say of an action at a site (I19)."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.apps.local_config import Say
from open63110.apps.local_say import Masters
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import PrincipalId
from open63110.kernel.roles import Role
from open63110.model.principal import Principal

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
ABOVE = Principal(id=PrincipalId("above"), role=Role.ADMIN)
HERE = Principal(id=PrincipalId("olga"), role=Role.OPERATOR)


def masters(*, heard: bool = True, lease: float = 60.0, **say: Say) -> Masters:
    return Masters(say, lease, here="mall-lc", above=ABOVE.id, heard=lambda: heard)


def says(one: Masters, action: str, by: Principal, seconds: float = 0.0) -> str:
    """Return why not; empty: yes."""
    try:
        one.check(action, by, NOW + timedelta(seconds=seconds))
    except NotAuthorized as trouble:
        return trouble.code
    return ""


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
