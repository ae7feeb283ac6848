# SPDX-License-Identifier: Apache-2.0
"""What a replay of a site came to: were limits held, what did drivers get, how fast did limits take effect."""

import math
import statistics
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from open63110.apps.replay import Replay
from open63110.kernel.units import Seconds
from open63110.model.station import Registration
from open63110.simulator.service import Service, service
from open63110.simulator.witness import Mark, Ordered, Witness


class Metered(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is limited."""

    place: str
    unit: str
    limit: float
    """What the site can carry there; what was set on top of that stands below [A], sums [W]."""
    most: float
    ratio: float
    """Highest part of the limit that counted, EVs that were to follow a lowered pilot forgiven for five seconds."""
    raw: float
    """The same, nothing forgiven."""
    above: Seconds
    """For how long it was above [s]."""
    samples: int
    """Samples above."""
    at: Seconds | None
    """When it was highest, after the beginning of the first day [s]."""


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that was set while it ran."""

    place: str
    limit: float
    """[W]"""
    at: Seconds
    """After the beginning of the first day [s]."""
    seconds: float | None
    """Until it was in effect [s]; None: it never was."""
    late: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay came to."""

    held: bool
    """No sample of any feeder and phase was above its limit, every limit that was set was in effect in time, and the
    CSMS accepted a station: else nothing was seen."""
    metered: tuple[Metered, ...]
    """The tightest first."""
    samples: int
    service: Service
    here: int
    """EVs that were still there at the end, and are not counted."""
    turned_away: int
    orders: tuple[Took, ...]
    troubles: dict[str, int]
    stations: int
    evses: int
    seconds: Seconds
    """That were played [s of the clock]."""
    dials: int
    frames: int
    waiting: int
    """Facts that were never told."""
    refusals: dict[str, int]
    """Why dials came to nothing."""
    refused: tuple[str, ...] = ()
    """What was told by REST and not taken, and why."""
    reached: int = 0
    """Stations that the CSMS has accepted."""


def report(replay: Replay, refused: Sequence[str] = ()) -> Report:
    """Sum up a replay that is over.

    Args:
        replay: it.
        refused: what was told by REST and not taken.
    """
    witness, site, begin = replay.witness, replay.site, replay.begin
    nouns = [one.noun for one in site.controllers.values()]
    reached = sum(one is not None and one.registration is Registration.ACCEPTED for one in nouns)
    watched = sorted((one for one in witness.marks if one.ratio or one.row.limit < math.inf), key=lambda one: -one.ratio)
    return Report(
        held=witness.held and reached > 0,
        metered=tuple(_metered(one, begin) for one in watched),
        samples=witness.samples,
        service=service(replay.served),
        here=sum(one.plugged for one in replay.outlets),
        turned_away=replay.turned_away,
        orders=tuple(_took(one, witness, begin) for one in witness.orders),
        troubles=dict(replay.troubles),
        stations=len(site.stations),
        evses=len(replay.outlets),
        seconds=Seconds(round(max(0.0, (replay.clock.now() - begin).total_seconds()))),
        dials=site.client.dials,
        frames=replay.capture.up + replay.capture.down,
        waiting=site.waiting,
        refusals=dict(site.client.refusals),
        refused=tuple(refused),
        reached=reached,
    )


def _metered(one: Mark, begin: datetime) -> Metered:
    return Metered(
        place=one.row.name,
        unit="A" if one.row.phase else "W",
        limit=one.row.limit,
        most=round(one.most, 3),
        ratio=round(one.ratio, 9),
        raw=round(one.raw, 9),
        above=Seconds(round(one.above, 3)),
        samples=one.samples,
        at=None if one.at is None else _since(one.at, begin),
    )


def _took(one: Ordered, witness: Witness, begin: datetime) -> Took:
    place = witness.marks[one.row].row.name
    return Took(place=place, limit=one.limit, at=_since(one.at, begin), seconds=one.seconds, late=one.late)


def _since(moment: datetime, begin: datetime) -> Seconds:
    return Seconds(round((moment - begin).total_seconds(), 3))


def words(found: Report) -> Iterator[str]:
    """Say it to people."""
    what = f"{found.evses} EVSEs at {found.stations} stations"
    yield f"{what}, {clock(found.seconds)} h, {found.samples} samples of every feeder and phase"
    yield ""
    yield from _limits(found)
    yield from _orders(found)
    yield from _service(found)
    if found.troubles:
        went = ", ".join(f"{count} {kind}" for kind, count in sorted(found.troubles.items()))
        yield f"Troubles  {went}"
    if found.refusals:
        yield "Refused   " + ", ".join(f"{count} x {why}" for why, count in found.refusals.items())
    if found.refused:
        yield f"Not taken {len(found.refused)} of what was told by REST, the first: {found.refused[0]}"
    yield ""
    yield f"Verdict   {verdict(found)}"


def _limits(found: Report) -> Iterator[str]:
    for number, one in enumerate(found.metered[:8]):
        unit, factor = ("A", 1.0) if one.unit == "A" else ("kW", 1000.0)
        limit = "no limit of its own" if one.limit == math.inf else f"of {one.limit / factor:g} {unit}"
        above = f", ABOVE for {one.above:g} s" if one.samples else ""
        when = "" if one.at is None else f" at {clock(one.at)}"
        head = "Limits" if number == 0 else ""
        yield f"{head:<9} {one.place:<18} {one.most / factor:>8.1f} {limit:<20} {one.ratio:>8.2%}{when}{above}"
    raw = max((one.raw for one in found.metered), default=0.0)
    if raw > max((one.ratio for one in found.metered), default=0.0) and raw > 1.0:
        yield f"          up to {raw:.1%} for moments in which EVs had yet to follow a lowered pilot (5 s, IEC 61851-1)"


def _orders(found: Report) -> Iterator[str]:
    times = [one.seconds for one in found.orders if one.seconds is not None]
    if found.orders:
        spread = (
            f"in effect after {statistics.median(times):.1f} s, the slowest {max(times):.1f} s" if times else "never in effect"
        )
        yield f"Set       {len(found.orders)} limits, {spread}, {sum(one.late for one in found.orders)} late"


def _service(found: Report) -> Iterator[str]:
    got = found.service
    if not got.visits:
        yield f"Drivers   none has left yet, {found.here} are there"
        return
    yield (
        f"Energy    {got.delivered / 1000:.1f} kWh of {got.possible / 1000:.1f} that were possible ({got.energy:.1%}), "
        f"{got.needed / 1000:.1f} were needed"
    )
    yield (
        f"Drivers   {got.visits} have left, {got.met:.1%} with all they could have, {got.nothing} with nothing, "
        f"the worst-served 5 % with up to {got.worst:.1%}; {found.here} are still there"
    )
    yield f"Pauses    {got.pauses:.2f} for each visit, {got.most_pauses} at most; {got.asleep} EVs never woke up again"
    yield f"Fairness  {got.fairness:.3f} (Jain's index of the energy ratio)"


def verdict(found: Report) -> str:
    """Return it in a line."""
    if not found.reached:
        return f"NOTHING SEEN: the CSMS has accepted none of {found.stations} stations"
    if found.held:
        return "held: no sample above any limit"
    broken = [f"{one.place} up to {one.ratio:.2%} for {one.above:g} s" for one in found.metered if one.samples]
    late = [f"{one.place} {one.limit / 1000:g} kW not in effect in time" for one in found.orders if one.late]
    return "BREACHED: " + "; ".join([*broken, *late][:6])


def clock(seconds: float) -> str:
    """Write a span for people, hours and minutes."""
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}"
