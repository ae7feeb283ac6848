# SPDX-License-Identifier: Apache-2.0
"""The job over the link: the CSMS's end listens, the station's dials."""

import asyncio
from pathlib import Path

from bench.link.job import STATION, Job, Seen
from bench.link.papers import CSMS, Papers
from bench.link.speaker import Speaker
from bench.link.urgency import Urgency
from open63110.bindings.link.carriers.websocket_carrier import PATH, SUBPROTOCOL, client_tls, dial, listen, server_tls
from open63110.wire.ports import Accept, Upgrade


class CsmsEnd:
    """Limits a station, and gives it firmware or takes its log."""

    def __init__(self, job: Job, seen: Seen) -> None:
        self._job, self._seen = job, seen

    async def run(self) -> None:
        """Serve one station."""
        papers, speaker = Papers(Path(self._job.papers)), Speaker(CSMS, STATION, self._seen)

        def gate(_: Upgrade) -> Accept:
            return Accept(subprotocol=SUBPROTOCOL, peer=speaker.lines.strand())

        tls = server_tls(papers.certificate(CSMS), papers.key(CSMS), papers.root)
        door = await listen(gate, self._job.host, self._job.ports[0], tls)
        print("ready", flush=True)
        await speaker.ready.wait()
        urgency = Urgency(self._job, speaker.ask, self._seen)
        await urgency.opening()
        if not self._job.upward:
            speaker.transfer(self._job)
        await urgency.busy(lambda: speaker.over)
        speaker.lines.abort()
        await door.stop()


class StationEnd:
    """Answers limits at once, and takes firmware or gives its log."""

    def __init__(self, job: Job, seen: Seen, address: str, ports: tuple[int, ...]) -> None:
        self._job, self._seen, self._address, self._ports = job, seen, address, ports

    async def run(self) -> None:
        """Dial the CSMS and do as it says until it hangs up."""
        papers, speaker = Papers(Path(self._job.papers)), Speaker(STATION, CSMS, self._seen)
        tls = client_tls(papers.certificate(STATION), papers.key(STATION), papers.root)
        await dial(f"wss://{self._address}:{self._ports[0]}{PATH}", speaker.lines.strand(), tls)
        await speaker.ready.wait()
        if self._job.upward:
            await asyncio.sleep(3.0)  # the CSMS's opening takes two
            speaker.transfer(self._job)
        await speaker.gone.wait()
