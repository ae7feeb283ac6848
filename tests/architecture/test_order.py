# SPDX-License-Identifier: Apache-2.0
"""Where several processes share the tests, some begin with those that wait, and the others go on beside them."""

from conftest import LONGEST, PLAYS, ROOT, dealt, rank, waits
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 60), st.integers(0, 200), st.integers(1, 8), st.integers(1, 8))
def test_each_test_is_dealt_once(waiting: int, busy: int, workers: int, cores: int) -> None:
    found = dealt(range(waiting), range(waiting, waiting + busy), workers, cores)
    assert sorted(found) == list(range(waiting + busy))


def test_all_workers_but_one_for_each_core_begin_with_those_that_wait_the_longest_first() -> None:
    found = dealt([f"w{number}" for number in range(4)], [f"b{number}" for number in range(12)], 4, 2)
    assert [found[first : first + 4] for first in range(0, 16, 4)] == [
        ["w0", "w2", "b0", "b1"],
        ["w1", "w3", "b2", "b3"],
        ["b4", "b5", "b6", "b7"],
        ["b8", "b9", "b10", "b11"],
    ]


def test_what_is_begun_first_is_there() -> None:
    files = [path for folder in PLAYS for path in (ROOT / folder).glob("test_*.py")]
    assert all(waits(path) for path in files)
    assert not waits(ROOT / "tests/architecture/test_order.py")
    assert {rank(path) for path in files} == set(range(len(LONGEST) + 1))
