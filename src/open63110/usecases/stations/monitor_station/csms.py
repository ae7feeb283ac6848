# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does with what it hears of the state of a station.

Liveness: whoever keeps the links remembers in memory when each station was last heard, looks through them from time to time,
and asks CheckSilence of those for which `might_be_silent` holds. A sign of life itself is no fact.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from open63110.kernel.errors import Malformed
from open63110.kernel.messages import Effect
from open63110.model.policy import Policy
from open63110.model.quirk import seconds_of
from open63110.model.station import CLOCK, ConnectorReported, Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.evolve import SILENT, seen
from open63110.usecases.stations.monitor_station.judging import judge_connector, judge_event
from open63110.usecases.stations.monitor_station.messages import (
    Acknowledged,
    CheckSilence,
    Heartbeat,
    JudgeClock,
    MeterValuesReported,
    StationClockDoubted,
    StationClockTrusted,
    StationEventReported,
    StationFellSilent,
    StationHeardAgain,
    TimeAnswer,
)
from open63110.usecases.stations.monitor_station.raising import raise_alarm
from open63110.usecases.stations.monitor_station.reaching import SILENT as SILENT_ON_LINK
from open63110.usecases.stations.monitor_station.reaching import unreached

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
"""No station that speaks any wire of ours reported before; an older time shows a clock that was never set."""

STEADY = 60.0
"""By how much the error of a clock may change before that is worth a fact [s]."""

MOST_EVSES = 999
"""EVSEs of one station, and connectors of one EVSE; more is not a picture but an attack on memory."""


def hear_heartbeat(command: Heartbeat, station: Station | None, now: datetime) -> Iterator[Effect]:
    """Tell the time. Leaves no fact, but for a station that was thought silent."""
    yield TimeAnswer(now=now)
    if station is not None:
        yield from _heard(station, now)


def hear_connector(event: ConnectorReported, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep every report, but the one that comes twice, and raise an alarm where one says that something is wrong.

    Raises:
        Malformed: the numbers of EVSE and connector cannot be.
    """
    if not (0 <= event.evse <= MOST_EVSES and 0 <= event.connector <= MOST_EVSES):
        raise Malformed(f"EVSE {event.evse}, connector {event.connector} cannot be", code="OutOfRange", where="evse")
    told = event if EARLIEST <= event.at <= now else replace(event, at=now)
    if not _came_already(told, station):
        yield told
        yield from judge_connector(told, station, rows, now, policy)
    yield from _doubt(event, station, now, policy)
    yield from _heard(station, now)
    yield Acknowledged()


def _came_already(event: ConnectorReported, station: Station) -> bool:
    """Tell whether just this is known; an older repetition is kept twice, which does no harm."""
    evse = station.evses.get(event.evse)
    return evse is not None and evse.connectors.get(event.connector) == seen(event)


def _doubt(event: ConnectorReported, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Mark a station whose times cannot be. Old ones can: they may have waited for a link."""
    ahead = (event.at - now).total_seconds()
    if (event.at < EARLIEST or ahead > policy.clock_tolerance) and CLOCK not in station.flags:
        yield StationClockDoubted(station=station.id, at=now, ahead=ahead)


def judge_clock(command: JudgeClock, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Mark a station whose clock is off, with by how much, and take the mark off one that is right again."""
    doubted = CLOCK in station.flags
    if abs(command.ahead) <= policy.clock_tolerance:
        if doubted:
            yield StationClockTrusted(station=station.id, at=now)
    elif not doubted or abs(command.ahead - station.clock_ahead) > STEADY:
        yield StationClockDoubted(station=station.id, at=now, ahead=command.ahead)


def hear_event(event: StationEventReported, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep it, and raise or clear an alarm where it is one."""
    yield event
    yield from judge_event(event, station, rows, now, policy)
    yield from _heard(station, now)
    yield Acknowledged()


def hear_meter_values(event: MeterValuesReported, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep them, if there are any."""
    if event.readings:
        yield event
    yield from _heard(station, now)
    yield Acknowledged()


def might_be_silent(station: Station, heard: datetime | None, now: datetime, policy: Policy) -> bool:
    """Tell whether CheckSilence would have something to say of a station that was last heard then."""
    return station.connected is not None and _is_silent(station, heard, now, policy) != (SILENT in station.flags)


def check_silence(command: CheckSilence, station: Station, rows: Rows, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Alarm once when a connected station is not heard for too long, and once when it is again."""
    if not might_be_silent(station, command.heard, now, policy):
        return
    if SILENT in station.flags:
        yield StationHeardAgain(station=station.id, at=now)
    else:
        yield StationFellSilent(station=station.id, at=now)
        since = command.heard or station.connected or now
        words = f"not heard on its link since {since:%Y-%m-%d %H:%M:%S} UTC"
        yield from raise_alarm(unreached(station, SILENT_ON_LINK, words, since), station, rows, now, policy)


def _is_silent(station: Station, heard: datetime | None, now: datetime, policy: Policy) -> bool:
    newest = heard or station.connected
    return newest is not None and (now - newest).total_seconds() > _silent_after(station, policy)


def _silent_after(station: Station, policy: Policy) -> float:
    if not policy.quirks:
        return policy.silent_after
    return seconds_of("silent_after", policy.silent_after, policy.quirks, station.id, station.identity)


def _heard(station: Station, now: datetime) -> Iterator[Effect]:
    if SILENT in station.flags:
        yield StationHeardAgain(station=station.id, at=now)
