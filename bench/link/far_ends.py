# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.far_ends csms|station FOLDER ADDRESS PORT`: confirms what arrives; tells what has waited."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from bench.link.far import QUEUED, message
from bench.link.job import STATION, Seen
from bench.link.papers import CSMS, Papers
from bench.link.speaker import Speaker
from open63110.apps.process import run
from open63110.bindings.link.carriers.websocket_carrier import (
    PATH,
    SUBPROTOCOL,
    client_tls,
    dial,
    listen,
    server_tls,
)
from open63110.bindings.link.framing.happenings import Arrived
from open63110.wire.ports import Accept, Upgrade


class Journal(Speaker):
    """Confirms whatever arrives."""

    def take(self, message: Arrived) -> None:
        """Confirm it."""
        self.lines.delivered(message)


async def csms(folder: Path, address: str, port: int) -> None:
    """Confirm what arrives, until killed."""
    papers, journal = Papers(folder), Journal(CSMS, STATION, Seen())

    def gate(_: Upgrade) -> Accept:
        return Accept(subprotocol=SUBPROTOCOL, peer=journal.lines.strand())

    await listen(gate, address, port, server_tls(papers.certificate(CSMS), papers.key(CSMS), papers.root))
    print("ready", flush=True)
    await asyncio.Event().wait()


async def station(folder: Path, address: str, port: int) -> None:
    """Tell what has waited and when the last of it was confirmed."""
    papers, journal = Papers(folder), Journal(STATION, CSMS, Seen())
    tls = client_tls(papers.certificate(STATION), papers.key(STATION), papers.root)
    told: list[float] = []
    done = asyncio.Event()

    def confirmed() -> None:
        told.append(time.monotonic())
        if len(told) == QUEUED:
            done.set()

    for _ in range(QUEUED):
        journal.lines.send(*message(), durable=True, over=lambda ending: None if ending.status else confirmed())
    await dial(f"wss://{address}:{port}{PATH}", journal.lines.strand(), tls)
    await journal.ready.wait()
    hello = time.monotonic()
    async with asyncio.timeout(300):
        await done.wait()
    print(msgspec.json.encode((len(told), told[-1] - hello)).decode(), flush=True)


def main() -> None:
    """Be one of the ends."""
    end, folder, address, port = sys.argv[1:]
    run((csms if end == "csms" else station)(Path(folder), address, int(port)))


if __name__ == "__main__":
    main()
