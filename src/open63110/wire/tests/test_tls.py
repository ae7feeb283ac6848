# SPDX-License-Identifier: Apache-2.0
"""TLS over real sockets on both edges, and settings that cannot work."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect

from open63110.wire.ports import Decline
from open63110.wire.tests.ground import BINARY, PATIENCE, QUICK, TEXT, House, Raw, Recorder, frame, request, until, written
from open63110.wire.tls import TlsSettings, TlsUnusable, client_context, server_context

LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


@dataclass
class Papers:
    """An authority, and files that a listener is made of."""

    folder: Path
    authority: trustme.CA
    settings: TlsSettings

    def client(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """What a client of this authority uses."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if certificate is not None:
            certificate.configure_cert(context)
        return context

    def station(self, name: str = "CS-1") -> trustme.LeafCert:
        return self.authority.issue_cert(common_name=name)

    def replace(self, authority: trustme.CA) -> None:
        """Put a certificate of another authority into the same files."""
        leaf = authority.issue_cert("localhost", "127.0.0.1")
        self.settings.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        self.settings.key.write_bytes(leaf.private_key_pem.bytes())


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    authority = trustme.CA()
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    settings = TlsSettings(certificate=tmp_path / "server.pem", key=tmp_path / "server.key")
    papers = Papers(tmp_path, authority, settings)
    papers.replace(authority)
    return papers


@pytest.fixture
def mutual(papers: Papers) -> TlsSettings:
    """Settings that require a certificate of the client."""
    return msgspec.structs.replace(papers.settings, client_authorities=papers.folder / "ca.pem", require_client_certificate=True)


async def test_messages_pass_over_tls_in_both_directions(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    house.make = lambda: Recorder(echo=True)
    async with connect(f"wss://localhost:{house.port}/", ssl=papers.client(), max_size=None) as client:
        for size in (1, 1_500, 20_000, 1_000_000):
            await client.send("x" * size)
            assert await client.recv() == "x" * size
    assert house.upgrades[0].secure
    assert house.upgrades[0].certificate is None
    assert (await house.peer.end())[0] == 1000


async def test_a_large_message_over_tls_leaves_a_working_connection(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw(tls=papers.client())
    for size in (200_000, 10, 100_000, 1, 2):
        raw.write(frame(BINARY, bytes(size)))
        assert await raw.frame() == (BINARY, bytes(size))


async def test_one_who_never_reads_over_tls_is_cut_and_cannot_fill_the_memory(house: House, papers: Papers) -> None:
    limits = msgspec.structs.replace(QUICK, stall_seconds=0.3, messages_per_second=1e9, burst=10**9)
    await house.open(limits, tls=papers.settings)
    house.make = lambda: Recorder(echo=True)
    raw = await house.raw(tls=papers.client())
    raw.reading.pause_reading()
    message = frame(TEXT, b"x" * 50_000)

    async def flood() -> None:
        while True:
            raw.write(message)
            await raw.writer.drain()

    flooding = asyncio.create_task(flood())
    most = 0
    while not house.peer.ends:
        most = max(most, house.peer.socket.pending)
        await asyncio.sleep(0.01)
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)
    assert house.peer.ends == [(1006, "the other end does not read")]
    assert most < 1_000_000
    assert house.peer.count < 1_000


async def test_the_client_certificate_is_seen_before_the_upgrade_is_answered(
    house: House, papers: Papers, mutual: TlsSettings
) -> None:
    await house.open(tls=mutual)
    house.decline = Decline(status=403, reason="Not this one.")
    raw = await Raw.connect(house.port, tls=papers.client(papers.station("CS-42")))
    raw.write(request())
    assert b" 403 " in await raw.head()
    shown = house.upgrades[0].certificate
    assert shown is not None
    subject = x509.load_der_x509_certificate(shown).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "CS-42"


async def test_a_client_certificate_may_be_optional(house: House, papers: Papers, mutual: TlsSettings) -> None:
    await house.open(tls=msgspec.structs.replace(mutual, require_client_certificate=False))
    for certificate in (None, papers.station()):
        async with connect(f"wss://localhost:{house.port}/", ssl=papers.client(certificate)):
            assert (house.upgrades[-1].certificate is None) == (certificate is None)


def converse(port: int, context: ssl.SSLContext, name: str) -> None:
    """A client that blocks: asyncio's would hang up without saying what it does not like."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as sock,
        context.wrap_socket(sock, server_hostname=name) as secure,
    ):
        # TLS 1.3 tells a client that its certificate is not liked only when it reads
        secure.sendall(request())
        if not secure.recv(1):
            raise ConnectionResetError


async def handshake_fails(house: House, context: ssl.SSLContext, *, name: str = "localhost") -> str:
    """Try to connect; what the listener said about it."""
    before = len(house.upgrades)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.to_thread(converse, house.port, context, name)
    await until(lambda: bool(house.refused))
    ((host, _), reason) = house.refused[0]
    assert host == "127.0.0.1"
    assert (len(house.upgrades), house.listener.unfinished, len(house.refused)) == (before, 0, 1)
    return reason


async def test_no_client_certificate_is_refused_and_reported(house: House, papers: Papers, mutual: TlsSettings) -> None:
    await house.open(tls=mutual)
    assert "peer did not return a certificate" in await handshake_fails(house, papers.client())


async def test_a_client_certificate_of_another_authority_is_refused_and_reported(
    house: House, papers: Papers, mutual: TlsSettings
) -> None:
    await house.open(tls=mutual)
    stranger = trustme.CA().issue_cert(common_name="CS-1")
    assert "certificate verify failed" in await handshake_fails(house, papers.client(stranger))


async def test_an_expired_client_certificate_is_refused_and_reported(house: House, papers: Papers, mutual: TlsSettings) -> None:
    await house.open(tls=mutual)
    expired = papers.authority.issue_cert(common_name="CS-1", not_after=LONG_AGO)
    assert "certificate verify failed" in await handshake_fails(house, papers.client(expired))


async def test_a_client_that_does_not_believe_the_server_is_reported(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    context = ssl.create_default_context()
    trustme.CA().configure_trust(context)
    assert "unknown ca" in await handshake_fails(house, context)


async def test_a_client_that_expects_another_name_is_reported(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    assert "certificate" in await handshake_fails(house, papers.client(), name="elsewhere.example")


@pytest.mark.parametrize("minimum", ["1.2", "1.3"])
async def test_tls_below_the_minimum_is_refused_and_reported(house: House, papers: Papers, minimum: str) -> None:
    await house.open(tls=msgspec.structs.replace(papers.settings, minimum_version=minimum))
    context = papers.client()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1 if minimum == "1.2" else ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ALL:@SECLEVEL=0")
    assert "protocol" in await handshake_fails(house, context)


async def test_plain_http_on_a_tls_port_is_reported(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    raw = await Raw.connect(house.port)
    raw.write(request())
    await raw.rest()
    await until(lambda: bool(house.refused))
    assert "http request" in house.refused[0][1]


async def test_a_tls_handshake_that_never_ends_is_cut_in_time(house: House, papers: Papers) -> None:
    await house.open(msgspec.structs.replace(QUICK, handshake_seconds=0.2), tls=papers.settings)
    raw = await Raw.connect(house.port)
    raw.write(b"\x16\x03\x01\x02\x00\x01")
    assert await raw.rest() == b""
    await until(lambda: house.listener.unfinished == 0)
    assert len(house.refused) == 1


async def test_a_tls_handshake_that_takes_long_makes_room_once_others_wait(house: House, papers: Papers) -> None:
    limits = msgspec.structs.replace(QUICK, max_handshakes=2, handshake_seconds=3_600.0, crowded_seconds=0.2)
    await house.open(limits, tls=papers.settings)
    for _ in range(2):
        (await Raw.connect(house.port)).write(b"\x16\x03\x01\x02\x00\x01")
    await until(lambda: len(house.refused) >= 1)
    assert house.listener.unfinished < 2


async def test_a_request_that_never_comes_after_tls_is_cut_in_time(house: House, papers: Papers) -> None:
    await house.open(msgspec.structs.replace(QUICK, handshake_seconds=0.5), tls=papers.settings)
    raw = await Raw.connect(house.port, tls=papers.client())
    assert await raw.rest() == b""
    assert (house.listener.unfinished, house.refused) == (0, [])


async def test_certificates_are_exchanged_without_dropping_anyone(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    old = await house.raw(tls=papers.client())
    other = trustme.CA()
    papers.replace(other)
    house.listener.reload_tls()
    context = ssl.create_default_context()
    other.configure_trust(context)
    async with connect(f"wss://localhost:{house.port}/", ssl=context):
        assert house.listener.count == 2
        old.write(frame(TEXT, b"still here"))
        assert await house.peers[0].message() == (b"still here", False)
    assert "unknown ca" in await handshake_fails(house, papers.client())


async def test_a_reload_that_fails_leaves_the_old_certificate_in_use(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    papers.settings.key.write_bytes(b"nothing")
    with pytest.raises(TlsUnusable, match=r"server\.key"):
        house.listener.reload_tls()
    async with connect(f"wss://localhost:{house.port}/", ssl=papers.client()):
        assert house.listener.count == 1


async def test_stopping_says_goodbye_over_tls(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    raw = await house.raw(tls=papers.client())
    stopping = asyncio.create_task(house.listener.stop())
    assert await raw.close_code() == 1001
    raw.write(frame(8, b"\x03\xe9"))
    await stopping
    assert house.peer.ends == [(1001, "")]


async def test_stopping_in_the_middle_of_a_tls_handshake_leaves_nothing_behind(house: House, papers: Papers) -> None:
    await house.open(tls=papers.settings)
    raw = await Raw.connect(house.port)
    raw.write(b"\x16\x03\x01\x02\x00\x01")
    await until(lambda: house.listener.unfinished == 1)
    await house.listener.stop()
    assert await raw.rest() == b""
    assert (house.listener.unfinished, house.refused) == (0, [])


# --- settings that cannot work


def test_a_missing_file_is_named(papers: Papers) -> None:
    gone = papers.folder / "gone.pem"
    for field in ("certificate", "key", "client_authorities"):
        with pytest.raises(TlsUnusable, match=r"gone\.pem: No such file"):
            server_context(msgspec.structs.replace(papers.settings, **{field: gone}))


def test_a_key_of_another_certificate_is_named(papers: Papers) -> None:
    papers.settings.key.write_bytes(papers.station().private_key_pem.bytes())
    with pytest.raises(TlsUnusable, match="does not belong to the first certificate"):
        server_context(papers.settings)


def test_an_encrypted_key_does_not_ask_at_the_terminal(papers: Papers) -> None:
    key = serialization.load_pem_private_key(papers.settings.key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    papers.settings.key.write_bytes(pem)
    with pytest.raises(TlsUnusable, match="unencrypted"):
        server_context(papers.settings)


def test_files_without_pem_are_named(papers: Papers) -> None:
    text = written(papers.folder / "notes.txt", b"no certificate at all")
    with pytest.raises(TlsUnusable, match=r"notes\.txt.*PEM"):
        server_context(msgspec.structs.replace(papers.settings, certificate=text))
    with pytest.raises(TlsUnusable, match=r"notes\.txt.*PEM"):
        client_context(authorities=text)


def test_requiring_certificates_needs_authorities(papers: Papers) -> None:
    with pytest.raises(TlsUnusable, match="client_authorities names no file"):
        server_context(msgspec.structs.replace(papers.settings, require_client_certificate=True))


def test_ciphers_that_do_not_exist_are_named(papers: Papers) -> None:
    with pytest.raises(TlsUnusable, match="'NONSENSE'"):
        server_context(msgspec.structs.replace(papers.settings, ciphers="NONSENSE"))


def test_a_resumed_session_cannot_carry_an_old_client_certificate(mutual: TlsSettings) -> None:
    context = server_context(mutual)
    assert context.num_tickets == 0
    assert context.options & ssl.OP_NO_TICKET


def test_a_client_without_authorities_believes_the_system() -> None:
    context = client_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
