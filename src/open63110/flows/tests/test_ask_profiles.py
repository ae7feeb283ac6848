# SPDX-License-Identifier: Apache-2.0
"""A station that is there again is asked which charging profiles it holds (8.3.15 → 8.2.3)."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import T0

from open63110.flows.ask_profiles import FLOW, then
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.installed import Profiles
from open63110.model.limit import Limit, Limits
from open63110.model.site import ZoneKey
from open63110.model.station import Registration, RegistrationDecided, Station, StationConnected
from open63110.usecases.energy.smart_charging import AskProfiles

A = StationId("A")
UP = StationConnected(station=A, at=T0, wire="ocpp2.1")
ACCEPTED = RegistrationDecided(station=A, at=T0, registration=Registration.ACCEPTED)
LIMITED = Station(
    id=A,
    registration=Registration.ACCEPTED,
    wire="ocpp2.1",
    connected=T0,
    limits=Limits(desired={"0": Limit(limit=Watts(3_000.0), since=T0)}),
)


@pytest.mark.parametrize("event", [UP, ACCEPTED])
@pytest.mark.parametrize("station", [LIMITED, replace(LIMITED, limits=Limits(), zone=ZoneKey("north/deck"))])
def test_one_whose_power_is_looked_after_is_asked(event: Any, station: Station) -> None:
    assert type(event) in FLOW.on
    assert list(then(event, station)) == [AskProfiles(station=A)]


@pytest.mark.parametrize(
    "station",
    [
        replace(LIMITED, limits=Limits()),
        replace(LIMITED, wire="ocpp1.6"),
        replace(LIMITED, via=("mall",)),
        replace(LIMITED, connected=None),
        replace(LIMITED, profiles=Profiles(request=1, since=T0)),
    ],
    ids=["nobody limits it", "no words for it", "another level looks after it", "not there", "asked already"],
)
def test_nobody_else_is(station: Station) -> None:
    assert list(then(UP, station)) == []


def test_a_question_of_an_earlier_connection_does_not_count() -> None:
    before = replace(LIMITED, profiles=Profiles(request=1, since=T0 - timedelta(seconds=1)))
    assert list(then(UP, before)) == [AskProfiles(station=A)]
