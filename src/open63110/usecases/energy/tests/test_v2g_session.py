# SPDX-License-Identifier: Apache-2.0
"""Clause 8.2.8: what is allowed for an energy transfer is wanted until its station has it, and forgotten with the transfer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.station import Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.model.v2g import AllowedTransfer, EnergyMode
from open63110.usecases.energy.v2g_session import (
    USE_CASE,
    AllowTransfer,
    ReconcileAllowedTransfers,
    TendAllowedTransfers,
    TransferAllowanceAnswered,
    TransferAllowedAnswer,
    csms,
)
from open63110.usecases.energy.v2g_session.csms import AGAIN
from open63110.usecases.energy.v2g_session.station import obey

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, REF = StationId("CS-1"), TransferReference("t1")
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=EvseNumber(1), began=NOON)
OVER = replace(RUNNING, reference=TransferReference("t0"), ended=NOON)
STATION = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    wire="ocpp2.1",
    connected=NOON,
    transfers={RUNNING.reference: RUNNING, OVER.reference: OVER},
)
AWAY = replace(STATION, connected=None)
BOTH_WAYS = AllowTransfer(station=CS, reference=REF, modes=(EnergyMode.DC, EnergyMode.DC_BPT), by="ann")
ONE_WAY = replace(BOTH_WAYS, modes=(EnergyMode.DC,))


def orders(effects: list[Any]) -> list[AllowTransfer]:
    return [one for one in effects if isinstance(one, AllowTransfer)]


def put(rows: KeptRows, command: AllowTransfer = BOTH_WAYS, station: Station = STATION, at: datetime = NOON) -> list[Any]:
    return rows.take(csms.put(command, station, rows, at))


def tend(rows: KeptRows, station: Station = STATION, at: datetime = NOON) -> list[Any]:
    return rows.take(csms.tend(TendAllowedTransfers(station=CS), station, rows, at))


def answer(rows: KeptRows, revision: int, reason: str = "") -> None:
    said = TransferAllowanceAnswered(station=CS, at=NOON, reference=REF, revision=revision, reason=reason)
    rows.take(csms.hear_answer(said, STATION, rows, NOON))


def only(rows: KeptRows) -> AllowedTransfer:
    (one,) = rows.load(AllowedTransfer)
    return one


def test_it_is_wanted_until_the_station_has_it_and_only_the_last_word_counts() -> None:
    rows = KeptRows()
    assert [one.revision for one in orders(put(rows))] == [1]
    put(rows, ONE_WAY)
    answer(rows, 1)
    assert only(rows).standing == "wanted"
    answer(rows, 2)
    assert (only(rows).standing, only(rows).modes, only(rows).by) == ("set", (EnergyMode.DC,), "ann")
    put(rows)
    answer(rows, 3, "TxNotFound")
    assert (only(rows).standing, only(rows).reason) == ("refused", "TxNotFound")


def test_a_station_that_is_away_is_told_when_it_comes_and_again_until_it_answers() -> None:
    rows = KeptRows()
    said = put(rows, station=AWAY)
    assert orders(said) == []
    reply = said[-1]
    assert isinstance(reply, TransferAllowedAnswer)
    assert reply.remark() == "Kept"
    assert orders(tend(rows, AWAY)) == []
    (wake,) = csms.reconcile(ReconcileAllowedTransfers(station=CS), STATION, rows, NOON)
    assert isinstance(wake.command, TendAllowedTransfers)
    assert len(orders(tend(rows))) == 1
    assert orders(tend(rows, at=NOON + timedelta(seconds=9))) == []
    assert len(orders(tend(rows, at=NOON + AGAIN))) == 1


def test_what_belongs_to_a_transfer_that_is_over_is_forgotten_on_both_sides() -> None:
    rows = KeptRows()
    put(rows)
    gone = replace(STATION, transfers={REF: replace(RUNNING, ended=NOON)})
    last = tend(rows, gone)[-1]
    assert isinstance(last, Wake)
    assert last.command is None
    assert rows.load(AllowedTransfer) == []
    assert list(csms.reconcile(ReconcileAllowedTransfers(station=CS), STATION, rows, NOON)) == []

    rows.take(obey(BOTH_WAYS, STATION, rows, NOON))
    other = replace(RUNNING, reference=TransferReference("t2"))
    later = replace(STATION, transfers={REF: replace(RUNNING, ended=NOON), other.reference: other})
    rows.take(obey(replace(BOTH_WAYS, reference=other.reference), later, rows, NOON))
    assert [one.reference for one in rows.load(AllowedTransfer)] == ["t2"]


@pytest.mark.parametrize(
    ("command", "station", "kind", "code"),
    [
        (replace(BOTH_WAYS, modes=()), STATION, Malformed, "InvalidValue"),
        (replace(BOTH_WAYS, modes=(EnergyMode.DC, EnergyMode.DC)), STATION, Malformed, "InvalidValue"),
        (BOTH_WAYS, replace(STATION, wire="ocpp1.6"), NotSupported, "NoAllowedEnergyTransfer"),
        (BOTH_WAYS, replace(STATION, wire="ocpp2.0.1"), NotSupported, "NoAllowedEnergyTransfer"),
        (replace(BOTH_WAYS, reference=TransferReference("t9")), STATION, Unknown, "UnknownTransaction"),
        (replace(BOTH_WAYS, reference=OVER.reference), STATION, Refused, "AlreadyEnded"),
    ],
)
def test_what_cannot_be_allowed_is_refused(command: AllowTransfer, station: Station, kind: type[Trouble], code: str) -> None:
    rows = KeptRows()
    with pytest.raises(kind) as refused:
        put(rows, command, station)
    assert refused.value.code == code
    assert rows.load(AllowedTransfer) == []


def test_ways_that_go_back_are_known_as_such() -> None:
    assert {one for one in EnergyMode if one.both_ways} == {
        EnergyMode.AC_BPT,
        EnergyMode.AC_BPT_DER,
        EnergyMode.DC_BPT,
        EnergyMode.DC_ACDP_BPT,
    }
    assert [(one.noun, one.verb) for one in USE_CASE.doors] == [("transfer", "allow")]
    assert AllowTransfer(station=CS, reference=REF, modes=()).asked_by("ann", "operator").by == "ann"
