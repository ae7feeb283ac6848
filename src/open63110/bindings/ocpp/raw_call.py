# SPDX-License-Identifier: Apache-2.0
"""Any call of OCPP, word by word: for what has no use case yet, and for the curious. Administrators only."""

from typing import Any, ClassVar, Self

import msgspec

from open63110.bindings.ocpp.secrets import hidden
from open63110.kernel.errors import Unavailable
from open63110.kernel.messages import Command, Priority
from open63110.kernel.roles import Role

MAY_CALL: frozenset[Role] = frozenset()
"""Roles beside the administrator that may call raw: none."""


class RawCall(Command, frozen=True, kw_only=True, gc=False):
    """One CALL with a payload that is checked against the schema of the station's version before it goes out."""

    priority: ClassVar[Priority] = Priority.NORMAL
    action: str
    payload: dict[str, Any] = msgspec.field(default_factory=dict)
    unchecked: bool = False
    """Send it even if it breaks the schema: for testing stations."""
    redacted: bool = False
    """Secrets were left out when it was written down, so that it can be shown, but not sent."""

    def named(self) -> str:
        """Return by what name orders and audit show it."""
        return f"ocpp:{self.action}"

    def kept(self) -> Self:
        """Return what may be written down: passwords and keys for stations never lie in rows."""
        payload = hidden(self.payload)
        return self if payload == self.payload else msgspec.structs.replace(self, payload=payload, redacted=True)

    def whole(self) -> Self:
        """Return it as it can be sent.

        Raises:
            Unavailable: it was read back after a restart, without its secrets.
        """
        if self.redacted:
            raise Unavailable("its secrets were not kept over a restart; ask again", code="SecretForgotten")
        return self

    def text(self) -> bytes:
        """Return the payload as it goes over the wire.

        Raises:
            Unavailable: as of ``whole``.
        """
        return msgspec.json.encode(self.whole().payload)
