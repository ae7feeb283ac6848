# SPDX-License-Identifier: Apache-2.0
"""Deny by default, checked by role and by scope."""

import pytest

from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.principal import Principal
from open63110.runtime.permissions import in_scope, may_ask, may_read


def someone(role: Role, *scope: str, disabled: bool = False) -> Principal:
    return Principal(id=PrincipalId("x"), role=role, scope=scope or ("*",), disabled=disabled)


@pytest.mark.parametrize(
    ("scope", "station", "inside"),
    [
        (("*",), "CS-1", True),
        (("*",), "", True),
        (("CS-1",), "CS-1", True),
        (("CS-1",), "CS-10", False),
        (("NORTH-*",), "NORTH-7", True),
        (("NORTH-*",), "SOUTH-7", False),
        (("NORTH-*",), "", False),
    ],
)
def test_a_scope_is_ids_or_prefixes(scope: tuple[str, ...], station: str, inside: bool) -> None:
    assert in_scope(someone(Role.OPERATOR, *scope), StationId(station)) is inside


def test_the_administrator_may_ask_everything_in_scope_and_others_what_names_their_role() -> None:
    roles = frozenset({Role.OPERATOR})
    assert may_ask(someone(Role.ADMIN), roles, StationId("CS-1"))
    assert may_ask(someone(Role.OPERATOR), roles, StationId("CS-1"))
    assert not may_ask(someone(Role.CSP), roles, StationId("CS-1"))
    assert not may_ask(someone(Role.ADMIN, "CS-2"), roles, StationId("CS-1"))


def test_a_disabled_principal_may_nothing() -> None:
    gone = someone(Role.ADMIN, disabled=True)
    assert not may_ask(gone, frozenset({Role.ADMIN}), StationId("CS-1"))
    assert not may_read(gone)


@pytest.mark.parametrize("role", list(Role))
def test_only_people_read_what_the_operator_sees(role: Role) -> None:
    assert may_read(someone(role)) is (role in {Role.VIEWER, Role.OPERATOR, Role.ADMIN})
