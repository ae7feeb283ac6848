# SPDX-License-Identifier: Apache-2.0
"""The engine: one turn is all or nothing, answers wait for the commit, a failed commit leaves no trace."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.literal import T0, Clock, Ids

from open63110.kernel.errors import Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Event, Reply, Wake
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow, UseCase
from open63110.model.policy import Policy
from open63110.model.station import Station, Wakeup
from open63110.ports import Batch
from open63110.runtime.engine import Engine, decode_command, encode_command
from open63110.runtime.table import Table, discover
from open63110.runtime.timers import Timers
from open63110.store.memory import MemoryStore

CS = StationId("CS-1")


class Paint(Command, frozen=True, kw_only=True, gc=False):
    """Change the note."""

    note: str


class PaintLater(Command, frozen=True, kw_only=True, gc=False):
    """Change the note in a minute."""

    note: str


class Painted(Event, frozen=True, kw_only=True, gc=False):
    """The note was changed."""

    note: str


class Varnish(Command, frozen=True, kw_only=True, gc=False):
    """What a flow wants after painting."""


class Dry(Reply, frozen=True, kw_only=True, gc=False):
    """It is done."""

    note: str


def paint(command: Paint, now: datetime) -> Iterator[Effect]:
    """Refuse one word only."""
    yield Painted(station=command.station, at=now, note=command.note)
    yield Dry(note=command.note)
    if command.note == "forbidden":
        raise Refused("this word is not allowed", code="BadWord")


def later(command: PaintLater, station: Station, now: datetime) -> Iterator[Effect]:
    """Wait a minute."""
    yield Wake(name="paint", at=now + timedelta(minutes=1), command=Paint(station=station.id, note=command.note))


def varnish(command: Varnish, station: Station, now: datetime) -> Iterator[Effect]:
    """Add an exclamation mark, once."""
    if not station.note.endswith("!"):
        yield Painted(station=command.station, at=now, note=f"{station.note}!")


def painted(event: Painted, station: Station) -> Station:
    """Take the note over."""
    return msgspec.structs.replace(station, note=event.note)


def then_varnish(event: Painted, station: Station) -> Iterator[Command]:
    """Varnish what was painted in red."""
    if station.note.startswith("red"):
        yield Varnish(station=event.station)


CASE = UseCase(
    clause="0.1",
    title="Paint",
    decide={(Role.CSMS, Paint): paint, (Role.CSMS, PaintLater): later, (Role.CSMS, Varnish): varnish},
    evolve={Painted: painted},
)
FLOW = Flow(role=Role.CSMS, on=(Painted,), then=then_varnish)


class BrittleStore(MemoryStore):
    """A store whose disk is full while told so."""

    full = False

    def stage(self, batch: Batch, heard: datetime) -> None:
        if self.full:
            raise Unavailable("the disk is full")
        super().stage(batch, heard)


class Node:
    """An engine with its tasks."""

    def __init__(self) -> None:
        self.store, self.clock = BrittleStore(), Clock()
        self.engine = Engine(Role.CSMS, Table([CASE], [FLOW]), self.store, self.clock, Ids(), Policy(), linger=0.0)
        self.told: list[Any] = []

    def hear(self, *messages: Command) -> None:
        self.engine.hear(messages, self.told.append)


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    one = Node()
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.engine.commit.run()), tasks.create_task(one.engine.timers.run())]
        yield one
        for task in running:
            task.cancel()


async def test_an_answer_comes_after_the_commit_and_with_the_replies(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    assert node.told == []
    await node.engine.commit.drain()
    assert node.told == [[Dry(note="blue")]]
    assert [fact.event for fact in await node.store.facts()] == [Painted(station=CS, at=T0, note="blue")]
    assert node.store.load(Station) == [Station(id=CS, note="blue")]


async def test_a_refused_message_leaves_no_trace_of_the_whole_turn(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"), Paint(station=CS, note="forbidden"))
    await node.engine.commit.drain()
    (trouble,) = node.told
    assert isinstance(trouble, Trouble)
    assert trouble.code == "BadWord"
    assert node.engine.stations == {}
    assert await node.store.facts() == []


async def test_a_flow_is_decided_in_the_same_turn_by_the_same_party(node: Node) -> None:
    node.hear(Paint(station=CS, note="red"))
    assert node.engine.stations[CS].note == "red!"


async def test_a_failed_commit_restores_memory_and_answers_nobody_then_resumes_by_itself(node: Node) -> None:
    node.hear(Paint(station=CS, note="durable"))
    await node.engine.commit.drain()
    seen: list[Unavailable | None] = []
    node.engine.commit.on_trouble.append(seen.append)
    node.store.full = True
    node.hear(Paint(station=CS, note="lost"))
    node.hear(Paint(station=CS, note="lost too"))
    await node.engine.commit.drain()
    assert node.told == [[Dry(note="durable")], None, None]
    assert node.engine.stations[CS].note == "durable"
    assert node.engine.commit.trouble is not None
    node.store.full = False
    node.hear(Paint(station=CS, note="again"))
    await node.engine.commit.drain()
    assert [str(one) for one in seen] == ["the disk is full", "None"]
    assert node.store.load(Station) == [Station(id=CS, note="again")]


async def test_a_message_that_writes_nothing_is_answered_at_once_when_nothing_is_pending(node: Node) -> None:
    node.hear(Varnish(station=StationId("CS-nobody")))
    (trouble,) = node.told
    assert isinstance(trouble, Unknown)


async def test_a_message_that_writes_nothing_waits_behind_the_pending_commit(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(Varnish(station=StationId("CS-nobody")))
    assert node.told == []
    await node.engine.commit.drain()
    assert len(node.told) == 2


async def test_a_wakeup_is_a_row_and_fires_once(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(PaintLater(station=CS, note="green"))
    await node.engine.commit.drain()
    assert "paint" in node.store.load(Station)[0].wakeups
    node.engine.timers.fire_due()
    assert node.engine.stations[CS].note == "blue"
    node.clock.at += timedelta(minutes=1)
    node.engine.timers.fire_due()
    assert node.engine.stations[CS].note == "green"
    assert node.engine.stations[CS].wakeups == {}


async def test_wakeups_survive_a_restart(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(PaintLater(station=CS, note="green"))
    await node.engine.commit.drain()
    again = Engine(Role.CSMS, Table([CASE], [FLOW]), node.store, node.clock, Ids(), Policy(), linger=0.0)
    node.clock.at += timedelta(minutes=2)
    again.timers.fire_due()
    assert again.stations[CS].note == "green"


async def test_a_wakeup_that_could_not_be_stored_fires_again(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(PaintLater(station=CS, note="green"))
    await node.engine.commit.drain()
    node.store.full = True
    node.clock.at += timedelta(minutes=1)
    node.engine.timers.fire_due()
    await node.engine.commit.drain()
    assert node.engine.stations[CS].note == "blue"
    node.store.full = False
    node.engine.timers.fire_due()
    assert node.engine.stations[CS].note == "blue"
    node.clock.at += timedelta(seconds=1)
    node.engine.timers.fire_due()
    await node.engine.commit.drain()
    assert node.store.load(Station) == [Station(id=CS, note="green")]


async def test_an_answer_that_cannot_be_given_costs_no_other_its_own(node: Node) -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    node.engine.hear((Paint(station=CS, note="blue"),), _no_answer)
    node.engine.commit.on_durable.append(_no_answer)
    node.hear(Paint(station=CS, note="green"))
    await node.engine.commit.drain()
    assert node.told == [[Dry(note="green")]]
    assert len(faults) == 2


async def test_a_value_that_cannot_be_written_is_refused_and_costs_no_other_turn(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(Paint(station=CS, note="\ud800"))
    await node.engine.commit.drain()
    (first, second) = node.told
    assert first == [Dry(note="blue")]
    assert isinstance(second, Trouble)
    assert second.code == "Unwritable"
    assert node.engine.stations[CS].note == "blue"
    assert [one.event for one in await node.store.facts()] == [Painted(station=CS, at=T0, note="blue")]


async def test_a_wakeup_that_fails_costs_no_other_station_its_own(node: Node) -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    fired: list[str] = []
    timers = Timers(node.clock, lambda _, name: fired.append(name) if name != "bad" else _no_answer(name))
    for name in ("bad", "good"):
        timers.follow(Station(id=CS, wakeups={name: Wakeup(at=T0, body=b"")}))
    timers.fire_due()
    assert fired == ["good"]
    assert "bad" in faults[0]["message"]


def _no_answer(_: object) -> None:
    raise RuntimeError("broken")


async def test_a_wakeup_whose_command_is_refused_is_over(node: Node) -> None:
    node.hear(Paint(station=CS, note="blue"))
    node.hear(PaintLater(station=CS, note="forbidden"))
    node.clock.at += timedelta(minutes=1)
    node.engine.timers.fire_due()
    assert node.engine.stations[CS] == Station(id=CS, note="blue")


async def test_a_message_without_a_use_case_is_refused_by_name(node: Node) -> None:
    node.hear(Command(station=CS))
    await node.engine.commit.drain()
    (trouble,) = node.told
    assert "Command" in trouble.message


def test_a_command_is_read_back_as_it_was_written() -> None:
    command = Paint(station=CS, note="ü")
    assert decode_command(encode_command(command)) == command


def test_a_command_of_a_later_version_is_unknown() -> None:
    with pytest.raises(Unknown):
        decode_command(b'["NotYetInvented", {}]')


def test_of_all_commands_that_there_are_no_two_have_one_name() -> None:
    """Bases count too: they stand among the subclasses whose rows are read."""
    discover()
    with pytest.raises(Unknown):
        decode_command(b'["NotYetInventedEither", {}]')


def test_two_use_cases_for_one_message_of_a_role_are_refused() -> None:
    with pytest.raises(TypeError, match="two use cases"):
        Table([CASE, CASE])


def test_a_decide_function_that_asks_for_what_nobody_has_is_refused() -> None:
    def wishful(command: Paint, moon: object) -> Iterator[Effect]:
        yield Painted(station=command.station, at=T0, note=str(moon))

    with pytest.raises(TypeError, match="moon"):
        Table([UseCase(clause="0.2", title="Wish", decide={(Role.CSMS, Paint): wishful})])


def test_two_commands_of_one_name_are_refused_before_a_row_is_misread() -> None:
    twin = type("Paint", (Command,), {"__annotations__": {}})
    try:
        with pytest.raises(TypeError, match="Paint"):
            decode_command(b'["NeverHeardOf", {}]')
    finally:
        del twin
        gc.collect()
