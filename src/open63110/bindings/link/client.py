# SPDX-License-Identifier: Apache-2.0
"""The lines of a process: dials each station's endpoints in turn, and again after pauses that grow and vary."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from open63110.bindings.link.anteroom import Anteroom
from open63110.bindings.link.carriers.websocket_carrier import LINK_LIMITS, dial, listen
from open63110.bindings.link.dialling import Dialled, Dialling, Owner
from open63110.bindings.link.endpoints import Step
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.gate import Gate, Identify, Refusal, Security, Shown
from open63110.bindings.link.line import Line
from open63110.bindings.link.party import Party
from open63110.bindings.link.revoked import Revoked, serial_in
from open63110.bindings.link.session import MemoryOutbox, Outbox
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.ports import Clock, FrameLog
from open63110.runtime.engine import Engine
from open63110.wire.client import NotUpgraded
from open63110.wire.doorway import Doorway
from open63110.wire.ports import Peer, Upgrade
from open63110.wire.tls import TlsSettings

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""Dials under way at a time; the others wait for their turn."""

SHORTEST_PAUSE = 0.02
"""Before another dial, however fast the clock runs [s]."""

FIRST_PATIENCE = 20.0
"""With one of several endpoints in the first round, doubling each round: a dead one must not keep a line from the next [s]."""

GREETING = 15.0
"""How long a socket beside the one in use has for its HELLO, which follows the upgrade at once [s]."""

EVERY = 1.0
"""Between two looks at the list of certificates that were taken back [s]."""

LONGEST_RETRY = 60.0
"""What a server that is too busy may ask for [s]."""


NOTHING = Revoked(None, None)
"""Nothing is ever taken back."""


def nobody(who: str, kind: str, words: str) -> None:
    """Watch over nothing but the log."""
    log.warning("refused", who=who, kind=kind, reason=words)


def patience(dialling: Dialling, rounds: int) -> float:
    """Return how long one endpoint may take to be opened [s] after so many rounds that failed."""
    if len(dialling.endpoints) < 2:
        return dialling.handshake
    return min(dialling.handshake, FIRST_PATIENCE * 2.0 ** min(rounds, 20))


class Client:
    """Implements line.Exchange."""

    def __init__(
        self,
        frames: FrameLog,
        clock: Clock,
        identify: Identify,
        *,
        run_id: bytes,
        chance: random.Random | None = None,
        revoked: Revoked = NOTHING,
        security: Security = nobody,
    ) -> None:
        """Get ready; ``run`` dials.

        Args:
            frames: remembers raw frames.
            clock: paces pauses.
            identify: reads the certificate of the other end.
            run_id: never used before; names the outboxes that are kept in memory.
            chance: spreads reconnections.
            revoked: certificates that were taken back: who shows one of them is not spoken to.
            security: told of whatever somebody should look into.
        """
        self.frames, self.clock, self.identify, self.revoked, self.security = frames, clock, identify, revoked, security
        self.lines: dict[StationId, Line] = {}
        self.parties: list[Party] = []
        """Other ends that are dialled for: systems that are no stations."""
        self.received = self.malformed = self.dials = 0
        self.refusals: Counter[str] = Counter()
        """Why dials came to nothing."""
        self._run_id = run_id
        self._chance = chance or random.Random()  # noqa: S311 - pauses are no secret
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None

    def line(self, station: StationId, engine: Engine, dialling: Dialling, owner: Owner, outbox: Outbox | None = None) -> Line:
        """Make the line of a station; it is silent until it dials.

        Args:
            station: whose line it is.
            engine: decides.
            dialling: how its CSMS is reached.
            owner: told how calls ended.
            outbox: on a disk; None: in memory.
        """
        kept = outbox or MemoryOutbox(self._run_id + len(self.lines).to_bytes(4, "big"))
        pace = 1.0 / self.clock.real(1.0)
        line = Line(self, station, engine, dialling, owner, kept, lasting=outbox is not None, pace=pace)
        self.lines[station] = line
        return line

    def party(self, identity: str, role: Role, dialling: Dialling, changed: Callable[[Party], None] | None = None) -> Party:
        """Make the end of a system that is no station; it is silent until it dials.

        Args:
            identity: as its certificate has it.
            role: as its certificate has it.
            dialling: how the CSMS is reached.
            changed: told when the link comes up, or goes down, or cannot be opened.
        """
        outbox = MemoryOutbox(self._run_id + b"p" + len(self.parties).to_bytes(3, "big"))
        made = Party(self, identity, role, dialling, outbox, changed=changed, pace=1.0 / self.clock.real(1.0))
        self.parties.append(made)
        return made

    def dial(self, line: Dialled, step: Step, number: int) -> None:
        """Dial, after a pause that grows with the rounds that failed."""
        if self._tasks is not None:
            asyncio.get_running_loop().call_later(self._pause(line, step.pauses), self._begin, line, number, step)

    def _pause(self, line: Dialled, pauses: int) -> float:
        if not pauses:
            return 0.0
        dialling = line.dialling
        return self._spread(min(dialling.longest_pause, dialling.first_pause * 2.0 ** min(pauses - 1, 20)))

    def _spread(self, seconds: float) -> float:
        """Return how long to wait [s, real], half of it by chance, so that a storm spreads out."""
        return max(SHORTEST_PAUSE, self.clock.real(seconds * (0.5 + 0.5 * self._chance.random())))

    def _begin(self, line: Dialled, number: int, step: Step) -> None:
        if self._tasks is not None and line.wants(number) and line.dialling.endpoints:
            self._tasks.create_task(self._dial(line, number, step))

    async def _dial(self, line: Dialled, number: int, step: Step) -> None:
        async with self._slots:
            if not line.wants(number):
                return
            self.dials += 1
            why, wait = await self._connect(line, step.place, line.strand(step.place), patience(line.dialling, step.rounds))
        if why:
            self.refusals[why] += 1
            if wait:
                await asyncio.sleep(wait)
            line.unreached(number)

    async def _connect(self, line: Dialled, place: int, peer: Peer, within: float) -> tuple[str, float]:
        """Return why there is no connection, empty if there is one, and how long the server asks to wait [s]."""
        dialling = line.dialling
        try:
            limits = msgspec.structs.replace(LINK_LIMITS, handshake_seconds=within)
            await dial(dialling.endpoints[place], peer, dialling.tls, server_name=dialling.server_name, limits=limits)
        except NotUpgraded as fault:
            asked = fault.headers.get("retry-after", "")
            wait = min(LONGEST_RETRY, float(asked)) if asked.isascii() and asked.isdecimal() else 0.0
            return f"{fault.status} {fault.reason}"[:120], wait
        except (OSError, TimeoutError) as fault:
            return type(fault).__name__, 0.0
        return "", 0.0

    # -- back to what is wanted more --

    def look_back(self, line: Dialled) -> asyncio.TimerHandle | None:
        """Try, in a while, the endpoints that are wanted more than the one in use; None: that is not wanted."""
        after = line.dialling.return_after
        if self._tasks is None or after <= 0:
            return None
        return asyncio.get_running_loop().call_later(self._spread(after * 2.0**line.walk.doublings), self._look, line)

    def _look(self, line: Dialled) -> None:
        if self._tasks is not None:
            self._tasks.create_task(self._try_wanted(line))

    async def _try_wanted(self, line: Dialled) -> None:
        for place in line.walk.wanted:
            async with self._slots:
                candidate = line.candidate(place)
                why, _ = await self._connect(line, place, candidate, line.dialling.handshake)
                if not why and await candidate.taken(GREETING):
                    return
        line.looked_back()

    # -- certificates again --

    def renew(self, line: Dialled) -> None:
        """Go over to another socket to the endpoint in use, on which both ends show their certificates again."""
        if self._tasks is not None:
            self._tasks.create_task(self._renew(line))

    async def _renew(self, line: Dialled) -> None:
        place = line.walk.at
        async with self._slots:
            candidate = line.candidate(place)
            why, _ = await self._connect(line, place, candidate, line.dialling.handshake)
            if why or not await candidate.taken(GREETING):
                log.warning("certificates could not be shown again", endpoint=line.dialling.endpoints[place], reason=why)
                line.not_renewed()

    # -- whom it believes --

    def believes(self, der: bytes) -> bool:
        """Tell whether a certificate was not taken back; who shows one that was, is a matter for whoever watches."""
        if serial_in(der) not in self.revoked:
            return True
        who, _ = self.identify(der)
        self.security(who, "RevokedCertificate", f"the certificate of {who}, which was dialled, was taken back")
        return False

    def _end_revoked(self) -> None:
        for one in self._ends():
            socket = one.lines.socket
            if socket is not None and serial_in(socket.certificate or b"") in self.revoked:
                one.lines.end(ErrorCode.REVOKED, "the certificate was taken back")

    async def listen(
        self, line: Line, host: str | None, port: int, tls: TlsSettings, revoked: Revoked, security: Security
    ) -> Doorway:
        """Let a CSMS open the link of a station, which listens.

        Args:
            line: of the station.
            host: where; None: everywhere.
            port: 0: any free one.
            tls: certificates of the station.
            revoked: certificates that were taken back.
            security: told of refused attempts.

        Raises:
            TlsUnusable: the certificate files do not make a context.
            OSError: the port cannot be bound.
        """

        def admit(shown: Shown, _: Upgrade) -> Peer | Refusal:
            return line.admit(shown)

        gate = Gate(
            self.identify,
            revoked,
            security,
            opens={Role.CSMS: admit, Role.LOCAL_CSMS: admit},
            anteroom=Anteroom(),
            known=lambda _: None,
            now=self.clock.now,
        )
        return await listen(
            gate, host, port, tls, on_refused=lambda remote, reason: security(remote[0], "TlsHandshakeFailed", reason)
        )

    async def run(self) -> None:
        """Dial for all lines, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                for one in self._ends():
                    one.resume()
                while True:
                    await asyncio.sleep(EVERY)
                    if self.revoked.look():
                        self._end_revoked()
                    for one in self._ends():
                        if one.dialling.renewed():
                            one.renew()
            finally:
                self._tasks = None
                for one in self._ends():
                    one.hang_up()

    def _ends(self) -> tuple[Line | Party, ...]:
        return (*self.lines.values(), *self.parties)

    def counters(self) -> dict[str, Any]:
        """Return plain counters."""
        return {
            "lines": len(self.lines),
            "open": sum(line.open for line in self.lines.values()),
            "dials": self.dials,
            "frames_received": self.received,
            "frames_malformed": self.malformed,
        }
