# SPDX-License-Identifier: Apache-2.0
"""What is said about the migration of stations."""

from datetime import datetime
from typing import ClassVar, Self

from msgspec.structs import replace

from open63110.kernel.errors import Unavailable
from open63110.kernel.messages import Command, Event, Priority
from open63110.model.network import ADDRESS, Interface, Move, MoveState, NetworkProfile, Spoken


class MigrateStation(Command, frozen=True, kw_only=True, gc=False):
    """Move a station to another CSMS. At the station: keep this way, to be taken when its order of ways says so."""

    priority: ClassVar[Priority] = Priority.NORMAL
    unasked: ClassVar[frozenset[str]] = frozenset({"redacted"})
    url: str
    """ws:// or wss://, without the identity: a station appends that."""
    slot: int = 1
    """Under which number the station keeps it; on OCPP not one that is in use."""
    version: Spoken | None = None
    """What is spoken there; None: what it speaks here."""
    security: int | None = None
    """OCPP security profile; None: 2 for wss, 1 for ws."""
    interface: Interface = "Any"
    timeout: int = 30
    """How long an answer is awaited [s]."""
    identity: str = ""
    """What the station is called there; empty: what it is called here. OCPP 2.1."""
    password: str = ""
    """Its password there; empty: the one it has. OCPP 2.1."""
    switch: datetime | None = None
    """Not before; None: as soon as it is idle."""
    attempts: int = 3
    """How often it tries the other CSMS before it comes back here."""
    mandate: str = ""
    """Who at the other operator agreed, and where that is written."""
    redacted: bool = False
    """The password was left out when it was written down."""

    def kept(self) -> Self:
        """Return it without the password, and without an address that may hold one, which is refused anyhow."""
        plain = ADDRESS.fullmatch(self.url) is not None
        if plain and not self.password:
            return self
        return replace(self, url=self.url if plain else "", password="", redacted=True)

    def whole(self) -> Self:
        """Return it as it can be sent.

        Raises:
            Unavailable: it was read back after a restart, without its password.
        """
        if self.redacted:
            raise Unavailable("its password was not kept over a restart; ask again", code="SecretForgotten")
        return self

    def profile(self) -> NetworkProfile:
        """Return the way that it describes."""
        return NetworkProfile(
            slot=self.slot,
            url=self.url,
            version=self.version or "",
            security=self.demanded(),
            interface=self.interface,
            timeout=self.timeout,
            identity=self.identity,
            password=self.password,
        )

    def move(self, now: datetime) -> Move:
        """Return the move that begins once the station has the way."""
        return Move(
            url=self.url,
            slot=self.slot,
            state=MoveState.OFFERED,
            since=now,
            switch=self.switch,
            attempts=self.attempts,
            mandate=self.mandate,
        )

    def demanded(self) -> int:
        """Return the security profile."""
        return self.security if self.security is not None else 2 if self.url.startswith("wss:") else 1


class CancelMigration(Command, frozen=True, kw_only=True, gc=False):
    """Let the station stay here after all."""


class FinishMigration(Command, frozen=True, kw_only=True, gc=False):
    """The other CSMS says that the station is there: it is let in here no more."""


class NetworkProfileKept(Event, frozen=True, kw_only=True, gc=False):
    """A station keeps a way to a CSMS."""

    profile: NetworkProfile


class MoveChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station has come further on its way to another CSMS, or not."""

    move: Move


class OrderWays(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: the order in which the station tries its ways is known."""

    ways: str


class NoteWays(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: the station was told another order of its ways."""

    taken: bool
    reason: str = ""


class LeaveNow(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: the moment has come, or was some time ago and the station may still be here."""

    idle: bool = False
    """It was told to start again, and was idle when that was looked at before."""


class NoteLink(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station that is to leave has gone, or has started here again."""

    back: bool
