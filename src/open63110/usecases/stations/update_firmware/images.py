# SPDX-License-Identifier: Apache-2.0
"""What images lie at a CSMS: their manifests. Whoever has the disk takes the content, and tells once it is whole and right."""

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.bulk import file_name
from open63110.model.firmware import (
    CAMPAIGN_OVER,
    LARGEST,
    Campaign,
    FirmwareImage,
    FirmwareImageChanged,
    digest,
)
from open63110.model.policy import Policy
from open63110.ports import Rows
from open63110.usecases.stations.update_firmware.messages import PutFirmwareImage, RemoveFirmwareImage

NOBODY = StationId("")

LONGEST_SIGNATURE: Final = 800
LONGEST_CERTIFICATE: Final = 5_500
"""What OCPP carries, characters."""

LONGEST_NOTES: Final = 20_000
MOST_MODELS: Final = 50
LONGEST_WORD: Final = 50


def put(command: PutFirmwareImage, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Expect it. An image whose content is here is never another one under the same id.

    Raises:
        Malformed: something of it cannot be.
        Refused: there is one of that id, or it is not signed and has to be.
    """
    image = _made(command)
    if policy.firmware_signed and not image.signed:
        raise Refused("an image without signature and certificate is not taken here", code="Unsigned", where="signature")
    known = rows.get(FirmwareImage, image.id)
    if known is not None and known.uploaded is not None:
        raise Refused(f"there is an image {image.id}", code="Exists", where="id", remedy="give it another id, or remove that one")
    yield FirmwareImageChanged(station=NOBODY, at=now, id=image.id, firmware_image=image, by=command.by)


def _made(command: PutFirmwareImage) -> FirmwareImage:
    for name in ("vendor", "version", "component"):
        _word(getattr(command, name), name, least=name != "component")
    for name in ("models", "hardware"):
        _list(getattr(command, name), name)
    if not command.models:
        raise Malformed("say of which models it is", code="InvalidValue", where="models")
    if not 0 < command.size <= LARGEST:
        raise Malformed(f"an image has 1 to {LARGEST} bytes", code="TooLarge", where="size")
    if len(command.notes) > LONGEST_NOTES or len(command.certificate) > LONGEST_CERTIFICATE:
        raise Malformed("that is longer than can be kept", code="TooLarge", where="notes")
    _signature(command)
    return FirmwareImage(
        id=file_name(command.id, "id"),
        vendor=command.vendor,
        models=command.models,
        version=command.version,
        component=command.component,
        hardware=command.hardware,
        size=command.size,
        sha256=digest(command.sha256),
        signature=command.signature,
        certificate=command.certificate,
        notes=command.notes,
        by=command.by,
    )


def _signature(command: PutFirmwareImage) -> None:
    if bool(command.signature) != bool(command.certificate):
        raise Malformed("a signature and the certificate of its signer belong together", code="InvalidValue", where="signature")
    try:
        base64.b64decode(command.signature, validate=True)
    except (ValueError, binascii.Error) as fault:
        raise Malformed("a signature is base64", code="InvalidValue", where="signature") from fault
    if len(command.signature) > LONGEST_SIGNATURE:
        words = f"a signature has at most {LONGEST_SIGNATURE} characters"
        raise Malformed(words, code="TooLarge", where="signature")


def _word(text: str, where: str, *, least: bool = True) -> None:
    if len(text) > LONGEST_WORD or not text.isprintable() or (least and not text.strip()):
        raise Malformed(f"{where} has 1 to {LONGEST_WORD} characters that can be printed", code="InvalidValue", where=where)


def _list(words: tuple[str, ...], where: str) -> None:
    if len(words) > MOST_MODELS:
        raise Malformed(f"at most {MOST_MODELS} {where}", code="InvalidValue", where=where)
    for one in words:
        _word(one, where)


def remove(command: RemoveFirmwareImage, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Forget it, and its content.

    Raises:
        Unknown: there is none of that id.
        Refused: a campaign that is not over gives it to stations.
    """
    if rows.get(FirmwareImage, command.id) is None:
        raise Unknown(f"there is no image {command.id}", code="UnknownImage", where="id")
    using = [one.id for one in rows.load(Campaign) if one.state not in CAMPAIGN_OVER and command.id in one.images]
    if using:
        raise Refused(f"campaign {using[0]} gives it to stations", code="InUse", where="id", remedy="cancel the campaign first")
    yield FirmwareImageChanged(station=NOBODY, at=now, id=command.id, firmware_image=None, by=command.by)
