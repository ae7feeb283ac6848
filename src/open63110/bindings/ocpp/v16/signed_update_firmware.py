# SPDX-License-Identifier: Apache-2.0
"""SignedUpdateFirmware (1.6, security whitepaper): the CSMS has a station fetch and install signed firmware."""

from collections.abc import Sequence

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.firmware import location_of, order_answer, order_heard, order_read
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import UpdateFirmware


def is_signed(command: UpdateFirmware) -> bool:
    """Tell whether an image is signed, and its signature is to go along."""
    return bool(command.signature and command.certificate)


def answer(replies: Sequence[Reply], _: Door) -> types.SignedUpdateFirmwareResponse:
    """Say whether it is done, and whether an earlier order is given up for it."""
    return types.SignedUpdateFirmwareResponse(status=order_answer(replies))


def refuse(_: Trouble, __: Door) -> types.SignedUpdateFirmwareResponse:
    """Say no; 1.6 has no word for why."""
    return types.SignedUpdateFirmwareResponse(status="Rejected")


def to_wire(command: UpdateFirmware, door: Door) -> types.SignedUpdateFirmwareRequest:
    """Order it."""
    return types.SignedUpdateFirmwareRequest(
        request_id=command.request,
        retries=command.retries or UNSET,
        retry_interval=round(command.retry_interval) or UNSET,
        firmware=types.FirmwareType(
            location=location_of(command),
            retrieve_date_time=command.retrieve_at or door.now,
            install_date_time=command.install_at or UNSET,
            signing_certificate=command.certificate,
            signature=command.signature,
        ),
    )


def heard(response: types.SignedUpdateFirmwareResponse, _: UpdateFirmware, __: Door) -> Verdict:
    """Understand whether it is done."""
    return order_heard(response.status)


SIGNED_UPDATE_FIRMWARE = Translation(
    action="SignedUpdateFirmware",
    sender=Role.CSMS,
    carries=(UpdateFirmware,),
    only=is_signed,
    from_wire=order_read,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
