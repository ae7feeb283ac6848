# SPDX-License-Identifier: Apache-2.0
"""SetVariables (2.0.1): the CSMS sets variables of a station; the station says of each what came of it (8.3.4)."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.secrets import learn
from open63110.bindings.ocpp.translation import Door, Translation, find, given
from open63110.bindings.ocpp.v201.status_info import because
from open63110.bindings.ocpp.v201.variables import filled, kind_of, kind_type, named, place_of
from open63110.bindings.ocpp.variables import demand_apart, judged
from open63110.kernel.errors import Malformed
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import variable_address
from open63110.model.variables import (
    Setting,
    SettingResult,
    SettingsAnswer,
    SettingStatus,
    SetVariables,
    answered,
)
from open63110.runtime.orders import Verdict

LONGEST: Final = 1_000
"""Characters of a value in 2.0.1."""

_STATUS: Final[dict[SettingStatus, Any]] = {
    SettingStatus.ACCEPTED: "Accepted",
    SettingStatus.REBOOT_REQUIRED: "RebootRequired",
    SettingStatus.REJECTED: "Rejected",
    SettingStatus.UNKNOWN_COMPONENT: "UnknownComponent",
    SettingStatus.UNKNOWN_VARIABLE: "UnknownVariable",
    SettingStatus.UNSUPPORTED_KIND: "NotSupportedAttributeType",
    SettingStatus.WITHHELD: "Rejected",
    SettingStatus.UNANSWERED: "Rejected",
}
_OURS: Final = {
    "Accepted": SettingStatus.ACCEPTED,
    "RebootRequired": SettingStatus.REBOOT_REQUIRED,
    "Rejected": SettingStatus.REJECTED,
    "UnknownComponent": SettingStatus.UNKNOWN_COMPONENT,
    "UnknownVariable": SettingStatus.UNKNOWN_VARIABLE,
    "NotSupportedAttributeType": SettingStatus.UNSUPPORTED_KIND,
}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to be set."""
    settings = tuple(
        Setting(variable=named(one.component, one.variable), value=one.attribute_value, kind=kind_of(one.attribute_type))
        for one in request.set_variable_data
    )
    return (SetVariables(station=door.station, settings=settings),)


def answer(replies: Sequence[Reply], _: Door) -> Any:
    """Say of each what came of it."""
    reply = find(replies, SettingsAnswer)
    return types.SetVariablesResponse(set_variable_result=tuple(map(_result, reply.results if reply else ())))


def _result(one: SettingResult) -> types.SetVariableResultType:
    component, variable = place_of(one.variable)
    return types.SetVariableResultType(
        attribute_type=kind_type(one.kind),
        attribute_status=_STATUS[one.status],
        component=component,
        variable=variable,
        attribute_status_info=because(one.reason) if one.reason else UNSET,
    )


def parts(command: SetVariables, _: Door) -> Sequence[SetVariables]:
    """Part it as the station takes it."""
    return parted(command, LONGEST)


def parted(command: SetVariables, longest: int) -> Sequence[SetVariables]:
    """Return a command as those of which each fits into a message.

    Raises:
        NotSupported: it is all or nothing.
        Malformed: a value is longer than this version carries.
    """
    demand_apart(command)
    for place, one in enumerate(command.settings):
        if len(one.value) > longest:
            words = f"this version of OCPP carries values of up to {longest} characters"
            raise Malformed(words, code="InvalidValue", where=f"settings[{place}].value")
        if one.variable not in command.readable:
            learn(variable_address(one.variable).name)
    return [replace(command, settings=part) for part in filled(command.settings, command.per_message, command.per_bytes, _data)]


def to_wire(command: SetVariables, _: Door) -> Any:
    """Set."""
    return types.SetVariablesRequest(set_variable_data=tuple(map(_data, command.settings)))


def _data(one: Setting) -> types.SetVariableDataType:
    component, variable = place_of(one.variable)
    return types.SetVariableDataType(
        attribute_type=kind_type(one.kind), attribute_value=one.value, component=component, variable=variable
    )


def heard(response: Any, command: SetVariables, door: Door) -> Verdict:
    """Understand what came of each; what the station does not mention it did not answer."""
    return judged(answered(command, [_understood(one) for one in response.set_variable_result], door.now))


def _understood(one: Any) -> SettingResult:
    info = given(one.attribute_status_info)
    return SettingResult(
        variable=named(one.component, one.variable),
        status=_OURS[one.attribute_status],
        reason="" if info is None else info.reason_code,
        kind=kind_of(one.attribute_type),
    )


SET_VARIABLES = Translation(
    action="SetVariables",
    sender=Role.CSMS,
    carries=(SetVariables,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    parts=parts,
    heard=heard,
)
