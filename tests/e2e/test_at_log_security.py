# SPDX-License-Identifier: Apache-2.0
"""What stations log of their security comes to the CSMS; large logs are not in the way of a stop (8.3.10)."""

import asyncio
import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.e2e.house import WIRES, House, house
from tests.e2e.link_house import link_house
from tests.e2e.link_player import EVERY, LinkPlayer
from tests.e2e.test_at_logs import content, log, until
from tests.e2e.test_at_simulated import standing
from tests.e2e.test_at_tls import LONG_AGO, REFUSED, LinkPapers, Papers, outdated
from tests.e2e.test_link_transport import free_port

from open63110.apps.config import Listener
from open63110.apps.station import Station
from open63110.apps.station_config import StationConfig, Upwards
from open63110.kernel.ids import StationId
from open63110.model.logs import LogKind, LogState
from open63110.station.logbook import FileBook
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS-1")
MEGA = 1024 * 1024
SIZE = 20 * MEGA


def server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """The context of somebody who says to be a CSMS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def impostor(context: ssl.SSLContext, port: int) -> Iterator[None]:
    """A server that ends whatever comes, and says by TLS why."""

    def serve() -> None:
        while True:
            try:
                found, _ = listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(found, server_side=True):
                pass

    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10.0)


def impostors(papers: Papers) -> dict[str, ssl.SSLContext]:
    """The negative set, as a station meets it that dials."""
    named = ("localhost", "127.0.0.1")
    return {
        "wrong CA": server(papers.theirs.issue_cert(*named)),
        "expired": server(papers.ours.issue_cert(*named, not_after=LONG_AGO)),
        "wrong name": server(papers.ours.issue_cert("other.example")),
        "TLS 1.1": outdated(server(papers.ours.issue_cert(*named))),
    }


def security(data: bytes) -> list[str]:
    """What a security log tells, start and clock left out."""
    _, *lines = [json.loads(line) for line in data.splitlines()]
    return [one["what"] for one in lines if one["what"] not in {"StartupOfTheDevice", "SettingSystemTime"}]


async def soon(true: Callable[[], Any], what: str) -> None:
    """Wait for something of a station in this process."""
    async with asyncio.timeout(40.0):
        while not true():  # noqa: ASYNC110 - it happens in another task
            await asyncio.sleep(0.05)
    assert true(), what


@pytest.mark.at("AT-8.3.10-3", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_the_security_log_tells_of_each_false_csms(wire: str, tmp_path: Path) -> None:
    papers, port = Papers(tmp_path), free_port()
    secured = Listener(host="127.0.0.1", port=port, password=False, certificate=str(papers.chain), key=str(papers.key))
    version: Any = {"v16": "ocpp1.6", "v201": "ocpp2.0.1", "v21": "ocpp2.1"}[wire]
    csms = Upwards(url=f"wss://localhost:{port}/ocpp", versions=(version,), authorities=str(papers.authority), longest_pause=0.2)
    async with Station(StationConfig(id="CS-1", data=str(tmp_path / "station"), csms=csms)).running() as station:
        book = station.logs.book.books[LogKind.SECURITY]
        for count, false in enumerate(impostors(papers).values(), 1):
            with impostor(false, port):
                await soon(lambda count=count: len(tuple(book.lines())) >= count, "it is in the log")  # type: ignore[misc] # bound
        async with house(tmp_path, listeners={"main": secured}, unknown_stations="accept") as here:
            await here.until(lambda: CS1 in here.csms.engine.stations, 40.0)
            await here.until(lambda: here.station("CS-1").registration == "accepted", 40.0)
            await here.ask("stations/CS-1/logs/retrieve", {"kind": "security"})
            await until(here, LogState.UPLOADED)
            told = security(await content(here))
            assert told == ["InvalidCsmsCertificate"] * 3 + ["InvalidTLSVersion"]
            await here.until(lambda: not len(station.controller.outbox))
            heard = [one.code for one in await here.facts(StationEventReported) if one.security]
            assert sorted(heard) == sorted(told)


@pytest.mark.at("AT-8.3.10-3", "link")
async def test_the_security_log_tells_of_each_who_may_not_open_the_link_of_a_station(tmp_path: Path) -> None:
    papers, port = LinkPapers(tmp_path), free_port()
    own = papers.ours.give("CS-1", serves=True, to="listens")
    csms = Upwards(
        wire="link",
        listen=f"localhost:{port}",
        authorities=str(papers.ours.folder.root_path),
        certificate=str(own.certificate),
        key=str(own.key),
    )
    config = StationConfig(id="CS-1", data=str(tmp_path / "station"), csms=csms)
    async with Station(config).running() as station:
        book = station.logs.book.books[LogKind.SECURITY]
        for count, tls in enumerate(papers.contexts().values(), 1):
            with contextlib.suppress(*REFUSED):
                await LinkPlayer(port, "CS-1", tls).connect()
            await soon(lambda count=count: len(tuple(book.lines())) >= count, "somebody was refused")  # type: ignore[misc] # bound
        where = (f"wss://localhost:{port}/link",)
        async with link_house(tmp_path, pki=papers.ours, stations=where, unknown_stations="accept") as (here, _):
            await here.until(lambda: here.csms.link.connected(CS1), 40.0)
            await here.until(lambda: here.station("CS-1").registration == "accepted", 40.0)
            await here.ask("stations/CS-1/logs/retrieve", {"kind": "security"})
            await until(here, LogState.UPLOADED)
            assert len(security(await content(here))) == 5


def large(folder: Path) -> FileBook:
    """A log of twenty megabytes."""
    line = b'{"at":"2026-03-01T12:00:00.000Z","what":"ConnectorReported","detail":"' + b"x" * 400 + b'"}\n'
    (folder / "large.log").write_bytes(line * (SIZE // len(line)))
    return FileBook(folder / "large.log", 10 * SIZE)


async def stopped(here: House, at: Any, evse: int) -> float:
    """Stop what runs at an EVSE, and return after how long nothing flows any more [s]."""
    (running,) = [one for one in here.station("CS-1").transfers.values() if one.evse == evse and one.ended is None]
    begun = time.monotonic()
    asked = asyncio.create_task(here.ask("stations/CS-1/sessions/stop", {"reference": running.reference}))
    while at.hardware.charging(evse):
        await asyncio.sleep(0.001)
        assert time.monotonic() - begun < 20.0
    took = time.monotonic() - begun
    await asked
    return took


@pytest.mark.at("AT-8.3.10-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_stop_does_not_wait_for_a_log_of_twenty_megabytes(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 2.0)
    async with standing(tmp_path, wire) as at:
        here, took = at.here, 60.0
        at.site.logs._stations[CS1].book.books[LogKind.DIAGNOSTICS] = large(tmp_path)
        for request in range(1, 5):  # this machine may be busy with other things just then
            await at.charge(1, "ANNA")
            await here.ask("stations/CS-1/logs/retrieve", {"kind": "diagnostics"})
            await here.until(lambda request=request: log(here, request).state is not LogState.REQUESTED)  # type: ignore[misc] # bound
            once = await stopped(here, at, 1)
            if log(here, request).arrived is None:
                took = min(took, once)
            found = await until(here, LogState.UPLOADED, request)
            at.hardware.leave(1)
            if took <= 0.5:
                break
            await here.until(lambda: not at.hardware.evses[1].plugged)
        assert took <= 0.5
        assert (found.size or 0) >= SIZE - 500
        sent = [one for one in here.rows(type(found)) if one.request == found.request]
        assert sent == [found]
