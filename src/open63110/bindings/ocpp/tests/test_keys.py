# SPDX-License-Identifier: Apache-2.0
"""Keys of OCPP 1.6 and variables of the device model are one and the same thing (8.3.3)."""

import pytest

from open63110.bindings.ocpp.v16.keys import REST, STANDARD, address_of, key_of, read, written
from open63110.kernel.errors import NotSupported, Refused
from open63110.model.device import variable_address


def test_one_key_is_one_variable_and_one_variable_one_key() -> None:
    addresses = [address_of(key) for key in STANDARD]
    assert len(set(addresses)) == len(STANDARD)
    assert [key_of(one) for one in addresses] == list(STANDARD)
    assert [variable_address(str(one)) for one in addresses] == addresses


@pytest.mark.parametrize("key", ["NumberOfConnectors", "Acme/Light#2@x", "with blank", "100%"])
def test_every_other_key_stands_under_a_component_of_its_own(key: str) -> None:
    address = address_of(key)
    assert address.component.name == REST
    assert key_of(address) == key
    assert variable_address(str(address)) == address


def test_keys_are_compared_without_case() -> None:
    assert key_of(address_of("HEARTBEATinterval")) == "HeartbeatInterval"


@pytest.mark.parametrize("variable", ["EVSE@1/Power", f"{REST}/HeartbeatInterval", f"{REST}/{'x' * 51}", f"{REST}/A#b"])
def test_what_has_no_key_is_told_apart(variable: str) -> None:
    with pytest.raises(NotSupported):
        key_of(variable_address(variable))


def test_values_are_written_as_each_version_has_them() -> None:
    for key, ours, theirs in (
        ("ChargingScheduleAllowedChargingRateUnit", "A,W", "Current,Power"),
        ("AuthorizationKey", "sesame", "736573616D65"),
        ("HeartbeatInterval", "300", "300"),
    ):
        assert written(key, ours) == theirs
        assert read(key, theirs) == ours
    assert read("AuthorizationKey", "no hexadecimal") == "no hexadecimal"
    with pytest.raises(Refused):
        written("AuthorizationKey", "x" * 21)
