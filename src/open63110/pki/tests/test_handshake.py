# SPDX-License-Identifier: Apache-2.0
"""What the authority gives is what TLS 1.3 with mutual certificates needs: it lets in whom it should, and nobody else."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from open63110.kernel.roles import Role
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import Party, identity_of

BEGIN, LIFE = datetime(2025, 1, 1, tzinfo=UTC), timedelta(days=40_000)  # long, since TLS looks at the real clock
CSMS, DOTTED = Party("csms", Role.CSMS), Party("DE.ABC.CS1", Role.STATION)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "pki")
    made.make("Site authority", [], BEGIN, LIFE + timedelta(days=1))
    return made


def give(folder: Folder, party: Party, *names: str, life: timedelta = LIFE) -> Given:
    """A certificate and a key."""
    return folder.issue(Wish(party=party, server_names=names, life=life), BEGIN)


def context(given: Given, purpose: int, revoked: Path | None = None) -> ssl.SSLContext:
    """One end: it shows its certificate and demands one of the same authority."""
    made = ssl.SSLContext(purpose)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.load_cert_chain(given.certificate, given.key)
    made.load_verify_locations(given.authority)
    made.verify_mode = ssl.CERT_REQUIRED
    if revoked:
        made.load_verify_locations(revoked)
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return made


def shown(server: ssl.SSLContext, client: ssl.SSLContext, name: str = "csms.internal") -> tuple[bytes, bytes]:
    """Shake hands in memory; return the certificates that server and client were shown."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (server.wrap_bio(up, down, server_side=True), client.wrap_bio(down, up, server_hostname=name))
    for _ in range(4):
        for end in reversed(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    found = [end.getpeercert(binary_form=True) for end in ends]
    assert found[0] is not None
    assert found[1] is not None
    return found[0], found[1]


def ends(server: Given, client: Given, revoked: Path | None = None) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Both ends of a link."""
    return context(server, ssl.PROTOCOL_TLS_SERVER, revoked), context(client, ssl.PROTOCOL_TLS_CLIENT, revoked)


def test_both_ends_learn_who_the_other_is(folder: Folder) -> None:
    seen = shown(*ends(give(folder, CSMS, "csms.internal"), give(folder, DOTTED), folder.revoked_path))
    assert [identity_of(one) for one in seen] == [DOTTED, CSMS]


def test_another_authority_is_not_believed(folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    other.make("Site authority", [], BEGIN, LIFE + timedelta(days=1))
    server, client = give(folder, CSMS, "csms.internal"), give(other, DOTTED)
    stranger = context(client, ssl.PROTOCOL_TLS_CLIENT)
    stranger.load_verify_locations(server.authority)
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        shown(context(server, ssl.PROTOCOL_TLS_SERVER), stranger)


def test_an_expired_certificate_is_not_believed(folder: Folder) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        shown(*ends(give(folder, CSMS, "csms.internal"), give(folder, DOTTED, life=timedelta(days=30))))


def test_a_revoked_certificate_is_not_believed(folder: Folder) -> None:
    server, client = give(folder, CSMS, "csms.internal"), give(folder, DOTTED)
    folder.revoke(client.serial, "key-compromise", BEGIN)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        shown(*ends(server, client, folder.revoked_path))


def test_a_station_cannot_pass_for_a_server(folder: Folder) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shown(*ends(give(folder, DOTTED), give(folder, CSMS)))


def test_a_server_is_who_it_is_asked_for(folder: Folder) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shown(*ends(give(folder, CSMS, "csms.internal"), give(folder, DOTTED)), name="other.internal")
