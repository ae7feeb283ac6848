# SPDX-License-Identifier: Apache-2.0
"""What local and external authorization share (8.4.4, 8.4.5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.authorization import (
    hindrance,
    live_grant,
    may_be_ordered,
    open_transfer,
    release_later,
    running_elsewhere,
    verdict,
)
from open63110.model.station import Connector, Evse, Grant, Registration, Station
from open63110.model.token import AuthorizationStatus, Token
from open63110.model.transfer import EnergyTransfer

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS1 = StationId("CS1")
ANNA, BERT = SubjectRef("anna"), SubjectRef("bert")
ONE = EvseNumber(1)


def token(**more: Any) -> Token:
    return Token(ref=ANNA, kind="ISO14443", **more)


def plug(state: Any) -> Connector:
    return Connector(state=state, at=NOW)


def transfer(reference: str = "t1", evse: int = 1, **more: Any) -> EnergyTransfer:
    fields: dict[str, Any] = {"began": NOW, "subject": ANNA, "state": "charging"} | more
    return EnergyTransfer(
        station=CS1, number=TransferNumber(1), reference=TransferReference(reference), evse=EvseNumber(evse), **fields
    )


def station(*transfers: EnergyTransfer, **more: Any) -> Station:
    fields: dict[str, Any] = {"evses": {ONE: Evse(number=ONE, connectors={ConnectorNumber(1): plug("available")})}} | more
    return Station(id=CS1, transfers={one.reference: one for one in transfers}, **fields)


@pytest.mark.parametrize(
    ("presented", "running", "expected"),
    [
        (None, 0, AuthorizationStatus.UNKNOWN),
        (token(), 0, AuthorizationStatus.ACCEPTED),
        (token(blocked=True, valid_until=NOW - HOUR), 0, AuthorizationStatus.BLOCKED),
        (token(valid_until=NOW), 0, AuthorizationStatus.EXPIRED),
        (token(valid_until=NOW + HOUR), 0, AuthorizationStatus.ACCEPTED),
        (token(no_credit=True, stations=("CS9",)), 0, AuthorizationStatus.NO_CREDIT),
        (token(stations=("CS9", "DE-*")), 0, AuthorizationStatus.NOT_AT_THIS_LOCATION),
        (token(stations=("CS1",)), 0, AuthorizationStatus.ACCEPTED),
        (token(stations=("CS*",)), 0, AuthorizationStatus.ACCEPTED),
        (token(valid_from=NOW + HOUR), 1, AuthorizationStatus.NOT_AT_THIS_TIME),
        (token(valid_from=NOW), 0, AuthorizationStatus.ACCEPTED),
        (token(), 1, AuthorizationStatus.CONCURRENT),
        (token(concurrent=2), 1, AuthorizationStatus.ACCEPTED),
        (token(concurrent=0), 99, AuthorizationStatus.ACCEPTED),
    ],
)
def test_the_first_reason_against_a_credential_is_its_status(
    presented: Token | None, running: int, expected: AuthorizationStatus
) -> None:
    assert verdict(presented, CS1, NOW, running) is expected


@pytest.mark.parametrize(
    ("mine", "evse", "reference", "expected"),
    [
        ([], 1, None, 1),
        ([transfer()], 2, "t1", 0),
        ([transfer()], 1, "t2", 0),
        ([transfer()], 2, "t2", 1),
        ([transfer()], 0, None, 0),
        ([transfer()], 0, "t2", 1),
        ([transfer(subject=BERT)], 1, "t1", 1),
        ([transfer(began=None)], 1, "t1", 1),
        ([transfer(ended=NOW)], 1, "t1", 1),
    ],
)
def test_a_transfer_does_not_count_against_itself(
    mine: list[EnergyTransfer], evse: int, reference: str | None, expected: int
) -> None:
    assert running_elsewhere(1, mine, ANNA, evse, reference) == expected


def test_no_credential_runs_less_than_never() -> None:
    assert running_elsewhere(0, [transfer()], ANNA, 1, None) == 0


def test_an_open_transfer_is_one_somebody_began() -> None:
    assert open_transfer(station(transfer()), 1) is not None
    assert open_transfer(station(transfer()), 2) is None
    assert open_transfer(station(transfer(ended=NOW)), 1) is None
    assert open_transfer(station(transfer(subject=None, state="pending")), 1) is None, "plugged in, nobody authorized"
    assert open_transfer(station(transfer(subject=None)), 1) is not None, "energy flows for free"


def test_a_grant_lives_until_its_time_is_over() -> None:
    grant = Grant(subject=ANNA, method="csms", at=NOW, until=NOW + HOUR)
    held = station(evses={ONE: Evse(number=ONE, grant=grant)})
    assert live_grant(held, ONE, NOW) == grant
    assert live_grant(held, ONE, NOW + HOUR) is None
    assert live_grant(station(), ONE, NOW) is None
    assert live_grant(held, EvseNumber(2), NOW) is None


@pytest.mark.parametrize(
    ("noun", "connector", "expected"),
    [
        (station(), None, ""),
        (station(), 1, ""),
        (station(evses={}), None, "UnknownEvse"),
        (station(), 2, "UnknownConnector"),
        (station(state="faulted"), None, "Faulted"),
        (station(evses={ONE: Evse(number=ONE, state="unavailable")}), None, "Unavailable"),
        (station(evses={ONE: Evse(number=ONE, connectors={ConnectorNumber(1): plug("faulted")})}), None, "Faulted"),
        (station(transfer()), None, "Occupied"),
        (station(evses={ONE: Evse(number=ONE, connectors={ConnectorNumber(1): plug("occupied")})}), 1, ""),
    ],
)
def test_what_hinders_a_start_has_a_name(noun: Station, connector: int | None, expected: str) -> None:
    assert hindrance(noun, ONE, None if connector is None else ConnectorNumber(connector)) == expected


def test_one_faulted_connector_of_two_hinders_only_itself() -> None:
    connectors = {ConnectorNumber(1): plug("faulted"), ConnectorNumber(2): plug("available")}
    noun = station(evses={ONE: Evse(number=ONE, connectors=connectors)})
    assert hindrance(noun, ONE) == ""
    assert hindrance(noun, ONE, ConnectorNumber(1)) == "Faulted"
    assert hindrance(noun, ONE, ConnectorNumber(2)) == ""


def test_orders_are_for_stations_that_are_here_and_admitted() -> None:
    assert may_be_ordered(station(connected=NOW, registration=Registration.ACCEPTED))
    assert not may_be_ordered(station(registration=Registration.ACCEPTED))
    assert not may_be_ordered(station(connected=NOW))


def test_a_grant_is_released_by_a_wakeup_of_its_evse() -> None:
    wake = release_later(CS1, ONE, NOW)
    assert (wake.name, wake.at) == ("release-grant:1", NOW)
    assert wake.command is not None
