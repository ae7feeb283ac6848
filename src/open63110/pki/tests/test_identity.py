# SPDX-License-Identifier: Apache-2.0
"""Who a certificate says its holder is: one common name, one role, or nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.kernel.errors import Malformed
from open63110.kernel.roles import PEOPLE, Role
from open63110.pki.identity import identity_of, party, party_in, role_name

NOW = datetime(2030, 1, 1, tzinfo=UTC)
STATION = "urn:open63110:role:station"


def certificate(names: list[str], uris: list[str] | None) -> bytes:
    """A certificate that anyone could make."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one) for one in names])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    if uris is not None:
        found = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(one) for one in uris])
        builder = builder.add_extension(found, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_identity_and_role_stand_in_the_certificate() -> None:
    identity, role = identity_of(certificate(["CS1"], ["https://maker.example/model", STATION]))
    assert (identity, role) == ("CS1", Role.STATION)


def test_a_pem_file_says_it_too() -> None:
    der = certificate(["CS1"], [STATION])
    pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
    assert party_in(b"the chain of CS1\n" + pem).identity == "CS1"
    with pytest.raises(Malformed, match="no certificate"):
        party_in(b"-----BEGIN CERTIFICATE-----\n")


@pytest.mark.parametrize(
    ("names", "uris"),
    [
        ([], [STATION]),
        (["CS1", "CS2"], [STATION]),
        (["CS1"], None),
        (["CS1"], []),
        (["CS1"], ["urn:open63110:role:king"]),
        (["CS1"], ["urn:open63110:role:"]),
        (["CS1"], [STATION, "urn:open63110:role:csms"]),
        (["CS1"], ["urn:open63110:role:admin"]),
        ([" CS1"], [STATION]),
        (["CS\n1"], [STATION]),
    ],
)
def test_a_certificate_that_names_nobody_or_several_is_refused(names: list[str], uris: list[str] | None) -> None:
    with pytest.raises(Malformed):
        identity_of(certificate(names, uris))


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x05", b"-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(Malformed, match="no certificate"):
        identity_of(der)


@pytest.mark.parametrize("identity", ["", "x" * 65, "a\x00b", " a", "a\u200b"])
def test_identities_are_short_and_printable(identity: str) -> None:
    with pytest.raises(Malformed, match="printable"):
        party(identity, Role.STATION)


@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_people_hold_no_certificates(role: Role) -> None:
    with pytest.raises(Malformed, match="people"):
        party("ann", role)


def test_every_role_of_a_system_has_a_name() -> None:
    assert {role_name(role) for role in Role if role not in PEOPLE} >= {STATION, "urn:open63110:role:local-csms"}
