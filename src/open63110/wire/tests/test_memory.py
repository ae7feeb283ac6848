# SPDX-License-Identifier: Apache-2.0
"""Nothing of a connection outlives it, and what it cost goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from open63110.wire import client, memory, tls
from open63110.wire.conversation import Conversation
from open63110.wire.tests.ground import CLOSE, TEXT, House, Recorder, frame, resident, until


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is freed here but what nobody refers to."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def settings(tmp_path: Path) -> tls.TlsSettings:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    return tls.TlsSettings(certificate=tmp_path / "server.pem", key=tmp_path / "server.pem")


def leftovers() -> int:
    """Peers, connections, and the TLS under them, alive or not yet collected; the clients have asyncio's TLS."""
    kinds = [type(one) for one in gc.get_objects()]  # asking an object itself would let a proxy answer
    return sum(issubclass(kind, Conversation | Recorder) or kind.__name__ == "SSLTransport_Socket" for kind in kinds)


async def connected(house: House, secure: tls.TlsSettings | None) -> Recorder:
    """One of our clients, in the house."""
    peer = Recorder()
    scheme, context = (
        ("ws", None) if secure is None else ("wss", tls.client_context(authorities=secure.certificate.parent / "ca.pem"))
    )
    await client.connect(f"{scheme}://127.0.0.1:{house.port}/", peer, tls=context)
    await until(lambda: bool(house.peers) and bool(house.peer.sockets))
    return peer


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.usefixtures("uncollected")
async def test_nothing_of_a_connection_waits_for_the_garbage_collector(
    house: House, settings: tls.TlsSettings, *, secure: bool
) -> None:
    await house.open(tls=settings if secure else None)
    context = tls.client_context(authorities=settings.certificate.parent / "ca.pem") if secure else None
    before = leftovers()
    cut, closed, broken = [await house.raw(tls=context) for _ in range(3)]
    assert leftovers() - before == 3 * (3 if secure else 2)
    cut.cut()
    closed.write(frame(CLOSE, b"\x03\xe8"))
    broken.write(frame(TEXT, b"not masked", mask=False))
    await asyncio.gather(*(peer.end() for peer in house.peers))
    house.peers.clear()
    await until(lambda: leftovers() == before)


async def test_a_tls_connection_takes_no_room_for_what_it_will_never_say(house: House, settings: tls.TlsSettings) -> None:
    await house.open(tls=settings)
    kept = [await connected(house, settings) for _ in range(10)]
    before = address_space()
    kept += [await connected(house, settings) for _ in range(60)]
    assert address_space() - before < 60 * 2 * 100  # both ends are here
    for peer in kept:
        peer.socket.abort()
    await asyncio.gather(*(peer.end() for peer in kept))


@pytest.mark.skipif(memory._trim is None, reason="this C library gives back by itself")
def test_freed_memory_goes_back_to_the_system() -> None:
    blocks = [bytearray(8_000) for _ in range(5_000)]
    full = resident()
    del blocks[1:-1]  # what stays behind keeps the heap from shrinking
    memory.give_back()
    assert full - resident() > 30_000


def test_elsewhere_giving_back_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    monkeypatch.setattr(memory, "_trim", memory._trimmer())
    memory.give_back()
    assert memory._trim is None


def address_space() -> int:
    """Private writable memory of this process, touched or not [kB]."""
    return int(Path("/proc/self/status").read_text().partition("VmData:")[2].split()[0])
