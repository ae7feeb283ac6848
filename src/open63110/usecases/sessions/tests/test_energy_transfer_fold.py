# SPDX-License-Identifier: Apache-2.0
"""Clause 6.1, what the next fact changes in an energy transfer: energy, power, state, marks, signed readings."""

from typing import Any

import pytest
from tests.transfers import ANNA, BERT, CS, REF, begin, finish, minute, update, watts, wh

from open63110.kernel.ids import EvseNumber, TransferNumber
from open63110.model.reading import Reading, SignedReading
from open63110.model.register import imported
from open63110.model.transfer import EnergyTransfer, TransferFact
from open63110.usecases.sessions.energy_transfer.fold import fold


def folded(*told: TransferFact) -> EnergyTransfer:
    transfer = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF)
    for fact in told:
        transfer = fold(transfer, fact)
    return transfer


def reading(measurand: Any, value: float, number: float = 2, **more: Any) -> Reading:
    return Reading(at=minute(number), measurand=measurand, value=value, **more)


def test_the_ordinary_reading_takes_the_short_way_to_the_same_result() -> None:
    plain = (wh(minute(3), 1200.0), watts(minute(3), 7000.0), reading("soc", 40.0, 3), reading("voltage", 230.0, 3, phase="L1"))
    start = begin(minute(1), 1000.0)
    first = update(minute(2), 1100.0, 1, state="charging", readings=(wh(minute(2), 1100.0), watts(minute(2), 7000.0)))
    short = folded(start, first, update(minute(3), None, 2, readings=plain))
    odd = (*plain, reading("energy.import.register", 1.0, 3, phase="L1", location="Inlet"))
    long = folded(start, first, update(minute(3), None, 2, readings=odd))
    assert short == EnergyTransfer(**{name: getattr(long, name) for name in long.__struct_fields__ if name != "spare"})
    assert (short.power, short.soc, imported(short)) == (7000.0, 40.0, 200.0)


@pytest.mark.parametrize(
    ("more", "field", "wanted"),
    [
        ({"offline": True}, "offline", True),
        ({"remote_start": 7}, "remote_start", 7),
        ({"evse": EvseNumber(3)}, "evse", 3),
        ({"state": "suspended-ev"}, "state", "suspended-ev"),
        ({"subject": BERT}, "subject", BERT),
        ({"readings": (watts(minute(3), 1.0),)}, "power", 1.0),
        ({"readings": (reading("voltage", 230.0), reading("soc", 8.0))}, "soc", 8.0),
        ({"readings": (reading("soc", 1.0), reading("soc", 2.0))}, "soc", 2.0),
        ({"readings": (reading("soc", 1.0, location="EV"),)}, "soc", 1.0),
    ],
)
def test_whatever_is_not_ordinary_is_looked_at(more: dict[str, Any], field: str, wanted: Any) -> None:
    first = update(minute(2), None, 1, state="charging", readings=(wh(minute(2), 1100.0), watts(minute(2), 7000.0)))
    assert getattr(folded(begin(minute(1), 1000.0), first, update(minute(3), None, 2, **more)), field) == wanted


@pytest.mark.parametrize(
    ("readings", "power"),
    [
        ((reading("power.import", 7000.0), reading("power.export", 0.0)), 7000.0),
        ((reading("power.export", 4000.0),), -4000.0),
        ((reading("power.import", 1.0, 1), reading("power.import", 5.0, 3), reading("power.import", 3.0, 2)), 5.0),
        (tuple(reading("power.import", 2000.0, phase=phase) for phase in ("L1", "L2", "L3", "N", "L1-L2")), 6000.0),
        ((reading("power.import", 6100.0), reading("power.import", 2000.0, phase="L1")), 6100.0),
        ((), None),
    ],
)
def test_power_is_the_newest_total(readings: tuple[Reading, ...], power: float | None) -> None:
    transfer = folded(begin(minute(1), 0.0), update(minute(3), None, 1, readings=readings))
    assert transfer.power == power


def test_state_of_charge_is_the_newest_by_time() -> None:
    told = (reading("soc", 40.0, 2), reading("soc", 50.0, 3), reading("soc", 45.0, 2.5))
    assert folded(begin(minute(1), 0.0), update(minute(3), None, 1, readings=told)).soc == 50.0
    assert folded(begin(minute(1), None, readings=told)).soc == 50.0


def test_energy_that_flows_is_word_enough_for_charging() -> None:
    start = begin(minute(1), 1000.0)
    assert folded(start, update(minute(2), 1000.0, 1)).state == "pending"
    assert folded(start, update(minute(2), 1100.0, 1)).state == "charging"
    assert folded(start, update(minute(2), None, 1, readings=(watts(minute(2), 7000.0),))).state == "charging"
    assert folded(start, update(minute(2), None, 1, readings=(watts(minute(2), -7000.0),))).state == "discharging"
    assert folded(start, update(minute(2), None, 1, readings=(watts(minute(2), 3.0),))).state == "pending"


def test_a_change_of_direction_or_user_leaves_a_mark_with_the_reading_both_sides_share() -> None:
    on = update(minute(2), None, 1, state="charging", readings=(wh(minute(2), 1500.0), watts(minute(2), 7000.0)))
    back = update(minute(3), None, 2, readings=(wh(minute(3), 1600.0), watts(minute(3), -7000.0)))
    other = update(minute(4), None, 3, subject=BERT, readings=(wh(minute(4), 1600.0),))
    stopper = update(minute(5), None, 4, subject=ANNA, trigger="StopAuthorized")
    transfer = folded(begin(minute(1), 1000.0), on, back, other, stopper, update(minute(6), None, 5, state="discharging"))
    assert [(mark.cause, mark.imported, mark.subject) for mark in transfer.marks] == [
        ("start", None, ANNA),
        ("direction", 1600.0, ANNA),
        ("authorisation", 1600.0, BERT),
    ]
    assert transfer.subject == BERT


def test_the_first_credential_names_the_user_without_a_mark() -> None:
    start = begin(minute(1), 1000.0, subject=None)
    transfer = folded(start, update(minute(2), None, 1, subject=ANNA, remote_start=5, offline=True, evse=EvseNumber(2)))
    assert [mark.subject for mark in transfer.marks] == [ANNA]
    assert (transfer.subject, transfer.remote_start, transfer.offline, transfer.evse) == (ANNA, 5, True, 2)


def test_phases_intervals_and_other_places_are_kept_apart() -> None:
    told = (
        reading("energy.import.register", 100.0, phase="L1"),
        reading("energy.import.register", 700.0, location="Inlet"),
        reading("energy.import.interval", 50.0),
        reading("energy.import.interval", 60.0, context="clock"),
        reading("energy.import.interval", 9.0, phase="L1"),
        reading("energy.import.interval", 9.0, location="Inlet"),
        reading("energy.export.register", 5.0),
    )
    transfer = folded(begin(minute(1), None), update(minute(2), None, 1, readings=told))
    assert sorted(transfer.spare) == ["import//L1", "import/Inlet/", "import/interval/", "import/interval/clock"]
    ended = folded(
        begin(minute(1), None),
        update(minute(2), None, 1, readings=told),
        finish(minute(3), None, 2, readings=(reading("energy.import.register", 900.0, 3, phase="L1"),)),
    )
    assert imported(ended) == 800.0
    assert {"phase-sum", "missing-begin"} <= set(ended.flags)
    assert "missing-end" not in ended.flags


def test_signed_readings_of_begin_and_end_stay_byte_identical() -> None:
    one, two, three = (SignedReading(data=f"OCMF|{{ }}\n{number}\u00e9 ") for number in range(3))
    first = (Reading(at=minute(1), measurand="energy.import.register", value=0.0, context="begin", signed=one),)
    middle = (Reading(at=minute(2), measurand="energy.import.register", value=5.0, context="end", signed=two),)
    periodic = (Reading(at=minute(2), measurand="energy.import.register", value=5.0, signed=three),)
    last = (*first, Reading(at=minute(3), measurand="energy.import.register", value=9.0, context="other", signed=three))
    transfer = folded(
        begin(minute(1), None, readings=first),
        update(minute(2), None, 1, readings=periodic),
        update(minute(2), None, 2, readings=middle),
        finish(minute(3), None, 3, readings=last),
    )
    assert transfer.signed == (one, two, three)


def test_an_end_without_readings_is_flagged_and_one_with_them_closes_the_registers() -> None:
    both = (reading("energy.import.register", 10.0, 3), reading("energy.export.register", 20.0, 3))
    start = (reading("energy.import.register", 1.0, 1), reading("energy.export.register", 2.0, 1))
    closed = folded(begin(minute(1), None, readings=start), finish(minute(3), None, 1, readings=both))
    assert closed.flags == ()
    assert "missing-end" in folded(begin(minute(1), None, readings=start), finish(minute(3), None, 1)).flags
    assert "no-energy" in folded(begin(minute(1), None), finish(minute(3), None, 1)).flags
    again = folded(begin(minute(1), 1.0), finish(minute(3), 5.0, 1), finish(minute(4), 6.0, 2, reason="PowerLoss"))
    assert (again.ended, again.end_reason, imported(again)) == (minute(3), "Local", 5.0)
