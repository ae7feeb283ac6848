# SPDX-License-Identifier: Apache-2.0
"""What people do at a station, as lines from a serial port, a terminal or a FIFO: cards, and EVs where they are simulated."""

import asyncio
import os
import random
import stat
from pathlib import Path

import structlog

from open63110.apps.station_simulated import SimulatedDriver
from open63110.kernel.errors import Unavailable
from open63110.model.token import Credential
from open63110.simulator.ev import some_ev
from open63110.station.controller import Controller

log = structlog.get_logger(__name__)

LONGEST = 200
"""Characters in a line; what is longer is noise on the line."""


class Hands:
    """Obeys lines: ``CARD``, ``EVSE CARD``; of simulated EVSEs also ``plug``, ``unplug``, ``stop``, ``release`` with a number."""

    def __init__(self, controller: Controller, drivers: dict[int, SimulatedDriver], evse: int) -> None:
        """Wait for lines.

        Args:
            controller: sees cards.
            drivers: the simulated EVSEs.
            evse: where a card is meant that comes without a number.
        """
        self._controller, self._drivers, self._evse = controller, drivers, evse
        self._chance = random.Random()  # noqa: S311 - which EV comes is no secret
        self._rest = b""

    def obey(self, line: str) -> bool:
        """Do what a line says; tell whether it was understood."""
        match line.split():
            case [("plug" | "unplug" | "stop" | "release") as word, number] if _number(number) in self._drivers:
                self._move(word, self._drivers[int(number)])
            case [number, card] if 0 < _number(number) <= len(self._controller.layout):
                self._present(int(number), card)
            case [card] if card not in {"plug", "unplug", "stop", "release"}:
                self._present(self._evse, card)
            case _:
                return False
        return True

    def _move(self, word: str, driver: SimulatedDriver) -> None:
        if word == "plug":
            driver.plug(some_ev(self._chance, fullest=0.3))
        elif word == "unplug":
            driver.unplug()
        else:
            driver.emergency = word == "stop"

    def _present(self, evse: int, card: str) -> None:
        if self._controller.powered:
            self._controller.present(evse, Credential(kind="ISO14443", value=card))

    async def run(self, device: Path) -> None:
        """Read lines until cancelled.

        Raises:
            Unavailable: the device cannot be opened.
        """
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        descriptor = _opened(device)
        loop.add_reader(descriptor, self._read, descriptor, gone)
        try:
            await gone.wait()
            log.error("the reader is gone", device=str(device))
            await asyncio.Event().wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)

    def _read(self, descriptor: int, gone: asyncio.Event) -> None:
        try:
            found = os.read(descriptor, 4096)
        except BlockingIOError:
            return
        except OSError:
            found = b""
        if not found:
            asyncio.get_running_loop().remove_reader(descriptor)
            gone.set()
        *lines, self._rest = (self._rest + found).replace(b"\r", b"\n").split(b"\n")
        self._rest = self._rest[-LONGEST:]
        for raw in lines:
            line = raw.decode("ascii", "replace").strip()
            if line and not (len(line) <= LONGEST and self.obey(line)):
                log.warning("a line of the reader was not understood", length=len(line))


def _opened(device: Path) -> int:
    try:
        fifo = stat.S_ISFIFO(device.stat().st_mode)  # opened for writing too, it never ends when a writer leaves
        return os.open(device, (os.O_RDWR if fifo else os.O_RDONLY) | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as fault:
        raise Unavailable(f"the reader {device} cannot be opened: {fault.strerror}", where="reader.device") from fault


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 4 else 0
