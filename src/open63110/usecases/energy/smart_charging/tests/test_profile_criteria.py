# SPDX-License-Identifier: Apache-2.0
"""Some of the profiles that a station holds are asked for, or cleared (8.2.3)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.policy import Policy
from open63110.model.station import Evse, Registration, Station
from open63110.usecases.energy.smart_charging import (
    AskProfiles,
    ClearProfiles,
    Criteria,
    LimitPower,
    ProfilesAnswer,
    ProfilesCleared,
    installed,
    station_profiles,
)
from open63110.usecases.energy.smart_charging.station import obey
from open63110.usecases.energy.smart_charging.tests.playing import unwoken

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS, ONE, TWO = StationId("CS-1"), EvseNumber(1), EvseNumber(2)
POLICY = Policy()
HERE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    wire="ocpp2.1",
    evses={one: Evse(number=one) for one in (ONE, TWO)},
)


def profile(number: int, evse: EvseNumber = ONE, level: int = 5, **what: Any) -> Installed:
    said = {"purpose": "TxDefaultProfile", "source": "cso"} | what
    return Installed(id=number, evse=evse, level=level, **said)


def holding(*limits: LimitPower) -> Station:
    """A station of this product that was told so much."""
    found: Any = HERE
    for one in limits:
        _, found = unwoken(found, obey(one, found, NOW))
    return found  # type: ignore[no-any-return] # it is what it was


TOLD = (
    LimitPower(station=CS, evse=WHOLE, limit=Watts(9_000), profile=11, level=2),
    LimitPower(station=CS, evse=ONE, limit=Watts(8_000), profile=12, level=2),
    LimitPower(station=CS, evse=ONE, limit=Watts(7_000), profile=13, level=3),
    LimitPower(station=CS, evse=TWO, limit=Watts(6_000), profile=14, level=3),
)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ({"evse": ONE}, [12, 13]),
        ({"evse": WHOLE}, [11]),
        ({"purpose": "TxDefaultProfile"}, [12, 13, 14]),
        ({"level": 3}, [13, 14]),
        ({"profiles": (14, 99)}, [14]),
        ({"sources": ("cso",), "level": 2, "evse": ONE}, [12]),
    ],
)
def test_a_station_reports_those_that_fit_all_that_was_said(what: dict[str, Any], found: list[int]) -> None:
    *parts, answer = list(station_profiles.tell(AskProfiles(station=CS, request=7, **what), holding(*TOLD), NOW))
    assert answer == ProfilesAnswer(count=len(found))
    assert [each.id for one in parts if isinstance(one, ProfilesReported) for each in one.profiles] == found


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ({"evse": ONE}, [11, 14]),
        ({"purpose": "TxDefaultProfile", "level": 3}, [11, 12]),
        ({"purpose": "ChargingStationMaxProfile"}, [12, 13, 14]),
        ({"evse": WHOLE, "purpose": "TxDefaultProfile"}, [11]),
        ({}, []),
    ],
)
def test_a_station_clears_those_that_fit_and_keeps_to_the_others(what: dict[str, Any], left: list[int]) -> None:
    _, after = unwoken(before := holding(*TOLD), station_profiles.clear_some(ClearProfiles(station=CS, **what), before, NOW))
    assert [one.profile for one in after.limits.desired.values()] == left
    assert set(after.limits.in_force) == {one.evse for one in after.limits.desired.values()}


@pytest.mark.parametrize("what", [{"sources": ("ems",)}, {"level": 9}])
def test_what_fits_nothing_is_said_to(what: dict[str, Any]) -> None:
    with pytest.raises(Unknown):
        list(station_profiles.tell(AskProfiles(station=CS, request=7, **what), holding(*TOLD), NOW))
    with pytest.raises(Unknown):
        list(station_profiles.clear_some(ClearProfiles(station=CS, level=9), holding(*TOLD), NOW))


def reported(station: Station, *profiles: Installed, **what: Any) -> tuple[list[Any], Any]:
    _, waiting = unwoken(station, installed.ask(AskProfiles(station=CS, **what), station, NOW, POLICY))
    said = ProfilesReported(station=CS, at=NOW, request=waiting.profiles.request, profiles=profiles)
    return unwoken(waiting, installed.hear(said, waiting, NOW, POLICY))


def test_a_report_of_some_takes_nothing_from_the_others_and_is_compared_with_nothing() -> None:
    limit = Limit(evse=ONE, limit=Watts(5_000), since=NOW)
    limited = replace(HERE, limits=Limits(in_force={ONE: Confirmed(asked=limit, limit=limit.limit, at=NOW)}))
    others = (profile(-1, source="ems", limit=Watts(4_000)), profile(-2, source="ems"))
    _, known = reported(limited, *others)
    at = known.profiles.at
    taken, after = reported(known, profile(-1, source="ems", limit=Watts(3_000)), sources=("ems",))
    assert [(one.id, one.limit) for one in after.profiles.known] == [(-2, None), (-1, 3_000)]
    assert (after.profiles.at, after.profiles.partly, after.profiles.request) == (at, False, None)
    assert [type(one).__name__ for one in taken] == ["ProfilesReported"]  # a limit that is not named is not taken for lost


def test_a_report_of_all_is_not_given_up_for_one_of_some() -> None:
    _, waiting = unwoken(HERE, installed.ask(AskProfiles(station=CS), HERE, NOW, POLICY))
    with pytest.raises(Unavailable) as no:
        list(installed.ask(AskProfiles(station=CS, level=1), waiting, NOW, POLICY))
    assert no.value.code == "ReportUnderWay"


@pytest.mark.parametrize(
    ("what", "hits"),
    [
        ({}, True),
        ({"evse": ONE}, True),
        ({"purpose": "TxDefaultProfile", "level": 1}, True),
        ({"evse": TWO}, False),
        ({"level": 2}, False),
        ({"purpose": "ChargingStationMaxProfile"}, False),
    ],
)
def test_a_limit_that_counts_is_withdrawn_and_not_cleared_behind_its_back(what: dict[str, Any], hits: bool) -> None:
    limit = Limit(evse=ONE, limit=Watts(5_000), since=NOW)
    limited = replace(HERE, limits=Limits(in_force={ONE: Confirmed(asked=limit, limit=limit.limit, at=NOW)}))
    command = ClearProfiles(station=CS, **what)
    if hits:
        with pytest.raises(Refused) as no:
            list(installed.clear_some(command, limited))
        assert no.value.code == "LimitCounts"
    else:
        assert list(installed.clear_some(command, limited)) == [command]


def test_what_was_cleared_is_known_no_more() -> None:
    _, known = reported(HERE, profile(-1, source="ems"), profile(-2, TWO, source="ems"))
    known = replace(known, profiles=replace(known.profiles, known=(profile(7), profile(8, TWO), *known.profiles.known)))
    gone = ProfilesCleared(station=CS, at=NOW, criteria=Criteria(evse=ONE, sources=("cso",)))
    taken, after = unwoken(known, installed.hear_some_cleared(gone, known))
    assert taken == [gone]
    assert [one.id for one in after.profiles.known] == [8, -1, -2]
    assert list(installed.hear_some_cleared(gone, after)) == []


def test_nothing_is_cleared_where_nobody_is_or_nothing_stands() -> None:
    with pytest.raises(Unavailable):
        list(installed.clear_some(ClearProfiles(station=CS), replace(HERE, connected=None)))
    with pytest.raises(Unknown):
        list(installed.clear_some(ClearProfiles(station=CS, evse=EvseNumber(9)), HERE))
