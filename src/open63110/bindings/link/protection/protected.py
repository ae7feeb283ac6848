# SPDX-License-Identifier: Apache-2.0
"""Protected elements (B.3): any element of a message signed, sealed or both, whoever relays it.

In its message an element becomes tag 24 around the bytes of a COSE message. A relay passes bodies unread. The last receiver
opens them before the codec looks, so that the codec knows nothing of all this.
"""

from collections.abc import Callable, Mapping
from typing import Any

import cbor2
import msgspec

from open63110.bindings.link.protection import cose, elements
from open63110.bindings.link.protection.cose import (
    Addressee,
    BadSignature,
    ContentKey,
    Signer,
    Trust,
    Undecryptable,
    UnknownKey,
)
from open63110.bindings.link.protection.elements import Path, text_of
from open63110.bindings.link.protection.keyring import Keyring
from open63110.kernel.errors import Malformed, Refused, Trouble

__all__ = [
    "Addressee", "BadSignature", "ContentKey", "Demand", "Keyring", "NotProtected", "Opened", "OpenedBody", "Place", "Protected",
    "Protection", "Signer", "Trust", "Undecryptable", "UnknownKey", "open_body", "opened", "protect", "protect_value",
    "protected_body", "protections",
]  # fmt: skip

CONTEXT = "iec63110-element"
"""First word of what a signature or seal is bound to, so that it means nothing anywhere else."""
MOST = 64
"""So many protected elements in a message, and no more."""
LAYERS = 8
"""So many signatures and seals may lie around one element, its own and those of what it lies in."""
NOTHING = b"\xa0"
"""What is left of a message that is protected as a whole and cannot be opened: an empty map."""


class NotProtected(Refused):
    """An element that must come signed or sealed is missing or came plain."""

    code = "NotProtected"


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where an element belongs; opened anywhere else it is refused."""

    type: int
    """Number of the message."""
    key: bytes
    """Idempotency key of the message; not empty."""
    path: Path = ()

    def bound(self) -> bytes:
        """Return what COSE calls external_aad.

        Raises:
            Malformed: the message has no key, and an element could be moved to another like it.
        """
        if not self.key:
            raise Malformed("a message with protected elements needs an idempotency key", where="key")
        return elements.deterministic(cbor2.dumps([CONTEXT, self.type, list(self.path), self.key]))


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """What to do to an element; both: it is signed, and that is sealed."""

    by: Signer | None = None
    """None: nobody signs it."""
    to: Addressee | ContentKey | None = None
    """None: anyone may read it."""


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver insists on, because a relay could also take a signature away."""

    signers: frozenset[bytes] | None = None
    """Key ids of which one must have signed; None: any that is trusted."""
    may: Callable[[bytes], bool] | None = None
    """Tells of a key id whether it may sign this, where that is not known beforehand; None: ``signers`` says all."""
    signed: bool = True
    sealed: bool = False


class Protected(msgspec.Struct, frozen=True):
    """A signed or sealed element."""

    raw: bytes
    """COSE, as it travels; who relays it keeps these bytes."""

    def element(self) -> bytes:
        """Return it as it stands in a message: tag 24 around its bytes."""
        return elements.enclose(self.raw)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What was found inside."""

    payload: bytes
    """The element in CBOR, as its sender encoded it."""
    signers: tuple[bytes, ...] = ()
    """Key ids of those who signed it, outermost first."""
    sealed: bool = False


class OpenedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what could be opened in its place, and the rest of what was protected gone."""

    body: bytes
    opened: Mapping[Path, Opened]
    troubles: tuple[Trouble, ...]
    """Each names its element in `where`: BadSignature, UnknownKey, Undecryptable, NotProtected, Malformed."""


def protect(element: bytes, place: Place, how: Protection) -> Protected:
    """Sign an element, seal it, or sign it and seal that.

    Args:
        element: in CBOR; its deterministic encoding is what gets protected.
        place: where it belongs.
        how: by whom and for whom.

    Raises:
        Malformed: it is no CBOR, `how` says nothing, or the message has no key.
    """
    payload, aad, found = elements.deterministic(element), place.bound(), None
    if how.by is not None:
        found = Protected(cose.sign1(payload, aad, how.by))
        payload = found.element()
    if isinstance(how.to, Addressee):
        found = Protected(cose.encrypt(payload, aad, how.to))
    elif how.to is not None:
        found = Protected(cose.encrypt0(payload, aad, how.to))
    if found is None:
        raise Malformed("neither a signer nor an addressee is given", where=text_of(place.path))
    return found


def protect_value(value: Any, place: Place, how: Protection) -> Protected:
    """Protect a value that cbor2 can encode, as `protect` does an element.

    Raises:
        Malformed: `how` says nothing, or the message has no key.
    """
    return protect(cbor2.dumps(value), place, how)


def opened(protected: Protected, place: Place, trust: Trust) -> Opened:
    """Open an element, all layers of it.

    Raises:
        BadSignature: altered, or signed for another place.
        UnknownKey: of a signer who is not trusted, or sealed for somebody else.
        Undecryptable: altered, or sealed for another place.
        Malformed: not COSE as the link wants it.
    """
    opening = _Opening(place.type, place.key, trust)
    opening.edit(place.path, protected.raw)
    if opening.troubles:
        raise opening.troubles[0]
    return opening.opened[place.path]


def protected_body(body: bytes, type: int, key: bytes, hows: Mapping[Path, Protection]) -> bytes:  # noqa: A002 - the header's word
    """Protect elements of an encoded message; deeper ones first, so that one may lie within another.

    Args:
        body: of the message, as the codec made it.
        type: its number.
        key: its idempotency key.
        hows: what to do to which element.

    Raises:
        Malformed: there is no such element, the body is no CBOR, or the key is empty.
    """
    for path in sorted(hows, key=len, reverse=True):
        place = Place(type=type, key=key, path=path)
        found = protect(elements.element(body, path), place, hows[path])
        body = elements.replaced(body, path, found.element())
    return body


def open_body(
    body: bytes,
    type: int,  # noqa: A002 - the header's word
    key: bytes,
    trust: Trust,
    demands: Mapping[Path, Demand] | None = None,
) -> OpenedBody:
    """Open every protected element of a message; what fails, or falls short of a demand, is gone and named.

    Args:
        body: of the message, as it came.
        type: its number.
        key: its idempotency key.
        trust: whom to believe; what is signed by others counts as failed.
        demands: which elements must be there, and how protected; an element counts as covered by one it lies in.

    Raises:
        Malformed: the body is no CBOR, or holds more protected elements than any message may.
    """
    if elements.ENCLOSED not in body and not demands:
        return OpenedBody(body=body, opened={}, troubles=())
    opening = _Opening(type, key, trust)
    body = elements.rewritten(body, opening.edit) or NOTHING
    for path, demand in (demands or {}).items():
        body = opening.insist(body, path, demand)
    return OpenedBody(body=body, opened=opening.opened, troubles=tuple(opening.troubles))


class _Opening:
    """One message being opened."""

    def __init__(self, type: int, key: bytes, trust: Trust) -> None:  # noqa: A002 - the header's word
        self.opened: dict[Path, Opened] = {}
        self.troubles: list[Trouble] = []
        self._type, self._key, self._trust = type, key, trust
        self._failed: set[Path] = set()
        self._layer = self._count = 0

    def edit(self, path: Path, content: bytes) -> bytes | None:
        """Open an element and what lies in it; None if it cannot be."""
        self._count += 1
        if self._count > MOST:
            raise Malformed(f"more than {MOST} protected elements")
        try:
            found = self._found(path, content)
        except Trouble as trouble:
            self._fail(path, trouble)
            return None
        self._layer += 1
        inside = elements.rewritten(found.payload, self.edit, path)
        self._layer -= 1
        if inside is None:
            return None
        self._note(path, inside, found)
        return inside

    def _found(self, path: Path, content: bytes) -> cose.Found:
        if self._layer >= LAYERS:
            raise Malformed(f"more than {LAYERS} layers of protection")
        found = cose.found(content, Place(type=self._type, key=self._key, path=path).bound(), self._trust)
        elements.whole(found.payload)
        return found

    def _note(self, path: Path, payload: bytes, found: cose.Found) -> None:
        within = self.opened.get(path)  # an element that is signed and then sealed has two layers in one place
        signers = (() if found.signer is None else (found.signer,)) + (within.signers if within else ())
        sealed = found.signer is None or (within is not None and within.sealed)
        self.opened[path] = Opened(payload=payload, signers=signers, sealed=sealed)

    def _fail(self, path: Path, trouble: Trouble) -> None:
        self._failed.add(path)
        where = text_of(path)
        self.troubles.append(type(trouble)(f"element {where}: {trouble.message}", code=trouble.code, where=where))

    def insist(self, body: bytes, path: Path, demand: Demand) -> bytes:
        """Take an element out that is not protected as demanded."""
        around = [path[:length] for length in range(len(path) + 1)]
        if self._failed.intersection(around):
            return body
        layers = [self.opened[one] for one in around if one in self.opened]
        trouble = _short_of(demand, {signer for one in layers for signer in one.signers}, any(one.sealed for one in layers))
        if trouble is None:
            return body
        self._fail(path, trouble)
        return _without(body, path)


def _short_of(demand: Demand, signers: set[bytes], sealed: bool) -> Trouble | None:  # noqa: FBT001 - a fact, no switch
    if demand.sealed and not sealed:
        return NotProtected("it must come sealed")
    if not demand.signed:
        return None
    if not signers:
        return NotProtected("it must come signed")
    able = {one for one in signers if demand.may is None or demand.may(one)}
    if not able or (demand.signers is not None and not able & demand.signers):
        return UnknownKey("signed by somebody who may not sign it")
    return None


def _without(body: bytes, path: Path) -> bytes:
    try:
        marked = elements.replaced(body, path, elements.enclose(b""))
    except Malformed:  # it is not there
        return body
    return elements.rewritten(marked, lambda _path, _content: None) or NOTHING  # everything else has been opened


def protections(body: bytes) -> dict[Path, Protected]:
    """Show what is protected in a message, unopened and outermost only: for relays and dumps.

    Raises:
        Malformed: the body is no CBOR.
    """
    seen: dict[Path, Protected] = {}

    def note(path: Path, content: bytes) -> None:
        seen[path] = Protected(content)

    elements.rewritten(body, note)
    return seen
