# SPDX-License-Identifier: Apache-2.0
"""Where images lie at a CSMS: what is brought, what a run leaves to the next, names under which images go in band (8.3.6)."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.firmware_parties import CS, NOBODY
from tests.literal import T0, Clock, Ids

from open63110.apps.bulk import Depot
from open63110.apps.config import Firmware
from open63110.apps.firmware import FirmwareRoom
from open63110.apps.firmware_care import FirmwareCare
from open63110.apps.station_bulk import Logged
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.patterns.bulk import Streams
from open63110.bindings.link.patterns.spool import Spool, by_station
from open63110.bindings.web.tests.ground import NoLinks
from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    FirmwareImage,
    FirmwareImageChanged,
    FirmwarePublication,
    FirmwareState,
    FirmwareUpdate,
    FirmwareUpdateChanged,
    PublicationState,
    stepped,
    update_key,
)
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore
from open63110.wire.file_server import FileServer

CONTENT = b"new" * 1_000
SHA = hashlib.sha256(CONTENT).hexdigest()
IMAGE = FirmwareImage(id="fw-3", vendor="Maker", models=("Duo",), version="3", size=len(CONTENT), sha256=SHA)
OTHER = StationId("CS-2")


class Shelf:
    """A room for images at a CSMS, and what goes on with them."""

    def __init__(self, folder: Path) -> None:
        clock = Clock()
        self.engine = Engine(Role.CSMS, discover(), SqliteStore(folder / "rows.db"), clock, Ids(), Policy(), linger=0.0)
        for station in (CS, OTHER):
            self.engine.stations[station] = Station(id=station, wire=LINK)
        self.room = FirmwareRoom(folder, Firmware(), Keys(b"p" * 32), self.engine)
        spool = Spool(folder / "bulk", by_station, largest=1_000_000, most=2_000_000)
        self.streams = Streams(spool, NoLinks(), Logged(), now=clock.now)
        self.depot = Depot(self.streams, clock, self.engine.stations)
        self.care = FirmwareCare(self.engine, self.room, self.depot)

    def know(self, image: FirmwareImage | None) -> None:
        """Say what it is, or that nobody wants it any more."""
        self.room.note(FirmwareImageChanged(station=NOBODY, at=T0, id=IMAGE.id, firmware_image=image))

    @property
    def files(self) -> set[str]:
        return {one.name for one in self.room.folder.iterdir()}

    async def update(self, station: StationId, state: FirmwareState) -> FirmwareUpdate:
        """Have an update be so far, in the disk's eyes too."""
        update = FirmwareUpdate(
            key=update_key(station, 7),
            station=station,
            request=7,
            asked=T0,
            until=T0 + timedelta(1),
            retrieve_at=T0,
            image=IMAGE.id,
            sha256=SHA,
        )
        update = stepped(update, state, T0)
        self.room.note(FirmwareUpdateChanged(station=station, at=T0, key=update.key, firmware_update=update))
        await self.engine.commit.drain()
        return update


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    made = Shelf(tmp_path)
    writing = asyncio.create_task(made.engine.commit.run())
    yield made
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing


async def pieces(*said: bytes) -> AsyncIterator[bytes]:
    for one in said:
        yield one
        await asyncio.sleep(0)


async def test_a_new_run_lets_go_of_uploads_that_the_last_one_left_unfinished_and_of_nothing_else(shelf: Shelf) -> None:
    kept = {SHA, f"{SHA}.part", f"{SHA}.etag"}
    for name in (*kept, f".{SHA[:16]}.0a1b2c3d"):
        (shelf.room.folder / name).write_bytes(b"x")
    FirmwareRoom(shelf.room.folder.parent, Firmware(), Keys(b"p" * 32), shelf.engine)
    assert shelf.files == kept


async def test_content_takes_no_place_of_what_was_said_anew_while_it_came(shelf: Shelf) -> None:
    shelf.know(IMAGE)

    async def coming() -> AsyncIterator[bytes]:
        yield CONTENT[:500]
        shelf.know(replace(IMAGE, version="4", sha256="11" * 32))
        yield CONTENT[500:]

    with pytest.raises(Refused) as refusal:
        await shelf.room.put(IMAGE.id, coming(), "ann")
    assert refusal.value.code == "Changed"
    assert shelf.room.image(IMAGE.id).uploaded is None
    assert shelf.files == set()


async def test_content_that_nobody_wants_any_more_when_it_is_here_leaves_nothing(shelf: Shelf) -> None:
    shelf.know(IMAGE)

    async def coming() -> AsyncIterator[bytes]:
        yield CONTENT
        shelf.know(None)

    with pytest.raises(Unknown):
        await shelf.room.put(IMAGE.id, coming(), "ann")
    assert shelf.files == set()


@pytest.mark.parametrize("shown", ["ü" * 64, "", "0" * 64])
async def test_whoever_makes_addresses_up_finds_nothing(shelf: Shelf, shown: str) -> None:
    about = base64.urlsafe_b64encode(b"update:CS-1:7").decode()
    with pytest.raises(Unknown):
        shelf.room.opened(f"{about}.{shown}", "x.bin")


async def test_a_name_that_two_stations_share_lies_there_until_both_have_the_image(shelf: Shelf) -> None:
    shelf.know(IMAGE)
    await shelf.room.put(IMAGE.id, pieces(CONTENT), "ann")
    for station in (CS, OTHER):
        name = (await shelf.update(station, FirmwareState.DOWNLOADING)).file
    await shelf.care._send()
    lies = shelf.depot.spool.offered / name
    assert len(shelf.depot.every()) == 2
    await shelf.update(CS, FirmwareState.DOWNLOADED)
    assert lies.read_bytes() == CONTENT
    await shelf.update(OTHER, FirmwareState.DOWNLOADED)
    assert not lies.exists()


async def test_a_name_of_which_the_last_run_has_begun_to_send_goes_once_the_station_has_the_image(shelf: Shelf) -> None:
    shelf.know(IMAGE)
    await shelf.room.put(IMAGE.id, pieces(CONTENT), "ann")
    update = await shelf.update(CS, FirmwareState.DOWNLOADING)
    await shelf.care._send()
    again = FirmwareCare(shelf.engine, shelf.room, shelf.depot)
    again._update(update)
    await again._send()
    assert len(shelf.depot.every()) == 1
    again._update(stepped(update, FirmwareState.DOWNLOADED, T0))
    assert not (shelf.depot.spool.offered / update.file).exists()


async def test_what_came_from_above_and_is_not_what_it_should_be_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.write_bytes(CONTENT)
    server = await FileServer.start("127.0.0.1")
    try:
        said = FirmwarePublication(
            key=":aa",
            station=NOBODY,
            md5="aa",
            request=1,
            asked=T0,
            until=T0 + timedelta(1),
            image=IMAGE.id,
            location=server.serve("x", served),
            sha256="11" * 32,
            size=len(CONTENT),
            state=PublicationState.DOWNLOADING,
        )
        shelf.know(replace(IMAGE, sha256=said.sha256))
        await shelf.care._fetch(said)
    finally:
        server.close()
    assert shelf.files == set()
