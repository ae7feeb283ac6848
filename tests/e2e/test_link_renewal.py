# SPDX-License-Identifier: Apache-2.0
"""Both ends show their certificates again while the link goes on: nothing in flight is lost, and nobody is away (B.10)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID
from tests.e2e.link_house import LinkStation, linked
from tests.e2e.test_link_transport import ask, ended

from open63110.bindings.link.carriers.websocket_carrier import Papers
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.principal import AuditEntry
from open63110.model.station import StationBooted, StationDisconnected
from open63110.pki.authority import Wish
from open63110.pki.identity import party
from open63110.usecases.services.authorize_locally import AskLocalListVersion

CS1 = StationId("CS-1")


def dials_as(at: LinkStation, **more: Any) -> None:
    """Set how the station dials from now on."""
    at.line.dialling = msgspec.structs.replace(at.line.dialling, **more)


async def asked(at: LinkStation, count: int) -> list[Order]:
    """Give orders one after the other, without waiting for their answers."""
    await at.here.until(lambda: at.here.csms.link.connected(CS1))
    found = []
    for _ in range(count):
        found.append(await ask(at.here, AskLocalListVersion(station=CS1), 120.0))
        await asyncio.sleep(0.01)
    return found


async def nobody_was_away(at: LinkStation) -> None:
    """See that the station had a link all the time, and that nobody has to look into anything."""
    assert not await at.here.facts(StationDisconnected, "CS-1")
    assert len(await at.here.facts(StationBooted, "CS-1")) == 1
    assert not [one for one in at.here.rows(AuditEntry) if one.outcome == "not-authorized"]


@pytest.mark.at("AT-B.10-3", "link")
async def test_a_session_outlives_its_lifetime_with_requests_in_flight_and_is_never_without_a_link(
    tmp_path: Path,
) -> None:
    async with linked(tmp_path, factor=1.0) as at:
        conversation = at.here.csms.link.conversations[CS1]
        dials_as(at, renew_after=1.0)
        at.line.came_up()
        at.here.csms.link.lifetime = 2.5
        dials = at.site.link.dials
        sockets: set[int] = set()
        orders: list[Order] = []
        for _ in range(12):
            orders += await asked(at, 20)
            sockets.add(id(at.line.lines.socket))
        assert [one for one in await ended(at.here, *orders) if one.outcome is not Outcome.ACCEPTED] == []
        assert len(sockets) >= 2, "it went over to others"
        assert at.site.link.dials == dials, "and never had to dial for want of a link"
        await at.here.until(lambda: conversation.lines.open)
        await nobody_was_away(at)


@pytest.mark.at("AT-B.10-3", "link")
async def test_a_renewed_certificate_is_shown_at_once_while_the_link_goes_on(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0) as at:
        folder = at.pki.folder.path / "parties" / "CS-1"
        files = [folder / name for name in ("certificate.pem", "key.pem", "authority.pem")]
        papers = Papers(*files)
        dials_as(at, tls=papers.tls, renewed=papers.renewed)
        conversation = at.here.csms.link.conversations[CS1]
        before = conversation.marks.peer.serial
        orders = await asked(at, 20)
        key: Any = load_pem_private_key(files[1].read_bytes(), None)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CS-1")])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        wish, to = Wish(party=party("CS-1", Role.STATION)), tmp_path / "renewed"
        given = at.pki.folder.issue(wish, at.here.now(), request=request.public_bytes(Encoding.PEM), to=to)
        given.certificate.replace(files[0])
        orders += await asked(at, 50)
        await at.here.until(lambda: conversation.marks.peer.serial != before)
        orders += await asked(at, 20)
        assert [one for one in await ended(at.here, *orders) if one.outcome is not Outcome.ACCEPTED] == []
        assert int(conversation.marks.peer.serial, 16) == int(given.serial, 16)
        await nobody_was_away(at)


async def test_a_renewal_that_fails_leaves_the_link_as_it_is(tmp_path: Path) -> None:
    async with linked(tmp_path, factor=1.0, tapped=True) as at:
        socket = at.line.lines.socket
        at.tap.open = False
        at.line.renew()
        orders = await asked(at, 20)
        assert [one for one in await ended(at.here, *orders) if one.outcome is not Outcome.ACCEPTED] == []
        assert at.line.lines.socket is socket
        await nobody_was_away(at)
