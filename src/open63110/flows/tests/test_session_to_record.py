# SPDX-License-Identifier: Apache-2.0
"""From facts in any order to one record: clauses 6.1, 6.2, 6.3 and 8.4.8 with their flows, on the real engine (I7-I14)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Message, Reply
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.reading import Reading, SignedReading
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession, SessionState
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    ConnectorReported,
    Grant,
    Registration,
    Station,
)
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
)
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table, discover
from open63110.store.memory import MemoryStore
from open63110.usecases.services.produce_sdr import USE_CASE as SDR
from open63110.usecases.sessions.energy_transfer import AskTransferStatus, TransferAnswer, TransferStatusReported
from open63110.usecases.sessions.service_session import FollowGrant, FollowRelease

CS = StationId("CS-1")
E1, E2 = EvseNumber(1), EvseNumber(2)
REF = TransferReference("tx-1")
ANNA, BERT = SubjectRef("anna"), SubjectRef("bert")
TABLE = discover()
S = SessionState


def minute(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


class Csms:
    """A CSMS whose clock is moved by hand and whose disk writes when told."""

    def __init__(self, **policy: Any) -> None:
        self.clock, self.store, self.ids, self.policy = Clock(T0), MemoryStore(), Ids(), Policy(**policy)
        self.orders: list[Command] = []
        self.start()
        self.engine.known.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=T0)

    def start(self) -> None:
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, self.ids, self.policy)
        self.engine.send = self.orders.append

    def restart(self) -> None:
        self.write()
        self.start()

    def write(self) -> None:
        commit = self.engine.commit
        while commit._full or commit._open.dones or commit.batch:
            asyncio.run(commit._write(commit._take()))

    def hear(self, *messages: Message) -> list[Reply]:
        told: list[Any] = []
        self.engine.hear(messages, told.append)
        self.write()
        assert isinstance(told[0], list), told
        return told[0]

    def later(self, minutes: float) -> None:
        end = self.clock.at + timedelta(minutes=minutes)
        while (due := [w.at for one in self.engine.stations.values() for w in one.wakeups.values() if w.at <= end]):
            self.clock.at = max(self.clock.at, min(due))
            self.engine.timers.fire_due()
            self.write()
        self.clock.at = end

    @property
    def station(self) -> Station:
        return self.engine.stations[CS]

    @property
    def records(self) -> list[Sdr]:
        return self.store.load(Sdr)

    @property
    def sessions(self) -> list[ServiceSession]:
        self.write()
        return self.store.load(ServiceSession)

    def transfer(self, reference: str = REF) -> EnergyTransfer:
        found = self.engine.known.transfer(CS, TransferReference(reference))
        transfer = self.station.transfers.get(TransferReference(reference)) or found
        assert transfer is not None
        return transfer


def wh(at: datetime, value: float, context: Any = "periodic", direction: str = "import") -> Reading:
    measurand: Any = f"energy.{direction}.register"
    return Reading(at=at, measurand=measurand, value=value, context=context)


def watts(at: datetime, value: float) -> Reading:
    return Reading(at=at, measurand="power.import" if value >= 0 else "power.export", value=abs(value))


def begin(at: datetime, value: float | None, *, seq: int = 0, reference: str = REF, **more: Any) -> EnergyTransferStarted:
    readings = () if value is None else (wh(at, value, "begin"),)
    fields: dict[str, Any] = {"evse": E1, "subject": ANNA, "readings": readings, **more}
    return EnergyTransferStarted(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def update(at: datetime, value: float | None, seq: int, *, reference: str = REF, **more: Any) -> EnergyTransferUpdated:
    readings = () if value is None else (wh(at, value),)
    fields: dict[str, Any] = {"evse": E1, "readings": readings, **more}
    return EnergyTransferUpdated(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def finish(at: datetime, value: float | None, seq: int, *, reference: str = REF, **more: Any) -> EnergyTransferEnded:
    readings = () if value is None else (wh(at, value, "end"),)
    fields: dict[str, Any] = {"evse": E1, "readings": readings, "reason": "Local", **more}
    return EnergyTransferEnded(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def plug(at: datetime, *, gone: bool = False, evse: EvseNumber = E1) -> ConnectorReported:
    state: Any = "available" if gone else "occupied"
    return ConnectorReported(station=CS, at=at, evse=evse, connector=ConnectorNumber(1), state=state)


def grant(at: datetime, evse: EvseNumber = E1, subject: SubjectRef = ANNA) -> FollowGrant:
    given = Grant(subject=subject, method="csms", at=at, until=at + timedelta(minutes=2))
    return FollowGrant(station=CS, evse=evse, grant=given)


# -- properties --------------------------------------------------------------------------------------------------------


@st.composite
def numbered_sessions(draw: st.DrawFn) -> list[TransferFact]:
    """What a 2.x station tells of one transfer: a meter that rises, may be reset, directions and users that change."""
    count = draw(st.integers(1, 9))
    value = float(draw(st.integers(0, 50_000)))
    facts: list[TransferFact] = [begin(minute(1), value)]
    for number in range(1, count + 1):
        step = draw(st.integers(0, 900)) / 1.0
        value = step if draw(st.integers(0, 7)) == 0 else value + step
        power = draw(st.sampled_from([7000.0, 7000.0, -5000.0, 0.0]))
        at = minute(1 + number)
        who = draw(st.sampled_from([None, None, None, ANNA, BERT]))
        facts.append(update(at, None, number, subject=who, readings=(wh(at, value), watts(at, power)), state="charging"))
    at = minute(2 + count)
    value += draw(st.integers(0, 500))
    facts.append(finish(at, value, count + 1))
    return facts


@st.composite
def deliveries(draw: st.DrawFn, facts: list[TransferFact]) -> list[TransferFact]:
    """Any order, with repetitions."""
    again = draw(st.lists(st.sampled_from(facts), max_size=4))
    return draw(st.permutations([*facts, *again]))


def told(facts: list[TransferFact]) -> Csms:
    csms = Csms()
    csms.clock.at = minute(30)
    csms.hear(plug(minute(0)))
    for fact in facts:
        csms.hear(fact)
    csms.hear(plug(minute(20), gone=True))
    csms.later(10)
    return csms


def essence(csms: Csms) -> Any:
    transfer = csms.transfer()
    return transfer.imported, transfer.exported, transfer.parts, transfer.power, set(transfer.flags), transfer.state, transfer.signed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_order_and_repetition_of_numbered_facts_leads_to_the_same_record(data: st.DataObject):
    facts = data.draw(numbered_sessions())
    mixed = data.draw(deliveries(facts))
    straight, shuffled = told(facts), told(mixed)
    assert essence(shuffled) == essence(straight)
    assert len(straight.records) == len(shuffled.records) == 1
    one, other = straight.records[0], shuffled.records[0]
    assert (one.energy, one.exported, one.services, one.flags) == (other.energy, other.exported, other.services, other.flags)
    assert round(sum(part.imported for part in shuffled.transfer().parts), 3) == one.energy
    assert not shuffled.station.transfers
    assert not shuffled.station.sessions
    assert not shuffled.station.wakeups


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_facts_after_the_record_correct_it_and_never_change_it(data: st.DataObject):
    facts = data.draw(numbered_sessions())
    kept = data.draw(st.integers(0, len(facts) - 2))
    straight, torn = told(facts), Csms()
    torn.clock.at = minute(30)
    torn.hear(plug(minute(0)))
    late = facts.pop(kept)
    for fact in facts:
        torn.hear(fact)
    torn.hear(plug(minute(20), gone=True))
    assert torn.records == []
    torn.hear(TransferStatusReported(station=CS, at=minute(30), reference=REF, ongoing=False, waiting=False))
    torn.later(10)
    if not torn.records:  # nobody known and nothing counted: there was nothing to record
        return
    first = torn.records[0]
    assert "gap" in first.flags
    torn.hear(late)
    assert essence(torn) == essence(straight)
    assert torn.records[0] == first
    last = torn.records[-1]
    assert (last.energy, last.exported, last.services) == tuple(
        getattr(straight.records[0], name) for name in ("energy", "exported", "services")
    )
    assert last.corrects == first.id
    assert last.id == f"{first.id}-c1"


@st.composite
def hashed_sessions(draw: st.DrawFn) -> list[TransferFact]:
    """What an OCPP 1.6 station tells of one transfer after its start was answered."""
    count = draw(st.integers(1, 9))
    value, facts = 1000.0, []
    for number in range(1, count + 1):
        step = draw(st.integers(0, 900))
        value = float(step) if draw(st.integers(0, 7)) == 0 else value + step
        facts.append(update(minute(1 + number), value, -100 - number, reference="2", readings=(wh(minute(1 + number), value),)))
    facts.append(finish(minute(2 + count), value + 10, -7, reference="2", evse=EvseNumber(0)))
    return facts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_order_and_repetition_of_hashed_facts_leads_to_the_same_energy(data: st.DataObject):
    facts = data.draw(hashed_sessions())
    mixed = data.draw(deliveries(facts))
    start = begin(minute(1), 1000.0, seq=-5, reference="")
    straight, shuffled = Csms(), Csms()
    for csms, order in ((straight, facts), (shuffled, mixed)):
        csms.clock.at = minute(30)
        csms.hear(plug(minute(0)))
        assert csms.hear(start) == [TransferAnswer(reference=TransferReference("2"), number=2)]
        for fact in order:
            csms.hear(fact)
        csms.hear(start)
        csms.hear(plug(minute(20), gone=True))
    assert shuffled.transfer("2").imported == straight.transfer("2").imported
    assert shuffled.transfer("2").parts == straight.transfer("2").parts
    assert [one.energy for one in shuffled.records] == [one.energy for one in straight.records]
    assert len(straight.records) == 1
