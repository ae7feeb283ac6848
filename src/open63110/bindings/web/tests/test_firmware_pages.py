# SPDX-License-Identifier: Apache-2.0
"""The pages of firmware: images, campaigns with their progress, orders; buttons that do what they say, and nothing executable."""

import re
from datetime import timedelta

from tests.literal import T0

from open63110.bindings.web.firmware_pages import progress_of
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    Campaign,
    CampaignMember,
    CampaignState,
    FirmwareImage,
    FirmwareState,
    FirmwareUpdate,
    MemberState,
    stepped,
)
from open63110.model.station import Identity, StationBooted
from open63110.runtime.principals import durable
from open63110.usecases.stations.update_firmware import FirmwareStatusReported


async def laid_out(ground: Ground, words: str = "fine") -> None:
    """Have an image, and an order of it."""
    await ground.station()
    ground.hear(StationBooted(station=CS, at=T0, identity=Identity(vendor="Maker", model="Duo", firmware="1")))
    image = FirmwareImage(
        id="fw-2",
        vendor="Maker",
        models=("Duo",),
        version="2",
        size=1_000,
        sha256="ab" * 32,
        signature="c2ln",
        certificate="PEM",
        uploaded=T0,
        notes=words,
    )
    ground.engine.known.keep("firmware_image", image.id, image)
    update = FirmwareUpdate(
        key=f"{CS}:1", station=CS, request=1, asked=T0, until=T0 + timedelta(1), retrieve_at=T0, image="fw-2", version="2"
    )
    failed = stepped(update, FirmwareState.INSTALLATION_FAILED, T0, words)
    ground.engine.known.keep("firmware_update", update.key, failed)
    ground.engine.commit.after(lambda _: None)
    await durable(ground.engine)


async def test_a_campaign_is_begun_paused_and_cancelled_from_the_page(ground: Ground) -> None:
    await laid_out(ground)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/firmware")).text
    check(page)
    assert "Maker Duo" in page
    assert "installation-failed" in page
    wish = {"id": "spring", "images": "fw-2", "stations": str(CS), "waves": "1 2", "stop_rate": "0.5"}
    assert "accepted" in (await send(client, "/do/campaigns/start", **wish)).text
    await durable(ground.engine)
    page = (await client.get("/firmware")).text
    check(page)
    assert "/campaigns/spring" in page
    assert "1 waiting" in page
    one = (await client.get("/campaigns/spring")).text
    check(one)
    assert "it stops once more than 50 % of a wave has failed" in one
    assert str(CS) in one
    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert "accepted" in (await send(client, f"/do/campaigns/{verb}", id="spring")).text
        await durable(ground.engine)
        assert f">{state}</span>" in (await client.get("/campaigns/spring")).text
    assert (await client.get("/campaigns/none")).status_code == 404


async def test_who_only_looks_finds_no_buttons_and_nothing_that_is_said_is_executed(ground: Ground) -> None:
    await laid_out(ground, NASTY)
    client = await logged_in(ground, Role.VIEWER)
    page = (await client.get("/firmware")).text
    check(page)
    assert "/do/campaigns" not in page
    assert "/do/firmware-images" not in page


async def test_a_status_of_an_order_that_nobody_here_gave_stands_out_on_the_page_of_its_station(ground: Ground) -> None:
    await laid_out(ground)
    for request in (1, 1, 7):
        state = FirmwareState.DOWNLOADING
        ground.hear(FirmwareStatusReported(station=CS, at=T0, state=state, request=request))
    await durable(ground.engine)
    page = (await (await logged_in(ground, Role.OPERATOR)).get(f"/stations/{CS}")).text
    check(page)
    facts = re.findall(r"<summary>(.*?)</summary>", page[page.index('id="facts"') :])
    said = [one for one in facts if "irmware status" in one]
    assert ["unasked" in one for one in said] == [True, False]
    assert "× 2" in said[1]


def test_progress_leaves_out_who_needs_nothing() -> None:
    states = (MemberState.DONE, MemberState.FAILED, MemberState.WAITING, MemberState.WAITING, MemberState.SKIPPED)
    members = tuple(CampaignMember(station=StationId(f"S-{n}"), wave=0, state=one) for n, one in enumerate(states))
    found = progress_of(Campaign(id="x", images=(), members=members, began=T0, state=CampaignState.STOPPED))
    assert (found.total, found.over, found.tone) == (4, 50, "bad")
    assert found.counts == ((MemberState.DONE, 1), (MemberState.FAILED, 1), (MemberState.WAITING, 2), (MemberState.SKIPPED, 1))
    nobody = progress_of(Campaign(id="x", images=(), members=(), began=T0))
    assert nobody.over == 100
