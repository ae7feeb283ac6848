# SPDX-License-Identifier: Apache-2.0
"""Two ends in one process: frames whole and in order, delay, rate and cuts as scripted."""

import asyncio

import pytest

from open63110.bindings.link.carriers.carrier import Carrier, CarrierLost
from open63110.bindings.link.carriers.memory_carrier import MemoryCarrier, Way


async def test_frames_arrive_whole_and_in_order_until_one_end_closes() -> None:
    left, right = MemoryCarrier.pair("left", "right")
    ends: tuple[Carrier, Carrier] = (left, right)
    assert [await end.connect() for end in ends] == ["right", "left"]
    await left.send_frame(b"one")
    await left.send_frame(b"two")
    await left.close()
    await left.close()
    assert [await right.recv_frame(), await right.recv_frame()] == [b"one", b"two"]
    for end in ends:
        for _ in range(2):
            with pytest.raises(CarrierLost):
                await end.recv_frame()
        with pytest.raises(CarrierLost):
            await end.send_frame(b"three")
        with pytest.raises(CarrierLost):
            await end.connect()
        assert end.room() > 0


async def test_who_waits_for_a_frame_hears_of_the_end() -> None:
    left, right = MemoryCarrier.pair("left", "right")
    waiting = asyncio.create_task(right.recv_frame())
    await asyncio.sleep(0)
    await left.close()
    with pytest.raises(CarrierLost):
        await waiting


def test_a_way_takes_as_long_as_its_rate_and_delay_say() -> None:
    way = Way(delay=lambda: 0.5, rate=1000, room=2000)
    assert way.write(1000, 10.0) == 11.5
    assert way.write(500, 10.0) == 12.0
    assert (way.room(10.0), way.room(11.0), way.room(11.5)) == (500, 1500, 2000)
    assert way.drained() is None
    assert way.carried == 1500


def test_a_frame_never_overtakes_another() -> None:
    delays = iter([5.0, 1.0])
    way = Way(delay=lambda: next(delays))
    assert [way.write(1, 0.0), way.write(1, 0.0)] == [5.0, 5.0]
