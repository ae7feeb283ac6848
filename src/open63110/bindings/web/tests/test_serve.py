# SPDX-License-Identifier: Apache-2.0
"""The door on a real port: in the loop that runs everything else, without its signals, closed without delay."""

import asyncio
import signal
import socket
import ssl
import statistics
import time
from pathlib import Path

import httpx2
import msgspec
import pytest
import trustme

from open63110.bindings.web.serve import serving
from open63110.bindings.web.tests.ground import Ground
from open63110.kernel.roles import Role


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    certificate: str = ""
    key: str = ""


async def test_it_answers_on_the_port_it_says_and_leaves_signals_alone(ground: Ground) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with serving(ground.node, Settings()) as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/healthz")).text == "alive\n"
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_no_answer_waits_for_the_other_end_to_confirm_its_first_half(ground: Ground) -> None:
    """Without TCP_NODELAY each answer on a used connection takes 40 ms, whatever runs the loop."""
    async with serving(ground.node, Settings()) as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await client.get("/healthz")
        took: list[float] = []
        for _ in range(50):
            began = time.monotonic()
            await client.get("/healthz")
            took.append(time.monotonic() - began)
        assert statistics.median(took) < 0.03


async def test_a_taken_port_is_the_callers_error_not_the_end_of_the_process(ground: Ground) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            async with serving(ground.node, Settings(port=taken.getsockname()[1])):
                raise AssertionError("it cannot listen here")


async def test_an_open_stream_does_not_hold_the_door(ground: Ground) -> None:
    await ground.as_(Role.VIEWER)
    headers = {"Authorization": f"Bearer {ground.keys[Role.VIEWER]}"}
    began = time.monotonic()
    async with serving(ground.node, Settings()) as port:
        client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers)
        async with client.stream("GET", "/api/v1/events") as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            lines = answer.aiter_lines()
            assert await asyncio.wait_for(anext(lines), 5) == "retry: 2000"
            await ground.station()
            while not (await asyncio.wait_for(anext(lines), 5)).startswith("id: "):
                pass
        await client.aclose()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nAuthorization: {headers['Authorization']}\r\n\r\n".encode())
        assert b"200" in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert time.monotonic() - began < 10


async def test_people_come_by_tls_where_there_is_a_certificate(ground: Ground, tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(chain)
    issued.private_key_pem.write_to_path(key)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    settings = Settings(host="localhost", certificate=str(chain), key=str(key))
    async with serving(ground.node, settings) as port, httpx2.AsyncClient(verify=trust) as client:
        answer = await client.get(f"https://localhost:{port}/healthz")
    assert answer.status_code == 200
    assert "strict-transport-security" in answer.headers
