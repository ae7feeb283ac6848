# SPDX-License-Identifier: Apache-2.0
"""An EVSE behind Modbus, against a server over TCP and over a serial line, with every way in which a line can fail."""

import asyncio
import contextlib
import os
import socket
import struct
import tty
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from open63110.kernel.errors import Malformed, Unavailable
from open63110.kernel.units import Amperes, WattHours
from open63110.station.drivers.modbus import Device, ModbusDriver, Pace
from open63110.station.drivers.modbus_bus import Bus
from open63110.station.drivers.port import DRIVER_FAILURE, METER_FAILURE
from open63110.station.drivers.registers import SDM630, Register, Stretch
from open63110.station.evse import Drive

METER, BOARD = 1, 2
BOARD_MAP = {
    "pilot": Register(address=0),
    "proximity": Register(address=1),
    "mirror": Register(address=0, table="discrete"),
    "locked": Register(address=1, table="discrete"),
    "emergency": Register(address=2, table="discrete"),
    "contactor": Register(address=0, table="coil"),
    "lock": Register(address=1, table="coil"),
    "available": Register(address=2, table="coil"),
    "offered": Register(address=0, table="holding", scale=0.1),
}
COUNTER = {"energy": Register(address=0x34, type="uint32", words="little", scale=100.0), "power": Register(address=0x28)}
"""A meter that counts in tenths of a kilowatt-hour."""
FAST = Pace(every=0.02, meter_every=0.05, stale=0.6, still=WattHours(0.05))


TABLES = {1: "co", 5: "co", 15: "co", 2: "di", 3: "hr", 6: "hr", 16: "hr", 4: "ir"}
"""Function code of the protocol → table."""
SIZE = 200
NOTHING = SimDevice(0, simdata=[SimData(0, values=0, datatype=DataType.REGISTERS)])


class Rig:
    """Registers of two devices behind one line, and what the line does to answers; a server asks it for what they hold."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], list[Any]] = {
            (unit, name): [False if name in {"co", "di"} else 0] * SIZE
            for unit in (METER, BOARD)
            for name in ("co", "di", "hr", "ir")
        }
        self.spoil: Callable[[bytes], bytes] = lambda answer: answer
        self.answers = 0

    def device_ids(self) -> list[int]:
        return [METER, BOARD]

    async def async_getValues(self, device_id: int, func_code: int, address: int, count: int = 1) -> Any:  # noqa: N802 - theirs
        found = self.held[device_id, TABLES[func_code]][address : address + count]
        return found if len(found) == count else ExcCodes.ILLEGAL_ADDRESS

    async def async_setValues(self, device_id: int, func_code: int, address: int, values: list[Any]) -> Any:  # noqa: N802 - theirs
        if address + len(values) > SIZE:
            return ExcCodes.ILLEGAL_ADDRESS
        self.held[device_id, TABLES[func_code]][address : address + len(values)] = values
        return None

    def trace(self, sending: bool, data: bytes) -> bytes:
        """Let an answer out, as it is or spoilt."""
        if not sending:
            return data
        self.answers += 1
        return self.spoil(data)

    def put(self, unit: int, code: int, address: int, *words: int) -> None:
        kind = bool if TABLES[code] in {"co", "di"} else int
        self.held[unit, TABLES[code]][address : address + len(words)] = map(kind, words)

    def get(self, unit: int, code: int, address: int) -> int:
        return int(self.held[unit, TABLES[code]][address])

    def put_float(self, address: int, value: float) -> None:
        self.put(METER, 4, address, *struct.unpack(">HH", struct.pack(">f", value)))

    def meter(self, *, energy: float, power: float = 0.0, current: float = 0.0) -> None:
        for address, value in ((0, 230.0), (2, 230.0), (4, 230.0), (6, current), (52, power), (72, energy)):
            self.put_float(address, value)

    @property
    def contactor(self) -> bool:
        return bool(self.get(BOARD, 1, 0))


@contextlib.asynccontextmanager
async def serving(server: Any, rig: Rig) -> AsyncIterator[None]:
    server.context = rig
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()


@contextlib.asynccontextmanager
async def over_tcp(rig: Rig) -> AsyncIterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with serving(ModbusTcpServer(NOTHING, address=("127.0.0.1", port), trace_packet=rig.trace), rig):
        yield f"tcp://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def over_serial(rig: Rig) -> AsyncIterator[str]:
    """Two pseudo-terminals, back to back, are a cable."""
    ends = [os.openpty() for _ in range(2)]
    loop = asyncio.get_running_loop()
    for master, slave in ends:
        tty.setraw(slave)
        os.set_blocking(master, False)
    (here, _), (there, _) = ends

    def carry(source: int, target: int) -> None:
        os.write(target, os.read(source, 4096))

    loop.add_reader(here, carry, here, there)
    loop.add_reader(there, carry, there, here)
    server = ModbusSerialServer(
        NOTHING, framer=FramerType.RTU, port=os.ttyname(ends[1][1]), baudrate=115_200, trace_packet=rig.trace
    )
    try:
        async with serving(server, rig):
            yield f"rtu:{os.ttyname(ends[0][1])}?baudrate=115200"
    finally:
        loop.remove_reader(here)
        loop.remove_reader(there)
        for pair in ends:
            for one in pair:
                os.close(one)


class Clock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def real(self, seconds: float) -> float:
        return seconds


@contextlib.asynccontextmanager
async def driving(url: str, meter: dict[str, Register], last: WattHours | None = None) -> AsyncIterator[ModbusDriver]:
    time = asyncio.get_running_loop().time
    bus = Bus(url, timeout=0.1)
    driver = ModbusDriver(
        Device(bus, METER, meter, time), Device(bus, BOARD, BOARD_MAP, time), Clock(), time, last=last, pace=FAST
    )
    running = asyncio.create_task(driver.run())
    try:
        yield driver
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        bus.close()


async def until(true: Callable[[], Any], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - a device far away
            await asyncio.sleep(0.01)


def seen(driver: ModbusDriver, name: str) -> Any:
    found = driver.seen()
    return getattr(found, name) if found else None


LINES = {"tcp": over_tcp, "rtu": over_serial}


@pytest.fixture(params=list(LINES))
async def line(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Rig, str]]:
    rig = Rig()
    rig.meter(energy=1.5)
    async with LINES[request.param](rig) as url:
        yield rig, url


async def test_what_board_and_meter_show_is_seen(line: tuple[Rig, str]) -> None:
    rig, url = line
    rig.put(BOARD, 4, 0, 0xC, 32)
    rig.put(BOARD, 2, 0, 1, 1)
    rig.meter(energy=1.5, power=100.0, current=16.0)
    async with driving(url, dict(SDM630)) as driver:
        await until(lambda: seen(driver, "closed"))
        found = driver.seen()
        assert found is not None
        assert (found.pilot, found.proximity, found.closed, found.locked) == ("C", 32.0, True, True)
        assert (found.emergency, found.current, found.trouble) == (False, 16.0, "")
        shown = {(one.measurand, one.phase): one.value for one in driver.readings()}
        assert shown["energy.import.register", ""] == 1500.0
        assert shown["power.import", ""] == 100.0
        assert shown["voltage", "L2"] == 230.0


async def test_what_is_driven_reaches_the_board_and_all_is_open_in_the_end(line: tuple[Rig, str]) -> None:
    rig, url = line
    async with driving(url, dict(SDM630)) as driver:
        await until(driver.seen)
        driver.drive(Drive(closed=True, amperes=Amperes(15.97), locked=True))
        await until(lambda: rig.contactor)
        assert (rig.get(BOARD, 3, 0), rig.get(BOARD, 1, 1), rig.get(BOARD, 1, 2)) == (159, 1, 1)
        rig.put(BOARD, 1, 0, 0)  # the board forgot
        await until(lambda: rig.contactor)
    assert not rig.contactor


async def test_silence_becomes_a_fault_and_goes_with_the_next_answer(line: tuple[Rig, str]) -> None:
    rig, url = line
    async with driving(url, dict(SDM630)) as driver:
        await until(driver.seen)
        rig.spoil = lambda _: b""
        await until(lambda: seen(driver, "trouble") == DRIVER_FAILURE)
        rig.spoil = lambda answer: answer
        await until(lambda: seen(driver, "trouble") == "")


async def test_frames_with_wrong_checksums_are_no_values() -> None:
    rig = Rig()
    rig.meter(energy=1.5)
    async with over_serial(rig) as url, driving(url, dict(SDM630)) as driver:
        await until(driver.seen)
        rig.spoil = lambda answer: bytes([*answer[:-3], answer[-3] ^ 0x40, *answer[-2:]])
        rig.meter(energy=9.9)
        await until(lambda: seen(driver, "trouble") == DRIVER_FAILURE)
        assert {one.value for one in driver.readings() if one.measurand == "energy.import.register"} == {1500.0}


async def test_one_wrong_checksum_among_many_right_ones_is_asked_again() -> None:
    rig = Rig()
    rig.meter(energy=1.5)

    def now_and_then(answer: bytes) -> bytes:
        return bytes([answer[0], answer[1] ^ 0x80, *answer[2:]]) if rig.answers % 7 == 0 else answer

    async with over_serial(rig) as url, driving(url, dict(SDM630)) as driver:
        await until(driver.seen)
        rig.spoil = now_and_then
        before = rig.answers
        await until(lambda: rig.answers > before + 60)
        assert seen(driver, "trouble") == ""


async def test_a_meter_that_alone_falls_silent_is_told_apart(line: tuple[Rig, str]) -> None:
    rig, url = line
    rig.meter(energy=1.5, current=16.0)
    async with driving(url, dict(SDM630)) as driver:
        await until(lambda: seen(driver, "current") == 16.0)
        unit = 0 if url.startswith("rtu") else 6  # after the TCP header
        rig.spoil = lambda answer: b"" if answer[unit] == METER else answer
        await until(lambda: seen(driver, "trouble") == METER_FAILURE)
        assert seen(driver, "current") == 0.0  # or an open contactor would be taken for a welded one


async def test_a_register_that_is_full_goes_on_across_restarts() -> None:
    rig = Rig()
    full = 2**32 - 1
    async with over_tcp(rig) as url:
        rig.put(METER, 4, 0x34, full & 0xFFFF, full >> 16)
        async with driving(url, COUNTER) as driver:
            await until(driver.readings)
            assert driver.readings()[0].value == full * 100.0
            rig.put(METER, 4, 0x34, 4, 0)
            await until(lambda: driver.readings()[0].value == (full + 5) * 100.0)
        async with driving(url, COUNTER, last=WattHours((full + 5) * 100.0)) as driver:
            await until(driver.readings)
            assert driver.readings()[0].value == (full + 5) * 100.0


async def test_a_register_that_stands_still_while_power_flows_is_a_fault() -> None:
    rig = Rig()
    rig.put(METER, 4, 0x28, 11_000)
    async with over_tcp(rig) as url, driving(url, COUNTER) as driver:
        await until(lambda: seen(driver, "trouble") == METER_FAILURE)
        rig.put(METER, 4, 0x34, 1, 0)
        await until(lambda: seen(driver, "trouble") == "")


async def test_export_is_told_as_export_and_what_is_no_number_as_nothing() -> None:
    rig = Rig()
    rig.meter(energy=1.5, power=-2000.0)
    async with over_tcp(rig) as url, driving(url, dict(SDM630)) as driver:
        await until(driver.readings)
        assert {one.measurand: one.value for one in driver.readings()}["power.export"] == 2000.0
        rig.put(METER, 4, 72, 0x7FC0, 0)
        await until(lambda: seen(driver, "trouble") == METER_FAILURE)


async def test_a_line_that_comes_later_is_found() -> None:
    rig = Rig()
    rig.meter(energy=1.5)
    async with over_tcp(rig) as url:
        pass
    port = int(url.rpartition(":")[2])
    async with driving(url, dict(SDM630)) as driver:
        await asyncio.sleep(0.3)
        assert driver.seen() is None
        async with serving(ModbusTcpServer(NOTHING, address=("127.0.0.1", port)), rig):
            await until(driver.seen)


async def test_a_refusal_is_said_and_so_is_an_address_that_is_none() -> None:
    async with over_tcp(Rig()) as url:
        bus = Bus(url)
        with pytest.raises(Unavailable, match="refused"):
            await bus.read(Stretch("holding", 5000, 2), BOARD)
        with pytest.raises(Unavailable):
            await bus.write(5000, [1, 2], BOARD)
        bus.close()
    for wrong in ("http://host", "tcp:///", "rtu:/dev/ttyS0?baudrate=fast"):
        with pytest.raises(Malformed):
            Bus(wrong)


@pytest.mark.parametrize(("value", "letter"), [(0, "A"), (2, "C"), (0xB, "B"), (ord("F"), "F"), (77, "E")])
async def test_the_pilot_may_be_said_in_several_ways(value: int, letter: str) -> None:
    rig = Rig()
    rig.put(BOARD, 4, 0, value)
    rig.meter(energy=1.0)
    async with over_tcp(rig) as url, driving(url, dict(SDM630)) as driver:
        await until(driver.seen)
        found = driver.seen()
        assert found is not None
        assert replace(found).pilot == letter
