# SPDX-License-Identifier: Apache-2.0
"""The device model of a station of this product says what is true of it, and what settings do to it (8.3.3, 8.3.4)."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.model.device import Mutability
from open63110.model.own_device import (
    CACHE,
    HEARTBEAT,
    LIST,
    OFFLINE_MOST,
    PATIENCE,
    PLUG_TIMEOUT,
    UNKNOWN_OFFLINE,
    OwnSettings,
    OwnVariable,
    current,
    effective,
    own_device,
)
from open63110.model.policy import StationPolicy
from open63110.model.rotation import SECRET
from open63110.model.station import Connector, Evse, Identity, Station, Wakeup

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
STATION = Station(
    id=CS,
    identity=Identity(vendor="v", model="m", firmware="1.0"),
    evses={
        EvseNumber(1): Evse(
            number=EvseNumber(1),
            connectors={ConnectorNumber(1): Connector(state="occupied", at=NOW)},
        )
    },
)


def made(name: str, station: Station = STATION, policy: StationPolicy = StationPolicy()) -> OwnVariable:  # noqa: B008 - it is frozen
    """One variable of a station."""
    return next(one for one in own_device(station, policy) if one.variable == name)


def test_each_variable_stands_there_once_in_the_order_of_addresses() -> None:
    addresses = [one.address for one in own_device(STATION, StationPolicy())]
    assert addresses == sorted(set(addresses))


def test_evses_and_connectors_are_told_as_they_are() -> None:
    assert made("Connector@1.1/AvailabilityState").value == "Occupied"
    assert made("EVSE@1/AvailabilityState").value == "Occupied"
    assert made("ChargingStation/Model").value == "m"
    assert made("ChargingStation/Problem").value == "false"
    assert not [one for one in own_device(STATION, StationPolicy()) if one.variable == "ChargingStation/SerialNumber"]


def test_plugs_and_phases_are_told_as_they_were_built() -> None:
    built = StationPolicy(single_phase=(EvseNumber(1),), sockets=(EvseNumber(1),))
    for part in ("EVSE@1", "Connector@1.1", "ChargingStation"):
        assert (made(f"{part}/SupplyPhases").value, made(f"{part}/SupplyPhases", policy=built).value) == ("3", "1")
    assert made("Connector@1.1/ConnectorType").value == "cType2"
    assert made("Connector@1.1/ConnectorType", policy=built).value == "sType2"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        (SECRET, "sesame sesame 12", ""),
        (SECRET, "", "OutOfRange"),
        (SECRET, "sesame", "OutOfRange"),
        (SECRET, "6" * 65, "OutOfRange"),
        (HEARTBEAT, "60", ""),
        (HEARTBEAT, "0", "OutOfRange"),
        (HEARTBEAT, "often", "InvalidValue"),
        (HEARTBEAT, "1.5", "InvalidValue"),
        (PATIENCE, "601", "OutOfRange"),
        (CACHE, "True", ""),
        (CACHE, "1", "InvalidValue"),
        ("TxCtrlr/TxStartPoint", "Authorized", "ReadOnly"),
        (HEARTBEAT, "6" * 1_001, "TooLargeElement"),
    ],
)
def test_a_value_that_will_not_do_is_told_apart(name: str, value: str, reason: str) -> None:
    assert made(name).misfit(value) == reason


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("OptionList", "A", ""),
        ("OptionList", "A,W", "InvalidValue"),
        ("MemberList", "A, W", ""),
        ("MemberList", "A,A", "InvalidValue"),
        ("SequenceList", "W,X", "InvalidValue"),
    ],
)
def test_lists_hold_what_may_be_on_them(kind: str, value: str, reason: str) -> None:
    one = OwnVariable(variable="A/B", value="A", kind=kind, words=("A", "W"), settable=True)
    assert one.misfit(value) == reason
    assert OwnVariable(variable="A/B", value="", settable=True).misfit("anything") == ""


def test_what_was_set_is_told_and_outlives_a_reboot() -> None:
    told = made(PLUG_TIMEOUT).described({PLUG_TIMEOUT: "77"})
    (attribute,) = told.attributes
    assert (told.value, attribute.mutability, attribute.persistent) == ("77", Mutability.READ_WRITE, True)
    assert made(PLUG_TIMEOUT).described({}).value == "120"


def test_how_often_it_is_there_is_what_the_last_boot_or_setting_said() -> None:
    beat = Wakeup(at=NOW, body=b'["Heartbeat",{"station":"CS-1","every":7.0}]')
    told = OwnSettings(station=CS, values={HEARTBEAT: "60"})
    assert current(Station(id=CS, wakeups={"heartbeat": beat}), told) == {HEARTBEAT: "7"}
    assert current(STATION, told) == {HEARTBEAT: "60"}
    assert current(STATION, None) == {}


def test_settings_are_what_use_cases_go_by() -> None:
    values = {PLUG_TIMEOUT: "77", OFFLINE_MOST: "500", LIST: "false", CACHE: "false"}
    policy = effective(StationPolicy(), values)
    assert (policy.connection_timeout, policy.offline_most, policy.local_list, policy.offline) == (77.0, 500.0, False, "list")
    assert effective(StationPolicy(), {UNKNOWN_OFFLINE: "true"}).offline == "allow-unknown"
    assert effective(StationPolicy(), {}) == StationPolicy()
