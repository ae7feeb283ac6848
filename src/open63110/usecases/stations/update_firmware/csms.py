# SPDX-License-Identifier: Apache-2.0
"""What a CSMS does about firmware of single stations.

Of whoever lies below another level nothing is sent from here: the level below serves it, once the image was published there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.messages import Effect, Wake
from open63110.model.firmware import (
    FAILED,
    FIRMWARE,
    UNDER_WAY,
    FirmwareImage,
    FirmwarePublication,
    FirmwareState,
    FirmwareUpdate,
    FirmwareUpdateChanged,
    PublicationState,
    next_request,
    stepped,
    update_key,
)
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.update_firmware.messages import (
    ConcludeFirmware,
    FirmwareAfterBoot,
    FirmwareAwaited,
    FirmwareOrderAnswer,
    FirmwareOrderEnded,
    FirmwareStatusReported,
    UpdateFirmware,
)

LATER = timedelta(days=366)
"""Farther ahead nothing is ordered."""

MOST_RETRIES = 100

SETTLED = timedelta(minutes=10)
"""After a boot, or an answer that was lost: by then a station has tested new software, or begun to fetch it, and said so."""


def ask(command: UpdateFirmware, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Pass it on; the wire says where the image lies for this station alone, or it goes in band.

    Raises:
        Refused: firmware is being installed; the image is not for that station, not signed, or not here.
        Unknown: there is no such image.
        Malformed: a time or number that cannot be.
    """
    if station.blocked_by.startswith(FIRMWARE):
        raise Refused("firmware is being installed", code="FwUpdateInProgress", remedy="wait until it is done")
    check_numbers(command, now)
    image = _image(command, rows)
    if image is not None:
        check_image(image, station, policy, unsigned=command.unsigned)
    elif policy.firmware_signed and not (command.signature and command.certificate):
        raise Refused("an image that is not signed is not ordered here", code="Unsigned", where="signature")
    update = _update(command, image, station, rows, now, policy)
    made = _passed_on(command, image, update)
    yield FirmwareUpdateChanged(station=station.id, at=now, key=update.key, firmware_update=update)
    yield FirmwareOrderAnswer(request=update.request)
    location = _published(command.publisher, image, rows) if image is not None and command.publisher else command.location
    yield replace(made, location=location)


def check_numbers(command: UpdateFirmware, now: datetime) -> None:
    """See to it that times and numbers can be.

    Raises:
        Malformed: they cannot.
    """
    if not (0 <= command.retries <= MOST_RETRIES and 0 <= command.retry_interval <= 86_400):
        raise Malformed(f"retries are 0 to {MOST_RETRIES}, a day apart at most", code="InvalidValue", where="retries")
    for name in ("retrieve_at", "install_at"):
        moment: datetime | None = getattr(command, name)
        if moment is not None and moment > now + LATER:
            raise Malformed(f"{name} is more than {LATER.days} days ahead", code="InvalidValue", where=name)
    if command.install_at is not None and command.install_at < (command.retrieve_at or command.install_at):
        raise Malformed("it is installed after it was fetched", code="InvalidValue", where="install_at")
    if bool(command.image or command.sha256) == bool(command.location) and not command.request:
        words = "name an image that lies here, or a location"
        raise Malformed(words, code="InvalidValue", where="image", remedy="open63110 firmware-image list")


def check_image(image: FirmwareImage, station: Station, policy: Policy, *, unsigned: bool = False) -> None:
    """See to it that an image is for a station.

    Raises:
        Refused: its content is not here, it is for another model, or it is not signed and has to be.
    """
    if image.uploaded is None:
        raise Refused(f"the content of {image.id} is not here yet", code="NoContent", where="image", remedy="upload it")
    if station.identity.model and not fits(image, station):
        words = f"{image.id} is for {image.vendor} {', '.join(image.models)}, not for {station.identity.model}"
        raise Refused(words, code="WrongModel", where="image")
    if policy.firmware_signed and (unsigned or not image.signed):
        raise Refused(f"{image.id} is not signed", code="Unsigned", where="image", remedy="sign it; or policy.firmware_signed")


def fits(image: FirmwareImage, station: Station) -> bool:
    """Tell whether an image is for the model that a station says it is."""
    said = station.identity
    return said.model in image.models and said.vendor.casefold() == image.vendor.casefold()


def _image(command: UpdateFirmware, rows: Rows) -> FirmwareImage | None:
    """Return the image that an order is about; one from above names it by its hash."""
    if command.image and not command.sha256:
        found = rows.get(FirmwareImage, command.image)
        if found is None:
            raise Unknown(f"there is no image {command.image}", code="UnknownImage", where="image")
        return found
    if not command.sha256 or command.location:
        return None
    same = rows.load(FirmwareImage, Where("sha256", "=", command.sha256))
    here = next((one for one in same if one.uploaded is not None), None)
    if here is None:
        words = "the image was not published at this level"
        raise Refused(words, code="NotPublished", where="image", remedy="publish it here first")
    return here


def _update(
    command: UpdateFirmware, image: FirmwareImage | None, station: Station, rows: Rows, now: datetime, policy: Policy
) -> FirmwareUpdate:
    request = command.request or next_request(now, newest(rows, station.id))
    retrieve_at = command.retrieve_at or now
    update = FirmwareUpdate(
        key=update_key(station.id, request),
        station=station.id,
        request=request,
        asked=now,
        until=retrieve_at + timedelta(seconds=policy.firmware_within),
        retrieve_at=retrieve_at,
        image=image.id if image else "",
        version=image.version if image else command.version,
        install_at=command.install_at,
        retries=command.retries,
        retry_interval=command.retry_interval,
        sha256=image.sha256 if image else command.sha256,
        size=image.size if image else command.size,
        admit=command.admit,
        campaign=command.campaign,
        by=command.by,
    )
    return stepped(update, FirmwareState.ORDERED, now)


def newest(rows: Rows, station: str) -> int:
    """Return the number of the last order to a station, 0 if there was none."""
    return max((one.request for one in rows.load(FirmwareUpdate, Where("station", "=", station))), default=0)


def _passed_on(command: UpdateFirmware, image: FirmwareImage | None, update: FirmwareUpdate) -> UpdateFirmware:
    signed = image is not None and not command.unsigned
    return replace(
        command,
        request=update.request,
        retrieve_at=update.retrieve_at,
        image=update.image or command.image,
        version=update.version,
        sha256=update.sha256,
        size=update.size,
        signature=image.signature if signed and image else command.signature,
        certificate=image.certificate if signed and image else command.certificate,
    )


def _published(publisher: str, image: FirmwareImage, rows: Rows) -> str:
    found = rows.get(FirmwarePublication, f"{publisher}:{image.md5}")
    if found is None or found.state is not PublicationState.PUBLISHED or not found.locations:
        words = f"{image.id} is not published at {publisher}"
        raise Refused(words, code="NotPublished", where="publisher", remedy="publish it there first")
    return found.locations[0]


def ended(event: FirmwareOrderEnded, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep how the order was answered; one that was taken takes the place of those before it."""
    update = rows.get(FirmwareUpdate, update_key(event.station, event.request))
    if update is None:
        return
    if update.state is FirmwareState.ORDERED:  # else a status has come before the answer
        state = FirmwareState.ACCEPTED if event.accepted else FirmwareState.REFUSED
        yield changed(stepped(update, state, now, event.reason), now)
    if event.accepted:
        for other in open_updates(rows, event.station):
            if other.request < update.request:
                yield changed(stepped(other, FirmwareState.CANCELLED, now, f"{update.request} took its place"), now)


def changed(update: FirmwareUpdate, now: datetime) -> FirmwareUpdateChanged:
    """Return the fact of a changed update."""
    return FirmwareUpdateChanged(station=update.station, at=now, key=update.key, firmware_update=update)


def open_updates(rows: Rows, station: str) -> list[FirmwareUpdate]:
    """Return the updates of a station that are not over, the newest first."""
    found = rows.load(FirmwareUpdate, Where("station", "=", station), Where("ended", "null"))
    return sorted(found, key=lambda one: one.request, reverse=True)


def hear(event: FirmwareStatusReported, station: Station, rows: Rows) -> Iterator[Effect]:
    """Keep how far it is. What is said once more, or of one that is over, changes nothing but the journal.

    Two may go on all the same: a fetch that failed, and an order whose answer was lost, so that it counts as refused.
    """
    update = _meant(event, station, rows)
    yield replace(event, unasked=update is None and event.request != 0)
    if update is None or event.state in {update.state, FirmwareState.IDLE}:
        return
    again = update.state in _MAY_GO_ON and event.state not in FAILED
    if update.ended is None or again:
        yield changed(stepped(update, event.state, event.at, event.detail), event.at)


_MAY_GO_ON = frozenset({FirmwareState.DOWNLOAD_FAILED, FirmwareState.REFUSED})


def _meant(event: FirmwareStatusReported, station: Station, rows: Rows) -> FirmwareUpdate | None:
    """Return the update of which a status is; where the wire does not say, the newest that is not over."""
    if event.request:
        return rows.get(FirmwareUpdate, update_key(station.id, event.request))
    return next(iter(open_updates(rows, station.id)), None)


def hear_boot(command: FirmwareAfterBoot, station: Station, now: datetime) -> Iterator[Effect]:
    """Admit sessions again; what the station says no more of an update, as some do, its version says after a while."""
    yield FirmwareAwaited(station=station.id, at=now, admit=True)
    yield Wake(name="firmware", at=now + SETTLED, command=ConcludeFirmware(station=command.station))


def conclude(command: ConcludeFirmware, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Take a station that has booted with the new version, and said nothing since, for updated."""
    del command
    for update in open_updates(rows, station.id):
        if update.state in UNDER_WAY and update.version and station.identity.firmware == update.version:
            yield changed(stepped(update, FirmwareState.INSTALLED, now, "it has booted with it"), now)
