# SPDX-License-Identifier: Apache-2.0
"""What a station says it holds is put together and compared with what it should hold (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Effect
from open63110.kernel.units import Watts
from open63110.model.external import ExternalLimit, ExternalLimitSet
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.limit import WHOLE, Ahead, Confirmed, Limit, Limits
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.usecases.energy.smart_charging import (
    FAIL_SAFE_VALUE,
    USE_CASE,
    AskProfiles,
    ClearProfile,
    GiveUpProfiles,
    LimitDiffers,
    LimitPower,
    LimitSent,
    ProfileCleared,
    ProfilesAsked,
    ProfilesUnreported,
)
from open63110.usecases.energy.smart_charging.installed import ask, clear, give_up, hear, hear_cleared
from open63110.usecases.energy.smart_charging.tests.playing import unwoken

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS, ONE, TWO = StationId("CS-1"), EvseNumber(1), EvseNumber(2)
POLICY = Policy()
KNOWN = Confirmed(asked=Limit(evse=ONE, limit=Watts(5_000), since=NOW), limit=Watts(5_000), at=NOW)
HERE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    wire="ocpp2.1",
    limits=Limits(in_force={ONE: KNOWN}, desired={"1/station/operator": KNOWN.asked}),
)
HELD = Installed(id=6_311_003, evse=ONE, source="cso", purpose="TxDefaultProfile", level=1, ours=True, limit=Watts(5_000))


def asked(station: Station = HERE) -> Any:
    _, after = unwoken(station, ask(AskProfiles(station=CS), station, NOW, POLICY))
    return after


def report(*profiles: Installed, more: bool = False, request: int = 1) -> ProfilesReported:
    return ProfilesReported(station=CS, at=NOW, request=request, profiles=profiles, more=more)


def heard(*profiles: Installed, station: Station = HERE) -> tuple[list[Effect], Any]:
    before = asked(station)
    return unwoken(before, hear(report(*profiles), before, NOW, POLICY))


def test_each_question_has_a_number_of_its_own_and_an_earlier_report_counts_no_more() -> None:
    taken, once = unwoken(HERE, ask(AskProfiles(station=CS), HERE, NOW, POLICY))
    assert taken == [ProfilesAsked(station=CS, at=NOW, request=1), AskProfiles(station=CS, request=1)]
    twice = asked(once)
    assert twice.profiles.request == 2
    assert list(hear(report(HELD), twice, NOW, POLICY)) == []


def test_one_that_is_not_there_cannot_be_asked() -> None:
    gone = replace(HERE, connected=None)
    with pytest.raises(Unavailable):
        list(ask(AskProfiles(station=CS), gone, NOW, POLICY))
    with pytest.raises(Unavailable):
        list(clear(ClearProfile(station=CS, profile=HELD.id), replace(heard(HELD)[1], connected=None)))


def test_parts_are_put_together_and_compared_once_all_are_there() -> None:
    waiting = asked()
    first, waiting = unwoken(waiting, hear(report(more=True), waiting, NOW, POLICY))
    assert [type(one) for one in first] == [ProfilesReported]
    assert (waiting.profiles.known, waiting.profiles.request) == ((), 1)
    last, after = unwoken(waiting, hear(report(HELD), waiting, NOW, POLICY))
    assert [type(one) for one in last] == [ProfilesReported]
    assert (after.profiles.known, after.profiles.request, after.profiles.at) == ((HELD,), None, NOW)


def test_a_report_that_does_not_come_is_given_up_and_what_was_known_stays() -> None:
    _, known = heard(HELD)
    again = asked(known)
    taken, after = unwoken(again, give_up(GiveUpProfiles(station=CS, request=2), again, NOW))
    assert taken == [ProfilesUnreported(station=CS, at=NOW, request=2)]
    assert (after.profiles.known, after.profiles.trouble, after.profiles.request) == ((HELD,), "NoReport", None)
    assert list(give_up(GiveUpProfiles(station=CS, request=2), after, NOW)) == []


@pytest.mark.parametrize(
    ("part", "parts"),
    [
        ([replace(HELD, id=number) for number in range(100)], 10),
        ([replace(HELD, ahead=tuple(Ahead(since=NOW + timedelta(hours=n), limit=Watts(1.0)) for n in range(1_024)))], 4),
    ],
    ids=["profiles", "steps"],
)
def test_a_report_without_an_end_is_given_up_and_what_was_known_stays(part: list[Installed], parts: int) -> None:
    _, known = heard(HELD)
    again = asked(known)
    for _ in range(parts):
        taken, again = unwoken(again, hear(report(*part, more=True, request=2), again, NOW, POLICY))
        assert [type(one) for one in taken] == [ProfilesReported]
    last, after = unwoken(again, hear(report(*part, request=2), again, NOW, POLICY))
    assert last == [ProfilesUnreported(station=CS, at=NOW, request=2, reason="TooMany")]
    assert (after.profiles.known, after.profiles.trouble, after.profiles.parts) == ((HELD,), "TooMany", ())
    assert list(hear(report(*part, request=2), after, NOW, POLICY)) == []


def test_what_another_csms_left_and_what_is_of_a_place_or_a_transfer_that_is_not_limited_is_cleared() -> None:
    others = replace(HELD, id=7, ours=False, level=9)
    elsewhere = replace(HELD, id=6_311_005, evse=TWO)
    over = replace(HELD, id=6_312_003, purpose="TxProfile", transfer=TransferReference("old"))
    taken, _ = heard(HELD, others, elsewhere, over)
    assert [one.profile for one in taken if isinstance(one, ClearProfile)] == [7, 6_311_005, 6_312_003]


def test_what_others_set_is_kept_and_of_two_at_one_place_the_lower_one_counts() -> None:
    ems = replace(HELD, id=-1, source="ems", purpose="ChargingStationExternalConstraints", ours=False, limit=Watts(4_000))
    known = ExternalLimit(evse=ONE, source="ems", since=NOW, limit=Watts(9_000), critical=True)
    taken, after = heard(HELD, ems, replace(ems, id=-2, limit=Watts(3_000)), station=replace(HERE, external={known.place: known}))
    (fact,) = [one for one in taken if isinstance(one, ExternalLimitSet)]
    assert fact.limit.limit == Watts(3_000)
    assert fact.limit.critical
    assert len(after.profiles.foreign()) == 2
    assert [type(one) for one in heard(HELD, replace(ems, limit=None))[0]] == [ProfilesReported]


def test_a_profile_that_lies_beside_limits_is_left_alone() -> None:
    priority = replace(HELD, id=9, ours=False, purpose="PriorityCharging")
    assert [type(one) for one in heard(HELD, priority)[0]] == [ProfilesReported]


@pytest.mark.parametrize(
    "held",
    [
        (),
        (replace(HELD, limit=Watts(9_000)),),
        (replace(HELD, ahead=(Ahead(since=NOW + timedelta(seconds=20), limit=Watts(9_000)),)),),
        (replace(HELD, limit=None),),
    ],
    ids=["none", "more", "more later", "unreadable"],
)
def test_a_station_that_does_not_hold_what_it_confirmed_is_told_again_and_counts_with_what_it_may_draw(held: Any) -> None:
    taken, after = heard(*held)
    assert [type(one) for one in taken if not isinstance(one, ProfilesReported)] == [LimitDiffers, LimitSent, LimitPower]
    assert max(after.limits.exposed[ONE]) >= 9_000


def test_what_is_under_way_or_over_is_not_compared() -> None:
    limits = HERE.limits
    asked_for = replace(HERE, limits=replace(limits, asked={ONE: KNOWN.asked}))
    over = replace(KNOWN, asked=replace(KNOWN.asked, until=NOW))
    for station in (asked_for, replace(HERE, limits=replace(limits, in_force={ONE: over}))):
        assert [type(one) for one in heard(station=station)[0]] == [ProfilesReported]


def test_a_limit_without_what_remains_of_it_is_told_again() -> None:
    safe = replace(KNOWN, asked=replace(KNOWN.asked, failsafe=Watts(1_400)))
    limits = Limits(in_force={ONE: safe}, desired={"1/station/operator": safe.asked})
    lacking = replace(HERE, lacks=(FAIL_SAFE_VALUE,), limits=limits)
    assert [one.level for one in heard(HELD, station=lacking)[0] if isinstance(one, LimitPower)] == [1, 0]
    below = replace(HELD, id=6_311_002, safe=True)
    assert [type(one) for one in heard(HELD, below, station=lacking)[0]] == [ProfilesReported]
    alone = replace(lacking, limits=replace(limits, levels=0))
    assert [type(one) for one in heard(HELD, station=alone)[0]] == [ProfilesReported]


def test_one_profile_is_cleared_on_demand_if_it_was_reported() -> None:
    _, known = heard(HELD, replace(HELD, id=-4, source="so", ours=False, evse=WHOLE))
    command = ClearProfile(station=CS, profile=-4)
    assert list(clear(command, known)) == [command]
    gone = ProfileCleared(station=CS, at=NOW, profile=-4)
    taken, after = unwoken(known, hear_cleared(gone, known))
    assert (taken, after.profiles.known) == ([gone], (HELD,))
    assert list(hear_cleared(gone, after)) == []
    with pytest.raises(Unknown, match="reported no profile"):
        list(clear(command, after))


def test_a_station_that_says_it_itself_awaits_nothing() -> None:
    assert USE_CASE.evolve[ProfilesReported](report(HELD), HERE) is HERE
