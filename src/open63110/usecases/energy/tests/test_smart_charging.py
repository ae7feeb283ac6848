# SPDX-License-Identifier: Apache-2.0
"""Smart charging as its table shows it (8.2.3): who may limit, and that both ends understand each other."""

from datetime import UTC, datetime, timedelta

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event, Wake
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.limit import WHOLE
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.runtime.table import discover
from open63110.usecases.energy.smart_charging import USE_CASE, LimitAnswer, LimitInForce, LimitPower, csms, station

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HERE = Station(id=StationId("CS-1"), registration=Registration.ACCEPTED, connected=NOW - timedelta(minutes=1))
ORDER = LimitPower(station=HERE.id, limit=Watts(3_000.0), failsafe=Watts(1_400.0), failsafe_after=Seconds(60.0))


def test_operators_and_the_dso_may_limit() -> None:
    roles = {door.command: door.roles for door in USE_CASE.doors}
    assert roles[LimitPower] == {Role.OPERATOR, Role.DSO}


def test_every_fact_that_is_decided_changes_something() -> None:
    heard = {kind for _, kind in USE_CASE.decide if issubclass(kind, Event)}
    assert heard <= discover().evolve.keys()


def test_what_the_csms_sends_is_what_the_station_keeps_to() -> None:
    there = HERE
    for effect in csms.ask(ORDER, HERE, NOW, Policy()):
        if isinstance(effect, LimitPower):
            assert effect == ORDER
            answers = [one for one in station.obey(effect, there, NOW) if not isinstance(one, Event | Wake)]
            assert answers == [LimitAnswer(evse=WHOLE, limit=Watts(3_000.0))]
            break


def test_a_fact_about_a_limit_can_be_written_down_and_read_back() -> None:
    asked = ORDER.wanted(NOW)
    force = LimitInForce(station=HERE.id, at=NOW, evse=WHOLE, limit=Watts(3_000.0), asked=asked)
    after = USE_CASE.evolve[LimitInForce](force, HERE)
    assert after.limits.in_force[WHOLE].asked == asked
