# SPDX-License-Identifier: Apache-2.0
"""Reset (1.6): the CSMS reboots a station, Soft or Hard.

1.6 cannot wait for idle. Soft is as near as it comes: by the book the station ends its transactions gracefully first, many
wait until they have ended. Hard promises neither.
"""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.reboot_station import RebootMode, RebootScheduled, RebootStation

_TYPE: dict[RebootMode, Any] = {RebootMode.IMMEDIATE: "Hard", RebootMode.ON_IDLE: "Soft"}
_MODE = {wire: ours for ours, wire in _TYPE.items()}


def from_wire(request: types.ResetRequest, door: Door) -> tuple[Message, ...]:
    """Read when to reboot."""
    return (RebootStation(station=door.station, mode=_MODE[request.type]),)


def answer(_: Sequence[Reply], __: Door) -> types.ResetResponse:
    """Say yes; 1.6 has no word for later."""
    return types.ResetResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> types.ResetResponse:
    """Say no; 1.6 has no word for why."""
    return types.ResetResponse(status="Rejected")


def to_wire(command: RebootStation, _: Door) -> types.ResetRequest:
    """Order a reboot.

    Raises:
        NotSupported: 1.6 reboots whole stations, and resumes nothing.
    """
    kind = _TYPE.get(command.mode)
    if kind is None:
        raise NotSupported("OCPP 1.6 cannot reboot and resume", code="NoResume", where="mode")
    if command.evse is not None:
        raise NotSupported("OCPP 1.6 reboots whole stations only", code="NoEvse", where="evse")
    return types.ResetRequest(type=kind)


def heard(response: types.ResetResponse, command: RebootStation, door: Door) -> Verdict:
    """Understand the answer: a soft reset of a busy station waits for its transactions."""
    busy = door.noun is not None and any(one.ended is None for one in door.noun.transfers.values())
    waits = command.mode is RebootMode.ON_IDLE and busy
    messages = (RebootScheduled(station=command.station, at=door.now),) if waits else ()
    return verdict_of(response.status, *messages)


RESET = Translation(
    action="Reset",
    sender=Role.CSMS,
    carries=(RebootStation,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
