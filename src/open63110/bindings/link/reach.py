# SPDX-License-Identifier: Apache-2.0
"""A CSMS that dials: stations behind a local network listen, and are reached there (B.5)."""

import asyncio
import random
import ssl
from collections.abc import Callable

import structlog

from open63110.bindings.link.carriers.websocket_carrier import dial
from open63110.bindings.link.gate import Identify, Refusal, Security, Shown, may_replace, shown
from open63110.bindings.link.revoked import Revoked
from open63110.bindings.link.server import Server
from open63110.kernel.errors import Trouble
from open63110.kernel.roles import Role
from open63110.wire.client import NotUpgraded
from open63110.wire.ports import Peer, Socket

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Between two attempts [s]; doubles each time, half of it is chance."""


class Outward:
    """A socket that this end has dialled: only its certificate says whose it is; implements wire.Paced."""

    def __init__(self, admit: Callable[[Socket], Peer | None]) -> None:
        """Wait for it to open."""
        self._admit = admit
        self._peer: Peer | None = None
        self.over = asyncio.Event()

    def opened(self, socket: Socket) -> None:
        """Look who is there."""
        self._peer = self._admit(socket)
        if self._peer is None:
            socket.abort()
        else:
            self._peer.opened(socket)

    def received(self, message: bytes, binary: bool) -> None:  # noqa: FBT001 - the shape of wire.Peer
        """Pass it on."""
        if self._peer is not None:
            self._peer.received(message, binary)

    def drained(self) -> None:
        """Pass it on."""
        drained = getattr(self._peer, "drained", None)
        if drained is not None:
            drained()

    def closed(self, code: int, reason: str) -> None:
        """Pass it on."""
        if self._peer is not None:
            self._peer.closed(code, reason)
        self.over.set()


class Reach:
    """Keeps a link to each of the stations that listen."""

    def __init__(
        self,
        server: Server,
        endpoints: tuple[str, ...],
        tls: ssl.SSLContext,
        identify: Identify,
        revoked: Revoked,
        security: Security,
    ) -> None:
        """Get ready; ``run`` dials.

        Args:
            server: has the conversations.
            endpoints: wss://host:port/link of each station.
            tls: with the certificate of this CSMS in it.
            identify: reads the certificates of stations.
            revoked: those that were taken back.
            security: told of who is not let in.
        """
        self._server, self._endpoints, self._tls = server, endpoints, tls
        self._identify, self._revoked, self._security = identify, revoked, security

    def _admit(self, socket: Socket) -> Peer | None:
        try:
            found = shown(socket.certificate or b"", self._identify)
        except Trouble as trouble:
            self._security(socket.remote[0], "InvalidCertificate", trouble.message)
            return None
        admitted = self._judge(found)
        if isinstance(admitted, Refusal):
            self._security(found.identity, admitted.kind or "NotAdmitted", admitted.words)
            return None
        return admitted

    def _judge(self, found: Shown) -> Peer | Refusal:
        if found.role is not Role.STATION:
            return Refusal(kind="RoleNotAdmitted", words=f"a {found.role} was dialled as a station")
        if found.serial in self._revoked:
            return Refusal(kind="RevokedCertificate", words="its certificate was taken back")
        if not may_replace(self._server.known(found.identity), found, self._revoked, self._server.engine.clock.now()):
            return Refusal(kind="IdentityMismatch", words="it is known by another certificate, which is valid")
        return self._server.let_in(found)

    async def run(self) -> None:
        """Dial all of them, for ever."""
        async with asyncio.TaskGroup() as tasks:
            for endpoint in self._endpoints:
                tasks.create_task(self._keep(endpoint))
            await asyncio.Event().wait()

    async def _keep(self, endpoint: str) -> None:
        pause = FIRST_PAUSE
        while True:
            outward = Outward(self._admit)
            try:
                await dial(endpoint, outward, self._tls)
            except (NotUpgraded, OSError, TimeoutError) as fault:
                log.info("a station cannot be reached", endpoint=endpoint, reason=str(fault) or type(fault).__name__)
            else:
                begun = asyncio.get_running_loop().time()
                await outward.over.wait()
                if asyncio.get_running_loop().time() - begun > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
            await asyncio.sleep(pause * (0.5 + 0.5 * random.random()))  # noqa: S311 - no secret
            pause = min(LONGEST_PAUSE, pause * 2)
