# SPDX-License-Identifier: Apache-2.0
"""A crowded day of a garage: what its fuse carries is used, nobody is stopped while all can have their minimum (I16)."""

from datetime import datetime
from functools import cache

from msgspec.structs import replace
from tests.crowded import Crowd

from open63110.kernel.units import Seconds, Watts
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.limit import LimitSource
from open63110.model.site import SiteRules
from open63110.simulator.garage import garage
from open63110.simulator.visits import generated

EVSES, FROM, TO = 60, 7.0, 15.0


@cache
def day(*, told_apart: bool = True, dso: float = 1.0, rules: SiteRules | None = None) -> Crowd:
    """The busy part of it, from seven to three; a DSO leaves some of the connection from ten on."""
    plan = replace(garage(EVSES), rules=rules)
    crowd = Crowd(plan, [one for one in generated("generated", EVSES, 86_400.0, 1) if one.arrival >= FROM * 3_600], step=30.0)
    crowd.told_apart = told_apart
    whole = Constraint(
        id="dso",
        source=LimitSource.DSO,
        actor="grid",
        critical=True,
        scope=ConstraintScope(site=plan.id),
        profile=(Step(since=crowd.now, import_max=Watts(dso * plan.connections[0].import_max)),),
    )

    def from_ten(now: datetime) -> tuple[Constraint, ...]:
        return (whole,) if dso < 1.0 and now.hour >= 10 else ()

    crowd.constraints = from_ten
    return crowd.run(TO, FROM)


def test_evs_of_one_phase_leave_the_other_two_to_others_once_their_meters_have_shown_it() -> None:
    told, not_told = day(), day(told_apart=False)
    assert told.witness.held
    assert told.witness.samples > 900
    assert max(one.ratio for one in told.witness.marks) > 0.98, "what the connection carries is used"
    assert told.service.energy > 0.74
    assert told.service.energy > not_told.service.energy + 0.08
    assert told.troubles == {}


def test_nobody_is_stopped_on_a_day_on_which_all_can_have_their_minimum() -> None:
    assert day().service.visits > 30
    assert day().service.pauses <= 0.1
    assert day().service.asleep == 0


def test_of_an_ev_that_takes_less_than_it_is_offered_the_rest_is_given_to_others_and_nobody_is_told_each_time() -> None:
    """Each station is told something about once in five minutes; before, it was every half a minute."""
    crowd = day()
    assert crowd.told / len(crowd.stations) < 12 * (TO - FROM)


def test_where_minimums_of_all_are_too_much_turns_are_long_enough_that_few_stops_are_made() -> None:
    crowd = day(dso=0.6)
    assert 0.5 < crowd.service.pauses <= 2.0
    assert crowd.service.nothing == 0


def test_a_site_says_how_often_an_ev_may_be_made_to_wait_and_for_how_long_it_charges_before() -> None:
    once = day(dso=0.6, rules=SiteRules(pauses=1))
    assert 0.3 < once.service.pauses <= 1.0
    assert once.service.most_pauses == 1
    slower = day(dso=0.6, rules=SiteRules(on=Seconds(5_400.0), off=Seconds(900.0)))
    assert slower.service.pauses < 0.6 * day(dso=0.6).service.pauses
    assert slower.witness.held
