# SPDX-License-Identifier: Apache-2.0
"""From a start to the end of what ran at that EVSE before (6.1, I13)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.literal import Clock, Ids

from open63110.flows.end_superseded_transfers import then
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.model.transfer import ESTIMATED, EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.sessions.energy_transfer import EndForgottenTransfer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
OLD, NEW = TransferReference("old"), TransferReference("new")
START = EnergyTransferStarted(station=CS, at=NOW, reference=NEW, seq=0, evse=EvseNumber(1))
OPEN = EnergyTransfer(station=CS, number=TransferNumber(1), reference=OLD, evse=EvseNumber(1), began=NOW - timedelta(hours=1))


def test_what_ran_there_before_ends_by_rule() -> None:
    wanted = EndForgottenTransfer(station=CS, reference=OLD, reason="Other", superseded=True)
    assert list(then(START, Station(id=CS, transfers={OLD: OPEN}))) == [wanted]


@pytest.mark.parametrize(
    "transfer",
    [
        replace(OPEN, ended=NOW),
        replace(OPEN, evse=EvseNumber(2)),
        replace(OPEN, reference=NEW),
        replace(OPEN, began=None),
        replace(OPEN, newest=NOW + timedelta(minutes=1)),
    ],
    ids=["ended", "elsewhere", "the same", "without a start", "spoken of later"],
)
def test_everything_else_goes_on(transfer: EnergyTransfer) -> None:
    assert list(then(START, Station(id=CS, transfers={transfer.reference: transfer}))) == []


def test_a_start_that_is_told_late_is_over_itself() -> None:
    later = replace(OPEN, began=NOW + timedelta(hours=1), newest=NOW + timedelta(hours=1))
    wanted = EndForgottenTransfer(station=CS, reference=NEW, reason="Other", superseded=True)
    assert list(then(START, Station(id=CS, transfers={OLD: later}))) == [wanted]


def test_a_start_that_names_no_evse_ends_nothing() -> None:
    start = replace(START, evse=EvseNumber(0))
    assert list(then(start, Station(id=CS, transfers={OLD: replace(OPEN, evse=EvseNumber(0))}))) == []


async def test_the_real_end_takes_the_place_of_the_one_by_rule() -> None:
    engine = Engine(Role.CSMS, discover(), MemoryStore(), Clock(NOW), Ids(), Policy())
    begun = replace(START, reference=OLD, at=NOW - timedelta(hours=2))
    more = EnergyTransferUpdated(station=CS, at=NOW - timedelta(hours=1), reference=OLD, seq=1)
    for fact in (begun, more, START):
        engine.hear((fact,))
    by_rule = engine.stations[CS].transfers[OLD]
    assert (by_rule.ended, ESTIMATED in by_rule.flags) == (more.at, True)
    assert engine.stations[CS].transfers[NEW].ended is None
    real = EnergyTransferEnded(station=CS, at=NOW - timedelta(minutes=30), reference=OLD, seq=2, evse=EvseNumber(1))
    engine.hear((real,))
    known = engine.known.transfer(CS, OLD) or engine.stations[CS].transfers[OLD]
    assert (known.ended, ESTIMATED in known.flags) == (real.at, False)


async def test_a_station_that_only_ever_starts_keeps_one_transfer_open_at_each_evse() -> None:
    engine = Engine(Role.CSMS, discover(), MemoryStore(), Clock(NOW), Ids(), Policy())
    for number in range(200):
        at = NOW - timedelta(minutes=200 - number)
        who = SubjectRef(f"s{number}")
        engine.hear((replace(START, reference=TransferReference(f"t{number}"), at=at, subject=who),))
    station = engine.stations[CS]
    assert [one.reference for one in station.transfers.values() if one.ended is None] == ["t199"]
    assert max(len(station.transfers), len(station.sessions)) <= 3
    assert [name for name in station.wakeups if name.startswith("forgotten")] == ["forgotten:t199"]
