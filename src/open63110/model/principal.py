# SPDX-License-Identifier: Apache-2.0
"""Who may ask: principals with one role each, and the audit of what they asked (spec 1.2, 7.9.4)."""

from datetime import datetime
from typing import ClassVar

import msgspec

from open63110.kernel.ids import PrincipalId
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role


class Principal(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A person, a system or a station that is told apart at every door."""

    id: PrincipalId
    role: Role
    name: str = ""
    scope: tuple[str, ...] = ("*",)
    """What it may speak of: station ids, or prefixes that end in an asterisk; places (``/mall``) of who comes by link."""
    password: str = ""
    """Argon2id hash for people; empty for the others."""
    key: str = ""
    """Keyed SHA-256 of an API key or station password, hex; empty means none."""
    disabled: bool = False
    created: datetime | None = None
    factory: bool = False
    """Its key was chosen by whoever made the machine: it gets another one as soon as it is on board."""
    next_key: str = ""
    """Hashes of the keys that it was given and has not shown yet, the oldest first, a space between them."""

    @property
    def given(self) -> tuple[str, ...]:
        """Hashes of the keys that it was given: each counts beside the one it has until it shows that, or a later one."""
        return tuple(self.next_key.split())

    def to_show(self, given: tuple[str, ...]) -> "Principal":
        """Return it with other keys that it was given and has not shown yet."""
        return msgspec.structs.replace(self, next_key=" ".join(given))


class PrincipalChanged(Event, frozen=True, kw_only=True, gc=False):
    """A principal was created, changed, or removed."""

    about: ClassVar[str] = "principal"
    id: PrincipalId
    principal: Principal | None


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One privileged action or refusal, for ever."""

    id: int
    at: datetime
    by: PrincipalId
    role: str
    action: str
    target: str
    outcome: str
    """accepted, rejected, expired, not-supported, not-authorized, failed …"""
    reason: str = ""
    detail: str = ""
