# SPDX-License-Identifier: Apache-2.0
"""ClearCache (1.6): forget remembered answers."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache


def from_wire(_: types.ClearCacheRequest, door: Door) -> tuple[Message, ...]:
    """There is nothing in it but the order."""
    return (ClearAuthorizationCache(station=door.station),)


def answer(_: Sequence[Reply], __: Door) -> types.ClearCacheResponse:
    """Say that it is empty."""
    return types.ClearCacheResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> types.ClearCacheResponse:
    """Say no."""
    return types.ClearCacheResponse(status="Rejected")


def to_wire(_: ClearAuthorizationCache, __: Door) -> Any:
    """Order it."""
    return types.ClearCacheRequest()


def heard(response: types.ClearCacheResponse, _: ClearAuthorizationCache, __: Door) -> Verdict:
    """Understand yes or no."""
    return verdict_of(response.status)


CLEAR_CACHE = Translation(
    action="ClearCache",
    sender=Role.CSMS,
    carries=(ClearAuthorizationCache,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
