# SPDX-License-Identifier: Apache-2.0
"""What the scripted station of the link is made of, beside its script: whom it knows, and how it speaks a later version."""

from __future__ import annotations

from typing import Any, cast

import cbor2

from open63110.bindings.link.correspondence import Strand
from open63110.kernel.ids import SubjectRef
from open63110.model.token import Credential
from open63110.wire.ports import Socket

DATA, PONG = 1, 7
"""Numbers of frames."""


class Persons:
    """References to people, as this station made them up."""

    def __init__(self) -> None:
        self._known: dict[SubjectRef, Credential] = {}

    def ref(self, credential: Credential) -> SubjectRef:
        """Return the reference of a credential."""
        ref = SubjectRef(f"{credential.kind}/{credential.value}")
        self._known[ref] = credential
        return ref

    def credential(self, ref: SubjectRef) -> Credential | None:
        """Return what a reference stands for."""
        return self._known.get(ref)

    def card(self, tag: str) -> SubjectRef | None:
        """Return the reference of a card; None without one."""
        return self.ref(Credential(kind="ISO14443", value=tag)) if tag else None


class Later:
    """Stands between a session and its socket, and adds what a later minor version may: keys of frames, and types of them."""

    def __init__(self, strand: Strand) -> None:
        self._strand = strand
        self._socket: Socket

    def opened(self, socket: Socket) -> None:
        """Stand in between."""
        self._socket = socket
        self._strand.opened(cast("Socket", self))

    def __getattr__(self, name: str) -> Any:
        """Be the socket, or what is above it."""
        return getattr(self._socket if hasattr(Socket, name) else self._strand, name)

    def send_binary(self, data: bytes) -> None:
        """Add something, but to DATA, whose bytes both ends count."""
        fields = cbor2.loads(data)
        if fields[0] == DATA:
            self._socket.send_binary(data)
            return
        self._socket.send_binary(cbor2.dumps(fields | {99: "later"}))
        if fields[0] == PONG:
            self._socket.send_binary(cbor2.dumps({0: 77, 1: [1, 2]}))
