# SPDX-License-Identifier: Apache-2.0
"""Two ends in one process: frames whole and in order, delay, rate and cuts as scripted."""

import asyncio

import pytest

from open63110.bindings.link.carriers.carrier import Carrier, CarrierLost
from open63110.bindings.link.carriers.memory_carrier import AGAIN, MemoryCarrier, Script, Way


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


def test_what_is_lost_is_said_again_later_and_holds_up_what_follows() -> None:
    lost = iter([True, True, False, False])
    way = Way(delay=lambda: 1.0, loss=lambda: next(lost))
    assert way.write(1, 0.0) == pytest.approx(1.0 + AGAIN + 2 * AGAIN)
    assert way.write(1, 0.0) == pytest.approx(1.0 + AGAIN + 2 * AGAIN)


async def test_frames_on_a_scripted_way_come_late_in_order_and_until_the_cut() -> None:
    lost, loop = iter([True, False, False]), asyncio.get_running_loop()
    script = Script(delay=lambda: 0.05, loss=lambda: next(lost), cut_after=2)
    left, right = MemoryCarrier.pair("left", "right", script)
    began = loop.time()
    await left.send_frame(b"one")
    await left.send_frame(b"two")
    assert [await right.recv_frame(), await right.recv_frame()] == [b"one", b"two"]
    assert loop.time() - began >= 0.05 + AGAIN
    with pytest.raises(CarrierLost):
        await left.send_frame(b"three")
    with pytest.raises(CarrierLost):
        await right.recv_frame()


async def test_what_is_on_its_way_when_the_two_are_parted_is_lost() -> None:
    left, right = MemoryCarrier.pair("left", "right", Script(delay=lambda: 0.05))
    await left.send_frame(b"one")
    await right.close()
    await asyncio.sleep(0.1)
    with pytest.raises(CarrierLost):
        await right.recv_frame()
