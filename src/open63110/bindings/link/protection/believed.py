# SPDX-License-Identifier: Apache-2.0
"""Which certificates of signers and addressees count now: those in a folder that an authority vouches for."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from open63110.bindings.link.protection.cose import Addressee, ContentKey, PrivateKey, PublicKey, Signer, key_id_of, public_key_of
from open63110.bindings.link.protection.keyring import Keyring
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Malformed
from open63110.kernel.roles import Role

log = structlog.get_logger(__name__)

AGAIN = timedelta(seconds=1)
"""An unknown key makes the folder be read again, but not more often than this."""

Identify = Callable[[bytes], tuple[str, Role]]
"""Whom a certificate names, identity and role; raises Malformed where it does not say."""


class Known(NamedTuple):
    """A certificate that an authority vouches for, whether or not it counts now."""

    identity: str
    role: Role
    key: PublicKey
    der: bytes
    serial: int
    begins: datetime
    ends: datetime


class Believed:
    """Implements cose.Trust: whenever it is asked it looks at expiry, revocation, and what is new in the folder."""

    def __init__(
        self,
        identify: Identify,
        now: Callable[[], datetime],
        *,
        authorities: Iterable[x509.Certificate] = (),
        folder: Path | None = None,
        revoked: Revoked | None = None,
        expired: timedelta = timedelta(0),
    ) -> None:
        """Read what is there.

        Args:
            identify: reads certificates.
            now: the time.
            authorities: whose certificates count.
            folder: certificates in PEM, a file each; None: there are none but one's own.
            revoked: those that were taken back; None: none was.
            expired: how long after its end a signer's certificate counts: messages wait in outboxes.
        """
        self._identify, self._now, self._authorities, self._folder = identify, now, tuple(authorities), folder
        self._revoked, self._expired = revoked or Revoked(None, None), expired
        self._own = Keyring()
        self._known: dict[bytes, Known] = {}
        self._of: dict[str, list[Known]] = {}
        """Certificates by the identity in them."""
        self._read: set[str] = set()
        self._broken: set[str] = set()
        """Files that were told to be of no use."""
        self._stamp = 0
        """Of the folder when it was read last."""
        self._next = now()
        self.look()

    # -- what one has oneself --

    def own(self, key: PrivateKey, der: bytes) -> Signer:
        """Take in one's own key and certificate.

        Raises:
            Malformed: the certificate is of another key, or does not say who holds it.
        """
        signer = self._own.own(key, der)
        self._note(der)
        return signer

    def share(self, key: ContentKey) -> None:
        """Take in a key shared with others."""
        self._own.share(key)

    # -- cose.Trust --

    def public_key(self, key_id: bytes) -> PublicKey | None:
        """Return the key of a certificate that counts now."""
        found = self._found(key_id)
        return found.key if found is not None and self._counts(found, self._expired) else None

    def private_key(self, key_id: bytes) -> ec.EllipticCurvePrivateKey | None:
        """Return one's own key, by one's own certificate."""
        return self._own.private_key(key_id)

    def content_key(self, key_id: bytes) -> ContentKey | None:
        """Return a key shared with others."""
        return self._own.content_key(key_id)

    # -- whose is it --

    def signed_by(self, key_id: bytes) -> Known | None:
        """Return the certificate behind a key id; None: it is not known."""
        return self._found(key_id)

    def addressee(self, identity: str) -> Addressee | None:
        """Return whom to seal for: the newest certificate of an identity that can be sealed for and was not taken back."""
        self._look_again()
        able = [
            one for one in self._known.values() if one.identity == identity and isinstance(one.key, ec.EllipticCurvePublicKey)
        ]
        able = [one for one in able if self._counts(one, timedelta(0))]
        return Addressee.of(max(able, key=lambda one: one.begins).der) if able else None

    # -- the folder --

    def look(self) -> None:
        """Take in certificates that are new in the folder, and the list of those taken back."""
        self._revoked.look()
        self._next = self._now() + AGAIN
        for path in self._files():
            if path.name not in self._read:
                self._read.add(path.name)
                self._take(path)

    def _look_again(self) -> None:
        if abs(self._now() + AGAIN - self._next) >= AGAIN:
            self.look()

    def _found(self, key_id: bytes) -> Known | None:
        self._look_again()
        return self._known.get(key_id)

    def _files(self) -> list[Path]:
        """Return the files of the folder, none where it has not changed since it was read."""
        if self._folder is None:
            return []
        try:
            stamp, self._stamp = self._stamp, self._folder.stat().st_mtime_ns
            return sorted(self._folder.glob("*.pem")) if stamp != self._stamp else []
        except OSError as fault:
            log.error("certificates of signers cannot be read", folder=str(self._folder), reason=str(fault))  # noqa: TRY400 - it says all
            return []

    def _take(self, path: Path) -> None:
        try:
            for one in x509.load_pem_x509_certificates(path.read_bytes()):
                if self._vouched(one):
                    self._note(one.public_bytes(Encoding.DER))
        except (OSError, ValueError, Malformed) as fault:  # it may be on its way into the folder
            self._read.discard(path.name)
            self._stamp = 0
            if path.name not in self._broken:
                self._broken.add(path.name)
                log.warning("a certificate of a signer cannot be used", path=str(path), reason=str(fault))

    def _note(self, der: bytes) -> None:
        identity, role = self._identify(der)
        made = x509.load_der_x509_certificate(der)
        known = Known(
            identity, role, public_key_of(der), der, made.serial_number, made.not_valid_before_utc, made.not_valid_after_utc
        )
        if key_id_of(der) not in self._known:
            self._of.setdefault(identity, []).append(known)
        self._known[key_id_of(der)] = known

    def _vouched(self, certificate: x509.Certificate) -> bool:
        return any(_issued(certificate, one) for one in self._authorities)

    def _counts(self, known: Known, grace: timedelta) -> bool:
        return known.begins <= self._now() <= known.ends + grace and known.serial not in self._revoked


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def key_in(pem: bytes) -> PrivateKey:
    """Read a private key.

    Raises:
        Malformed: it is none, or not one that signs elements.
    """
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as fault:
        raise Malformed("that is no private key without a password") from fault
    if isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
        return key
    raise Malformed("elements are signed with P-256 or Ed25519 keys")
