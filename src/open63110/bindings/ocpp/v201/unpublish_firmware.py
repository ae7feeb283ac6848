# SPDX-License-Identifier: Apache-2.0
"""UnpublishFirmware (2.0.1): the CSMS has a local controller serve an image no longer."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import UnpublishAnswer, UnpublishFirmware

_STATUS: dict[str, Any] = {"unpublished": "Unpublished", "no-firmware": "NoFirmware", "download-ongoing": "DownloadOngoing"}


def from_wire(request: types.UnpublishFirmwareRequest, door: Door) -> tuple[Message, ...]:
    """Read which image: by its checksum."""
    return (UnpublishFirmware(station=door.station, md5=request.checksum.lower()),)


def answer(replies: Sequence[Reply], _: Door) -> types.UnpublishFirmwareResponse:
    """Say what became of it."""
    said = find(replies, UnpublishAnswer)
    return types.UnpublishFirmwareResponse(status=_STATUS[said.status if said is not None else "no-firmware"])


def to_wire(command: UnpublishFirmware, _: Door) -> types.UnpublishFirmwareRequest:
    """Order it."""
    return types.UnpublishFirmwareRequest(checksum=command.md5)


def heard(response: types.UnpublishFirmwareResponse, _: UnpublishFirmware, __: Door) -> Verdict:
    """Understand what became of it."""
    done = response.status == "Unpublished"
    return Verdict(outcome=Outcome.ACCEPTED if done else Outcome.REJECTED, reason="" if done else response.status)


UNPUBLISH_FIRMWARE = Translation(
    action="UnpublishFirmware",
    sender=Role.CSMS,
    carries=(UnpublishFirmware,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
