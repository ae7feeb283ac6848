# SPDX-License-Identifier: Apache-2.0
"""Firmware at a CSMS: images on the disk, addresses at which one station may fetch one, images in band, campaigns (8.3.6)."""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import os
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import structlog
from msgspec.structs import replace

from open63110.apps.config import Firmware
from open63110.kernel.errors import Expired, Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Event
from open63110.model.firmware import (
    FIRMWARE,
    LARGEST,
    NOT_PUBLISHED,
    OVER,
    FirmwareImage,
    FirmwareImageChanged,
    FirmwarePublication,
    FirmwareUpdate,
    PublicationState,
)
from open63110.model.order import Order
from open63110.pki.firmware_signature import Manufacturers, signed_by
from open63110.ports import Link, Where
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.keys import Keys
from open63110.runtime.node import FirmwareFile, Held
from open63110.usecases.stations.update_firmware import (
    UpdateFirmware,
)

log = structlog.get_logger(__name__)

NOBODY = StationId("")

SPARED: Final = 64 * 1024 * 1024
"""What images leave free on the disk, for the journal [bytes]."""

PATH: Final = "/firmware"


class FirmwareAddressed:
    """Implements ports.Link over one that cannot carry images: who is to fetch one is told where, as the order leaves."""

    def __init__(self, link: Link, room: "FirmwareRoom", *kinds: type[Command]) -> None:
        """Say it in commands of these kinds that do not say so themselves."""
        self._link, self._kinds, self._room = link, kinds, room

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return self._link.connected(station)

    def send(self, order: Order, command: Command) -> None:
        """Send an order.

        Raises:
            Trouble: it cannot be sent at all.
        """
        if isinstance(command, self._kinds):
            command = self._room.addressed(order.station, command)
        self._link.send(order, command)


class FirmwareRoom:
    """Where images lie; implements node.FirmwareDoor."""

    def __init__(self, folder: Path, settings: Firmware, keys: Keys, engine: Engine) -> None:
        """Make the folder.

        Raises:
            Unavailable: it cannot be written.
        """
        self.settings, self._keys, self._engine = settings, keys, engine
        self.folder = folder / FIRMWARE
        self.manufacturers = Manufacturers(
            Path(settings.roots) if settings.roots else None, Path(settings.revoked) if settings.revoked else None
        )
        self.address: Callable[[], str] = str
        """Where stations reach this CSMS by HTTP; empty: nowhere."""
        self.served: Counter[str] = Counter()
        """How often which image was asked for."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for draft in self.folder.glob(f".{'[0-9a-f]' * 16}.*"):  # of uploads that the end of the last run cut off
                draft.unlink()
        except OSError as fault:
            raise Unavailable(f"{self.folder} cannot be used: {fault.strerror}", code="NoDisk") from fault

    @property
    def largest(self) -> int:
        """Of an image [bytes]."""
        return min(self.settings.largest, LARGEST)

    def path(self, image: FirmwareImage) -> Path:
        """Return where the content of an image lies: under its hash, whatever it is called."""
        return self.folder / image.sha256

    # -- rows --

    def image(self, id: str) -> FirmwareImage:
        """Return an image.

        Raises:
            Unknown: there is none.
        """
        found = self._engine.known.under_way.get(FirmwareImage, id, {})
        if found is None:
            raise Unknown(f"there is no image {id[:100]}", code="UnknownImage", where="id")
        return found

    def here(self, sha256: str) -> FirmwareImage | None:
        """Return an image of this content that is here."""
        found = self._engine.known.under_way.load(FirmwareImage, (Where("sha256", "=", sha256),), {})
        return next((one for one in found if one.uploaded is not None), None)

    def note(self, fact: Event) -> None:
        """Keep a fact about an image."""
        turn = Turn(self._engine, fact.station, fact.at)
        turn.fact(fact)
        turn.keep()
        self._engine.commit.after(lambda _: None)

    # -- what comes --

    async def put(self, id: str, pieces: AsyncIterator[bytes], by: str) -> FirmwareImage:
        """Take the content of an image, piece by piece; what is not right leaves nothing.

        Raises:
            Unknown: nobody said what it is.
            Refused: it is here, it is too large, or not what was said: WrongHash, WrongSize, InvalidSignature,
                InvalidCertificate; or somebody said otherwise meanwhile.
            Unavailable: there is no room.
        """
        image = self.image(id)
        if image.uploaded is not None:
            raise Refused(f"the content of {id} is here", code="Exists", where="id")
        async with self.held(pieces, image.size) as held:
            return self.taken(image, held, by)

    @contextlib.asynccontextmanager
    async def held(self, pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[Held]:
        """Have content lie here until the block is left, unless it is kept.

        Args:
            pieces: of it.
            most: how large it is, or may be [bytes].

        Raises:
            Refused: it is larger.
            Unavailable: there is no room.
        """
        draft = self.folder / f".{secrets.token_hex(8)}.{secrets.token_hex(4)}"
        try:
            yield await self._written(draft, most, pieces)
        except OSError as fault:
            raise Unavailable(f"{draft} cannot be written: {fault.strerror}", code="NoDisk") from fault
        finally:
            draft.unlink(missing_ok=True)

    def keep(self, id: str, held: Held, by: str) -> FirmwareImage:
        """Take content that lies here for that of an image.

        Raises:
            Unknown: nobody said what it is.
            Refused: it is not what was said.
        """
        return self.taken(self.image(id), held, by)

    async def _written(self, draft: Path, most: int, pieces: AsyncIterator[bytes]) -> Held:
        sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
        self.check_room(most)
        with draft.open("wb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > most:
                    raise Refused(f"it has more than {most:,} bytes", code="TooLarge", where="size")
                sha256.update(piece)
                md5.update(piece)
                file.write(piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())  # everything else goes on meanwhile
        return Held(draft, sha256.hexdigest(), md5.hexdigest(), size)

    def check_room(self, size: int) -> None:
        """See to it that there is room.

        Raises:
            Refused: it is larger than is taken here.
            Unavailable: there is no room.
        """
        if size > self.settings.largest:
            raise Refused(f"an image holds at most {self.settings.largest} bytes", code="TooLarge", where="size")
        used = sum(one.stat().st_size for one in self.folder.iterdir() if one.is_file())
        if used + size > self.settings.most or shutil.disk_usage(self.folder).free < size + SPARED:
            raise Unavailable("there is no room for it", code="NoRoom", where="size")

    def taken(self, image: FirmwareImage, held: Held, by: str) -> FirmwareImage:
        """Give a file that has come its place, if it is what was said.

        Raises:
            Refused: it is not, or by now something else was said.
            Unknown: by now nobody wants it any more.
        """
        if self.image(image.id) != image:
            words = f"what {image.id} is was said anew while it came"
            raise Refused(words, code="Changed", where="id", remedy="bring what it is now")
        trusted = self._check(image, held.sha256, held.size)
        held.path.replace(self.path(image))
        now = self._engine.clock.now()
        made = replace(image, uploaded=now, md5=held.md5, trusted=trusted, by=by or image.by)
        self.note(FirmwareImageChanged(station=NOBODY, at=now, id=image.id, firmware_image=made, by=by))
        return made

    def _check(self, image: FirmwareImage, sha256: str, size: int) -> bool:
        if size != image.size:
            raise Refused(f"it has {size} bytes, not {image.size}", code="WrongSize", where="size")
        if sha256 != image.sha256:
            raise Refused("its SHA-256 is not the one that was said", code="WrongHash", where="sha256")
        if not image.signed:
            return False
        if not signed_by(bytes.fromhex(sha256), image.signature, image.certificate):
            raise Refused("that is no signature of it", code="InvalidSignature", where="signature")
        if not self.manufacturers.known:
            return False
        trouble = self.manufacturers.judge(image.certificate, self._engine.clock.now())
        if trouble:
            raise Refused("its signer is not believed", code=trouble, where="certificate")
        return True

    # -- where it is fetched --

    def addressed(self, station: StationId, command: Any) -> Any:
        """Return an order with the address of its image, made for it alone.

        Raises:
            Refused: nothing can be fetched from here, or the image is gone.
        """
        if command.location or not command.image:
            return command
        if isinstance(command, UpdateFirmware):
            return replace(command, location=self.url("update", f"{station}:{command.request}", command.image))
        return replace(command, location=self.url("publication", f"{station}:{command.md5}", command.image))

    def url(self, kind: str, key: str, id: str) -> str:
        """Return the address for one order.

        Raises:
            Refused: nothing can be fetched from here, or the image is gone.
        """
        base = self.address()
        if not base:
            words = "stations cannot fetch images from here without TLS"
            raise Refused(words, code="NoDownloads", where="location", remedy="set firmware.url, or firmware.without_tls")
        try:
            image = self.image(id)
        except Unknown as fault:
            raise Refused(fault.message, code=fault.code, where="image") from fault
        about = f"{kind}:{key}"
        ticket = f"{base64.urlsafe_b64encode(about.encode()).decode().rstrip('=')}.{self._keys.hash('firmware', about)}"
        return f"{base}{PATH}/{ticket}/{image.file}"

    def opened(self, ticket: str, name: str) -> FirmwareFile:
        """Return what an address leads to.

        Raises:
            Unknown: nobody made that address, or it leads to another name.
            Expired: it was good once.
        """
        coded, _, shown = ticket.partition(".")
        try:
            about = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        except (ValueError, binascii.Error) as fault:
            raise Unknown("there is nothing here") from fault
        if not self._keys.same(shown, self._keys.hash("firmware", about)):
            raise Unknown("there is nothing here")
        kind, _, key = about.partition(":")
        image = self.image(self._ordered(kind, key))
        path = self.path(image)
        if name != image.file or not path.is_file():
            raise Unknown("there is nothing here")
        self.served[image.id] += 1
        return FirmwareFile(path=path, name=image.file, sha256=image.sha256)

    def _ordered(self, kind: str, key: str) -> str:
        """Return the image of an order that is not over."""
        noun: Any = FirmwareUpdate if kind == "update" else FirmwarePublication
        row = self._engine.known.under_way.get(noun, key, {})
        done = row is None or row.state in (OVER if kind == "update" else _SERVED)
        if row is None or done or row.until <= self._engine.clock.now():
            raise Expired("this address is not good any more", code="Expired")
        return str(row.image)


_SERVED: Final = NOT_PUBLISHED | {PublicationState.PUBLISHED}
