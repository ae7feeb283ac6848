# SPDX-License-Identifier: Apache-2.0
"""Any message about charging profiles of a station that OCPP 2.x can carry."""

from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conformance.v201.golden import CS

from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Message
from open63110.model.external import ExternalSource
from open63110.model.profile import ChargingProfile, ChargingSchedule, SchedulePeriod
from open63110.usecases.energy.smart_charging import AskProfiles, ClearProfile, ClearProfiles, InstallProfile

purposes = st.sampled_from(("", "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"))

moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
rates = st.integers(0, 10**7).map(lambda tenths: tenths / 10)
periods = st.builds(
    lambda starts, said: tuple(
        SchedulePeriod(start=start, limit=limit, phases=phases)
        for start, (limit, phases) in zip([0, *sorted(starts)], said, strict=False)
    ),
    starts=st.sets(st.integers(1, 10**6), max_size=5),
    said=st.lists(st.tuples(rates, st.none() | st.integers(1, 3)), min_size=1, max_size=6),
)
schedules = st.builds(
    ChargingSchedule,
    id=st.integers(1, 99),
    unit=st.sampled_from(("W", "A")),
    periods=periods,
    start=st.none() | moment,
    duration=st.none() | st.integers(1, 10**6),
    least=st.none() | rates,
)


def _timed(profile: ChargingProfile) -> st.SearchStrategy[ChargingProfile]:
    """One that recurs, is relative, or absolute; for a transaction if it is a TxProfile."""
    transfer = TransferReference("1234567" if profile.purpose == "TxProfile" else "")
    return st.sampled_from(
        (
            replace(profile, transfer=transfer),
            replace(profile, transfer=transfer, kind="relative"),
            replace(profile, transfer=transfer, kind="recurring", recurs="daily"),
            replace(profile, transfer=transfer, kind="recurring", recurs="weekly"),
        )
    )


PROFILES: dict[type[Message], st.SearchStrategy[Any]] = {
    AskProfiles: st.builds(
        AskProfiles,
        station=st.just(CS),
        request=st.integers(0, 2**31),
        evse=st.none() | st.integers(0, 999),
        purpose=purposes,
        level=st.none() | st.integers(0, 99),
        profiles=st.lists(st.integers(1, 2**31), max_size=3).map(tuple),
        sources=st.lists(st.sampled_from(get_args(ExternalSource)), max_size=3, unique=True).map(tuple),
    ),
    ClearProfiles: st.builds(
        ClearProfiles,
        station=st.just(CS),
        evse=st.none() | st.integers(0, 999),
        purpose=purposes,
        level=st.none() | st.integers(0, 99),
    ).filter(lambda one: one.evse is None or one.level is not None),
    InstallProfile: st.builds(
        InstallProfile,
        station=st.just(CS),
        evse=st.integers(1, 999),
        profile=st.builds(
            ChargingProfile,
            id=st.integers(1, 6_000_000),
            purpose=st.sampled_from(("TxDefaultProfile", "TxProfile")),
            level=st.integers(0, 99),
            begins=moment,
            until=st.none() | moment,
            schedules=st.lists(schedules, min_size=1, max_size=3).map(tuple),
        ).flatmap(_timed),
    ),
    ClearProfile: st.builds(ClearProfile, station=st.just(CS), profile=st.integers(-(2**31), 2**31).filter(bool)),
}
