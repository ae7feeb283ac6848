# SPDX-License-Identifier: Apache-2.0
"""A carrier in memory under a clock of its own: delay, rate and cuts as scripted, and hours that pass in milliseconds."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from open63110.bindings.link.carriers.carrier import CarrierLost
from open63110.bindings.link.framing.happenings import Arrived, Happening, Violated
from open63110.bindings.link.session.peer import Session

ROOM = 16 * 1024
"""What a socket would hold [bytes]."""


AGAIN, TIMES = 0.2, 10
"""The first pause before a stream says again what was lost [s], and how often it doubles."""


def said_again(loss: Callable[[], bool]) -> float:
    """Return how much later a frame arrives because of what is lost on its way [s]."""
    late = 0.0
    for times in range(TIMES):
        if not loss():
            break
        late += AGAIN * 2.0**times
    return late


class Way:
    """One direction: a stream that reorders nothing, and says again what is lost, until it is cut."""

    def __init__(
        self,
        *,
        delay: Callable[[], float] = lambda: 0.0,
        loss: Callable[[], bool] = lambda: False,
        rate: float | None = None,
        room: int = ROOM,
    ) -> None:
        """Make it.

        Args:
            delay: asked once per frame [s]; a frame never overtakes the one before it.
            loss: asked once each time a frame is put on its way: true, and the stream says it again, after a pause that doubles.
            rate: bytes per second; None: as fast as can be.
            room: what may wait at the near end before the writer has to [bytes].
        """
        self._delay, self._loss, self._rate, self._size = delay, loss, rate, room
        self._busy_until = self._arrives = 0.0
        self._waiting: deque[tuple[float, int]] = deque()
        self.carried = 0
        """[bytes], all told."""

    def room(self, now: float) -> int:
        """Return how much more may be written now."""
        while self._waiting and self._waiting[0][0] <= now:
            self._waiting.popleft()
        return max(0, self._size - sum(size for _, size in self._waiting))

    def drained(self) -> float | None:
        """Return when there is more room; None: there is all of it."""
        return self._waiting[0][0] if self._waiting else None

    def write(self, size: int, now: float) -> float:
        """Put a frame on its way; return when it arrives."""
        self.carried += size
        self._busy_until = max(now, self._busy_until) + (size / self._rate if self._rate else 0.0)
        if self._rate:
            self._waiting.append((self._busy_until, size))
        self._arrives = max(self._arrives, self._busy_until + self._delay() + said_again(self._loss))
        return self._arrives

    def cut(self) -> None:
        """Lose what is on its way."""
        self._busy_until = self._arrives = 0.0
        self._waiting.clear()


class Line:
    """Two sessions and what lies between them, in virtual time."""

    def __init__(self, left: Session, right: Session, there: Way | None = None, back: Way | None = None) -> None:
        """Start without a connection at time 0; by default each end journals what arrives at once."""
        self.ends = [left, right]
        self.now = 0.0
        self.connected = False
        self.heard: tuple[list[tuple[float, Happening]], list[tuple[float, Happening]]] = ([], [])
        """What happened at each end, and when."""
        self.takes: list[Callable[[int, Arrived], None]] = [self.journal, self.journal]
        self._ways = (there or Way(), back or Way())
        self._count = itertools.count()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._life = 0

    def journal(self, end: int, message: Arrived) -> None:
        """Confirm a message."""
        self.ends[end].delivered(message, self.now)

    def at(self, when: float, do: Callable[[], object]) -> None:
        """Do something at a time."""
        heapq.heappush(self._due, (when, next(self._count), do))

    def connect(self) -> None:
        """Bring a carrier up."""
        self.connected = True
        self._life += 1
        for end in self.ends:
            end.opened(self.now)
        self._write()

    def cut(self) -> None:
        """Lose the carrier with all that is on its way; both ends notice."""
        self.connected = False
        self._life += 1
        for end, way in zip(self.ends, self._ways, strict=True):
            way.cut()
            end.lost(self.now)

    def cuts(self, *script: tuple[float, float]) -> None:
        """Lose the carrier at each of these times, for so long [s]."""
        for when, how_long in script:
            self.at(when, self.cut)
            self.at(when + how_long, self.connect)

    def run(self, until: float) -> None:
        """Let time pass."""
        self._write()
        while (due := self._next(until)) is not None:
            self.now = max(self.now, due)
            while self._due and self._due[0][0] <= self.now:
                heapq.heappop(self._due)[2]()
            for number, end in enumerate(self.ends):
                if (deadline := end.next_deadline) is not None and deadline <= self.now:
                    self._note(number, end.tick(self.now))
            self._write()
        self.now = until

    def arrived(self, end: int) -> list[Arrived]:
        """Return what was given up at an end."""
        return [one for _, one in self.heard[end] if isinstance(one, Arrived)]

    def happened(self, end: int, kind: type[Happening]) -> list[Happening]:
        """Return what else happened at an end."""
        return [one for _, one in self.heard[end] if isinstance(one, kind)]

    def _next(self, until: float) -> float | None:
        times = [self._due[0][0]] if self._due else []
        times += [one for end in self.ends if (one := end.next_deadline) is not None]
        if self.connected:
            times += [one for way in self._ways if (one := way.drained()) is not None]
        soonest = min(times, default=None)
        return soonest if soonest is not None and soonest <= until else None

    def _write(self) -> None:
        for number, (end, way) in enumerate(zip(self.ends, self._ways, strict=True)):
            if self.connected:
                for frame in end.frames(self.now, way.room(self.now)):
                    arrives, life = way.write(len(frame), self.now), self._life
                    self.at(arrives, lambda frame=frame, life=life, to=1 - number: self._arrive(to, frame, life))  # type: ignore[misc] # a lambda's defaults have no types

    def _arrive(self, end: int, frame: bytes, life: int) -> None:
        if life == self._life:
            self._note(end, self.ends[end].received(frame, self.now))

    def _note(self, end: int, happenings: list[Happening]) -> None:
        for one in happenings:
            self.heard[end].append((self.now, one))
            if isinstance(one, Arrived):
                self.takes[end](end, one)
            if isinstance(one, Violated) and self.connected:
                self._write()
                self.at(self.now + 1.0, self.cut)


class Script(NamedTuple):
    """What befalls the frames of a carrier in one direction."""

    delay: Callable[[], float] = lambda: 0.0
    """Asked once per frame [s]."""
    loss: Callable[[], bool] = lambda: False
    """As of a Way."""
    cut_after: int | None = None
    """So many frames arrive; with the next one both ends are parted, and it is lost. None: they never are."""


CALM = Script()


class MemoryCarrier:
    """One end of a pair that lives in one process: the four methods without a network."""

    def __init__(self, identity: str, script: Script = CALM) -> None:
        """Make an end; `identity` is what the other end's certificate would say, `script` befalls what this end sends."""
        self.identity, self._script = identity, script
        self._sent, self._arrives = 0, 0.0
        self.other: MemoryCarrier | None = None
        """None: the two were parted."""
        self.frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        """On their way to this end; None: no more will come."""

    @classmethod
    def pair(cls, left: str, right: str, there: Script = CALM, back: Script = CALM) -> tuple["MemoryCarrier", "MemoryCarrier"]:
        """Make both ends, with their identities, and what befalls frames on the way from left to right, and back."""
        one, two = cls(right, there), cls(left, back)
        one.other, two.other = two, one
        return one, two

    async def connect(self) -> str:
        """Return the other end's identity.

        Raises:
            CarrierLost: it was cut.
        """
        if self.other is None:
            raise CarrierLost
        return self.identity

    async def send_frame(self, frame: bytes) -> None:
        """Hand a frame to the other end.

        Raises:
            CarrierLost: it was cut.
        """
        other, script, loop = self.other, self._script, asyncio.get_running_loop()
        if other is not None and self._sent == script.cut_after:
            await self.close()
        if self.other is None or other is None:
            raise CarrierLost
        self._sent += 1
        late = script.delay() + said_again(script.loss)
        self._arrives = max(self._arrives, loop.time() + late)
        if late or self._arrives > loop.time():
            loop.call_at(self._arrives, other.arrived, frame)
        else:
            other.arrived(frame)

    def arrived(self, frame: bytes) -> None:
        """Take a frame that was on its way, unless the two were parted meanwhile."""
        if self.other is not None:
            self.frames.put_nowait(frame)

    async def recv_frame(self) -> bytes:
        """Return the next frame.

        Raises:
            CarrierLost: it was cut.
        """
        frame = await self.frames.get()
        if frame is None:
            self.frames.put_nowait(None)  # for whoever asks again
            raise CarrierLost
        return frame

    async def close(self) -> None:
        """Part both ends."""
        if self.other is not None:
            for end in (self.other, self):
                end.other = None
                end.frames.put_nowait(None)
