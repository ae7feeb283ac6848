# SPDX-License-Identifier: Apache-2.0
"""Images that whoever is between a CSMS and its stations serves: local controllers of OCPP 2.x, and local CSMSs.

A local CSMS answers at once how far it is, as often as it is asked; a local controller reports by itself.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Reply
from open63110.model.bulk import file_name
from open63110.model.firmware import (
    LARGEST,
    NOT_PUBLISHED,
    FirmwareImage,
    FirmwareImageChanged,
    FirmwarePublication,
    FirmwarePublicationChanged,
    PublicationState,
    digest,
    next_request,
)
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.update_firmware.messages import (
    FirmwarePublishReported,
    PublicationOrderEnded,
    PublicationTold,
    PublishFirmware,
    UnpublishAnswer,
    UnpublishFirmware,
)

NOBODY = StationId("")

_FETCH_WITHIN: Final = timedelta(days=7)

_GONE: Final = NOT_PUBLISHED

_MD5: Final = re.compile(r"[0-9a-f]{32}")


class PublicationAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """How far whoever publishes is."""

    state: PublicationState
    locations: tuple[str, ...] = ()

    def remark(self) -> str:
        """Say that it is not there yet."""
        return "" if self.state is PublicationState.PUBLISHED else self.state


# -- at a CSMS that wants it --


def ask(command: PublishFirmware, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Pass it on; the wire says where the image lies. Asked from above, serve it at this level.

    Raises:
        Unknown: there is no such image.
        Refused: its content is not here.
    """
    if not command.station:
        yield from _here(command, rows, now)
        return
    image = rows.get(FirmwareImage, command.image)
    if image is None:
        raise Unknown(f"there is no image {command.image}", code="UnknownImage", where="image")
    if image.uploaded is None:
        raise Refused(f"the content of {image.id} is not here yet", code="NoContent", where="image", remedy="upload it")
    key = publication_key(command.station, image.md5)
    known = rows.get(FirmwarePublication, key)
    if known is None or known.state in _GONE:
        known = FirmwarePublication(
            key=key,
            station=command.station,
            md5=image.md5,
            request=next_request(now, _newest(rows, command.station)),
            asked=now,
            until=now,
            image=image.id,
            sha256=image.sha256,
            size=image.size,
        )
    known = replace(known, until=now + timedelta(seconds=policy.firmware_within))
    yield _changed(known, now)
    yield replace(
        command,
        request=known.request,
        md5=image.md5,
        sha256=image.sha256,
        size=image.size,
        vendor=image.vendor,
        models=image.models,
        version=image.version,
        signature=image.signature,
        certificate=image.certificate,
    )


def _newest(rows: Rows, station: StationId) -> int:
    return max((one.request for one in rows.load(FirmwarePublication, Where("station", "=", station))), default=0)


def ended(event: PublicationOrderEnded, station: Station | None, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep how it was answered: a level below says how far it is, a local controller that it will report."""
    known = rows.get(FirmwarePublication, publication_key(event.station, event.md5))
    if known is None:
        return
    if event.withdrawn:
        if event.accepted:
            yield _changed(replace(known, state=PublicationState.UNPUBLISHED, locations=(), changed=now), now)
        return
    state = _answered(event, station, known)
    if state is not known.state:
        yield _changed(replace(known, state=state, changed=now), now)


def _answered(event: PublicationOrderEnded, station: Station | None, known: FirmwarePublication) -> PublicationState:
    if not event.accepted:
        return PublicationState.REFUSED if known.state is PublicationState.ORDERED else known.state
    if station is None:
        return PublicationState(event.reason) if event.reason in set(PublicationState) else PublicationState.PUBLISHED
    return PublicationState.ACCEPTED if known.state is PublicationState.ORDERED else known.state


def hear(event: FirmwarePublishReported, rows: Rows) -> Iterator[Effect]:
    """Keep how far a local controller is."""
    yield event
    found = rows.load(FirmwarePublication, Where("station", "=", event.station))
    open_ones = [one for one in found if event.request in {0, one.request}]
    known = max(open_ones, key=lambda one: one.request, default=None)
    if known is None or event.state is PublicationState.IDLE:
        return
    locations = event.locations if event.state is PublicationState.PUBLISHED else known.locations
    changed = replace(known, state=event.state, locations=locations, changed=event.at)
    if replace(changed, changed=known.changed) != known:
        yield _changed(changed, event.at)


def unpublish(command: UnpublishFirmware, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Pass it on; asked from above, serve it here no longer.

    Raises:
        Unknown: it was never published there.
    """
    if not command.station:
        yield from _withdraw(command, rows, now)
        return
    found = rows.load(FirmwarePublication, Where("station", "=", command.station), Where("image", "=", command.image))
    known = max(found, key=lambda one: one.request, default=None)  # whether or not the image is here still
    if known is None:
        raise Unknown(f"{command.image} was not published at {command.station}", code="NotPublished", where="image")
    yield replace(command, md5=known.md5)


# -- at a level that serves it --


def _here(command: PublishFirmware, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Begin to fetch it, and say how far that is.

    Raises:
        Malformed: it is not said where it lies, how large it is, or what it consists of.
        Refused: another image lies here under that name.
    """
    sha256 = digest(command.sha256)
    if any(one.uploaded is not None for one in rows.load(FirmwareImage, Where("sha256", "=", sha256))):
        yield PublicationAnswer(state=PublicationState.PUBLISHED)
        return
    key = publication_key(NOBODY, command.md5)
    known = rows.get(FirmwarePublication, key)
    if known is None or known.state is PublicationState.PUBLISHED:  # somebody has removed it here since
        same = rows.get(FirmwareImage, command.image)
        if same is not None and same.uploaded is not None:
            words = f"another image lies here as {command.image}"
            raise Refused(words, code="Exists", where="image", remedy="remove that one here, or give this one another id")
        if not (command.location and 0 < command.size <= LARGEST):
            raise Malformed("where it lies and how large it is has to be said", code="InvalidValue", where="location")
        yield _awaited(command, sha256, now)
        yield _changed(_taken(command, key, now), now)
        yield PublicationAnswer(state=PublicationState.DOWNLOADING)
        return
    yield PublicationAnswer(state=known.state)
    if known.state in _GONE:  # whoever asks once more begins anew
        yield FirmwarePublicationChanged(station=NOBODY, at=now, key=key, firmware_publication=None)


def _awaited(command: PublishFirmware, sha256: str, now: datetime) -> FirmwareImageChanged:
    image = FirmwareImage(
        id=file_name(command.image, "image"),
        vendor=command.vendor,
        models=command.models,
        version=command.version,
        size=command.size,
        sha256=sha256,
        signature=command.signature,
        certificate=command.certificate,
        md5=command.md5,
    )
    return FirmwareImageChanged(station=NOBODY, at=now, id=image.id, firmware_image=image)


def _taken(command: PublishFirmware, key: str, now: datetime) -> FirmwarePublication:
    return FirmwarePublication(
        key=key,
        station=command.station,
        md5=command.md5,
        request=command.request,
        asked=now,
        until=now + _FETCH_WITHIN,
        image=command.image,
        location=command.location,
        sha256=command.sha256,
        size=command.size,
        retries=command.retries,
        retry_interval=command.retry_interval,
        state=PublicationState.DOWNLOADING,
        changed=now,
    )


def _withdraw(command: UnpublishFirmware, rows: Rows, now: datetime) -> Iterator[Effect]:
    key = publication_key(NOBODY, command.md5)
    known = rows.get(FirmwarePublication, key)
    if known is None or known.state in _GONE:
        yield UnpublishAnswer(status="no-firmware")
        return
    if known.state is not PublicationState.PUBLISHED:
        yield UnpublishAnswer(status="download-ongoing")
        return
    yield FirmwarePublicationChanged(station=NOBODY, at=now, key=key, firmware_publication=None)
    yield FirmwareImageChanged(station=NOBODY, at=now, id=known.image, firmware_image=None)
    yield UnpublishAnswer(status="unpublished")


def told_here(event: PublicationTold, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep how far whoever has the disk is."""
    known = rows.get(FirmwarePublication, publication_key(event.station, event.md5))
    if known is not None:
        yield _changed(replace(known, state=event.state, locations=event.locations, changed=now), now)


# -- at a station that is a local controller --


def obey(command: PublishFirmware, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Fetch it, and report.

    Raises:
        Malformed: that is no MD5; files are named by it.
    """
    if not _MD5.fullmatch(command.md5):
        raise Malformed("an MD5 has 32 hexadecimal digits", code="PropertyConstraintViolation", where="checksum")
    key = publication_key(station.id, command.md5)
    known = rows.get(FirmwarePublication, key)
    if known is not None and known.state is PublicationState.PUBLISHED:
        yield _changed(replace(known, request=command.request), now)
        yield _said(replace(known, request=command.request), PublicationState.PUBLISHED, known.locations, now)
    else:
        taken = _taken(command, key, now)
        yield _changed(taken, now)
        yield _said(taken, PublicationState.DOWNLOADING, (), now)
    yield PublicationAnswer(state=PublicationState.ACCEPTED)


def told(event: PublicationTold, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Report how far it is."""
    known = rows.get(FirmwarePublication, publication_key(station.id, event.md5))
    if known is not None and known.state not in _GONE:
        yield _changed(replace(known, state=event.state, locations=event.locations, changed=now), now)
        yield _said(known, event.state, event.locations, now)


def stop(command: UnpublishFirmware, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Serve it no longer."""
    key = publication_key(station.id, command.md5)
    known = rows.get(FirmwarePublication, key)
    if known is None or known.state in _GONE:
        yield UnpublishAnswer(status="no-firmware")
    elif known.state is not PublicationState.PUBLISHED:
        yield UnpublishAnswer(status="download-ongoing")
    else:
        yield _changed(replace(known, state=PublicationState.UNPUBLISHED, locations=(), changed=now), now)
        yield UnpublishAnswer(status="unpublished")


def _said(
    known: FirmwarePublication, state: PublicationState, locations: tuple[str, ...], now: datetime
) -> FirmwarePublishReported:
    return FirmwarePublishReported(station=known.station, at=now, request=known.request, state=state, locations=locations)


def _changed(known: FirmwarePublication, now: datetime) -> FirmwarePublicationChanged:
    return FirmwarePublicationChanged(station=known.station, at=now, key=known.key, firmware_publication=known)


def publication_key(station: StationId, md5: str) -> str:
    """Return the key of a publication."""
    return f"{station}:{md5}"
