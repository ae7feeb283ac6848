# SPDX-License-Identifier: Apache-2.0
"""Components and variables: what people write is what they mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.model.device import (
    Attribute,
    AttributeKind,
    Component,
    DeviceVariable,
    Inventory,
    VariableAddress,
    variable_address,
)

WORDS = st.text("ABCxyz 0189.-_:", min_size=1, max_size=12).filter(lambda word: word.strip() == word)
COMPONENTS = st.builds(
    Component,
    name=WORDS,
    instance=st.just("") | WORDS,
    evse=st.integers(0, 99).map(EvseNumber),
    connector=st.integers(0, 9).map(ConnectorNumber),
)


@given(st.builds(VariableAddress, component=COMPONENTS, name=WORDS, instance=st.just("") | WORDS))
def test_an_address_is_read_as_it_was_written(address: VariableAddress) -> None:
    assert variable_address(str(address)) == address


def test_an_address_reads_like_its_place() -> None:
    evse = Component(name="Connector", evse=EvseNumber(1), connector=ConnectorNumber(2))
    assert str(VariableAddress(component=evse, name="AvailabilityState")) == "Connector@1.2/AvailabilityState"
    assert variable_address(" OCPPCommCtrlr/RetryBackOffWaitMinimum ").component == Component(name="OCPPCommCtrlr")


@pytest.mark.parametrize("text", ["", "HeartbeatInterval", "/x", "a/", "a@/x", "a@1./x", "a/b/c", "a#/b", "a@one/b"])
def test_other_words_name_no_variable(text: str) -> None:
    with pytest.raises(Malformed, match="names no variable") as refused:
        variable_address(text, "settings[0].variable")
    assert refused.value.where == "settings[0].variable"


def test_a_variable_shows_its_actual_value_and_no_other() -> None:
    address = variable_address("EVSE@1/Power")
    target = Attribute(kind=AttributeKind.TARGET, value="7")
    variable = DeviceVariable(address=address, attributes=(target,))
    assert variable.value is None
    assert variable.attribute(AttributeKind.TARGET) == target
    whole = DeviceVariable(address=address, attributes=(target, Attribute(value="11")))
    assert whole.value == "11"


def test_an_inventory_finds_what_it_holds() -> None:
    variable = DeviceVariable(address=variable_address("EVSE@1/Power"))
    inventory = Inventory(station=StationId("CS-1"), at=datetime(2026, 1, 1, tzinfo=UTC), variables=(variable,))
    assert inventory.find(variable.address) == variable
    assert inventory.find(variable_address("EVSE@2/Power")) is None
