# SPDX-License-Identifier: Apache-2.0
"""The station end of OCPP: dials a CSMS, tells it what the station says, lets the station hear what it answers and orders."""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from open63110.bindings.ocpp.exchange import Owner
from open63110.bindings.ocpp.line import Dialling, Line
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Wire
from open63110.kernel.ids import StationId
from open63110.ports import Clock, FrameLog
from open63110.runtime.engine import Engine
from open63110.wire.client import NotUpgraded, connect
from open63110.wire.ports import Peer

AT_ONCE = 200
"""Dials under way at a time; the others wait for their turn."""

SHORTEST_PAUSE = 0.02
"""Before another dial, however fast the clock runs [s]."""

Reach = Callable[[Line], Awaitable[str]]
"""Opens a socket for a line; returns why there is none, empty if there is one."""

Through = Callable[[StationId, Peer], Peer]
"""Puts something between a station's conversation and the socket that is being opened for it."""


Suspect = Callable[[StationId, str, str], None]
"""Is told of what concerns security: (station, type of the event, words)."""


def security_event(fault: ssl.SSLError) -> str:
    """Return the security event of OCPP that a failed handshake is."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "InvalidCsmsCertificate"
    reason = fault.reason or ""
    if "VERSION" in reason or "PROTOCOL" in reason:
        return "InvalidTLSVersion"
    return "InvalidTLSCipherSuite" if "CIPHER" in reason or "HANDSHAKE" in reason else "InvalidCsmsCertificate"


class Client:
    """The lines of all stations of a process."""

    def __init__(
        self,
        wires: Mapping[Version, Wire],
        frames: FrameLog,
        clock: Clock,
        *,
        run_id: str,
        chance: random.Random | None = None,
        reach: Reach | None = None,
        through: Through | None = None,
        suspect: Suspect | None = None,
    ) -> None:
        """Get ready; ``run`` dials.

        Args:
            wires: the versions spoken.
            frames: remembers raw frames.
            clock: paces pauses and patience.
            run_id: never used before; prefix of message ids.
            chance: spreads reconnections, so that a thousand stations do not come back in one moment.
            reach: opens a socket in another way than by a WebSocket of its own; None: by one.
            through: what lies between a conversation and its WebSocket; None: nothing.
            suspect: told of a CSMS that does not show by TLS that it is one; None: nobody.
        """
        self.wires, self.frames, self.clock = wires, frames, clock
        self.lines: dict[StationId, Line] = {}
        self.deviations: Counter[str] = Counter()
        """How often this CSMS bent which rule of the schema."""
        self.received = self.malformed = self.strays = self.dials = 0
        self.refusals: Counter[str] = Counter()
        """Why dials came to nothing."""
        self.time = asyncio.get_running_loop().time
        self._run_id, self._opened = run_id, 0
        self._chance = chance or random.Random()  # noqa: S311 - pauses are no secret
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: asyncio.TaskGroup | None = None
        self._reach = reach or self._connect
        self._through, self._suspect = through, suspect

    def line(self, station: StationId, engine: Engine, dialling: Dialling, owner: Owner) -> Line:
        """Make the line of a station; it is silent until it dials."""
        self.lines[station] = line = Line(self, station, engine, dialling, owner)
        return line

    def prefix(self) -> str:
        """Return a fresh prefix of message ids."""
        self._opened += 1
        return f"{self._run_id}{self._opened:x}."

    def deviate(self, deviations: Sequence[Deviation]) -> None:
        """Count how the CSMS bends the schema."""
        self.deviations.update(one.code for one in deviations)

    def dial(self, line: Line, attempt: int, number: int) -> None:
        """Dial, after a pause that grows with the attempts that failed."""
        if self._tasks is None:
            return
        dialling = line.dialling
        pause = min(dialling.longest_pause, dialling.first_pause * 2.0 ** min(attempt, 20)) if attempt else 0.0
        pause *= 0.5 + 0.5 * self._chance.random()
        wait = max(SHORTEST_PAUSE, self.clock.real(pause)) if attempt else 0.0
        asyncio.get_running_loop().call_later(wait, self._begin, line, number)

    def _begin(self, line: Line, number: int) -> None:
        if self._tasks is not None and line.wants(number):
            self._tasks.create_task(self._dial(line, number))

    async def _dial(self, line: Line, number: int) -> None:
        async with self._slots:
            if not line.wants(number):
                return
            self.dials += 1
            why = await self._reach(line)
        if why:
            self.refusals[why] += 1
            line.unreached(number)

    async def _connect(self, line: Line) -> str:
        """Return why there is no connection, empty if there is one."""
        dialling, talk = line.dialling, line.talk()
        try:
            await connect(
                dialling.address(line.station),
                self._through(line.station, talk) if self._through else talk,
                subprotocols=tuple(dialling.versions),
                headers=dialling.headers(line.station),
                tls=dialling.tls,
                server_name=dialling.server_name,
                limits=dialling.limits,
                compress=dialling.compress,
            )
        except NotUpgraded as fault:
            return f"{fault.status} {fault.reason}"[:120]
        except (OSError, TimeoutError) as fault:
            if isinstance(fault, ssl.SSLError) and self._suspect is not None:
                words = getattr(fault, "verify_message", "") or fault.reason or str(fault)
                self._suspect(line.station, security_event(fault), words)
            return type(fault).__name__
        return ""

    async def run(self) -> None:
        """Dial for all lines and look after their deadlines, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                for line in tuple(self.lines.values()):
                    line.resume()
                await self._look_after()
            finally:
                self._tasks = None
                for line in tuple(self.lines.values()):
                    line.hang_up()

    async def _look_after(self) -> None:
        step = min(1.0, max(0.05, self.clock.real(1.0)))
        while True:
            await asyncio.sleep(step)
            now = self.time()
            for line in tuple(self.lines.values()):
                line.tick(now)

    def counters(self) -> dict[str, Any]:
        """Return plain counters."""
        return {
            "lines": len(self.lines),
            "open": sum(line.open for line in self.lines.values()),
            "dials": self.dials,
            "frames_received": self.received,
            "frames_malformed": self.malformed,
            "strays": self.strays,
        }
