# SPDX-License-Identifier: Apache-2.0
"""Looks at what the monitors of a station watch, as often as they need it, and tells what there is to tell (8.3.5).

What monitors there are is a row, and when one tells something is decided by the use case; here is what must not cost a write at
each look: what was seen last, and the values of streams until a portion of them is full. It begins anew with the program, so that
what is beyond a threshold then is told again.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Command, Event
from open63110.kernel.units import Watts
from open63110.model.device import VariableAddress
from open63110.model.monitor import PERIODIC, Monitor, Monitoring, StreamTerms
from open63110.ports import Clock
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.monitor_station.evaluating import Happening, Look, Value, Watch, look
from open63110.usecases.stations.monitor_station.streams import CloseStream, OpenStream, StreamAnswered, StreamSampled

EVERY: Final = 1.0
"""Between two looks, unless a period is shorter [s]."""

SHORTEST: Final = 0.02
"""Between two looks in any case [s]."""

PORTION: Final = StreamTerms(values=10)
"""Of a stream of which nobody said in which portions it comes."""

MOST: Final = 1_000
"""Values of a stream that wait while they cannot be sent; the oldest go first."""


class Sight(Protocol):
    """What a watcher needs of its station."""

    def values(self) -> Mapping[VariableAddress, Value]:
        """Read everything that can be watched."""

    def offer(self, evse: EvseNumber) -> Watts:
        """Return what an EVSE may give: what its power is compared with."""

    def running(self, evse: int) -> TransferReference | None:
        """Return what runs at an EVSE."""

    def tell(self, event: StationEventReported) -> None:
        """Tell an event."""

    def ask(self, message: Command | Event) -> bool:
        """Tell or ask something that is worth nothing later; False: it cannot go now."""


class _Stream:
    """A stream of one monitor."""

    __slots__ = ("accepted", "asked", "kept", "sent", "terms")

    def __init__(self, terms: StreamTerms, now: datetime) -> None:
        self.terms = terms
        self.asked = self.accepted = False
        self.kept: list[tuple[datetime, Value]] = []
        self.sent = now


class Watcher:
    """Of one station."""

    __slots__ = ("_clock", "_handle", "_last", "_sight", "_station", "_streams", "_watches")

    def __init__(self, station: StationId, clock: Clock, sight: Sight) -> None:
        """Have nothing to watch yet."""
        self._station, self._clock, self._sight = station, clock, sight
        self._watches: dict[int, Watch] = {}
        self._streams: dict[int, _Stream] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._last = 0

    # -- what there is to watch --

    def take(self, monitoring: Monitoring | None) -> None:
        """Watch what is installed; what was watched before and is the same goes on."""
        now = self._clock.now()
        installed = {one.id: one for one in monitoring.installed} if monitoring is not None else {}
        before = self._watches
        self._watches = {
            number: before[number] if number in before and _alike(before[number].monitor, one) else Watch(monitor=one)
            for number, one in installed.items()
        }
        for number in [one for one in self._streams if one not in installed or installed[one].stream is None]:
            if self._streams.pop(number).accepted:
                self._sight.ask(CloseStream(station=self._station, number=number))
        for number, one in installed.items():
            if one.stream is not None:
                self._streams.setdefault(number, _Stream(one.stream, now)).terms = one.stream
        self.open()
        self._arm()

    def stop(self) -> None:
        """Look no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def open(self, *, anew: bool = False) -> None:
        """Ask for the streams that are not open; ``anew``: the CSMS may have forgotten all of them."""
        for number, one in self._streams.items():
            if anew:
                one.asked = one.accepted = False
            if not one.asked:
                one.asked = self._sight.ask(OpenStream(station=self._station, number=number, monitor=number, terms=one.terms))

    def answered(self, answer: StreamAnswered) -> None:
        """Begin to send a stream that is taken; the values of another come as events."""
        stream = self._streams.get(answer.number)
        if stream is not None:
            stream.accepted, stream.sent = answer.accepted, self._clock.now()

    # -- looking --

    def _arm(self) -> None:
        if self._watches and self._handle is None:
            self._handle = asyncio.get_running_loop().call_later(self._clock.real(self._pause()), self._due)
        elif not self._watches:
            self.stop()

    def _pause(self) -> float:
        """Return when to look again [s]: when the next period has passed, or before."""
        now = self._clock.now()
        dues = [one.due for one in self._watches.values() if one.due is not None]
        waits = [one.monitor.value for one in self._watches.values() if one.due is None and one.monitor.kind in PERIODIC]
        return max(SHORTEST, min([EVERY, *waits, *((one - now).total_seconds() for one in dues)]))

    def _due(self) -> None:
        self._handle = None
        self.look()
        self._arm()

    def look(self) -> None:
        """Look at everything once."""
        now, values = self._clock.now(), self._sight.values()
        for number, watch in tuple(self._watches.items()):
            transfer = self._transfer(watch.monitor)
            idle = watch.monitor.transaction and not transfer
            seen = None if idle else self._seen(watch.monitor, values)
            self._watches[number], happening = look(watch, seen, now)
            if happening is not None and seen is not None:
                self._happened(watch.monitor, happening, seen.value, transfer, now)
        for number, stream in self._streams.items():
            self._send(number, stream, now)

    def _transfer(self, monitor: Monitor) -> TransferReference:
        evse = monitor.address.component.evse
        return (self._sight.running(evse) if evse else None) or TransferReference("")

    def _seen(self, monitor: Monitor, values: Mapping[VariableAddress, Value]) -> Look | None:
        value = values.get(monitor.address)
        if value is None:
            return None
        part = monitor.address.component
        power = part.name == "EVSE" and monitor.address.name == "Power"
        return Look(value, float(self._sight.offer(part.evse)) if power else None)

    def _happened(self, monitor: Monitor, happening: Happening, value: Value, transfer: TransferReference, now: datetime) -> None:
        stream = self._streams.get(monitor.id)
        if stream is not None and stream.accepted:
            stream.kept.append((now, value))
            del stream.kept[:-MOST]
            return
        part, variable = monitor.address.component, monitor.address
        self._last = max(self._last + 1, int(now.timestamp()))  # rises over restarts, too
        event = StationEventReported(
            station=self._station,
            at=now,
            component=_path(part.name, part.instance) + (f":{part.connector}" if part.connector else ""),
            variable=_path(variable.name, variable.instance),
            severity=monitor.severity,
            actual=_written(value),
            cleared=happening.cleared,
            event_id=self._last,
            evse=part.evse,
            monitor=monitor.id,
            transfer=transfer,
            trigger=happening.trigger,
        )
        self._sight.tell(event)

    # -- streams --

    def _send(self, number: int, stream: _Stream, now: datetime) -> None:
        """Send a portion that is full, or late enough."""
        terms = stream.terms if stream.terms != StreamTerms() else PORTION
        full = terms.values is not None and len(stream.kept) >= terms.values
        late = terms.interval is not None and now - stream.sent >= timedelta(seconds=terms.interval)
        if not stream.kept or not (full or late):
            return
        begin = stream.kept[0][0]
        portion = StreamSampled(
            station=self._station,
            at=begin,
            number=number,
            offsets=tuple((at - begin).total_seconds() for at, _ in stream.kept),
            values=tuple(_written(value) for _, value in stream.kept),
        )
        stream.sent = now
        if self._sight.ask(portion):
            stream.kept.clear()


def _alike(one: Monitor, other: Monitor) -> bool:
    """Tell whether nothing has changed but in which portions values come."""
    return msgspec.structs.replace(one, stream=None) == msgspec.structs.replace(other, stream=None)


def _path(name: str, instance: str) -> str:
    return f"{name}/{instance}" if instance else name


def _written(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
