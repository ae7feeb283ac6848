# SPDX-License-Identifier: Apache-2.0
"""Secrets of orders go over the link and nowhere else: raw frames are remembered without them."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from open63110.kernel.ids import OrderId
from open63110.kernel.messages import Command
from open63110.model.device import names_secret
from open63110.model.variables import ReadVariables
from open63110.runtime.engine import encode_command

SHORTEST: Final = 4
"""Characters of what is covered: anything shorter stands everywhere by chance."""

_NONE: Final[frozenset[OrderId]] = frozenset()
"""One for all links, of which hardly any ever asks for a secret."""


class Cover:
    """What lies over the frames of one link while orders with secrets are under way.

    A message is cut into frames only if it is far longer than such orders are, so a secret stands in one frame.
    What a station says is covered whole while it is asked for a secret: no station is to tell it, and one that does says nobody
    knows where.
    """

    __slots__ = ("_asked", "_secrets")

    def __init__(self) -> None:
        """Cover nothing."""
        self._secrets: dict[OrderId, tuple[bytes, ...]] = {}
        self._asked = _NONE

    def begin(self, order: OrderId, command: Command) -> None:
        """Cover what an order says and its row leaves out, or what is said while it asks for a secret."""
        if isinstance(command, ReadVariables) and any(names_secret(one.variable) for one in command.variables):
            self._asked |= {order}
        kept = command.kept()
        if kept is not command:
            self._secrets[order] = tuple(one.encode() for one in _strings(command) - _strings(kept) if len(one) >= SHORTEST)

    def end(self, order: OrderId) -> None:
        """Let go of an order that is over."""
        self._secrets.pop(order, None)
        self._asked = self._asked - {order} or _NONE

    def shown(self, frame: bytes, *, sent: bool) -> bytes:
        """Return a frame as it may be remembered, as long as it is."""
        if not sent:
            return b"*" * len(frame) if self._asked else frame
        for secrets in self._secrets.values():
            for one in secrets:
                frame = frame.replace(one, b"*" * len(one))
        return frame


def _strings(command: Command) -> set[str]:
    return set(_found(msgspec.json.decode(encode_command(command))))


def _found(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (one for each in value.values() for one in _found(each))
    elif isinstance(value, list):
        yield from (one for each in value for one in _found(each))
