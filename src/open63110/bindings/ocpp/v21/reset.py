# SPDX-License-Identifier: Apache-2.0
"""Reset (2.1): as in 2.0.1, and a station can be asked to go on with its energy transfers afterwards."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import reset
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.kernel.messages import Message
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

_RESUME: Final = "ImmediateAndResume"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to reboot, and when."""
    if request.type != _RESUME:
        return reset.from_wire(request, door)
    evse = None if request.evse_id is UNSET else evse_number(request.evse_id)
    return (RebootStation(station=door.station, mode=RebootMode.IMMEDIATE_AND_RESUME, evse=evse),)


def to_wire(command: RebootStation, door: Door) -> Any:
    """Order a reboot."""
    if command.mode is not RebootMode.IMMEDIATE_AND_RESUME:
        return reset.to_wire(command, door)
    return types.ResetRequest(type=_RESUME, evse_id=UNSET if command.evse is None else command.evse)


RESET = replace(reset.RESET, from_wire=from_wire, to_wire=to_wire)
