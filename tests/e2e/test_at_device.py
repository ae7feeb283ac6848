# SPDX-License-Identifier: Apache-2.0
"""What stations consist of is found out, and they are set (8.3.3, 8.3.4): both ends are real, roles of the same use cases."""

from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_player import EVERY
from tests.e2e.test_at_simulated import Standing, standing

from open63110.bindings.ocpp.v16.keys import address_of
from open63110.model.device import Inventory, Mutability, variable_address
from open63110.model.own_device import HEARTBEAT, PATIENCE, PLUG_TIMEOUT, SAMPLED
from open63110.model.settings import SettingState, StationSettings

REQUIRED = {
    *("AlignedDataCtrlr/Interval", "AlignedDataCtrlr/Measurands", "AlignedDataCtrlr/TxEndedInterval"),
    *("AlignedDataCtrlr/TxEndedMeasurands", "AuthCtrlr/AuthorizeRemoteStart", "AuthCtrlr/LocalAuthorizeOffline"),
    *("AuthCtrlr/LocalPreAuthorize", "ClockCtrlr/DateTime", "ClockCtrlr/TimeSource"),
    *("ChargingStation/AvailabilityState", "ChargingStation/Available", "ChargingStation/SupplyPhases"),
    *(
        f"DeviceDataCtrlr/{of}PerMessage#{on}"
        for of in ("Bytes", "Items")
        for on in ("GetReport", "GetVariables", "SetVariables")
    ),
    *("EVSE@1/AvailabilityState", "EVSE@1/Available", "EVSE@1/Power", "EVSE@1/SupplyPhases"),
    *("Connector@1.1/AvailabilityState", "Connector@1.1/Available", "Connector@1.1/ConnectorType"),
    *("Connector@1.1/SupplyPhases", "LocalAuthListCtrlr/BytesPerMessage", "LocalAuthListCtrlr/ItemsPerMessage"),
    *("OCPPCommCtrlr/FileTransferProtocols", "OCPPCommCtrlr/MessageAttemptInterval#TransactionEvent"),
    *("OCPPCommCtrlr/MessageAttempts#TransactionEvent", "OCPPCommCtrlr/MessageTimeout#Default"),
    *("OCPPCommCtrlr/NetworkConfigurationPriority", "OCPPCommCtrlr/NetworkProfileConnectionAttempts"),
    *("OCPPCommCtrlr/OfflineThreshold", "OCPPCommCtrlr/ResetRetries", "OCPPCommCtrlr/RetryBackOffRandomRange"),
    *("OCPPCommCtrlr/RetryBackOffRepeatTimes", "OCPPCommCtrlr/RetryBackOffWaitMinimum"),
    *("OCPPCommCtrlr/UnlockOnEVSideDisconnect", "OCPPCommCtrlr/WebSocketPingInterval"),
    *("SampledDataCtrlr/TxEndedInterval", "SampledDataCtrlr/TxEndedMeasurands", "SampledDataCtrlr/TxStartedMeasurands"),
    *("SampledDataCtrlr/TxUpdatedInterval", "SampledDataCtrlr/TxUpdatedMeasurands", "SecurityCtrlr/CertificateEntries"),
    *("SecurityCtrlr/OrganizationName", "SecurityCtrlr/SecurityProfile", "SmartChargingCtrlr/LimitChangeSignificance"),
    *("SmartChargingCtrlr/PeriodsPerSchedule", "SmartChargingCtrlr/ProfileStackLevel", "SmartChargingCtrlr/RateUnit"),
    *("TxCtrlr/EVConnectionTimeOut", "TxCtrlr/StopTxOnEVSideDisconnect", "TxCtrlr/StopTxOnInvalidId"),
    *("TxCtrlr/TxStartPoint", "TxCtrlr/TxStopPoint"),
}
"""What OCPP 2.x requires of every station of this kind."""

REQUIRED_16 = {
    *("AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "HeartbeatInterval"),
    *("LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData", "MeterValuesSampledData"),
    *("MeterValueSampleInterval", "ResetRetries", "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId"),
    *("StopTxnAlignedData", "StopTxnSampledData", "TransactionMessageAttempts", "TransactionMessageRetryInterval"),
    "UnlockConnectorOnEVSideDisconnect",
}


def inventory(at: Standing) -> Inventory | None:
    """What the CSMS knows of the station."""
    return at.here.csms.store.get(Inventory, "CS-1")


def settings(at: Standing) -> dict[str, Any]:
    """What the CSMS wants of it, by variable."""
    known = at.here.csms.store.get(StationSettings, "CS-1")
    return {one.variable: one for one in known.settings} if known else {}


async def put(at: Standing, *settings: tuple[str, str], status: int = 200, **how: Any) -> Any:
    """Set variables, and return what is told."""
    said = {"settings": [{"variable": name, "value": value} for name, value in settings]} | how
    return await at.here.ask("stations/CS-1/set-variables", said, status=status)


async def read(at: Standing, *names: str, status: int = 200) -> Any:
    """Read variables, and return what is told."""
    return await at.here.ask("stations/CS-1/read-variables", {"variables": [{"variable": one} for one in names]}, status=status)


async def value(at: Standing, name: str) -> str:
    """Read one variable from the station itself, and return its value."""
    told = str((await read(at, name))["answer"])
    for word in ('"attributeValue":"', '"value":"'):
        if word in told:
            return told.split(word)[1].split('"', maxsplit=1)[0]
    return told.split(",")[2].strip('"[]')


@pytest.mark.at("AT-8.3.3-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_of_this_product_tells_all_that_is_required_of_it(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        await at.here.until(lambda: inventory(at))  # nobody asked: it is new here
        known = inventory(at)
        assert known is not None
        told = [str(one.address) for one in known.variables]
        assert len(set(told)) == len(told)
        assert told == [str(one) for one in sorted(one.address for one in known.variables)]
        if wire == "v16":
            assert {str(address_of(one)) for one in REQUIRED_16} <= set(told)
        else:
            assert set(told) >= REQUIRED
            silent = [one for one in known.variables if one.value is None]
            assert {one.attributes[0].mutability for one in silent} <= {Mutability.WRITE_ONLY}
        settable = known.find(variable_address(HEARTBEAT))
        assert settable is not None
        assert settable.attributes[0].mutability is Mutability.READ_WRITE


@pytest.mark.at("AT-8.3.4-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_of_three_settings_each_has_an_end_of_its_own_and_only_the_valid_one_counts(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        told = await put(
            at,
            (PLUG_TIMEOUT, "77"),
            ("SmartChargingCtrlr/ProfileStackLevel", "3"),
            ("OCPPCommCtrlr/NoSuchThing", "1"),
            status=409,
        )
        assert (told["order"]["outcome"], told["order"]["reason"]) == ("rejected", "PartlyRefused")
        assert "1 of 3 were taken" in told["order"]["detail"]
        assert "unknown-variable" in told["order"]["detail"] or "NoKey" in told["order"]["detail"]
        assert await value(at, PLUG_TIMEOUT) == "77"
        assert await value(at, "SmartChargingCtrlr/ProfileStackLevel") == "9"
        assert at.engine.policies["CS-1"].connection_timeout == 77.0  # it is what its use cases go by


@pytest.mark.at("AT-8.3.4-1", "link")
async def test_all_or_nothing_leaves_nothing_set_if_one_cannot_be(tmp_path: Path) -> None:
    async with standing(tmp_path, "link") as at:
        wrong = ((PLUG_TIMEOUT, "77"), ("SmartChargingCtrlr/ProfileStackLevel", "3"), ("OCPPCommCtrlr/NoSuchThing", "1"))
        told = await put(at, *wrong, status=409, atomic=True)
        assert told["order"]["outcome"] == "rejected"
        assert await value(at, PLUG_TIMEOUT) == "120"
        told = await put(at, (PLUG_TIMEOUT, "77"), (SAMPLED, "30"), atomic=True)
        assert told["outcome"] == "accepted"
        assert await value(at, PLUG_TIMEOUT) == "77"
        assert at.hardware.interval == 30.0


@pytest.mark.parametrize("wire", ["v16", "v201", "v21"])
async def test_no_version_of_ocpp_can_set_all_or_nothing(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        told = await put(at, (PLUG_TIMEOUT, "77"), (SAMPLED, "30"), status=501, atomic=True)
        assert (told["order"]["outcome"], told["order"]["reason"]) == ("not-supported", "NoAllOrNothing")
        assert await value(at, PLUG_TIMEOUT) == "120"
        assert (await put(at, (PLUG_TIMEOUT, "77"), atomic=True))["outcome"] == "accepted"


@pytest.mark.at("AT-8.3.4-2", "v201", "v21", "link")
@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_what_needs_a_reboot_counts_after_it_and_is_shown_to_wait_before(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        told = await put(at, (PATIENCE, "44"))
        assert (told["outcome"], told["reason"]) == ("accepted", "RebootRequired")
        assert settings(at)[PATIENCE].state is SettingState.AFTER_REBOOT
        shown = await at.here.ask("settings/CS-1")
        assert "after-reboot" in str(shown)
        assert await value(at, PATIENCE) != "44"

        assert (await at.here.ask("stations/CS-1/reboot", {"mode": "immediate"}))["outcome"] == "accepted"
        await at.here.until(lambda: at.here.station("CS-1").connected is None)
        await at.link_is_back()
        await at.here.until(lambda: PATIENCE not in settings(at))  # it was read back, and nothing is left to be shown
        assert await value(at, PATIENCE) == "44"


@pytest.mark.parametrize("wire", EVERY)
async def test_a_new_interval_of_heartbeats_is_kept_to(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        assert (await put(at, (HEARTBEAT, "7"), (SAMPLED, "11")))["outcome"] == "accepted"
        assert at.hardware.interval == 11.0
        assert await value(at, HEARTBEAT) == "7"
        before = at.engine.stations["CS-1"].wakeups["heartbeat"].at
        await at.here.until(lambda: at.engine.stations["CS-1"].wakeups["heartbeat"].at > before)
        assert (at.engine.stations["CS-1"].wakeups["heartbeat"].at - before).total_seconds() < 60.0
