# SPDX-License-Identifier: Apache-2.0
"""A small authority: a root that signs the certificates of parties and the list of those it takes back.

Time, keys and serial numbers' randomness apart, nothing here reaches outside. An authority of this kind has no level in
between: what it signs is for one operator's closed networks and for the names the operator adds.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from open63110.kernel.errors import Malformed, Refused
from open63110.pki.identity import Party, identity_of, role_name

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Reason = Literal["unspecified", "key-compromise", "affiliation-changed", "superseded", "cessation-of-operation"]

ROOT_LIFE = timedelta(days=3652)
"""Ten years."""
LIFE = timedelta(days=365)
"""Of a certificate, unless it is said otherwise."""
SKEW = timedelta(hours=1)
"""So much earlier a certificate begins, for clocks that are late."""
PRIVATE_NAMES = ("localhost", "local", "internal", "home.arpa", "invalid")
"""Domains of closed networks: the only ones an authority may name, beside those it was made for."""
PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(one)
    for one in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
NAMELESS = "nameless.invalid"
"""DNS name of who serves nowhere. Without any, verifiers take an identity with a dot in it for a DNS name."""


class Revoked(Refused):
    """The authority took the certificate back."""

    code = "Revoked"


class Untrusted(Refused):
    """The certificate is not of this authority, or not valid now."""

    code = "Untrusted"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to stand in a certificate."""

    party: Party
    server_names: tuple[str, ...] = ()
    """DNS names it serves at; with none and no address it is a client only."""
    addresses: tuple[str, ...] = ()
    """IP addresses it serves at."""
    life: timedelta = LIFE


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """A root and its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def issue(self, key: PublicKey, wish: Wish, now: datetime) -> x509.Certificate:
        """Sign a certificate.

        Args:
            key: P-256, or Ed25519; only P-256 can be sealed for.
            wish: who holds it, and where.
            now: when it begins, less an hour for clocks that are late.

        Raises:
            Refused: it would outlive the authority, or name what the authority may not.
            Malformed: an identity, a name or an address that cannot be.
        """
        names = _names(wish)
        self._allow(wish, names, now)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.party.identity)]))
            .issuer_name(self.certificate.subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - SKEW)
            .not_valid_after(now + wish.life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(key), critical=True)
            .add_extension(_purposes(wish), critical=False)
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(role_name(wish.party.role)), *names]), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        return builder.sign(self.key, hashes.SHA256())

    def revocations(
        self, revoked: Iterable[x509.RevokedCertificate], number: int, now: datetime
    ) -> x509.CertificateRevocationList:
        """Sign the list of certificates taken back; it holds until there is a newer one, or the authority ends.

        Args:
            revoked: all of them.
            number: greater than that of the list before.
            now: of its making.
        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now)
            .next_update(self.certificate.not_valid_after_utc)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(one)
        return builder.sign(self.key, hashes.SHA256())

    def _allow(self, wish: Wish, names: Sequence[x509.GeneralName], now: datetime) -> None:
        if now + wish.life > self.certificate.not_valid_after_utc:
            end = f"{self.certificate.not_valid_after_utc:%Y-%m-%d}"
            raise Refused(f"it would outlive the authority, which ends on {end}", where="days", remedy="ask for fewer days")
        if wish.life <= timedelta(0):
            raise Malformed("a certificate lives for a day at least", where="days")
        permitted = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        for name in names:
            if not any(_within(name, one) for one in permitted):
                raise Refused(
                    f"this authority may not name {name.value}",
                    where="server-name",
                    remedy="name a closed network's, or make an authority that permits it: open63110 pki init --permit",
                )


def make_authority(name: str, permitted: Sequence[str], now: datetime, life: timedelta = ROOT_LIFE) -> Authority:
    """Make a root with a key of its own.

    Args:
        name: for people.
        permitted: domains (with all below them), addresses and networks it may name, beside those of closed networks.
        now: when it begins, less an hour for clocks that are late.
        life: how long it holds.

    Raises:
        Malformed: a name or a network that cannot be.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    subtrees = [*map(x509.DNSName, PRIVATE_NAMES), *map(x509.IPAddress, PRIVATE_NETWORKS), *map(_subtree, permitted)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=subtrees, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(key=key, certificate=builder.sign(key, hashes.SHA256()))


def key_of_request(pem: bytes, party: Party) -> PublicKey:
    """Return the key that a certificate is requested for; what else the request says is not believed.

    Raises:
        Malformed: no request, not signed with its own key, or of another kind of key than P-256 and Ed25519.
        Refused: it names somebody else.
    """
    try:
        request = x509.load_pem_x509_csr(pem)
        signed = request.is_signature_valid
        key = request.public_key()
    except (ValueError, InvalidSignature) as error:
        raise Malformed("that is no certificate request in PEM", where="csr") from error
    if not signed:
        raise Malformed("the request is not signed with the key it is for", where="csr")
    named = [str(one.value) for one in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if named and named != [party.identity]:
        raise Refused(f"the request is for {', '.join(named)}, not for {party.identity}", where="csr")
    return usable(key)


def usable(key: object) -> PublicKey:
    """Return a key that a certificate may be of.

    Raises:
        Malformed: it is neither P-256 nor Ed25519.
    """
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise Malformed("keys are of P-256 or Ed25519")


def revoked_certificate(serial: int, reason: Reason, now: datetime) -> x509.RevokedCertificate:
    """Make the entry of a certificate that is taken back."""
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
    if reason != "unspecified":  # RFC 5280 5.3.1: then nothing is said
        entry = entry.add_extension(x509.CRLReason(REASONS[reason]), critical=False)
    return entry.build()


REASONS: Mapping[str, x509.ReasonFlags] = {
    "key-compromise": x509.ReasonFlags.key_compromise,
    "affiliation-changed": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "cessation-of-operation": x509.ReasonFlags.cessation_of_operation,
}


def vouched(der: bytes, root: x509.Certificate, revocations: x509.CertificateRevocationList | None, now: datetime) -> Party:
    """Return whom a certificate of this authority names, whatever link or message it came by.

    Raises:
        Untrusted: of another authority, or not valid now.
        Revoked: taken back.
        Malformed: no certificate, or one that does not say who holds it.
    """
    party = identity_of(der)
    certificate = x509.load_der_x509_certificate(der)
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Untrusted(f"the certificate of {party.identity} is of another authority") from error
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Untrusted(f"the certificate of {party.identity} is not valid now", code="Expired")
    if revocations is not None and revocations.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
        raise Revoked(f"the certificate of {party.identity} was taken back")
    return party


def _names(wish: Wish) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [_dns(one) for one in wish.server_names]
    for one in wish.addresses:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(one)))
        except ValueError as error:
            raise Malformed(f"{one!r} is no IP address", where="address") from error
    return names or [x509.DNSName(NAMELESS)]


def _dns(name: str) -> x509.DNSName:
    labels = name.lower().split(".")
    plain = all(0 < len(one) <= 63 and one.isascii() and one.replace("-", "").isalnum() for one in labels)
    if not plain or len(name) > 253 or labels[-1].isdigit():
        raise Malformed(
            f"{name!r} is no DNS name", where="server-name", remedy="write other letters as xn--…, addresses as --address"
        )
    return x509.DNSName(name.lower())


def _subtree(permitted: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_network(permitted))
    except ValueError:
        return _dns(permitted)


def _within(name: x509.GeneralName, subtree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName) and isinstance(subtree, x509.DNSName):
        return f".{name.value}".endswith(f".{subtree.value}")
    return isinstance(name, x509.IPAddress) and isinstance(subtree, x509.IPAddress) and name.value in subtree.value  # type: ignore[operator] # a subtree is a network


def _usage(key: PublicKey) -> x509.KeyUsage:
    """Signing; and agreeing on keys with P-256, so that elements can be sealed for it."""
    agreeing = ("key_agreement",) if isinstance(key, ec.EllipticCurvePublicKey) else ()
    return _key_usage("digital_signature", *agreeing)


def _key_usage(*allowed: str) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
        "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{one: one in allowed for one in every})


def _purposes(wish: Wish) -> x509.ExtendedKeyUsage:
    serving = [ExtendedKeyUsageOID.SERVER_AUTH] if wish.server_names or wish.addresses else []
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, *serving])
