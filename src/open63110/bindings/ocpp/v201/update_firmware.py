# SPDX-License-Identifier: Apache-2.0
"""UpdateFirmware (2.0.1): the CSMS has a station fetch and install new firmware, signed or not."""

from collections.abc import Sequence

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.firmware import location_of, order_answer, order_heard, order_read
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import UpdateFirmware


def answer(replies: Sequence[Reply], _: Door) -> types.UpdateFirmwareResponse:
    """Say whether it is done, and whether an earlier order is given up for it."""
    return types.UpdateFirmwareResponse(status=order_answer(replies))


def refuse(trouble: Trouble, _: Door) -> types.UpdateFirmwareResponse:
    """Say why not."""
    return types.UpdateFirmwareResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: UpdateFirmware, door: Door) -> types.UpdateFirmwareRequest:
    """Order it."""
    return types.UpdateFirmwareRequest(
        request_id=command.request,
        retries=command.retries or UNSET,
        retry_interval=round(command.retry_interval) or UNSET,
        firmware=types.FirmwareType(
            location=location_of(command),
            retrieve_date_time=command.retrieve_at or door.now,
            install_date_time=command.install_at or UNSET,
            signing_certificate=command.certificate or UNSET,
            signature=command.signature or UNSET,
        ),
    )


def heard(response: types.UpdateFirmwareResponse, _: UpdateFirmware, __: Door) -> Verdict:
    """Understand whether it is done."""
    info = given(response.status_info)
    return order_heard(response.status, "" if info is None else info.reason_code)


UPDATE_FIRMWARE = Translation(
    action="UpdateFirmware",
    sender=Role.CSMS,
    carries=(UpdateFirmware,),
    from_wire=order_read,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
