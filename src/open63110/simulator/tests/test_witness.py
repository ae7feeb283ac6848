# SPDX-License-Identifier: Apache-2.0
"""Who judges limits forgives nothing but what it says."""

from datetime import UTC, datetime, timedelta

from open63110.kernel.units import Amperes, Volts, Watts
from open63110.simulator.network import Network, Node
from open63110.simulator.outlet import Winding
from open63110.simulator.witness import Witness

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SITE = "site s"


def witness() -> Witness:
    network = Network([Node("grid main", "", (Amperes(40.0),) * 3, Watts(20_000.0)), Node(SITE, electric=False)])
    for phase in (0, 0):
        network.connect(("grid main", SITE), Winding(phase), Volts(230.0))
    return Witness(network)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def look(one: Witness, seconds: float, flows: list[float], follow: list[float] | None = None) -> None:
    one.sample(at(seconds), flows, follow or flows)


def test_up_to_the_limit_is_held_and_a_hair_above_it_is_not() -> None:
    one = witness()
    look(one, 0.0, [20.0, 20.0])
    assert one.held
    look(one, 1.0, [20.0, 20.001])
    (mark,) = one.breaches
    assert (mark.row.name, mark.samples, mark.above, mark.at) == ("grid main L1", 1, 1.0, at(1.0))
    assert not one.held


def test_an_ev_that_is_still_to_follow_is_forgiven_and_shown() -> None:
    one = witness()
    look(one, 0.0, [32.0, 16.0], [16.0, 16.0])
    assert one.held
    mark = one.marks[one.network.row("grid main", "L1")]
    assert (mark.ratio, mark.raw) == (0.8, 1.2)
    look(one, 1.0, [32.0, 26.0], [16.0, 26.0])
    assert [each.row.name for each in one.breaches] == ["grid main L1"]


def test_a_limit_that_is_set_counts_from_when_it_is_due_and_the_time_it_took_is_told() -> None:
    one = witness()
    look(one, 0.0, [20.0, 20.0])
    order = one.order(SITE, Watts(4_600.0), at(10.0), within=10.0)
    look(one, 11.0, [20.0, 20.0])
    look(one, 14.0, [10.0, 10.0])
    look(one, 25.0, [10.0, 10.0])
    assert (order.seconds, one.held, one.late) == (4.0, True, [])
    look(one, 26.0, [10.0, 11.0])
    assert [each.row.node for each in one.breaches] == [SITE]


def test_a_limit_that_comes_late_is_a_breach() -> None:
    one = witness()
    order = one.order(SITE, Watts(4_600.0), at(0.0), within=10.0)
    look(one, 9.0, [20.0, 20.0])
    assert one.held, "its time is not over"
    look(one, 11.0, [20.0, 20.0])
    look(one, 12.0, [10.0, 10.0])
    assert one.late == [order]
    assert order.seconds == 12.0
    assert one.breaches[0].row.node == SITE


def test_a_limit_that_was_kept_for_a_moment_only_is_not_in_effect() -> None:
    one = witness()
    order = one.order(SITE, Watts(4_600.0), at(0.0), within=10.0)
    look(one, 1.0, [10.0, 10.0])
    look(one, 2.0, [20.0, 20.0])
    look(one, 6.0, [10.0, 10.0])
    assert order.seconds == 6.0


def test_a_limit_that_was_released_does_not_count_any_more() -> None:
    one = witness()
    one.order(SITE, Watts(4_600.0), at(0.0), within=1.0)
    look(one, 2.0, [10.0, 10.0])
    one.release(SITE, at(3.0))
    look(one, 4.0, [20.0, 20.0])
    assert one.held


def test_of_two_limits_the_lower_counts_also_while_another_is_not_due() -> None:
    one = witness()
    one.order(SITE, Watts(6_900.0), at(0.0), within=1.0)
    one.order(SITE, Watts(4_600.0), at(10.0), within=10.0)
    look(one, 12.0, [15.0, 15.0])
    assert one.held
    look(one, 13.0, [15.0, 16.0])
    assert not one.held


def test_nothing_may_flow_above_a_limit_of_zero() -> None:
    one = witness()
    one.order(SITE, Watts(0.0), at(0.0), within=1.0)
    look(one, 2.0, [0.0, 0.0])
    assert one.held
    look(one, 3.0, [0.1, 0.0])
    assert [each.row.node for each in one.breaches] == [SITE]
