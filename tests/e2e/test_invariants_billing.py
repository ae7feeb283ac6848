# SPDX-License-Identifier: Apache-2.0
"""What the field taught about billing data: I7 to I14 of the lessons, over real sockets against the real process.

I7 is also shown at the disk (test_fault_disk.py) and, with I8, under kill -9 (test_kill.py).
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.process import CsmsProcess, Peer, event, peer

from open63110.model.quarantine import QuarantinedInput
from open63110.model.register import imported
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated

FACTS = EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded
REGISTER = "Energy.Active.Import.Register"
POLICY = {"local_lists": False, "retry": 1.0, "closing": 3.0}


def at(minute: float) -> str:
    """Return a moment of today, so many minutes after midnight."""
    return (datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def csms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CsmsProcess]:
    one = CsmsProcess(tmp_path_factory.mktemp("csms"), policy=POLICY)
    with one.init().start():
        blocked = {"kind": "ISO14443", "value": "BLOCKED", "blocked": True}
        status, said = one.rest("POST", "/api/v1/tokens/put", {"token": blocked})
        assert status == 200, said
        yield one
        assert "Traceback" not in one.log(), one.log()[-6000:]


def one_transfer(csms: CsmsProcess, station: str) -> EnergyTransfer:
    (found,) = csms.rows(EnergyTransfer, station)
    return found


def last_record(csms: CsmsProcess, station: str) -> Sdr:
    return csms.rows(Sdr, station)[-1]


def told(csms: CsmsProcess, station: str) -> list[int]:
    """Return the sequence numbers in the journal, in the order heard."""
    return [one.seq for one in csms.journal(station) if isinstance(one, FACTS)]


# --- I7


async def test_i7_whatever_is_answered_can_be_read_from_the_disk_at_that_moment(tmp_path: Path) -> None:
    """Without: answers that wait for the commit. It is slow to begin here, so that there is something to wait for."""
    with CsmsProcess(tmp_path, linger=0.7, policy=POLICY) as csms:
        async with peer(csms, "I7") as station:
            for seq in range(4):
                kind = "Updated" if seq else "Started"
                await station.call("TransactionEvent", event(kind, "tx", seq, at(seq), 100.0 * seq))
                assert told(csms, "I7") == list(range(seq + 1))


async def test_i7_a_repetition_waits_behind_the_commit_that_is_pending(tmp_path: Path) -> None:
    """Without: Engine.hear, which lets duplicates wait like everything else."""
    with CsmsProcess(tmp_path, linger=0.8, policy=POLICY) as csms:
        async with peer(csms, "I7") as station:
            await station.call("TransactionEvent", event("Started", "tx", 0, at(0), 0.0))
            await station.send("TransactionEvent", event("Updated", "tx", 1, at(1), 100.0))
            async with peer(csms, "I7", boot=False) as again:
                await again.call("TransactionEvent", event("Updated", "tx", 1, at(1), 100.0))
                assert told(csms, "I7") == [0, 1]
                csms.kill()
        assert told(csms, "I7") == [0, 1]


# --- I8


def events_of_a_session(reference: str) -> list[dict[str, Any]]:
    return [
        event("Started", reference, 0, at(0), 1000.0, card="CARD8"),
        event("Updated", reference, 1, at(10), 2500.0),
        event("Updated", reference, 2, at(20), 4000.0),
        event("Ended", reference, 3, at(30), 5000.0),
    ]


@pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
async def test_i8_everything_may_come_twice_across_restarts_and_with_reused_message_ids(tmp_path: Path, version: str) -> None:
    """Without: transaction id and sequence number as natural key, and transfers recalled when a late fact names them."""
    csms = CsmsProcess(tmp_path, policy=POLICY)
    with csms:
        for _ in range(2):
            for kill in (False, True):
                async with peer(csms, "I8", version) as station:
                    for said in events_of_a_session("tx"):
                        await station.call("TransactionEvent", said, id="1")
                        await station.call("TransactionEvent", said, id="1")
                if kill:
                    csms.kill()
                    csms.start()
        assert told(csms, "I8") == [0, 1, 2, 3]
        assert [one.energy for one in csms.rows(Sdr, "I8")] == [4000.0]
        assert one_transfer(csms, "I8").settled
        assert [one.settled for one in csms.rows(ServiceSession, "I8")] == [True]


async def tell_16(station: Peer, number: int | None, shift: float = 0.0) -> int:
    """Tell a whole session of 1.6 with one message id; return the transaction id given."""
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": at(shift)}
    given: int = (await station.call("StartTransaction", start, id="1"))["transactionId"]
    number = number or given
    for minute in (10, 20):
        sample = {"value": str(1000 + minute * 100), "measurand": REGISTER}
        values = [{"timestamp": at(shift + minute), "sampledValue": [sample]}]
        await station.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values}, id="1")
    stop = {"transactionId": number, "meterStop": 5000, "timestamp": at(shift + 30), "reason": "EVDisconnected"}
    await station.call("StopTransaction", stop, id="1")
    return given


async def test_i8_a_start_of_1_6_gets_one_number_for_ever_and_no_number_comes_twice(tmp_path: Path) -> None:
    """Without: starts remembered by content, ends and values known by content, numbers that go on after a restart."""
    csms = CsmsProcess(tmp_path, policy=POLICY)
    numbers = set()
    with csms:
        for _ in range(3):
            async with peer(csms, "I8", "ocpp1.6") as station:
                numbers.add(await tell_16(station, None))
                numbers.add(await tell_16(station, None))
            csms.kill()
            csms.start()
        assert len(numbers) == 1
        async with peer(csms, "I8", "ocpp1.6") as station:
            another = await tell_16(station, None, shift=60.0)
        assert another > max(numbers)
        facts = [one for one in csms.journal("I8") if isinstance(one, FACTS) and one.number in numbers]
        assert len(facts) == 4
        assert [one.energy for one in csms.rows(Sdr, "I8")] == [4000.0, 4000.0]
        assert all(one.settled for one in csms.rows(EnergyTransfer, "I8"))


async def test_i8_intervals_are_added_once(csms: CsmsProcess) -> None:
    """Without: repetitions known by their sequence number; a register forgives what an interval does not."""
    async with peer(csms, "I8-interval") as station:
        for seq, kind in enumerate(("Started", "Updated", "Updated", "Ended")):
            said = event(kind, "tx", seq, at(seq * 10), card="" if seq else "CARD")
            sample = {"value": 100.0, "measurand": "Energy.Active.Import.Interval"}
            if seq:
                said["meterValue"] = [{"timestamp": at(seq * 10), "sampledValue": [sample]}]
            for _ in range(3):
                await station.call("TransactionEvent", said)
    assert [one.energy for one in csms.rows(Sdr, "I8-interval")] == [300.0]


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
async def test_i8_a_repetition_of_what_is_over_leaves_nothing_in_memory(csms: CsmsProcess, version: str) -> None:
    """Without: recalled transfers and sessions that come back settled and go again."""
    name = f"I8-{version}"
    async with peer(csms, name, version) as station:
        for _ in range(3):
            if version == "ocpp1.6":
                await tell_16(station, None)
            else:
                for said in events_of_a_session("tx"):
                    await station.call("TransactionEvent", said)
            _, shown = await asyncio.to_thread(csms.rest, "GET", f"/api/v1/stations/{name}")
            assert not shown["transfers"]
            assert not shown["sessions"]
    assert [one.energy for one in csms.rows(Sdr, name)] == [4000.0]


# --- I9


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda one: "".join(map(str, one)))
async def test_i9_order_is_that_of_the_sequence_numbers(csms: CsmsProcess, order: tuple[int, ...]) -> None:
    """Without: facts put where they belong; late ones that never reopen, ends that are never dropped."""
    name = f"I9-{''.join(map(str, order))}"
    said = events_of_a_session("tx")
    async with peer(csms, name) as station:
        for place in order:
            await station.call("TransactionEvent", said[place])
    transfer = one_transfer(csms, name)
    assert (imported(transfer), transfer.gaps, transfer.settled) == (4000.0, (), True)
    assert (transfer.began, transfer.ended) == (datetime.fromisoformat(at(0)), datetime.fromisoformat(at(30)))
    assert [one.energy for one in csms.rows(Sdr, name)] == [4000.0]


async def test_i9_a_gap_is_shown_asked_for_and_closed_when_its_message_comes(csms: CsmsProcess) -> None:
    """Without: gaps noted, and GetTransactionStatus asked while they are open."""
    said = events_of_a_session("tx")
    async with peer(csms, "I9-gap") as station:
        for place in (0, 1, 3):
            await station.call("TransactionEvent", said[place])
        assert one_transfer(csms, "I9-gap").gaps == ((2, 2),)
        assert csms.rows(Sdr, "I9-gap") == []
        call = await station.next_call(timeout=8.0)
        assert (call[2], call[3]) == ("GetTransactionStatus", {"transactionId": "tx"})
        await station.reply(call[1], {"ongoingIndicator": False, "messagesInQueue": True})
        await station.call("TransactionEvent", said[2])
    assert one_transfer(csms, "I9-gap").gaps == ()
    assert [one.energy for one in csms.rows(Sdr, "I9-gap")] == [4000.0]


# --- I10


@pytest.mark.parametrize(("card", "flag"), [("NOBODY-KNOWS-ME", "unknown-token"), ("BLOCKED", "blocked-token")])
async def test_i10_what_was_consumed_offline_is_stored_whoever_consumed_it(csms: CsmsProcess, card: str, flag: str) -> None:
    """Without: facts that nothing refuses; a rule that was broken is a flag."""
    name = f"I10-{card}"
    said = [{**one, "offline": True} for one in events_of_a_session("tx")]
    said[0]["idToken"] = {"idToken": card, "type": "ISO14443"}
    async with peer(csms, name) as station:
        answers = [await station.call("TransactionEvent", one) for one in said]
    assert answers[0]["idTokenInfo"]["status"] != "Accepted"
    record = last_record(csms, name)
    assert record.energy == 4000.0
    assert flag in record.flags


# --- I11


BROKEN: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("ocpp2.0.1", "TransactionEvent", {"eventType": "Melted", "seqNo": 1}, {}),
    ("ocpp2.1", "TransactionEvent", {"transactionInfo": "none"}, {}),
    ("ocpp1.6", "StartTransaction", {"connectorId": "one"}, {"idTagInfo": {"status": "Invalid"}, "transactionId": 0}),
    ("ocpp1.6", "StopTransaction", {"transactionId": None}, {}),
    ("ocpp1.6", "MeterValues", {"connectorId": 1, "meterValue": "x"}, {}),
    ("ocpp2.0.1", "MeterValues", {"evseId": -1, "meterValue": []}, {}),
)


@pytest.mark.parametrize(("version", "action", "payload", "answer"), BROKEN)
async def test_i11_what_cannot_be_understood_is_kept_and_acknowledged(
    csms: CsmsProcess, version: str, action: str, payload: dict[str, Any], answer: dict[str, Any]
) -> None:
    """Without: the quarantine, and the blank acknowledgement of what would be repeated for ever."""
    name = f"I11-{version}-{action}"
    async with peer(csms, name, version) as station:
        assert await station.call(action, payload) == answer
    (kept,) = csms.rows(QuarantinedInput, name)
    assert json.loads(kept.raw) == payload
    assert kept.action == action


# --- I12


ENERGY: dict[str, tuple[tuple[float | None, ...], float, set[str]]] = {
    "plain": ((1000.0, 2000.0, 5000.0), 4000.0, set()),
    "lifetime-register": ((98_765_432.1, 98_766_000.0, 98_769_432.1), 4000.0, set()),
    "no-begin": ((None, 2000.0, 5000.0), 3000.0, {"missing-begin"}),
    "no-end": ((1000.0, 5000.0, None), 4000.0, {"missing-end"}),
    "no-energy": ((None, None, None), 0.0, {"no-energy"}),
    "reset": ((9000.0, 10_000.0, 3000.0), 1000.0, {"meter-reset"}),
    "end-below-begin": ((5000.0, None, 1000.0), 0.0, {"meter-reset"}),
}


@pytest.mark.parametrize("case", ENERGY)
async def test_i12_energy_is_end_minus_begin_and_every_doubt_is_named(csms: CsmsProcess, case: str) -> None:
    """Without: register arithmetic with the doubts it raises."""
    values, energy, doubts = ENERGY[case]
    name = f"I12-{case}"
    async with peer(csms, name) as station:
        for seq, (kind, value) in enumerate(zip(("Started", "Updated", "Ended"), values, strict=True)):
            card = "CARD12" if seq == 0 else ""
            await station.call("TransactionEvent", event(kind, "tx", seq, at(seq * 30), value, card=card))
    record = last_record(csms, name)
    assert record.energy == pytest.approx(energy, abs=1e-3)
    assert doubts <= set(record.flags)
    assert doubts or not {one for one in record.flags if one.startswith(("missing", "meter", "no-", "register"))}


# --- I13


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
async def test_i13_a_reboot_closes_what_it_cut_off_and_facts_that_come_after_all_are_merged(
    csms: CsmsProcess, version: str
) -> None:
    """Without: the flow from a boot to the end of what ran, and estimates that give way to what really happened."""
    name = f"I13-{version}"
    async with peer(csms, name, version) as station:
        if version == "ocpp1.6":
            start = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": at(0)}
            number = (await station.call("StartTransaction", start))["transactionId"]
            values = [{"timestamp": at(10), "sampledValue": [{"value": "2000", "measurand": REGISTER}]}]
            await station.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        else:
            await station.call("TransactionEvent", event("Started", "tx", 0, at(0), 1000.0, card="CARD"))
            await station.call("TransactionEvent", event("Updated", "tx", 1, at(10), 2000.0))
        assert one_transfer(csms, name).ended is None
        await station.boot()
        closed = one_transfer(csms, name)
        assert closed.ended is not None
        assert "estimated" in closed.flags
        async with asyncio.timeout(10.0):
            async for records in watched(csms, name):
                if records:
                    break
        assert [(one.energy, "estimated" in one.flags) for one in csms.rows(Sdr, name)] == [(1000.0, True)]
        if version == "ocpp1.6":
            stop = {"transactionId": number, "meterStop": 5000, "timestamp": at(30), "reason": "PowerLoss"}
            await station.call("StopTransaction", stop)
        else:
            await station.call("TransactionEvent", event("Ended", "tx", 2, at(30), 5000.0))
    first, correction = csms.rows(Sdr, name)
    assert (correction.energy, correction.corrects, "estimated" in correction.flags) == (4000.0, first.id, False)
    assert one_transfer(csms, name).settled


async def watched(csms: CsmsProcess, station: str) -> AsyncIterator[list[Sdr]]:
    """Look at the records of a station again and again."""
    while True:
        yield csms.rows(Sdr, station)
        await asyncio.sleep(0.1)


# --- I14


SIGNED = 'OCMF|{"FV" : "1.0","GI":"\\u00e4 ü","RD":[{"RV":5.000}]}|{"SD":"3045\\/AB=="}\r\n\t'
"""With everything that a careless reader and writer of JSON would change."""


async def test_i14_signed_values_travel_byte_by_byte_from_2_0_1(csms: CsmsProcess) -> None:
    """Without: signed data kept as the text that came, from the wire to the record."""
    async with peer(csms, "I14") as station:
        await station.call("TransactionEvent", event("Started", "tx", 0, at(0), 1000.0, card="CARD"))
        last = event("Ended", "tx", 1, at(30), 5000.0)
        signed = {"signedMeterData": SIGNED, "signingMethod": "ECDSA", "encodingMethod": "OCMF", "publicKey": "3059=="}
        last["meterValue"][0]["sampledValue"][0]["signedMeterValue"] = signed
        await station.call("TransactionEvent", last)
    (kept,) = last_record(csms, "I14").signed
    assert kept.data.encode() == SIGNED.encode()
    assert kept.public_key == "3059=="


async def test_i14_signed_values_travel_byte_by_byte_from_1_6(csms: CsmsProcess) -> None:
    """Without: as above."""
    async with peer(csms, "I14-16", "ocpp1.6") as station:
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 1000, "timestamp": at(0)}
        number = (await station.call("StartTransaction", start))["transactionId"]
        sample = {"value": SIGNED, "format": "SignedData", "context": "Transaction.End"}
        data = [{"timestamp": at(30), "sampledValue": [sample]}]
        stop = {"transactionId": number, "meterStop": 5000, "timestamp": at(30), "reason": "EVDisconnected"}
        await station.call("StopTransaction", stop | {"transactionData": data})
    assert [one.data for one in last_record(csms, "I14-16").signed] == [SIGNED]
