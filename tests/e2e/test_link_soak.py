# SPDX-License-Identifier: Apache-2.0
"""Both ends of a link are killed again and again, packets and connections get lost: each message is kept once (B.17, B.21)."""

import random
import select
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from bench.link.house import House
from bench.link.papers import CSMS, Papers
from bench.link.ways import FAR, NEAR, Shape, Way, way
from bench.server import free_port
from tests.process import CsmsProcess

from open63110.usecases.stations.monitor_station import StationEventReported

TELLER = "tests.e2e.link_teller"


class Play(NamedTuple):
    """So many messages, kept a portion at a time with a pause after each [s]."""

    messages: int
    portion: int
    pause: float


class Told:
    """The program that tells, killed and started again."""

    def __init__(self, over: Way, folder: Path, papers: Path, play: Play) -> None:
        address, (port,) = over.reach
        self._way, self._words = over, [str(folder), f"wss://{address}:{port}/link", str(papers), *map(str, play)]
        self.said: Counter[str] = Counter()
        self._rest = b""
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return self._way.start([TELLER, *self._words], far=True)

    def listen(self, seconds: float) -> None:
        """Take note of what it says for so long, or until it ends."""
        ends = time.monotonic() + seconds
        out = self._process.stdout
        assert out
        while (left := ends - time.monotonic()) > 0 and select.select([out], [], [], left)[0]:
            piece = out.read1(4096)  # type: ignore[attr-defined] # a buffered reader has it
            if not piece:
                break
            *lines, self._rest = (self._rest + piece).split(b"\n")
            self.said.update(line.decode() for line in lines)

    def kill(self) -> None:
        """Take it away without a word."""
        self._process.kill()
        self._process.communicate()

    def again(self) -> None:
        """Kill it and start it anew."""
        self.kill()
        self._rest = b""
        self._process = self._start()

    def has(self, word: str) -> bool:
        """It has said this."""
        return self.said[word] > 0

    def running(self) -> bool:
        """It has not ended by itself."""
        return self._process.poll() is None


@pytest.mark.at("AT-B.17-1", "link")
@pytest.mark.parametrize(
    ("play", "every", "rate", "least"),
    [
        pytest.param(Play(600, 600, 1.0), 2.5, 32_000, 2, id="short"),
        pytest.param(Play(10_000, 28, 10.0), 12.0, 32_000, 100, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
    ],
)
async def test_kills_at_both_ends_lose_nothing_and_repeat_nothing(
    tmp_path: Path, play: Play, every: float, rate: int, least: int
) -> None:
    """The ends are killed in turn. The long form lasts an hour, in which each of them is killed more than twice a minute.

    ``least``: kills of each end, and resets, so that what is asked for was tried however fast the messages went.
    """
    count = play.messages
    chance = random.Random(17)
    papers = Papers(tmp_path / "papers")
    papers.make(["CS1"], (NEAR, FAR, "127.0.0.1"))
    with way(Shape(rate=rate, delay=0.02, loss=0.05), [free_port()]) as over:
        door = {
            "kind": "link",
            "host": over.serve,
            "port": over.ports[0],
            "certificate": str(papers.certificate(CSMS)),
            "key": str(papers.key(CSMS)),
            "client_authorities": str(papers.root),
        }
        csms = CsmsProcess(tmp_path, listeners={"open": door}, policy={"local_lists": False})
        csms.start(*over.near)
        teller, kills = Told(over, tmp_path, papers.folder, play), 0
        try:
            while not teller.has("accepted"):
                teller.listen(1.0)
                assert teller.running()
            ends = time.monotonic() + 60 + count * 8_000 / rate + count / play.portion * play.pause
            while not teller.has("done") and time.monotonic() < ends:
                teller.listen(chance.uniform(0.5, 1.5) * every)
                kills += 1
                if teller.has("done"):
                    kills -= 1
                elif kills % 2:
                    csms.kill()
                    csms.start(*over.near)
                else:
                    teller.again()
        finally:
            teller.kill()
            csms.stop()
    kept = [int(one.event.code) for one in await csms.facts() if isinstance(one.event, StationEventReported)]
    assert teller.has("done")
    assert not [line for line in teller.said if line.startswith("violated")]
    assert Counter(kept) == Counter(range(1, count + 1))
    assert kept == sorted(kept), "in the order they were told"
    assert min(kills // 2, teller.said["reset"]) >= least


MINUTES = 30
SLOPE = 0.01
"""Growth of memory per hour that is allowed, as a part."""


FULL = 48 * 1024 * 1024
"""Of a database larger than this, no more comes into the memory that SQLite keeps pages in [B]."""


def size_of(folder: Path) -> int:
    """Return the size of the database somewhere in a folder [B]."""
    return sum(one.stat().st_size for one in folder.rglob("*.db"))


@pytest.mark.soak
@pytest.mark.at("AT-B.21-2", "link")
@pytest.mark.timeout(3600)
def test_memory_does_not_grow_in_half_an_hour_of_meter_values(tmp_path: Path) -> None:
    """Half an hour, once the cache of the database is full; nobody is cut off. Code counts for nothing: others share it."""
    weights: list[float] = []
    with House(tmp_path / "house", {"L": 20}) as house, house.fleet("link", "L", 20) as fleet:
        while size_of(tmp_path / "house") < FULL:
            fleet.run(10, 1_000)
        for _ in range(MINUTES):
            round_ = fleet.run(60, 40)
            assert fleet.faults == 0, msgspec.structs.asdict(round_.run)
            weights.append(house.server.own_kb())
    steady = weights[MINUTES // 3 :]
    half = len(steady) // 2
    before, after = sorted(steady[:half])[half // 2], sorted(steady[half:])[half // 2]
    per_hour = (after / before - 1) * 60 / half
    assert per_hour < SLOPE, weights
