# SPDX-License-Identifier: Apache-2.0
"""What flows where."""

import math

import pytest

from open63110.kernel.units import Amperes, Volts, Watts
from open63110.simulator.network import Network, Node
from open63110.simulator.outlet import Winding

A = Amperes
TREE = (
    Node("grid main", "", (A(100.0),) * 3, Watts(50_000.0)),
    Node("feeder west", "grid main", (A(63.0),) * 3),
    Node("zone north", "", (), Watts(20_000.0), electric=False),
)
NEUTRAL, BETWEEN = Volts(230.0), Volts(230.0 * math.sqrt(3))


def carried(network: Network, amperes: list[float], node: str) -> list[float]:
    flows = network.flows(amperes)
    return [flows[network.row(node, phase)] for phase in ("L1", "L2", "L3")]


def test_three_phases_alike_carry_the_same_on_each_all_the_way_up() -> None:
    network = Network(TREE)
    for phase in (1, 2, 0):
        network.connect(("feeder west", "zone north"), Winding(phase), NEUTRAL)
    for node in ("feeder west", "grid main"):
        assert carried(network, [16.0] * 3, node) == pytest.approx([16.0] * 3)
    flows = network.flows([16.0] * 3)
    for node in ("feeder west", "grid main", "zone north"):
        assert flows[network.row(node)] == pytest.approx(11_040.0)


def test_what_is_rotated_lands_on_the_phase_it_is_wired_to() -> None:
    network = Network(TREE)
    network.connect(("feeder west",), Winding(2), NEUTRAL)
    network.connect(("grid main",), Winding(2), NEUTRAL)
    assert carried(network, [32.0, 10.0], "feeder west") == pytest.approx([0.0, 0.0, 32.0])
    assert carried(network, [32.0, 10.0], "grid main") == pytest.approx([0.0, 0.0, 42.0])


def test_between_two_phases_both_carry_it_and_two_such_meet_at_an_angle() -> None:
    network = Network(TREE)
    network.connect(("feeder west",), Winding(0, 1), BETWEEN)
    network.connect(("feeder west",), Winding(2, 0), BETWEEN)
    assert carried(network, [32.0, 0.0], "feeder west") == pytest.approx([32.0, 32.0, 0.0])
    assert carried(network, [32.0, 32.0], "feeder west") == pytest.approx([32.0 * math.sqrt(3), 32.0, 32.0])
    flows = network.flows([32.0, 32.0])
    assert flows[network.row("feeder west")] == pytest.approx(2 * 32.0 * BETWEEN)


def test_a_delta_wye_transformer_counts_on_its_primary_side() -> None:
    """As the published network of Caltech: 480 V between primary lines, 120 V to neutral below: a quarter of the difference."""
    tree = (Node("grid main", "", (A(150.0),) * 3), Node("feeder t", "grid main", (A(150.0),) * 3, None, 120 / 480))
    network = Network(tree)
    for pair in ((0, 1), (1, 2), (2, 0)):
        network.connect(("feeder t",), Winding(*pair), Volts(208.0))
    balanced = carried(network, [96.0] * 3, "feeder t")
    assert balanced == pytest.approx([96.0 * 3 / 4] * 3)
    assert carried(network, [96.0] * 3, "grid main") == pytest.approx(balanced)
    single = carried(network, [96.0, 0.0, 0.0], "feeder t")
    assert sorted(single) == pytest.approx([24.0, 24.0, 48.0])


def test_what_is_given_back_counts_against_what_is_drawn() -> None:
    network = Network(TREE)
    network.connect(("feeder west",), Winding(0), NEUTRAL)
    network.connect(("feeder west",), Winding(0), NEUTRAL)
    flows = network.flows([32.0, -20.0])
    assert flows[network.row("grid main", "L1")] == pytest.approx(12.0)
    assert flows[network.row("grid main")] == pytest.approx(12.0 * 230.0)
