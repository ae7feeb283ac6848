# SPDX-License-Identifier: Apache-2.0
"""A peer at one end of a connection, and short words for what it does."""

from typing import Any

from msgspec import Raw

from open63110.bindings.ocpp.rpc.frames import decode, encode_call
from open63110.bindings.ocpp.rpc.peer import Peer, Transmit
from open63110.bindings.ocpp.rpc.version import Version

EMPTY = Raw(b"{}")
FAR = 1000.0


def peer(version: Version = Version.V21, **limits: Any) -> Peer:
    return Peer(version, "p-", **limits)


def ask(one: Peer, ticket: object, *, priority: int = 5, deadline: float = FAR, now: float = 0.0) -> list[str]:
    """Call, and return the ids of what is to be written."""
    return [decode(frame).id for frame in one.call(ticket, "Reset", EMPTY, priority, deadline, now)]


def written(happenings: list[Any]) -> list[Any]:
    return [decode(happening.frame) for happening in happenings if isinstance(happening, Transmit)]


def tickets(happenings: list[Any], kind: Any) -> list[Any]:
    return [happening.ticket for happening in happenings if type(happening) is kind]


def incoming(id: str, payload: bytes = b"{}") -> bytes:
    return encode_call(id, "Heartbeat", payload)
