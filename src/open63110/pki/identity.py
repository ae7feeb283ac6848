# SPDX-License-Identifier: Apache-2.0
"""Who a certificate says its holder is: identity and role stand in it, and nowhere else (spec 7.9.4, B.10)."""

from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.kernel.errors import Malformed
from open63110.kernel.roles import PEOPLE, Role

ROLE_NAME = "urn:open63110:role:"
"""Beginning of the URI among the subject's alternative names; the role follows."""
LONGEST = 64
"""Letters in a common name (RFC 5280, ub-common-name)."""


class Party(NamedTuple):
    """A system that holds a certificate."""

    identity: str
    """The subject's common name."""
    role: Role


def identity_of(der: bytes) -> Party:
    """Return whom a certificate names; whether it is to be believed is for its verifier to say.

    Raises:
        Malformed: no certificate, or not one common name and one role in it.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        uris = _uris(certificate)
    except ValueError as error:
        raise Malformed("that is no certificate") from error
    roles = [uri.removeprefix(ROLE_NAME) for uri in uris if uri.startswith(ROLE_NAME)]
    if len(subject) != 1 or len(roles) != 1 or roles[0] not in {str(role) for role in Role}:
        raise Malformed("the certificate does not say who holds it: one common name and one role", where="certificate")
    return party(str(subject[0].value), Role(roles[0]))


def party_in(pem: bytes) -> Party:
    """Return whom the first certificate of a PEM file names.

    Raises:
        Malformed: there is none in it, or it does not name one.
    """
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise Malformed("that is no certificate") from error
    return identity_of(certificate.public_bytes(Encoding.DER))


def party(identity: str, role: Role) -> Party:
    """Return a party that a certificate can name.

    Raises:
        Malformed: an identity that is empty, too long or not printable, or a role of people, who hold no certificates.
    """
    if not 0 < len(identity) <= LONGEST or not identity.isprintable() or identity != identity.strip():
        raise Malformed(f"an identity has 1 to {LONGEST} printable letters", where="identity")
    if role in PEOPLE:
        raise Malformed(f"{role} is a role of people; they log in with a password", where="role")
    return Party(identity, role)


def role_name(role: Role) -> str:
    """Write a role as it stands in a certificate."""
    return f"{ROLE_NAME}{role}"


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)
