# SPDX-License-Identifier: Apache-2.0
"""How stations hang at phases is said in one word (4.3)."""

import pytest

from open63110.kernel.errors import Malformed
from open63110.model.wiring import THREE, Wiring, spelled, wired


@pytest.mark.parametrize(
    ("text", "phases", "between"),
    [
        ("L1L2L3", (0, 1, 2), False),
        ("L2L3L1", (1, 2, 0), False),
        ("L3L2L1", (2, 1, 0), False),
        ("L2", (1,), False),
        ("L1L3", (0, 2), False),
        ("L1-L2", (0, 1), True),
        ("L3-L1", (2, 0), True),
    ],
)
def test_a_wiring_reads_as_it_is_written(text: str, phases: tuple[int, ...], between: bool) -> None:
    assert wired(text) == Wiring(phases, between)
    assert spelled(wired(text)) == text


def test_where_nobody_says_anything_it_is_on_three_phases_in_their_order() -> None:
    assert wired("") is THREE
    assert spelled(THREE) == "L1L2L3"


@pytest.mark.parametrize("text", ["L4", "l1", "L1L1", "L1-L1", "L1-L2-L3", "L1L2-L3", "N", " L1", "L1\n", "L1L2L3L1"])
def test_what_is_no_wiring_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(Malformed, match="is no wiring") as refusal:
        wired(text, "evses[0].wiring")
    assert (refusal.value.code, refusal.value.where) == ("BadWiring", "evses[0].wiring")
    assert "L1-L2" in refusal.value.remedy
