# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about monitors: wishes are rows, kept while a station is away, and compared with what it has later."""

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.kernel.units import Seconds
from open63110.model.device import VariableAddress, variable_address
from open63110.model.monitor import (
    DEBUG,
    PERIODIC,
    Monitor,
    Monitoring,
    MonitoringChanged,
    MonitorKind,
    MonitorWish,
    StreamTerms,
)
from open63110.model.station import Station
from open63110.model.stream import EventStream, EventStreamChanged
from open63110.ports import Rows, Where
from open63110.usecases.stations.monitor_station.monitors import (
    ClearMonitors,
    MonitorRefused,
    MonitorsCleared,
    MonitorSet,
    SetMonitor,
)

MONITORS: Final = "monitors"
"""Among Station.lacks: it has no monitors that could be set."""

TARGETS: Final = "monitors-of-targets"
"""Among Station.lacks: it cannot compare a variable with its target."""

STREAMS: Final = "event-streams"
"""Among Station.lacks: it sends no streams of values."""

MOST: Final = 500
"""Monitors that may be wanted at one station."""

MOST_SAMPLES: Final = 10_000
"""Values of a stream that may come at a time."""

LONGEST: Final = 86_400.0
"""Between two portions of a stream [s]."""


def known(station: StationId, rows: Rows, now: datetime) -> Monitoring:
    """Return what is known of the monitors of a station."""
    return rows.get(Monitoring, station) or Monitoring(station=station, at=now)


def told(monitoring: Monitoring, now: datetime) -> MonitoringChanged:
    """Return the fact that monitoring is like this now."""
    return MonitoringChanged(station=monitoring.station, at=now, monitoring=replace(monitoring, at=now))


def wished(command: SetMonitor) -> Monitor:
    """Read what is to be watched.

    Raises:
        Malformed: no monitor can be like that.
    """
    address = variable_address(command.variable)
    if not 0 <= command.severity <= DEBUG:
        raise Malformed(f"severities are 0 to {DEBUG}, not {command.severity}", code="InvalidValue", where="severity")
    positive = command.kind not in {MonitorKind.UPPER, MonitorKind.LOWER}
    if not isfinite(command.value) or (positive and command.value <= 0):
        words = f"{command.value:g} is no value of a monitor of the kind {command.kind}"
        raise Malformed(words, code="InvalidValue", where="value")
    return Monitor(
        address=address,
        kind=command.kind,
        value=command.value,
        severity=command.severity,
        id=command.id,
        transaction=command.transaction,
        stream=_terms(command),
    )


def _terms(command: SetMonitor) -> StreamTerms | None:
    found = portions(command.stream_every, command.stream_values, "stream_every")
    if found is not None and command.kind not in PERIODIC | {MonitorKind.DELTA}:
        raise Malformed("streams belong to periodic monitors and to deltas", code="InvalidValue", where="kind")
    return found


def portions(every: Seconds | None, values: int | None, where: str) -> StreamTerms | None:
    """Read in which portions a stream is sent; None: nothing was said.

    Raises:
        Malformed: in some that cannot be.
    """
    if every is None and values is None:
        return None
    if (every is not None and not 0 < every <= LONGEST) or (values is not None and not 0 < values <= MOST_SAMPLES):
        words = f"a stream is sent at least once a day, 1 to {MOST_SAMPLES} values at a time"
        raise Malformed(words, code="InvalidValue", where=where)
    return StreamTerms(interval=every, values=values)


def same(one: Monitor, other: Monitor) -> bool:
    """Tell whether two monitors are about the same: only one of them can be."""
    return (one.address, one.kind, one.severity) == (other.address, other.kind, other.severity)


def ask(command: SetMonitor, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep the wish, and pass it on; a station that is away gets it when it is back.

    Raises:
        Malformed: no monitor can be like that.
        NotSupported: the station has none of that kind.
        Refused: too many are wanted already.
    """
    monitor = wished(command)
    _demand_able(monitor, station)
    monitoring = known(station.id, rows, now)
    others = tuple(one for one in monitoring.wishes if not same(one.monitor, monitor))
    if len(others) >= MOST:
        raise Refused(f"{MOST} monitors are wanted at {station.id} already", code="TooManyElements", where="variable")
    monitor = replace(monitor, id=_number(monitoring, monitor))
    wish = MonitorWish(monitor=monitor, by=command.by, at=now)
    yield told(replace(monitoring, wishes=(*others, wish)), now)
    yield replace(command, id=monitor.id)


def _demand_able(monitor: Monitor, station: Station) -> None:
    if MONITORS in station.lacks:
        raise NotSupported(f"{station.wire} has no monitors", code="NoMonitors", where="variable")
    if monitor.kind in {MonitorKind.TARGET_DELTA, MonitorKind.TARGET_DELTA_RELATIVE} and TARGETS in station.lacks:
        raise NotSupported(f"{station.wire} compares nothing with its target", code="UnsupportedKind", where="kind")
    if monitor.stream is not None and STREAMS in station.lacks:
        raise NotSupported(f"{station.wire} has no streams of values", code="NoStreams", where="stream_every")


def _number(monitoring: Monitoring, monitor: Monitor) -> int:
    """Return what the station calls the monitor that is replaced, 0 if it has none."""
    here = (*(one.monitor for one in monitoring.wishes), *monitoring.installed)
    return next((one.id for one in here if one.id and same(one, monitor) and one.origin == "custom"), 0)


def monitor_set(event: MonitorSet, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep what the station calls it."""
    yield event
    yield told(_answered(known(station.id, rows, now), event.monitor, now), now)


def _answered(monitoring: Monitoring, monitor: Monitor, now: datetime) -> Monitoring:
    wishes = tuple(
        replace(one, monitor=replace(one.monitor, id=monitor.id or one.monitor.id), state="set", reason="", at=now)
        if same(one.monitor, monitor)
        else one
        for one in monitoring.wishes
    )
    others = tuple(one for one in monitoring.installed if not same(one, monitor))
    return replace(monitoring, wishes=wishes, installed=(*others, monitor))


def monitor_refused(event: MonitorRefused, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep why, so that it is not asked again and again."""
    yield event
    monitoring = known(station.id, rows, now)
    wishes = tuple(
        replace(one, state="refused", reason=event.reason, at=now) if _awaited(one, event.monitor) else one
        for one in monitoring.wishes
    )
    yield told(replace(monitoring, wishes=wishes), now)


def _awaited(wish: MonitorWish, monitor: Monitor) -> bool:
    """Tell whether an answer is to a wish; one that is fulfilled was asked twice."""
    return wish.state == "wanted" and same(wish.monitor, monitor)


def clear(command: ClearMonitors, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Want them no longer, and pass that on; what the station never had is forgotten here.

    Raises:
        NotSupported: the station has none.
        Unknown: nothing is known of such a monitor.
        Malformed: that names no monitor.
    """
    if MONITORS in station.lacks:
        raise NotSupported(f"{station.wire} has no monitors", code="NoMonitors", where="ids")
    monitoring = known(station.id, rows, now)
    meant = _meant(command, monitoring)
    ids = tuple(dict.fromkeys((*command.ids, *(one.id for one in meant if one.id))))
    if not ids and not meant:
        raise Unknown("nothing is known of such a monitor", code="UnknownMonitor", where="variable")
    stay = [one for one in monitoring.wishes if one.monitor.id or one.monitor not in meant]
    wishes = tuple(replace(one, state="unwanted", at=now) if one.monitor.id in ids else one for one in stay)
    yield told(replace(monitoring, wishes=wishes), now)
    if ids:
        yield ClearMonitors(station=station.id, ids=ids)


def _meant(command: ClearMonitors, monitoring: Monitoring) -> list[Monitor]:
    """Return the monitors that are named by what they are about."""
    if not command.variable:
        return []
    address: VariableAddress = variable_address(command.variable)
    here = (*(one.monitor for one in monitoring.wishes), *monitoring.installed)
    mine = [one for one in here if one.address == address and one.origin == "custom"]
    return [one for one in mine if command.kind in {None, one.kind}]


def cleared(event: MonitorsCleared, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Forget them, and expect no more of their streams."""
    yield event
    monitoring = known(station.id, rows, now)
    gone = frozenset(event.ids)
    wishes = tuple(one for one in monitoring.wishes if one.monitor.id not in gone)
    installed = tuple(one for one in monitoring.installed if one.id not in gone)
    yield told(replace(monitoring, wishes=wishes, installed=installed), now)
    for one in rows.load(EventStream, Where("station", "=", station.id)):
        if one.closed is None and one.monitor in gone:
            over = replace(one, closed=now)
            yield EventStreamChanged(station=station.id, at=now, id=one.id, event_stream=over)


def settle(monitoring: Monitoring) -> Iterator[Effect]:
    """Set what is wanted and clear what is not. What is on its way besides is answered as known, which changes nothing."""
    for one in monitoring.wishes:
        if one.state == "wanted":
            yield command_for(monitoring.station, one.monitor)
    gone = tuple(one.monitor.id for one in monitoring.wishes if one.state == "unwanted")
    if gone:
        yield ClearMonitors(station=monitoring.station, ids=gone)


def command_for(station: StationId, monitor: Monitor) -> SetMonitor:
    """Return the command that sets a monitor."""
    stream = monitor.stream or StreamTerms()
    return SetMonitor(
        station=station,
        variable=str(monitor.address),
        kind=monitor.kind,
        value=monitor.value,
        severity=monitor.severity,
        transaction=monitor.transaction,
        stream_every=stream.interval,
        stream_values=stream.values,
        id=monitor.id,
    )
