# SPDX-License-Identifier: Apache-2.0
"""Messages about the device model that OCPP 2.x can carry, for properties."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS

from open63110.kernel.messages import Message
from open63110.model.device import (
    Attribute,
    AttributeKind,
    Characteristics,
    Component,
    DeviceVariable,
    InventoryScope,
    Mutability,
    variable_address,
)
from open63110.model.inventory import ComponentCriterion, InventoryReported, TakeInventory
from open63110.model.variables import ReadVariables, Setting, SetVariables, VariableWish

names = st.text("ABCdef019", min_size=1, max_size=20)
whole = st.integers(0, 2**63 - 1)
value = st.floats(-1e15, 1e15, allow_nan=False)
moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)


component = st.builds(
    Component,
    name=words(50, 1).filter(str.strip),
    instance=st.just("") | words(50, 1),
    evse=st.integers(1, 999),
    connector=st.integers(0, 999),
).map(str)
variable = st.builds("{}/{}{}".format, component, names, st.just("") | names.map("#{}".format)).filter(
    lambda text: not variable_address(text).secret
)

DEVICE: dict[type[Message], st.SearchStrategy[Any]] = {
    SetVariables: st.builds(
        SetVariables,
        station=st.just(CS),
        settings=st.lists(
            st.builds(Setting, variable=variable, value=words(1000), kind=st.sampled_from(AttributeKind)), min_size=1
        ).map(tuple),
        atomic=st.just(False),
    ),
    ReadVariables: st.builds(
        ReadVariables,
        station=st.just(CS),
        variables=st.lists(st.builds(VariableWish, variable=variable, kind=st.sampled_from(AttributeKind)), min_size=1).map(
            tuple
        ),
    ),
    TakeInventory: st.builds(
        TakeInventory,
        station=st.just(CS),
        scope=st.sampled_from([one for one in InventoryScope if one is not InventoryScope.FILTERED]),
        request=whole,
    )
    | st.builds(
        TakeInventory,
        station=st.just(CS),
        scope=st.just(InventoryScope.FILTERED),
        places=st.lists(variable | component, min_size=1, max_size=5).map(tuple),
        criteria=st.lists(st.sampled_from(ComponentCriterion), max_size=4).map(tuple),
        request=whole,
    ),
    InventoryReported: st.builds(
        InventoryReported,
        station=st.just(CS),
        at=moment,
        request=whole,
        seq=whole,
        more=st.booleans(),
        variables=st.lists(
            st.builds(
                DeviceVariable,
                address=variable.map(variable_address),
                attributes=st.lists(
                    st.builds(
                        Attribute,
                        kind=st.sampled_from(AttributeKind),
                        value=st.none() | words(2500),
                        mutability=st.sampled_from((Mutability.READ_ONLY, Mutability.READ_WRITE)),
                        persistent=st.booleans(),
                        constant=st.booleans(),
                    ),
                    min_size=1,
                    max_size=4,
                ).map(tuple),
                characteristics=st.none()
                | st.builds(
                    Characteristics,
                    data_type=st.sampled_from(("string", "decimal", "integer", "OptionList")),
                    unit=words(16),
                    min_limit=st.none() | value,
                    max_limit=st.none() | value,
                    values=st.lists(names, max_size=4).map(tuple),
                    monitored=st.booleans(),
                ),
            ),
            max_size=3,
        ).map(tuple),
    ),
}
