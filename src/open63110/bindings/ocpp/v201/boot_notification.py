# SPDX-License-Identifier: Apache-2.0
"""BootNotification (2.0.1): a station has started."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, find, text
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.station import Identity, Registration, StationBooted
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.onboard_station import RegistrationAnswer, RegistrationAnswered

_STATUS: dict[Registration, Any] = {Registration.ACCEPTED: "Accepted", Registration.REJECTED: "Rejected"}


def from_wire(request: types.BootNotificationRequest, door: Door) -> tuple[Message, ...]:
    """Read who booted, and why."""
    said = request.charging_station
    modem = said.modem
    identity = Identity(
        vendor=said.vendor_name,
        model=said.model,
        serial=text(said.serial_number),
        firmware=text(said.firmware_version),
        iccid="" if modem is UNSET else text(modem.iccid),
        imsi="" if modem is UNSET else text(modem.imsi),
    )
    return (StationBooted(station=door.station, at=door.now, identity=identity, reason=request.reason),)


def answer(replies: Sequence[Reply], door: Door) -> types.BootNotificationResponse:
    """Say how far the station has come; whoever is neither accepted nor rejected is pending."""
    reply = find(replies, RegistrationAnswer)
    if reply is None:
        return types.BootNotificationResponse(current_time=door.now, interval=60, status="Pending")
    return types.BootNotificationResponse(
        current_time=reply.now,
        interval=round(reply.interval),
        status=_STATUS.get(reply.registration, "Pending"),
        status_info=types.StatusInfoType(reason_code=reply.reason[:20]) if reply.reason else UNSET,
    )


def to_wire(event: StationBooted, door: Door) -> types.BootNotificationRequest:
    """Say who booted, and why."""
    said = event.identity
    modem = types.ModemType(iccid=said.iccid or UNSET, imsi=said.imsi or UNSET) if said.iccid or said.imsi else UNSET
    reason: Any = event.reason or "Unknown"
    return types.BootNotificationRequest(
        reason=reason,
        charging_station=types.ChargingStationType(
            vendor_name=said.vendor,
            model=said.model,
            serial_number=said.serial or UNSET,
            firmware_version=said.firmware or UNSET,
            modem=modem,
        ),
    )


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
