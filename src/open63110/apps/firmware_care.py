# SPDX-License-Identifier: Apache-2.0
"""What a CSMS goes on with about firmware: images in band, images to be served at this level, campaigns (8.3.6)."""

import asyncio
import contextlib
import hashlib
import os
import ssl
from pathlib import Path
from typing import Any, Final

import structlog

from open63110.apps.bulk import Depot
from open63110.apps.firmware import FirmwareRoom
from open63110.apps.firmware_part import Part
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.model.firmware import (
    Campaign,
    CampaignChanged,
    FirmwareImage,
    FirmwareImageChanged,
    FirmwarePublication,
    FirmwarePublicationChanged,
    FirmwareState,
    FirmwareUpdate,
    FirmwareUpdateChanged,
    PublicationState,
)
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.runtime.node import Held
from open63110.runtime.orders import OURSELVES
from open63110.usecases.stations.update_firmware import PublicationTold, TendCampaigns
from open63110.wire.download import NotFetched, fetch

log = structlog.get_logger(__name__)

NOBODY = StationId("")

EVERY: Final = 1.0
"""Between two looks at campaigns, and at streams that had no room [s]."""


class FirmwareCare:
    """Goes on with what is to be done about firmware at a CSMS of any level."""

    def __init__(self, engine: Engine, room: FirmwareRoom, depot: Depot) -> None:
        """Follow the facts of an engine.

        Args:
            engine: of the CSMS.
            room: where images lie.
            depot: sends files in band.
        """
        self._engine, self._room, self._depot = engine, room, depot
        self._tasks: asyncio.TaskGroup | None = None
        self._fetching: set[str] = set()
        self._to_send: dict[str, FirmwareUpdate] = {}
        """Images that stations on the link wait for, by the key of their order."""
        self._links: dict[str, Path] = {}
        """Names under which images lie to be sent, by the key of the order."""
        self._campaigns = bool(engine.store.load(Campaign, Where("ended", "null")))
        engine.commit.follow(_KINDS, self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind not in _KINDS:
                continue
            fact: Any = one.event
            if one.kind is CampaignChanged:
                self._campaigns = self._campaigns or (fact.campaign is not None and fact.campaign.ended is None)
            elif one.kind is FirmwareUpdateChanged and fact.firmware_update is not None:
                self._update(fact.firmware_update)
            elif one.kind is FirmwarePublicationChanged and fact.firmware_publication is not None:
                self._publish(fact.firmware_publication)
            elif one.kind is FirmwareImageChanged and fact.firmware_image is None:
                self._sweep()

    def _sweep(self) -> None:
        """Let go of files that no image has any more."""
        known = {one.sha256 for one in self._engine.known.under_way.load(FirmwareImage, (), {})}
        for path in self._room.folder.iterdir():
            if path.is_file() and not path.name.startswith(".") and path.name.partition(".")[0] not in known:
                path.unlink(missing_ok=True)

    # -- in band --

    def _update(self, update: FirmwareUpdate) -> None:
        if update.state is FirmwareState.DOWNLOADING and update.image:
            station = self._engine.stations.get(update.station)
            if station is not None and station.wire == LINK and not station.via:
                self._to_send[update.key] = update
        elif update.ended is not None or update.state is FirmwareState.DOWNLOADED:
            self._to_send.pop(update.key, None)
            link = self._links.pop(update.key, None)
            if link is not None and link not in self._links.values():  # stations told in the same second share one
                link.unlink(missing_ok=True)

    async def _send(self) -> None:
        """Begin to send what stations wait for; what has no room yet is tried again."""
        for key, update in list(self._to_send.items()):
            path = self._links[key] = self._depot.spool.offered / update.file
            if any(one.station == update.station and one.name == update.file for one in self._depot.every()):
                self._to_send.pop(key, None)
                continue
            try:
                if not path.exists():
                    os.link(self._room.path(self._room.image(update.image)), path)
                await self._depot.send(update.file, update.station, update.by or OURSELVES.id)
            except Trouble as trouble:
                if trouble.code != "TooManyStreams":
                    self._to_send.pop(key, None)
                    log.warning("an image could not be sent", station=update.station, reason=trouble.message)
            except OSError as fault:
                log.warning("an image could not be sent", station=update.station, reason=fault.strerror)
            else:
                self._to_send.pop(key, None)

    # -- published at this level --

    def _publish(self, known: FirmwarePublication) -> None:
        wanted = not known.station and known.state is PublicationState.DOWNLOADING
        if wanted and known.key not in self._fetching and self._tasks is not None:
            self._fetching.add(known.key)
            self._tasks.create_task(self._fetch(known))

    async def _fetch(self, known: FirmwarePublication) -> None:
        """Fetch an image from the level above, once, whoever it is for."""
        state = PublicationState.DOWNLOAD_FAILED
        path = self._room.folder / f"{known.sha256}.bin"
        try:
            self._room.check_room(known.size)
            if await self._fetched(known, path):
                image = self._room.image(known.image)
                self._room.taken(image, await asyncio.to_thread(_held, path), "")
                state = PublicationState.PUBLISHED
        except Trouble as trouble:
            log.warning("an image cannot be published", image=known.image, reason=trouble.message)
            state = PublicationState.INVALID_CHECKSUM if trouble.code in {"WrongHash", "WrongSize"} else state
        except OSError as fault:
            log.warning("an image cannot be published", image=known.image, reason=str(fault))
        finally:
            self._fetching.discard(known.key)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)  # it has its place by now, or is not what it should be
        self._engine.hear((PublicationTold(station=NOBODY, at=self._engine.clock.now(), md5=known.md5, state=state),))

    async def _fetched(self, known: FirmwarePublication, path: Path) -> bool:
        for attempt in range(known.retries + 1):
            if attempt:
                await asyncio.sleep(self._engine.clock.real(known.retry_interval))
            part = Part(path, known.size)
            try:
                with part:
                    await fetch(known.location, part.begin, part.write, offset=part.size, etag=part.etag, tls=self._tls())
            except NotFetched as fault:
                log.warning("an image was not given", image=known.image, reason=str(fault))
                return False
            except (OSError, TimeoutError) as fault:
                log.info("an image did not get through", image=known.image, attempt=attempt, reason=str(fault))
            else:
                await asyncio.to_thread(part.finish)
                return True
        return False

    def _tls(self) -> ssl.SSLContext | None:
        authorities = self._room.settings.authorities
        return ssl.create_default_context(cafile=authorities) if authorities else None

    # -- time --

    def tend(self) -> None:
        """Look at campaigns once."""
        self._engine.hear((TendCampaigns(station=NOBODY),))
        self._campaigns = bool(self._engine.known.under_way.load(Campaign, (Where("ended", "null"),), {}))

    async def run(self) -> None:
        """Go on with what the last run has left, then look each second, for ever."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                for known in self._engine.store.load(FirmwarePublication, Where("station", "=", NOBODY)):
                    self._publish(known)
                for update in self._engine.store.load(FirmwareUpdate, Where("ended", "null")):
                    self._update(update)
                while True:
                    await asyncio.sleep(self._engine.clock.real(EVERY))
                    if self._to_send:
                        await self._send()
                    if self._campaigns:
                        with contextlib.suppress(Trouble):
                            self.tend()
            finally:
                self._tasks = None


_KINDS: frozenset[type[Event]] = frozenset(
    {CampaignChanged, FirmwareUpdateChanged, FirmwarePublicationChanged, FirmwareImageChanged}
)


def _held(path: Path) -> Held:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1024 * 1024):
            sha256.update(block)
            md5.update(block)
    return Held(path, sha256.hexdigest(), md5.hexdigest(), path.stat().st_size)
