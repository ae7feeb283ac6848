# SPDX-License-Identifier: Apache-2.0
"""Reset (2.0.1): the CSMS reboots a station or one EVSE."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.station import Station
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.reboot_station import RESUMING, SCHEDULED, RebootMode, RebootScheduled, RebootStation

_TYPE: dict[RebootMode, Any] = {RebootMode.IMMEDIATE: "Immediate", RebootMode.ON_IDLE: "OnIdle"}
_MODE = {wire: ours for ours, wire in _TYPE.items()}


def from_wire(request: types.ResetRequest, door: Door) -> tuple[Message, ...]:
    """Read what is to reboot, and when."""
    evse = given(request.evse_id)
    number = None if evse is None else evse_number(evse)
    return (RebootStation(station=door.station, mode=_MODE[request.type], evse=number),)


def answer(replies: Sequence[Reply], door: Door) -> types.ResetResponse:
    """Say whether it happens now or waits for idle, as the station's own picture shows it by now."""
    return types.ResetResponse(status="Scheduled" if door.noun is not None and _waits(door.noun) else "Accepted")


def _waits(station: Station) -> bool:
    """Tell whether a reboot waits. One that happens now has ended what ran, or takes it along, whatever waited before."""
    scheduled = any(flag.startswith(SCHEDULED) for flag in station.flags)
    return scheduled and RESUMING not in station.flags and any(one.ended is None for one in station.transfers.values())


def refuse(trouble: Trouble, _: Door) -> types.ResetResponse:
    """Say why not."""
    return types.ResetResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: RebootStation, _: Door) -> types.ResetRequest:
    """Order a reboot.

    Raises:
        NotSupported: 2.0.1 has no way to reboot and resume.
    """
    kind = _TYPE.get(command.mode)
    if kind is None:
        raise NotSupported("OCPP 2.0.1 cannot reboot and resume", code="NoResume", where="mode")
    return types.ResetRequest(type=kind, evse_id=UNSET if command.evse is None else command.evse)


def heard(response: types.ResetResponse, command: RebootStation, door: Door) -> Verdict:
    """Understand whether it happens now, waits, or not at all."""
    waits = (RebootScheduled(station=command.station, at=door.now, evse=command.evse),)
    return judged(response, *(waits if response.status == "Scheduled" else ()))


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
