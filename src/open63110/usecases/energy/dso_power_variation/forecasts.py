# SPDX-License-Identifier: Apache-2.0
"""Capacity that a DSO publishes for a group, and what counts once it is not heard any more (7.8, R-7.8-3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, Unknown
from open63110.kernel.messages import Effect
from open63110.kernel.units import Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.dso import (
    BlockType,
    DsoForecast,
    DsoForecastChanged,
    DsoGroup,
    DsoHeard,
    DsoLink,
    ForecastBlock,
    forecast_constraint,
    forecast_id,
)
from open63110.model.limit import LimitSource
from open63110.model.power import PowerAlarm, PowerAlarmChanged, alarm_id
from open63110.model.site import SiteId
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.divide import needs
from open63110.usecases.energy.dso_power_variation.groups import own
from open63110.usecases.energy.dso_power_variation.lifting import demand, lift
from open63110.usecases.energy.dso_power_variation.messages import (
    NOBODY,
    DsoLinkAnswer,
    KeepDsoLink,
    PutDsoForecast,
    RemoveDsoForecast,
)
from open63110.usecases.energy.dso_power_variation.places import seen
from open63110.usecases.energy.dso_power_variation.split import Held, shares, shifted

MOST_BLOCKS: Final = 1024
"""In one forecast (DD-3)."""

HORIZONS: Final = ("intraday", "day-ahead")
"""What counts first."""

EXHAUSTED: Final = "ForecastExhausted"
"""Kind of the alarm that the last block of a group is over."""

EVERY: Final = timedelta(seconds=10)
WORTH: Final = 0.05
"""How often, and for which part of it, a forecast is divided anew over the places of its group."""


def put(command: PutDsoForecast, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Have it count for its group.

    Raises:
        NotAuthorized: the group is not the asker's.
        Malformed: blocks that end before they begin, or two of a kind for the same time.
        Expired: all of it is over.
    """
    group = own(command.group, command.by, sites)
    _check(command.blocks, now)
    key = forecast_id(group.id, command.horizon)
    blocks = tuple(sorted(command.blocks, key=lambda one: (one.start, one.type)))
    wanted = DsoForecast(id=key, group=group.id, dso=group.dso, horizon=command.horizon, blocks=blocks, since=now)
    known = sites.dso_forecast(key)
    if known is None or replace(wanted, since=known.since) != known:
        yield DsoForecastChanged(station=NOBODY, at=now, id=key, dso_forecast=wanted)
        others = [one for one in _forecasts(group, sites) if one.id != key]
        yield from _follow(group, sorted([*others, wanted], key=_first), sites, now)


def remove(command: RemoveDsoForecast, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Let it count no more.

    Raises:
        NotAuthorized: the group is not the asker's.
        Unknown: there is no such forecast.
    """
    group = own(command.group, command.by, sites)
    key = forecast_id(group.id, command.horizon)
    if sites.dso_forecast(key) is None:
        raise Unknown(f"group {group.id} has no {command.horizon} forecast", code="UnknownForecast", where="horizon")
    yield DsoForecastChanged(station=NOBODY, at=now, id=key, dso_forecast=None)
    yield from _follow(group, [one for one in _forecasts(group, sites) if one.id != key], sites, now)


def keep(command: KeepDsoLink, sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Take down that the DSO is there, and say until when that counts.

    Raises:
        Malformed: it would be silent already.
    """
    later = None if command.offline_after is None else now + timedelta(seconds=command.offline_after)
    offline_at = command.offline_mode_at or later
    if offline_at is not None and offline_at <= now:
        raise Malformed("it would count as silent at once", code="InvalidValue", where="offline_mode_at")
    link = DsoLink(id=command.by, heard=now, offline_at=offline_at)
    yield DsoHeard(station=NOBODY, at=now, id=command.by, dso_link=link)
    mine = [one for one in sites.dso_groups() if one.dso == command.by]
    for group in mine:
        yield from _follow(group, _forecasts(group, sites), sites, now, link)
    yield DsoLinkAnswer(now=now, offline_mode_at=offline_at, groups=tuple(one.id for one in mine))


def _check(blocks: Sequence[ForecastBlock], now: datetime) -> None:
    if not 0 < len(blocks) <= MOST_BLOCKS:
        raise Malformed(f"a forecast has 1 to {MOST_BLOCKS} blocks", code="InvalidSchedule", where="blocks")
    if any(not 0 <= one.capacity < float("inf") for one in blocks):
        raise Malformed("a capacity is a number from 0 on", code="InvalidValue", where="blocks.capacity")
    if any(one.end <= one.start for one in blocks):
        raise Malformed("a block ends behind its begin", code="InvalidSchedule", where="blocks.end")
    ordered = sorted(blocks, key=lambda one: (one.type, one.start))
    if any(one.type == other.type and one.end > other.start for one, other in pairwise(ordered)):
        raise Malformed("two blocks of a kind are for the same time", code="InvalidSchedule", where="blocks")
    if all(one.end <= now for one in blocks):
        raise Expired("all of it is over", code="InvalidSchedule", where="blocks")


def _forecasts(group: DsoGroup, sites: GridSites) -> list[DsoForecast]:
    found = (sites.dso_forecast(forecast_id(group.id, one)) for one in HORIZONS)
    return [one for one in found if one is not None]


def _first(forecast: DsoForecast) -> int:
    return HORIZONS.index(forecast.horizon)


# -- what counts --


class Envelope(NamedTuple):
    """What a group may draw and give by its forecasts."""

    steps: tuple[Step, ...]
    """From now on."""
    fallback: Step
    """What counts once the DSO is silent."""
    exhausted: bool
    """No block but those for a silent DSO is to come."""


def envelope(forecasts: Sequence[DsoForecast], now: datetime) -> Envelope:
    """Return what counts now and later.

    Args:
        forecasts: of one group, what counts first before the others.
        now: the moment.
    """
    every = [block for one in forecasts for block in one.blocks]
    moments = sorted({moment for one in every for moment in (one.start, one.end)})
    begun = [one for one in moments if one <= now][-1:]
    steps = [_step(forecasts, one) for one in (*begun, *(one for one in moments if one > now))]
    changes = [one for number, one in enumerate(steps) if not number or not _alike(one, steps[number - 1])]
    ahead = any(one.end > now and not one.type.startswith("FALLBACK") for one in every)
    present = changes[0] if begun else Step(since=now)
    fallback = Step(
        since=present.since,
        import_max=_capacity(forecasts, ("FALLBACK_CONSUMPTION",), now, or_last=True),
        export_max=_capacity(forecasts, ("FALLBACK_GENERATION",), now, or_last=True),
    )
    none = fallback.import_max is None and fallback.export_max is None
    return Envelope(tuple(changes), present if none else fallback, not ahead)


def _alike(one: Step, other: Step) -> bool:
    return replace(one, since=other.since) == other


def _step(forecasts: Sequence[DsoForecast], moment: datetime) -> Step:
    drawn = _capacity(forecasts, ("CONSUMPTION",), moment)
    given = _capacity(forecasts, ("GENERATION",), moment)
    if drawn is None:
        drawn = _capacity(forecasts, ("FALLBACK_CONSUMPTION",), moment, or_last=True)
    if given is None:
        given = _capacity(forecasts, ("FALLBACK_GENERATION",), moment, or_last=True)
    return Step(since=moment, import_max=drawn, export_max=given)


def _capacity(
    forecasts: Sequence[DsoForecast], types: tuple[BlockType, ...], moment: datetime, *, or_last: bool = False
) -> Watts | None:
    """Return the capacity of the first block of a kind for a moment, else, if wanted, of the last one before it."""
    for forecast in forecasts:
        blocks = [one for one in forecast.blocks if one.type in types and one.start <= moment]
        found = [one for one in blocks if moment < one.end] or (blocks[-1:] if or_last else [])
        if found:
            return found[-1].capacity
    return None


# -- what follows from it --


def tend_forecasts(sites: GridSites, now: datetime) -> Iterator[Effect]:
    """Let what counts by forecasts follow the time, the loads, and whether the DSO is heard; tell the operator."""
    for group in sites.dso_groups():
        found = _forecasts(group, sites)
        if found:
            yield from _follow(group, found, sites, now)
        exhausted = bool(found) and envelope(found, now).exhausted
        for site in sorted({one.site for one in group.places}):
            words = f"the last block of group {group.id} is over"
            yield from _alarm(site, group, words, sites, now, raised=exhausted)


def _alarm(site: SiteId, group: DsoGroup, words: str, sites: GridSites, now: datetime, *, raised: bool) -> Iterator[Effect]:
    key = alarm_id(site, EXHAUSTED, group.id)
    known = next((one for one in sites.alarms(site) if one.id == key), None)
    if raised and known is None:
        alarm = PowerAlarm(id=key, site=site, kind=EXHAUSTED, place=group.id, since=now, detail=words)
        yield PowerAlarmChanged(station=NOBODY, at=now, id=key, alarm=alarm)
    elif not raised and known is not None:
        yield PowerAlarmChanged(station=NOBODY, at=now, id=key, alarm=replace(known, cleared=now))


def _follow(
    group: DsoGroup, forecasts: Sequence[DsoForecast], sites: GridSites, now: datetime, link: DsoLink | None = None
) -> Iterator[Effect]:
    link = link or sites.dso_link(group.dso)
    found = envelope(forecasts, now) if forecasts else None
    limits = found is not None and any(
        one.import_max is not None or one.export_max is not None for one in (*found.steps, found.fallback)
    )
    if found is None or not limits:
        for place in group.places:
            yield from lift(forecast_constraint(group.id, place), sites, now)
        return
    parts = _parts(group, found, sites, now)
    for place, part in zip(group.places, parts, strict=True):
        yield from demand(_constraint(group, place, found, part, link, now), sites, now)


def _parts(group: DsoGroup, found: Envelope, sites: GridSites, now: datetime) -> list[float]:
    """Return which part of the group's capacity each place gets; parts stay as they are while that does little harm."""
    if len(group.places) == 1:
        return [1.0]
    present = next((one for one in reversed(found.steps) if one.since <= now), found.fallback)
    limit = present.import_max
    views = [seen(one, sites, now) for one in group.places]
    known = [sites.constraint(forecast_constraint(group.id, one)) for one in group.places]
    held = [_share(one, now) for one in known]
    if not limit:
        return [1 / len(views)] * len(views)
    wanting = sum(one.wanting for one in views)
    loads = [one.load or 0.0 for one in views]
    each = Watts(sum(loads) / wanting if wanting else 0.0)
    wanted = shares(limit, needs(views, held, each))
    lately = [one.since for one in known if one is not None and one.since is not None]
    have = [share for share in held if share is not None]
    if len(have) == len(views) and sum(have) <= limit and lately:
        moved = max(abs(one - other) for one, other in zip(have, wanted, strict=True))
        if moved < WORTH * limit or now < max(lately) + EVERY:
            return [one / limit for one in have]
    holds = [Held(share, one.most) for share, one in zip(held, views, strict=True)]
    return [one / limit for one in shifted(limit, wanted, holds)]


def _share(known: Constraint | None, now: datetime) -> Watts | None:
    step = known.step(now) if known is not None else None
    return step.import_max if step is not None else None


def _constraint(
    group: DsoGroup, place: ConstraintScope, found: Envelope, part: float, link: DsoLink | None, now: datetime
) -> Constraint:
    return Constraint(
        id=forecast_constraint(group.id, place),
        source=LimitSource.DSO,
        actor=group.dso,
        scope=place,
        profile=tuple(_scaled(one, part) for one in found.steps),
        expires=link.offline_at if link is not None else None,
        fallback=_scaled(found.fallback, part) if link is not None and link.offline_at is not None else None,
        since=now,
    )


def _scaled(step: Step, part: float) -> Step:
    if part == 1.0:
        return step
    return Step(since=step.since, import_max=_part(step.import_max, part), export_max=_part(step.export_max, part))


def _part(power: Watts | None, part: float) -> Watts | None:
    return None if power is None else Watts(float(int(power * part + 1e-6)))
