# SPDX-License-Identifier: Apache-2.0
"""What stations do about firmware, over faults and power cuts: nothing is lost, done twice, or left on small disks (8.3.6)."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from tests.firmware_parties import CS, Judge
from tests.literal import T0, Clock, Ids

from open63110.apps.station_firmware import Bench, StationFirmware
from open63110.apps.workshop import Workshop
from open63110.kernel.roles import Role
from open63110.model.firmware import FirmwarePublication, FirmwareState, FirmwareUpdate, PublicationState
from open63110.model.policy import StationPolicy
from open63110.model.station import Identity, Registration, Station
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.station.controller import Controller
from open63110.station.firmware import Running, Slots
from open63110.store.sqlite import SqliteStore
from open63110.usecases.stations.update_firmware import PublishFirmware, UnpublishFirmware, UpdateFirmware
from open63110.wire.tests.test_download import CONTENT, said, serving

MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
S, P = FirmwareState, PublicationState


class Hardware:
    """Counts starts."""

    def __init__(self) -> None:
        self.starts: list[str] = []

    def restart(self, reason: str, evse: int | None) -> None:
        """Count one."""
        del evse
        self.starts.append(reason)


class One:
    """One run of a station whose disk outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "images"
        self.engine = Engine(
            Role.STATION,
            discover(),
            SqliteStore(folder / "rows.db"),
            Clock(),
            Ids(),
            StationPolicy(firmware_signed=False),
            linger=0.0,
        )
        self.engine.signers = Judge()
        identity = Identity(vendor="Maker", model="Duo", firmware="1")
        self.engine.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=T0, identity=identity)
        self.controller = Controller(CS, self.engine, identity=identity, layout=(1,))
        self.hardware = hardware = Hardware()
        self.controller.hardware = cast("Any", hardware)  # of all that hardware does, updates need starts alone
        bench = Bench(folder=lambda _: self.folder, install=0.0)
        slots = Slots(folder / "running.json")
        self.firmware = StationFirmware(self.controller, self.engine, bench, streams=lambda: None, slots=slots)
        self.workshop = Workshop()
        self.workshop.add(self.firmware)

    def order(self, url: str, **more: Any) -> None:
        """Hear of a new version."""
        digest = hashlib.sha256(CONTENT).hexdigest()
        fields: dict[str, Any] = {"request": 5, "location": url, "sha256": digest, "version": "2", "retry_interval": 0.0} | more
        self.hear(UpdateFirmware(station=CS, **fields))

    def publish(self, url: str, **more: Any) -> None:
        """Be told to serve an image."""
        fields: dict[str, Any] = {"image": "", "location": url, "md5": MD5, "request": 3, "retry_interval": 0.0} | more
        self.hear(PublishFirmware(station=CS, **fields))

    def hear(self, command: Any) -> None:
        trouble = self.engine.hear((command,))
        assert trouble is None, trouble

    @property
    def update(self) -> FirmwareUpdate:
        (found,) = self.engine.known.under_way.load(FirmwareUpdate, (), {})
        return found

    @property
    def publication(self) -> FirmwarePublication:
        (found,) = self.engine.known.under_way.load(FirmwarePublication, (), {})
        return found

    @property
    def files(self) -> set[str]:
        return {one.name for one in self.folder.iterdir()} if self.folder.exists() else set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["One"]:
        """Work until the block is left; then everything that was decided is on the disk."""
        tasks = [asyncio.create_task(one.run()) for one in (self.engine.commit, self.workshop)]
        try:
            await until(lambda: self.workshop._tasks)
            yield self
            await self.engine.commit.drain()
        finally:
            for one in reversed(tasks):
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.engine.store.close()


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what holds is in rows and on disks: nobody tells of them
            await asyncio.sleep(0.01)


def whole(**more: Any) -> bytes:
    return said("200 OK", CONTENT, **{"Content_Length": len(CONTENT), "ETag": '"v1"', **more})


async def test_an_image_that_is_written_is_let_go_of_once_the_new_version_has_passed_its_test(tmp_path: Path) -> None:
    async with serving(whole()) as server, One(tmp_path).running() as one:
        one.order(server.url)
        await until(lambda: one.update.state is S.INSTALL_REBOOTING)
        await until(lambda: one.hardware.starts)
        assert one.files == {"5.bin"}
        await one.firmware.test(one.update)
        await until(lambda: one.update.state is S.INSTALLED)
        await until(lambda: not one.files)
        assert one.controller.identity.firmware == "2"


@pytest.mark.parametrize(
    ("more", "state"), [({"sha256": "11" * 32}, S.INSTALL_VERIFICATION_FAILED), ({"location": "ftp://x/"}, S.DOWNLOAD_FAILED)]
)
async def test_an_update_that_fails_leaves_nothing_of_its_image(
    more: dict[str, str], state: FirmwareState, tmp_path: Path
) -> None:
    async with serving(whole()) as server, One(tmp_path).running() as one:
        one.order(server.url, **more)
        await until(lambda: one.update.state is state)
        await until(lambda: not one.files)


async def test_a_part_of_an_image_of_an_order_that_gives_way_is_let_go_of(tmp_path: Path) -> None:
    half = said("200 OK", CONTENT[:1_000], Content_Length=len(CONTENT), ETag='"v1"')
    async with serving(half) as server, One(tmp_path).running() as one:
        server.stays = True
        one.order(server.url)
        await until(lambda: one.firmware.fetched == 1_000)
        one.order("ftp://x/", request=6)
        await until(lambda: one.workshop._open == {})
        await until(lambda: not one.files)


async def test_an_order_that_is_told_again_goes_on_as_it_was(tmp_path: Path) -> None:
    half = said("200 OK", CONTENT[:1_000], Content_Length=len(CONTENT), ETag='"v1"')
    async with serving(half, whole()) as server, One(tmp_path).running() as one:
        server.stays = True
        one.order(server.url)
        await until(lambda: one.firmware.fetched == 1_000)
        (_, working) = one.workshop._working[CS]
        before = one.update
        one.order(server.url)
        await one.engine.commit.drain()
        await asyncio.sleep(0.1)
        assert (one.update, len(server.heads), working.done()) == (before, 1, False)


async def test_another_order_of_the_same_number_is_begun_though_the_one_before_is_just_given_up(tmp_path: Path) -> None:
    half = said("200 OK", CONTENT[:1_000], Content_Length=len(CONTENT), ETag='"v1"')
    async with serving(half) as first, serving(whole()) as second, One(tmp_path).running() as one:
        first.stays = True
        one.order(first.url)
        await until(lambda: one.firmware.fetched == 1_000)
        one.order(second.url)
        await until(lambda: one.update.state is S.INSTALL_REBOOTING)
        assert one.files == {"5.bin"}


async def test_a_station_whose_power_went_after_it_was_written_knows_to_what_to_go_back(tmp_path: Path) -> None:
    async with serving(whole()) as server:
        async with One(tmp_path).running() as one:
            one.order(server.url)
            await until(lambda: one.update.state is S.INSTALL_REBOOTING)
            last = one.update
        again = One(tmp_path)
        assert again.controller.identity.firmware == "2"
        await again.firmware._write(last)  # nobody had been told that it was
        assert again.firmware.slots.running == Running(version="2", before="1", request=5)


async def test_a_station_whose_power_went_after_it_was_gone_back_does_not_take_the_old_version_for_the_new_one(
    tmp_path: Path,
) -> None:
    async with serving(whole()) as server, One(tmp_path).running() as one:
        one.order(server.url)
        await until(lambda: one.update.state is S.INSTALL_REBOOTING)
        one.firmware.slots.switch(Running(version="1"))
        one.controller.identity = Identity(vendor="Maker", model="Duo", firmware="1")
        await one.firmware.test(one.update)
        await until(lambda: one.update.ended)
        assert one.update.state is S.INSTALL_VERIFICATION_FAILED
        assert one.update.history[-1].detail == "SelfTestFailed: 1 runs again"


async def test_an_image_to_be_served_is_fetched_again_where_that_may_help_and_where_it_is_not_it_is_not(tmp_path: Path) -> None:
    async with serving(said("503 Busy"), whole()) as server, One(tmp_path).running() as one:
        one.publish(server.url, retries=1)
        await until(lambda: one.publication.state is P.PUBLISHED)
        assert len(server.heads) == 2
    (tmp_path / "other").mkdir()
    async with serving(said("404 Not Found")) as server, One(tmp_path / "other").running() as one:
        one.publish(server.url, retries=1)
        await until(lambda: one.publication.state is P.DOWNLOAD_FAILED)
        assert len(server.heads) == 1


async def test_an_image_that_is_to_be_served_twice_is_fetched_once(tmp_path: Path) -> None:
    async with serving(said("200 OK", CONTENT[:1_000], Content_Length=len(CONTENT))) as server, One(tmp_path).running() as one:
        server.stays = True
        one.publish(server.url)
        await until(lambda: one.firmware.fetched == 1_000)
        one.publish(server.url, request=4)
        await one.engine.commit.drain()
        await asyncio.sleep(0.1)
        assert len(server.heads) == 1
        assert one.publication.request == 4


async def test_what_the_last_run_served_is_served_again_and_what_was_withdrawn_is_gone(tmp_path: Path) -> None:
    async with serving(whole()) as server:
        async with One(tmp_path).running() as one:
            one.publish(server.url)
            await until(lambda: one.publication.state is P.PUBLISHED)
            (before,) = one.publication.locations
        async with One(tmp_path).running() as one:
            await until(lambda: one.publication.locations not in {(), (before,)})
            assert one.publication.state is P.PUBLISHED
            assert one.firmware.fetched == 0
            assert len(server.heads) == 1
            one.hear(UnpublishFirmware(station=CS, md5=MD5))
            await until(lambda: not one.files)
        async with One(tmp_path).running() as one:
            await asyncio.sleep(0.1)
            assert one.publication.state is P.UNPUBLISHED
            assert one.firmware.server is None


async def test_an_image_of_the_last_run_that_is_spoilt_is_fetched_anew(tmp_path: Path) -> None:
    async with serving(whole()) as server:
        async with One(tmp_path).running() as one:
            one.publish(server.url)
            await until(lambda: one.publication.state is P.PUBLISHED)
        (tmp_path / "images" / f"{MD5}.bin").write_bytes(b"spoilt")
        async with One(tmp_path).running() as one:
            await until(lambda: one.firmware.server is not None)
            assert (tmp_path / "images" / f"{MD5}.bin").read_bytes() == CONTENT
            assert len(server.heads) == 2
