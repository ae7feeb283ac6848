# SPDX-License-Identifier: Apache-2.0
"""Real programs are killed in the middle of updates: what has come is not fetched again, nobody is updated twice or forgotten."""

import asyncio
import contextlib
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.e2e.firmware_house import Manufacturer
from tests.e2e.house import slack
from tests.e2e.test_station import StationProcess, until
from tests.process import CsmsProcess

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.station_firmware import Bench
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.units import Seconds
from open63110.model.firmware import Campaign, CampaignState, FirmwareState, FirmwareUpdate, MemberState
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.pki.firmware_signature import Manufacturers

S, M = FirmwareState, MemberState
MEGA = 1024 * 1024
FACTOR = 10.0


class Slow:
    """A relay before a web server that lets so many bytes a second pass, and counts them."""

    def __init__(self, to: Callable[[], int], rate: int) -> None:
        self._to, self._rate = to, rate
        self.port = self.passed = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Slow"]:
        """Listen until the block is left."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to())
        try:
            back.write(await reader.readuntil(b"\r\n\r\n"))
            while piece := await there.read(self._rate // 20):
                writer.write(piece)
                await writer.drain()
                self.passed += len(piece)
                await asyncio.sleep(len(piece) / self._rate)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # somebody was killed
        finally:
            for one in (back, writer):
                one.close()


def web_port(csms: CsmsProcess) -> int:
    return int(urlsplit(csms.web).port or 0)


def bring(csms: CsmsProcess, manifest: dict[str, Any], made: bytes) -> None:
    """Give a CSMS an image."""
    status, said = csms.rest("POST", "/api/v1/firmware-images/put", manifest)
    assert status == 200, said
    url = f"{csms.web}/api/v1/firmware-images/{manifest['id']}/content"
    request = urllib.request.Request(url, method="PUT", data=made, headers={"Authorization": f"Bearer {csms.key}"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.1"])
async def test_a_station_that_is_killed_in_the_middle_of_a_download_goes_on_where_it_was(version: str, tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path / "maker")
    made = maker.image("2.0.0", "station", size=4 * MEGA)
    (tmp_path / "csms").mkdir()
    async with Slow(lambda: web_port(csms), rate=2 * MEGA).running() as way:
        given = {"url": f"http://127.0.0.1:{way.port}", "without_tls": True, "roots": str(maker.roots)}
        with CsmsProcess(tmp_path / "csms", firmware=given).init().start() as csms:
            bring(csms, maker.manifest("fw-2", made, "2.0.0", "station"), made)
            station = StationProcess(tmp_path, csms, version, updates={"roots": str(maker.roots), "install": 0.2})
            images = station.data / "firmware"
            station.start()
            try:
                await until(lambda: any(one.evses for one in csms.rows(Station)), "it is on board")
                status, said = csms.rest("POST", "/api/v1/stations/CS-9/update-firmware?wait=0", {"image": "fw-2"})
                assert status == 202, said
                await until(lambda: way.passed > len(made) * 4 // 10, "a good part of it has come")
                station.end()
                (part,) = images.glob("*.part")
                assert part.stat().st_size > len(made) * 3 // 10
                station.start()
                await until(lambda: csms.rows(FirmwareUpdate)[0].ended, "it is over", 60.0)
                (update,) = csms.rows(FirmwareUpdate)
                assert update.state is S.INSTALLED, update.history
                await until(lambda: csms.rows(Station)[0].identity.firmware == "2.0.0", "it runs the new version")
                assert way.passed < len(made) * 1.1
                await until(lambda: [one.name for one in images.iterdir()] == ["running.json"], "nothing of it is left")
            finally:
                station.end()


async def test_a_campaign_goes_on_over_kills_of_the_csms_and_updates_every_station_once(tmp_path: Path) -> None:
    names = ["CS-1", "CS-2", "CS-3"]
    maker = Manufacturer(tmp_path / "maker")
    made = maker.image("2.0.0", "Newest", size=200_000)
    (tmp_path / "csms").mkdir()
    clock = SystemClock(FACTOR)
    bench = Bench(folder=lambda station: tmp_path / station, install=10.0, signers=Manufacturers(maker.roots))

    async def again() -> None:
        await asyncio.to_thread(csms.kill)
        await asyncio.to_thread(csms.start)

    def members(*states: MemberState) -> int:
        (found,) = csms.rows(Campaign)
        return found.count(*states)

    def states() -> set[FirmwareState]:
        return {one.state for one in csms.rows(FirmwareUpdate) if one.ended is None}

    with CsmsProcess(tmp_path / "csms", firmware={"roots": str(maker.roots)}).init().start() as csms:
        csms.settings["web"]["port"] = web_port(csms)  # addresses of images are good over restarts
        dialling = Dialling(url=f"ws://127.0.0.1:{csms.ports['open']}/ocpp", patience=slack(FACTOR), longest_pause=10.0)
        with Capture(None, clock) as capture:
            site = Site(clock, capture, StationPolicy(answer_within=Seconds(slack(FACTOR))), seed=1, bench=bench)
            for name in names:
                site.build(StationPlan(id=name, version=Version.V21, evses=1, boot=5.0), dialling)
            async with site.running():
                for one in site.stations.values():
                    one.switch_on()
                await until(lambda: sum(bool(one.evses) for one in csms.rows(Station)) == len(names), "all are on board")
                await asyncio.to_thread(bring, csms, maker.manifest("fw-2", made, "2.0.0", "Newest"), made)
                said = {"id": "spring", "images": ["fw-2"], "stations": names, "waves": [1]}
                assert (await asyncio.to_thread(csms.rest, "POST", "/api/v1/campaigns/start", said))[0] == 200
                await until(lambda: states() & {S.INSTALLING, S.INSTALL_REBOOTING}, "the first one installs")
                await again()
                await until(lambda: members(M.DONE) == 1 and members(M.ORDERED) == 1, "the second one is told")
                await again()
                await until(lambda: members(M.DONE) == 2 and states() & {S.DOWNLOADING, S.INSTALLING}, "the third one")
                await again()
                await until(lambda: csms.rows(Campaign)[0].ended, "it is over", 60.0)
        (campaign,) = csms.rows(Campaign)
        assert (campaign.state, campaign.count(M.DONE)) == (CampaignState.DONE, len(names)), campaign
        updates = csms.rows(FirmwareUpdate)
        assert sorted((one.station, one.state) for one in updates) == [(name, S.INSTALLED) for name in names]
        assert [one.restarts for one in site.stations.values()] == [1, 1, 1]
        assert {one.identity.firmware for one in csms.rows(Station)} == {"2.0.0"}
