# SPDX-License-Identifier: Apache-2.0
"""A program that tells a CSMS what waits in its outbox on the disk, over a link that it cuts now and then, until all is kept."""

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
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.model.station import ConnectorReported, Identity, StationBooted
from open63110.store.outbox import OutboxFile
from open63110.wire.client import NotUpgraded

STATION, CSMS = StationId("CS1"), "csms"
RESETS = (1.5, 6.0)
"""Between two cuts of a link [s]."""
PAUSE = 0.3
"""Before another dial [s]."""


class Teller:
    """Implements correspondence.Desk."""

    def __init__(self, folder: Path) -> None:
        file, self._mark = OutboxFile(folder / "outbox.db"), folder / "queued"
        self.queued = self._mark.exists()
        """All that is to be told is in the outbox, or was."""
        stored, keep = file.seen(CSMS)
        clock = LocalClock(datetime.now(UTC), asyncio.get_running_loop().time())
        seen = MemorySeen(stored, keep)
        self.session = Session(Hello(identity=STATION), file.outbox(CSMS), seen, clock=clock, peer=CSMS)
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

    def boot(self, count: int) -> None:
        """Say that the station has started; once it is accepted, keep all that is to be told."""

        def answered(ending: Ending) -> None:
            if ending.status or ending.silent:
                raise SystemExit(f"not accepted: {ending}")
            self.queue(count)
            self._mark.touch()
            self.queued = True
            print("queued", flush=True)
            self.lines.soon()

        said = StationBooted(station=STATION, at=datetime.now(UTC), identity=Identity(vendor="Test", model="Soak"))
        header = Header(type=CODEC.number(said), kind=Kind.REQUEST, priority=Priority.CONTROL)
        self.lines.send(header, CODEC.encode(said, station=STATION), durable=False, over=answered, patience=300.0)

    def queue(self, count: int) -> None:
        """Keep all that is to be told."""
        messages = []
        for number in range(1, count + 1):
            said = ConnectorReported(
                station=STATION,
                at=datetime.now(UTC),
                evse=EvseNumber(1),
                connector=ConnectorNumber(1),
                state="occupied" if number % 2 else "available",
                info=str(number),
            )
            messages.append((Header(type=CODEC.number(said)), CODEC.encode(said, station=STATION)))
        self.session.send_all(messages, self.lines.time())


async def dialled(teller: Teller, url: str, papers: Path) -> bool:
    """Open a link; False if nobody is there."""
    teller.gone.clear()
    tls = client_tls(papers / STATION / "certificate.pem", papers / STATION / "key.pem", papers / "authority" / "authority.pem")
    with contextlib.suppress(OSError, TimeoutError, NotUpgraded):
        async with asyncio.timeout(10):
            await dial(url, teller.lines.strand(), tls, limits=LINK_LIMITS)
        return True
    return False


async def tell(folder: Path, url: str, papers: Path, count: int) -> None:
    """Tell everything."""
    chance = random.Random()
    teller = Teller(folder)
    if not teller.queued:
        teller.boot(count)
    while not teller.queued or teller.session.waiting:
        if not await dialled(teller, url, papers):
            await asyncio.sleep(PAUSE)
            continue
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(*RESETS)):
                await told_or_gone(teller)
        teller.lines.abort()
        await asyncio.sleep(PAUSE)
    print("done", flush=True)


async def told_or_gone(teller: Teller) -> None:
    """Wait until nothing waits any more, or the link is lost."""
    while (teller.session.waiting or not teller.queued) and not teller.gone.is_set():  # noqa: ASYNC110 - two tell it
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    run(tell(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
