# SPDX-License-Identifier: Apache-2.0
"""A simulated EVSE follows the pilot, and people move it by lines (7.10)."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.apps.station_hands import Hands
from open63110.apps.station_simulated import SimulatedDriver
from open63110.kernel.errors import Unavailable
from open63110.kernel.units import Amperes
from open63110.simulator.ev import MAKES, Ev
from open63110.simulator.meter import Meter
from open63110.station.evse import Drive

SALOON = next(one for one in MAKES if one.name == "saloon")
SMALL = next(one for one in MAKES if one.name == "small")
A10 = Drive(amperes=Amperes(10.0))


class Clock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def real(self, seconds: float) -> float:
        return seconds


def driver(clock: Clock) -> SimulatedDriver:
    return SimulatedDriver(Meter("M1"), clock)


def test_an_ev_wants_energy_when_it_is_offered_some_and_draws_what_it_is_offered() -> None:
    clock = Clock()
    one = driver(clock)
    assert one.seen().pilot == "A"
    one.plug(Ev(SALOON, 0.2))
    assert (one.seen().pilot, one.seen().proximity) == ("B", 32.0)
    one.drive(A10)
    assert (one.seen().pilot, one.seen().current) == ("C", 0.0)
    one.drive(replace(A10, closed=True, locked=True))
    seen = one.seen()
    assert (seen.closed, seen.locked, seen.current) == (True, True, 10.0)
    clock.at += timedelta(hours=1)
    shown = {reading.measurand: reading.value for reading in one.readings()}
    assert shown["energy.import.register"] == pytest.approx(6_900.0)
    one.drive(Drive(closed=True))
    assert (one.seen().pilot, one.seen().current) == ("B", 0.0)
    one.drive(Drive(available=False))
    assert one.seen().pilot == "F"


def test_an_ev_of_one_phase_draws_on_one_phase() -> None:
    one = driver(Clock())
    one.plug(Ev(SMALL, 0.2))
    one.drive(replace(A10, closed=True))
    assert one.seen().current == 10.0


def test_an_ev_that_is_taken_away_has_counted_to_the_end() -> None:
    clock = Clock()
    one = driver(clock)
    one.plug(Ev(SALOON, 0.2))
    one.drive(replace(A10, closed=True))
    clock.at += timedelta(minutes=30)
    one.unplug()
    assert one.seen().pilot == "A"
    assert one.readings()[0].value == pytest.approx(3_450.0)


async def test_a_driver_that_ends_leaves_all_open() -> None:
    one = driver(Clock())
    one.drive(replace(A10, closed=True))
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert not one.seen().closed


class Controller:
    """Writes down which cards were read."""

    def __init__(self) -> None:
        self.powered, self.layout = True, (1, 1)
        self.cards: list[tuple[int, str]] = []

    def present(self, evse: int, credential: Any) -> None:
        self.cards.append((evse, credential.value))


def hands(one: SimulatedDriver) -> tuple[Hands, Controller]:
    controller = Controller()
    made: Any = controller
    return Hands(made, {1: one}, 2), controller


def test_lines_are_cards_and_moves_of_simulated_evs() -> None:
    one = driver(Clock())
    obeys, controller = hands(one)
    assert all(map(obeys.obey, ("04A1", "1 04B2", "plug 1", "stop 1")))
    assert controller.cards == [(2, "04A1"), (1, "04B2")]
    assert (one.seen().pilot, one.seen().emergency) == ("B", True)
    assert all(map(obeys.obey, ("unplug 1", "release 1")))
    assert (one.seen().pilot, one.seen().emergency) == ("A", False)
    assert [obeys.obey(line) for line in ("plug 2", "plug", "9 04A1", "a b c", "")] == [False] * 5
    controller.powered = False
    assert obeys.obey("04A1")
    assert len(controller.cards) == 2


async def test_a_fifo_is_read_line_by_line_whoever_writes_and_leaves(tmp_path: Path) -> None:
    fifo = tmp_path / "reader"
    os.mkfifo(fifo)
    obeys, controller = hands(driver(Clock()))
    running = asyncio.create_task(obeys.run(fifo))
    await asyncio.sleep(0)
    for text in (b"04A1\r\n04", b"B2\nsome thing wrong\n", b"x" * 500 + b"\n", b"04C3\n"):
        descriptor = os.open(fifo, os.O_WRONLY)
        os.write(descriptor, text)
        os.close(descriptor)
    async with asyncio.timeout(5.0):
        while (2, "04C3") not in controller.cards:  # noqa: ASYNC110 - read by another task
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    assert controller.cards == [(2, "04A1"), (2, "04B2"), (2, "04C3")]


async def test_a_reader_that_goes_away_does_not_end_the_station_and_one_that_is_not_there_is_said(tmp_path: Path) -> None:
    obeys, controller = hands(driver(Clock()))
    ours, theirs = os.openpty()
    running = asyncio.create_task(obeys.run(Path(os.ttyname(theirs))))
    await asyncio.sleep(0.01)
    os.write(ours, b"04A1\n")
    async with asyncio.timeout(5.0):
        while not controller.cards:  # noqa: ASYNC110 - read by another task
            await asyncio.sleep(0.01)
    os.close(theirs)
    os.close(ours)
    await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
    with pytest.raises(Unavailable):
        await obeys.run(tmp_path / "none")
