# SPDX-License-Identifier: Apache-2.0
"""A station with two CSMSs in its list: which one it goes to, when it comes back, and that nothing is lost on the way (B.18)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from tests.e2e.house import House
from tests.e2e.link_house import Pki, Tap, link_house, raw
from tests.e2e.local_house import until

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.revoked import Revoked
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.policy import StationPolicy
from open63110.model.station import StationDisconnected
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS-1")


class Between:
    """A station, and the two CSMSs that it knows, each behind a tap."""

    def __init__(self, site: Site, houses: tuple[House, House], taps: tuple[Tap, Tap]) -> None:
        self.site, self.houses, self.taps = site, houses, taps
        self.line = site.link.lines[CS1]
        self.pki: Pki
        self.events: list[tuple[str, str]] = []
        """Security events of the station: who, and what."""
        self.gone: list[StationDisconnected] = []
        self.line.engine.commit.on_durable.append(
            lambda entries: self.gone.extend(one.event for one in entries if isinstance(one.event, StationDisconnected))
        )

    def at(self, place: int) -> bool:
        """It has a link to that CSMS, and to that one alone."""
        here, there = (self.houses[number].csms.link.connected(CS1) for number in (place, 1 - place))
        return self.line.open and self.line.walk.at == place and here and not there

    def tell(self, code: str) -> None:
        """Let the station report an event."""
        now = self.houses[0].now()
        fact = StationEventReported(station=CS1, at=now, component="Lock", severity=3, code=code)
        self.site.controllers[CS1].fact(fact)

    async def codes(self, place: int) -> list[str]:
        """Events in the journal of a CSMS."""
        return [one.code for one in await self.houses[place].facts(StationEventReported, "CS-1")]


@contextlib.asynccontextmanager
async def between(folder: Path, *, return_after: float = 0.5, listed: bool = False) -> AsyncIterator[Between]:
    """A station that is on board at the first of two CSMSs; ``listed``: it reads the list of who was taken back."""
    pki = Pki(folder / "pki")
    async with contextlib.AsyncExitStack() as stack:
        houses, taps = [], []
        for name in ("first", "second"):
            own = pki.give(f"{name}.example", Role.CSMS, serves=True)
            (folder / name).mkdir()
            opened = link_house(folder / name, pki=pki, own=own, unknown_stations="accept")
            here, _ = await stack.enter_async_context(opened)
            houses.append(here)
            taps.append(await stack.enter_async_context(Tap(here.port).running()))
        own_tls = pki.tls("CS-1")
        async with raw(houses[1], own_tls) as peer:  # the second one has met it before
            await peer.greet()
            await peer.boot()
        capture = stack.enter_context(Capture(None, houses[0].csms.clock))
        site = Site(houses[0].csms.clock, capture, StationPolicy(), seed=1)
        ways = tuple(f"wss://localhost:{tap.port}/link" for tap in taps)
        dialling = Dialling(endpoints=ways, tls=own_tls, first_pause=0.1, longest_pause=1.0, return_after=return_after)
        hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1, boot=0.0), dialling)
        await stack.enter_async_context(site.running())
        hardware.switch_on()
        at = Between(site, (houses[0], houses[1]), (taps[0], taps[1]))
        at.pki = pki
        site.link.security = lambda who, kind, _: at.events.append((who, kind))
        if listed:
            site.link.revoked = Revoked(pki.folder.revoked_path, pki.folder.root_path)
        await until(lambda: at.at(0))
        await until(lambda: not site.waiting)
        yield at


async def test_a_station_that_lost_its_link_goes_to_its_first_csms_again(tmp_path: Path) -> None:
    async with between(tmp_path) as at:
        for _ in range(2):
            dials = at.site.link.dials
            at.taps[0].cut()
            await until(lambda: not at.line.open)
            await until(lambda: at.at(0))
            assert at.site.link.dials == dials + 1
            at.line.walk.up(0, at.line.lines.time() - 3_600.0)  # the link has held for an hour
        assert not at.taps[1].passed, "the other one was never asked"


async def test_a_station_comes_back_to_its_first_csms_when_that_answers_and_loses_nothing(tmp_path: Path) -> None:
    async with between(tmp_path) as at:
        at.taps[0].open = False
        at.taps[0].cut()
        await until(lambda: at.at(1))
        at.gone.clear()
        at.tell("away")
        await until(lambda: not at.site.waiting)
        at.taps[0].open = True
        told = ["away"]
        while not at.at(0):
            told.append(f"e{len(told)}")
            at.tell(told[-1])
            await asyncio.sleep(0.02)
        await until(lambda: not at.site.waiting)
        assert at.gone == [], "it has always had a link"
        heard = await at.codes(0) + await at.codes(1)
        assert set(heard) == set(told)
        assert at.houses[1].station("CS-1").connected is None


async def test_a_first_csms_that_is_silent_takes_no_station_away_from_the_second(tmp_path: Path) -> None:
    async with between(tmp_path) as at:
        at.taps[0].open = False
        at.taps[0].cut()
        await until(lambda: at.at(1))
        at.gone.clear()
        at.taps[0].hold()
        at.taps[0].open = True
        await asyncio.sleep(1.5)
        assert at.at(1)
        assert at.gone == []


async def test_a_station_that_is_to_stay_where_it_is_does_not_look_back(tmp_path: Path) -> None:
    async with between(tmp_path, return_after=0.0) as at:
        at.taps[0].open = False
        at.taps[0].cut()
        await until(lambda: at.at(1))
        at.taps[0].open = True
        await asyncio.sleep(1.0)
        assert at.at(1)


async def test_a_csms_whose_certificate_is_taken_back_is_left_within_five_seconds_and_not_spoken_to_again(tmp_path: Path) -> None:
    async with between(tmp_path, listed=True) as at:
        began = time.monotonic()
        (serial,) = [one.serial for one in at.pki.folder.issued() if one.identity == "first.example"]
        at.pki.folder.revoke(serial, "key-compromise", at.houses[0].now())
        await until(lambda: not at.houses[0].csms.link.connected(CS1))
        assert time.monotonic() - began <= 5.0
        await until(lambda: at.at(1))
        kinds = ["LinkRevoked", "RevokedCertificate"]
        await until(lambda: list(dict.fromkeys(at.events)) == [("first.example", kind) for kind in kinds])
        assert at.at(1)
