# SPDX-License-Identifier: Apache-2.0
"""Any order, repetition and delay of a transfer's facts leads to the same energy, parts and record (6.1-6.3, 8.4.8; I8, I9)."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.transfers import ANNA, BERT, CS, REF, Csms, begin, finish, minute, plug, update, watts, wh

from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.model.transfer import TransferFact
from open63110.usecases.sessions.energy_transfer import TransferAnswer, TransferStatusReported


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
    return (
        transfer.imported,
        transfer.exported,
        transfer.parts,
        transfer.power,
        set(transfer.flags),
        transfer.state,
        transfer.signed,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_order_and_repetition_of_numbered_facts_leads_to_the_same_record(data: st.DataObject) -> None:
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
def test_facts_after_the_record_correct_it_and_never_change_it(data: st.DataObject) -> None:
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
    value = 1000.0
    facts: list[TransferFact] = []
    for number in range(1, count + 1):
        step = draw(st.integers(0, 900))
        value = float(step) if draw(st.integers(0, 7)) == 0 else value + step
        facts.append(update(minute(1 + number), value, -100 - number, reference="2", readings=(wh(minute(1 + number), value),)))
    facts.append(finish(minute(2 + count), value + 10, -7, reference="2", evse=EvseNumber(0)))
    return facts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_order_and_repetition_of_hashed_facts_leads_to_the_same_energy(data: st.DataObject) -> None:
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
