# SPDX-License-Identifier: Apache-2.0
"""ClearCache (2.0.1): a station forgets remembered answers to credentials."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import CacheCleared, ClearAuthorizationCache


def from_wire(_: Any, door: Door) -> tuple[Message, ...]:
    """Hear the wish."""
    return (ClearAuthorizationCache(station=door.station),)


def answer(_: Sequence[Reply], __: Door) -> types.ClearCacheResponse:
    """Say that it is done."""
    return types.ClearCacheResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.ClearCacheResponse:
    """Say why not."""
    return types.ClearCacheResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(_: ClearAuthorizationCache, __: Door) -> Any:
    """Order it."""
    return EMPTY


def heard(response: Any, command: ClearAuthorizationCache, door: Door) -> Verdict:
    """Understand whether it is done."""
    return judged(response, CacheCleared(station=command.station, at=door.now))


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
