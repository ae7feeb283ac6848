# SPDX-License-Identifier: Apache-2.0
"""What an operator has to look at, and the figures at the top of the first page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from open63110.bindings.web.queries import state_of
from open63110.bindings.web.render import words
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.alarm import AlarmKind, StationAlarm
from open63110.model.power import PowerAlarm
from open63110.model.station import Registration, Station

SEVERITIES: Final = (
    *("danger", "hardware failure", "system failure", "critical", "error"),
    *("alert", "warning", "notice", "information", "debug"),
)
"""What the severities of alarms of stations are called."""

GRAVE: Final = 3
"""Up to this severity an alarm of a station is bad, else a warning."""

TOLD_BY_ALARMS: Final = frozenset({"silent", "unreached", "clock-uncertain"})
"""Flags of stations that say what an alarm says, too."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at."""

    tone: str
    """bad, warn."""
    title: str
    detail: str
    link: str


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How everything is, in numbers."""

    stations: int
    online: int
    charging: int
    power: float
    """Into EVs, minus what they give back [W]."""
    states: dict[str, int]


def figures(stations: Sequence[Station]) -> Figures:
    """Count stations and what flows through them."""
    running = [one for station in stations for one in station.transfers.values() if one.ended is None and one.began]
    return Figures(
        stations=len(stations),
        online=sum(one.connected is not None for one in stations),
        charging=sum(one.state in {"charging", "discharging"} for one in running),
        power=sum(one.power or 0.0 for one in running),
        states=dict(Counter(state_of(one) for one in stations)),
    )


def alarms(
    stations: Iterable[Station],
    trouble: Unavailable | None,
    quarantined: int,
    power: Iterable[PowerAlarm] = (),
    raised: Iterable[StationAlarm] = (),
) -> Iterator[Alarm]:
    """Return what needs a person, the worst first: alarms by their causes, and what stations are beside that."""
    if trouble is not None:
        yield Alarm(tone="bad", title="Nothing can be stored", detail=trouble.message, link="/readyz")
    told = list(raised)
    faults = _faults(told)
    found = [alarm for station in stations for alarm in _of(station, faults.get(station.id, frozenset()))]
    found += [_of_power(one) for one in power] + [_of_station(one) for one in told if not one.cause]
    yield from sorted(found, key=lambda one: (one.tone != "bad", one.title))
    if quarantined:
        words = (
            f"{quarantined} input{'s' if quarantined > 1 else ''} could not be understood and wait{'s' * (quarantined == 1)} here"
        )
        yield Alarm(tone="warn", title="Quarantine", detail=words, link="/quarantine")


def tone_of(alarm: PowerAlarm) -> str:
    """Say how bad an alarm about power is: bad where more flows than may, or could, and nobody has said that he knows."""
    return "warn" if alarm.acknowledged is not None else tone_of_severity(alarm.severity)


def _of_power(alarm: PowerAlarm) -> Alarm:
    detail = f"{words(alarm.kind)} at {alarm.place}{f': {alarm.detail}' if alarm.detail else ''}"
    return Alarm(tone=tone_of(alarm), title=str(alarm.site), detail=detail, link=f"/sites/{alarm.site}")


def tone_of_severity(severity: int) -> str:
    """Say how bad an alarm of a station is."""
    return "bad" if severity <= GRAVE else "warn"


def words_of(alarm: StationAlarm) -> str:
    """Say in one line what an alarm of a station is."""
    where = alarm.component if alarm.component != "ChargingStation" else ""
    what = " ".join(one for one in (alarm.code or alarm.variable or alarm.kind, alarm.vendor_code) if one)
    line = f"{where} {what}".strip() + (f": {alarm.text}" if alarm.text else "")
    return f"{line} ({alarm.count} times)" if alarm.count > 1 else line


def _of_station(alarm: StationAlarm) -> Alarm:
    over = "is over: " if alarm.cleared is not None else ""
    tone = "warn" if alarm.cleared is not None or alarm.acknowledged is not None else tone_of_severity(alarm.severity)
    return Alarm(tone=tone, title=alarm.station, detail=f"{over}{words_of(alarm)}", link=f"/alarms?station={alarm.station}")


def _faults(told: Iterable[StationAlarm]) -> Mapping[StationId, frozenset[EvseNumber]]:
    """Return of which EVSEs alarms say already that they are faulted, by station."""
    found: dict[StationId, set[EvseNumber]] = {}
    for one in told:
        if one.kind is AlarmKind.FAULT:
            found.setdefault(one.station, set()).add(one.evse)
    return {station: frozenset(evses) for station, evses in found.items()}


def _of(station: Station, told: frozenset[EvseNumber]) -> Iterator[Alarm]:
    link = f"/stations/{station.id}"
    if station.registration is Registration.QUARANTINED:
        yield Alarm(tone="warn", title=station.id, detail="knocks, and nobody registered it: admit or reject it", link=link)
    for number, evse in station.evses.items():
        for plug in evse.connectors.values():
            if plug.state == "faulted" and number not in told:
                words = " ".join(one for one in (plug.error, plug.vendor_error, plug.info) if one)
                yield Alarm(tone="bad", title=station.id, detail=f"EVSE {number} is faulted {words}".strip(), link=link)
    if station.state == "faulted" and EvseNumber(0) not in told:
        yield Alarm(tone="bad", title=station.id, detail="the station is faulted", link=link)
    for flag in station.flags:
        if flag in TOLD_BY_ALARMS:
            continue
        yield Alarm(tone="warn", title=station.id, detail=flag, link=link)
    went = station.connected is None and station.registration is Registration.ACCEPTED
    if went and any(one.ended is None for one in station.transfers.values()):
        yield Alarm(tone="warn", title=station.id, detail="is offline with a session open", link=link)
