# SPDX-License-Identifier: Apache-2.0
"""Acceptance of 8.3.6 over real wires: images are really fetched, checked, installed, tested, and gone back from."""

from pathlib import Path

import pytest
from tests.e2e.firmware_house import MODELS, updating
from tests.e2e.link_player import EVERY

from open63110.apps.station_firmware import Faults
from open63110.model.firmware import FirmwareState
from open63110.model.order import Order, Outcome
from open63110.model.session import SessionState
from open63110.model.transfer import EnergyTransferEnded
from open63110.ports import Where
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.update_firmware import FirmwareStatusReported

S = FirmwareState
WHOLE = [
    *(S.ORDERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.SIGNATURE_VERIFIED),
    *(S.INSTALLING, S.INSTALL_REBOOTING, S.INSTALLED),
]
"""What becomes of a good update."""


async def security(here: object, code: str) -> list[StationEventReported]:
    """Return the events of security of a kind."""
    return [one for one in await here.facts(StationEventReported, "CS-1") if one.code == code]  # type: ignore[attr-defined] # a House


@pytest.mark.at("AT-8.3.6-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_good_image_is_fetched_verified_and_installed_and_no_session_is_interrupted(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire) as at:
        here, model = at.here, MODELS[wire]
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        await at.charge(1, "ANNA")
        await at.order("fw-2")
        await at.until_state(S.INSTALL_SCHEDULED)
        await here.pass_by(120)
        assert at.session(1) is SessionState.CHARGING
        assert at.hardware.restarts == 0
        at.present(1, "ANNA")  # ends it
        await at.until_state(S.INSTALLED)
        expected = [*WHOLE[:5], S.INSTALL_SCHEDULED, *WHOLE[5:]]
        assert at.states == expected
        await here.until(lambda: at.version == "2.0.0")
        assert here.station("CS-1").boot_reason == ("" if wire == "v16" else "FirmwareUpdate")
        assert at.hardware.restarts == 1
        await here.until(lambda: here.station("CS-1").blocked_by == "")
        await at.link_is_back()
        (ended,) = await here.facts(EnergyTransferEnded, "CS-1")
        facts = await here.facts(FirmwareStatusReported, "CS-1")
        assert next(one.at for one in facts if one.state is S.INSTALLING) >= ended.at
        assert len(await security(here, "FirmwareUpdated")) == 1


@pytest.mark.at("AT-8.3.6-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_one_flipped_byte_is_an_invalid_signature_and_the_old_version_runs(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire) as at:
        here, model = at.here, MODELS[wire]
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        path = here.csms.firmware.path(here.csms.firmware.image("fw-2"))
        spoilt = bytearray(path.read_bytes())
        spoilt[50_000] ^= 1
        path.write_bytes(spoilt)
        await at.order("fw-2")
        await at.until_state(S.INVALID_SIGNATURE)
        await at.link_is_back()
        assert at.version == "1.0.0"
        assert at.hardware.restarts == 0
        assert S.INSTALLING not in at.states
        await here.until(lambda: not at.site.waiting)
        assert len(await security(here, "InvalidFirmwareSignature")) == 1


@pytest.mark.at("AT-8.3.6-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_revoked_signer_is_refused_before_anything_is_fetched(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire) as at:
        here, model = at.here, MODELS[wire]
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        at.maker.take_back(at.maker.certificate)
        await at.order("fw-2")
        await at.until_state(S.REFUSED)
        (order,) = here.rows(Order, Where("kind", "=", "UpdateFirmware"))
        assert (order.outcome, order.reason) == (Outcome.REJECTED, "RevokedCertificate")
        await at.link_is_back()
        assert here.csms.firmware.served.total() == 0
        assert here.csms.depot.every() == []
        assert await here.facts(FirmwareStatusReported, "CS-1") == []
        assert len(await security(here, "InvalidFirmwareSigningCertificate")) == 1


@pytest.mark.at("AT-8.3.6-5", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_version_that_fails_its_test_is_gone_back_from_and_that_is_told(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire, faults=Faults(self_test=True)) as at:
        here, model = at.here, MODELS[wire]
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        await at.order("fw-2")
        await at.until_state(S.INSTALL_VERIFICATION_FAILED)
        await here.until(lambda: at.hardware.restarts == 2)
        await here.until(lambda: at.version == "1.0.0" and here.station("CS-1").blocked_by == "")
        await at.link_is_back()
        assert at.states == [*WHOLE[:-1], S.INSTALL_VERIFICATION_FAILED]
        await at.charge(1, "ANNA")


@pytest.mark.at("AT-8.3.7-4", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_reboot_during_an_installation_is_rejected(wire: str, tmp_path: Path) -> None:
    async with updating(tmp_path, wire, install=600.0) as at:
        here, model = at.here, MODELS[wire]
        await at.publish("fw-2", at.maker.image("2.0.0", model), "2.0.0", model)
        await at.order("fw-2")
        await at.until_state(S.INSTALLING)
        said = await here.ask("stations/CS-1/reboot", {"mode": "immediate"}, status=409)
        assert (said["order"]["outcome"], said["code"]) == ("rejected", "FwUpdateInProgress")
        assert at.hardware.restarts == 0
