# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.8, SDR information production: one record a session, immutable, corrected by another."""

from typing import Any

from msgspec.structs import replace
from tests.transfers import ANNA, BERT, CS, E1, minute

from open63110.kernel.ids import SessionNumber, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.units import WattHours
from open63110.model.policy import Policy
from open63110.model.reading import SignedReading
from open63110.model.sdr import Meter, Sdr, SdrProduced
from open63110.model.session import ServiceSession, SessionRecorded, SessionState
from open63110.model.station import Identity, Station
from open63110.model.token import Token
from open63110.model.transaction import Transaction
from open63110.model.transfer import EnergyTransfer, Register, TransferSettled
from open63110.usecases.services.produce_sdr import USE_CASE, ProduceSdr, produce

NUMBER = SessionNumber(7)
NAME = TransferReference("t1")
SIGNED = SignedReading(data="OCMF|{}\n ")


class Records:
    """Tokens and what is no longer in memory."""

    def __init__(self, session: ServiceSession | None = None, *transfers: EnergyTransfer) -> None:
        self.kept, self.transfers = session, {one.reference: one for one in transfers}

    def token(self, ref: SubjectRef) -> Token | None:
        return Token(ref=ref, kind="ISO14443", contract="DE-8AA-1") if ref == ANNA else None

    def local_tokens(self) -> tuple[Token, ...]:
        return ()

    def in_use(self, ref: SubjectRef) -> int:
        return 0

    def transfer(self, station: Any, reference: TransferReference) -> EnergyTransfer | None:
        return self.transfers.get(reference)

    def session(self, number: SessionNumber) -> ServiceSession | None:
        return self.kept

    def heard(self, number: TransferNumber, seq: int) -> bool:
        return False


def register(first: float, last: float) -> Register:
    return Register(first=WattHours(first), last=WattHours(last), first_at=minute(1), last_at=minute(9))


def transfer(**more: Any) -> EnergyTransfer:
    part = Transaction(
        began=minute(1), begin=WattHours(1000.0), cause="start", subject=ANNA, ended=minute(9), imported=WattHours(500.0)
    )
    fields: dict[str, Any] = {
        "reference": NAME,
        "subject": ANNA,
        "began": minute(1),
        "ended": minute(9),
        "imported": register(1000.0, 1500.0),
        "parts": (part,),
        "signed": (SIGNED,),
        "flags": ("late",),
        **more,
    }
    return EnergyTransfer(station=CS, number=TransferNumber(3), **fields)


def session(**more: Any) -> ServiceSession:
    fields: dict[str, Any] = {"subject": ANNA, "auth_method": "csms", "transfers": (NAME,), "state": SessionState.CLOSED, **more}
    return ServiceSession(station=CS, number=NUMBER, evse=E1, opened=minute(0), **fields)


def at_csms(one: ServiceSession | None, *transfers: EnergyTransfer) -> Station:
    return Station(
        id=CS,
        identity=Identity(meter_serial="M-1"),
        sessions={one.number: one} if one else {},
        transfers={each.reference: each for each in transfers},
    )


def made(station: Station, past: Records | None = None) -> list[Any]:
    records = past or Records()
    return list(produce(ProduceSdr(station=CS, session=NUMBER), station, minute(60), Policy(), records, records))


def only(station: Station, past: Records | None = None) -> Sdr:
    produced, recorded = made(station, past)
    assert isinstance(produced, SdrProduced)
    assert isinstance(recorded, SessionRecorded)
    assert recorded.record == produced.sdr.id
    return produced.sdr


def test_a_record_says_who_took_what_when_and_by_which_meter() -> None:
    sdr = only(at_csms(session(plugged=minute(0), unplugged=minute(10)), transfer()))
    assert (sdr.id, sdr.corrects, sdr.produced) == ("open63110-00000007", "", minute(60))
    assert (sdr.subject, sdr.contract, sdr.auth_method, sdr.evse) == (ANNA, "DE-8AA-1", "csms", 1)
    assert (sdr.began, sdr.ended, sdr.energy, sdr.exported) == (minute(0), minute(10), 500.0, 0.0)
    assert sdr.meter == Meter(id="M-1", start=WattHours(1000.0), stop=WattHours(1500.0))
    assert [(one.kind, one.quantity, one.unit, one.transaction) for one in sdr.services] == [
        ("parking", 600.0, "s", ""),
        ("energy_import", 500.0, "Wh", "t1/1"),
    ]
    assert (sdr.signed, sdr.transfers, sdr.flags) == ((SIGNED,), (NAME,), ("late",))


def test_export_has_a_service_and_registers_of_its_own() -> None:
    parts = (Transaction(began=minute(1), begin=WattHours(0.0), cause="start", subject=BERT, exported=WattHours(80.0)),)
    both = transfer(exported=register(10.0, 90.0), imported=None, parts=(*parts, *transfer().parts), offline=True)
    sdr = only(at_csms(session(subject=None), both))
    assert (sdr.energy, sdr.exported, sdr.contract) == (0.0, 80.0, "")
    assert (sdr.meter.export_start, sdr.meter.export_stop, sdr.meter.start) == (10.0, 90.0, None)
    assert sdr.services[0].kind == "energy_export"
    assert sdr.flags == ("late", "offline", "several-subjects")


def test_what_is_not_complete_or_served_nobody_has_no_record() -> None:
    assert made(at_csms(None)) == []
    assert made(at_csms(session(), transfer(ended=None))) == []
    assert made(at_csms(session(), transfer(gaps=((1, 2),)))) == []
    assert made(at_csms(session(), transfer(subject=None, imported=None))) == []
    assert only(at_csms(session(subject=None), transfer(subject=None))).energy == 500.0
    assert only(at_csms(session(), transfer(gaps=((1, 2),), flags=("gap",)))).flags == ("gap",)


def test_the_same_facts_make_no_second_record() -> None:
    _, recorded = made(at_csms(session(), transfer()))
    again = session(records=(recorded.record,), digest=recorded.digest)
    [let_go] = made(at_csms(again, transfer()))
    assert isinstance(let_go, TransferSettled)
    assert made(at_csms(again, transfer(settled=True))) == []
    assert made(at_csms(again), Records(None, transfer())) == []


def test_later_facts_make_a_correction_that_names_the_record_before() -> None:
    told = session(records=("open63110-00000007",), digest=1)
    first = only(at_csms(told, transfer()))
    assert (first.id, first.corrects) == ("open63110-00000007-c1", "open63110-00000007")
    second = only(at_csms(replace(told, records=(*told.records, first.id)), transfer(imported=register(1000.0, 1700.0))))
    assert (second.id, second.corrects, second.energy) == ("open63110-00000007-c2", "open63110-00000007-c1", 700.0)


def test_a_session_and_transfers_that_left_memory_are_read_again() -> None:
    other = transfer(reference=TransferReference("t2"))
    closed = session(transfers=(NAME, other.reference, TransferReference("lost")), records=("r",))
    produced, recorded = made(at_csms(None, transfer()), Records(closed, other))
    assert produced.sdr.energy == 1000.0
    assert recorded.recalled == closed


def test_the_table_names_the_clause() -> None:
    assert USE_CASE.clause == "8.4.8"
