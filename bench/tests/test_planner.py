# SPDX-License-Identifier: Apache-2.0
"""The bench of the planner measures what it says."""

from importlib import import_module
from itertools import count

import numpy as np
import pytest
from bench.planner.cpu import cpu_ms
from bench.planner.garage import garage
from bench.planner.table import PARTS

from open63110.planner.network import use


def test_every_part_can_be_measured() -> None:
    assert all(callable(import_module(f"bench.planner.{name}").measure) for name in PARTS)


def test_the_least_time_of_each_call_counts_and_calls_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr("time.process_time", lambda: next(clock) * 0.001)
    order: list[str] = []

    def other() -> None:
        order.append("other")
        next(clock)

    found = cpu_ms({"one": lambda: order.append("one"), "other": other}, 2)
    assert found == pytest.approx({"one": 1.0, "other": 2.0})
    assert order == ["one", "other"] * 2


def test_the_site_has_three_levels_and_balanced_enough_phases() -> None:
    site = garage(1000, 0.6)
    loads = dict(zip(site.network.lines, use(site.network, np.ones(1000)).tolist(), strict=True))
    phases = [load for line, load in loads.items() if line.place == "root"]
    assert sum(phases) > 1900
    assert max(phases) < 1.2 * min(phases)
    assert len({line.place for line in loads}) == 1 + 20 + 100
