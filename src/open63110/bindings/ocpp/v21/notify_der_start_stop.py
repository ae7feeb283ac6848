# SPDX-License-Identifier: Apache-2.0
"""NotifyDERStartStop (2.1): a scheduled grid control came into force, or its time is over."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.usecases.energy.frequency_regulation import DerControlSwitched


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which, and what gave way."""
    return (
        DerControlSwitched(
            station=door.station,
            at=utc(request.timestamp),
            id=request.control_id,
            started=request.started,
            superseded=given(request.superseded_ids) or (),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: DerControlSwitched, _: Door) -> types.NotifyDERStartStopRequest:
    """Tell it."""
    return types.NotifyDERStartStopRequest(
        control_id=event.id, started=event.started, timestamp=event.at, superseded_ids=event.superseded or UNSET
    )


NOTIFY_DER_START_STOP = Translation(
    action="NotifyDERStartStop",
    sender=Role.STATION,
    carries=(DerControlSwitched,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
