# SPDX-License-Identifier: Apache-2.0
"""The TLS listener refuses whoever cannot prove to be a station of ours, and says so once each (7.9.1)."""

import datetime as dt
import ssl
import warnings
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme
from tests.e2e.house import House, house
from tests.e2e.link_house import CSMS_PARTY, Pki, context, listener
from tests.e2e.link_player import EVERY, AnyPlayer, LinkPlayer
from tests.e2e.player import Player
from websockets.exceptions import InvalidHandshake, InvalidMessage

from open63110.apps.config import Listener
from open63110.kernel.roles import Role
from open63110.pki.authority import Wish
from open63110.pki.identity import party
from open63110.wire.client import NotUpgraded

LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
REFUSED = (ssl.SSLError, OSError, EOFError, InvalidHandshake, InvalidMessage, NotUpgraded)


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

    def honest(self) -> ssl.SSLContext:
        """The station itself."""
        return self.client(self.ours.issue_cert(common_name="CS-1"))

    def contexts(self) -> dict[str, ssl.SSLContext]:
        """The negative set."""
        return {
            "wrong CA": self.client(self.theirs.issue_cert(common_name="CS-1")),
            "expired": self.client(self.ours.issue_cert(common_name="CS-1", not_after=LONG_AGO)),
            "wrong name": self.client(self.ours.issue_cert(common_name="CS-2")),
            "TLS 1.1": outdated(self.honest()),
            "no client certificate": self.client(),
        }


class LinkPapers:
    """The same of the link's own authority; certificates say there what role their holder has."""

    def __init__(self, folder: Path) -> None:
        self.ours, self.theirs = Pki(folder / "pki"), Pki(folder / "theirs", "Another authority")
        self._given = self.ours.give("CS-1")

    def listener(self) -> Listener:
        """A listener for links."""
        return listener(self.ours, self.ours.give(CSMS_PARTY, Role.CSMS, serves=True))

    def honest(self) -> ssl.SSLContext:
        """The station itself."""
        return context(self._given)

    def contexts(self) -> dict[str, ssl.SSLContext]:
        """The negative set."""
        stranger = context(self.theirs.give("CS-1"))
        stranger.load_verify_locations(self.ours.folder.root_path)
        wish = Wish(party=party("CS-1", Role.STATION), life=dt.timedelta(days=1))
        long_ago = self.ours.folder.issue(wish, LONG_AGO, to=self.ours.folder.path / "parties" / "long-ago")
        return {
            "wrong CA": stranger,
            "expired": context(long_ago),
            "wrong name": self.ours.tls("CS-2"),
            "TLS 1.1": outdated(self.honest()),
            "no client certificate": ssl.create_default_context(cafile=self.ours.folder.root_path),
        }


def outdated(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let it speak nothing newer than TLS 1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def station(here: House, wire: str, tls: ssl.SSLContext) -> AnyPlayer:
    """Somebody who says to be CS-1."""
    return LinkPlayer(here.port, "CS-1", tls) if wire == "link" else Player(here.port, "CS-1", wire, tls=tls)


@pytest.mark.at("AT-7.9.1-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_each_of_five_impostors_is_refused_and_leaves_one_security_event(wire: str, tmp_path: Path) -> None:
    papers = LinkPapers(tmp_path) if wire == "link" else Papers(tmp_path)
    impostors = papers.contexts()
    wrong_name = "LinkIdentityMismatch" if wire == "link" else "InvalidCertificate"
    async with house(tmp_path, listeners={"main": papers.listener()}) as here:
        await here.register("CS-1")
        seen = await events(here)
        for name, tls in impostors.items():
            with pytest.raises(REFUSED):
                await station(here, wire, tls).connect()
            assert here.station("CS-1").connected is None, name
            new: list[SecurityEvent] = []
            while not new:
                new = [one for one in await events(here) if one not in seen]
            assert len(new) == 1, (name, new)
            assert new[0].reason == (wrong_name if name == "wrong name" else "TlsHandshakeFailed"), name
            seen += new
        assert len(seen) == len({one.detail for one in seen}) == 5  # each says what was wrong
        with pytest.raises(REFUSED):
            await station(here, wire, impostors["expired"]).connect()
        await here.pass_by(0.5)
        assert (
            await events(here) == seen
        )  # the same from the same place within a minute is no news: a flood must not fill the disk

        honest = await station(here, wire, papers.honest()).connect()
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
