# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.forwarder`: carries packets between two TUN devices, later and not all of them (needs root)."""

import argparse
import contextlib
import fcntl
import heapq
import os
import random
import select
import struct
import time

TUNSETIFF = 0x400454CA
TUN_WITHOUT_HEADER = 0x0001 | 0x1000
LONGEST = 65_536


class Later:
    """Packets on their way in one direction: none overtakes another, some get lost."""

    def __init__(self, delay: float, jitter: float, loss: float, seed: int) -> None:
        """Times in seconds; each packet takes `delay` give or take up to `jitter`; `loss` is a part of 1."""
        self._delay, self._jitter, self._loss = delay, jitter, loss
        self._chance = random.Random(seed)
        self._last = 0.0
        self._due: list[tuple[float, int, bytes]] = []
        self._count = 0

    def take(self, packet: bytes, now: float) -> None:
        """Take a packet."""
        if self._chance.random() < self._loss:
            return
        self._last = max(self._last, now + self._delay + self._chance.uniform(-self._jitter, self._jitter))
        self._count += 1
        heapq.heappush(self._due, (self._last, self._count, packet))

    def due(self, now: float) -> list[bytes]:
        """Return what has arrived."""
        found = []
        while self._due and self._due[0][0] <= now:
            found.append(heapq.heappop(self._due)[2])
        return found

    def next(self) -> float | None:
        """Return when the next one arrives; None: nothing is on its way."""
        return self._due[0][0] if self._due else None


def tun(name: str) -> int:
    """Make a TUN device and return its descriptor."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", name.encode(), TUN_WITHOUT_HEADER))
    return descriptor


def carry(ends: tuple[int, int], ways: tuple[Later, Later]) -> None:
    """Carry packets for ever."""
    others = {ends[0]: (ends[1], ways[0]), ends[1]: (ends[0], ways[1])}
    while True:
        soonest = min((when for way in ways if (when := way.next()) is not None), default=None)
        patience = None if soonest is None else max(0.0, soonest - time.monotonic())
        for end in select.select(ends, [], [], patience)[0]:
            _drain(end, others[end][1])
        now = time.monotonic()
        for other, way in others.values():
            for packet in way.due(now):
                with contextlib.suppress(OSError):  # the device is not up yet, or no more
                    os.write(other, packet)


def _drain(end: int, way: Later) -> None:
    while True:
        try:
            way.take(os.read(end, LONGEST), time.monotonic())
        except BlockingIOError:
            return


def main() -> None:
    """Make two devices, say so, and carry until killed."""
    parser = argparse.ArgumentParser(prog="bench.link.forwarder", description=__doc__)
    parser.add_argument("names", nargs=2)
    parser.add_argument("--delay", type=float, default=0.0, help="one way [s]")
    parser.add_argument("--jitter", type=float, default=0.0, help="give or take [s]")
    parser.add_argument("--loss", type=float, default=0.0, help="part of 1")
    asked = parser.parse_args()
    ends = (tun(asked.names[0]), tun(asked.names[1]))
    print("ready", flush=True)
    carry(ends, (Later(asked.delay, asked.jitter, asked.loss, 1), Later(asked.delay, asked.jitter, asked.loss, 2)))


if __name__ == "__main__":
    main()
