# SPDX-License-Identifier: Apache-2.0
"""A Modbus line: TCP, or RTU over a serial port; one request at a time, whoever asks."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pymodbus import FramerType, ModbusException
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient

from open63110.kernel.errors import Malformed, Unavailable
from open63110.station.drivers.registers import Stretch

TIMEOUT = 0.5
"""How long an answer may take [s]; a frame with a wrong checksum is none."""

RETRIES = 1
"""How often a request is asked again before it has failed."""

AGAIN = 1.0
"""Between two attempts to connect [s]."""

PORT = 502

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what fails is told as a fault of the EVSE, once


class Bus:
    """All devices at one address."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        """Get ready; the first request connects.

        Args:
            url: ``tcp://host:502``, or ``rtu:/dev/ttyUSB0?baudrate=9600&parity=N&stopbits=1``.
            timeout: how long an answer may take [s].

        Raises:
            Malformed: it is neither.
        """
        self.url, self._timeout = url, timeout
        self._make = _maker(url)
        self._client: Any = None
        self._turn = asyncio.Lock()
        self._next_try = 0.0

    async def read(self, stretch: Stretch, unit: int) -> Sequence[int]:
        """Read registers, or bits.

        Raises:
            Unavailable: there was no answer, a broken one, or a refusal.
        """
        name = {
            "input": "read_input_registers",
            "holding": "read_holding_registers",
            "coil": "read_coils",
            "discrete": "read_discrete_inputs",
        }
        answer = await self._ask(name[stretch.table], stretch.address, count=stretch.length, device_id=unit)
        words: list[int] = answer.bits if stretch.table in {"coil", "discrete"} else answer.registers
        if len(words) < stretch.length:
            raise Unavailable(f"{self.url} unit {unit} answered {len(words)} of {stretch.length} registers", where=self.url)
        return words[: stretch.length]

    async def write_bit(self, address: int, value: bool, unit: int) -> None:  # noqa: FBT001 - a value
        """Write a coil.

        Raises:
            Unavailable: there was no answer, or a refusal.
        """
        await self._ask("write_coil", address, value, device_id=unit)

    async def write(self, address: int, words: Sequence[int], unit: int) -> None:
        """Write holding registers.

        Raises:
            Unavailable: there was no answer, or a refusal.
        """
        if len(words) == 1:
            await self._ask("write_register", address, words[0], device_id=unit)
        else:
            await self._ask("write_registers", address, list(words), device_id=unit)

    async def _ask(self, name: str, *arguments: Any, **named: Any) -> Any:
        """Ask in a task of its own: the library lets a cancellation that comes together with an answer go unheard."""
        asking = asyncio.ensure_future(self._answer(name, *arguments, **named))
        asking.add_done_callback(_looked_at)
        return await asyncio.shield(asking)

    async def _answer(self, name: str, *arguments: Any, **named: Any) -> Any:
        async with self._turn:
            try:
                client = await self._connected()
                answer = await getattr(client, name)(*arguments, **named)
            except (ModbusException, OSError, TimeoutError) as fault:
                raise Unavailable(f"{self.url}: {fault}", where=self.url) from fault
            except Unavailable:
                raise
            except Exception as fault:  # pymodbus lets errors of its transports through as they come
                self.close()
                raise Unavailable(f"{self.url}: {type(fault).__name__} {fault}", where=self.url) from fault
        if answer.isError():
            raise Unavailable(f"{self.url} refused {name} at {arguments[0]}: {answer}", where=self.url)
        return answer

    async def _connected(self) -> Any:
        """Return the client; one that lost its connection, or gave up on it, is made anew, at most once in a while."""
        if self._client is not None and self._client.connected:
            return self._client
        self.close()
        loop = asyncio.get_running_loop()
        if loop.time() < self._next_try:
            raise Unavailable(f"{self.url} is not connected", where=self.url)
        self._next_try = loop.time() + AGAIN
        self._client = self._make(self._timeout)
        if not await self._client.connect():
            raise Unavailable(f"{self.url} cannot be connected to", where=self.url)
        return self._client

    def close(self) -> None:
        """Let go of the line."""
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _looked_at(asking: "asyncio.Future[Any]") -> None:
    """Nobody may be left to whom a failure matters."""
    if not asking.cancelled():
        asking.exception()


def _maker(url: str) -> Any:
    parts = urlsplit(url)
    said = {name: words[-1] for name, words in parse_qs(parts.query).items()}
    try:
        if parts.scheme == "tcp" and parts.hostname:
            host, port = parts.hostname, parts.port or PORT
            return lambda timeout: AsyncModbusTcpClient(host, port=port, timeout=timeout, retries=RETRIES, reconnect_delay=0)
        if parts.scheme == "rtu" and parts.path:
            path, baudrate, parity = parts.path, int(said.get("baudrate", "9600")), said.get("parity", "N")
            stopbits = int(said.get("stopbits", "1"))
            return lambda timeout: AsyncModbusSerialClient(
                path,
                framer=FramerType.RTU,
                baudrate=baudrate,
                parity=parity,
                stopbits=stopbits,
                timeout=timeout,
                retries=RETRIES,
                reconnect_delay=0,
            )
    except ValueError as fault:
        raise Malformed(f"{url} is no Modbus address: {fault}", where="bus") from fault
    remedy = "write tcp://host:502, or rtu:/dev/ttyUSB0?baudrate=9600"
    raise Malformed(f"{url} is no Modbus address; {remedy}", where="bus", remedy=remedy)
