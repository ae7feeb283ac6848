# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about monitors: it has them, tells which, and forgets them. Its controller looks at values."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.device import Inventory, VariableAddress, of_evse, of_station, variable_address
from open63110.model.monitor import DEBUG, DROPPING, PERIODIC, Monitor, Monitoring, MonitorKind
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearAnswer,
    ClearMonitors,
    MonitorAnswer,
    MonitorGroup,
    MonitorsReported,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from open63110.usecases.stations.monitor_station.streams import (
    AdjustStream,
    AskStreams,
    ShownStream,
    StreamAnswered,
    StreamsAnswer,
)
from open63110.usecases.stations.monitor_station.watching import known, portions, same, told, wished

OF_EVSE: Final = ("Power", "ACCurrent", "ACVoltage", "Temperature")
"""Variables of an EVSE that change by themselves."""

OF_STATION: Final = ("Temperature", "UptimeSeconds")
"""… and of the station."""

MOST: Final = 100
"""Monitors that a station has at most."""

PAGE: Final = 10
"""Monitors in one part of a report."""

ACCEPTED: Final = "accepted"

NOTHING: Final = "EmptyResultSet"
"""Code of the refusal to report monitors that there are none of: an answer all the same."""


def watchable(station: Station) -> Iterator[VariableAddress]:
    """Return what of a station can be watched, whatever else it has."""
    for name in OF_STATION:
        yield of_station(name)
    for number in sorted(station.evses):
        for name in OF_EVSE:
            yield of_evse(number, name)


def install(command: SetMonitor, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Watch from now on, or say why not: other monitors of the same message are not concerned."""
    monitor = wished(command)
    monitoring = known(station.id, rows, now)
    status, reason = _judged(monitor, monitoring, station, rows)
    if status == ACCEPTED:
        number = monitor.id or 1 + max((one.id for one in monitoring.installed), default=0)
        monitor = replace(monitor, id=number)
        others = tuple(one for one in monitoring.installed if one.id != number)
        yield told(replace(monitoring, installed=(*others, monitor)), now)
    yield MonitorAnswer(monitor=monitor, status=status, reason=reason)


def _judged(monitor: Monitor, monitoring: Monitoring, station: Station, rows: Rows) -> tuple[str, str]:
    addresses = _addresses(station, rows)
    if monitor.address not in addresses:
        here = any(one.component == monitor.address.component for one in addresses)
        return ("unknown-variable" if here else "unknown-component"), ""
    installed = {one.id: one for one in monitoring.installed}
    if monitor.id and monitor.id not in installed:
        return "rejected", "UnknownMonitor"
    if monitor.id and installed[monitor.id].origin == "hard-wired":
        return "rejected", "HardWired"
    if any(same(one, monitor) and one.id != monitor.id for one in monitoring.installed):
        return "duplicate", ""
    if not monitor.id and len(installed) >= MOST:
        return "rejected", "TooManyElements"
    return ACCEPTED, ""


def _addresses(station: Station, rows: Rows) -> frozenset[VariableAddress]:
    """Return what can be watched: what the station is known to measure, and what its inventory says of itself."""
    inventory = rows.get(Inventory, station.id)
    more = (one for one in inventory.variables if one.characteristics is not None) if inventory is not None else ()
    monitored = {one.address for one in more if one.characteristics is not None and one.characteristics.monitored}
    return frozenset(watchable(station)) | monitored


def uninstall(command: ClearMonitors, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Watch them no longer; what is built in stays."""
    monitoring = known(station.id, rows, now)
    origins = {one.id: one.origin for one in monitoring.installed}
    stay = tuple(one for one in command.ids if origins.get(one) == "hard-wired")
    gone = tuple(one for one in command.ids if one in origins and one not in stay)
    if gone:
        yield told(replace(monitoring, installed=tuple(one for one in monitoring.installed if one.id not in gone)), now)
    yield ClearAnswer(cleared=gone, unknown=tuple(one for one in command.ids if one not in origins), stay=stay)


def report(command: AskMonitors, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell which there are, part by part.

    Raises:
        Refused: there are none.
    """
    named = {variable_address(one) for one in command.variables}
    mine = (one for one in known(station.id, rows, now).installed if not named or one.address in named)
    found = tuple(one for one in mine if not command.kinds or group_of(one) in command.kinds)
    if not found:
        raise Refused("there are none of that kind", code=NOTHING)
    for seq, begin in enumerate(range(0, len(found), PAGE)):
        yield MonitorsReported(
            station=station.id,
            at=now,
            request=command.request,
            seq=seq,
            more=begin + PAGE < len(found),
            monitors=found[begin : begin + PAGE],
        )


def group_of(monitor: Monitor) -> MonitorGroup:
    """Return with which others a monitor is asked for."""
    if monitor.kind in PERIODIC:
        return "periodic"
    return "delta" if monitor.kind is MonitorKind.DELTA else "threshold"


def obey_base(command: SetMonitoringBase, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Go over to them, and forget what the CSMS has set where that is meant."""
    monitoring = replace(known(station.id, rows, now), base=command.base)
    if command.base in DROPPING:
        monitoring = replace(monitoring, installed=tuple(one for one in monitoring.installed if one.origin != "custom"))
    yield told(monitoring, now)


def obey_level(command: SetMonitoringLevel, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell what is as grave as that, or graver; a level that is none is refused by its wire."""
    level = max(0, min(command.severity, DEBUG))
    yield told(replace(known(station.id, rows, now), level=level), now)


def stream_answered(event: StreamAnswered) -> Iterator[Effect]:
    """Let whoever looks at values know."""
    yield event


def adjust_stream(command: AdjustStream, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Send in other portions; a stream has the number of its monitor here.

    Raises:
        Refused: there is no such stream.
    """
    monitoring = known(station.id, rows, now)
    mine = next((one for one in monitoring.installed if one.id == command.number and one.stream is not None), None)
    if mine is None:
        raise Refused(f"there is no stream {command.number}", code="UnknownStream", where="number")
    changed = replace(mine, stream=portions(command.every, command.values, "every") or mine.stream)
    others = tuple(one for one in monitoring.installed if one.id != command.number)
    yield told(replace(monitoring, installed=(*others, changed)), now)


def show_streams(command: AskStreams, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell which streams are sent."""
    del command
    found = known(station.id, rows, now).installed
    yield StreamsAnswer(
        streams=tuple(ShownStream(number=one.id, monitor=one.id, terms=one.stream) for one in found if one.stream is not None)
    )
