# SPDX-License-Identifier: Apache-2.0
"""Desired beside reported settings of a station, without asking anybody: what is wanted, what is known, what is to be done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.model.settings import HeldSetting, SettingState, SettingTemplate, StationSettings, same
from open63110.model.station import Station
from open63110.model.variables import (
    Key,
    ReadStatus,
    Setting,
    SettingResult,
    SettingStatus,
    VariableValue,
    VariableWish,
    key_of,
    name_of,
)

MOST_TRIES: Final = 2
"""How often a variable is set, from one look to the next, that the station says to take and does not keep."""

NOT_KEPT: Final = "NotKept"
"""Reason of a setting that the station takes and does not keep."""

_RESULT: Final = {
    SettingStatus.ACCEPTED: SettingState.SET,
    SettingStatus.REBOOT_REQUIRED: SettingState.AFTER_REBOOT,
    SettingStatus.UNANSWERED: SettingState.WANTED,
}


def merged(known: StationSettings, station: Station, templates: Iterable[SettingTemplate]) -> StationSettings:
    """Return what a station is to be set to, by what was said of itself and by the templates for such stations.

    What is said of the station itself goes first, then the most particular template.
    """
    wanted: dict[Key, HeldSetting] = {}
    for template in sorted((one for one in templates if one.fits(station.identity)), key=lambda one: one.weight):
        for setting in template.settings:
            wanted[key_of(setting)] = _held(setting, template.id)
    found = {key_of(one): one for one in known.settings}
    result: dict[Key, HeldSetting] = {}
    for key in wanted.keys() | found.keys():
        one, old = wanted.get(key), found.get(key)
        if old is not None and not old.template and (old.held or one is None):
            result[key] = old
        elif one is not None:
            result[key] = old if old is not None and (old.value, old.template) == (one.value, one.template) else one
    return _with(known, result)


def _held(setting: Setting, template: str = "") -> HeldSetting:
    return HeldSetting(variable=setting.variable, kind=setting.kind, value=setting.value, template=template)


def want(known: StationSettings, settings: Sequence[Setting], now: datetime) -> StationSettings:
    """Return it with settings that are to be kept for this station; one that is so already stays as it stands."""
    result = {key_of(one): one for one in known.settings}
    for setting in settings:
        old = result.get(key_of(setting))
        if old is None or old.value != setting.value or old.template or not old.held or old.state is SettingState.REFUSED:
            result[key_of(setting)] = replace(_held(setting), at=now)
    return _with(known, result)


def release(known: StationSettings, names: Sequence[str]) -> StationSettings:
    """Return it without settings of this station that need not be kept any more; none named: all of them."""
    gone = set(map(name_of, names))
    kept = {key_of(one): one for one in known.settings if one.template or (gone and key_of(one)[0] not in gone)}
    return _with(known, kept)


def answered(known: StationSettings, results: Sequence[SettingResult], now: datetime) -> StationSettings:
    """Return it after the station said what came of settings; those that were set once are shown while they wait for a boot."""
    found = {key_of(one): one for one in known.settings}
    for result in results:
        key, state = key_of(result), _RESULT.get(result.status, SettingState.REFUSED)
        old = found.get(key)
        if old is not None and old.held:
            if result.value in {None, old.value}:
                found[key] = replace(old, state=state, at=now, reason=result.reason or _why(result), tries=old.tries + 1)
        elif state is SettingState.AFTER_REBOOT:
            once = HeldSetting(variable=result.variable, kind=result.kind, value=result.value, held=False)
            found[key] = replace(once, state=state, at=now)
        elif state is SettingState.SET:
            found.pop(key, None)
    return _with(known, found)


def _why(result: SettingResult) -> str:
    refused = result.status not in _RESULT
    return str(result.status) if refused else ""


def unset(known: StationSettings, names: Iterable[str], reason: str, now: datetime, *, final: bool) -> StationSettings:
    """Return it after the station was not reached, or did not answer."""
    gone = set(map(name_of, names))
    state = SettingState.REFUSED if final else SettingState.WANTED
    return _with(
        known,
        {
            key_of(one): replace(one, state=state, reason=reason, at=now) if one.held and key_of(one)[0] in gone else one
            for one in known.settings
        },
    )


def looked(known: StationSettings, values: Sequence[VariableValue], station: Station, now: datetime) -> StationSettings:
    """Return it after the station said what values it has: what is otherwise has drifted, or was not kept."""
    told = {key_of(one): one for one in values}
    found = {key_of(one): _looked(one, told.get(key_of(one)), station, now) for one in known.settings}
    return _with(known, {key: one for key, one in found.items() if one is not None})


def _looked(one: HeldSetting, told: VariableValue | None, station: Station, now: datetime) -> HeldSetting | None:
    if told is None or one.value is None:
        return _booted(one, station)
    if told.status is not ReadStatus.ACCEPTED:
        missing = told.status in {ReadStatus.UNKNOWN_COMPONENT, ReadStatus.UNKNOWN_VARIABLE, ReadStatus.UNSUPPORTED_KIND}
        return replace(one, state=SettingState.REFUSED, reason=told.reason or str(told.status), at=now) if missing else one
    seen = replace(one, told=told.value, told_at=now)
    if waits_for_boot(one, station):
        return seen  # some tell at once what they will be, and are not yet
    if same(one.value, told.value):
        return replace(seen, state=SettingState.CONFIRMED, reason="", tries=0) if one.held else None
    if not one.held:
        return None
    if one.tries >= MOST_TRIES:
        return replace(seen, state=SettingState.REFUSED, reason=NOT_KEPT, at=now)
    if one.state in {SettingState.CONFIRMED, SettingState.SET, SettingState.AFTER_REBOOT}:
        return replace(seen, state=SettingState.DRIFTED, at=now)
    return seen


def _booted(one: HeldSetting, station: Station) -> HeldSetting | None:
    """Return what nobody can read, a secret: once the station has booted it counts, as far as anybody knows."""
    if one.state is not SettingState.AFTER_REBOOT or waits_for_boot(one, station) or one.value is not None:
        return one
    return replace(one, state=SettingState.SET) if one.held else None


def waits_for_boot(one: HeldSetting, station: Station) -> bool:
    """Tell whether a setting counts from a boot on that has not come."""
    if one.state is not SettingState.AFTER_REBOOT:
        return False
    return station.booted is None or one.at is None or station.booted <= one.at


def drifts(before: StationSettings, after: StationSettings) -> tuple[tuple[str, str, str], ...]:
    """Return what was found to be otherwise: variable, what it is to be, what it is."""
    known = {key_of(one): one for one in before.settings}
    return tuple(
        (one.variable, one.value or "", one.told or "")
        for one in after.settings
        if one.state is SettingState.DRIFTED and known[key_of(one)].state is not SettingState.DRIFTED
    )


def to_set(known: StationSettings) -> tuple[Setting, ...]:
    """Return what the station is to be told."""
    return tuple(
        Setting(variable=one.variable, value=one.value, kind=one.kind)
        for one in known.settings
        if one.held and one.value is not None and one.state in {SettingState.WANTED, SettingState.DRIFTED}
    )


def to_read(known: StationSettings) -> tuple[VariableWish, ...]:
    """Return what the station is to be asked for: what can be read."""
    return tuple(VariableWish(variable=one.variable, kind=one.kind) for one in known.settings if one.value is not None)


def read_back(known: StationSettings, results: Sequence[SettingResult]) -> tuple[VariableWish, ...]:
    """Return what is to be read to see whether the station keeps what it has taken."""
    taken = {key_of(one) for one in results if one.status is SettingStatus.ACCEPTED}
    return tuple(
        VariableWish(variable=one.variable, kind=one.kind)
        for one in known.settings
        if one.held and one.value is not None and one.state is SettingState.SET and key_of(one) in taken
    )


def anew(known: StationSettings, station: Station, now: datetime) -> StationSettings:
    """Return it for a look: tries count from here, and what was refused is tried again once the station has booted."""
    settings = tuple(_anew(one, station) for one in known.settings)
    return replace(known, settings=settings, looked=now)


def _anew(one: HeldSetting, station: Station) -> HeldSetting:
    again = one.state is SettingState.REFUSED and station.booted is not None and one.at is not None and station.booted > one.at
    return replace(one, tries=0, state=SettingState.WANTED, reason="") if again else replace(one, tries=0)


def _with(known: StationSettings, settings: dict[Key, HeldSetting]) -> StationSettings:
    return replace(known, settings=tuple(settings[key] for key in sorted(settings)))
