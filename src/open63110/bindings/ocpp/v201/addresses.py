# SPDX-License-Identifier: Apache-2.0
"""Components and variables of OCPP 2.x as addresses of variables, and back."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import text
from open63110.bindings.ocpp.v201.fields import connector_of, evse_number
from open63110.kernel.ids import EvseNumber
from open63110.model.device import Component, VariableAddress


def component(said: Any) -> Component:
    """Read which part of a station is meant.

    Raises:
        Malformed: no station has such an EVSE or connector.
    """
    place = said.evse
    return Component(
        name=said.name,
        instance=text(said.instance),
        evse=EvseNumber(0) if place is UNSET else evse_number(place.id),
        connector=connector_of(place),
    )


def address(said: Any) -> VariableAddress:
    """Read which variable is meant by what has a component and a variable.

    Raises:
        Malformed: no station has such an EVSE or connector.
    """
    return VariableAddress(component=component(said.component), name=said.variable.name, instance=text(said.variable.instance))


def component_type(part: Component) -> types.ComponentType:
    """Write which part of a station is meant."""
    place = types.EVSEType(id=part.evse, connector_id=part.connector or UNSET) if part.evse else UNSET
    return types.ComponentType(name=part.name, instance=part.instance or UNSET, evse=place)


def variable_type(of: VariableAddress) -> types.VariableType:
    """Write which variable of it is meant."""
    return types.VariableType(name=of.name, instance=of.instance or UNSET)
