# SPDX-License-Identifier: Apache-2.0
"""ChangeConfiguration (1.6): the CSMS sets one key of a station (8.3.4). What is to be set together goes one key at a time."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.secrets import learn
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.bindings.ocpp.v16 import keys
from open63110.bindings.ocpp.variables import demand_apart, judged
from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import AttributeKind, variable_address
from open63110.model.variables import (
    Setting,
    SettingResult,
    SettingsAnswer,
    SettingStatus,
    SetVariables,
    answered,
)
from open63110.runtime.orders import Verdict

LONGEST: Final = 500
"""Characters of a value."""

_STATUS: Final[dict[SettingStatus, Any]] = {
    SettingStatus.ACCEPTED: "Accepted",
    SettingStatus.REBOOT_REQUIRED: "RebootRequired",
    SettingStatus.REJECTED: "Rejected",
    SettingStatus.UNKNOWN_COMPONENT: "NotSupported",
    SettingStatus.UNKNOWN_VARIABLE: "NotSupported",
    SettingStatus.UNSUPPORTED_KIND: "NotSupported",
    SettingStatus.WITHHELD: "Rejected",
    SettingStatus.UNANSWERED: "Rejected",
}
_OURS: Final = {
    "Accepted": SettingStatus.ACCEPTED,
    "RebootRequired": SettingStatus.REBOOT_REQUIRED,
    "Rejected": SettingStatus.REJECTED,
    "NotSupported": SettingStatus.UNKNOWN_VARIABLE,
}


def from_wire(request: types.ChangeConfigurationRequest, door: Door) -> tuple[Message, ...]:
    """Read what is to be set."""
    variable, value = str(keys.address_of(request.key)), keys.read(request.key, request.value)
    return (SetVariables(station=door.station, settings=(Setting(variable=variable, value=value),)),)


def answer(replies: Sequence[Reply], _: Door) -> types.ChangeConfigurationResponse:
    """Say what came of it."""
    reply = find(replies, SettingsAnswer)
    return types.ChangeConfigurationResponse(status=_STATUS[reply.results[0].status] if reply else "Rejected")


def parts(command: SetVariables, _: Door) -> Sequence[SetVariables]:
    """Take one key at a time; what 1.6 has no key for goes along with the first, and is told apart.

    Raises:
        NotSupported: it is all or nothing, or there is no key for anything of it.
        Malformed: a value is longer than this version carries.
        Refused: as above.
    """
    demand_apart(command)
    there = [one for one in command.settings if _has_key(one)]
    if not there:
        _key(command.settings[0])
    for one in there:
        _value(one)
        if one.variable not in command.readable:
            learn(_key(one))
    rest = tuple(one for one in command.settings if one not in there)
    first, *others = there
    return [replace(command, settings=(first, *rest)), *(replace(command, settings=(one,)) for one in others)]


def to_wire(command: SetVariables, _: Door) -> types.ChangeConfigurationRequest:
    """Set the first."""
    setting = command.settings[0]
    return types.ChangeConfigurationRequest(key=_key(setting), value=_value(setting))


def _value(setting: Setting) -> str:
    value = keys.written(_key(setting), setting.value)
    if len(value) > LONGEST:
        words = f"OCPP 1.6 carries values of up to {LONGEST} characters"
        raise Malformed(words, code="InvalidValue", where=setting.variable)
    return value


def _has_key(setting: Setting) -> bool:
    try:
        return bool(_key(setting))
    except NotSupported:
        return False


def _key(setting: Setting) -> str:
    if setting.kind is not AttributeKind.ACTUAL:
        raise NotSupported("OCPP 1.6 knows values only, no targets and limits", code="NoAttribute", where="kind")
    return keys.key_of(variable_address(setting.variable))


def heard(response: types.ChangeConfigurationResponse, command: SetVariables, door: Door) -> Verdict:
    """Understand what came of it."""
    first, *rest = command.settings
    results = [SettingResult(variable=first.variable, kind=first.kind, status=_OURS[response.status])]
    for one in rest:
        status = SettingStatus.UNKNOWN_VARIABLE if one.kind is AttributeKind.ACTUAL else SettingStatus.UNSUPPORTED_KIND
        results.append(SettingResult(variable=one.variable, kind=one.kind, status=status, reason="NoKey"))
    return judged(answered(command, results, door.now))


CHANGE_CONFIGURATION = Translation(
    action="ChangeConfiguration",
    sender=Role.CSMS,
    carries=(SetVariables,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    parts=parts,
    heard=heard,
)
