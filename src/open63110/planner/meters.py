# SPDX-License-Identifier: Apache-2.0
"""What meters of a site say of loads that nobody controls, how far they are believed, and what is taken back by their word.

No reading ever makes a limit higher than what is described: a meter with a wrong sign, one that is stuck, one on the wrong phase.
What is assumed of the rest behind a meter counts as well until that meter has shown that it follows what happens; after a restart
it has to show that anew.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from open63110.model.limit import PHASE
from open63110.model.power import AssetReading
from open63110.model.site import Asset, Site
from open63110.planner.frame import Frame
from open63110.planner.network import Floats, use
from open63110.planner.wiring import PHASES, terminals
from open63110.planner.withheld import Withheld

HOLD: Final = timedelta(seconds=30)
"""For how long a load that was seen still counts once it is gone."""

STUCK: Final = 10
"""After so many equal readings, while stations change, a meter is not believed."""

MOVED: Final = 1_000.0
"""How much stations have to change meanwhile [W]."""

PROOFS: Final = 3
"""So often in a row a meter where something gives power has to follow stations before less than what is assumed is believed."""

FOLLOWS: Final = 0.5
"""Share of what stations changed by that a meter has to change by on each phase, the same way."""

PROOF_WITHIN: Final = timedelta(seconds=300)
"""How long it may take until both show it."""


CROSSED: Final = 4.0
"""How much less than stations draw a meter shows on one phase, and more on another, before the wiring is doubted [A]."""

CROSSED_FOR: Final = timedelta(seconds=60)


class Track(NamedTuple):
    """What is remembered of a meter."""

    reading: AssetReading
    equal: int
    """How many readings before said just the same."""
    moved: float
    """How much stations have changed since they began to [W]."""
    drawn: float
    """What stations drew at the last reading [W]."""
    rest: tuple[float, ...]
    """What flowed there beside stations and known assets, of each phase [A]."""
    held: tuple[tuple[datetime, tuple[float, ...]], ...]
    """The same as it was lately."""
    proofs: int
    """How often in a row it followed what happened; below 0: did the opposite."""
    mark: "Mark | None"
    """What it is compared with next; None: nothing yet."""


class Mark(NamedTuple):
    """A moment that later ones are compared with, to see whether a meter follows."""

    at: datetime
    drawn: tuple[float, ...]
    """By stations, on each phase [A]."""
    shown: tuple[float, ...]
    """By the meter [A]."""


class Metered(NamedTuple):
    """What meters say."""

    loads: Floats
    """Of every load of the frame [A]; negative where it gives."""
    doubts: dict[str, str]
    """By asset why it is not believed."""
    fresh: dict[str, AssetReading]
    """By asset what counts."""
    places: dict[str, str]
    """By meter the place it measures."""
    crossed: dict[str, str]
    """By meter why something seems to be wired on another phase than is described."""
    withheld: Mapping[tuple[str, str], float]
    """By place and phase, or W, what is taken back there because a meter showed too much [A or W]."""


class Meters:
    """The meters of one site, over time."""

    def __init__(self) -> None:
        """Begin without any."""
        self._tracks: dict[str, Track] = {}
        self._alive: frozenset[str] = frozenset()
        """Assets that were read lately."""
        self.withheld = Withheld()
        """What is taken back because a meter showed too much."""
        self._sure = False
        """What stations draw was measured."""
        self._crossed: dict[str, tuple[datetime, str]] = {}
        """By asset since when stations seem to draw on another phase than is described, and in words."""
        self._judged: dict[str, datetime] = {}
        """By asset the reading that was compared with limits last."""

    def read(
        self,
        site: Site,
        frame: Frame,
        last: Callable[[str], AssetReading | None],
        drawn: Floats,
        now: datetime,
        *,
        sure: bool = False,
    ) -> Metered:
        """Take in what was measured.

        Args:
            site: whose.
            frame: of it.
            last: the last reading of an asset.
            drawn: what EVSEs are taken to draw (N) [A].
            now: the moment.
            sure: that was measured.
        """
        loads = np.zeros(len(frame.loads.points))
        doubts: dict[str, str] = {}
        fresh: dict[str, AssetReading] = {}
        stations, self._sure = use(frame.network, drawn), sure
        self._alive = frozenset(one.id for one in site.assets if _read_lately(one, last(one.id), now))
        for asset in sorted(site.assets, key=lambda one: one.kind == "meter"):
            reading = last(asset.id)
            alive = asset.id in self._alive
            columns = list(frame.load_of[asset.id])
            if asset.kind != "meter":
                loads[columns] = _known(asset, reading if alive else None, frame.watts_of[asset.id], len(columns))
                doubt = "" if alive or reading is None else "nothing was read for too long"
            else:
                loads[columns], doubt = self._rest(asset, site, frame, (reading, alive), (stations, loads), now)
            if alive and not doubt and reading is not None:
                fresh[asset.id] = reading
            if doubt:
                doubts[asset.id] = doubt
        first = site.connections[0].id if site.connections else ""
        places = {one.id: one.feeder or first for one in site.assets if one.kind == "meter"}
        for gone in self._crossed.keys() - fresh.keys():
            del self._crossed[gone]
        crossed = {key: words for key, (since, words) in self._crossed.items() if fresh[key].at - since >= CROSSED_FOR}
        return Metered(loads, doubts, fresh, places, crossed, self.withheld.trims)

    def _rest(
        self,
        asset: Asset,
        site: Site,
        frame: Frame,
        said: tuple[AssetReading | None, bool],
        known: tuple[Floats, Floats],
        now: datetime,
    ) -> tuple[Floats, str]:
        """Return what flows at a meter beside what is known behind it, and why it is not believed."""
        reading, alive = said
        assumed = _on_phases(asset, asset.assumed, frame.watts_of[asset.id])
        if reading is None:
            return assumed, ""
        place = asset.feeder or (site.connections[0].id if site.connections else "")
        volts = frame.volts_of.get(place, PHASE)
        stations, loads = known
        behind = stations + use(frame.loads, loads)
        rows = [frame.row_of.get((place, phase), -1) for phase in PHASES]
        shown = _on_phases(asset, reading.power, volts)
        inside, drawn = (np.array([one[row] if row >= 0 else 0.0 for row in rows]) for one in (behind, stations))
        track = self._track(asset, reading, shown - inside, drawn, site, volts)
        if self._sure and not _gives(site):
            self._compare(asset, reading, shown - inside)
        doubt = _doubt(site, reading, track, alive=alive)
        if doubt:  # it has to earn belief anew
            self._tracks[asset.id] = track = track._replace(proofs=min(track.proofs, 0))
        held = [np.array(one) for at, one in track.held if now - at <= HOLD] or [np.array(track.rest)]
        rest = np.maximum(np.max(held, axis=0), -_unread(site, self._alive, len(PHASES)) / volts)
        rest *= volts / frame.watts_of[asset.id]  # behind the transformer, if it measures before one
        believed = not doubt and alive and track.proofs >= (PROOFS if _gives(site) else 1)
        return rest if believed else np.maximum(rest, assumed), doubt

    def _compare(self, asset: Asset, reading: AssetReading, rest: Floats) -> None:
        """Look whether less flows on a phase than stations draw there, and more on another."""
        less, more = int(np.argmin(rest)), int(np.argmax(rest))
        if rest[less] > -CROSSED or rest[more] < CROSSED:
            self._crossed.pop(asset.id, None)
            return
        words = f"stations draw {-rest[less]:.0f} A on {PHASES[less]} that it does not show, and it shows {rest[more]:.0f} A more"
        advice = "look whether EVSEs are wired on the phases that are described"
        since = self._crossed.get(asset.id, (reading.at, ""))[0]
        self._crossed[asset.id] = (since, f"{words} on {PHASES[more]}: {advice}")

    def _track(self, asset: Asset, reading: AssetReading, rest: Floats, drawn: Floats, site: Site, volts: float) -> Track:
        known = self._tracks.get(asset.id)
        if known is not None and known.reading.at == reading.at:
            return known
        shown, whole = _on_phases(asset, reading.power, volts), float(drawn.sum()) * volts
        if known is None:
            value = tuple(map(float, rest))
            track = Track(reading, 0, 0.0, whole, value, ((reading.at, value),), 0, None)
        else:
            equal = known.equal + 1 if known.reading.power == reading.power else 0
            moved = (known.moved if equal else 0.0) + abs(whole - known.drawn)
            if equal:  # it says nothing new: what stations draw more is no reason to believe that there is less beside them
                rest = np.max(np.array([tuple(rest), known.rest, *(one for _, one in known.held)]), axis=0)
            value = tuple(map(float, rest))
            held = (*(one for one in known.held if reading.at - one[0] <= HOLD), (reading.at, value))
            proofs, mark = self._proofs(known, reading, drawn, shown, gives=_gives(site))
            track = Track(reading, equal, moved, whole, value, held, proofs, mark)
        self._tracks[asset.id] = track
        return track

    def _proofs(
        self, known: Track, reading: AssetReading, drawn: Floats, shown: Floats, *, gives: bool
    ) -> tuple[int, Mark | None]:
        """Return how far a meter is proven; where something gives power only moments count at which all was measured."""
        if gives and not self._sure:
            return known.proofs, known.mark
        return _proven(known, reading, drawn, shown, gives=gives)

    def correct(self, site: Site, frame: Frame, limits: Floats, read: Metered) -> dict[str, str]:
        """Take back what a meter shows above a limit, and ease that once it shows less.

        Returns:
            By place what the operator is to know, as long as something is taken back there.
        """
        self.withheld.keep(set(read.places.values()))
        for asset in site.assets:
            reading = read.fresh.get(asset.id)
            if asset.kind == "meter" and reading is not None and self._judged.get(asset.id) != reading.at:
                self._judged[asset.id] = reading.at
                shown = _on_phases(asset, reading.power, frame.volts_of.get(read.places[asset.id], PHASE))
                rows = [*zip(PHASES, map(float, shown), strict=True), ("W", float(sum(reading.power)))]
                self.withheld.judge(frame, limits, read.places[asset.id], dict(rows), reading.at)
        return self.withheld.told()

    def trimmed(self, frame: Frame, limits: Floats) -> Floats:
        """Return limits less what was taken back."""
        return self.withheld.of(frame, limits)


def _known(asset: Asset, reading: AssetReading | None, watts: float, width: int) -> Floats:
    """Return what an asset draws: measured within what it can give and take, else assumed [A]; an ampere has so many watts."""
    if reading is None:
        return _spread(asset.assumed, watts, width)
    total = float(sum(reading.power))
    most = float(asset.export_max or 0.0) if asset.kind in {"pv", "battery"} else 0.0
    if total < -most:  # it cannot give so much: less is believed
        return _spread(tuple(one * most / -total for one in reading.power), watts, width)
    return _spread(reading.power, watts, width)


def _on_phases(meter: Asset, power: Sequence[float], volts: float) -> Floats:
    """Return what a meter says of each of the three phases [A], from powers of phases, or of all that it is wired on together."""
    if len(power) == len(PHASES):
        return _spread(power, volts, len(PHASES))
    phases, found = sorted(terminals(meter.wiring)), np.zeros(len(PHASES))
    found[phases] = _spread(power, volts, len(phases))
    return found


def _spread(power: Sequence[float], watts: float, width: int) -> Floats:
    """Return currents of columns [A] from powers of each, or of all together; an ampere has so many watts."""
    if not power:
        return np.zeros(width)
    if len(power) == width:
        return np.array(power, dtype=np.float64) / watts
    total = float(sum(power))
    return np.full(width, total / width / watts)


def _read_lately(asset: Asset, reading: AssetReading | None, now: datetime) -> bool:
    return reading is not None and now - reading.at <= timedelta(seconds=asset.stale_after)


def _mark(reading: AssetReading, drawn: Floats, shown: Floats) -> Mark:
    return Mark(reading.at, tuple(map(float, drawn)), tuple(map(float, shown)))


def _proven(known: Track, reading: AssetReading, drawn: Floats, shown: Floats, *, gives: bool) -> tuple[int, Mark | None]:
    """Return how often in a row a meter has followed, or has done the opposite (< 0), and what it is compared with next.

    Where nothing gives power, one that changes and shows something is neither stuck nor turned round.
    """
    if not gives:
        follows = reading.power != known.reading.power and sum(reading.power) > 0.0
        return known.proofs + follows, known.mark
    if known.mark is None:
        return known.proofs, _mark(reading, drawn, shown)
    more, seen = drawn - np.array(known.mark.drawn), shown - np.array(known.mark.shown)
    told = np.abs(more) * PHASE >= MOVED
    same = seen[told] * np.sign(more[told])
    if told.any() and (same >= FOLLOWS * np.abs(more[told])).all():
        return max(known.proofs, 0) + 1, _mark(reading, drawn, shown)
    if told.any() and (same <= -FOLLOWS * np.abs(more[told])).all():
        return min(known.proofs, 0) - 1, _mark(reading, drawn, shown)
    if reading.at - known.mark.at > PROOF_WITHIN:
        return 0 if told.any() and abs(known.proofs) < PROOFS else known.proofs, _mark(reading, drawn, shown)
    return known.proofs, known.mark


def _unread(site: Site, alive: frozenset[str], width: int) -> Floats:
    """Return what may be given to each phase at most by what nobody reads, as a magnitude [W]."""
    found = np.zeros(width)
    for one in site.assets:
        if one.kind in {"pv", "battery"} and one.id not in alive and one.export_max:
            phases = list(terminals(one.wiring))
            found[phases] += one.export_max / len(phases)
    return found


def _gives(site: Site) -> bool:
    return any(one.kind in {"pv", "battery"} for one in site.assets)


def _doubt(site: Site, reading: AssetReading, track: Track, *, alive: bool) -> str:
    if not alive:
        return "nothing was read for too long"
    most = sum(float(one.export_max or 0.0) for one in site.assets if one.kind in {"pv", "battery"})
    if float(sum(reading.power)) < -(most + 100.0):
        return "it shows more given to the grid than anything here can give: its sign may be wrong"
    if track.proofs <= -PROOFS:
        return "it shows less whenever stations draw more: its sign may be wrong"
    if track.equal >= STUCK and track.moved >= MOVED:
        return "it shows the same again and again while stations change: it may be stuck"
    return ""
