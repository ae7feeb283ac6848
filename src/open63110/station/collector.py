# SPDX-License-Identifier: Apache-2.0
"""What a station logs of what it measures: samples at a rate, events from a weight on, always or around a trigger (8.3.9)."""

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.kernel.messages import Event
from open63110.model.log_criteria import LogCriteria, LogLevel, LogMask, LogSource, LogTrigger
from open63110.model.reading import Reading
from open63110.model.station import ConnectorReported, Station, StationConnected, StationDisconnected
from open63110.model.token import Credential
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, TransferState
from open63110.ports import Clock
from open63110.station.logbook import MOMENT, STAMP, Book, security_kind, stamp
from open63110.usecases.stations.monitor_station import FaultAppeared

COVERED: Final = "***"
"""What stands where something is masked."""

_WEIGHT: Final = {level: weight for weight, level in enumerate(LogLevel)}


class Measured(Protocol):
    """What is measured at a station."""

    powered: bool
    layout: tuple[int, ...]

    @property
    def noun(self) -> Station | None:
        """The station as its use cases see it."""

    @property
    def hardware(self) -> Any:
        """Its meters: readings(evse) and state(evse)."""


Named = Callable[[SubjectRef], Credential | None]
"""Tells whom a reference stands for, None if that was erased."""


class Collection:
    """What is logged by one set of criteria."""

    def __init__(self, criteria: LogCriteria, book: Book, measured: Measured, clock: Clock, named: Named) -> None:
        """Wait to be run.

        Args:
            criteria: as the station can keep to them.
            book: where it is written.
            measured: the station.
            clock: the time.
            named: tells whom a reference stands for.
        """
        self.criteria, self.book = criteria, book
        self._measured, self._clock, self._named = measured, clock, named
        self._ring: deque[tuple[datetime, Mapping[str, Any]]] = deque()
        self._until: datetime | None = None
        """Samples are kept until then; None: they go into the ring."""

    async def run(self) -> None:
        """Sample at moments that lie a period apart, for ever; what is missed is missed, and never made up."""
        period, clock = self.criteria.period, self._clock
        tick = math.floor(clock.now().timestamp() / period) + 1
        while True:
            ahead = tick * period - clock.now().timestamp()
            if ahead > 0:
                await asyncio.sleep(max(0.0, clock.real(ahead)))
                continue
            if self._measured.powered:
                self._sampled(clock.now())
            tick = max(tick + 1, math.floor(clock.now().timestamp() / period))
            await asyncio.sleep(0)

    # -- samples --

    def _sampled(self, now: datetime) -> None:
        for said in self._samples():
            self._keep(now, said)

    def _samples(self) -> Iterator[dict[str, Any]]:
        for number in range(1, len(self._measured.layout) + 1):
            if LogSource.POWER in self.criteria.sources:
                values = {_name(one): one.value for one in self._measured.hardware.readings(number)}
                yield {"what": "sample", "source": LogSource.POWER, "evse": number, "values": values}
            if LogSource.EV in self.criteria.sources:
                yield {"what": "sample", "source": LogSource.EV, "evse": number, **self._ev(number)}

    def _ev(self, number: int) -> dict[str, Any]:
        state: TransferState | None = self._measured.hardware.state(number)
        noun = self._measured.noun
        found = noun.evses.get(EvseNumber(number)) if noun else None
        running = (
            next((one for one in noun.transfers.values() if one.evse == number and one.ended is None), None) if noun else None
        )
        said: dict[str, Any] = {"state": state or "idle"}
        needs = (running.needs if running else None) or (found.needs if found else None)
        if needs is not None:
            said["soc"] = needs.soc_now
            said["departure"] = None if needs.departure is None else stamp(needs.departure)
        return said | self._whose(running)

    def _whose(self, running: EnergyTransfer | None) -> dict[str, Any]:
        return {} if running is None or running.subject is None else {"id_token": self._shown(running.subject)}

    def _shown(self, subject: SubjectRef) -> str:
        """Return a credential as criteria allow."""
        if LogMask.ID_TOKEN in self.criteria.mask:
            return COVERED
        found = self._named(subject)
        return COVERED if found is None else found.value

    # -- events --

    def heard(self, fact: Event) -> None:
        """Log a fact if it is of a source and heavy enough, and look whether it is what samples are kept for."""
        source, level = _source(fact)
        if source in self.criteria.sources and _WEIGHT[level] >= _WEIGHT[self.criteria.level]:
            self._keep(fact.at, {"what": type(fact).__name__, "source": source, "level": level, **self._about(fact)})
        if self.criteria.trigger is not None and _sets_off(self.criteria.trigger, fact):
            self._triggered(fact)

    def _about(self, fact: Event) -> dict[str, Any]:
        names = ("evse", "connector", "state", "error", "code", "wire", "reason", "status")
        said = {name: getattr(fact, name) for name in names if getattr(fact, name, None) not in (None, "")}
        subject = getattr(fact, "subject", None)
        return said | ({} if subject is None else {"id_token": self._shown(subject)})

    def _triggered(self, fact: Event) -> None:
        """Keep what the ring holds of the time before, and everything for a while from now on."""
        begin = fact.at - timedelta(seconds=self.criteria.before)
        for at, said in self._ring:
            if at >= begin:
                self.book.write(at, said)
        self._ring.clear()
        self._until = max(fact.at + timedelta(seconds=self.criteria.after), self._until or fact.at)
        code = getattr(fact, "code", "")
        self.book.write(fact.at, self._marked({"what": "trigger", "trigger": self.criteria.trigger, "code": code}))

    # -- where it goes --

    def _keep(self, at: datetime, said: Mapping[str, Any]) -> None:
        marked = self._marked(said)
        if self.criteria.trigger is None or (self._until is not None and at <= self._until):
            self.book.write(at, marked)
            return
        self._until = None
        self._ring.append((at, marked))
        oldest = at - timedelta(seconds=self.criteria.before)
        while self._ring and self._ring[0][0] < oldest:
            self._ring.popleft()

    def _marked(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return {"criteria": self.criteria.id, **said}


class Collected:
    """The log of what was measured: all collections together, in the order of time; implements logbook.Book."""

    def __init__(self, clock: Clock) -> None:
        """Hold nothing yet."""
        self._clock = clock
        self.books: dict[str, tuple[Book, float]] = {}
        """By id of the criteria: where it is written, and how long that is kept [s]."""

    def write(self, at: datetime, fact: Event | Mapping[str, Any]) -> None:
        """Nobody writes here but collections, each in a book of its own."""

    def lines(self) -> Iterator[bytes]:
        """Return every line that is not too old."""
        now = self._clock.now()
        young = [_since(book, now - timedelta(seconds=kept)) for book, kept in tuple(self.books.values())]
        return heapq.merge(*young, key=lambda line: line[MOMENT : MOMENT + STAMP])


def _since(book: Book, oldest: datetime) -> Iterator[bytes]:
    begin = stamp(oldest).encode()
    return (line for line in book.lines() if line[MOMENT : MOMENT + STAMP] >= begin)


def _name(reading: Reading) -> str:
    return f"{reading.measurand}.{reading.phase}" if reading.phase else str(reading.measurand)


def _source(fact: Event) -> tuple[LogSource | None, LogLevel]:
    """Return where a fact comes from, and how heavy it is."""
    match fact:
        case ConnectorReported():
            return LogSource.CONNECTOR, LogLevel.ERROR if fact.state == "faulted" else LogLevel.INFO
        case FaultAppeared():
            return LogSource.CONNECTOR, LogLevel.ERROR
        case StationConnected():
            return LogSource.LINK, LogLevel.INFO
        case StationDisconnected():
            return LogSource.LINK, LogLevel.WARNING
        case EnergyTransferStarted() | EnergyTransferEnded():
            return LogSource.EV, LogLevel.INFO
    return (LogSource.AUTHORIZATION, LogLevel.INFO) if getattr(fact, "subject", None) is not None else (None, LogLevel.DEBUG)


def _sets_off(trigger: LogTrigger, fact: Event) -> bool:
    match trigger:
        case LogTrigger.FAULT:
            return isinstance(fact, FaultAppeared) and bool(fact.code)
        case LogTrigger.SECURITY:
            return bool(security_kind(fact))
        case LogTrigger.TRANSFER:
            return isinstance(fact, EnergyTransferStarted | EnergyTransferEnded)
