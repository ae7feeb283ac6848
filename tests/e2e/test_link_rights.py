# SPDX-License-Identifier: Apache-2.0
"""The exported policy against real links: every message in every class, said by a peer with a certificate of each role.

What an end lets through is compared with what `open63110 policy` says that it does; nothing here asks the policy itself.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Pki, Raw, audited, context, link_house, raw, url
from tests.e2e.local_house import admit_level, local_csms
from tests.e2e.parties import admit
from tests.e2e.player import PATIENCE
from tests.e2e.test_link_policy import exported
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import InvalidStatus

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import SUBPROTOCOL
from open63110.bindings.link.client import Client
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Delivered, Nack, decode
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.roles import PEOPLE, Role
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry
from open63110.pki.identity import identity_of

Cell = tuple[int, int]
"""Message number and class."""

FIRST = 1000
"""Message ids of a sweep begin here."""

GUESTS = (Role.DSO, Role.FO, Role.CSP, Role.RM)
OCPP_FRAME = REGISTRY.by_name["OcppFrame"].number
"""Who may say it but has not said in HELLO that it would is told so: the right is there, the ability is not."""

DENIED = {ErrorCode.NOT_AUTHORIZED, ErrorCode.UNKNOWN_TYPE}


async def sweep(peer: Raw, *, src: str = "", dst: str = "") -> set[Cell]:
    """Say every message in every class, without anything in it, and return what was not refused for who says it."""
    every = [(one.number, each) for one in REGISTRY.messages for each in Priority]
    ids = dict(enumerate(every, FIRST))
    peer.heard.clear()
    for id_, (number, priority) in ids.items():
        await peer.say(id_, Header(type=number, kind=Kind.REQUEST, priority=priority, src=src, dst=dst), b"")
    refused: set[int] = set()
    open_ = set(ids)
    async with asyncio.timeout(PATIENCE * 2):
        while open_:
            frame = decode(bytes(await peer.socket.recv()))  # type: ignore[arg-type] # frames are bytes
            if isinstance(frame, Delivered):
                open_ -= {one for first, last in frame.ids for one in range(first, last + 1)}
            elif isinstance(frame, Nack):
                assert frame.id in ids, frame
                unable = frame.error == ErrorCode.NOT_SUPPORTED and ids[frame.id][0] == OCPP_FRAME
                assert unable or frame.error in DENIED, (ids[frame.id], frame)
                refused |= set() if unable else {frame.id}
                open_.discard(frame.id)
    return {cell for id_, cell in ids.items() if id_ not in refused}


def listed(sender: Role, receiver: Role) -> set[Cell]:
    """What the exported policy lets one say to the other."""
    found = [one for one in exported()["link"] if (one["sender"], one["receiver"]) == (sender, receiver)]
    return {(one["number"], each) for one in found for each in one["classes"]}


@pytest.mark.at("AT-B.22-1", "link")
@pytest.mark.at("AT-7.9.4-1", "link")
async def test_a_csms_takes_from_each_role_what_the_policy_lists_and_nothing_else(tmp_path: Path) -> None:
    async with link_house(tmp_path, unknown_stations="accept") as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        for role in GUESTS:
            await admit(here, f"a-{role}", role, "*")
        for role in (Role.STATION, Role.LOCAL_CSMS, *GUESTS):
            async with said_by(here, pki, role) as peer:
                assert await sweep(peer) == listed(role, Role.CSMS), role


@contextlib.asynccontextmanager
async def said_by(here: House, pki: Pki, role: Role, port: int = 0) -> AsyncIterator[Raw]:
    """A raw peer of a role that is on board."""
    name = {Role.STATION: "CS-1", Role.LOCAL_CSMS: "mall-lc"}.get(role, f"a-{role}")
    async with raw(here, context(pki.give(name, role, to=f"{name}-{port}")), name, port) as peer:
        await peer.greet()
        if role is Role.STATION:
            await peer.boot()
        yield peer


@pytest.mark.at("AT-B.22-1", "link")
async def test_all_other_roles_have_no_link_at_all(tmp_path: Path) -> None:
    with_links = {one["sender"] for one in exported()["link"] if one["receiver"] == Role.CSMS} | set(GUESTS)
    async with link_house(tmp_path) as (here, pki):
        for role in set(Role) - PEOPLE - with_links:
            with pytest.raises(InvalidStatus) as refused:
                await connect(url(here), ssl=pki.tls(f"a-{role}", role), subprotocols=[SUBPROTOCOL])  # type: ignore[list-item] # text
            assert refused.value.response.status_code == 403, role
            await here.until(lambda role=role: [one for one in audited(here, "RoleNotAdmitted") if one.by == f"a-{role}"])  # type: ignore[misc] # a lambda's defaults


@pytest.mark.at("AT-B.22-1", "link")
async def test_a_local_csms_takes_from_below_and_above_what_the_policy_lists(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    async with (
        link_house(tmp_path, pki=pki) as (here, _),
        dialled(pki, "csms.above", Role.CSMS) as above,
        local_csms(tmp_path, pki, above.port, identity="town-lc", site="mall") as local,
    ):
        await admit_level(local, "mall-lc", "/mall")
        for role in GUESTS:
            await admit(local, f"a-{role}", role, "*")  # type: ignore[arg-type] # it has a CSMS, too
        for role in (Role.STATION, Role.LOCAL_CSMS, *GUESTS):
            async with said_by(here, pki, role, local.port) as peer:
                assert await sweep(peer) == listed(role, Role.LOCAL_CSMS), role
        peer = await above.peer()
        assert await sweep(peer) == listed(Role.CSMS, Role.LOCAL_CSMS)


class Dialled:
    """A CSMS that says on real sockets whatever a test wants, to whoever dials it."""

    def __init__(self, identity: str) -> None:
        self.identity, self.port = identity, 0
        self._came: asyncio.Queue[Any] = asyncio.Queue()
        self.over = asyncio.Event()

    async def met(self, socket: Any) -> None:
        """Keep a socket open until the end."""
        self._came.put_nowait(socket)
        await self.over.wait()

    async def peer(self) -> Raw:
        """The end of whoever dialled last, greeted."""
        async with asyncio.timeout(PATIENCE):
            peer = Raw(await self._came.get(), self.identity)
            await peer.greet()
        return peer


@contextlib.asynccontextmanager
async def dialled(pki: Pki, identity: str, role: Role) -> AsyncIterator[Dialled]:
    """Listen as a CSMS."""
    own = pki.give(identity, role, serves=True)
    assert own.key is not None
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(own.certificate, own.key)
    tls.load_verify_locations(pki.folder.root_path)
    tls.verify_mode = ssl.CERT_REQUIRED
    made = Dialled(identity)
    protocol: Any = SUBPROTOCOL
    async with serve(made.met, "127.0.0.1", 0, ssl=tls, subprotocols=[protocol], ping_interval=None, compression=None) as server:
        made.port = next(iter(server.sockets)).getsockname()[1]
        try:
            yield made
        finally:
            made.over.set()


@pytest.mark.at("AT-B.22-1", "link")
@pytest.mark.parametrize("role", [Role.CSMS, Role.LOCAL_CSMS])
async def test_a_station_takes_from_either_level_what_the_policy_lists(tmp_path: Path, role: Role) -> None:
    pki = Pki(tmp_path / "pki")
    async with link_house(tmp_path, pki=pki) as (here, _), dialled(pki, f"a-{role}", role) as above:
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            to = Dialling(endpoints=(f"wss://localhost:{above.port}/link",), tls=pki.tls("CS-1"))
            hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1), to)
            async with site.running():
                hardware.switch_on()
                assert await sweep(await above.peer()) == listed(role, Role.STATION)


@pytest.mark.at("AT-B.22-1", "link")
@pytest.mark.parametrize("role", GUESTS)
async def test_other_systems_take_from_a_csms_what_the_policy_lists(tmp_path: Path, role: Role) -> None:
    pki = Pki(tmp_path / "pki")
    async with link_house(tmp_path, pki=pki) as (here, _), dialled(pki, "csms.above", Role.CSMS) as above:
        with Capture(None, here.csms.clock) as frames:
            client = Client(frames, here.csms.clock, identity_of, run_id=b"test")
            to = Dialling(endpoints=(f"wss://localhost:{above.port}/link",), tls=pki.tls("it", role))
            client.party("it", role, to).dial()
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(client.run())
                assert await sweep(await above.peer()) == listed(Role.CSMS, role)
                running.cancel()


def test_there_is_a_link_above_for_every_pair_of_roles_in_the_policy() -> None:
    below = {(role, Role.CSMS) for role in (Role.STATION, Role.LOCAL_CSMS, *GUESTS)}
    local = {(role, Role.LOCAL_CSMS) for role in (Role.STATION, Role.LOCAL_CSMS, Role.CSMS, *GUESTS)}
    down = {(Role.CSMS, Role.STATION), (Role.LOCAL_CSMS, Role.STATION)} | {(Role.CSMS, role) for role in GUESTS}
    pairs = {(one["sender"], one["receiver"]) for one in exported()["link"]}
    assert pairs <= below | local | down


async def one_no(peer: Raw, name: str, priority: Priority) -> Nack:
    """Say a message without anything in it, and hear that it is refused."""
    number = REGISTRY.by_name[name].number
    await peer.say(FIRST, Header(type=number, kind=Kind.REQUEST, priority=priority), b"")
    return await peer.next(Nack)


async def test_what_a_local_csms_may_not_order_a_station_is_refused_with_one_security_event(tmp_path: Path) -> None:
    pki, events = Pki(tmp_path / "pki"), list[tuple[str, str]]()
    async with link_house(tmp_path, pki=pki) as (here, _), dialled(pki, "mall-lc", Role.LOCAL_CSMS) as above:
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            site.link.security = lambda who, kind, _: events.append((who, kind))
            to = Dialling(endpoints=(f"wss://localhost:{above.port}/link",), tls=pki.tls("CS-1"))
            hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1), to)
            async with site.running():
                hardware.switch_on()
                nack = await one_no(await above.peer(), "RebootStation", Priority.EMERGENCY)
                assert nack.error == ErrorCode.NOT_AUTHORIZED
                assert "PriorityNotAllowed" in nack.words
    assert events == [("mall-lc", "LinkNotAuthorized")]


async def test_what_a_level_above_may_not_say_to_a_local_csms_is_refused_with_one_security_event(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    async with (
        dialled(pki, "csms.above", Role.CSMS) as above,
        local_csms(tmp_path, pki, above.port, identity="town-lc", site="mall") as local,
    ):
        nack = await one_no(await above.peer(), "EnergyTransferStarted", Priority.NORMAL)
        assert nack.error == ErrorCode.NOT_AUTHORIZED
        await asyncio.sleep(0.2)
        kept = [(one.by, one.action) for one in local.csms.store.load(AuditEntry)]
        assert kept == [("csms.above", "LinkNotAuthorized")]
