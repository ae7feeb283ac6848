# SPDX-License-Identifier: Apache-2.0
"""PublishFirmware (2.0.1): the CSMS has a local controller fetch an image and serve it to the stations behind it."""

from collections.abc import Sequence

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.firmware import location_of, number
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import PublishFirmware

LOST = ("image", "sha256", "size", "vendor", "models", "version", "signature", "certificate")
"""What no version has a field for."""


def from_wire(request: types.PublishFirmwareRequest, door: Door) -> tuple[Message, ...]:
    """Read where it lies, and its checksum."""
    return (
        PublishFirmware(
            station=door.station,
            image="",
            request=number(request.request_id),
            location=request.location,
            md5=request.checksum.lower(),
            retries=given(request.retries) or 0,
            retry_interval=Seconds(float(given(request.retry_interval) or 0)),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> types.PublishFirmwareResponse:
    """Say yes."""
    return types.PublishFirmwareResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.PublishFirmwareResponse:
    """Say why not."""
    return types.PublishFirmwareResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: PublishFirmware, _: Door) -> types.PublishFirmwareRequest:
    """Order it.

    Raises:
        Refused: nobody said where it lies.
    """
    return types.PublishFirmwareRequest(
        location=location_of(command),
        checksum=command.md5,
        request_id=command.request,
        retries=command.retries or UNSET,
        retry_interval=round(command.retry_interval) or UNSET,
    )


def heard(response: types.PublishFirmwareResponse, _: PublishFirmware, __: Door) -> Verdict:
    """Understand whether it is done."""
    return judged(response)


PUBLISH_FIRMWARE = Translation(
    action="PublishFirmware",
    sender=Role.CSMS,
    carries=(PublishFirmware,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
