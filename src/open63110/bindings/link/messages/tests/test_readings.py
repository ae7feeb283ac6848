# SPDX-License-Identifier: Apache-2.0
"""Readings as groups of channels and values (B.7)."""

from datetime import timedelta
from typing import Any, get_args

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.link_samples import NOON, ten

from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.moments import Misfit
from open63110.bindings.link.messages.record import Setting
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.model.reading import Context, Measurand, Reading, SignedReading

SHAPE = CODEC.readings.shape
READINGS = st.builds(
    Reading,
    at=st.integers(-(10**9), 10**9).map(lambda count: NOON + timedelta(milliseconds=count)),
    measurand=st.sampled_from(get_args(Measurand)),
    value=st.floats(allow_nan=False, allow_infinity=False),
    phase=st.sampled_from(["", "L1", "L3-L1", "L9"]),
    context=st.sampled_from(get_args(Context)),
    location=st.sampled_from(["", "EV", "Roof"]),
    name=st.sampled_from(["", "Power.Factor"]),
    signed=st.none() | st.builds(SignedReading, data=st.text(), method=st.text()),
)


def written(readings: tuple[Reading, ...]) -> Any:
    return cbor2.loads(SHAPE.write(readings, Setting(None)))


@given(st.lists(READINGS, max_size=8).map(tuple))
def test_readings_come_back_in_their_order(readings: tuple[Reading, ...]) -> None:
    assert SHAPE.read(written(readings), Setting(None)) == readings


def test_every_measurand_and_context_has_a_number() -> None:
    assert REGISTRY.words["Measurand"].keys() >= set(get_args(Measurand))
    assert REGISTRY.words["Context"].keys() >= set(get_args(Context))


def test_columns_are_the_fields_of_a_reading_in_their_order() -> None:
    columns = ("at", "measurand", "value", "phase", "context", "location", "name", "signed")
    assert Reading.__struct_fields__ == columns


def test_readings_of_one_moment_stand_in_one_group() -> None:
    later = ten(NOON + timedelta(seconds=60), 2)
    groups = written((*ten(NOON, 1), *later))
    assert [len(group) for group in groups] == [3, 3]
    assert groups[1][0] - groups[0][0] == 60_000


def test_a_value_that_is_no_whole_number_of_thousandths_is_a_float() -> None:
    values = [230.1, 1 / 3, 1e308, -0.001, 9.1e15]
    readings = tuple(Reading(at=NOON, measurand="voltage", value=value) for value in values)
    assert written(readings)[0][2] == [230_100, 1 / 3, 1e308, -1, 9.1e15]


def test_a_channel_of_a_newer_version_is_kept_as_something_else() -> None:
    heard = SHAPE.read([[0, [31, 1 << 20, 13], [1500, 2500, 63_000], {0: {1: "Harmonics"}}]], Setting(None))
    assert [(one.measurand, one.name, one.value) for one in heard] == [
        ("other", "Harmonics", 1.5),
        ("other", "channel 1048576", 2.5),
        ("soc", "", 63.0),
    ]


@pytest.mark.parametrize(
    "item",
    [
        *(7, [7], [[]], [[0, [1]]], [[0, [1], [1], {}, 5]], [["0", [1], [1]]], [[0, 1, [1]]], [[0, [1], 1]], [[0, [1], [1], []]]),
        *([[0, [1, 2], [1]]], [[0, [-1], [1]]], [[0, [True], [1]]], [[0, ["1"], [1]]], [[0, [[1]], [1]]], [[0, [1], [None]]]),
        *(
            [[0, [1], [2**60]]],
            [[2**62, [1], [1]]],
            [[0, [1], [1], {1: {}}]],
            [[0, [1], [1], {"0": {}}]],
            [[0, [1], [1], {0: 5}]],
        ),
        [[0, [1], [1], {0: {1: 5}}]],
    ],
)
def test_what_are_no_readings_is_refused(item: Any) -> None:
    with pytest.raises(Misfit):
        SHAPE.read(item, Setting(None))
