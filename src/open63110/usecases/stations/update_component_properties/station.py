# SPDX-License-Identifier: Apache-2.0
"""What a charging station does when it is told to be otherwise."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.device import AttributeKind, VariableAddress, variable_address
from open63110.model.own_device import ITEMS, OwnSettings, OwnSettingsChanged, OwnVariable, current, own_device
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.model.variables import TAKEN, Setting, SettingResult, SettingsAnswer, SettingStatus, SetVariables
from open63110.ports import Rows
from open63110.usecases.stations.update_component_properties.messages import UseWaiting


def obey(command: SetVariables, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """Be as told, each variable for itself; all or nothing if that is asked for (AT-8.3.4-1).

    Raises:
        Refused: that is too much at a time.
    """
    if len(command.settings) > ITEMS and station.wire.startswith("ocpp"):
        raise Refused(f"up to {ITEMS} variables at a time", code="TooManyElements", where="settings")
    device = {one.address: one for one in own_device(station, policy)}
    results = [_judged(one, device) for one in command.settings]
    if command.atomic and any(one.status not in TAKEN for one in results):
        results = [_withheld(one) for one in results]
    own = _own(station, rows)
    changed = _with(own, command.settings, results, device)
    if changed != own:
        yield OwnSettingsChanged(station=station.id, at=now, own_settings=changed)
    yield SettingsAnswer(results=tuple(results))


def _own(station: Station, rows: Rows) -> OwnSettings:
    """Return what it was told to be so far, as it counts now."""
    own = rows.get(OwnSettings, station.id) or OwnSettings(station=station.id)
    return replace(own, values=current(station, own))


def _judged(setting: Setting, device: dict[VariableAddress, OwnVariable]) -> SettingResult:
    """Say what comes of one setting, if nothing else is in the way."""
    address = variable_address(setting.variable)
    found = device.get(address)
    reason = ""
    if found is None:
        known = any(one.component == address.component for one in device)
        status = SettingStatus.UNKNOWN_VARIABLE if known else SettingStatus.UNKNOWN_COMPONENT
    elif setting.kind is not AttributeKind.ACTUAL:
        status = SettingStatus.UNSUPPORTED_KIND
    elif reason := found.misfit(setting.value):
        status = SettingStatus.REJECTED
    else:
        status = SettingStatus.REBOOT_REQUIRED if found.reboot else SettingStatus.ACCEPTED
    return SettingResult(variable=setting.variable, kind=setting.kind, status=status, reason=reason)


def _withheld(result: SettingResult) -> SettingResult:
    return replace(result, status=SettingStatus.WITHHELD) if result.status in TAKEN else result


def _with(
    own: OwnSettings, settings: tuple[Setting, ...], results: list[SettingResult], device: dict[VariableAddress, OwnVariable]
) -> OwnSettings:
    values, waiting = dict(own.values), dict(own.waiting)
    for setting, result in zip(settings, results, strict=True):
        if result.status not in TAKEN:
            continue
        name = device[variable_address(setting.variable)].variable
        (waiting if result.status is SettingStatus.REBOOT_REQUIRED else values)[name] = setting.value
    return replace(own, values=values, waiting=waiting)


def use_waiting(command: UseWaiting, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Be what it was told to be from the next boot on (AT-8.3.4-2)."""
    own = _own(station, rows)
    if own.waiting:
        counts = OwnSettings(station=own.station, values={**own.values, **own.waiting})
        yield OwnSettingsChanged(station=station.id, at=now, own_settings=counts)
