# SPDX-License-Identifier: Apache-2.0
"""What an EV means to take is compared with what it was offered (8.2.3, A3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE, Ahead, Confirmed, Limit, Limits
from open63110.model.needs import EvPlanAnswer, EvPlanStated, PlanPeriod
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging import USE_CASE
from open63110.usecases.energy.smart_charging.ev_plan import hear
from open63110.usecases.energy.smart_charging.messages import EvPlanRefused, LimitPower

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CS, ONE, T1 = StationId("CS-1"), EvseNumber(1), TransferReference("t1")
LIMIT = Limit(
    evse=ONE, since=NOW, limit=Watts(7_000), ahead=(Ahead(since=NOW + 30 * MINUTE, limit=Watts(4_000)),), until=NOW + 60 * MINUTE
)
HELD = Limits(desired={LIMIT.place: LIMIT}, in_force={ONE: Confirmed(asked=LIMIT, limit=LIMIT.limit, at=NOW)})
RUNNING = {T1: EnergyTransfer(station=CS, number=TransferNumber(1), reference=T1, evse=ONE)}
HERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, transfers=RUNNING, limits=HELD, wire="ocpp2.1")


def plan(*watts: tuple[float, float], reference: str = "") -> EvPlanStated:
    periods = tuple(PlanPeriod(start=NOW + minutes * MINUTE, power=Watts(power)) for minutes, power in watts)
    return EvPlanStated(station=CS, at=NOW, evse=ONE, periods=periods, reference=TransferReference(reference))


def heard(said: EvPlanStated, station: Station = HERE) -> tuple[list[Any], Any]:
    effects = list(hear(said, station, NOW, Policy()))
    for one in effects:
        if isinstance(one, Event):
            station = USE_CASE.evolve[type(one)](one, station) if type(one) in USE_CASE.evolve else station
    return effects, station


@pytest.mark.parametrize(
    "said",
    [
        plan((0, 7_000), (30, 4_000)),
        plan((0, 7_000), (30.1, 0.0)),
        plan((5, 3_000)),
        plan((0, 7_000), (30, 4_000), (60, 22_000)),
        plan(),
    ],
    ids=["all of it", "a little late", "less", "more only where nothing is said", "nothing"],
)
def test_a_plan_below_the_offer_is_kept_with_its_transfer(said: EvPlanStated) -> None:
    effects, station = heard(said)
    assert effects[-1] == EvPlanAnswer(accepted=True)
    assert station.transfers[T1].plan == said.periods


@pytest.mark.parametrize(
    ("said", "since", "allowed"),
    [
        (plan((0, 8_000)), 0, 7_000),
        (plan((0, 7_000)), 30 + 1 / 6, 4_000),
        (plan((0, 3_000), (40, 4_500)), 40, 4_000),
    ],
    ids=["at once", "it does not follow a step down", "later"],
)
def test_a_plan_above_the_offer_never_counts_and_is_answered_with_the_offer_anew(
    said: EvPlanStated, since: float, allowed: float
) -> None:
    effects, station = heard(said)
    refused = effects[0]
    assert isinstance(refused, EvPlanRefused)
    assert (refused.since, refused.limit, refused.reference) == (NOW + since * MINUTE, allowed, T1)
    assert [one.ahead for one in effects if isinstance(one, LimitPower)] == [LIMIT.ahead]
    assert effects[-1] == EvPlanAnswer(accepted=False)
    assert station.transfers[T1].plan == ()


def test_the_limit_of_the_whole_station_counts_too_and_none_allows_all() -> None:
    whole = replace(LIMIT, evse=WHOLE, limit=Watts(2_000), ahead=())
    station = replace(HERE, limits=replace(HELD, asked={WHOLE: whole}))
    assert heard(plan((0, 3_000)), station)[0][-1] == EvPlanAnswer(accepted=False)
    assert heard(plan((0, 22_000)), replace(HERE, limits=Limits()))[0][-1] == EvPlanAnswer(accepted=True)


def test_a_plan_of_no_transfer_is_refused_and_nothing_is_sent_to_a_station_that_is_away() -> None:
    for said, station in ((plan((0, 1_000), reference="t9"), HERE), (plan((0, 1_000)), replace(HERE, transfers={}))):
        with pytest.raises(Unknown):
            heard(said, station)
    away = replace(HERE, connected=None)
    assert not any(isinstance(one, LimitPower) for one in heard(plan((0, 8_000)), away)[0])
