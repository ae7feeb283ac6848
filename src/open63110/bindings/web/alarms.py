# SPDX-License-Identifier: Apache-2.0
"""What an operator has to look at, and the figures at the top of the first page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from open63110.bindings.web.queries import state_of
from open63110.kernel.errors import Unavailable
from open63110.model.power import PowerAlarm
from open63110.model.station import Registration, Station

HELD = frozenset({"ActorSilent", "Contradiction", "PlannerAway", "Refused", "MeterDoubted", "Unreachable"})
"""Kinds of alarms about power in which limits are kept all the same."""


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
    stations: Iterable[Station], trouble: Unavailable | None, quarantined: int, power: Iterable[PowerAlarm] = ()
) -> Iterator[Alarm]:
    """Return what needs a person, the worst first."""
    if trouble is not None:
        yield Alarm(tone="bad", title="Nothing can be stored", detail=trouble.message, link="/readyz")
    found = [alarm for station in stations for alarm in _of(station)] + [_of_power(one) for one in power]
    yield from sorted(found, key=lambda one: (one.tone != "bad", one.title))
    if quarantined:
        words = (
            f"{quarantined} input{'s' if quarantined > 1 else ''} could not be understood and wait{'s' * (quarantined == 1)} here"
        )
        yield Alarm(tone="warn", title="Quarantine", detail=words, link="/quarantine")


def tone_of(alarm: PowerAlarm) -> str:
    """Say how bad an alarm about power is: bad where more flows than may, or could."""
    return "warn" if alarm.kind in HELD else "bad"


def _of_power(alarm: PowerAlarm) -> Alarm:
    detail = f"{alarm.kind} at {alarm.place}{f': {alarm.detail}' if alarm.detail else ''}"
    return Alarm(tone=tone_of(alarm), title=str(alarm.site), detail=detail, link=f"/sites/{alarm.site}")


def _of(station: Station) -> Iterator[Alarm]:
    link = f"/stations/{station.id}"
    if station.registration is Registration.QUARANTINED:
        yield Alarm(tone="warn", title=station.id, detail="knocks, and nobody registered it: admit or reject it", link=link)
    for number, evse in station.evses.items():
        for plug in evse.connectors.values():
            if plug.state == "faulted":
                words = " ".join(one for one in (plug.error, plug.vendor_error, plug.info) if one)
                yield Alarm(tone="bad", title=station.id, detail=f"EVSE {number} is faulted {words}".strip(), link=link)
    if station.state == "faulted":
        yield Alarm(tone="bad", title=station.id, detail="the station is faulted", link=link)
    for flag in station.flags:
        yield Alarm(tone="warn", title=station.id, detail=flag, link=link)
    went = station.connected is None and station.registration is Registration.ACCEPTED
    if went and any(one.ended is None for one in station.transfers.values()):
        yield Alarm(tone="warn", title=station.id, detail="is offline with a session open", link=link)
