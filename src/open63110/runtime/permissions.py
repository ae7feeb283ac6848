# SPDX-License-Identifier: Apache-2.0
"""Who may ask what of whom: deny by default, checked at every door (7.9.4, B.22)."""

from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.principal import Principal

READERS = frozenset({Role.VIEWER, Role.OPERATOR, Role.ADMIN})
"""Roles that may read what the operator sees."""

PERSONAL = frozenset({Role.OPERATOR, Role.ADMIN})
"""Roles that see credentials and names of EV users in clear; others see them masked."""


def in_scope(principal: Principal, station: StationId) -> bool:
    """Tell whether a principal may speak of a station; an empty id stands for what belongs to no station."""
    if not station:
        return "*" in principal.scope
    return any(_covers(pattern, station) for pattern in principal.scope)


def _covers(pattern: str, station: StationId) -> bool:
    return station.startswith(pattern[:-1]) if pattern.endswith("*") else station == pattern


def may_ask(principal: Principal, roles: frozenset[Role], station: StationId) -> bool:
    """Tell whether a principal may ask something that these roles, and the administrator, may ask."""
    if principal.disabled:
        return False
    return (principal.role is Role.ADMIN or principal.role in roles) and in_scope(principal, station)


def may_use(principal: Principal, door: Door, station: StationId) -> bool:
    """Tell whether a principal may use a door for a station."""
    if door.owned:
        return not principal.disabled and (principal.role is Role.ADMIN or principal.role in door.roles)
    return may_ask(principal, door.roles, station)


def may_read(principal: Principal, station: StationId | None = None) -> bool:
    """Tell whether a principal may read about a station; None: lists, which are then narrowed to its scope."""
    return not principal.disabled and principal.role in READERS and (station is None or in_scope(principal, station))
