# SPDX-License-Identifier: Apache-2.0
"""An EV that says what it needs is offered a schedule (7.4 → 8.2.3)."""

from tests.literal import T0

from open63110.flows.offer_schedule import FLOW, then
from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.needs import Needs, NeedsStated
from open63110.usecases.energy.smart_charging import OfferSchedule

A, ONE = StationId("A"), EvseNumber(1)


def test_only_an_ev_that_speaks_waits_for_a_schedule() -> None:
    assert FLOW.on == (NeedsStated,)
    said = NeedsStated(station=A, at=T0, evse=ONE, needs=Needs(source="ev", modes=("AC_three_phase",)))
    assert list(then(said)) == [OfferSchedule(station=A, evse=ONE)]
    assert list(then(NeedsStated(station=A, at=T0, evse=ONE, needs=Needs(source="csp")))) == []
