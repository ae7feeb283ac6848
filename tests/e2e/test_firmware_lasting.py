# SPDX-License-Identifier: Apache-2.0
"""What is to be done about firmware outlives restarts; images are served by HTTPS; what is unsigned goes on 1.6 as such."""

from pathlib import Path

import pytest
from tests.e2e.firmware_house import FACTOR, Manufacturer, bring, updating
from tests.e2e.house import house, slack
from tests.e2e.link_house import Pki, context

from open63110.apps.config import Web
from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.station_firmware import Bench
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.web.serve import serving
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.firmware import Campaign, CampaignState, FirmwareState, MemberState
from open63110.model.policy import StationPolicy
from open63110.model.station import Identity, StationBooted
from open63110.pki.firmware_signature import Manufacturers
from open63110.usecases.stations.update_firmware import FirmwareStatusReported

S = FirmwareState


async def test_a_campaign_and_its_images_outlive_a_restart_of_the_csms(tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path / "maker")
    made = maker.image("2.0.0", "Modern", size=30_000)
    async with house(tmp_path, factor=FACTOR) as here:
        await here.register("CS-1")
        known = StationBooted(station="CS-1", at=here.now(), identity=Identity(vendor="open63110", model="Modern"))  # type: ignore[arg-type] # a literal
        here.csms.engine.hear((known,))
        await bring(here, maker.manifest("fw-2", made, "2.0.0", "Modern"), made)
        await here.ask("campaigns/start", {"id": "spring", "images": ["fw-2"], "stations": ["CS-1"]})
        await here.until(lambda: here.rows(Campaign)[0].members[0].reason == "it is not connected")
    async with house(tmp_path, factor=FACTOR, admin="another") as here:
        bench = Bench(folder=lambda _: tmp_path / "station", signers=Manufacturers(maker.roots))
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(answer_within=Seconds(slack(FACTOR))), seed=1, bench=bench)
            way = Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(FACTOR), longest_pause=30.0)
            hardware = site.build(StationPlan(id="CS-1", version=Version.V201), way)
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: here.rows(Campaign)[0].ended is not None, 60.0)
        (campaign,) = here.rows(Campaign)
        assert (campaign.state, campaign.members[0].state) == (CampaignState.DONE, MemberState.DONE)


async def test_an_image_is_fetched_by_https(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    given = pki.give("csms.example", Role.CSMS, serves=True)
    async with updating(tmp_path, "v201") as at:
        here = at.here
        at.bench.tls = context(pki.give("CS-1"))
        await at.publish("fw-2", at.maker.image("2.0.0", "Modern"), "2.0.0", "Modern")
        web = Web(port=0, certificate=str(given.certificate), key=str(given.key))
        async with serving(here.csms.node(), web) as port:
            here.csms.firmware.address = lambda: f"https://localhost:{port}"
            await at.order("fw-2")
            await at.until_state(S.INSTALLED)
            here.csms.firmware.address = str
            await at.order("fw-2")
            await at.until_state(S.REFUSED)
            assert at.update.history[-1].detail == "rejected: NoDownloads"


async def test_a_station_of_1_6_without_signed_updates_is_told_the_plain_way(tmp_path: Path) -> None:
    async with updating(tmp_path, "v16", signed=False) as at:
        await at.publish("fw-2", at.maker.image("2.0.0", "Classic"), "2.0.0", "Classic")
        await at.order("fw-2", unsigned=True)
        await at.until_state(S.INSTALLED)
        assert at.states == [S.ORDERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.INSTALLED]
        assert {one.request for one in await at.here.facts(FirmwareStatusReported, "CS-1")} == {0}
        await at.here.until(lambda: at.version == "2.0.0")


@pytest.mark.parametrize("wire", ["v201", "link"])
async def test_a_station_that_loses_power_while_it_installs_has_the_old_version_and_tries_anew(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire, install=120.0) as at:
        model = "Modern" if wire == "v201" else "Newest"
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        await at.order("fw-2")
        await at.until_state(S.INSTALLING)
        at.hardware.lose_power(30)
        await at.here.until(lambda: at.here.station("CS-1").connected is None)
        await at.here.until(lambda: at.here.station("CS-1").connected is not None)
        assert at.version == "1.0.0"
        await at.here.until(lambda: at.update.state is S.INSTALLED, 60.0)
        await at.here.until(lambda: at.version == "2.0.0")
