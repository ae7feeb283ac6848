# SPDX-License-Identifier: Apache-2.0
"""A garage on one small connection, replayed over real sockets: no sample of any feeder and phase is above its limit.

The CSMS is the real program in a process of its own, its clock as fast as that of the stations. These speak OCPP 1.6, 2.0.1, 2.1
and link, and their links fail. A DSO lowers the limit of the site now and then. Judged by the simulator's own meters alone.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.e2e.house import slack
from tests.e2e.link_house import CSMS_PARTY, Pki
from tests.process import OPEN, CsmsProcess

from open63110.apps.clock import SystemClock
from open63110.apps.replay import Replay
from open63110.apps.replay_people import People, Step
from open63110.apps.replay_report import Report, report, words
from open63110.apps.simulate_site import SiteSimulation, played, visits, way
from open63110.apps.site_plan import plain
from open63110.cli.rest import Csms
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.simulator.garage import garage
from open63110.simulator.premises import Premises
from open63110.simulator.visits import Visit

CARD = "04A1B2C3D4E5F6"
SHARE = 0.6
"""What a DSO leaves of the connection, as a part."""


class Size(NamedTuple):
    """How much of it."""

    evses: int
    start: str
    span: str
    speed: float
    every: str
    """How often something goes wrong at each station."""
    lowered: int
    """How often the DSO lowers the limit."""
    rush: bool = False
    """At every EVSE an EV comes within the first minutes."""

    def people(self, settings: SiteSimulation, premises: Premises) -> list[Visit]:
        """Who comes."""
        if not self.rush:
            return visits(settings, premises)
        return [
            Visit(place, Seconds(10.0 * place), Seconds(780.0 + 10.0 * place), WattHours(3_000.0 + 1_000.0 * (place % 3)))
            for place in range(self.evses)
        ]


SHORT = Size(evses=10, start="0h", span="15m", speed=40.0, every="30m", lowered=1, rush=True)
LONG = Size(evses=100, start="0h", span="24h", speed=72.0, every="6h", lowered=8)


@contextlib.contextmanager
def csms(folder: Path, size: Size) -> Iterator[tuple[CsmsProcess, SiteSimulation]]:
    """The program with the garage in it, and how the garage is played."""
    pki, patience = Pki(folder / "pki"), slack(size.speed)
    own = pki.give(CSMS_PARTY, Role.CSMS, serves=True)
    link = {
        "kind": "link",
        "host": "127.0.0.1",
        "port": 0,
        "certificate": str(own.certificate),
        "key": str(own.key),
        "client_authorities": str(pki.folder.root_path),
    }
    policy = {"order_deadline": patience, "unknown_stations": "accept"}
    listeners = {"open": OPEN, "link": link}
    process = CsmsProcess(
        folder, clock_factor=size.speed, listeners=listeners, policy=policy, limits={"answer_timeout": patience}
    )
    site = garage(size.evses)
    for station in (one for zone in site.zones for one in zone.stations):
        pki.give(station.id)
    process.init().start()
    try:
        rest = Csms(process.web, process.key)
        rest.post("tokens/put", {"token": {"kind": "ISO14443", "value": CARD, "concurrent": 0}})
        rest.post("sites/import", {"sites": [plain(site)]})
        yield (
            process,
            SiteSimulation(
                csms=process.url("")[:-1],
                link=f"wss://localhost:{process.ports['link']}/link",
                papers=pki.folder.path / "parties",
                versions="1.6,2.0.1,2.1,link",
                start=size.start,
                span=size.span,
                speed=size.speed,
                cuts="random",
                cut_every=size.every,
                within=10.0 + 2.0 * size.speed,  # two real seconds for machines that are busy
                interval=120.0,
            ),
        )
    finally:
        process.stop()


def dso(size: Size, premises: Premises, span: Seconds) -> list[Step]:
    """Lower the limit of the site so many times, each for half of the time until the next."""
    whole = Watts(SHARE * premises.site.connections[0].import_max)
    each = span / (size.lowered + 1)
    begins = [(number + 0.5) * each for number in range(size.lowered)]
    return [Step(Seconds(at), limit) for begin in begins for at, limit in ((begin, whole), (begin + each / 2, None))]


async def replayed(folder: Path, size: Size) -> Report:
    """Play it to the end."""
    with csms(folder, size) as (process, settings):
        premises, play = Premises(garage(size.evses)), played(settings)
        replay = Replay(premises, size.people(settings, premises), play, way(settings), SystemClock(size.speed))
        people = People(replay, Csms(process.web, process.key).post, "wrong", dso(size, premises, play.span))
        async with asyncio.TaskGroup() as tasks:
            talk = tasks.create_task(people.run())
            await replay.run(tell=print)
            talk.cancel()
        return report(replay, people.refused)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(SHORT, id="short"),
        pytest.param(LONG, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(3_600)]),
    ],
)
async def test_no_limit_of_a_garage_is_exceeded_in_any_sample(tmp_path: Path, size: Size) -> None:
    found = await replayed(tmp_path, size)
    said = "\n".join(words(found))
    print(said)
    assert found.held, said
    assert found.samples > 300
    assert (found.refusals, found.refused) == ({}, ()), said
    assert len(found.orders) == size.lowered
