# SPDX-License-Identifier: Apache-2.0
"""What a station says of the limits it was told, one by one, and how it drops one of them (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit
from open63110.model.installed import ProfilesReported
from open63110.model.limit import WHOLE, Ahead
from open63110.model.station import Evse, Station
from open63110.usecases.energy.smart_charging import (
    AskProfiles,
    ClearProfile,
    LimitCleared,
    LimitPower,
    ProfilesAnswer,
)
from open63110.usecases.energy.smart_charging.station import obey
from open63110.usecases.energy.smart_charging.station_profiles import clear, tell
from open63110.usecases.energy.smart_charging.tests.playing import unwoken

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS, ONE = StationId("CS-1"), EvseNumber(1)
FRESH = Station(id=CS, connected=NOW, evses={ONE: Evse(number=ONE)})
STEP = Ahead(since=NOW + timedelta(minutes=5), limit=Watts(2_000))


def told(*limits: LimitPower) -> Any:
    station = FRESH
    for one in limits:
        _, station = unwoken(station, obey(one, station, NOW))
    return station


WHOLE_LIMIT = LimitPower(station=CS, evse=WHOLE, limit=Watts(9_000), profile=11)
SAFE = LimitPower(station=CS, evse=ONE, limit=Watts(1_400), level=0, profile=12)
OWN = LimitPower(station=CS, evse=ONE, limit=Watts(5_000), ahead=(STEP,), until=NOW + timedelta(hours=1), profile=13)


def test_it_reports_each_place_and_whoever_set_it_as_a_part() -> None:
    others = {
        one.place: one
        for one in (
            ExternalLimit(evse=ONE, source="ems", since=NOW, limit=Watts(4_000)),
            ExternalLimit(evse=WHOLE, source="so", since=NOW, limit=Watts(900), generation=True),
            ExternalLimit(evse=WHOLE, source="other", since=NOW),
        )
    }
    station = told(WHOLE_LIMIT, SAFE, OWN)
    station = replace(station, external=others)
    *parts, answer = list(tell(AskProfiles(station=CS, request=7), station, NOW))
    assert answer == ProfilesAnswer(count=5)
    assert all(isinstance(one, ProfilesReported) and one.request == 7 for one in parts)
    said: Any = parts
    assert [one.more for one in said] == [True, True, True, False]
    assert [[each.id for each in one.profiles] for one in said] == [[11], [-2], [12, 13], [-1]]
    own = said[2].profiles[1]
    assert (own.limit, own.ahead, own.until, own.purpose, own.safe) == (5_000, (STEP,), OWN.until, "TxDefaultProfile", False)
    assert [one.profiles[0].purpose for one in said] == [
        "ChargingStationMaxProfile",
        "LocalGeneration",
        "TxDefaultProfile",
        "ChargingStationExternalConstraints",
    ]


def test_one_that_holds_nothing_says_so() -> None:
    with pytest.raises(Unknown) as no:
        list(tell(AskProfiles(station=CS, request=7), FRESH, NOW))
    assert no.value.code == "NoProfiles"


def test_it_drops_one_and_keeps_to_what_is_left_at_the_same_place() -> None:
    station = told(SAFE, OWN)
    taken, station = unwoken(station, clear(ClearProfile(station=CS, profile=13), station, NOW))
    assert (station.limits.in_force[ONE].limit, station.limits.in_force[ONE].by) == (1_400, "fail-safe")
    assert not any(isinstance(one, LimitCleared) for one in taken)
    taken, station = unwoken(station, clear(ClearProfile(station=CS, profile=12), station, NOW))
    assert any(isinstance(one, LimitCleared) for one in taken)
    assert station.limits.in_force == {}


@pytest.mark.parametrize("profile", [13, 0])
def test_it_drops_none_that_it_does_not_hold(profile: int) -> None:
    station = told(SAFE, LimitPower(station=CS, evse=ONE, limit=Watts(5_000)))
    with pytest.raises(Unknown) as no:
        list(clear(ClearProfile(station=CS, profile=profile), station, NOW))
    assert no.value.code == "UnknownProfile"
