# SPDX-License-Identifier: Apache-2.0
"""Sets of message ids: the same as a set of numbers, kept as stretches that rise and do not touch."""

import hypothesis.strategies as st
from hypothesis import given

from open63110.bindings.link.framing.idset import IdSet
from open63110.bindings.link.framing.strict import flat, ranges

stretches = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)))


@given(stretches)
def test_it_is_a_set_of_numbers(added: list[tuple[int, int]]) -> None:
    ids, numbers = IdSet(), set[int]()
    for first, more in added:
        ids.add(first, first + more)
        numbers |= set(range(first, first + more + 1))
    assert [number for number in range(80) if number in ids] == sorted(numbers)
    assert ids.highest == max(numbers, default=0)
    assert ids.contiguous == next(number for number in range(80) if number + 1 not in numbers)
    assert ids.count == len(ids.stretches())
    assert ranges(flat(ids.stretches())) == ids.stretches()
    assert {number for first, last in ids.sparse() for number in range(first, last + 1)} == {
        number for number in numbers if number > ids.contiguous
    }
    assert IdSet(ids.stretches()).stretches() == IdSet(numbers=numbers).stretches() == ids.stretches()
