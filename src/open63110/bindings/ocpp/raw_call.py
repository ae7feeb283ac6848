# SPDX-License-Identifier: Apache-2.0
"""Any call of OCPP, word by word: for what has no use case yet, and for the curious. Administrators only."""

from typing import Any, ClassVar

import msgspec

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

    @property
    def kind(self) -> str:
        """The name that orders and audit show."""
        return f"ocpp:{self.action}"

    def text(self) -> bytes:
        """Return the payload as it goes over the wire."""
        return msgspec.json.encode(self.payload)
