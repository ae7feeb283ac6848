# SPDX-License-Identifier: Apache-2.0
"""Orders end in one of the distinguishable outcomes of R-7.1-2, each with a reason and an audit entry."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.literal import T0, Clock, Ids

from open63110.kernel.errors import NotSupported, Refused, Unavailable
from open63110.kernel.ids import EvseNumber, PrincipalId, StationId
from open63110.kernel.messages import Command, Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry, Principal
from open63110.model.station import AuthorizationReleased, Station, StationConnected
from open63110.ports import Batch
from open63110.runtime.engine import Engine, decode_command
from open63110.runtime.orders import Orders, Verdict
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore

CS = StationId("CS-1")
OPERATOR = Principal(id=PrincipalId("olga"), role=Role.OPERATOR)
VIEWER = Principal(id=PrincipalId("vera"), role=Role.VIEWER)
ELSEWHERE = Principal(id=PrincipalId("otto"), role=Role.OPERATOR, scope=("XX-*",))


class Dance(Command, frozen=True, kw_only=True, gc=False):
    """Move."""

    style: str = "waltz"


class Note(Command, frozen=True, kw_only=True, gc=False):
    """Something that needs no station."""


class Invite(Command, frozen=True, kw_only=True, gc=False):
    """Let somebody start."""

    remote_start: int


class Danced(Event, frozen=True, kw_only=True, gc=False):
    """What the answer says."""


class Sway(Command, frozen=True, kw_only=True, gc=False):
    """Move because others do."""

    def follows(self) -> bool:
        """Say that nobody asked."""
        return True


class Whisper(Command, frozen=True, kw_only=True, gc=False):
    """Tell a secret."""

    secret: str = ""

    def kept(self) -> "Whisper":
        """Leave it out."""
        return Whisper(station=self.station)


def ask(command: Dance, station: Station) -> Iterator[Effect]:
    """Pass it on, but never tango."""
    if command.style == "tango":
        raise Refused(f"{station.id} does not dance tango", code="NoTango")
    if command.style == "eternal":
        yield Danced(station=station.id, at=T0 + timedelta(seconds=1e15))
    yield command


def sway(command: Sway) -> Iterator[Effect]:
    """Pass it on, and know that it was."""
    yield Danced(station=command.station, at=T0)
    yield command


def note(command: Note, now: datetime) -> Iterator[Effect]:
    """Done here."""
    yield Danced(station=command.station, at=now)


def danced(event: Danced, now: datetime) -> Iterator[Effect]:
    """Keep it."""
    yield event


CASE = UseCase(
    clause="0.1",
    title="Dance",
    decide={(Role.CSMS, Dance): ask, (Role.CSMS, Sway): sway, (Role.CSMS, Note): note, (Role.CSMS, Danced): danced},
    doors=(
        Door(command=Dance, noun="station", verb="dance", roles=frozenset({Role.OPERATOR})),
        Door(command=Note, noun="station", verb="note", roles=frozenset({Role.OPERATOR})),
        Door(command=Invite, noun="station", verb="invite", roles=frozenset({Role.OPERATOR})),
    ),
)


def full(batch: Batch, heard: datetime) -> None:
    """Store nothing."""
    raise Unavailable("the disk is full")


class Ballroom:
    """A link that notes what it was given."""

    def __init__(self) -> None:
        self.there: set[StationId] = {CS}
        self.sent: list[tuple[Order, Command]] = []
        self.cannot = False

    def connected(self, station: StationId) -> bool:
        return station in self.there

    def send(self, order: Order, command: Command) -> None:
        if self.cannot:
            raise NotSupported("this wire knows no dances", code="NoMessage")
        self.sent.append((order, command))


class Stage:
    """Orders over an engine with one station."""

    def __init__(self) -> None:
        self.store, self.clock, self.link = MemoryStore(), Clock(), Ballroom()
        self.engine = Engine(Role.CSMS, Table([CASE]), self.store, self.clock, Ids(), Policy(), linger=0.0)
        self.engine.known.keep_station(None, Station(id=CS))
        self.orders = Orders(self.engine, Ids())
        self.orders.link = self.link

    async def ask(self, command: Command, by: Principal = OPERATOR, **more: Any) -> Order:
        return (await self.orders.ask(command, by, **more)).order

    async def settle(self) -> None:
        await self.engine.commit.drain()
        await asyncio.sleep(0)

    def audit(self) -> list[AuditEntry]:
        return self.store.load(AuditEntry)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    one = Stage()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(one.engine.commit.run())
        yield one
        task.cancel()


async def test_an_order_is_durable_before_it_is_sent_and_ends_as_the_station_says(stage: Stage) -> None:
    order = await stage.ask(Dance(station=CS))
    assert order.outcome is Outcome.WAITING
    assert stage.store.get(Order, order.id) == order
    ((sent, command),) = stage.link.sent
    assert (sent.id, command) == (order.id, Dance(station=CS))
    ended: list[Order] = []
    stage.orders.watch(order.id, ended.append)
    stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED, messages=(Danced(station=CS, at=T0),)))
    assert ended == []
    await stage.settle()
    assert [(one.outcome, one.reason) for one in ended] == [(Outcome.ACCEPTED, "NoError")]
    assert Danced(station=CS, at=T0) in [fact.event for fact in await stage.store.facts()]
    assert [(entry.by, entry.outcome) for entry in stage.audit()] == [("olga", "accepted")]


async def test_four_bad_instances_end_in_four_outcomes_with_reasons(stage: Stage) -> None:
    invalid = await stage.ask(Dance(station=CS, style="tango"))
    unauthorised = await stage.ask(Dance(station=CS), VIEWER)
    outdated = await stage.ask(Dance(station=CS), deadline=T0)
    stage.link.cannot = True
    unsupported = await stage.ask(Dance(station=CS))
    await stage.settle()
    kept = [stage.store.get(Order, one.id) for one in (invalid, unauthorised, outdated, unsupported)]
    assert [(one.outcome, one.reason) for one in kept if one] == [
        (Outcome.REJECTED, "NoTango"),
        (Outcome.NOT_AUTHORIZED, "NotAuthorized"),
        (Outcome.EXPIRED, "Expired"),
        (Outcome.NOT_SUPPORTED, "NoMessage"),
    ]
    assert len(stage.audit()) == 4


async def test_a_time_beyond_the_calendar_is_refused_with_a_reason_and_noted(stage: Stage) -> None:
    order = await stage.ask(Dance(station=CS, style="eternal"))
    assert (order.outcome, order.reason) == (Outcome.REJECTED, "InvalidValue")
    assert (order.detail, order.remedy) == ("a time in it is beyond the calendar", "give a shorter one")
    await stage.settle()
    assert (stage.link.sent, [one.outcome for one in stage.audit()]) == ([], ["rejected"])


async def test_an_operator_of_another_site_may_not_ask(stage: Stage) -> None:
    assert (await stage.ask(Dance(station=CS), ELSEWHERE)).outcome is Outcome.NOT_AUTHORIZED


async def test_a_command_without_a_door_cannot_be_asked_unless_roles_are_named(stage: Stage) -> None:
    admin = Principal(id=PrincipalId("ada"), role=Role.ADMIN)
    assert (await stage.ask(Command(station=CS), admin)).outcome is Outcome.NOT_SUPPORTED
    assert (await stage.ask(Command(station=CS), admin, roles=frozenset())).outcome is Outcome.WAITING
    assert (await stage.ask(Command(station=CS), OPERATOR, roles=frozenset())).outcome is Outcome.NOT_AUTHORIZED


async def test_what_needs_no_station_is_accepted_at_once(stage: Stage) -> None:
    order = await stage.ask(Note(station=CS))
    assert order.outcome is Outcome.ACCEPTED
    assert stage.link.sent == []


async def test_an_order_waits_for_its_station_and_goes_when_it_comes(stage: Stage) -> None:
    stage.link.there.clear()
    order = await stage.ask(Dance(station=CS))
    assert stage.link.sent == []
    stage.link.there.add(CS)
    turn_facts = (StationConnected(station=CS, at=T0, wire="ocpp2.0.1"),)
    stage.engine.commit.batch.note(*turn_facts)
    await stage.settle()
    assert [one.id for one, _ in stage.link.sent] == [order.id]


async def test_an_order_whose_station_never_comes_expires(stage: Stage) -> None:
    stage.link.there.clear()
    order = await stage.ask(Dance(station=CS))
    stage.clock.at += timedelta(seconds=31)
    stage.orders.expire()
    await stage.settle()
    kept = stage.store.get(Order, order.id)
    assert kept is not None
    assert kept.outcome is Outcome.EXPIRED


async def test_an_order_ends_once(stage: Stage) -> None:
    order = await stage.ask(Dance(station=CS))
    stage.orders.ended(order.id, Verdict(outcome=Outcome.REJECTED, reason="Tired"))
    stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED))
    await stage.settle()
    kept = stage.store.get(Order, order.id)
    assert kept is not None
    assert (kept.outcome, kept.reason) == (Outcome.REJECTED, "Tired")


async def test_after_a_restart_a_sent_order_has_failed_and_a_waiting_one_still_waits(stage: Stage) -> None:
    sent = await stage.ask(Dance(station=CS))
    stage.orders.sent(sent.id)
    waiting = await stage.ask(Dance(station=CS))
    await stage.settle()
    again = Engine(Role.CSMS, Table([CASE]), stage.store, stage.clock, Ids(), Policy(), linger=0.0)
    Orders(again, stage.orders._ids)
    assert set(again.known.orders) == {waiting.id}
    assert any(isinstance(fact, OrderChanged) and fact.orders.reason == "Restart" for fact in again.commit.batch.facts)


async def test_what_a_station_answered_while_nothing_could_be_stored_is_noted_once_it_can_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await stage.ask(Dance(station=CS))
    with monkeypatch.context() as disk:
        disk.setattr(stage.store, "stage", full)
        stage.orders.sent(order.id)
        await stage.settle()
        stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED))
        await stage.settle()
        assert stage.engine.known.orders[order.id].outcome is Outcome.WAITING
    stage.orders.note_again()
    await stage.settle()
    kept = stage.store.get(Order, order.id)
    assert kept is not None
    assert kept.outcome is Outcome.ACCEPTED


async def test_an_accepted_start_that_was_released_unused_says_so_to_whoever_ordered_it(stage: Stage) -> None:
    invited, other = [await stage.ask(Invite(station=CS, remote_start=number)) for number in (7, 8)]
    await stage.settle()
    for order in (invited, other):
        stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED))
    await stage.settle()
    for reason, number in (("started", 8), ("timeout", None), ("timeout", 7)):
        gone = AuthorizationReleased(station=CS, at=T0, evse=EvseNumber(1), reason=reason, remote_start=number)
        stage.engine.commit.batch.note(gone)
        await stage.settle()
    await stage.settle()
    kept = [stage.store.get(Order, one.id) for one in (invited, other)]
    assert [(one.outcome, one.reason) for one in kept if one] == [
        (Outcome.ACCEPTED, "EVConnectionTimeOut"),
        (Outcome.ACCEPTED, "NoError"),
    ]
    assert [(entry.by, entry.reason) for entry in stage.audit()][-1] == ("olga", "EVConnectionTimeOut")
    assert len(stage.audit()) == 3


async def test_a_secret_reaches_its_station_and_no_row(stage: Stage) -> None:
    admin = Principal(id=PrincipalId("ada"), role=Role.ADMIN)
    order = await stage.ask(Whisper(station=CS, secret="k3jd9s0f"), admin, roles=frozenset())
    assert [command for _, command in stage.link.sent] == [Whisper(station=CS, secret="k3jd9s0f")]
    assert "k3jd9s0f" not in order.body
    stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED))
    await stage.settle()
    assert "k3jd9s0f" not in str(await stage.store.facts())


async def sway_along(stage: Stage) -> Order:
    """Let what nobody asked for be on its way."""
    stage.engine.elsewhere(Sway(station=CS))
    await stage.settle()
    order, command = stage.link.sent[-1]
    assert command == Sway(station=CS)
    stage.orders.sent(order.id)
    assert stage.engine.known.orders[order.id].outcome is Outcome.SENT
    return order


async def test_what_follows_from_another_order_leaves_its_facts_and_neither_row_nor_audit_entry(stage: Stage) -> None:
    order = await sway_along(stage)
    ended: list[Order] = []
    stage.orders.watch(order.id, ended.append)
    stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED, messages=(Danced(station=CS, at=T0),)))
    await stage.settle()
    assert [one.outcome for one in ended] == [Outcome.ACCEPTED]
    assert stage.engine.known.orders == {}
    assert [type(one.event) for one in await stage.store.facts()] == [Danced, Danced]
    assert [*stage.store.load(Order), *stage.store.load(AuditEntry)] == []


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.FAILED, Outcome.EXPIRED])
async def test_what_follows_and_is_not_carried_out_stands_in_row_and_audit_like_every_order(
    stage: Stage, outcome: Outcome
) -> None:
    order = await sway_along(stage)
    stage.orders.ended(order.id, Verdict(outcome=outcome, reason="Tired"))
    await stage.settle()
    (row,), (entry,) = stage.store.load(Order), stage.store.load(AuditEntry)
    assert (row.outcome, row.reason, row.kind, row.by) == (outcome, "Tired", "Sway", "csms")
    assert decode_command(row.body.encode()) == Sway(station=CS)
    assert (entry.outcome, entry.reason, entry.action, entry.by) == (outcome, "Tired", "Sway", "csms")
    assert stage.engine.known.orders == {}


async def test_what_follows_waits_for_its_station_and_expires_like_every_order(stage: Stage) -> None:
    stage.link.there.clear()
    stage.engine.elsewhere(Sway(station=CS))
    await stage.settle()
    assert stage.link.sent == []
    stage.link.there.add(CS)
    stage.engine.commit.batch.note(StationConnected(station=CS, at=T0, wire="ocpp2.1"))
    await stage.settle()
    await stage.settle()
    assert [command for _, command in stage.link.sent] == [Sway(station=CS)]
    stage.clock.at += timedelta(days=1)
    stage.orders.expire()
    await stage.settle()
    assert [one.outcome for one in stage.store.load(Order)] == [Outcome.EXPIRED]


async def test_what_follows_from_what_could_not_be_stored_is_not_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(stage.store, "stage", full)
        stage.engine.elsewhere(Sway(station=CS))
        await stage.settle()
    assert (stage.link.sent, stage.engine.known.orders) == ([], {})


async def test_what_a_station_answered_to_what_follows_while_nothing_could_be_stored_is_noted_once_it_can_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await sway_along(stage)
    with monkeypatch.context() as disk:
        disk.setattr(stage.store, "stage", full)
        stage.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED, messages=(Danced(station=CS, at=T0),)))
        await stage.settle()
        assert stage.engine.known.orders[order.id].outcome is Outcome.SENT
    stage.orders.note_again()
    await stage.settle()
    assert stage.engine.known.orders == {}
    assert [type(one.event) for one in await stage.store.facts()] == [Danced, Danced]
