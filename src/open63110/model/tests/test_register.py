# SPDX-License-Identifier: Apache-2.0
"""Register arithmetic: every way in which a meter is not simply end minus begin (I12)."""

import math
from typing import Any

import pytest
from tests.transfers import CS, REF, minute, wh

from open63110.kernel.ids import TransferNumber
from open63110.model.reading import Reading
from open63110.model.register import advanced, begun, counter, doubts, energy, exported, imported, summed
from open63110.model.transfer import EnergyTransfer, Register


def counted(*values: float, begin: bool = True, end: bool = True) -> Register:
    """Feed one reading a minute."""
    register: Register | None = None
    for number, value in enumerate(values):
        reading = wh(minute(number), value)
        if begin and number == 0:
            register = begun(register, reading)
        else:
            register = advanced(register, reading, end=end and number == len(values) - 1)
    assert register is not None
    return register


def transfer(**more: Any) -> EnergyTransfer:
    return EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, **more)


@pytest.mark.parametrize(
    ("values", "wanted", "flags"),
    [
        ((1000.0, 1500.0, 9000.0), 8000.0, ()),
        ((1000.0, 1000.0), 0.0, ()),
        ((1000.123, 1500.456), 500.333, ()),
        ((1000.0, 5000.7, 5000.0), 4000.0, ()),
        ((1000.0, 5000.7, 5000.0, 6000.0), 5000.0, ()),
        ((1000.0, 5000.0, 0.0, 300.0, 700.0), 4700.0, ("meter-reset",)),
        ((1000.0, 5000.0, 0.0, 5400.0, 6000.0), 5000.0, ("meter-slip",)),
        ((1_000_000.0, 1_000_500.0, 0.0, 1_000_900.0), 900.0, ("meter-slip",)),
        ((1_000_000.0, 5000.0), 0.0, ("meter-reset",)),
        ((1_000_000.0, 0.0, 2500.0, 5000.0), 5000.0, ("meter-reset",)),
        ((0.0, 1_000_000.0, 1_005_000.0), 5000.0, ("register-jump",)),
        ((1000.0, 5000.0, 0.0, 3_000_000.0), 7000.0 - 3000.0, ("meter-reset", "register-jump")),
        ((1000.0, math.nan, 2000.0, math.inf, 3000.0), 2000.0, ("unreadable",)),
    ],
)
def test_energy_is_end_minus_begin_with_what_the_meter_did_meanwhile(
    values: tuple[float, ...], wanted: float, flags: tuple[str, ...]
) -> None:
    register = counted(*values)
    assert energy(register) == pytest.approx(wanted, abs=1e-9)
    assert register.doubts == flags


def test_a_begin_that_comes_after_other_readings_is_the_begin() -> None:
    register = begun(counted(1200.0, 1500.0, begin=False), wh(minute(-1), 1000.0))
    assert (energy(register), register.first_is_begin, register.doubts) == (500.0, True, ())


def test_a_second_begin_changes_nothing() -> None:
    assert begun(counted(1200.0, 1500.0), wh(minute(-1), 1000.0)).first == 1200.0


def test_a_begin_of_another_register_is_noticed() -> None:
    higher = begun(counted(100.0, 500.0, begin=False), wh(minute(-1), 9000.0))
    assert (energy(higher), higher.doubts) == (400.0, ("meter-reset",))
    far = begun(counted(900_000.0, 900_500.0, begin=False), wh(minute(-1), 0.0))
    assert (energy(far), far.doubts) == (500.0, ("register-jump",))


def test_an_unreadable_first_value_is_flagged_and_not_counted() -> None:
    assert begun(None, wh(minute(0), math.nan)).doubts == ("unreadable",)
    assert begun(counted(5.0), wh(minute(0), math.nan)).first == 5.0
    unread = begun(counted(5.0, begin=False), wh(minute(0), math.nan))
    assert (unread.first, unread.doubts) == (5.0, ("unreadable",))
    assert advanced(None, wh(minute(0), math.inf)).doubts == ("unreadable",)


def test_history_told_again_changes_nothing_but_an_unknown_begin() -> None:
    register = counted(1000.0, 1500.0, 2000.0, end=False)
    assert advanced(register, wh(minute(1), 1500.0)) == register
    assert advanced(register, wh(minute(1), 2500.0)) == register
    open_begin = counted(1000.0, 1500.0, begin=False, end=False)
    earlier = advanced(open_begin, wh(minute(-5), 400.0))
    assert (earlier.first, energy(earlier)) == (400.0, 1100.0)


def test_an_end_counts_even_if_its_clock_was_set_back() -> None:
    register = counted(1000.0, 1500.0, end=False)
    assert advanced(register, wh(minute(-60), 1800.0), back=True).doubts == ("clock",)
    ended = advanced(register, wh(minute(-60), 1400.0), end=True)
    assert (energy(ended), ended.last_is_end) == (400.0, True)


def test_nothing_after_the_end_moves_the_register() -> None:
    register = counted(1000.0, 1500.0)
    assert advanced(register, wh(minute(9), 1600.0)) == register
    assert energy(advanced(register, wh(minute(9), 1600.0), end=True)) == 600.0


def test_intervals_add_up() -> None:
    def interval(number: int, value: float) -> Reading:
        return Reading(at=minute(number), measurand="energy.import.interval", value=value)

    register = summed(summed(summed(None, interval(0, 100.0)), interval(1, 150.5)), interval(2, math.nan))
    assert (energy(register), register.doubts) == (250.5, ("interval-sum",))


def test_the_total_at_the_outlet_counts_before_anything_else() -> None:
    total, other = counted(0.0, 500.0), counted(0.0, 100.0)
    spare = {"import//L1": other, "import//L2": other, "import//L3": other, "import/interval/": other, "import/Inlet/": other}
    assert counter(transfer(imported=total, spare=spare), "import") is total
    three = transfer(spare=spare)
    assert (imported(three), list(doubts(replace_began(three)))) == (300.0, ["phase-sum"])
    assert imported(transfer(spare={"import/interval/": other})) == 100.0
    assert imported(transfer(spare={"import/interval/clock": other})) == 100.0
    elsewhere = counter(transfer(spare={"import/Inlet/": other}), "import")
    assert elsewhere is not None
    assert elsewhere.doubts == ("other-location",)
    assert exported(transfer(spare={"import/Inlet/": other})) == 0.0
    assert exported(transfer(spare={"export//L1-N": other, "export//L2-N": other})) == 200.0


def replace_began(one: EnergyTransfer) -> EnergyTransfer:
    return transfer(spare=one.spare, began=minute(0))


def test_every_doubt_has_a_name() -> None:
    assert list(doubts(transfer())) == ["missing-start", "no-energy"]
    loose = counted(1000.0, 990.0, begin=False, end=False)
    below = counted(1000.0, 200.0)
    assert list(doubts(transfer(began=minute(0), imported=loose))) == ["missing-begin", "missing-end"]
    assert list(doubts(transfer(began=minute(0), imported=below))) == ["end-below-begin", "meter-reset"]
    still, given = counted(7.0, 7.0, begin=False), counted(7.0, 900.0, begin=False)
    assert list(doubts(transfer(began=minute(0), exported=still))) == []
    assert list(doubts(transfer(began=minute(0), exported=given))) == ["missing-begin"]
