# SPDX-License-Identifier: Apache-2.0
"""Words of Modbus registers as values, and counters that never fall."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.units import WattHours, Watts
from open63110.station.drivers.registers import SDM630, Counter, Register, Still, Stretch, stretches, values


def test_a_meter_is_read_by_as_few_requests_as_its_gaps_allow() -> None:
    assert list(stretches(SDM630)) == [Stretch("input", 0, 12), Stretch("input", 52, 24)]


def test_tables_are_read_apart_and_no_request_is_too_long() -> None:
    many = {str(place): Register(address=place * 20) for place in range(10)}
    found = list(stretches({**many, "bit": Register(address=3, table="coil")}))
    assert found == [Stretch("coil", 3, 1), Stretch("input", 0, 101), Stretch("input", 120, 61)]


def test_a_float_of_an_sdm630_is_read_and_scaled() -> None:
    words = [0] * 24
    words[20:22] = struct.unpack(">HH", struct.pack(">f", 12.5))
    assert values({"energy": SDM630["energy"]}, {Stretch("input", 52, 24): words}) == {"energy": 12_500.0}


def test_low_words_first_signs_bits_and_what_is_no_number() -> None:
    assert Register(address=0, type="int32", words="little").value([0xFFFE, 0xFFFF]) == -2.0
    assert Register(address=0, table="discrete").value([1]) == 1.0
    assert Register(address=0, type="float32").value([0x7FC0, 0]) is None
    assert values({"a": Register(address=0, type="float32")}, {Stretch("input", 0, 2): [0x7FC0, 0]}) == {}
    assert values({"a": Register(address=9)}, {Stretch("input", 0, 2): [1, 2]}) == {}


@pytest.mark.parametrize(
    ("kind", "words"), [("uint16", "big"), ("uint32", "big"), ("uint32", "little"), ("float32", "big"), ("uint64", "little")]
)
def test_what_is_written_reads_the_same(kind: str, words: str) -> None:
    register = Register(address=0, type=kind, words=words, scale=0.1)  # type: ignore[arg-type]  # literals
    assert register.value(register.written(16.0)) == pytest.approx(16.0)


def test_a_current_is_written_rounded_down() -> None:
    assert Register(address=0).written(15.99) == [15]


def test_a_counter_that_is_full_goes_on() -> None:
    counter = Counter(65_536.0, None)
    assert [counter.take(raw) for raw in (65_000.0, 65_500.0, 100.0, 200.0)] == [65_000.0, 65_500.0, 65_636.0, 65_736.0]


def test_a_counter_goes_on_where_it_stood_before_the_program_started() -> None:
    assert Counter(1000.0, 2300.0).take(310.0) == 2310.0
    assert Counter(1000.0, 2990.0).take(5.0) == 3005.0
    assert Counter(1000.0, 300.0).take(300.0) == 300.0


def test_another_meter_is_not_taken_for_a_full_one() -> None:
    assert Counter(1000.0, 600.0).take(10.0) == 10.0
    counter = Counter(1000.0, None)
    assert [counter.take(raw) for raw in (600.0, 10.0, 20.0)] == [600.0, 10.0, 20.0]


def test_a_register_that_is_no_counter_is_left_alone() -> None:
    assert [Counter(None, 5.0).take(raw) for raw in (9.0, 3.0)] == [9.0, 3.0]


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 2**30), max_size=30), st.lists(st.booleans(), max_size=30))
def test_a_counter_never_falls_however_often_it_is_full_and_the_program_restarts(
    begin: int, steps: list[int], restarts: list[bool]
) -> None:
    span, total = 2.0**32, begin
    counter, last = Counter(span, None), float(begin)
    assert counter.take(begin) == float(begin)
    for place, step in enumerate(steps):
        if place < len(restarts) and restarts[place]:
            counter = Counter(span, last)
            step = min(step, 2**29)  # noqa: PLW2901 - while it was down less can have flowed
        total += min(step, int(span * 0.19))
        last = counter.take(total % 2**32)
        assert last == float(total)


def test_a_register_that_stands_still_while_power_flows_is_not_believed() -> None:
    still = Still(WattHours(100.0))
    assert [still.take(WattHours(5.0), Watts(11_000.0), 20.0) for _ in range(3)] == [False, False, True]
    assert not still.take(WattHours(5.1), Watts(11_000.0), 20.0)
    assert not any(still.take(WattHours(5.1), Watts(0.0), 3600.0) for _ in range(3))
