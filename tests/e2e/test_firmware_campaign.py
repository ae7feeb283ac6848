# SPDX-License-Identifier: Apache-2.0
"""Campaigns over a simulated fleet of two models, with waves, people who charge meanwhile, and a version that does not work."""

from pathlib import Path

from tests.e2e.firmware_house import Fleet, fleet

from open63110.bindings.ocpp.rpc.version import Version
from open63110.model.firmware import CampaignState, FirmwareUpdate, MemberState
from open63110.model.transfer import EnergyTransferEnded

OLD, NEW = [f"OLD-{n}" for n in range(1, 11)], [f"NEW-{n}" for n in range(1, 11)]
MIXED = [name for pair in zip(OLD, NEW, strict=True) for name in pair]
VERSIONS = dict.fromkeys(OLD, Version.V16) | dict.fromkeys(NEW, Version.V201)


async def test_a_campaign_over_two_models_stops_as_told_once_too_much_of_a_wave_fails(tmp_path: Path) -> None:
    faulty = {"OLD-3", "NEW-4", "OLD-5"}  # all of them in the second wave
    async with fleet(tmp_path, VERSIONS, faulty=faulty) as at:
        images = await at.images("Classic", "Modern")
        wish = {"id": "spring", "images": images, "stations": MIXED, "waves": [4, 8], "stop_rate": 0.3, "max_parallel": 4}
        await at.here.ask("campaigns/start", wish)
        await at.here.until(lambda: at.campaign.ended is not None, 120.0)
        assert (at.campaign.state, at.campaign.reason) == (CampaignState.STOPPED, "3 of 8 stations of wave 2 failed")
        assert at.members(MemberState.FAILED) == faulty
        assert at.members(MemberState.DONE) >= set(MIXED[:4])
        assert at.members(MemberState.WAITING) >= set(MIXED[12:])
        told = {str(one.station) for one in at.here.rows(FirmwareUpdate)}
        assert told == at.members(MemberState.DONE, MemberState.FAILED)
        for name in at.members(MemberState.DONE):
            assert at.version(name) == "2.0.0"
        for name in MIXED[12:]:
            assert at.version(name) == "1.0.0"


async def test_a_campaign_waits_for_whoever_charges_and_lets_nobody_in_before_if_it_is_told_so(tmp_path: Path) -> None:
    names = {"A-1": Version.V201, "A-2": Version.V16}
    async with fleet(tmp_path, names, faulty=set()) as at:
        images = await at.images("Classic", "Modern")
        for name in names:
            await at.charge(name)
        await at.here.until(lambda: all(at.hardware(name).charging(1) for name in names))
        await at.here.until(lambda: all(at.here.station(name).transfers for name in names))
        await at.here.ask("campaigns/start", {"id": "now", "images": images, "stations": list(names), "admit": False})
        await at.here.until(lambda: all(at.here.station(name).blocked_by for name in names))
        await at.here.pass_by(120)
        assert at.members(MemberState.WAITING) == set(names)
        assert all(at.hardware(name).charging(1) for name in names)
        await paused_and_resumed(at)
        for name in names:
            at.present(name)  # ends it
            at.hardware(name).leave(1)
        await at.here.until(lambda: at.campaign.ended is not None, 60.0)
        assert at.members(MemberState.DONE) == set(names)
        ends = await at.here.facts(EnergyTransferEnded)
        assert {one.reason for one in ends} == {"Local"}
        await at.here.until(lambda: not any(at.here.station(name).blocked_by for name in names))


async def paused_and_resumed(at: Fleet) -> None:
    """Pause a campaign and have it go on; then it cannot be resumed once more."""
    await at.here.ask("campaigns/pause", {"id": "now"})
    assert at.campaign.state is CampaignState.PAUSED
    await at.here.ask("campaigns/resume", {"id": "now"})
    refused = await at.here.ask("campaigns/resume", {"id": "now"}, status=409)
    assert refused["code"] == "NotNow"
