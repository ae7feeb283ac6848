# SPDX-License-Identifier: Apache-2.0
"""What one party protects of what it says, and which elements have to come protected (B.3), by number of the message."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.protection import elements
from open63110.bindings.link.protection.believed import Believed, Known
from open63110.bindings.link.protection.cose import Addressee, ContentKey, Signer, Trust, UnknownKey
from open63110.bindings.link.protection.elements import ENCLOSED, Path
from open63110.bindings.link.protection.keyring import Keyring
from open63110.bindings.link.protection.once import Once
from open63110.bindings.link.protection.protected import Demand, OpenedBody, Protection, open_body, protected_body
from open63110.kernel.errors import Malformed, Trouble

__all__ = ["ENCLOSED", "RECEIVER", "Guard", "Protects", "Wants", "keyed", "named", "opened_by_nobody"]

RECEIVER: Final = "receiver"
"""Stands for the station at the other end, as whom to seal for."""

MadeBy = Callable[[Known, str], bool]
"""(who signed, whom the message is about) → it may sign that."""


class Protects(NamedTuple):
    """What is done to elements of a message."""

    paths: tuple[Path, ...]
    """Of those that the message has."""
    sign: bool
    seal: str
    """Identity of whom they are sealed for, or RECEIVER; empty: they stay readable."""
    under: ContentKey | None
    """A key that both ends have, instead of a certificate."""
    towards: frozenset[str]
    """Stations that this holds for; empty: all."""


class Wants(NamedTuple):
    """Elements that have to come protected."""

    paths: tuple[Path, ...]
    signed: bool
    sealed: bool
    may: MadeBy


class Guard:
    """Of one program: its key, whom it believes, and its rules."""

    def __init__(
        self,
        trust: Believed,
        signer: Signer | None,
        protects: Mapping[int, Sequence[Protects]],
        wants: Mapping[int, Sequence[Wants]],
        *,
        once: Once | None = None,
    ) -> None:
        """Know the rules.

        Args:
            trust: whose signatures count, and for whom can be sealed.
            signer: one's own key; None: nothing is signed.
            protects: by number of the message, what is done to it.
            wants: by number of the message, what is insisted on.
            once: which protected orders were taken; None: repetitions are not looked for.
        """
        self.trust, self._signer, self.protects, self.wants = trust, signer, protects, wants
        self.once = once

    def protected(self, header: Header, body: bytes, towards: str, *, key: bytes = b"") -> tuple[Header, bytes]:
        """Sign and seal what is to be, before a message is sent.

        Args:
            header: of the message; it gets an idempotency key if it has none.
            body: of the message.
            towards: the station at the other end, or behind it; empty: there is none.
            key: for a message that has none; empty: a random one.

        Raises:
            Unknown: there is no certificate to seal with for somebody; nothing must be sent then.
        """
        hows: dict[Path, Protection] = {}
        for rule in self.protects.get(header.type, ()):
            if rule.towards and towards not in rule.towards:
                continue
            how = Protection(by=self._signer if rule.sign else None, to=rule.under or self._addressee(rule.seal, towards))
            for path in rule.paths:
                if has(body, path):
                    hows[path] = _both(hows.get(path), how)
        if not hows:
            return header, body
        if not header.key:
            header = msgspec.structs.replace(header, key=key or os.urandom(16))
        return header, protected_body(body, header.type, header.key, hows)

    def _addressee(self, seal: str, towards: str) -> Addressee | None:
        if not seal:
            return None
        who = towards if seal == RECEIVER else seal
        found = self.trust.addressee(who)
        if found is None:
            raise UnknownKey(f"there is no certificate of {who or 'the receiver'} to seal for", where="key")
        return found

    def opened(self, number: int, key: bytes, body: bytes, about: str) -> OpenedBody:
        """Open what can be opened, and insist on what has to be protected.

        Args:
            number: of the message.
            key: its idempotency key.
            body: as it came.
            about: the station that it is about, by the identity in its certificate.

        Raises:
            Malformed: the body is no CBOR, or holds more protected elements than any message may.
        """
        demands = {path: self._demand(one, about) for one in self.wants.get(number, ()) for path in one.paths}
        return open_body(body, number, key, self.trust, demands)

    def opened_orders(self, number: int, key: bytes, body: bytes) -> OpenedBody:
        """Open an order, which a CSMS has signed and not the station that it is for."""
        return self.opened(number, key, body, "")

    def _demand(self, want: Wants, about: str) -> Demand:
        def may(key_id: bytes) -> bool:
            who = self.trust.signed_by(key_id)
            return who is not None and want.may(who, about)

        return Demand(may=may, signed=want.signed, sealed=want.sealed)


def keyed(header: Header) -> Header:
    """Give a request an idempotency key, so that its answer can be bound to it."""
    return msgspec.structs.replace(header, key=os.urandom(16))


def _both(first: Protection | None, then: Protection) -> Protection:
    """Do to an element what two rules say: one may have it signed, the other sealed."""
    return then if first is None else Protection(by=first.by or then.by, to=first.to or then.to)


def has(body: bytes, path: Path) -> bool:
    """Tell whether a message has an element."""
    try:
        elements.element(body, path)
    except Malformed:
        return False
    return True


def opened_by_nobody(number: int, key: bytes, body: bytes) -> OpenedBody:
    """Take every protected element out of a message: nobody is believed here.

    Raises:
        Malformed: the body is no CBOR, or holds more protected elements than any message may.
    """
    return open_body(body, number, key, _NOBODY)


_NOBODY: Final[Trust] = Keyring()


def named(troubles: Sequence[Trouble]) -> str:
    """Say in one line what was wrong with which elements."""
    return "; ".join(f"{one.code} {one.message}" for one in troubles)[:300]
