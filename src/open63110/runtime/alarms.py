# SPDX-License-Identifier: Apache-2.0
"""Alarms about the power of sites: raised once, and over once what raised them is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from open63110.kernel.ids import StationId
from open63110.model.power import PowerAlarm, PowerAlarmChanged, alarm_id
from open63110.model.site import SiteId
from open63110.runtime.engine import Engine, Turn

_NOBODY = StationId("")

OF_OTHERS = frozenset({"PlannerAway", "ForecastExhausted", "OutlookStale"})
"""Kinds that a look at a site says nothing of."""


class _Told(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Alarms:
    """Those of all sites of a node."""

    def __init__(self, engine: Engine) -> None:
        """Go on with what lasted when the last run ended."""
        self._engine = engine

    def settle(self, site: SiteId, lasting: Iterable[_Told], now: datetime) -> None:
        """Raise what is new, and clear what lasts no longer."""
        told = {alarm_id(site, one.kind, one.place): one for one in lasting}
        turn = Turn(self._engine, _NOBODY, now)
        for known in self._engine.known.alarms(site):
            if known.id not in told and known.kind not in OF_OTHERS:
                turn.fact(PowerAlarmChanged(station=_NOBODY, at=now, id=known.id, alarm=replace(known, cleared=now)))
        for key, one in told.items():
            if key not in self._engine.known.all_alarms:
                alarm = PowerAlarm(id=key, site=site, kind=one.kind, place=one.place, since=now, detail=one.detail)
                turn.fact(PowerAlarmChanged(station=_NOBODY, at=now, id=key, alarm=alarm))
        self._keep(turn)

    def raised(self, site: SiteId, kind: str, place: str, detail: str, now: datetime) -> None:
        """Raise one, unless it lasts already."""
        key = alarm_id(site, kind, place)
        if key not in self._engine.known.all_alarms:
            turn = Turn(self._engine, _NOBODY, now)
            alarm = PowerAlarm(id=key, site=site, kind=kind, place=place, since=now, detail=detail)
            turn.fact(PowerAlarmChanged(station=_NOBODY, at=now, id=key, alarm=alarm))
            self._keep(turn)

    def cleared(self, site: SiteId, kind: str, place: str, now: datetime) -> None:
        """Clear one, if it lasts."""
        known = self._engine.known.all_alarms.get(alarm_id(site, kind, place))
        if known is not None:
            turn = Turn(self._engine, _NOBODY, now)
            turn.fact(PowerAlarmChanged(station=_NOBODY, at=now, id=known.id, alarm=replace(known, cleared=now)))
            self._keep(turn)

    def _keep(self, turn: Turn) -> None:
        if turn.facts:
            turn.keep()
            self._engine.commit.after(lambda _: None)
