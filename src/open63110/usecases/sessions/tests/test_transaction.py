# SPDX-License-Identifier: Apache-2.0
"""Clause 6.3, transaction: parts share their readings, and their sum is end minus begin."""

from typing import Any

from tests.transfers import ANNA, BERT, CS, REF, begin, finish, minute, update, watts, wh

from open63110.kernel.ids import TransferNumber, TransferReference
from open63110.model.register import exported, imported
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, TransferFact
from open63110.usecases.sessions.energy_transfer.order import arrived
from open63110.usecases.sessions.transaction import divide, parts


def heard(*told: TransferFact) -> EnergyTransfer:
    transfer = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF)
    for fact in told:
        transfer = arrived(transfer, fact)
        transfer = divide(fact, Station(id=CS, transfers={REF: transfer})).transfers[REF]
    return transfer


def moved(number: int, value: float, power: float, **more: Any) -> TransferFact:
    return update(minute(number), None, number, readings=(wh(minute(number), value), watts(minute(number), power)), **more)


def test_a_change_of_user_closes_one_part_and_opens_the_next_with_the_same_reading() -> None:
    transfer = heard(
        begin(minute(0), 1000.0),
        moved(1, 1400.5, 7000.0),
        moved(2, 1400.5, 7000.0, subject=BERT),
        moved(3, 1900.0, 7000.0),
        finish(minute(4), 2000.25, 4),
    )
    assert [(one.cause, one.subject, one.begin, one.end, one.imported) for one in transfer.parts] == [
        ("start", ANNA, 1000.0, 1400.5, 400.5),
        ("authorisation", BERT, 1400.5, 2000.25, 599.75),
    ]
    assert transfer.parts[0].ended == transfer.parts[1].began == minute(2)
    assert sum(one.imported for one in transfer.parts) == imported(transfer) == 1000.25


def test_a_change_of_direction_does_so_in_both_registers() -> None:
    out = (wh(minute(2), 1500.0), wh(minute(2), 0.0, direction="export"), watts(minute(2), -5000.0))
    last = (wh(minute(3), 1500.0, "end"), wh(minute(3), 250.0, "end", "export"))
    transfer = heard(
        begin(minute(0), 1000.0),
        moved(1, 1200.0, 7000.0),
        update(minute(2), None, 2, readings=out),
        finish(minute(3), None, 3, readings=last),
    )
    assert [(one.imported, one.exported, one.end_export) for one in transfer.parts] == [(500.0, 0.0, 0.0), (0.0, 250.0, 250.0)]
    assert exported(transfer) == 250.0


def test_a_reset_of_the_meter_leaves_the_sum_of_the_parts_exact() -> None:
    transfer = heard(
        begin(minute(0), 1000.0),
        moved(1, 1500.0, 7000.0),
        moved(2, 0.0, 7000.0),
        moved(3, 300.0, 7000.0, subject=BERT),
        finish(minute(4), 400.0, 4),
    )
    assert [one.imported for one in transfer.parts] == [800.0, 100.0]
    assert imported(transfer) == 900.0


def test_the_last_part_is_open_while_the_transfer_is() -> None:
    running = heard(begin(minute(0), 1000.0), moved(1, 1500.0, 7000.0))
    assert [(one.ended, one.end, one.imported) for one in running.parts] == [(None, None, 0.0)]
    again = divide(moved(2, 1.0, 1.0), Station(id=CS, transfers={REF: running}))
    assert again.transfers[REF] is running


def test_the_first_credential_fills_the_part_that_waits_for_one() -> None:
    transfer = heard(begin(minute(0), 1000.0, subject=None), update(minute(1), None, 1, subject=ANNA))
    assert [one.subject for one in transfer.parts] == [ANNA]


def test_without_readings_there_are_parts_without_energy() -> None:
    transfer = heard(begin(minute(0), None), update(minute(1), None, 1, subject=BERT), finish(minute(2), None, 2))
    assert [(one.begin, one.end, one.imported) for one in transfer.parts] == [(0.0, None, 0.0), (0.0, None, 0.0)]


def test_a_begin_that_comes_late_counts_for_the_first_part() -> None:
    late = (wh(minute(0), 1000.0, "begin"), wh(minute(3), 2000.0, "end"))
    transfer = heard(
        begin(minute(0), None),
        moved(1, 1100.0, 7000.0),
        moved(2, 1500.0, 7000.0, subject=BERT),
        finish(minute(3), None, 3, readings=late),
    )
    assert [one.imported for one in transfer.parts] == [500.0, 500.0]


def test_a_transfer_nobody_knows_is_left_alone() -> None:
    station = Station(id=CS)
    assert divide(begin(minute(0), 1.0, reference="x"), station) is station
    nothing = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TransferReference("x"))
    assert divide(begin(minute(0), 1.0, reference="x"), Station(id=CS, transfers={nothing.reference: nothing})).transfers
    assert parts(heard(begin(minute(0), 1.0)))
