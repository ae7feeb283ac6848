# SPDX-License-Identifier: Apache-2.0
"""Images on their way: cut and gone on with, served once for a whole site, at addresses that are good for one order alone."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.e2e.firmware_house import MODELS, Manufacturer, Narrow, bring, updating
from tests.e2e.house import TRUST, WIRES
from tests.e2e.link_player import EVERY
from tests.e2e.local_house import mall, until

from open63110.apps.firmware import FirmwareAddressed
from open63110.apps.station_firmware import Bench
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.web.serve import serving
from open63110.kernel.ids import StationId
from open63110.model.firmware import Campaign, CampaignState, FirmwarePublication, FirmwareState, MemberState, PublicationState
from open63110.pki.firmware_signature import Manufacturers
from open63110.usecases.stations.update_firmware import FirmwarePublishReported, PublishFirmware

S = FirmwareState
MEGA = 1024 * 1024


@pytest.mark.at("AT-8.3.6-4", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_an_image_that_is_cut_at_sixty_percent_goes_on_where_it_was(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire) as at:
        here, model = at.here, MODELS[wire]
        made = at.maker.image("2.0.0", model, size=4 * MEGA)
        await at.publish("fw-2", made, "2.0.0", model)
        async with Narrow(here.csms.web_port, len(made) * 6 // 10).running() as way:
            here.csms.firmware.address = lambda: f"http://127.0.0.1:{way.port}"
            await at.order("fw-2")
            await at.until_state(S.INSTALLED)
            assert here.csms.firmware.served["fw-2"] == 2
            assert way.passed < len(made) * 1.05
        assert at.version == "2.0.0"


@pytest.mark.at("AT-8.3.6-4", "link")
async def test_an_image_in_band_goes_on_where_it_was_after_a_cut_at_sixty_percent(tmp_path: Path) -> None:
    async with updating(tmp_path, "link", factor=10.0) as at:
        here, model = at.here, MODELS["link"]
        made = at.maker.image("2.0.0", model, size=48 * MEGA)
        await at.publish("fw-2", made, "2.0.0", model)
        before = at.weighed.heard
        await at.order("fw-2")
        await here.until(lambda: [one for one in here.csms.depot.every() if one.sent > len(made) * 6 // 10])
        assert here.csms.depot.every()[0].ended is None
        at.hardware.lose_link(20)
        await here.until(lambda: here.station("CS-1").connected is None)
        assert at.update.state is S.DOWNLOADING
        await here.until(lambda: at.update.state is S.INSTALLED, 60.0)
        assert at.weighed.heard - before < len(made) * 1.05
        assert here.csms.firmware.served.total() == 0


@pytest.mark.at("AT-8.3.6-6", *EVERY)
async def test_twenty_stations_behind_a_local_csms_are_updated_with_one_download_from_above(tmp_path: Path) -> None:
    names = [f"CS-{number:02}" for number in range(1, 21)]
    versions = (Version.V16, Version.V201, Version.V21)
    ocpp = {name: versions[number % 4] for number, name in enumerate(names) if number % 4 < 3}
    maker = Manufacturer(tmp_path / "maker")
    bench = Bench(
        folder=lambda station: tmp_path / "stations" / station, install=2.0, signers=Manufacturers(maker.roots, maker.revoked)
    )
    models = ("Classic", "Modern", "Newest")
    made = maker.image("2.0.0", *models, size=MEGA)
    async with mall(tmp_path, names, ocpp=ocpp, bench=bench) as (here, local, there, _):
        below = local.csms
        async with serving(below.node(), below.config.web) as below.web_port:
            await bring(here, maker.manifest("fw-2", made, "2.0.0", *models), made)
            await here.ask("campaigns/start", {"id": "mall", "images": ["fw-2"], "stations": names, "max_parallel": 20})

            def campaign() -> Campaign:
                (found,) = here.rows(Campaign)
                return found

            await until(lambda: campaign().ended is not None, 120.0)
            assert campaign().state is CampaignState.DONE, campaign()
            assert campaign().count(MemberState.DONE) == 20
            assert here.csms.firmware.served["fw-2"] == 1
            assert here.csms.depot.every() == []
            assert below.firmware.served["fw-2"] == len(ocpp)
            assert len(below.depot.every()) == len(names) - len(ocpp)
            for name in names:
                await until(lambda name=name: here.station(name).identity.firmware == "2.0.0")  # type: ignore[misc] # a default
            assert all(there.site.controllers[StationId(name)].identity.firmware == "2.0.0" for name in names)


async def test_an_address_is_good_for_one_order_and_only_as_long_as_that_is_not_over(tmp_path: Path) -> None:
    async with updating(tmp_path, "v201", install=600.0) as at:
        here, room = at.here, at.here.csms.firmware
        made = at.maker.image("2.0.0", "Modern", size=200_000)
        await at.publish("fw-2", made, "2.0.0", "Modern")
        await at.publish("fw-3", at.maker.image("3.0.0", "Modern"), "3.0.0", "Modern")
        at.site.stations[StationId("CS-1")].controller.cut_link()
        await here.until(lambda: here.station("CS-1").connected is None)
        await at.order("fw-2")
        url = room.url("update", at.update.key, "fw-2")
        other = room.url("update", at.update.key, "fw-3").rpartition("/")[2]
        async with httpx2.AsyncClient(verify=TRUST) as client:

            async def status(where: str, **headers: str) -> int:
                said = await client.get(where, headers=headers)
                return int(said.status_code)

            whole = await client.get(url)
            assert (whole.status_code, whole.content, whole.headers["etag"]) == (200, made, f'"{at.update.sha256}"')
            part = await client.get(url, headers={"Range": "bytes=150000-", "If-Range": whole.headers["etag"]})
            assert (part.status_code, part.content) == (206, made[150_000:])
            assert await status(url, Range="bytes=900000-") == 416
            base, _, name = url.rpartition("/")
            ticket = base.rpartition("/")[2]
            for wrong in (
                f"{base}/{other}",
                f"{base}/..%2f..%2fopen63110.db",
                f"{base}/%2e%2e",
                f"{base}x/{name}",
                f"{base.replace(ticket, ticket[:-1] + ('0' if ticket[-1] != '0' else '1'))}/{name}",
                f"{base.replace(ticket, 'dXBkYXRlOkNTLTE6MQ.00')}/{name}",
                f"{base.rpartition('/')[0]}/{name}",
            ):
                assert await status(wrong) == 404, wrong
            at.hardware.controller.mend_link()
            await at.until_state(S.INSTALLING)
            assert await status(url) == 200  # it is not over yet
            later = room.url("update", "CS-1:1", "fw-2")  # of an order that nobody gave
            assert await status(later) == 410
            at.bench.install = 0.1
            await here.until(lambda: at.update.ended is not None, 60.0)
            assert await status(url) == 410


@pytest.mark.parametrize(
    ("change", "spoil", "code"),
    [
        ({}, b"x", "WrongHash"),
        ({"size": 10}, b"", "TooLarge"),
        ({"size": 10**6}, b"", "WrongSize"),
        ({"signature": "c2ln"}, b"", "InvalidSignature"),
    ],
)
async def test_what_is_brought_is_what_was_said_or_nothing(
    change: dict[str, Any], spoil: bytes, code: str, tmp_path: Path
) -> None:
    async with updating(tmp_path, "v201") as at:
        made = at.maker.image("2.0.0", "Modern", size=5_000)
        manifest = at.maker.manifest("fw-2", made, "2.0.0", "Modern") | change
        said = await bring(at.here, manifest, spoil + made[len(spoil) :], status=409)
        assert said["code"] == code
        assert [one for one in at.here.csms.firmware.folder.iterdir() if one.is_file()] == []
        refused = await at.here.ask("stations/CS-1/update-firmware", {"image": "fw-2"}, status=409)
        assert refused["code"] == "NoContent"
        assert (await at.here.admin.put("firmware-images/..%2f..%2fx/content", content=b"x")).status_code in {404, 405}


async def test_a_station_takes_no_image_for_another_model(tmp_path: Path) -> None:
    async with updating(tmp_path, "v201") as at:
        made = at.maker.image("2.0.0", "Another")
        await at.publish("fw-2", made, "2.0.0", "Modern")  # the manifest lies
        await at.order("fw-2")
        await at.until_state(S.INSTALL_VERIFICATION_FAILED)
        assert at.version == "1.0.0"
        await at.publish("fw-3", made, "2.0.0", "Another")
        refused = await at.here.ask("stations/CS-1/update-firmware", {"image": "fw-3"}, status=409)
        assert refused["code"] == "WrongModel"


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_a_local_controller_serves_an_image_until_it_is_told_otherwise(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire) as at:
        here, model = at.here, MODELS[wire]
        made = at.maker.image("2.0.0", model, size=50_000)
        await at.publish("fw-2", made, "2.0.0", model)
        if wire == "link":  # it fetches by HTTP as well: what it serves is for others
            here.csms.orders.link = FirmwareAddressed(here.csms.orders.link, here.csms.firmware, PublishFirmware)

        def publication() -> FirmwarePublication:
            (found,) = here.rows(FirmwarePublication)
            return found

        await here.ask("stations/CS-1/publish-firmware", {"image": "fw-2"}, status=202, wait=0)
        await here.until(lambda: here.rows(FirmwarePublication) and publication().state is PublicationState.PUBLISHED)
        (where,) = publication().locations
        async with httpx2.AsyncClient(verify=TRUST) as client:
            assert (await client.get(where)).content == made
            part = await client.get(where, headers={"Range": "bytes=40000-"})
            assert (part.status_code, part.content) == (206, made[40_000:])
            assert (await client.get(where + "x")).status_code == 404
            assert (await client.get(where, headers={"Range": "bytes=99999999-"})).status_code == 416
            assert (await client.post(where)).status_code == 405
            await here.ask("stations/CS-1/unpublish-firmware", {"image": "fw-2"}, status=202, wait=0)
            await here.until(lambda: publication().state is PublicationState.UNPUBLISHED)
            assert (await client.get(where)).status_code == 404
        states = [one.state for one in await here.facts(FirmwarePublishReported, "CS-1")]
        assert states == [
            *(PublicationState.DOWNLOADING, PublicationState.DOWNLOADED),
            *(PublicationState.CHECKSUM_VERIFIED, PublicationState.PUBLISHED),
        ]
