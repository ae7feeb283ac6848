# SPDX-License-Identifier: Apache-2.0
"""Signatures of firmware: whether a signer descends from a manufacturer, and whether an image is what he signed (8.3.6)."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

log = structlog.get_logger(__name__)

INVALID: Final = "InvalidCertificate"
REVOKED: Final = "RevokedCertificate"

BLOCK: Final = 1024 * 1024
"""Of an image that is read at once [bytes]."""

LONGEST_CHAIN: Final = 5

UNREADABLE: Final = (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
"""What certificates may raise that whoever wrote them made so."""

SHORTEST_RSA: Final = 2048
"""[bit]"""


class Manufacturers:
    """Implements ports.Signers: whom to believe, from files that are read each time: they may be replaced at any time."""

    def __init__(self, roots: Path | None, revoked: Path | None = None) -> None:
        """Believe the roots in a file.

        Args:
            roots: PEM of the manufacturers; None: nobody is believed.
            revoked: PEM of the lists of those whom they or theirs took back; None: nobody was.
        """
        self._roots, self._revoked = roots, revoked

    @property
    def known(self) -> bool:
        """There are roots at all."""
        return self._roots is not None

    def judge(self, certificate: str, now: datetime) -> str:
        """Return why a signer (PEM, his own certificate first) is not believed; empty: he is."""
        try:
            chain = x509.load_pem_x509_certificates(certificate.encode())
            roots = x509.load_pem_x509_certificates(self._roots.read_bytes()) if self._roots is not None else []
            return judged(chain, roots, _lists(self._revoked), now)
        except (OSError, *UNREADABLE) as fault:
            log.warning("a signer of firmware cannot be judged", reason=f"{type(fault).__name__}: {fault}")
            return INVALID


def judged(
    chain: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> str:
    """Return why a signer is not believed; empty: he is.

    Args:
        chain: his certificate first, then those between it and a root.
        roots: of manufacturers.
        lists: of what was taken back; one that nobody here signed counts for nothing.
        now: the time.

    Raises:
        UNREADABLE: something of a certificate is of a kind that nobody here knows.
    """
    if not 0 < len(chain) <= LONGEST_CHAIN or not _may_sign(chain[0]):
        return INVALID
    every = [*chain[1:], *roots]
    one, seen = chain[0], 0
    while one not in roots:
        if not _valid(one, now):
            return INVALID
        issuer = next((other for other in every if _issued(one, other)), None)
        if issuer is None or seen > LONGEST_CHAIN:
            return INVALID
        if _taken_back(one, issuer, lists):
            return REVOKED
        one, seen = issuer, seen + 1
    return "" if _valid(one, now) else INVALID


def _lists(path: Path | None) -> list[x509.CertificateRevocationList]:
    """Read every list in a file of PEM; one that is not there names nobody."""
    if path is None or not path.exists():
        return []
    end = b"-----END X509 CRL-----"
    parts = path.read_bytes().split(end)[:-1]
    return [x509.load_pem_x509_crl(part + end) for part in parts]


def _valid(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _may_sign(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return False
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_RSA:
        return False
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature)
    except x509.ExtensionNotFound:
        return True


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether somebody who may has issued a certificate."""
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, TypeError, *UNREADABLE):
        return False
    return True


_KNOWN_KEYS = (
    ec.EllipticCurvePublicKey,
    rsa.RSAPublicKey,
    dsa.DSAPublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
)
"""Keys of issuers whose lists are understood."""


def _taken_back(certificate: x509.Certificate, issuer: x509.Certificate, lists: Sequence[x509.CertificateRevocationList]) -> bool:
    key = issuer.public_key()
    if not isinstance(key, _KNOWN_KEYS):
        message = "nobody here can tell what its issuer has taken back"
        raise UnsupportedAlgorithm(message)
    for one in lists:
        ours = one.issuer == issuer.subject and one.is_signature_valid(key)
        if ours and one.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            return True
    return False


def sha256_of(path: Path) -> bytes:
    """Return the hash of a file; reads all of it.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.digest()


def signed_by(digest: bytes, signature: str, certificate: str) -> bool:
    """Tell whether a signer has signed what has this SHA-256: ECDSA, or RSA of either padding.

    Args:
        digest: of the image.
        signature: in base64.
        certificate: PEM; his own comes first.
    """
    try:
        raw = base64.b64decode(signature, validate=True)
        key = x509.load_pem_x509_certificates(certificate.encode())[0].public_key()
    except UNREADABLE:
        return False
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _verifies(lambda: key.verify(raw, digest, ec.ECDSA(_GIVEN)))
    if isinstance(key, rsa.RSAPublicKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.AUTO)
        return _verifies(lambda: key.verify(raw, digest, pss, _GIVEN)) or _verifies(
            lambda: key.verify(raw, digest, padding.PKCS1v15(), _GIVEN)
        )
    return False


_GIVEN: Final = Prehashed(hashes.SHA256())


def _verifies(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except (InvalidSignature, ValueError):  # ValueError: its key is too short for any signature of that kind
        return False
    return True


def sign(digest: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    """Return a signature of what has this SHA-256, in base64."""
    return base64.b64encode(key.sign(digest, ec.ECDSA(_GIVEN))).decode()
