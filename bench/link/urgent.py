# SPDX-License-Identifier: Apache-2.0
"""An urgent limit while a large transfer fills a narrow way: the link, and two patterns beside it."""

from pathlib import Path

import msgspec

from bench.disk import percentile
from bench.link.job import STATION, Job, Seen
from bench.link.papers import Papers
from bench.link.ways import FAR, NEAR, Shape, Way, way
from bench.server import free_port

GRACE = 60
"""[s] beyond a job's own time until its ends must be done."""


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    """How a job went."""

    how: str
    """What made the way narrow."""
    idle_ms: tuple[float, ...]
    busy_ms: tuple[float, ...]
    """Both in order of length."""
    unanswered: int
    rate: float
    """Of the transfer [bit/s]."""
    whole: bool

    @property
    def lost(self) -> float:
        """Part of the limits that nobody had answered at the end."""
        return self.unanswered / max(1, len(self.busy_ms))

    def idle(self, part: float) -> float:
        """Percentile of the round trip at rest [ms]."""
        return percentile(list(self.idle_ms), part)

    def busy(self, part: float) -> float:
        """Percentile of the round trip under the transfer [ms]."""
        return percentile(list(self.busy_ms), part)


def joined(how: str, csms: Seen, station: Seen) -> Crossing:
    """Put together what both ends saw."""
    taker = station if station.begun else csms
    return Crossing(
        how=how,
        idle_ms=tuple(sorted(csms.idle_ms)),
        busy_ms=tuple(sorted(csms.busy_ms)),
        unanswered=csms.unanswered,
        rate=taker.rate,
        whole=taker.whole,
    )


def cross(shape: Shape, job: Job) -> Crossing:
    """Do a job over a way of a shape; host, ports and papers of the job are filled in."""
    with way(shape, [free_port(), free_port()]) as open_way:
        papers = Papers(Path(job.papers))
        if not papers.folder.exists():
            papers.make([STATION], (NEAR, FAR, "127.0.0.1"))
        job = msgspec.structs.replace(job, host=open_way.serve, ports=open_way.ports)
        return _played(open_way, job)


def _played(open_way: Way, job: Job) -> Crossing:
    words = msgspec.json.encode(job).decode()
    csms = open_way.start(["bench.link.ends", "csms", words], far=False)
    try:
        assert csms.stdout
        csms.stdout.readline()
        address, ports = open_way.reach
        station = open_way.start(["bench.link.ends", "station", words, address, *map(str, ports)], far=True)
        try:
            said = [one.communicate(timeout=job.seconds + GRACE)[0] for one in (csms, station)]
        finally:
            station.kill()
            station.wait()
    finally:
        csms.kill()
        csms.wait()
    return joined(open_way.how, *(_seen(one) for one in said))


def _seen(said: bytes) -> Seen:
    if not said.strip():
        raise SystemExit("an end of the way ended without a word")
    return msgspec.json.decode(said.splitlines()[-1], type=Seen)
