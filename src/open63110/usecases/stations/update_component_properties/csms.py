# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does to have stations set as they are to be.

A setting is told once, or held: then it is desired, kept beside what the station reports, and told again whenever it is
otherwise. Secrets are told and kept nowhere.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.authorization import may_be_ordered
from open63110.model.device import Inventory, variable_address
from open63110.model.inventory import Discovery
from open63110.model.policy import Policy
from open63110.model.settings import SettingsChanged, SettingsDrifted, SettingTemplate, StationSettings
from open63110.model.station import Station
from open63110.model.variables import (
    ReadVariables,
    SetVariables,
    VariablesRead,
    VariablesSet,
    VariableValue,
    VariableWish,
    demand_settings,
    demand_shown,
    name_of,
    readable,
)
from open63110.ports import Rows
from open63110.usecases.stations.update_component_properties import reconcile, rollouts
from open63110.usecases.stations.update_component_properties.messages import (
    CompareSettings,
    NoteUnset,
    ReconcileSettings,
    ReleaseSettings,
    SettingsKept,
)

_WAKE: Final = "settings"

BREATH = timedelta(seconds=2)
"""After a connection: a station that has just started is about to say so, and takes orders then."""


def ask(command: SetVariables, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Tell the station, and keep what is to be held; to one that is away that is told when it comes.

    Raises:
        Malformed: something that no station can be told.
        Refused: a secret that is to be held.
    """
    demand_settings(command.settings)
    known = rows.get(Discovery, station.id) or Discovery(station=station.id)
    command = _limited(command, known)
    if command.hold:
        demand_shown(command.settings, known.secrets)
        before = _settings(station.id, rows)
        after = reconcile.want(before, command.settings, now)
        yield from _changed(before, after, now)
        if not may_be_ordered(station):
            yield SettingsKept()
            return
    yield command


def _limited(command: SetVariables, known: Discovery) -> SetVariables:
    most, most_bytes = known.at_most("SetVariables")
    shown = readable(command.settings, known.secrets)
    return replace(command, readable=shown, per_message=most, per_bytes=most_bytes)


def hear_set(event: VariablesSet, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Keep what came of each setting; what is to be held is read back."""
    yield event
    before = _settings(station.id, rows)
    after = reconcile.answered(before, event.results, now)
    yield from _changed(before, after, now)
    yield from rollouts.results(event, station, now, rows)
    wishes = reconcile.read_back(after, event.results)
    if wishes:
        yield _reading(station, wishes, rows)


def hear_read(event: VariablesRead, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Compare what the station says with what it is to be."""
    yield event
    yield from _look(event.values, station, now, policy, rows)


def _look(values: tuple[VariableValue, ...], station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    before = rows.get(StationSettings, station.id)
    if before is None:
        return
    after = reconcile.looked(before, values, station, now)
    yield from _changed(before, after, now)
    drifted = reconcile.drifts(before, after)
    if drifted:
        yield SettingsDrifted(station=station.id, at=now, drifts=drifted)
    yield from _set(after, station, rows)
    yield _next(after, station, now, policy)


def _set(known: StationSettings, station: Station, rows: Rows) -> Iterator[Effect]:
    wanted = reconcile.to_set(known)
    if wanted and may_be_ordered(station):
        told = rows.get(Discovery, station.id) or Discovery(station=station.id)
        rollout = rollouts.of(station, wanted, rows)
        yield _limited(SetVariables(station=station.id, settings=wanted, hold=True, rollout=rollout), told)


def _reading(station: Station, wishes: tuple[VariableWish, ...], rows: Rows) -> ReadVariables:
    told = rows.get(Discovery, station.id) or Discovery(station=station.id)
    most, most_bytes = told.at_most("GetVariables")
    return ReadVariables(station=station.id, variables=wishes, per_message=most, per_bytes=most_bytes)


def look_again(command: ReconcileSettings, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Ask how the station is set where anything is wanted of it; what cannot be read is told if it was not told before."""
    before = _settings(station.id, rows)
    after = reconcile.merged(before, station, rows.load(SettingTemplate))
    if not before.settings and not after.settings:
        return
    if command.soon:
        yield Wake(name=_WAKE, at=now + BREATH, command=ReconcileSettings(station=station.id))
        return
    if not may_be_ordered(station):
        yield from _changed(before, after, now)
        return
    after = reconcile.anew(after, station, now) if after.settings else after
    yield from _changed(before, after, now)
    wishes = reconcile.to_read(after)
    if wishes:
        yield _reading(station, wishes, rows)
    yield _next(after, station, now, policy)


def compare(command: CompareSettings, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Look into a new inventory for what is to be held; it needs no question."""
    known, inventory = rows.get(StationSettings, station.id), rows.get(Inventory, station.id)
    if known is None or inventory is None or not known.settings:
        return
    told = {str(one.address).casefold(): one for one in inventory.variables}
    values = []
    for one in known.settings:
        found = told.get(name_of(one.variable))
        attribute = None if found is None else found.attribute(one.kind)
        if attribute is not None and attribute.value is not None:
            values.append(VariableValue(variable=one.variable, kind=one.kind, value=attribute.value))
    if values:
        yield from _look(tuple(values), station, now, policy, rows)


def note_unset(command: NoteUnset, station: Station, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Try again later what is to be held, unless the station, or its wire, cannot do it at all."""
    before = _settings(station.id, rows)
    after = reconcile.unset(before, command.variables, command.reason, now, final=command.final)
    yield from _changed(before, after, now)
    yield from rollouts.unanswered(command, station, now, rows)
    if after.settings:
        yield _next(after, station, now, policy)


def release(command: ReleaseSettings, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Keep them no longer; what a template says counts again."""
    for place, one in enumerate(command.variables):
        variable_address(one, f"variables[{place}]")
    before = _settings(station.id, rows)
    yield from _changed(before, reconcile.release(before, command.variables), now)
    yield Wake(name=_WAKE, at=now, command=ReconcileSettings(station=station.id))


def _next(known: StationSettings, station: Station, now: datetime, policy: Policy) -> Wake:
    """Look again soon where something was not told, else in the course of the day."""
    if not known.settings:
        return Wake(name=_WAKE, at=now, command=None)
    seconds = policy.retry if reconcile.to_set(known) else policy.settings_every
    at = now + timedelta(seconds=seconds)
    return Wake(name=_WAKE, at=at, command=ReconcileSettings(station=station.id) if seconds else None)


def _settings(station: StationId, rows: Rows) -> StationSettings:
    return rows.get(StationSettings, station) or StationSettings(station=station)


def _changed(before: StationSettings, after: StationSettings, now: datetime) -> Iterator[Effect]:
    if after != before:
        yield SettingsChanged(station=after.station, at=now, settings=after)
