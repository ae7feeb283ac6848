# SPDX-License-Identifier: Apache-2.0
"""BootNotification (1.6): a station has started."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find, text
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.station import Identity, Registration, StationBooted
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.onboard_station import RegistrationAnswer, RegistrationAnswered

_STATUS: dict[Registration, Any] = {Registration.ACCEPTED: "Accepted", Registration.REJECTED: "Rejected"}

DROPPED = ("reason", "at", "serial numbers of more than 25 characters")
"""1.6 does not say why or when a station boots; of two serial numbers the charge point's counts. Half a serial number would be
another's, half a description is only shorter."""


def from_wire(request: types.BootNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read who booted."""
    identity = Identity(
        vendor=request.charge_point_vendor,
        model=request.charge_point_model,
        serial=text(request.charge_point_serial_number) or text(request.charge_box_serial_number),
        firmware=text(request.firmware_version),
        iccid=text(request.iccid),
        imsi=text(request.imsi),
        meter_serial=text(request.meter_serial_number),
        meter_type=text(request.meter_type),
    )
    return (StationBooted(station=door.station, at=door.now, identity=identity),)


def answer(replies: Sequence[Reply], door: Door) -> types.BootNotificationResponse:
    """Say how far the station has come; whoever is neither accepted nor rejected is pending."""
    reply = find(replies, RegistrationAnswer)
    if reply is None:
        return types.BootNotificationResponse(current_time=door.now, interval=60, status="Pending")
    status = _STATUS.get(reply.registration, "Pending")
    return types.BootNotificationResponse(current_time=reply.now, interval=round(reply.interval), status=status)


def to_wire(event: StationBooted, _: Door) -> types.BootNotificationRequest:
    """Say who booted."""
    said = event.identity
    return types.BootNotificationRequest(
        charge_point_vendor=said.vendor[:20],
        charge_point_model=said.model[:20],
        charge_point_serial_number=_whole(said.serial, 25),
        firmware_version=said.firmware[:50] or UNSET,
        iccid=_whole(said.iccid, 20),
        imsi=_whole(said.imsi, 20),
        meter_serial_number=_whole(said.meter_serial, 25),
        meter_type=said.meter_type[:25] or UNSET,
    )


def _whole(number: str, most: int) -> Any:
    return number if 0 < len(number) <= most else UNSET


def heard(response: types.BootNotificationResponse, event: StationBooted, door: Door) -> Verdict:
    """Tell the station's own use cases how far it has come."""
    said = RegistrationAnswered(
        station=event.station,
        at=door.now,
        registration=Registration(response.status.lower()),
        interval=float(response.interval),
        now=utc(response.current_time),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


BOOT_NOTIFICATION = Translation(
    action="BootNotification",
    sender=Role.STATION,
    carries=(StationBooted,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
