# SPDX-License-Identifier: Apache-2.0
"""Reset (1.6): the CSMS reboots a station, Soft or Hard.

1.6 cannot wait for idle: before a Soft reset a station ends its transactions gracefully, before a Hard one it need not even do
that. So the CSMS waits, and Soft goes to idle stations only.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.kernel.errors import NotSupported, Refused, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.reboot_station import WAIT_FOR_IDLE, RebootDropped, RebootMode, RebootStation, busy

_TYPE: dict[RebootMode, Any] = {RebootMode.IMMEDIATE: "Hard", RebootMode.ON_IDLE: "Soft"}
_MODE = {wire: ours for ours, wire in _TYPE.items()}


def from_wire(request: types.ResetRequest, door: Door) -> tuple[Message, ...]:
    """Read when to reboot: Soft means now as well, where something runs."""
    mode = RebootMode.IMMEDIATE if _runs(door) else _MODE[request.type]
    return (RebootStation(station=door.station, mode=mode),)


def _runs(door: Door) -> bool:
    return door.noun is not None and busy(door.noun)


def answer(_: Sequence[Reply], __: Door) -> types.ResetResponse:
    """Say yes; 1.6 has no word for later."""
    return types.ResetResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> types.ResetResponse:
    """Say no; 1.6 has no word for why."""
    return types.ResetResponse(status="Rejected")


def to_wire(command: RebootStation, door: Door) -> types.ResetRequest:
    """Order a reboot.

    Raises:
        NotSupported: 1.6 reboots whole stations, and resumes nothing.
        Refused: energy flows, since the reboot was asked of an idle station.
    """
    kind = _TYPE.get(command.mode)
    if kind is None:
        raise NotSupported("OCPP 1.6 cannot reboot and resume", code="NoResume", where="mode")
    if command.evse is not None:
        raise NotSupported("OCPP 1.6 reboots whole stations only", code="NoEvse", where="evse")
    if command.mode is RebootMode.ON_IDLE and _runs(door):
        raise Refused("energy flows by now", code="NotIdle", where="mode", remedy="ask again: it is kept until the end")
    return types.ResetRequest(type=kind)


def heard(response: types.ResetResponse, command: RebootStation, door: Door) -> Verdict:
    """Understand the answer: no is also the end of a wish that was kept."""
    verdict = verdict_of(response.status)
    if verdict.outcome is Outcome.ACCEPTED or command.mode is not RebootMode.ON_IDLE:
        return verdict
    return replace(verdict, messages=(RebootDropped(station=command.station, at=door.now, reason="the station refused it"),))


RESET = Translation(
    action="Reset",
    sender=Role.CSMS,
    carries=(RebootStation,),
    lacks=(WAIT_FOR_IDLE,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
