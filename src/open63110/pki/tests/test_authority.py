# SPDX-License-Identifier: Apache-2.0
"""The authority: what it signs, what it refuses to sign, and whom it vouches for; openssl is the second opinion."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.roles import Role
from open63110.pki.authority import (
    PRIVATE_NETWORKS,
    Authority,
    PublicKey,
    Revoked,
    Untrusted,
    Wish,
    key_of_request,
    make_authority,
    revoked_certificate,
    vouched,
)
from open63110.pki.identity import Party

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
CS1 = Party("DE.ABC.CS1", Role.STATION)  # with dots: nobody may take it for a DNS name
CSMS = Party("csms", Role.CSMS)
KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY = make_authority("Site authority", ["csms.example", "192.0.2.0/24"], NOW)


def issued(wish: Wish, now: datetime = NOW, authority: Authority = AUTHORITY, key: PublicKey | None = None) -> x509.Certificate:
    """A certificate by the authority of these tests."""
    return authority.issue(key or KEY.public_key(), wish, now)


def der(certificate: x509.Certificate) -> bytes:
    """Its bytes."""
    return certificate.public_bytes(Encoding.DER)


def openssl(folder: Path, certificate: x509.Certificate, *more: str, at: datetime = NOW, root: Authority = AUTHORITY) -> str:
    """What openssl says of a certificate."""
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (folder / "leaf.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "verify", "-x509_strict", "-attime", f"{at.timestamp():.0f}", "-CAfile", "root.pem", *more, "leaf.pem"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_openssl_believes_what_the_authority_signed(tmp_path: Path) -> None:
    served = Wish(party=CSMS, server_names=("eu.csms.example", "localhost"), addresses=("192.0.2.7", "::1"))
    assert "leaf.pem: OK" in openssl(tmp_path, issued(Wish(party=CS1)), "-purpose", "sslclient")
    for more in (["-verify_hostname", "eu.csms.example"], ["-verify_ip", "192.0.2.7"], ["-verify_ip", "::1"]):
        assert "leaf.pem: OK" in openssl(tmp_path, issued(served), "-purpose", "sslserver", *more)
    assert "mismatch" in openssl(tmp_path, issued(served), "-verify_hostname", "us.csms.example")


def test_a_party_that_serves_nowhere_is_no_server(tmp_path: Path) -> None:
    assert "unsuitable certificate purpose" in openssl(tmp_path, issued(Wish(party=CS1)), "-purpose", "sslserver")


def test_openssl_and_the_authority_agree_on_who_is_no_longer_believed(tmp_path: Path) -> None:
    certificate = issued(Wish(party=CS1, life=timedelta(days=30)))
    late, early = NOW + timedelta(days=31), NOW - timedelta(hours=2)
    foreign = make_authority("Site authority", [], NOW)
    for at, words in ((late, "has expired"), (early, "not yet valid")):
        assert words in openssl(tmp_path, certificate, at=at)
        with pytest.raises(Untrusted, match="not valid now"):
            vouched(der(certificate), AUTHORITY.certificate, None, at)
    assert "error" in openssl(tmp_path, certificate, root=foreign)
    with pytest.raises(Untrusted, match="another authority"):
        vouched(der(certificate), foreign.certificate, None, NOW)


def test_openssl_and_the_authority_agree_on_who_was_taken_back(tmp_path: Path) -> None:
    good, bad = issued(Wish(party=CSMS)), issued(Wish(party=CS1))
    revocations = AUTHORITY.revocations([revoked_certificate(bad.serial_number, "key-compromise", NOW)], 2, NOW)
    (tmp_path / "crl.pem").write_bytes(revocations.public_bytes(Encoding.PEM))
    checked = ("-crl_check", "-CRLfile", "crl.pem")
    years_later = NOW + timedelta(days=300)
    assert "leaf.pem: OK" in openssl(tmp_path, good, *checked, at=years_later)
    assert "certificate revoked" in openssl(tmp_path, bad, *checked, at=years_later)
    assert vouched(der(good), AUTHORITY.certificate, revocations, NOW) == CSMS
    with pytest.raises(Revoked):
        vouched(der(bad), AUTHORITY.certificate, revocations, NOW)


def test_the_reason_stands_in_the_list_unless_there_is_none() -> None:
    why = revoked_certificate(7, "superseded", NOW).extensions.get_extension_for_class(x509.CRLReason).value
    assert why.reason is x509.ReasonFlags.superseded
    assert len(revoked_certificate(7, "unspecified", NOW).extensions) == 0


@pytest.mark.parametrize(
    ("names", "addresses"),
    [
        (("example.com",), ()),
        (("notcsms.example",), ()),
        (("localhost", "example.com"), ()),
        ((), ("8.8.8.8",)),
        ((), ("2001:db8::1",)),
    ],
)
def test_the_authority_names_closed_networks_and_what_was_permitted_only(
    names: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    with pytest.raises(Refused, match="may not name"):
        issued(Wish(party=CSMS, server_names=names, addresses=addresses))


def test_a_stolen_root_is_no_use_against_other_names(tmp_path: Path) -> None:
    unbound = Authority(key=AUTHORITY.key, certificate=make_authority("Site authority", ["com"], NOW).certificate)
    forged = unbound.issue(KEY.public_key(), Wish(party=CSMS, server_names=("bank.com",)), NOW)
    assert "permitted subtree violation" in openssl(tmp_path, forged)


@pytest.mark.parametrize("network", PRIVATE_NETWORKS)
def test_the_authority_names_addresses_of_closed_networks(network: object, tmp_path: Path) -> None:
    address = str(network).split("/")[0]
    assert "leaf.pem: OK" in openssl(tmp_path, issued(Wish(party=CSMS, addresses=(address,))), "-verify_ip", address)


@pytest.mark.parametrize(
    "name", ["", "a..b", "Łódź.local", "a b.local", "x" * 64 + ".local", "*.local", "10.0.0.1", f"{'a.' * 130}local"]
)
def test_what_is_no_dns_name_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="no DNS name"):
        issued(Wish(party=CSMS, server_names=(name,)))


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Malformed, match="no IP address"):
        issued(Wish(party=CSMS, addresses=("10.0.0.300",)))


@pytest.mark.parametrize("permitted", ["not a name", "10.0.0.1/8", ""])
def test_no_authority_is_made_for_what_cannot_be(permitted: str) -> None:
    with pytest.raises(Malformed):
        make_authority("Site authority", [permitted], NOW)


def test_no_certificate_outlives_the_authority() -> None:
    with pytest.raises(Refused, match="outlive"):
        issued(Wish(party=CS1, life=timedelta(days=3653)))
    with pytest.raises(Malformed, match="a day"):
        issued(Wish(party=CS1, life=timedelta(0)))


def test_a_certificate_begins_early_for_clocks_that_are_late() -> None:
    assert issued(Wish(party=CS1)).not_valid_before_utc == NOW - timedelta(hours=1)


def test_a_p256_certificate_can_be_sealed_for_and_an_ed25519_one_cannot() -> None:
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    usages = [
        one.extensions.get_extension_for_class(x509.KeyUsage).value
        for one in (issued(Wish(party=CS1)), issued(Wish(party=CS1), key=other))
    ]
    assert [(one.digital_signature, one.key_agreement, one.key_cert_sign) for one in usages] == [
        (True, True, False),
        (True, False, False),
    ]


def request(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, name: str | None) -> bytes:
    """A certificate request."""
    names = [] if name is None else [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names)).sign(key, algorithm).public_bytes(Encoding.PEM)


@pytest.mark.parametrize("name", [None, CS1.identity])
def test_a_party_may_bring_its_own_key(name: str | None) -> None:
    for key in (KEY, ed25519.Ed25519PrivateKey.generate()):
        assert key_of_request(request(key, name), CS1) == key.public_key()


def test_a_request_by_somebody_else_is_refused() -> None:
    with pytest.raises(Refused, match="for csms, not for"):
        key_of_request(request(KEY, "csms"), CS1)


def test_a_request_of_another_kind_is_refused() -> None:
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(Malformed, match="P-256 or Ed25519"):
            key_of_request(request(key, None), CS1)
    with pytest.raises(Malformed, match="no certificate request"):
        key_of_request(b"nothing", CS1)


def test_a_request_for_a_key_that_its_sender_does_not_have_is_refused() -> None:
    good = x509.load_pem_x509_csr(request(KEY, None)).public_bytes(Encoding.DER)
    forged = x509.load_der_x509_csr(good[:-1] + bytes((good[-1] ^ 1,))).public_bytes(Encoding.PEM)
    with pytest.raises(Malformed, match="not signed"):
        key_of_request(forged, CS1)
