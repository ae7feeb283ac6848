# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.6, cost so far as an operator has it told: both ends."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.roles import Role
from open63110.model.station import Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.tell_cost import USE_CASE, CostTold, TellCost, ask, hear, obey

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS, REF = StationId("CS-1"), TransferReference("t1")
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=EvseNumber(1), began=NOW)
BUSY = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, transfers={REF: RUNNING})
WISH = TellCost(station=CS, reference=REF, total=Decimal("4.35"))


def test_it_is_passed_on_and_shown_for_a_transfer_that_goes_on() -> None:
    assert list(ask(WISH, BUSY)) == [WISH]
    (shown,) = obey(WISH, BUSY, NOW)
    assert shown == CostTold(station=CS, at=NOW, reference=REF, total=Decimal("4.35"))
    assert list(hear(shown)) == [shown]


@pytest.mark.parametrize("total", ["-0.01", "NaN", "Infinity", "1e12"])
def test_what_is_no_amount_is_malformed(total: str) -> None:
    with pytest.raises(Malformed):
        list(ask(replace(WISH, total=Decimal(total)), BUSY))


def test_what_does_not_go_on_costs_nothing_more() -> None:
    with pytest.raises(Unknown):
        list(ask(WISH, replace(BUSY, transfers={})))
    for over in ({}, {REF: replace(RUNNING, ended=NOW)}):
        with pytest.raises(Refused):
            list(obey(WISH, replace(BUSY, transfers=over), NOW))


def test_who_is_away_is_not_told() -> None:
    with pytest.raises(Unavailable):
        list(ask(WISH, replace(BUSY, connected=None)))


def test_the_operator_asks() -> None:
    (door,) = USE_CASE.doors
    assert (door.verb, door.roles) == ("tell-cost", frozenset({Role.OPERATOR}))
