# SPDX-License-Identifier: Apache-2.0
"""What meters of a site say of loads that nobody controls, how far they are believed, and what is taken back by their word.

No reading ever makes a limit higher than what is described: a meter with a wrong sign, one that is stuck, one on the wrong phase.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from open63110.model.power import AssetReading
from open63110.model.site import Asset, Site
from open63110.planner.frame import Frame
from open63110.planner.network import Floats, use
from open63110.planner.wiring import PHASES

HOLD: Final = timedelta(seconds=30)
"""For how long a load that was seen still counts once it is gone."""

STUCK: Final = 10
"""After so many equal readings, while stations change, a meter is not believed."""

MOVED: Final = 1_000.0
"""How much stations have to change meanwhile [W]."""

NEAR: Final = 0.01
"""Share of a limit by which a meter may show more: it is not more exact."""

MARGIN: Final = 0.02
"""Share of a limit that is taken back beyond what was too much."""

EASE: Final = 0.8
"""What is left of what was taken back, after each reading well below the limit."""


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


class Meters:
    """The meters of one site, over time."""

    def __init__(self) -> None:
        """Begin without any."""
        self._tracks: dict[str, Track] = {}
        self.trims: dict[tuple[str, str], float] = {}
        """By place and phase, or W, what is taken back because a meter showed too much [A or W]."""
        self._judged: dict[str, datetime] = {}
        """By asset the reading that was compared with limits last."""
        self._over: dict[str, int] = {}
        """By asset how often in a row it showed too much."""

    def read(self, site: Site, frame: Frame, last: Callable[[str], AssetReading | None], drawn: Floats, now: datetime) -> Metered:
        """Take in what was measured.

        Args:
            site: whose.
            frame: of it.
            last: the last reading of an asset.
            drawn: what EVSEs are taken to draw (N) [A].
            now: the moment.
        """
        loads = np.zeros(len(frame.loads.points))
        doubts: dict[str, str] = {}
        fresh: dict[str, AssetReading] = {}
        stations = use(frame.network, drawn)
        for asset in sorted(site.assets, key=lambda one: one.kind == "meter"):
            reading = last(asset.id)
            alive = reading is not None and now - reading.at <= timedelta(seconds=asset.stale_after)
            columns = list(frame.load_of[asset.id])
            if asset.kind != "meter":
                loads[columns] = _known(asset, reading if alive else None, frame.volts, len(columns))
                doubt = "" if alive or reading is None else "nothing was read for too long"
            else:
                loads[columns], doubt = self._rest(asset, site, frame, (reading, alive), (stations, loads), now)
            if alive and not doubt and reading is not None:
                fresh[asset.id] = reading
            if doubt:
                doubts[asset.id] = doubt
        first = site.connections[0].id if site.connections else ""
        places = {one.id: one.feeder or first for one in site.assets if one.kind == "meter"}
        return Metered(loads, doubts, fresh, places)

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
        assumed = _spread(asset.assumed, frame.volts, len(frame.load_of[asset.id]))
        if reading is None:
            return assumed, ""
        place = asset.feeder or (site.connections[0].id if site.connections else "")
        stations, loads = known
        behind = stations + use(frame.loads, loads)
        rows = [frame.row_of.get((place, phase), -1) for phase in PHASES]
        shown = _spread(reading.power, frame.volts, len(PHASES))
        inside = np.array([behind[row] if row >= 0 else 0.0 for row in rows])
        track = self._track(asset, reading, shown - inside, float(stations[rows].sum() if min(rows) >= 0 else 0.0) * frame.volts)
        doubt = _doubt(site, reading, track, alive=alive)
        least = 0.0 if not _gives(site) else -np.inf
        held = [np.array(one) for at, one in track.held if now - at <= HOLD] or [np.array(track.rest)]
        rest = np.maximum(np.max(held, axis=0), least)
        return np.maximum(rest, assumed) if doubt or not alive else rest, doubt

    def _track(self, asset: Asset, reading: AssetReading, rest: Floats, drawn: float) -> Track:
        known = self._tracks.get(asset.id)
        if known is not None and known.reading.at == reading.at:
            return known
        equal = known.equal + 1 if known is not None and known.reading.power == reading.power else 0
        moved = (known.moved if equal and known is not None else 0.0) + (abs(drawn - known.drawn) if known is not None else 0.0)
        value = tuple(float(one) for one in rest)
        held = tuple(one for one in (known.held if known is not None else ()) if reading.at - one[0] <= HOLD)
        track = Track(reading, equal, moved, drawn, value, (*held, (reading.at, value)))
        self._tracks[asset.id] = track
        return track

    def correct(self, site: Site, frame: Frame, limits: Floats, read: Metered) -> list[str]:
        """Take back what a meter shows above a limit, and ease that once it shows less; return where too much flows."""
        places: list[str] = []
        for asset in site.assets:
            reading = read.fresh.get(asset.id)
            if asset.kind != "meter" or reading is None or self._judged.get(asset.id) == reading.at:
                continue
            self._judged[asset.id] = reading.at
            place = asset.feeder or (site.connections[0].id if site.connections else "")
            if self._too_much(frame, limits, place, reading, self._over.get(asset.id, 0)):
                places.append(place)
                self._over[asset.id] = self._over.get(asset.id, 0) + 1
            else:
                self._over.pop(asset.id, None)
        return places

    def _too_much(self, frame: Frame, limits: Floats, place: str, reading: AssetReading, again: int) -> bool:
        shown = _spread(reading.power, frame.volts, len(PHASES))
        rows = [(phase, float(value)) for phase, value in zip(PHASES, shown, strict=True)]
        rows.append(("W", float(sum(reading.power))))
        over = [self._adjust(frame, limits, place, phase, value, again=again) for phase, value in rows]
        return any(over)  # each row was looked at

    def _adjust(self, frame: Frame, limits: Floats, place: str, phase: str, value: float, *, again: int) -> bool:
        row = frame.row_of.get((place, phase))
        if row is None or not np.isfinite(limits[row]):
            return False
        limit, key = float(limits[row]), (place, phase)
        if value > limit * (1.0 + NEAR):
            more = value - limit + MARGIN * limit
            self.trims[key] = min(limit, self.trims.get(key, 0.0) + more)
            if again >= 3 and phase != "W":  # what was taken back on this phase did not help: perhaps it is another one
                for other in PHASES:
                    self.trims[place, other] = min(limit, self.trims.get((place, other), 0.0) + more)
            return True
        if value < limit * (1.0 - 2 * NEAR) and key in self.trims:
            self.trims[key] *= EASE
            if self.trims[key] < NEAR * limit:
                del self.trims[key]
        return False

    def trimmed(self, frame: Frame, limits: Floats) -> Floats:
        """Return limits less what was taken back."""
        found = limits.copy()
        for key, trim in self.trims.items():
            row = frame.row_of.get(key)
            if row is not None:
                found[row] = max(0.0, found[row] - trim)
        return found


def _known(asset: Asset, reading: AssetReading | None, volts: float, width: int) -> Floats:
    """Return what an asset draws: measured within what it can give and take, else assumed [A]."""
    if reading is None:
        return _spread(asset.assumed, volts, width)
    total = float(sum(reading.power))
    most = float(asset.export_max or 0.0) if asset.kind in {"pv", "battery"} else 0.0
    if total < -most:  # it cannot give so much: less is believed
        return _spread(tuple(one * most / -total for one in reading.power), volts, width)
    return _spread(reading.power, volts, width)


def _spread(power: Sequence[float], volts: float, width: int) -> Floats:
    """Return currents of phases [A] from powers of phases, or of all together."""
    if not power:
        return np.zeros(width)
    if len(power) == width:
        return np.array(power, dtype=np.float64) / volts
    total = float(sum(power))
    return np.full(width, total / width / volts)


def _gives(site: Site) -> bool:
    return any(one.kind in {"pv", "battery"} for one in site.assets)


def _doubt(site: Site, reading: AssetReading, track: Track, *, alive: bool) -> str:
    if not alive:
        return "nothing was read for too long"
    most = sum(float(one.export_max or 0.0) for one in site.assets if one.kind in {"pv", "battery"})
    if float(sum(reading.power)) < -(most + 100.0):
        return "it shows more given to the grid than anything here can give: its sign may be wrong"
    if track.equal >= STUCK and track.moved >= MOVED:
        return "it shows the same again and again while stations change: it may be stuck"
    return ""
