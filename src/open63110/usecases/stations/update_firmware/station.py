# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about its firmware.

It decides; its hardware fetches, checks, writes and tests, follows the facts that are yielded here, and tells what came of it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect, Wake
from open63110.model.firmware import (
    AWAITED,
    FIRMWARE,
    UNDER_WAY,
    FirmwareState,
    FirmwareUpdate,
    FirmwareUpdateChanged,
    next_request,
    stepped,
    update_key,
)
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Rows, Signers
from open63110.usecases.stations.update_firmware.csms import check_numbers, newest, open_updates
from open63110.usecases.stations.update_firmware.messages import (
    FirmwareAwaited,
    FirmwareCertificateRefused,
    FirmwareOrderAnswer,
    FirmwareStatusReported,
    FirmwareTold,
    GoOnWithFirmware,
    ReportFirmware,
    UpdateFirmware,
)

_WAKE = "firmware"

_FETCH_WITHIN = timedelta(days=30)


def obey(
    command: UpdateFirmware, station: Station, rows: Rows, now: datetime, policy: StationPolicy, signers: Signers
) -> Iterator[Effect]:
    """Take it, unless the signer is not believed: nothing is fetched then (AT-8.3.6-3). An earlier order is given up.

    What is told once more, for its answer was lost with the CSMS that awaited it, goes on as it was.

    Raises:
        Refused: firmware is being installed, or it is not signed and has to be.
        Malformed: a time or number that cannot be.
    """
    earlier = open_updates(rows, station.id)
    known = next((one for one in earlier if _same(command, one)), None)
    if known is not None:
        yield FirmwareOrderAnswer(request=known.request)
        yield FirmwareStatusReported(station=station.id, at=now, request=known.said, state=known.state)
        return
    if station.blocked_by.startswith(FIRMWARE):
        raise Refused("firmware is being installed", code="FwUpdateInProgress")
    check_numbers(command, now)
    request = command.request or next_request(now, newest(rows, station.id))
    signed = bool(command.signature and command.certificate)
    if policy.firmware_signed and not signed:
        raise Refused("only signed firmware is installed here", code="Unsigned", where="signature")
    trouble = signers.judge(command.certificate, now) if command.certificate else ""
    if trouble:
        yield FirmwareCertificateRefused(station=station.id, at=now, request=request, reason=trouble)
        yield FirmwareOrderAnswer(request=request, refused=trouble)
        return
    for one in earlier:
        yield _kept(stepped(one, FirmwareState.CANCELLED, now), now)
    if earlier and station.blocked_by == AWAITED:
        yield FirmwareAwaited(station=station.id, at=now, admit=True)  # for one that does not come any more
    yield FirmwareOrderAnswer(request=request, cancelled=bool(earlier))
    yield from _begin(_taken(command, station, request, now), now)


def _same(command: UpdateFirmware, update: FirmwareUpdate) -> bool:
    return (
        command.request == update.said
        and command.retrieve_at in {None, update.retrieve_at}
        and (command.location, command.image, command.sha256, command.install_at, command.signature, command.certificate)
        == (update.location, update.image, update.sha256, update.install_at, update.signature, update.certificate)
    )


def _taken(command: UpdateFirmware, station: Station, request: int, now: datetime) -> FirmwareUpdate:
    return FirmwareUpdate(
        key=update_key(station.id, request),
        station=station.id,
        request=request,
        asked=now,
        until=(command.retrieve_at or now) + _FETCH_WITHIN,
        retrieve_at=command.retrieve_at or now,
        image=command.image,
        version=command.version,
        install_at=command.install_at,
        retries=command.retries,
        retry_interval=command.retry_interval,
        sha256=command.sha256,
        size=command.size,
        location=command.location,
        signature=command.signature,
        certificate=command.certificate,
        admit=command.admit,
        before=station.identity.firmware,
        unnumbered=not command.request,
    )


def _begin(update: FirmwareUpdate, now: datetime) -> Iterator[Effect]:
    if update.retrieve_at > now:
        yield from _step(update, FirmwareState.DOWNLOAD_SCHEDULED, now)
        yield _wake(update, update.retrieve_at)
    else:
        yield from _step(update, FirmwareState.DOWNLOADING, now)


def go_on(command: GoOnWithFirmware, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Fetch or install what is due by now."""
    del command
    for update in open_updates(rows, station.id)[:1]:
        if update.state is FirmwareState.DOWNLOAD_SCHEDULED and update.retrieve_at <= now:
            yield from _step(update, FirmwareState.DOWNLOADING, now)
        elif update.state is FirmwareState.INSTALL_SCHEDULED and not _busy(station):
            yield from _install(update, station, now)


def told(event: FirmwareTold, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Go on after what the hardware has done; what it has done for an order that was given up means nothing any more."""
    update = rows.get(FirmwareUpdate, update_key(station.id, event.request))
    if update is None or update.ended is not None or update.state not in _AWAITS[event.done]:
        return
    if event.trouble:
        yield from _step(update, _FAILS[event.done](event.trouble), now, event.trouble)
        return
    match event.done:
        case "paused":
            yield from _step(update, FirmwareState.DOWNLOAD_PAUSED, now)
        case "fetched":
            yield from _step(update, FirmwareState.DOWNLOADED, now)
        case "checked":
            yield from _checked(update, station, now)
        case "written":
            yield from _step(update, FirmwareState.INSTALL_REBOOTING, now)
        case "tested":
            yield from _step(update, FirmwareState.INSTALLED, now)


_AWAITS = {
    "paused": {FirmwareState.DOWNLOADING},
    "fetched": {FirmwareState.DOWNLOADING, FirmwareState.DOWNLOAD_PAUSED},
    "checked": {FirmwareState.DOWNLOADED},
    "written": {FirmwareState.INSTALLING},
    "tested": UNDER_WAY,
}
"""In which states it means something that the hardware has done this."""

_FAILS: dict[str, Callable[[str], FirmwareState]] = {
    "paused": lambda _: FirmwareState.DOWNLOAD_PAUSED,
    "fetched": lambda _: FirmwareState.DOWNLOAD_FAILED,
    "checked": lambda why: (
        FirmwareState.INVALID_SIGNATURE if why == "InvalidSignature" else FirmwareState.INSTALL_VERIFICATION_FAILED
    ),
    "written": lambda _: FirmwareState.INSTALLATION_FAILED,
    "tested": lambda _: FirmwareState.INSTALL_VERIFICATION_FAILED,
}


def _checked(update: FirmwareUpdate, station: Station, now: datetime) -> Iterator[Effect]:
    if update.signature:
        yield FirmwareStatusReported(station=station.id, at=now, request=update.said, state=FirmwareState.SIGNATURE_VERIFIED)
        update = stepped(update, FirmwareState.SIGNATURE_VERIFIED, now)
    yield from _install(update, station, now)


def _install(update: FirmwareUpdate, station: Station, now: datetime) -> Iterator[Effect]:
    """Install it when it is time and no energy flows: a session is never interrupted."""
    later = update.install_at is not None and update.install_at > now
    if not later and not _busy(station):
        yield from _step(update, FirmwareState.INSTALLING, now)
        return
    if update.state is not FirmwareState.INSTALL_SCHEDULED:
        yield from _step(update, FirmwareState.INSTALL_SCHEDULED, now)
    if later and update.install_at is not None:
        yield _wake(update, update.install_at)
    elif not update.admit:
        yield FirmwareAwaited(station=station.id, at=now, admit=False)


def _busy(station: Station) -> bool:
    return any(one.ended is None for one in station.transfers.values())


def _step(update: FirmwareUpdate, state: FirmwareState, now: datetime, detail: str = "") -> Iterator[Effect]:
    yield _kept(stepped(update, state, now, detail), now)
    yield FirmwareStatusReported(station=update.station, at=now, request=update.said, state=state, detail=detail)


def _kept(update: FirmwareUpdate, now: datetime) -> FirmwareUpdateChanged:
    over = replace(update, signature="", certificate="", location="") if update.ended else update
    return FirmwareUpdateChanged(station=update.station, at=now, key=update.key, firmware_update=over)


def report(command: ReportFirmware, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Say how far the update is that goes on; that there is none, too."""
    found = next(iter(open_updates(rows, command.station)), None)
    state, request = (FirmwareState.IDLE, 0) if found is None else (found.state, found.said)
    yield FirmwareStatusReported(station=command.station, at=now, request=request, state=state)


def _wake(update: FirmwareUpdate, at: datetime) -> Wake:
    return Wake(name=_WAKE, at=at, command=GoOnWithFirmware(station=update.station))
