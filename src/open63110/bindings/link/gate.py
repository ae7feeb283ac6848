# SPDX-License-Identifier: Apache-2.0
"""Who may open a link: subprotocol, certificate, revocation, one certificate per identity, and not too many at once."""

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from open63110.bindings.link.anteroom import Anteroom
from open63110.bindings.link.carriers.websocket_carrier import PATH, SUBPROTOCOL
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Trouble
from open63110.kernel.roles import Role
from open63110.model.peer import Peer as KnownPeer
from open63110.wire.ports import Accept, Decline, Peer, Upgrade

Security = Callable[[str, str, str], None]
"""(identity or address, type of event, words): a refused attempt that the operator should see."""

Identify = Callable[[bytes], tuple[str, Role]]
"""Whom a certificate names, identity and role; raises Malformed where it does not say."""


class Shown(NamedTuple):
    """What a peer has shown of itself."""

    identity: str
    role: Role
    key: bytes
    """SHA-256 of its public key."""
    serial: int
    until: datetime


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody is not let in."""

    kind: str
    """Type of security event; empty: nobody needs to look into it."""
    words: str
    status: int = 403
    wait: int = 0
    """When to come again [s]; 0: nobody says."""
    who: str = ""
    """The identity that was shown; empty: none could be read."""


def shown(der: bytes, identify: Identify) -> Shown:
    """Read a certificate that was verified.

    Raises:
        Malformed: it does not say who holds it.
    """
    identity, role = identify(der)
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(key).digest()
    return Shown(identity, role, digest, certificate.serial_number, certificate.not_valid_after_utc)


def may_replace(known: KnownPeer | None, new: Shown, revoked: Revoked, now: datetime) -> bool:
    """Tell whether a certificate may stand for an identity (B.10).

    It is the one that the identity is known by, one of the same key, or the first since that one ended or was taken back.
    """
    if known is None or not known.key or known.key == new.key:
        return True
    over = known.until is not None and known.until <= now
    return over or int(known.serial, 16) in revoked


class Gate:
    """Decides about upgrades of links."""

    def __init__(
        self,
        identify: Identify,
        revoked: Revoked,
        security: Security,
        *,
        opens: Mapping[Role, Callable[[Shown, Upgrade], Peer | Refusal]],
        anteroom: Anteroom,
        known: Callable[[str], KnownPeer | None],
        now: Callable[[], datetime],
    ) -> None:
        """Look things up where they are kept.

        Args:
            identify: reads certificates.
            revoked: those that were taken back.
            security: told of refused attempts.
            opens: for each role that may come, what lets it in.
            anteroom: those whose links are open and who have not greeted yet.
            known: what is remembered of an identity.
            now: the time.
        """
        self._identify, self._revoked, self._security, self._opens = identify, revoked, security, opens
        self._anteroom, self._known, self._now = anteroom, known, now
        self.turned_away = 0
        """For want of room."""

    def __call__(self, upgrade: Upgrade) -> Accept | Decline:
        """Decide about one request."""
        if upgrade.path.rstrip("/") != PATH:
            return Decline(status=404, reason=f"links are opened at {PATH}")
        if SUBPROTOCOL not in upgrade.subprotocols:
            return Decline(status=400, reason=f"the subprotocol is {SUBPROTOCOL}")
        found = self._admitted(upgrade)
        if isinstance(found, Refusal):
            headers = (("Retry-After", str(found.wait)),) if found.wait else ()
            return Decline(status=found.status, reason=found.words, headers=headers)
        return Accept(subprotocol=SUBPROTOCOL, peer=found)

    def _admitted(self, upgrade: Upgrade) -> Peer | Refusal:
        found = self._shown(upgrade.certificate)
        if isinstance(found, Shown) and (wait := self._anteroom.wait(found.identity, time.monotonic())):
            self.turned_away += 1
            return Refusal(kind="", words="too many come at once", status=503, wait=wait)
        if isinstance(found, Shown):
            opened = self._opens[found.role](found, upgrade)
            if not isinstance(opened, Refusal):
                return opened
            found = msgspec.structs.replace(opened, who=found.identity)
        if found.kind:
            self._security(found.who or upgrade.remote[0], found.kind, f"{found.words}, from {upgrade.remote[0]}")
        return found

    def _shown(self, der: bytes | None) -> Shown | Refusal:
        if der is None:
            return Refusal(kind="InvalidCertificate", words="a certificate is needed", status=401)
        try:
            found = shown(der, self._identify)
        except Trouble as trouble:
            return Refusal(kind="InvalidCertificate", words=trouble.message)
        who = found.identity
        if found.serial in self._revoked:
            return Refusal(kind="RevokedCertificate", words=f"the certificate of {who} was taken back", who=who)
        if found.role not in self._opens:
            return Refusal(kind="RoleNotAdmitted", words=f"a {found.role} has no link here", who=who)
        if not may_replace(self._known(who), found, self._revoked, self._now()):
            return Refusal(kind="IdentityMismatch", words=f"{who} is known by another certificate, which is valid", who=who)
        return found
