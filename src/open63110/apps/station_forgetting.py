# SPDX-License-Identifier: Apache-2.0
"""How a station forgets on its disk what its CSMS has it forget, before it answers: a customer (8.3.12), or whose it is (8.3.13).

A customer's name stands in the journal's table of subjects, in raw frames, and in what was told over the link; nothing else
names anybody. Where the program ends meanwhile nothing is answered: a customer is ordered once more, and of a wipe a mark in
the data folder says at the next start that it was begun.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from msgspec.structs import replace

from open63110.apps.clock import SystemClock
from open63110.apps.ids import StoredIds
from open63110.apps.station_config import StationConfig
from open63110.apps.station_disk import Disk, disk_of
from open63110.apps.station_folder import FRAMES, JOURNAL, OUTBOX, WIPE
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Refused, Trouble, Unavailable
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.model.deletion import SubjectErased
from open63110.model.deregistration import Wipe
from open63110.model.own_device import OwnSettings, OwnSettingsChanged
from open63110.model.rotation import SECRET
from open63110.model.station import StationDisconnected
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Where
from open63110.runtime.engine import Answer, Engine, Turn
from open63110.runtime.table import discover
from open63110.store.frames import DailyFrames
from open63110.store.outbox import OutboxFile
from open63110.store.sqlite import SqliteStore
from open63110.store.words import Words
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache, SendLocalList
from open63110.usecases.stations.delete_information import AskCustomerInformation
from open63110.usecases.stations.deregister_station import StationWiped, WipeStation

log = structlog.get_logger(__name__)

NOBODY: Final = StationId("")

GONE_WITHIN: Final = 30.0
"""How long a station that was wiped waits for its CSMS to close the link [s]."""


class Forgetting:
    """Keeps the answer to some orders back until the disk has forgotten."""

    def __init__(
        self, engine: Engine, station: StationId, disk: Disk, waiting: Callable[[str], bool], told: Callable[[], None]
    ) -> None:
        """Wait for orders.

        Args:
            engine: decides them.
            station: whose disk it is.
            disk: where what lies.
            waiting: tells whether facts of an energy transfer are still to be told, by its reference.
            told: makes lasting what was told by now, so that a restart tells nothing again of somebody who is forgotten.
        """
        self._engine, self._station, self._disk, self._waiting, self._told = engine, station, disk, waiting, told
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wiped, self._closed = asyncio.Event(), asyncio.Event()
        engine.commit.follow((StationDisconnected,), lambda _: self._closed.set())

    # -- orders --

    def holds(self, message: Message, answer: Answer) -> Answer:
        """Return to whom to give the answer to an order: one that has nothing to do with the disk to whoever waits for it.

        Raises:
            Refused: what the customer has consumed is not told yet.
        """
        match message:
            case AskCustomerInformation(clear=True):
                self._demand_told(message.subject)
                return self._kept_back(answer, lambda: self._forget([message.subject]))
            case ClearAuthorizationCache() | SendLocalList() if self._has_no_words():
                return self._kept_back(answer, lambda: self._forget(self._strangers()))
            case WipeStation():
                self._disk.begin(message.wipe)
                return self._kept_back(answer, lambda: self._wipe(message.wipe), wipes=True)
        return answer

    def _kept_back(self, answer: Answer, work: Callable[[], Awaitable[None]], *, wipes: bool = False) -> Answer:
        def decided(result: Any) -> None:
            if result is None or isinstance(result, Trouble):
                if wipes:
                    self._disk.end()
                answer(result)
                return
            task = asyncio.get_running_loop().create_task(self._done(answer, result, work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return decided

    async def _done(self, answer: Answer, result: Any, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._turn:
                await work()
        except (Trouble, OSError) as fault:
            log.error("not all could be forgotten", station=self._station, reason=str(fault))  # noqa: TRY400 - a message, not a stack
            answer(_trouble(fault))
        else:
            answer(result)

    def _has_no_words(self) -> bool:
        """Tell whether its CSMS cannot say whom to forget: by OCPP 1.6 it leaves him out of what it lets the station know."""
        noun = self._engine.stations.get(self._station)
        return noun is not None and noun.wire == Version.V16

    def _strangers(self) -> list[SubjectRef]:
        """Return whom it has no reason to know any more: nobody of its list, nor who charges, waits for it, or is untold."""
        noun = self._engine.stations.get(self._station)
        if noun is None:
            return []
        open_ = {key: one for key, one in noun.transfers.items() if one.ended is None or self._waiting(key)}
        bare = replace(noun, transfers=open_, sessions={}, local=replace(noun.local, judged=None))
        body = msgspec.msgpack.encode(bare)
        return [ref for ref, _ in self._engine.known.credentials() if ref.encode() not in body]

    def _demand_told(self, subject: SubjectRef) -> None:
        rows = self._engine.store.load(EnergyTransfer, Where("subject", "=", subject))
        untold = any(self._waiting(one.reference) for one in rows) or self._disk.untold(self._words([subject]))
        if untold:
            raise Refused("what the customer has consumed is not told yet", code="NotToldYet", remedy="ask again later")

    def _words(self, subjects: Sequence[SubjectRef], more: Iterable[str] = ()) -> Words:
        known = [one.value for ref in subjects if (one := self._engine.known.credential(ref)) is not None]
        return Words((*known, *more), refs=subjects)

    # -- a customer --

    async def _forget(self, subjects: Sequence[SubjectRef], secrets: Iterable[str] = ()) -> None:
        """Leave nothing on the disk that names somebody; it lasts when this returns.

        Raises:
            Trouble: a part of the disk does not read or write.
            OSError: the same.
        """
        words = self._words(subjects, secrets)
        self._told()
        if words:
            await self._disk.forget(words)
        now = self._engine.clock.now()
        for ref in subjects:
            self._note(SubjectErased(station=NOBODY, at=now, ref=ref))
        await self._drained()

    def _note(self, fact: Event) -> None:
        turn = Turn(self._engine, fact.station, fact.at)
        turn.fact(fact)
        turn.keep()

    async def _drained(self) -> None:
        await self._engine.commit.drain()
        if self._engine.commit.trouble is not None:
            raise self._engine.commit.trouble

    # -- everything --

    async def _wipe(self, wipe: Wipe) -> None:
        """Erase what is to be erased, and stay silent afterwards.

        Raises:
            Trouble: not all could be erased; the rest is.
            OSError: the same.
        """
        await self._drained()
        secrets = tuple(self._secrets()) if wipe.credentials else ()
        everybody = [ref for ref, _ in self._engine.known.credentials()] if wipe.personal else []
        try:
            await self._forget(everybody, secrets)
            if secrets:
                self._drop_secret()
                await self._drained()
            await asyncio.to_thread(self._disk.erase)
        except (Trouble, OSError):
            self._disk.end()  # it is said that it failed; whoever ordered it knows what is left
            raise
        self._disk.end()
        log.warning("this station was wiped: it is nobody's any more", station=self._station, what=msgspec.to_builtins(wipe))
        self._closed.clear()
        self._wiped.set()

    def _secrets(self) -> Iterator[str]:
        """Yield what it shows of itself, as a CSMS has set that."""
        own = self._engine.known.under_way.get(OwnSettings, self._station, {})
        yield from (part[SECRET] for part in ((own.values, own.waiting) if own is not None else ()) if SECRET in part)

    def _drop_secret(self) -> None:
        """Have it show no secret any more but that it was set up with."""
        own = self._engine.known.under_way.get(OwnSettings, self._station, {})
        if own is not None:
            values, waiting = ({name: one for name, one in part.items() if name != SECRET} for part in (own.values, own.waiting))
            bare = replace(own, values=values, waiting=waiting)
            self._note(OwnSettingsChanged(station=self._station, at=self._engine.clock.now(), own_settings=bare))

    async def resume(self) -> None:
        """Do what is left of a wipe that the last run had begun.

        Raises:
            Trouble: not all could be wiped.
            OSError: the same.
        """
        begun = self._disk.begun()
        if begun is not None:
            log.warning("a wipe was begun and is ended now", station=self._station)
            self._note(StationWiped(station=self._station, at=self._engine.clock.now(), wipe=begun.wipe))
            await self._wipe(begun.wipe)

    async def gone(self, linked: Callable[[], bool], real: Callable[[float], float]) -> None:
        """Wait until the station was wiped and its CSMS has let it go, or might have."""
        await self._wiped.wait()
        if linked():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), real(GONE_WITHIN))


class ForgettingEngine(Engine):
    """Answers some orders only once the disk of its station has done its part."""

    forgetting: Forgetting | None = None

    def hear(self, messages: Sequence[Message], answer: Answer | None = None, *, now: datetime | None = None) -> Trouble | None:
        """Take what one wire message said, as every engine does."""
        if answer is None or self.forgetting is None:
            return super().hear(messages, answer, now=now)
        try:
            held = self.forgetting.holds(messages[0], answer)
        except (Trouble, OSError) as fault:
            trouble = _trouble(fault)
            self.commit.after(answer, trouble, None)
            return trouble
        return super().hear(messages, held, now=now)


def _trouble(fault: Trouble | OSError) -> Trouble:
    """Return what a CSMS is answered."""
    if isinstance(fault, Trouble):
        return fault.alone()
    return Unavailable(f"the disk of the station fails: {fault.strerror}", code="DiskFailed", remedy="look at its disk")


async def finish(config: StationConfig) -> None:
    """Do what is left of a wipe that the last run had begun, before anything is made of what is to be erased.

    Raises:
        Unavailable: there was one; the station has to be set up anew.
    """
    folder, station = Path(config.data), StationId(config.id)
    if not (folder / WIPE).exists():
        return
    store, clock = SqliteStore(folder / JOURNAL), SystemClock()
    engine = Engine(Role.STATION, discover(), store, clock, StoredIds(store), config.policy)
    outbox = OutboxFile(folder / OUTBOX) if (folder / OUTBOX).exists() else None
    disk = disk_of(config, DailyFrames(folder / FRAMES, clock), outbox)
    writer = asyncio.create_task(engine.commit.run())
    try:
        await Forgetting(engine, station, disk, lambda _: False, lambda: None).resume()
    except (Trouble, OSError) as fault:
        raise Unavailable(f"not all could be wiped: {fault}", code="WipeFailed", where=str(folder)) from fault
    finally:
        await engine.commit.drain()
        writer.cancel()
        await asyncio.wait([writer])
        if outbox is not None:
            outbox.close()
        store.close()
    remedy = "give it what its next CSMS wants: a certificate, a key, and where that is"
    raise Unavailable(f"{station} was told to forget whose it is, and has; {remedy}", code="Wiped", remedy=remedy)
