# SPDX-License-Identifier: Apache-2.0
"""A station that is there again gets the limits it should keep to (8.3.15 → 8.2.3)."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import T0

from open63110.flows.reconcile_limits import FLOW, then
from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.energy.smart_charging import ReconcileLimits
from open63110.usecases.stations.monitor_station import StationClockDoubted, StationClockTrusted

A = StationId("A")
LIMIT = Limit(limit=Watts(3_000.0), since=T0)
CONFIRMED = Confirmed(asked=LIMIT, limit=LIMIT.limit, at=T0)
UP = StationConnected(station=A, at=T0, wire="ocpp2.1")
ACCEPTED = RegistrationDecided(station=A, at=T0, registration=Registration.ACCEPTED)
DOUBTED = StationClockDoubted(station=A, at=T0, ahead=3_600.0)
TRUSTED = StationClockTrusted(station=A, at=T0)


def station(limits: Limits, registration: Registration = Registration.ACCEPTED) -> Station:
    return Station(id=A, registration=registration, limits=limits)


@pytest.mark.parametrize(
    "limits", [Limits(desired={"0": LIMIT}), Limits(in_force={WHOLE: CONFIRMED}), Limits(asked={WHOLE: LIMIT})]
)
@pytest.mark.parametrize(("event", "afresh"), [(UP, False), (ACCEPTED, True), (DOUBTED, True), (TRUSTED, True)])
def test_a_station_that_is_there_again_is_brought_in_step(limits: Limits, event: Any, *, afresh: bool) -> None:
    assert type(event) in FLOW.on
    assert list(then(event, station(limits))) == [ReconcileLimits(station=A, afresh=afresh, compare=not afresh)]


T1 = TransferReference("t1")
BOUND = replace(LIMIT, evse=EvseNumber(1), transfer=T1)
ENDED = EnergyTransferEnded(station=A, at=T0, reference=T1, seq=9)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(desired={"0": BOUND}),
        Limits(in_force={EvseNumber(1): replace(CONFIRMED, asked=BOUND)}),
        Limits(asked={EvseNumber(1): BOUND}),
    ],
)
def test_what_was_wanted_for_a_transfer_is_looked_at_when_that_ends(limits: Limits) -> None:
    assert list(then(ENDED, station(limits))) == [ReconcileLimits(station=A)]
    assert list(then(replace(ENDED, reference=TransferReference("t2")), station(limits))) == []
    assert list(then(ENDED, station(Limits(desired={"0": LIMIT})))) == []


def test_one_that_nobody_limits_or_that_may_not_work_here_is_left_alone() -> None:
    assert list(then(UP, station(Limits()))) == []
    pending = station(Limits(desired={"0": LIMIT}), Registration.QUARANTINED)
    assert list(then(UP, pending)) == []
