# SPDX-License-Identifier: Apache-2.0
"""What stations do about firmware: fetch it by HTTP or in band, check it, write it, start with it, test it, go back (8.3.6)."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from open63110.apps.firmware_part import Part, drop
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.model.bulk import StreamState
from open63110.model.firmware import (
    LARGEST,
    FirmwarePublication,
    FirmwareState,
    FirmwareUpdate,
    PublicationState,
)
from open63110.ports import Signers
from open63110.runtime.engine import Engine
from open63110.runtime.nothing import Nobody
from open63110.station.controller import Controller
from open63110.station.firmware import Running, Slots, checked_model, header_in
from open63110.usecases.stations.update_firmware import FirmwareTold, PublicationTold
from open63110.wire.download import NotFetched, fetch
from open63110.wire.file_server import FileServer

if TYPE_CHECKING:  # stations on OCPP have no link, nor the megabytes that come with one
    from open63110.bindings.link.patterns.bulk import Streams

log = structlog.get_logger(__name__)

LOOK: Final = 0.1
"""Between two looks at a stream that comes in band [s of real time]."""

FOLDER: Final = "firmware"

ROLLED_BACK: Final = "SelfTestFailed"


class Faults(msgspec.Struct, kw_only=True):
    """What goes wrong at a simulated station."""

    self_test: bool = False
    """The new version does not pass its test."""
    write: bool = False
    """It cannot be written."""


class Bench(msgspec.Struct, kw_only=True):
    """With what stations update themselves; shared by those of a process."""

    folder: Callable[[StationId], Path]
    """Where images of a station lie."""
    tls: ssl.SSLContext | None = None
    """For HTTPS; None believes the system's authorities."""
    install: float = 5.0
    """How long writing takes, and testing [s]."""
    largest: int = LARGEST
    signers: Signers = Nobody()
    """Whose firmware is installed."""
    host: str = "127.0.0.1"
    """Where a local controller serves images."""
    faults: dict[StationId, Faults] = {}


class StationFirmware:
    """The firmware of one station."""

    def __init__(
        self,
        controller: Controller,
        engine: Engine,
        bench: Bench,
        *,
        streams: "Callable[[], Streams | None]",
        slots: Slots | None = None,
    ) -> None:
        """Run what it runs.

        Args:
            controller: of the station; says what version runs, and restarts.
            engine: in the role of the station.
            bench: with what.
            streams: of its link, if it has one.
            slots: which version runs; None: it is forgotten with this process.
        """
        self.controller, self.engine, self._bench, self._streams = controller, engine, bench, streams
        self.slots = slots or Slots(None)
        if self.slots.running.version:
            self._run(self.slots.running.version)
        self.server: FileServer | None = None
        self.fetched = 0
        """Bytes that came by HTTP."""

    @property
    def station(self) -> StationId:
        """Whose."""
        return self.controller.id

    @property
    def _folder(self) -> Path:
        return self._bench.folder(self.station)

    @property
    def _faults(self) -> Faults:
        return self._bench.faults.get(self.station) or Faults()

    def path(self, update: FirmwareUpdate) -> Path:
        """Return where its image lies."""
        return self._folder / f"{update.request}.bin"

    def clear(self, update: FirmwareUpdate) -> None:
        """Let go of what has come for an update that is over: disks of stations are small."""
        with contextlib.suppress(OSError):
            drop(self.path(update))

    def work(self, update: FirmwareUpdate) -> Coroutine[Any, Any, None] | None:
        """Return what is to be done for an update as it is; None: nothing, it waits."""
        match update.state:
            case FirmwareState.DOWNLOADING:
                return self._fetch(update)
            case FirmwareState.DOWNLOADED:
                return self._check(update)
            case FirmwareState.INSTALLING:
                return self._write(update)
        return None

    def _tell(self, update: FirmwareUpdate, done: Any, trouble: str = "") -> None:
        now = self.engine.clock.now()
        told = FirmwareTold(station=update.station, at=now, request=update.request, done=done, trouble=trouble)
        self.engine.hear((told,))

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(self.engine.clock.real(seconds))

    # -- fetching --

    async def _fetch(self, update: FirmwareUpdate) -> None:
        path = self.path(update)

        async def once() -> None:
            await (self._by_http(update.location, path) if update.location else self._in_band(update, path))

        self._tell(update, "fetched", await self._tried(once, update.retries, update.retry_interval))

    async def _tried(self, once: Callable[[], Awaitable[None]], retries: int, interval: Seconds) -> str:
        """Fetch something, again where that may help; return why it did not come; empty: it did."""
        trouble = ""
        for attempt in range(retries + 1):
            if attempt:
                await self._pause(interval)
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                await once()
            except NotFetched as fault:
                return str(fault)
            except (OSError, TimeoutError) as fault:
                trouble = f"{type(fault).__name__}: {fault}".rstrip(": ")
                log.info("firmware did not get through", station=self.station, attempt=attempt, reason=trouble)
            else:
                return ""
        return trouble

    async def _by_http(self, url: str, path: Path) -> None:
        part = Part(path, self._bench.largest)

        def take(piece: bytes) -> None:
            self.fetched += len(piece)
            part.write(piece)

        with part:
            await fetch(url, part.begin, take, offset=part.size, etag=part.etag, tls=self._bench.tls)
        await asyncio.to_thread(part.finish)

    async def _in_band(self, update: FirmwareUpdate, path: Path) -> None:
        """Wait for the stream that the CSMS sends once it has heard that this station is ready."""
        streams = self._streams()
        if streams is None:
            message = "nobody said where it lies, and there is no link"
            raise NotFetched(message)
        while True:
            found = [one for one in streams.records.values() if one.name == update.file and not one.fetched]
            last = max(found, key=lambda one: one.asked, default=None)
            if last is not None and last.state is StreamState.DONE:
                await asyncio.to_thread(streams.spool.path(last).replace, path)
                return
            if last is not None and last.state is StreamState.FAILED:
                raise ConnectionError(f"{last.reason} {last.words}".strip())
            if self.engine.clock.now() > update.until:
                message = "it did not come"
                raise NotFetched(message)
            await asyncio.sleep(LOOK)

    # -- checking and installing --

    async def _check(self, update: FirmwareUpdate) -> None:
        try:
            trouble = await asyncio.to_thread(self._wrong, update)
        except OSError as fault:
            trouble = f"NotReadable: {fault.strerror}"
        self._tell(update, "checked", trouble)

    def _wrong(self, update: FirmwareUpdate) -> str:
        """Return what is wrong with an image; empty: nothing."""
        from open63110.pki.firmware_signature import sha256_of, signed_by  # noqa: PLC0415 - megabytes, for this alone

        path = self.path(update)
        digest = sha256_of(path)
        if update.signature and not signed_by(digest, update.signature, update.certificate):
            return "InvalidSignature"
        if update.sha256 and digest.hex() != update.sha256:
            return "WrongHash"
        try:
            identity = self.controller.identity
            checked_model(header_in(path), identity.vendor, identity.model)
        except Malformed as fault:
            return f"{fault.code}: {fault.message}"
        return ""

    async def _write(self, update: FirmwareUpdate) -> None:
        """Write it beside what runs; whatever happens meanwhile, the old version is there."""
        await self._pause(self._bench.install)
        if self._faults.write:
            self._tell(update, "written", "NotWritten: simulated")
            return
        try:
            header = await asyncio.to_thread(header_in, self.path(update))
            version = (header.version if header is not None else "") or update.version or f"of request {update.request}"
            was = self.slots.running  # of this very order, if the power went before that was told
            before = was.before if was.request == update.request else self.controller.identity.firmware
            self.slots.switch(Running(version=version[:50], before=before, request=update.request))
        except OSError as fault:
            self._tell(update, "written", f"NotWritten: {fault.strerror}")
            return
        self._tell(update, "written")

    def restart(self, update: FirmwareUpdate) -> None:
        """Start with what was written."""
        if self.slots.running.request == update.request:
            self._run(self.slots.running.version)
        self.controller.hardware.restart("FirmwareUpdate", None)

    async def test(self, update: FirmwareUpdate) -> None:
        """See whether the new version works, and go back if it does not."""
        await self._pause(self._bench.install)
        running = self.slots.running
        if running.request != update.request:  # the power went after it was gone back, before that was told
            self._tell(update, "tested", f"{ROLLED_BACK}: {self.controller.identity.firmware} runs again")
            return
        if not self._faults.self_test and self.controller.identity.firmware == running.version:
            self._tell(update, "tested")
            return
        self._run(running.before)
        with contextlib.suppress(OSError):
            self.slots.switch(Running(version=running.before))
        self._tell(update, "tested", f"{ROLLED_BACK}: {running.before} runs again")
        self.controller.hardware.restart("ApplicationReset", None)

    def _run(self, version: str) -> None:
        self.controller.identity = msgspec.structs.replace(self.controller.identity, firmware=version)

    # -- as a local controller --

    async def publish(self, known: FirmwarePublication) -> None:
        """Fetch an image, unless it is here from the last run, and serve it."""
        path = self._folder / f"{known.md5}.bin"
        try:
            if not await asyncio.to_thread(_is, path, known.md5):
                trouble = await self._tried(lambda: self._by_http(known.location, path), known.retries, known.retry_interval)
                if trouble:
                    log.info("an image to be served did not come", station=self.station, reason=trouble)
                    self._published(known, PublicationState.DOWNLOAD_FAILED)
                    return
                self._published(known, PublicationState.DOWNLOADED)
                if not await asyncio.to_thread(_is, path, known.md5):
                    path.unlink(missing_ok=True)
                    self._published(known, PublicationState.INVALID_CHECKSUM)
                    return
                self._published(known, PublicationState.CHECKSUM_VERIFIED)
            self.server = self.server or await FileServer.start(self._bench.host)
        except OSError as fault:
            log.warning("an image cannot be served", station=self.station, reason=str(fault))
            self._published(known, PublicationState.PUBLISH_FAILED)
            return
        self._published(known, PublicationState.PUBLISHED, (self.server.serve(known.md5, path),))

    def withdraw(self, known: FirmwarePublication) -> None:
        """Serve it no longer."""
        if self.server is not None:
            self.server.withdraw(known.md5)
        with contextlib.suppress(OSError):
            drop(self._folder / f"{known.md5}.bin")

    def _published(self, known: FirmwarePublication, state: PublicationState, locations: tuple[str, ...] = ()) -> None:
        now = self.engine.clock.now()
        told = PublicationTold(station=known.station, at=now, md5=known.md5, state=state, locations=locations)
        self.engine.hear((told,))

    def close(self) -> None:
        """Serve nothing any more."""
        if self.server is not None:
            self.server.close()


def _is(path: Path, md5: str) -> bool:
    """Tell whether this is there.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():
        return False
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            digest.update(block)
    return digest.hexdigest() == md5
