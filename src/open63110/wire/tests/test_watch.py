# SPDX-License-Identifier: Apache-2.0
"""What the watch does for many connections at once: it delivers what they said, and gives back what they left behind."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from open63110.wire.limits import Limits
from open63110.wire.tests.ground import until
from open63110.wire.watch import Watch

SWEEP = Limits(sweep_seconds=0.01)


class Quiet:
    """A connection that says nothing and does not mind."""

    def __init__(self, told: list[tuple[Quiet, bytes]] | None = None) -> None:
        self.told = [] if told is None else told

    def deliver(self, message: bytes, binary: bool) -> None:
        assert not binary
        self.told.append((self, message))

    def sweep(self, now: float) -> None:
        self.swept = now

    def thaw(self, now: float) -> bool:
        return True

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.code = code

    def abort(self) -> None:
        self.code = 1006


class Ground:
    """A watch that looks after some, and counts how often it gave memory back."""

    def __init__(self, count: int) -> None:
        self.times = 0
        self.watch = Watch(SWEEP, ebb=100, give_back=self.gave)
        self.crowd = [Quiet() for _ in range(count)]
        for one in self.crowd:
            self.watch.join(one)

    def gave(self) -> None:
        self.times += 1

    def go(self, count: int) -> None:
        for one in self.crowd[:count]:
            self.watch.leave(one)
        del self.crowd[:count]

    async def sweeps(self, count: int) -> None:
        """Let it sweep so often."""
        witness = Quiet()
        self.watch.join(witness)
        for _ in range(count):
            before = getattr(witness, "swept", 0.0)
            await until(lambda: getattr(witness, "swept", 0.0) > before)  # noqa: B023 - awaited within the round
        self.watch.leave(witness)


async def test_messages_are_delivered_once_all_that_came_together_have_been_read() -> None:
    watch, told = Watch(SWEEP), list[tuple[Quiet, bytes]]()
    one, other = Quiet(told), Quiet(told)
    watch.put_by(one, b"1")
    watch.put_by(other, b"2")
    assert told == [], "the next socket is read first"
    await asyncio.sleep(0)
    assert told == [(one, b"1"), (other, b"2")]
    await asyncio.sleep(0)
    assert len(told) == 2, "and never again"


async def test_of_one_connection_one_message_waits_at_most() -> None:
    watch = Watch(SWEEP)
    one = Quiet()
    watch.put_by(one, b"1")
    watch.put_by(one, b"2")
    assert one.told == [(one, b"1")], "its peer may have had enough"
    await asyncio.sleep(0)
    assert one.told == [(one, b"1"), (one, b"2")]


async def test_what_comes_soon_after_others_gathers_and_what_comes_after_a_rest_does_not_wait() -> None:
    watch = Watch(replace(SWEEP, gather_seconds=0.2))
    crowd = [Quiet() for _ in range(4)]
    first, second, third, late = crowd
    watch.put_by(first, b"1")
    await asyncio.sleep(0)
    assert first.told, "nothing came before it"
    began = watch.time()
    watch.put_by(second, b"2")
    await asyncio.sleep(0.05)
    watch.put_by(third, b"3")
    assert not second.told
    await until(lambda: bool(third.told))
    assert second.told, "both in one go"
    assert watch.time() - began >= 0.19
    await asyncio.sleep(0.25)
    watch.put_by(late, b"4")
    await asyncio.sleep(0)
    assert late.told


async def test_of_one_connection_one_message_waits_at_most_while_others_gather_too() -> None:
    watch = Watch(replace(SWEEP, gather_seconds=60.0))
    one, other = Quiet(), Quiet()
    watch.put_by(one, b"0")
    await asyncio.sleep(0)
    watch.put_by(one, b"1")
    watch.put_by(other, b"2")
    watch.put_by(one, b"3")
    assert ([text for _, text in one.told], [text for _, text in other.told]) == ([b"0", b"1"], [b"2"])


async def test_what_many_left_behind_is_given_back_once() -> None:
    ground = Ground(150)
    ground.go(100)
    await until(lambda: ground.times == 1)
    await ground.sweeps(5)
    assert ground.times == 1
    ground.watch.rest()


async def test_it_is_given_back_when_nobody_is_left_too() -> None:
    ground = Ground(100)
    await ground.sweeps(2)
    ground.go(100)
    await until(lambda: ground.times == 1)
    assert not ground.watch.members


async def test_a_few_leave_nothing_worth_the_while() -> None:
    ground = Ground(150)
    ground.go(98)  # and the witness of the sweeps
    await ground.sweeps(5)
    assert ground.times == 0
    ground.watch.rest()


async def test_those_who_come_back_are_awaited() -> None:
    ground = Ground(400)
    await ground.sweeps(2)
    gone = ground.crowd[:300]
    ground.go(300)
    while gone:
        for one in gone[:20]:
            ground.watch.join(one)
        del gone[:20]
        await ground.sweeps(1)
    await ground.sweeps(5)
    assert ground.times == 0
    ground.watch.rest()


async def test_every_wave_counts_anew() -> None:
    ground = Ground(300)
    for times in (1, 2):
        ground.go(100)
        await until(lambda: ground.times == times)  # noqa: B023 - awaited within the round
    await asyncio.sleep(5 * SWEEP.sweep_seconds)
    assert ground.times == 2
    ground.watch.rest()
