# SPDX-License-Identifier: Apache-2.0
"""Several stations set to the same, and templates for all stations of a model (AT-8.3.4-3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.settings import (
    Rollout,
    RolloutChanged,
    RolloutOutcome,
    RolloutResult,
    RolloutResultChanged,
    SettingTemplate,
    TemplateChanged,
    result_id,
)
from open63110.model.site import SiteId, ZoneKey
from open63110.model.station import Station
from open63110.model.variables import (
    TAKEN,
    Setting,
    SettingStatus,
    SetVariables,
    VariablesSet,
    demand_settings,
    demand_shown,
    outcome_of,
)
from open63110.ports import Fleet, Ids, Rows, Where
from open63110.usecases.stations.update_component_properties.messages import (
    ApplySettings,
    NoteUnset,
    PutTemplate,
    ReconcileSettings,
    RemoveTemplate,
    SettingsApplied,
)

_NOBODY = StationId("")


def apply(command: ApplySettings, sites: Fleet, now: datetime, ids: Ids) -> Iterator[Effect]:
    """Set each; what comes of it is kept station by station.

    Raises:
        Malformed: something that no station can be told, or no word about which stations are meant.
        Unknown: there is no such station, or none of the kind.
        Refused: a secret, which cannot be kept for stations that are away.
    """
    demand_settings(command.settings)
    demand_shown(command.settings)
    targets = _targets(command, sites)
    rollout = Rollout(
        id=str(ids.order()), asked=now, by=command.by, settings=command.settings, stations=len(targets), note=command.note
    )
    yield RolloutChanged(station=_NOBODY, at=now, rollout=rollout)
    for one in targets:
        waits = RolloutResult(id=result_id(rollout.id, one.id), rollout=rollout.id, station=one.id, at=now)
        yield RolloutResultChanged(station=one.id, at=now, rollout_result=waits)
        yield SetVariables(station=one.id, settings=command.settings, hold=True, rollout=rollout.id)
    yield SettingsApplied(rollout=rollout.id, stations=len(targets))


def _targets(command: ApplySettings, sites: Fleet) -> list[Station]:
    if not any((command.stations, command.vendor, command.model, command.site)):
        raise Malformed("say which stations", code="InvalidValue", where="stations", remedy="stations, model, vendor or site")
    if command.stations:
        return [_known(StationId(one), place, sites) for place, one in enumerate(dict.fromkeys(command.stations))]
    found = [one for one in sites.fleet() if _meant(command, one)]
    if not found:
        raise Unknown("there is no station of that kind", code="UnknownStation", where="stations")
    return found


def _known(key: StationId, place: int, sites: Fleet) -> Station:
    station = sites.station(key)
    if station is None:
        raise Unknown(f"there is no station {key!r}", code="UnknownStation", where=f"stations[{place}]")
    return station


def _meant(command: ApplySettings, station: Station) -> bool:
    known = station.identity
    return (
        command.vendor in {"", known.vendor}
        and command.model in {"", known.model}
        and (not command.site or _stands(station.zone, SiteId(command.site), command.zone))
    )


def _stands(where: ZoneKey | None, site: SiteId, zone: str) -> bool:
    return where is not None and (where == f"{site}:{zone}" if zone else where.partition(":")[0] == site)


def results(event: VariablesSet, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Note what came of a rollout at a station. A list may be told in parts: the worst counts."""
    known = rows.get(RolloutResult, result_id(event.rollout, station.id)) if event.rollout else None
    if known is None:
        return
    _, reason, detail = outcome_of(event.results)
    refused = any(one.status not in TAKEN for one in event.results)
    waits = any(one.status is SettingStatus.REBOOT_REQUIRED for one in event.results)
    outcome = RolloutOutcome.REFUSED if refused else RolloutOutcome.AFTER_REBOOT if waits else RolloutOutcome.SET
    told = replace(known, outcome=outcome, reason=reason, detail=detail, at=now)
    before = known.at == now and known.outcome in {RolloutOutcome.REFUSED, RolloutOutcome.AFTER_REBOOT}
    if not before or outcome is RolloutOutcome.REFUSED:
        yield RolloutResultChanged(station=station.id, at=now, rollout_result=told)


def unanswered(command: NoteUnset, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Note why a station has not been told, or cannot be."""
    known = rows.get(RolloutResult, result_id(command.rollout, station.id)) if command.rollout else None
    if known is None:
        return
    outcome = RolloutOutcome.REFUSED if command.final else RolloutOutcome.WAITING
    told = replace(known, outcome=outcome, reason=command.reason, detail=command.detail, at=now)
    yield RolloutResultChanged(station=station.id, at=now, rollout_result=told)


def of(station: Station, settings: Sequence[Setting], rows: Rows) -> str:
    """Return the rollout that waits for a station to be set so, empty if none does."""
    waiting = rows.load(RolloutResult, Where("station", "=", station.id), Where("outcome", "=", RolloutOutcome.WAITING))
    wanted = {(one.variable, one.value) for one in settings}
    known = [rollout for one in waiting if (rollout := rows.get(Rollout, one.rollout)) is not None]
    meant = [one for one in known if wanted & {(each.variable, each.value) for each in one.settings}]
    return max(meant, key=lambda one: one.asked).id if meant else ""


def put(command: PutTemplate, sites: Fleet, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Keep it, and look at the stations it is for, and was for.

    Raises:
        Malformed: something that no station can be told.
        Refused: a secret, which would be kept.
    """
    if not command.id:
        raise Malformed("a template has a name", code="InvalidValue", where="id")
    demand_settings(command.settings)
    demand_shown(command.settings)
    template = SettingTemplate(
        id=command.id,
        vendor=command.vendor,
        model=command.model,
        firmware=command.firmware,
        settings=command.settings,
        note=command.note,
        changed=now,
        by=command.by,
    )
    before = rows.get(SettingTemplate, command.id)
    yield TemplateChanged(station=_NOBODY, at=now, template=template, id=command.id, by=command.by)
    yield from _concerned((before, template), sites)


def remove(command: RemoveTemplate, sites: Fleet, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Forget it.

    Raises:
        Unknown: there is none.
    """
    before = rows.get(SettingTemplate, command.id)
    if before is None:
        raise Unknown(f"there is no template {command.id!r}", code="UnknownTemplate", where="id")
    yield TemplateChanged(station=_NOBODY, at=now, template=None, id=command.id, by=command.by)
    yield from _concerned((before,), sites)


def _concerned(templates: Sequence[SettingTemplate | None], sites: Fleet) -> Iterator[ReconcileSettings]:
    for one in sites.fleet():
        if any(template is not None and template.fits(one.identity) for template in templates):
            yield ReconcileSettings(station=one.id)
