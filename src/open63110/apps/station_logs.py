# SPDX-License-Identifier: Apache-2.0
"""What stations do about their logs: write them down, and send what their CSMS asks for, by HTTP or in band (8.3.10)."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog

from open63110.apps.folder import usable
from open63110.apps.station_config import StationConfig
from open63110.bindings.link.errors import ErrorCode
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Event
from open63110.model.bulk import BulkStream, StreamState
from open63110.model.log_criteria import LogCriteria, LogCriteriaChanged, StationCriteria
from open63110.model.logs import LogChanged, LogKind, LogState, StationLog
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.station.collector import Collected, Collection, Measured
from open63110.station.logbook import FileBook, Logbook, stamp
from open63110.usecases.stations.retrieve_logs import LogProgressed
from open63110.wire.http import place_of
from open63110.wire.upload import Answer, ask_offset, put

if TYPE_CHECKING:  # stations on OCPP have no link, nor the megabytes that come with one
    from open63110.bindings.link.patterns.bulk import Streams

log = structlog.get_logger(__name__)

LOGS, OUTGOING = "logs", "outgoing"
"""Where the logs of a station lie, and what of them is on its way."""

REFUSED: Final = {401: LogState.PERMISSION_DENIED, 403: LogState.PERMISSION_DENIED, 400: LogState.BAD_MESSAGE}
"""Answers to which trying again is no use, beside what is in FINAL."""

FINAL: Final = frozenset({404, 405, 409, 410, 413, 415, 501})

ANEW: Final = frozenset({416, 422})
"""What was sent before is not what is sent now: from the begin."""

SUPERSEDED: Final = "superseded"
"""Why a task is cancelled whose log nobody wants any more."""

MakeStreams = Callable[[dict[str, Path | None], Callable[[BulkStream], None]], "Streams"]
"""Makes the streams of a station on a link: (what may be fetched by name, who is told of each that is over)."""


class StationLogs:
    """The logs of one station."""

    def __init__(
        self,
        station: StationId,
        engine: Engine,
        book: Logbook,
        folder: Callable[[], Path],
        *,
        tls: Callable[[], ssl.SSLContext | None] = lambda: None,
        streams: MakeStreams | None = None,
    ) -> None:
        """Write down, and send.

        Args:
            station: whose logs they are.
            engine: in the role of the station.
            book: where they are written.
            folder: where files lie that are on their way; made when it is asked for.
            tls: makes what is believed on HTTPS; None: the system's authorities.
            streams: makes the streams of its link, when the first log goes that way; None: it has no link.
        """
        self.station, self.engine, self.book = station, engine, book
        self.measured: Measured | None = None
        """Whose meters are read for what is logged by criteria; None: nobody's."""
        self.collected = Collected(engine.clock)
        book.books[LogKind.DATA_COLLECTOR] = self.collected
        self.collections: dict[str, Collection] = {}
        self._folder, self._tls, self._make = folder, tls, streams
        self.promised: dict[str, Path | None] = {}
        """What the CSMS may fetch in band, by name; None for a path: it is being written."""
        self.streams: Streams | None = None
        self._ends: dict[str, asyncio.Future[BulkStream]] = {}

    def criteria(self) -> list[StationCriteria]:
        """Return by what it is to log."""
        return self.engine.known.under_way.load(StationCriteria, (Where("station", "=", self.station),), {})

    def collection(self, criteria: LogCriteria) -> Collection | None:
        """Begin to log by criteria; None: there is nothing to measure."""
        if self.measured is None:
            return None
        book = self.book.made(LogKind.DATA_COLLECTOR, criteria.id, criteria.most)
        self.collected.books[criteria.id] = (book, criteria.retention)
        known = self.engine.known
        made = self.collections[criteria.id] = Collection(criteria, book, self.measured, self.engine.clock, known.credential)
        return made

    def heard(self, fact: Event) -> None:
        """Write down what happened."""
        self.book.note(fact)
        for one in self.collections.values():
            one.heard(fact)

    def open_ones(self) -> list[StationLog]:
        """Return what was asked for and has not gone yet."""
        found = self.engine.known.under_way.load(StationLog, (Where("station", "=", self.station),), {})
        return [one for one in found if one.open]

    def made_streams(self) -> "Streams | None":
        """Make the streams of its link, if it has one and they are not there; return those that are new."""
        if self._make is None or self.streams is not None:
            return None
        self.streams = self._make(self.promised, self.ended)
        return self.streams

    async def send(self, asked: StationLog) -> None:
        """Send one log, and say how far it is; who is cancelled says nothing more."""
        path = self._folder() / asked.name
        try:
            await asyncio.to_thread(self._write, asked, path)
            self._say(asked, LogState.UPLOADING)
            over = await (self._by_http(asked, path) if asked.location else self._in_band(asked, path))
        except (OSError, Trouble) as fault:
            log.warning("a log could not be sent", station=self.station, name=asked.name, reason=str(fault))
            over = LogState.FAILED
        except asyncio.CancelledError as fault:
            if SUPERSEDED in fault.args:  # else this program ends, and the next run goes on
                self._clean(asked.name, path)
            raise
        self._clean(asked.name, path)
        self._say(asked, over)

    def _clean(self, name: str, path: Path) -> None:
        self.promised.pop(name, None)
        path.unlink(missing_ok=True)
        for stream in [one for one in self._streams_of(name) if one.ended is None]:
            self.streams.cancel(stream.key)  # type: ignore[union-attr] # there is one of it

    def _streams_of(self, name: str) -> list[BulkStream]:
        return [] if self.streams is None else [one for one in self.streams.records.values() if one.name == name]

    def _write(self, asked: StationLog, path: Path) -> None:
        if path.exists():  # from the last run
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = {"at": stamp(asked.asked), "what": "log", "kind": asked.kind, "station": self.station}
        self.book.extract(asked.kind, path, about=about, oldest=asked.oldest, latest=asked.latest, most=asked.most)

    def _say(self, asked: StationLog, state: LogState) -> None:
        now = self.engine.clock.now()
        self.engine.hear((LogProgressed(station=self.station, at=now, state=state, request=asked.request),))

    # -- by HTTP --

    async def _by_http(self, asked: StationLog, path: Path) -> LogState:
        try:
            place = place_of(asked.location, asked.name)
        except ValueError:
            return LogState.BAD_MESSAGE
        tls = self._tls() if place.secure else None
        from open63110.bindings.link.patterns.files import FileSource  # noqa: PLC0415 - of links, as above

        digest = (await asyncio.to_thread(FileSource(path).offer, b"", "")).sha256
        offset = 0
        for attempt in range(asked.retries + 1):
            if attempt:
                await asyncio.sleep(self.engine.clock.real(asked.retry_after))
            try:
                if attempt:
                    offset = (await ask_offset(place, tls)).offset
                answer = await put(place, path, digest, offset=offset, tls=tls)
            except (OSError, TimeoutError) as fault:
                log.info("a log did not get through", station=self.station, attempt=attempt, reason=type(fault).__name__)
                continue
            state = self._judged(answer)
            if state is not None:
                return state
            offset = 0 if answer.status in ANEW else offset
        return LogState.FAILED

    def _judged(self, answer: Answer) -> LogState | None:
        """Return how it ended, None if another attempt may help."""
        if answer.done:
            return LogState.UPLOADED
        log.info("a log was not taken", station=self.station, status=answer.status)
        if answer.status in REFUSED:
            return REFUSED[answer.status]
        return LogState.FAILED if answer.status in FINAL else None

    # -- in band --

    async def _in_band(self, asked: StationLog, path: Path) -> LogState:
        if self.streams is None:
            return LogState.NOT_SUPPORTED
        end = self._ends[asked.name] = asyncio.get_running_loop().create_future()
        for stream in self._streams_of(asked.name):
            self.ended(stream)  # if it is: it was while nobody looked
        self.promised[asked.name] = path
        left = (asked.until - self.engine.clock.now()).total_seconds()
        try:
            async with asyncio.timeout(max(0.0, self.engine.clock.real(left))):
                stream = await end
        except TimeoutError:
            return LogState.FAILED
        finally:
            self._ends.pop(asked.name, None)
        if stream.state is StreamState.DONE:
            return LogState.UPLOADED
        return LogState.PERMISSION_DENIED if stream.reason == ErrorCode.NOT_AUTHORIZED.name else LogState.FAILED

    def ended(self, stream: BulkStream) -> None:
        """Hear that a stream is over."""
        end = self._ends.get(stream.name)
        if stream.ended is not None and end is not None and not end.done():
            end.set_result(stream)


class LogSenders:
    """The logs of all stations of a process: follows their facts, and owns what is on its way."""

    def __init__(self) -> None:
        """Know no station yet."""
        self._stations: dict[StationId, StationLogs] = {}
        self._engines: list[Engine] = []
        self._tasks: asyncio.TaskGroup | None = None
        self._sending: dict[StationId, asyncio.Task[None]] = {}
        self._collecting: dict[str, asyncio.Task[None]] = {}

    def add(self, one: StationLogs) -> StationLogs:
        """Take the logs of a station in."""
        self._stations[one.station] = one
        if one.engine not in self._engines:
            self._engines.append(one.engine)
            one.engine.commit.on_durable.append(self._look)
        return one

    def _look(self, entries: list[Entry]) -> None:
        for entry in entries:
            logs = self._stations.get(entry.station)
            if logs is None:
                continue
            fact: Any = entry.event
            logs.heard(fact)
            if entry.kind is LogCriteriaChanged:
                self._collect(logs, fact.key, fact.log_criteria)
            if entry.kind is LogChanged and fact.log is not None and fact.log.state is LogState.ACCEPTED:
                self._begin(logs, fact.log)

    def _begin(self, logs: StationLogs, asked: StationLog) -> None:
        """Send one log; the one before it is given up."""
        before = self._sending.pop(logs.station, None)
        if before is not None:
            before.cancel(SUPERSEDED)
        if self._tasks is None:
            return
        if not asked.location:
            logs.promised[asked.name] = None
            streams = logs.made_streams()
            if streams is not None:
                self._tasks.create_task(streams.run())
        task = self._sending[logs.station] = self._tasks.create_task(self._send(logs, asked))
        task.add_done_callback(lambda over: self._over(logs.station, over))

    def _collect(self, logs: StationLogs, key: str, row: StationCriteria | None) -> None:
        """Log by criteria as they are now, and no more as they were."""
        running = self._collecting.pop(key, None)
        if running is not None:
            running.cancel()
        logs.collections.pop(key.partition(":")[2], None)
        made = logs.collection(row.effective) if row is not None and row.effective is not None else None
        if made is not None and self._tasks is not None:
            self._collecting[key] = self._tasks.create_task(made.run())

    async def _send(self, logs: StationLogs, asked: StationLog) -> None:
        try:
            await logs.send(asked)
        except Trouble as trouble:
            log.warning("a log could not be sent", station=logs.station, name=asked.name, reason=trouble.message)

    def _over(self, station: StationId, task: "asyncio.Task[None]") -> None:
        if self._sending.get(station) is task:
            del self._sending[station]

    def _left(self) -> Iterator[tuple[StationLogs, StationLog]]:
        for logs in self._stations.values():
            for asked in logs.open_ones():
                yield logs, asked

    async def run(self) -> None:
        """Send what is asked for, and what the last run has left, for ever."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                for logs, asked in self._left():
                    self._begin(logs, asked)
                for logs in self._stations.values():
                    for row in logs.criteria():
                        self._collect(logs, row.key, row)
                await asyncio.Event().wait()
            finally:
                self._tasks = None


def logs_of(config: StationConfig, engine: Engine) -> StationLogs:
    """Make the logs of a station, on its disk.

    Raises:
        Unavailable: the folder cannot be made.
    """
    folder, named = Path(config.data), config.csms.authorities
    with usable(folder / LOGS):
        (folder / LOGS).mkdir(mode=0o700, exist_ok=True)

    def believed() -> ssl.SSLContext:
        """Return whom it believes to whom it sends files: the authorities of its CSMS, and those of the system."""
        context = ssl.create_default_context()
        if named:
            context.load_verify_locations(named)
        return context

    def made(kind: LogKind, part: str, most: int | None) -> FileBook:
        name = f"{kind}.{part}" if part else kind
        return FileBook(folder / LOGS / f"{name}.log", most or config.logbook.most)

    book = Logbook(made)
    return StationLogs(StationId(config.id), engine, book, lambda: folder / OUTGOING, tls=believed)
