# SPDX-License-Identifier: Apache-2.0
"""A CSMS that listens for links, the authority of its certificates, and stations that come by link, all on loopback."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.e2e.house import House, house, slack

from open63110.apps.clock import SystemClock
from open63110.apps.config import Listener
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.line import Dialling
from open63110.bindings.link.websocket_carrier import client_tls
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry
from open63110.model.session import SessionState
from open63110.model.station import Registration
from open63110.model.token import Credential
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import party
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation

CSMS_PARTY = "csms.example"


class Pki:
    """An authority in a folder, and what it gives."""

    def __init__(self, folder: Path, name: str = "Test authority") -> None:
        self.folder, self.clock = Folder(folder), SystemClock()
        folder.mkdir(parents=True, exist_ok=True)
        self.folder.make(name, (), self.clock.now())

    def give(
        self, identity: str, role: Role = Role.STATION, *, life: timedelta | None = None, to: str = "", serves: bool = False
    ) -> Given:
        """Issue a certificate; ``to`` names another folder for a second one of the same party."""
        more: dict[str, Any] = {"life": life} if life is not None else {}
        if serves:
            more |= {"server_names": ("localhost",), "addresses": ("127.0.0.1", "::1")}
        place = self.folder.path / "parties" / to if to else None
        return self.folder.issue(Wish(party=party(identity, role), **more), self.clock.now(), to=place)

    def tls(self, identity: str, role: Role = Role.STATION) -> ssl.SSLContext:
        """Return the context of a party that dials; its certificate is made when it is first asked for."""
        given = self.give(identity, role)
        return context(given)


def context(given: Given) -> ssl.SSLContext:
    """Return the context of whoever holds a certificate and dials."""
    assert given.key is not None
    return client_tls(given.certificate, given.key, given.authority)


def listener(pki: Pki, given: Given) -> Listener:
    """Return the settings of a listener for links."""
    return Listener(
        kind="link",
        host="127.0.0.1",
        port=0,
        certificate=str(given.certificate),
        key=str(given.key),
        client_authorities=str(pki.folder.root_path),
        revoked=str(pki.folder.revoked_path),
    )


@contextlib.asynccontextmanager
async def link_house(
    folder: Path, *, factor: float = 1.0, pki: Pki | None = None, **more: Any
) -> AsyncIterator[tuple[House, Pki]]:
    """A CSMS that listens for links alone, and its authority."""
    pki = pki or Pki(folder / "pki")
    own = pki.give(CSMS_PARTY, Role.CSMS, serves=True)
    async with house(folder, factor=factor, listeners={"main": listener(pki, own)}, **more) as here:
        yield here, pki


def url(here: House, host: str = "localhost") -> str:
    """Where links are opened."""
    return f"wss://{host}:{here.port}/link"


def audited(here: House, kind: str) -> list[AuditEntry]:
    """Return the security events of a kind that are on the disk."""
    return [one for one in here.rows(AuditEntry) if one.action == kind]


class LinkStation:
    """A simulated station that comes by link."""

    def __init__(self, here: House, site: Site, hardware: SimulatedStation, name: str) -> None:
        self.here, self.site, self.hardware, self.name = here, site, hardware, name
        self.controller = site.controllers[StationId(name)]
        self.line = site.link.lines[StationId(name)]

    def present(self, evse: int, tag: str) -> None:
        """Hold a card to the reader."""
        self.hardware.present(evse, Credential(kind="ISO14443", value=tag))

    def arrive(self, evse: int) -> None:
        """Plug in an EV that takes 11 kW for hours."""
        self.hardware.arrive(evse, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))

    async def charge(self, evse: int, tag: str) -> None:
        """Plug in, show a card, and see energy flow."""
        self.arrive(evse)
        self.present(evse, tag)
        await self.here.until(lambda: self.hardware.charging(evse))
        await self.here.until(lambda: self.session(evse) is SessionState.CHARGING)

    def session(self, evse: int) -> SessionState | None:
        """Where the newest session of an EVSE stands at the CSMS."""
        found = [one.state for one in self.here.station(self.name).sessions.values() if one.evse == evse]
        return found[-1] if found else None

    async def lose_link(self, seconds: float) -> None:
        """Take the link away, and see that the CSMS has noticed."""
        self.hardware.lose_link(seconds)
        await self.here.until(lambda: self.here.station(self.name).connected is None)

    async def link_is_back(self) -> None:
        """See it on board again with nothing left to tell."""
        await self.here.until(lambda: self.here.station(self.name).connected is not None)
        await self.here.until(lambda: not self.site.waiting)


@contextlib.asynccontextmanager
async def linked(
    folder: Path, *, factor: float = 60.0, evses: int = 2, station: dict[str, Any] | None = None, **policy: Any
) -> AsyncIterator[LinkStation]:
    """A CSMS, and a simulated station of two EVSEs that is on board by link."""
    async with link_house(folder, factor=factor, connection_timeout=3_600.0, **policy) as (here, pki):
        await here.register("CS-1")
        for tag in ("ANNA", "BERT"):
            await here.token(tag)
        rules = StationPolicy(answer_within=Seconds(slack(factor)), **(station or {}))
        failure: Exception | None = None
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, rules, seed=1)
            dialling = Dialling(endpoints=(url(here),), tls=pki.tls("CS-1"), longest_pause=30.0)
            hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=evses), dialling)
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED)
                await here.until(lambda: len(here.station("CS-1").evses) == evses)
                try:
                    yield LinkStation(here, site, hardware, "CS-1")
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure
