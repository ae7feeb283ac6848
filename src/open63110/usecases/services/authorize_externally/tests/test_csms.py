# SPDX-License-Identifier: Apache-2.0
"""The CSMS starts, stops and unlocks from outside (8.4.5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.literal import Ids
from tests.wallet import Wallet

from open63110.kernel.errors import Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.policy import Policy
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    Connector,
    Evse,
    Grant,
    Registration,
    Station,
    Wakeup,
)
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.authorize_externally import (
    ForgetRemoteStart,
    ReleaseGrant,
    RemoteStartAnswered,
    StartRemotely,
    StopRemotely,
    UnlockConnector,
)
from open63110.usecases.services.authorize_externally.csms import forget_start, release, start, start_answered, stop, unlock

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS1 = StationId("CS1")
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
ONE, PLUG = EvseNumber(1), ConnectorNumber(1)
T1 = TransferReference("t1")
POLICY = Policy()
UNTIL = NOW + timedelta(seconds=POLICY.connection_timeout)
PENDING = "remote-start:1:anna"


def station(*transfers: EnergyTransfer, state: Any = "available", grant: Grant | None = None, **more: Any) -> Station:
    evse = Evse(number=ONE, connectors={PLUG: Connector(state=state, at=NOW)}, grant=grant)
    fields: dict[str, Any] = {"connected": NOW, "registration": Registration.ACCEPTED, "evses": {ONE: evse}} | more
    return Station(id=CS1, transfers={one.reference: one for one in transfers}, **fields)


def transfer(**more: Any) -> EnergyTransfer:
    fields: dict[str, Any] = {"began": NOW, "subject": ANNA, "state": "charging", "evse": ONE} | more
    return EnergyTransfer(station=CS1, number=TransferNumber(1), reference=T1, **fields)


def grant(subject: SubjectRef = ANNA, until: datetime = UNTIL) -> Grant:
    return Grant(subject=subject, method="remote", at=NOW, until=until, remote_start=7)


GOOD = Token(ref=ANNA, kind="Central", group=FLEET)
WISH = StartRemotely(station=CS1, subject=ANNA, evse=ONE)


def starting(noun: Station, wallet: Wallet | None = None, wish: StartRemotely = WISH) -> list[Any]:
    return list(start(wish, noun, wallet or Wallet(GOOD), Ids(), POLICY, NOW))


def refused(noun: Station, wallet: Wallet | None = None, wish: StartRemotely = WISH) -> tuple[type[Trouble], str]:
    with pytest.raises(Trouble) as caught:
        starting(noun, wallet, wish)
    return type(caught.value), caught.value.code


def test_a_start_is_passed_on_with_a_number_and_a_group_and_grants_nothing_yet() -> None:
    wake, wish = starting(station())
    assert wish.remote_start > 0
    assert wish == msgspec.structs.replace(WISH, remote_start=wish.remote_start, group=FLEET)
    forget = ForgetRemoteStart(station=CS1, evse=ONE)
    assert wake == Wake(name=PENDING, at=NOW + timedelta(seconds=POLICY.order_deadline), command=forget)


def test_a_start_that_has_its_number_keeps_it() -> None:
    numbered = StartRemotely(station=CS1, subject=ANNA, evse=ONE, remote_start=42, group=BERT)
    assert starting(station(), wish=numbered)[-1] == numbered


def test_an_ev_that_is_plugged_in_already_may_be_started() -> None:
    waiting = transfer(subject=None, state="pending")
    assert starting(station(waiting, state="occupied"))[-1].subject == ANNA


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        (station(connected=None), (Unavailable, "StationOffline")),
        (station(registration=Registration.PENDING), (Unavailable, "StationOffline")),
        (station(evses={}), (Unknown, "UnknownEvse")),
        (station(state="faulted"), (Refused, "Faulted")),
        (station(state="unavailable"), (Refused, "Unavailable")),
        (station(transfer(subject=BERT)), (Refused, "Occupied")),
        (station(blocked_by="reboot"), (Refused, "NotAtThisTime")),
        (station(grant=grant()), (Refused, "DuplicateRequest")),
        (station(wakeups={PENDING: Wakeup(at=NOW, body=b"")}), (Refused, "DuplicateRequest")),
        (station(grant=grant(BERT)), (Refused, "Occupied")),
        (station(wakeups={"remote-start:1:bert": Wakeup(at=NOW, body=b"")}), (Refused, "Occupied")),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_a_code(noun: Station, expected: tuple[type[Trouble], str]) -> None:
    assert refused(noun) == expected


def test_an_unknown_connector_is_unknown() -> None:
    wish = StartRemotely(station=CS1, subject=ANNA, evse=ONE, connector=ConnectorNumber(2))
    assert refused(station(), wish=wish) == (Unknown, "UnknownConnector")


@pytest.mark.parametrize(
    ("wallet", "code"),
    [
        (Wallet(), "TokenUnknown"),
        (Wallet(Token(ref=ANNA, kind="Central", blocked=True)), "TokenBlocked"),
        (Wallet(Token(ref=ANNA, kind="Central", valid_until=NOW)), "TokenExpired"),
        (Wallet(GOOD, uses=1), "TokenConcurrentTx"),
    ],
)
def test_a_credential_is_judged_as_if_it_were_presented(wallet: Wallet, code: str) -> None:
    assert refused(station(), wallet) == (Refused, code)


def test_an_old_grant_is_no_duplicate() -> None:
    assert len(starting(station(grant=grant(until=NOW)))) == 2


def reply(*, accepted: bool = True, **more: Any) -> RemoteStartAnswered:
    fields: dict[str, Any] = {"subject": ANNA, "remote_start": 7, "group": FLEET} | more
    return RemoteStartAnswered(station=CS1, at=NOW, evse=ONE, accepted=accepted, **fields)


def hear(event: RemoteStartAnswered, noun: Station) -> list[Any]:
    return list(start_answered(event, noun, POLICY, NOW))


def test_an_accepted_start_is_granted_until_the_plug_is_due() -> None:
    told, over, granted, wake = hear(reply(), station(wakeups={PENDING: Wakeup(at=NOW, body=b"")}))
    assert told == reply()
    assert over == Wake(name=PENDING, at=NOW, command=None)
    right = Grant(subject=ANNA, method="remote", at=NOW, until=UNTIL, remote_start=7, group=FLEET)
    assert granted == AuthorizationGranted(station=CS1, at=NOW, evse=ONE, grant=right)
    assert wake == Wake(name="release-grant:1", at=UNTIL, command=ReleaseGrant(station=CS1, evse=ONE))


def test_a_start_that_was_quicker_than_its_answer_needs_no_grant() -> None:
    assert hear(reply(), station(transfer())) == [reply()]


def test_a_refused_start_is_a_fact_and_no_grant() -> None:
    no = reply(accepted=False, reason="Occupied")
    assert hear(no, station()) == [no]


def test_a_start_nobody_answered_is_just_over() -> None:
    assert list(forget_start(ForgetRemoteStart(station=CS1, evse=ONE))) == []


def test_a_grant_is_released_when_its_time_is_over_and_not_before() -> None:
    command = ReleaseGrant(station=CS1, evse=ONE)
    over = AuthorizationReleased(station=CS1, at=UNTIL, evse=ONE, reason="timeout", remote_start=7)
    assert list(release(command, station(grant=grant()), UNTIL)) == [over]
    assert list(release(command, station(grant=grant()), NOW)) == []
    assert list(release(command, station(), UNTIL)) == []
    assert list(release(command, Station(id=CS1), UNTIL)) == []


def test_a_stop_is_passed_on_for_what_runs() -> None:
    command = StopRemotely(station=CS1, reference=T1)
    assert list(stop(command, station(transfer()))) == [command]
    for noun, kind, code in (
        (station(), Unknown, "UnknownTransaction"),
        (station(transfer(ended=NOW)), Refused, "AlreadyEnded"),
        (station(transfer(), connected=None), Unavailable, "StationOffline"),
    ):
        with pytest.raises(kind) as caught:
            list(stop(command, noun))
        assert caught.value.code == code


def test_a_connector_is_unlocked_where_no_energy_flows() -> None:
    command = UnlockConnector(station=CS1, evse=ONE)
    assert list(unlock(command, station())) == [command]
    assert list(unlock(command, station(transfer(ended=NOW)))) == [command]
    assert list(unlock(command, station(transfer(connector=ConnectorNumber(2))))) == [command]
    assert list(unlock(command, station(evses={ONE: Evse(number=ONE)}))) == [command]
    elsewhere = UnlockConnector(station=CS1, evse=ONE, connector=ConnectorNumber(2))
    for wish, noun, kind, code in (
        (command, station(transfer()), Refused, "OngoingTransaction"),
        (command, station(transfer(connector=PLUG)), Refused, "OngoingTransaction"),
        (command, station(evses={}), Unknown, "UnknownConnector"),
        (elsewhere, station(), Unknown, "UnknownConnector"),
        (command, station(connected=None), Unavailable, "StationOffline"),
    ):
        with pytest.raises(kind) as caught:
            list(unlock(wish, noun))
        assert caught.value.code == code
