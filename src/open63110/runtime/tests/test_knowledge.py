# SPDX-License-Identifier: Apache-2.0
"""Credentials and their references: one person is one reference, however the credential is written and on whichever wire."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import T0, Clock, Ids

from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import EvseNumber, SessionNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.session import ServiceSession, SessionState
from open63110.model.station import Station
from open63110.model.token import Credential, Subject, Token, TokenChanged
from open63110.model.transfer import EnergyTransfer, EnergyTransferUpdated
from open63110.ports import BY_NAME, Batch
from open63110.runtime.changes import put_changes
from open63110.runtime.commit import GroupCommit
from open63110.runtime.knowledge import Knowledge
from open63110.store.memory import MemoryStore
from open63110.store.writer import FIXED

TRANSFER = EnergyTransfer(station=StationId("CS-1"), number=TransferNumber(1), reference=TransferReference("t"))


def known(store: MemoryStore | None = None) -> Knowledge:
    store = store or MemoryStore()
    return Knowledge(store, GroupCommit(store, Clock()), Ids())


def card(value: str) -> Credential:
    return Credential(kind="ISO14443", value=value)


def admit(knowledge: Knowledge, credential: Credential) -> str:
    ref = knowledge.ref(credential)
    knowledge.keep("token", ref, Token(ref=ref, kind=credential.kind))
    return ref


def test_a_card_is_the_same_in_small_letters() -> None:
    knowledge = known()
    assert knowledge.ref(card("04ab")) == knowledge.ref(card("04AB"))


def test_a_credential_goes_out_as_it_was_written_first() -> None:
    knowledge = known()
    ref = knowledge.ref(card("04ab"))
    knowledge.ref(card("04AB"))
    assert knowledge.credential(ref) == card("04ab")


def test_other_words_are_other_persons() -> None:
    knowledge = known()
    assert knowledge.ref(Credential(kind="data", value="x")) != knowledge.ref(Credential(kind="data", value="X"))


async def test_after_a_restart_it_is_still_the_same() -> None:
    store = MemoryStore()
    batch = Batch()
    batch.puts["subject", "s1"] = Subject(ref="s1", kind="ISO14443", value="04ab")  # type: ignore[arg-type]  # an id as text
    store.stage(batch, T0)
    await store.commit()
    assert known(store).ref(card("04AB")) == "s1"


def test_a_name_without_a_kind_is_a_card_where_nobody_is_known() -> None:
    knowledge = known()
    assert knowledge.named("A1") == knowledge.ref(card("A1"))


def test_a_name_without_a_kind_is_whom_the_operator_knows() -> None:
    knowledge = known()
    knowledge.ref(card("A1"))  # somebody presented it once
    app = admit(knowledge, Credential(kind="Central", value="A1"))
    assert knowledge.named("a1") == app


def test_of_two_whom_the_operator_knows_the_card_is_meant() -> None:
    knowledge = known()
    admit(knowledge, Credential(kind="Central", value="A1"))
    assert admit(knowledge, card("A1")) == knowledge.named("A1")


async def test_a_name_that_could_not_be_stored_is_forgotten() -> None:
    class FullDisk(MemoryStore):
        async def commit(self) -> None:
            raise Unavailable("no room")

    store = FullDisk()
    commit = GroupCommit(store, Clock())
    knowledge = Knowledge(store, commit, Ids())
    writer = asyncio.create_task(commit.run())
    first = knowledge.ref(card("A1"))
    commit.batch.note(TokenChanged(station=StationId(""), at=T0, ref=first, token=None))
    await commit.drain()
    writer.cancel()
    assert knowledge.credential(first) is None
    assert knowledge.ref(card("A1")) != first


async def test_what_left_memory_is_remembered_until_it_can_be_read_however_much_it_is() -> None:
    store = MemoryStore()
    commit = GroupCommit(store, Clock())
    knowledge = Knowledge(store, commit, Ids())
    over = [_over(number) for number in range(1, 6001)]
    for one in over:
        knowledge.keep_station(None, Station(id=one.station, transfers={one.reference: one}))
    assert all(knowledge.transfer(one.station, one.reference) is one for one in over)
    writing = asyncio.create_task(commit.run())
    await commit.drain()
    writing.cancel()
    assert knowledge._gone == {}
    assert knowledge.transfer(over[0].station, over[0].reference) == over[0]


async def test_a_fact_whose_commit_is_under_way_was_heard() -> None:
    store = SlowStore()
    commit = GroupCommit(store, Clock(), linger=0.0)
    knowledge = Knowledge(store, commit, Ids())
    fact = EnergyTransferUpdated(
        station=StationId("CS-1"), at=T0, reference=TransferReference("tx"), seq=-5, number=TransferNumber(7)
    )
    commit.batch.note(fact)
    commit.after(lambda _: None)
    writing = asyncio.create_task(commit.run())
    await store.begun.wait()
    assert knowledge.heard(TransferNumber(7), -5)
    assert not knowledge.heard(TransferNumber(7), -6)
    store.go_on.set()
    await commit.drain()
    writing.cancel()
    assert knowledge.heard(TransferNumber(7), -5)


class SlowStore(MemoryStore):
    """A store whose commit waits until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def commit(self) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().commit()


def _over(number: int) -> EnergyTransfer:
    station, reference = StationId(f"CS-{number}"), TransferReference("tx")
    return EnergyTransfer(station=station, number=TransferNumber(number), reference=reference, ended=T0, settled=True)


async def test_only_a_version_that_changes_what_one_searches_by_is_written_whole() -> None:
    knowledge = known()
    batch = knowledge._commit.batch
    first = Station(id=StationId("CS-1"), transfers={TransferReference("t"): TRANSFER})
    knowledge.keep_station(None, first)
    assert not any(batch.bodies.values())
    more = replace(first, transfers={TransferReference("t"): replace(TRANSFER, power=1.0)})
    knowledge.keep_station(first, more)
    assert not any(batch.bodies.values()), "its row is not there before this batch"
    batch.puts.clear()
    again = replace(more, transfers={TransferReference("t"): replace(TRANSFER, power=2.0)})
    knowledge.keep_station(more, again)
    assert list(batch.bodies["transfer"]) == [1]
    ended = replace(again, transfers={TransferReference("t"): replace(TRANSFER, ended=T0)})
    knowledge.keep_station(again, ended)
    assert not any(batch.bodies.values())
    assert ("transfer", 1) in batch.puts


SESSION = ServiceSession(
    station=TRANSFER.station, number=SessionNumber(1), evse=EvseNumber(1), state=SessionState.CLOSED, opened=T0
)
LATER = T0 + timedelta(seconds=1)
CHANGED: dict[str, tuple[Any, dict[str, Any]]] = {
    "transfer": (
        TRANSFER,
        {"session": 2, "state": "charging", "began": LATER, "ended": LATER, "subject": SubjectRef("s"), "settled": True},
    ),
    "session": (
        SESSION,
        {"evse": 2, "state": SessionState.ABORTED, "opened": LATER, "closed": LATER, "subject": SubjectRef("s")},
    ),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_a_version_is_written_whole_whichever_column_is_another(kind: str) -> None:
    was, changes = CHANGED[kind]
    settled = {"settled"} if kind == "session" else set()  # which its state says
    assert changes.keys() | settled == set(BY_NAME[kind].columns) - set(FIXED[kind])
    for name, value in changes.items():
        batch = Batch()
        put_changes(batch, kind, [(was, replace(was, **{name: value}))])
        assert (kind, 1) in batch.puts, name
        assert batch.bodies == {kind: {}}, name
