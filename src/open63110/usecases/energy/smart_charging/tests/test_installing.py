# SPDX-License-Identifier: Apache-2.0
"""Charging profiles whole: a CSMS has a station hold one, and a station keeps to it while it counts (8.2.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Expired, Malformed, NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.kernel.units import Seconds, Watts
from open63110.model.installed import Installed, Wanted
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.policy import Policy, StationPolicy
from open63110.model.profile import ChargingProfile, ChargingSchedule, SchedulePeriod, ScheduleUpdate
from open63110.model.station import Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.energy.smart_charging import (
    AskProfiles,
    ClearProfile,
    InstallProfile,
    LimitAnswer,
    LimitInForce,
    LimitPower,
    ProfileInstalled,
    UseFailSafe,
    csms,
    dynamic,
    installing,
    station_profiles,
)
from open63110.usecases.energy.smart_charging.installed import _superfluous
from open63110.usecases.energy.smart_charging.profile_messages import ProfileUpdated, UpdateProfile
from open63110.usecases.energy.smart_charging.station import look, offer
from open63110.usecases.energy.smart_charging.tests.playing import play, unwoken

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS, ONE, TWO = StationId("CS-1"), EvseNumber(1), EvseNumber(2)
POLICY = StationPolicy(connection_timeout=Seconds(60.0))
HERE = Station(
    id=CS,
    registration=Registration.ACCEPTED,
    connected=NOW,
    wire="ocpp2.1",
    evses={one: Evse(number=one) for one in (ONE, TWO)},
)
TX = TransferReference("tx1")


def schedule(*periods: tuple[int, float], **what: Any) -> ChargingSchedule:
    return ChargingSchedule(periods=tuple(SchedulePeriod(start=at, limit=watts) for at, watts in periods), **what)


def profile(*periods: tuple[int, float], number: int = 7, start: datetime | None = None, **what: Any) -> ChargingProfile:
    said: dict[str, Any] = {"id": number, "schedules": (schedule(*periods, start=start),)} | what
    return ChargingProfile(**said)


NIGHTLY = profile((0, 5_000), (3_600, 2_000), start=datetime(2026, 4, 1, 22, 0, tzinfo=UTC), kind="recurring", recurs="daily")


def hold(one: ChargingProfile, evse: EvseNumber = ONE, station: Station = HERE, now: datetime = NOW) -> Any:
    """The station after it was told so."""
    return play(station, installing.obey(InstallProfile(station=CS, evse=evse, profile=one), station, now, POLICY))


def later(station: Any, now: datetime, *, shared: bool = False) -> Any:
    """The station after it has looked again."""
    return play(station, look(UseFailSafe(station=CS, shared=shared), station, now))[1]


def charging(station: Station, evse: EvseNumber = ONE, since: datetime = NOW) -> Station:
    transfer = EnergyTransfer(station=CS, number=TransferNumber(1), reference=TX, evse=evse, began=since)
    return replace(station, transfers={TX: transfer})


def test_what_recurs_is_kept_to_night_after_night() -> None:
    taken, held = hold(NIGHTLY)
    (wake,) = [one for one in taken if isinstance(one, Wake)]
    assert wake.at == NOW + 10 * HOUR
    assert [float(one.limit or 0.0) for one in taken if isinstance(one, LimitAnswer)] == [2_000.0]
    for hours, watts in ((10, 5_000), (11, 2_000), (34, 5_000)):
        held = later(held, NOW + hours * HOUR)
        assert held.limits.in_force[ONE].limit == watts
        assert offer(held, ONE, NOW + hours * HOUR).limit == Watts(watts)


def test_what_counts_for_an_hour_of_each_day_leaves_an_evse_free_between() -> None:
    short = replace(NIGHTLY, schedules=(schedule((0, 5_000), duration=3_600, start=datetime(2026, 4, 1, 22, 0, tzinfo=UTC)),))
    _, held = hold(short)
    assert held.limits.in_force == {}
    held = later(held, NOW + 10 * HOUR)
    assert held.limits.in_force[ONE].limit == 5_000
    held = later(held, NOW + 11 * HOUR)
    assert (held.limits.in_force, len(held.limits.desired)) == ({}, 1)
    assert later(held, NOW + 34 * HOUR).limits.in_force[ONE].limit == 5_000


def test_below_it_counts_what_was_there_before() -> None:
    short = replace(NIGHTLY, schedules=(schedule((0, 5_000), duration=3_600, start=datetime(2026, 4, 1, 22, 0, tzinfo=UTC)),))
    _, held = hold(profile((0, 8_000), number=3, level=1))
    _, held = hold(short, station=held)
    assert held.limits.in_force[ONE].limit == 8_000
    assert later(held, NOW + 10 * HOUR).limits.in_force[ONE].limit == 5_000


def test_what_is_relative_begins_anew_with_each_transfer() -> None:
    _, held = hold(profile((0, 5_000), (600, 2_000), kind="relative"), evse=WHOLE)
    assert set(held.limits.in_force) == {ONE, TWO}
    assert held.limits.in_force[ONE].limit == 5_000
    running = later(charging(held, since=NOW + HOUR), NOW + HOUR, shared=True)
    assert running.limits.in_force[ONE].limit == 5_000
    running = later(running, NOW + HOUR + timedelta(seconds=600))
    assert (running.limits.in_force[ONE].limit, running.limits.in_force[TWO].limit) == (2_000, 5_000)
    ended = replace(running, transfers={TX: replace(running.transfers[TX], ended=NOW + 2 * HOUR)})
    assert later(ended, NOW + 2 * HOUR, shared=True).limits.in_force[ONE].limit == 5_000


def test_what_comes_with_a_start_is_bound_to_the_transfer_that_begins() -> None:
    _, held = hold(profile((0, 5_000), (600, 2_000), kind="relative", purpose="TxProfile", until=NOW + 9 * HOUR))
    assert list(held.limits.desired) == ["1/2/next"]
    began = NOW + timedelta(seconds=30)
    running = later(charging(held, since=began), began, shared=True)
    ((place, limit),) = running.limits.desired.items()
    assert (place, limit.transfer, limit.until) == ("1/2/transfer", TX, NOW + 9 * HOUR)
    assert later(running, began + timedelta(seconds=600)).limits.in_force[ONE].limit == 2_000
    ended = replace(running, transfers={TX: replace(running.transfers[TX], ended=NOW + HOUR)})
    assert later(ended, NOW + HOUR, shared=True).limits.desired == {}


def test_what_comes_with_a_start_that_nobody_follows_is_gone_with_it() -> None:
    _, held = hold(profile((0, 5_000), purpose="TxProfile"))
    assert later(held, NOW + timedelta(seconds=61)).limits.desired == {}


def test_what_comes_with_a_start_of_a_transfer_that_runs_already_is_its_own() -> None:
    _, held = hold(profile((0, 5_000), purpose="TxProfile"), station=charging(HERE))
    assert [(key, one.transfer) for key, one in held.limits.desired.items()] == [("1/2/transfer", TX)]


def test_one_with_the_id_of_another_takes_its_place_wherever_that_was() -> None:
    _, held = hold(profile((0, 5_000)))
    taken, held = hold(profile((0, 4_000), level=3), evse=TWO, station=held)
    assert list(held.limits.desired) == ["2/3"]
    assert set(held.limits.in_force) == {TWO}
    assert [one.limit for one in taken if isinstance(one, LimitInForce)] == [Watts(4_000)]


@pytest.mark.parametrize(
    ("period", "watts"),
    [
        (SchedulePeriod(limit=16.0, others=(10.0, 12.0)), 3 * 10 * 230),
        (SchedulePeriod(limit=16.0, phases=1), 16 * 230),
        (SchedulePeriod(setpoint=8.0, mode="CentralSetpoint"), 3 * 8 * 230),
        (SchedulePeriod(setpoint=-8.0, limit=16.0, mode="CentralSetpoint"), 0),
        (SchedulePeriod(mode="Idle"), 0),
        (SchedulePeriod(limit=16.0, asleep=True), 0),
    ],
)
def test_it_draws_no_more_than_any_word_of_a_period_allows(period: SchedulePeriod, watts: float) -> None:
    _, held = hold(profile(schedules=(ChargingSchedule(unit="A", periods=(period,)),)))
    assert held.limits.in_force[ONE].limit == watts


@pytest.mark.parametrize(
    ("period", "where"),
    [(SchedulePeriod(limit=1.0, mode="LocalFrequency"), "operationMode"), (SchedulePeriod(more={"dischargeLimit": -5}), "limit")],
)
def test_it_takes_nothing_that_it_does_not_do(period: SchedulePeriod, where: str) -> None:
    with pytest.raises(NotSupported) as no:
        hold(profile(schedules=(ChargingSchedule(periods=(period,)),)))
    assert no.value.where == where


@pytest.mark.parametrize(
    ("wrong", "evse", "kind"),
    [
        (profile((0, 1), until=NOW), ONE, Expired),
        (profile((0, 1), purpose="TxProfile", transfer=TransferReference("other")), ONE, Unknown),
        (profile((0, 1)), EvseNumber(9), Unknown),
        (profile((0, 1), purpose="PriorityCharging"), ONE, NotSupported),
    ],
)
def test_what_is_over_or_is_for_nothing_there_is_refused(wrong: ChargingProfile, evse: EvseNumber, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        hold(wrong, evse)


def test_it_reports_a_profile_as_it_was_told_and_what_it_makes_of_it() -> None:
    three = replace(NIGHTLY, schedules=(*NIGHTLY.schedules, schedule((0, 9_000), id=2, more={"salesTariff": {"id": 1}})))
    _, held = hold(three)
    part, _ = list(station_profiles.tell(AskProfiles(station=CS, request=1), held, NOW))
    (one,) = part.profiles  # type: ignore[union-attr] # it is a report
    assert (one.whole, one.limit, one.purpose, one.level) == (three, 2_000, "TxDefaultProfile", 2)
    assert [((step.since - NOW) / HOUR, step.limit) for step in one.ahead[:3]] == [(10, 5_000), (11, 2_000), (34, 5_000)]
    _, after = unwoken(held, station_profiles.clear(ClearProfile(station=CS, profile=7), held, NOW))
    assert after.limits.desired == {}


# -- at the CSMS --


def wish(one: ChargingProfile = NIGHTLY, evse: EvseNumber = ONE) -> InstallProfile:
    return InstallProfile(station=CS, evse=evse, profile=one)


def limited(evse: EvseNumber) -> Station:
    limit = Limit(evse=evse, limit=Watts(5_000), since=NOW)
    return replace(HERE, limits=Limits(in_force={evse: Confirmed(asked=limit, limit=limit.limit, at=NOW)}))


def test_it_is_passed_on_where_no_limit_counts_that_it_could_lie_above() -> None:
    for station in (HERE, limited(TWO), limited(WHOLE)):
        assert list(installing.ask(wish(), station)) == [wish()]


@pytest.mark.parametrize(
    ("asked", "station", "kind"),
    [
        (wish(), limited(ONE), Refused),
        (wish(evse=WHOLE), limited(ONE), Refused),
        (wish(profile((0, 1), purpose="ChargingStationMaxProfile"), WHOLE), limited(WHOLE), Refused),
        (wish(profile((0, 1), purpose="LocalGeneration"), WHOLE), limited(WHOLE), Refused),
        (wish(profile((0, 1), purpose="PriorityCharging")), limited(ONE), Refused),
        (wish(), replace(HERE, connected=None), Unavailable),
        (wish(evse=EvseNumber(9)), HERE, Unknown),
        (wish(profile((0, 1), purpose="TxProfile")), HERE, Unknown),
        (wish(profile((9, 1))), HERE, Malformed),
    ],
)
def test_else_it_is_refused(asked: InstallProfile, station: Station, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        list(installing.ask(asked, station))


def test_one_that_is_wanted_is_not_taken_for_what_an_earlier_csms_left() -> None:
    said = ProfileInstalled(station=CS, at=NOW, evse=ONE, profile=7, purpose="TxDefaultProfile")
    _, known = play(HERE, installing.hear(said))
    assert known.profiles.wanted == (Wanted(profile=7, evse=ONE),)
    found = Installed(id=7, evse=ONE, source="cso", purpose="TxDefaultProfile", level=2)
    assert [_superfluous(found, one) for one in (known, HERE)] == [False, True]


def moving() -> Any:
    said = ProfileInstalled(station=CS, at=NOW, evse=ONE, profile=7, update=ScheduleUpdate(limit=5_000.0))
    return play(HERE, installing.hear(said))[1]


def test_a_dynamic_profile_is_updated_and_whoever_asks_is_told_what_it_allows_by_now() -> None:
    command = UpdateProfile(station=CS, profile=7, update=ScheduleUpdate(setpoint=3_000.0))
    station = moving()
    assert list(installing.ask_update(command, station)) == [command]
    _, after = play(station, installing.hear(ProfileUpdated(station=CS, at=NOW, profile=7, update=command.update)))
    (answer,) = dynamic.tell(dynamic.PullLimit(station=CS, evse=None, profile=7), after, NOW)
    assert answer == dynamic.PulledLimit(update=ScheduleUpdate(limit=5_000.0, setpoint=3_000.0))


@pytest.mark.parametrize(
    ("command", "station", "kind"),
    [
        (UpdateProfile(station=CS, profile=7, update=ScheduleUpdate()), moving(), Malformed),
        (UpdateProfile(station=CS, profile=8, update=ScheduleUpdate(limit=1.0)), moving(), Unknown),
        (UpdateProfile(station=CS, profile=7, update=ScheduleUpdate(limit=1.0)), replace(moving(), connected=None), Unavailable),
    ],
)
def test_what_is_no_update_of_one_is_refused(command: UpdateProfile, station: Station, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        list(installing.ask_update(command, station))


def test_a_station_draws_no_more_than_a_setpoint_says() -> None:
    limit = Limit(evse=ONE, limit=Watts(8_000), since=NOW)
    for setpoint, watts in ((3_000.0, 3_000.0), (-3_000.0, 0.0), (9_000.0, 8_000.0)):
        assert replace(limit, setpoint=Watts(setpoint)).allows(NOW) == Watts(watts)


@pytest.mark.parametrize(("evse", "gone"), [(ONE, [1, 2]), (TWO, [2]), (WHOLE, [3])])
def test_a_limit_clears_the_profiles_that_could_lie_above_it(evse: EvseNumber, gone: list[int]) -> None:
    wanted = (Wanted(profile=1, evse=ONE), Wanted(profile=2, evse=WHOLE), Wanted(profile=3, evse=WHOLE, whole=True))
    station = replace(HERE, profiles=replace(HERE.profiles, wanted=wanted))
    taken = list(csms.ask(LimitPower(station=CS, evse=evse, limit=Watts(4_000)), station, NOW, Policy()))
    assert [one.profile for one in taken if isinstance(one, ClearProfile)] == gone
