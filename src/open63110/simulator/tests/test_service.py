# SPDX-License-Identifier: Apache-2.0
"""What drivers got."""

from typing import Any

import pytest

from open63110.simulator.service import Served, jain, service


def served(taken: float, **more: Any) -> Served:
    plain = {"need": 10_000.0, "possible": 8_000.0, "taken": taken, "pauses": 0, "asleep": False, "waited": 5.0}
    return Served(**plain | more)


def test_what_was_possible_is_what_energy_is_compared_with() -> None:
    found = service([served(8_000.0), served(4_000.0, pauses=3), served(0.0, waited=None, asleep=True)])
    assert (found.visits, found.energy, round(found.met, 3)) == (3, 0.5, 0.333)
    assert (found.pauses, found.most_pauses, found.nothing, found.asleep, found.worst) == (1.0, 3, 1, 1, 0.0)


def test_who_could_get_nothing_does_not_count() -> None:
    found = service([served(0.0, possible=0.0), served(8_000.0)])
    assert (found.visits, found.energy) == (1, 1.0)
    assert service([]).energy == 1.0


def test_fairness_is_one_if_all_get_the_same_part_and_small_if_one_gets_all() -> None:
    assert jain([0.5, 0.5, 0.5]) == pytest.approx(1.0)
    assert jain([1.0, 0.0, 0.0, 0.0]) == pytest.approx(0.25)
    assert jain([0.0, 0.0]) == 1.0
