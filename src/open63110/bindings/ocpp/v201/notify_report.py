# SPDX-License-Identifier: Apache-2.0
"""NotifyReport (2.0.1): a station tells a part of what it consists of and how it is set (8.3.3)."""

from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, given, stored, text
from open63110.bindings.ocpp.v201.fields import sequence
from open63110.bindings.ocpp.v201.variables import address_of, component_type, kind_of, kind_type, variable_type
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.device import Attribute, Characteristics, DeviceVariable, Mutability
from open63110.model.inventory import InventoryReported

_MUTABILITY: Final[dict[Mutability, Any]] = {
    Mutability.READ_ONLY: "ReadOnly",
    Mutability.WRITE_ONLY: "WriteOnly",
    Mutability.READ_WRITE: "ReadWrite",
}
_OURS: Final = {wire: ours for ours, wire in _MUTABILITY.items()}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    return (
        InventoryReported(
            station=door.station,
            at=utc(request.generated_at),
            request=request.request_id,
            seq=sequence(request.seq_no),
            more=given(request.tbc) or False,
            variables=tuple(map(_understood, given(request.report_data) or ())),
        ),
    )


def _understood(one: Any) -> DeviceVariable:
    said = given(one.variable_characteristics)
    address = address_of(one.component, one.variable)
    attributes = tuple(_attribute(each, secret=address.secret) for each in one.variable_attribute)
    return DeviceVariable(address=address, attributes=attributes, characteristics=None if said is None else _limits(said))


def _attribute(one: Any, *, secret: bool) -> Attribute:
    mutability = Mutability.READ_WRITE if one.mutability is UNSET else _OURS[one.mutability]
    silent = secret or mutability is Mutability.WRITE_ONLY
    return Attribute(
        kind=kind_of(one.type),
        value=None if silent else given(one.value),
        mutability=mutability,
        persistent=given(one.persistent) or False,
        constant=given(one.constant) or False,
    )


def _limits(said: Any) -> Characteristics:
    low, high = given(said.min_limit), given(said.max_limit)
    return Characteristics(
        data_type=said.data_type,
        unit=text(said.unit),
        min_limit=None if low is None else float(low),
        max_limit=None if high is None else float(high),
        values=tuple(one for part in text(said.values_list).split(",") if (one := part.strip())),
        monitored=bool(said.supports_monitoring),
    )


def to_wire(event: InventoryReported, _: Door) -> types.NotifyReportRequest:
    """Tell a part."""
    return types.NotifyReportRequest(
        request_id=event.request,
        generated_at=event.at,
        seq_no=event.seq,
        tbc=event.more or UNSET,
        report_data=tuple(map(_told, event.variables)) or UNSET,
    )


def _told(one: DeviceVariable) -> types.ReportDataType:
    return types.ReportDataType(
        component=component_type(one.address.component),
        variable=variable_type(one.address),
        variable_attribute=tuple(map(_attribute_type, one.attributes)) or (types.VariableAttributeType(),),
        variable_characteristics=UNSET if one.characteristics is None else _limits_type(one.characteristics),
    )


def _attribute_type(one: Attribute) -> types.VariableAttributeType:
    return types.VariableAttributeType(
        type=kind_type(one.kind),
        value=UNSET if one.value is None else one.value,
        mutability=_MUTABILITY[one.mutability],
        persistent=one.persistent or UNSET,
        constant=one.constant or UNSET,
    )


def _limits_type(one: Characteristics) -> types.VariableCharacteristicsType:
    kind: Any = one.data_type
    return types.VariableCharacteristicsType(
        data_type=kind,
        unit=one.unit or UNSET,
        min_limit=UNSET if one.min_limit is None else one.min_limit,
        max_limit=UNSET if one.max_limit is None else one.max_limit,
        values_list=",".join(one.values) or UNSET,
        supports_monitoring=one.monitored,
    )


NOTIFY_REPORT = Translation(
    action="NotifyReport",
    sender=Role.STATION,
    carries=(InventoryReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
