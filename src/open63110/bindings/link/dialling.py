# SPDX-License-Identifier: Apache-2.0
"""How a station reaches its CSMS, and what its line needs of those around it."""

import asyncio
import ssl
from collections.abc import Callable, Container, Sequence
from typing import Any, Protocol

import msgspec

from open63110.bindings.link.carriers.websocket_carrier import HANDSHAKE
from open63110.bindings.link.endpoints import Step, Walk
from open63110.bindings.link.gate import Identify, Security
from open63110.kernel.messages import Message
from open63110.ports import Clock, FrameLog
from open63110.runtime.orders import Verdict
from open63110.wire.ports import Peer


def never() -> bool:
    """Keep the certificate there is."""
    return False


class Dialling(msgspec.Struct, frozen=True, kw_only=True):
    """How a station reaches its CSMS."""

    endpoints: tuple[str, ...]
    """wss://host:port/link, the one that is wanted most first."""
    tls: ssl.SSLContext
    """With the station's own certificate in it."""
    server_name: str | None = None
    """Verified against the certificate instead of the host of the URL."""
    first_pause: float = 1.0
    """Before dialling again after all endpoints have failed once [s of the clock]; doubles each time, half of it is chance."""
    longest_pause: float = 60.0
    handshake: float = HANDSHAKE
    """How long opening a link may take, TCP, TLS and upgrade [s, real]; each of several gets less in the first rounds."""
    return_after: float = 60.0
    """On another than the first endpoint: after so long, half of it by chance, those before it are tried, and again after as
    long; longer after each return that did not last. 0: never [s of the clock]."""

    renew_after: float = 72_000.0
    """After so long, up to a tenth less by chance, both ends show their certificates again, on another socket beside the one in
    use; before the other end ends the link for its age. 0: never [s of the clock]."""
    renewed: Callable[[], bool] = never
    """Tells, once, that ``tls`` shows another certificate from now on: the other end is to see it."""


class Waiting(Container[str], Protocol):
    """References of the energy transfers of which messages wait."""

    def __bool__(self) -> bool:
        """Tell whether there are any."""


class Owner(Protocol):
    """The controller of a station, as its line sees it."""

    @property
    def waiting(self) -> Waiting:
        """References of the energy transfers of which messages wait."""

    def before(self, messages: Sequence[Message]) -> None:
        """Get ready for what the CSMS says: read the meters of what it may end."""

    def over(self, key: Any, verdict: Verdict) -> None:
        """Take note of how a call ended; what the answer says has been heard already."""

    def link_changed(self) -> None:
        """Look at the link again: it is open, or it is not any more."""


class NoOwner:
    """Implements Owner where no messages of the link's own wait: at a level, and where OCPP is spoken in the link."""

    waiting: Waiting

    def before(self, messages: Sequence[Message]) -> None:
        """Nothing has to be read."""

    def over(self, key: Any, verdict: Verdict) -> None:
        """Nobody asks."""

    def link_changed(self) -> None:
        """Nobody looks."""


class Dialled(Protocol):
    """A line, as whoever dials for it sees it."""

    dialling: Dialling
    walk: Walk

    def wants(self, number: int) -> bool:
        """Tell whether a dial of this number is still wanted."""

    def unreached(self, number: int) -> None:
        """Try again later."""

    def strand(self, place: int = 0) -> Peer:
        """Make the peer of a socket that is being opened to an endpoint."""

    def candidate(self, place: int) -> "Candidate":
        """Make the peer of a socket to which the line goes over once its other end has spoken."""

    def looked_back(self) -> None:
        """None of the endpoints that are wanted more has answered: look again later."""

    def not_renewed(self) -> None:
        """No other socket could be had beside the one in use: try again later."""


class Candidate(Peer, Protocol):
    """A socket beside the one that is in use."""

    async def taken(self, within: float) -> bool:
        """Wait until the line has gone over to it; let it go if that does not happen in time [s]."""


class Exchange(Protocol):
    """What the lines of a process share."""

    frames: FrameLog
    clock: Clock
    identify: Identify
    security: Security
    received: int
    malformed: int

    def believes(self, der: bytes) -> bool:
        """Tell whether a certificate was not taken back."""

    def dial(self, line: Dialled, step: Step, number: int) -> None:
        """Dial, after a pause that grows with the rounds that failed."""

    def renew(self, line: Dialled) -> None:
        """Go over to another socket to the endpoint in use, on which both ends show their certificates again."""

    def look_back(self, line: Dialled) -> asyncio.TimerHandle | None:
        """Try, in a while, the endpoints that are wanted more than the one in use; None: that is not wanted."""
