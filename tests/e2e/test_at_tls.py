# SPDX-License-Identifier: Apache-2.0
"""The TLS listener refuses whoever cannot prove to be a station of ours, and says so once each (7.9.1)."""

import datetime as dt
import ssl
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme
from tests.e2e.house import WIRES, House, house
from tests.e2e.player import Player
from websockets.exceptions import InvalidHandshake, InvalidMessage

from open63110.apps.config import Listener

REFUSED = (ssl.SSLError, OSError, EOFError, InvalidHandshake, InvalidMessage)


class Papers:
    """An authority of the operator, another that is nobody's, and contexts of clients good and bad."""

    def __init__(self, folder: Path) -> None:
        self.ours, self.theirs = trustme.CA(), trustme.CA()
        server = self.ours.issue_cert("localhost", "127.0.0.1")
        self.chain, self.key, self.authority = folder / "chain.pem", folder / "key.pem", folder / "ca.pem"
        self.chain.write_bytes(b"".join(one.bytes() for one in server.cert_chain_pems))
        self.key.write_bytes(server.private_key_pem.bytes())
        self.authority.write_bytes(self.ours.cert_pem.bytes())

    def listener(self) -> Listener:
        """A listener of security profile 3."""
        return Listener(
            host="127.0.0.1",
            port=0,
            password=False,
            certificate=str(self.chain),
            key=str(self.key),
            client_authorities=str(self.authority),
        )

    def client(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """A client that believes our server, with a certificate of its own or without."""
        context = ssl.create_default_context()
        self.ours.configure_trust(context)
        if certificate is not None:
            certificate.configure_cert(context)
        return context

    def old(self) -> ssl.SSLContext:
        """One that speaks nothing newer than TLS 1.1."""
        context = self.client(self.ours.issue_cert(common_name="CS-1"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context


def contexts(papers: Papers) -> dict[str, ssl.SSLContext]:
    """The negative set."""
    long_ago = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    return {
        "wrong CA": papers.client(papers.theirs.issue_cert(common_name="CS-1")),
        "expired": papers.client(papers.ours.issue_cert(common_name="CS-1", not_after=long_ago)),
        "wrong name": papers.client(papers.ours.issue_cert(common_name="CS-2")),
        "TLS 1.1": papers.old(),
        "no client certificate": papers.client(),
    }


@pytest.mark.at("AT-7.9.1-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_each_of_five_impostors_is_refused_and_leaves_one_security_event(wire: str, tmp_path: Path) -> None:
    papers = Papers(tmp_path)
    async with house(tmp_path, listeners={"main": papers.listener()}) as here:
        await here.register("CS-1")
        seen = await events(here)
        for name, context in contexts(papers).items():
            impostor = Player(here.port, "CS-1", wire, tls=context)
            with pytest.raises(REFUSED):
                await impostor.connect()
            assert here.station("CS-1").connected is None, name
            new: list[SecurityEvent] = []
            while not new:
                new = [one for one in await events(here) if one not in seen]
            assert len(new) == 1, (name, new)
            assert new[0].reason == ("InvalidCertificate" if name == "wrong name" else "TlsHandshakeFailed"), name
            seen += new
        assert len(seen) == len({one.detail for one in seen}) == 5  # each says what was wrong
        with pytest.raises(REFUSED):
            await Player(here.port, "CS-1", wire, tls=contexts(papers)["expired"]).connect()
        await here.pass_by(0.5)
        assert (
            await events(here) == seen
        )  # the same from the same place within a minute is no news: a flood must not fill the disk

        honest = await Player(here.port, "CS-1", wire, tls=papers.client(papers.ours.issue_cert(common_name="CS-1"))).connect()
        assert await honest.boot() == "Accepted"
        await honest.cut()
        assert len(await events(here)) == len(seen)


class SecurityEvent(NamedTuple):
    """A refusal as the audit has it."""

    id: int
    reason: str
    detail: str


async def events(here: House) -> list[SecurityEvent]:
    """Every refusal in the audit, the oldest first."""
    found = (await here.ask("audit", outcome="not-authorized", order="id"))["items"]
    return [SecurityEvent(one["id"], one["reason"], one["detail"]) for one in found]
