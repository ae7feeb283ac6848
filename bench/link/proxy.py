# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.proxy PORT…`: a narrow, long way for TCP in user space, with a queue per direction as in a router."""

import argparse
import asyncio
import contextlib
import random
import socket
from collections import deque

PIECE = 1_448
"""What a packet holds [bytes]."""

AROUND = 66
"""Headers of such a packet [bytes]; they count against the rate."""

KERNEL = 8 * 1024
"""What the kernel may hold on either side, so that the queue is here and not there [bytes]."""


class Narrow:
    """One direction for all connections: what is sent waits in one queue, goes out at a rate and arrives later."""

    def __init__(self, rate: int | None, delay: float, jitter: float, queue: int, seed: int) -> None:
        """Rate in bit/s, None for none; times in seconds; `queue` in bytes."""
        self._rate, self._delay, self._jitter, self._room = rate, delay, jitter, queue
        self._free = self._arrives = 0.0
        self._left: deque[tuple[float, int]] = deque()
        self._queued = 0
        self._chance = random.Random(seed)

    def full(self, now: float) -> float:
        """Return until when there is no room in the queue; 0: there is."""
        while self._left and self._left[0][0] <= now:
            self._queued -= self._left.popleft()[1]
        return self._left[0][0] if self._queued >= self._room else 0.0

    def take(self, size: int, now: float) -> float:
        """Put a piece in the queue and return when it arrives."""
        self._free = max(now, self._free) + ((size + AROUND) * 8 / self._rate if self._rate else 0.0)
        self._left.append((self._free, size))
        self._queued += size
        self._arrives = max(self._arrives, self._free + self._delay + self._chance.uniform(-self._jitter, self._jitter))
        return self._arrives


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, narrow: Narrow) -> None:
    """Carry one direction of one connection until it ends."""
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            when, piece = await pieces.get()
            await asyncio.sleep(max(0.0, when - loop.time()))
            if not piece:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            writer.write(piece)
            await writer.drain()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliver())
        piece = b"-"
        while piece:
            while until := narrow.full(loop.time()):  # noqa: ASYNC110 - a queue in a router tells nobody
                await asyncio.sleep(max(0.0, until - loop.time()))
            piece = await reader.read(PIECE)
            pieces.put_nowait((narrow.take(len(piece), loop.time()), piece))


def tighten(writer: asyncio.StreamWriter) -> None:
    """Let the kernel hold little, and nothing back."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL)


async def serve(ports: list[int], there: Narrow, back: Narrow) -> None:
    """Open one door for each port and say where; `there` leads to the ports."""

    def door(port: int) -> object:
        async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                in_reader, in_writer = await asyncio.open_connection("127.0.0.1", port, limit=PIECE)
            except OSError:
                writer.close()
                return
            tighten(writer)
            tighten(in_writer)
            with contextlib.suppress(ExceptionGroup):
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(pump(reader, in_writer, there))
                    tasks.create_task(pump(in_reader, writer, back))
            for one in (writer, in_writer):
                one.transport.abort()

        return come

    servers = [await asyncio.start_server(door(port), "127.0.0.1", 0, limit=PIECE) for port in ports]  # type: ignore[arg-type] # typeshed's alias is private
    print(*(one.sockets[0].getsockname()[1] for one in servers), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(prog="bench.link.proxy", description=__doc__)
    parser.add_argument("ports", nargs="+", type=int)
    parser.add_argument("--rate", type=int, help="bit/s")
    parser.add_argument("--delay", type=float, default=0.0, help="one way [s]")
    parser.add_argument("--jitter", type=float, default=0.0, help="give or take [s]")
    parser.add_argument("--queue", type=int, default=128 * 1024, help="bytes")
    asked = parser.parse_args()
    ways = [Narrow(asked.rate, asked.delay, asked.jitter, asked.queue, seed) for seed in (1, 2)]
    asyncio.run(serve(asked.ports, *ways))


if __name__ == "__main__":
    main()
