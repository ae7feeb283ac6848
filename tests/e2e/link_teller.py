# SPDX-License-Identifier: Apache-2.0
"""A program that tells a CSMS what it keeps in its outbox on the disk, over a link that it cuts now and then."""

import asyncio
import contextlib
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from open63110.apps.process import run
from open63110.bindings.link.carriers.websocket_carrier import LINK_LIMITS, client_tls, dial
from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.framing.happenings import Arrived, Welcomed
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.session import LocalClock, MemorySeen, Session
from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.station import Identity, StationBooted
from open63110.store.outbox import OutboxFile
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.wire.client import NotUpgraded

STATION, CSMS, QUEUED = StationId("CS1"), "csms", "queued"
RESETS = (1.5, 6.0)
"""Between two cuts of a link [s]."""
PAUSE = 0.3
"""Before another dial [s]."""


class Teller:
    """Implements correspondence.Desk."""

    def __init__(self, folder: Path, count: int, portion: int, whom: str = CSMS) -> None:
        file = OutboxFile(folder / "outbox.db")
        self._outbox, self._count, self._portion = file.outbox(CSMS), count, portion
        self._queued = int(file.seen(QUEUED)[0] or 0)
        """So many messages are in the outbox, or were; written with them."""
        self.accepted = self._queued > 0
        stored, keep = file.seen(CSMS)
        clock = LocalClock(datetime.now(UTC), asyncio.get_running_loop().time())
        seen = MemorySeen(stored, keep)
        self.session = Session(Hello(identity=STATION), self._outbox, seen, clock=clock, peer=whom)
        self.lines = Correspondence(self, self.session, 1.0)
        self.gone = asyncio.Event()

    def up(self, _: Welcomed) -> None:
        """Say so, for whoever counts links."""
        print("up", flush=True)

    def down(self, _reason: str, *, was: bool) -> None:
        """Dial again."""
        self.gone.set()

    def violated(self, code: int, words: str, *, ours: bool) -> None:
        """Say so: nobody should break rules here."""
        print(f"violated {code} {words} {ours}", flush=True)

    def note(self, frame: bytes, *, sent: bool) -> None:
        """Keep no log."""

    def take(self, message: Arrived) -> None:
        """Take orders, and do nothing about them."""
        self.lines.delivered(message)

    def boot(self) -> None:
        """Say that the station has started."""

        def answered(ending: Ending) -> None:
            if ending.status or ending.silent:
                raise SystemExit(f"not accepted: {ending}")
            self.accepted = True
            print("accepted", flush=True)

        said = StationBooted(station=STATION, at=datetime.now(UTC), identity=Identity(vendor="Test", model="Soak"))
        header = Header(type=CODEC.number(said), kind=Kind.REQUEST, priority=Priority.CONTROL)
        self.lines.send(header, CODEC.encode(said, station=STATION), durable=False, over=answered, patience=300.0)

    async def feed(self, pause: float) -> None:
        """Keep a portion of what is to be told now and then, once the station is accepted."""
        while self._queued < self._count:
            if self.accepted:
                self._queue(min(self._portion, self._count - self._queued))
                self.lines.soon()
            await asyncio.sleep(pause)

    def _queue(self, more: int) -> None:
        first, self._queued = self._queued + 1, self._queued + more
        messages = [_event(number) for number in range(first, self._queued + 1)]
        with self._outbox.beside(QUEUED, str(self._queued).encode()):
            self.session.send_all(messages, self.lines.time())

    @property
    def done(self) -> bool:
        """All is told, and confirmed."""
        return self._queued >= self._count and not self.session.waiting


def _event(number: int) -> tuple[Header, bytes]:
    """Make a fact of which each copy would be kept."""
    said = StationEventReported(
        station=STATION, at=datetime.now(UTC), component="Soak", evse=EvseNumber(1), severity=3, code=str(number)
    )
    return Header(type=CODEC.number(said)), CODEC.encode(said, station=STATION)


async def dialled(teller: Teller, url: str, papers: Path) -> bool:
    """Open a link; False if nobody is there."""
    teller.gone.clear()
    tls = client_tls(papers / STATION / "certificate.pem", papers / STATION / "key.pem", papers / "authority" / "authority.pem")
    with contextlib.suppress(OSError, TimeoutError, NotUpgraded):
        async with asyncio.timeout(10):
            await dial(url, teller.lines.strand(), tls, limits=LINK_LIMITS)
        return True
    return False


async def tell(teller: Teller, url: str, papers: Path) -> None:
    """Tell everything."""
    chance = random.Random()
    if not teller.accepted:
        teller.boot()
    while not teller.done:
        if not await dialled(teller, url, papers):
            await asyncio.sleep(PAUSE)
            continue
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(*RESETS)):
                await told_or_gone(teller)
        print("reset", flush=True)
        teller.lines.abort()
        await asyncio.sleep(PAUSE)
    print("done", flush=True)


async def told_or_gone(teller: Teller) -> None:
    """Wait until all is told, or the link is lost."""
    while not (teller.done or teller.gone.is_set()):  # noqa: ASYNC110 - two tell it
        await asyncio.sleep(0.05)


async def main(folder: str, url: str, papers: str, count: str, portion: str, pause: str, whom: str = CSMS) -> None:
    """Keep so many messages, a portion at a time with a pause after each [s], and tell them to whom that certificate belongs."""
    teller = Teller(Path(folder), int(count), int(portion), whom)
    async with asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(teller.feed(float(pause)))
        await tell(teller, url, Path(papers))
        feeding.cancel()


if __name__ == "__main__":
    run(main(*sys.argv[1:]))
