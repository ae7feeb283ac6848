# SPDX-License-Identifier: Apache-2.0
"""The measurement measures: a few stations confirm what they are told, and the sum of it is the limit."""

from pathlib import Path

from bench.planner import dso


def test_a_few_stations_confirm_a_limit_and_keep_to_it_together(tmp_path: Path) -> None:
    figures = dso.run(tmp_path, stations=5, trials=1)
    took, p99, own, most = figures
    assert 0.0 < took.value == p99.value < dso.PATIENCE
    assert own.value >= 0.0
    assert 0.99 < most.value <= 1.0
