# SPDX-License-Identifier: Apache-2.0
"""One node, wired: what it finds after a restart, whom it turns away, how it comes and goes."""

import asyncio
import base64
import os
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from open63110.apps.config import Config, Listener, Web
from open63110.apps.csms import Csms, serve
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry, Principal
from open63110.model.station import StationConnected
from open63110.ports import Query

CS = StationId("CS1")


def config(folder: Path, *, password: bool = True) -> Config:
    return Config(
        data=str(folder / "data"),
        listeners={"main": Listener(host="127.0.0.1", port=0, plain=True, password=password)},
        web=Web(port=0),
        policy=Policy(unknown_stations="accept"),
    )


async def knock(csms: Csms, password: str = "") -> str:
    """Ask for a WebSocket, and return the status line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", csms.listeners["main"].port)
    shown = base64.b64encode(f"{CS}:{password}".encode()).decode()
    lines = [
        f"GET /ocpp/{CS} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6, ocpp2.1",
        f"Authorization: Basic {shown}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    return head.decode()


async def test_links_that_were_open_when_the_last_run_ended_are_gone(tmp_path: Path) -> None:
    async with Csms(config(tmp_path)).running() as csms:
        csms.engine.hear((StationConnected(station=CS, at=csms.clock.now(), wire="ocpp1.6"),))
        await csms.engine.commit.drain()
    async with Csms(config(tmp_path)).running() as csms:
        assert csms.engine.stations[CS].connected is None
        await csms.engine.commit.drain()
        (fact,) = await csms.store.facts(station=CS, newest=True, limit=1)
        assert type(fact.event).__name__ == "StationDisconnected"
    async with Csms(config(tmp_path)).running() as csms:
        (again,) = await csms.store.facts(station=CS, newest=True, limit=1)
        assert again.id == fact.id


async def test_a_station_comes_in_and_is_said_goodbye(tmp_path: Path) -> None:
    async with Csms(config(tmp_path, password=False)).running() as csms:
        head = await knock(csms)
        assert head.startswith("HTTP/1.1 101")
        assert "ocpp2.1" in head
    async with Csms(config(tmp_path)).running() as csms:
        assert csms.engine.stations[CS].connected is None


async def test_a_wrong_password_stands_in_the_audit_once_a_minute_and_the_right_one_opens(tmp_path: Path) -> None:
    async with Csms(config(tmp_path)).running() as csms:
        key = csms.keys.hash(CS, "the-right-one-1234")
        csms.engine.known.keep("principal", CS, Principal(id=PrincipalId(CS), role=Role.STATION, key=key))
        for _ in range(3):
            assert (await knock(csms, "wrong")).startswith("HTTP/1.1 401")
        assert (await knock(csms, "the-right-one-1234")).startswith("HTTP/1.1 101")
        await csms.engine.commit.drain()
        (entry,) = await csms.store.find(AuditEntry, Query())
        assert (entry.action, entry.target, entry.outcome) == ("FailedToAuthenticateAtCsms", CS, "not-authorized")


async def test_one_stranger_too_many_is_refused_and_stands_in_the_audit(tmp_path: Path) -> None:
    few = replace(config(tmp_path, password=False), policy=Policy(unknown_stations="quarantine", most_quarantined=0))
    async with Csms(few).running() as csms:
        for _ in range(3):
            head = await knock(csms)
            assert head.startswith("HTTP/1.1 503")
        await csms.engine.commit.drain()
        (entry,) = await csms.store.find(AuditEntry, Query())
        assert (entry.action, entry.target) == ("TooManyStrangers", "csms")
        assert csms.engine.stations == {}


async def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    async with Csms(config(tmp_path)).running():
        with pytest.raises(Unavailable):
            Csms(config(tmp_path))


async def test_what_doors_need_is_the_nodes_own(tmp_path: Path) -> None:
    async with Csms(config(tmp_path)).running() as csms:
        node = csms.node()
        assert node.deviations(CS) == {}
        call = node.raw_call(CS, "Reset", {"type": "Soft"}, True)
        assert call == RawCall(station=CS, action="Reset", payload={"type": "Soft"}, unchecked=True)
        assert node.engine is csms.engine


async def test_it_serves_until_it_is_told_to_stop_and_takes_new_certificates_meanwhile(tmp_path: Path) -> None:
    ready: asyncio.Future[Csms] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(config(tmp_path, password=False), ready=ready.set_result))
    csms = await asyncio.wait_for(ready, 20)
    assert csms.web_port
    os.kill(os.getpid(), signal.SIGHUP)
    assert (await knock(csms)).startswith("HTTP/1.1 101")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 20)
