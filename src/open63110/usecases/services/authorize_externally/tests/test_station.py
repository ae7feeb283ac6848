# SPDX-License-Identifier: Apache-2.0
"""The station does what is asked from outside (8.4.5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Refused
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.authorization import GroupLearned
from open63110.model.policy import StationPolicy
from open63110.model.station import AuthorizationGranted, Connector, Evse, Grant, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.authorize_externally import (
    ConnectorUnlocked,
    ReleaseGrant,
    RemoteStopObeyed,
    StartRemotely,
    StopRemotely,
    UnlockConnector,
)
from open63110.usecases.services.authorize_externally.station import start, stop, unlock

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CS1 = StationId("CS1")
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
ONE, PLUG = EvseNumber(1), ConnectorNumber(1)
T1 = TransferReference("t1")
POLICY = StationPolicy()
UNTIL = NOW + timedelta(seconds=POLICY.connection_timeout)
WISH = StartRemotely(station=CS1, subject=ANNA, evse=ONE, remote_start=7)


def station(*transfers: EnergyTransfer, state: Any = "available", grant: Grant | None = None, **more: Any) -> Station:
    evse = Evse(number=ONE, connectors={PLUG: Connector(state=state, at=NOW)}, grant=grant)
    return Station(id=CS1, transfers={one.reference: one for one in transfers}, **({"evses": {ONE: evse}} | more))


def transfer(**more: Any) -> EnergyTransfer:
    fields: dict[str, Any] = {"began": NOW, "subject": ANNA, "state": "charging", "evse": ONE} | more
    return EnergyTransfer(station=CS1, number=TransferNumber(1), reference=T1, **fields)


def grant(subject: SubjectRef = ANNA) -> Grant:
    return Grant(subject=subject, method="remote", at=NOW, until=UNTIL, remote_start=7)


def test_a_start_is_obeyed_by_a_right_that_waits_for_the_plug() -> None:
    granted, wake = start(WISH, station(), POLICY, NOW)
    assert granted == AuthorizationGranted(station=CS1, at=NOW, evse=ONE, grant=grant())
    assert wake == Wake(name="release-grant:1", at=UNTIL, command=ReleaseGrant(station=CS1, evse=ONE))


def test_a_start_brings_the_group_that_may_end_it() -> None:
    wish = StartRemotely(station=CS1, subject=ANNA, evse=ONE, remote_start=7, group=FLEET)
    learned, granted, _ = start(wish, station(), POLICY, NOW)
    assert learned == GroupLearned(station=CS1, at=NOW, subject=ANNA, group=FLEET)
    assert isinstance(granted, AuthorizationGranted)
    assert granted.grant.group == FLEET


def test_the_same_start_again_is_obeyed_again() -> None:
    assert len(list(start(WISH, station(grant=grant()), POLICY, NOW))) == 2


@pytest.mark.parametrize(
    ("noun", "code"),
    [
        (station(evses={}), "UnknownEvse"),
        (station(state="faulted"), "Faulted"),
        (station(state="unavailable"), "Unavailable"),
        (station(transfer()), "Occupied"),
        (station(grant=grant(BERT)), "Occupied"),
        (station(blocked_by="reboot"), "NotAtThisTime"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_a_code(noun: Station, code: str) -> None:
    with pytest.raises(Refused) as caught:
        list(start(WISH, noun, POLICY, NOW))
    assert caught.value.code == code


def test_a_stop_is_obeyed_for_what_runs() -> None:
    command = StopRemotely(station=CS1, reference=T1)
    assert list(stop(command, station(transfer()), NOW)) == [
        RemoteStopObeyed(station=CS1, at=NOW, reference=T1, evse=ONE),
    ]
    for noun in (station(), station(transfer(ended=NOW))):
        with pytest.raises(Refused) as caught:
            list(stop(command, noun, NOW))
        assert caught.value.code == "UnknownTransaction"


def test_a_connector_is_unlocked_where_no_energy_flows() -> None:
    command = UnlockConnector(station=CS1, evse=ONE)
    unlocked = [ConnectorUnlocked(station=CS1, at=NOW, evse=ONE, connector=PLUG)]
    assert list(unlock(command, station(), NOW)) == unlocked
    assert list(unlock(command, station(evses={ONE: Evse(number=ONE)}), NOW)) == unlocked
    elsewhere = UnlockConnector(station=CS1, evse=ONE, connector=ConnectorNumber(2))
    for wish, noun, code in (
        (command, station(transfer()), "OngoingTransaction"),
        (command, station(evses={}), "UnknownConnector"),
        (elsewhere, station(), "UnknownConnector"),
    ):
        with pytest.raises(Refused) as caught:
            list(unlock(wish, noun, NOW))
        assert caught.value.code == code
