# SPDX-License-Identifier: Apache-2.0
"""The CSMS judges a credential (8.4.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.wallet import Wallet

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.authorization import ReleaseGrant, StopRemotely
from open63110.model.policy import Policy
from open63110.model.station import AuthorizationGranted, Evse, Grant, Judgement, LocalAuthorization, Station
from open63110.model.token import AuthorizationStatus, CredentialJudged, Token
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential, DoubtTransfer, TransferDoubted
from open63110.usecases.services.authorize_locally.judge import FLAGS, doubt, judge

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS1 = StationId("CS1")
ANNA, FLEET = SubjectRef("anna"), SubjectRef("fleet")
ONE, TWO = EvseNumber(1), EvseNumber(2)
T1 = TransferReference("t1")
ACCEPTED, CONCURRENT = AuthorizationStatus.ACCEPTED, AuthorizationStatus.CONCURRENT
GOOD = Token(ref=ANNA, kind="ISO14443", group=FLEET)


def station(*evses: EvseNumber, transfers: tuple[EnergyTransfer, ...] = (), **more: Any) -> Station:
    return Station(
        id=CS1, evses={one: Evse(number=one) for one in evses}, transfers={one.reference: one for one in transfers}, **more
    )


def transfer(**more: Any) -> EnergyTransfer:
    fields: dict[str, Any] = {"began": NOW, "subject": ANNA, "state": "charging", "evse": ONE} | more
    return EnergyTransfer(station=CS1, number=TransferNumber(1), reference=T1, **fields)


def ask(noun: Station, token: Token | None = GOOD, *, uses: int = 0, policy: Policy | None = None, **more: Any) -> list[Any]:
    command = AuthorizeCredential(station=CS1, subject=ANNA, **more)
    return list(judge(command, noun, token, Wallet(uses=uses), policy or Policy(), NOW))


def status(effects: list[Any]) -> AuthorizationStatus:
    [answer] = [one for one in effects if isinstance(one, AuthorizationAnswer)]
    return answer.status


def kinds(effects: list[Any]) -> list[type]:
    return [type(one) for one in effects]


def test_a_good_credential_at_a_free_evse_is_granted_until_the_plug_is_due() -> None:
    judged, granted, wake, answer = ask(station(ONE, TWO), evse=TWO)
    assert judged == CredentialJudged(station=CS1, at=NOW, subject=ANNA, status=ACCEPTED, evse=2)
    until = NOW + timedelta(seconds=Policy().connection_timeout)
    assert granted == AuthorizationGranted(
        station=CS1, at=NOW, evse=TWO, grant=Grant(subject=ANNA, method="csms", at=NOW, until=until, group=FLEET)
    )
    assert wake == Wake(name="release-grant:2", at=until, command=ReleaseGrant(station=CS1, evse=TWO))
    assert answer == AuthorizationAnswer(status=ACCEPTED, subject=ANNA, token=GOOD)


def test_without_an_evse_a_credential_is_good_but_nothing_is_granted() -> None:
    assert kinds(ask(station(ONE, TWO))) == [CredentialJudged, AuthorizationAnswer]


def test_the_only_evse_need_not_be_named() -> None:
    [granted] = [one for one in ask(station(EvseNumber(0), ONE)) if isinstance(one, AuthorizationGranted)]
    assert granted.evse == ONE


def test_an_unknown_credential_is_an_answer_and_no_error() -> None:
    judged, answer = ask(station(ONE), None, evse=ONE)
    assert (judged.status, judged.known) == (AuthorizationStatus.UNKNOWN, False)
    assert (answer.status, answer.token) == (AuthorizationStatus.UNKNOWN, None)


def test_a_credential_in_use_elsewhere_is_concurrent() -> None:
    assert status(ask(station(ONE), uses=1, evse=ONE)) is CONCURRENT


def test_a_transfer_does_not_count_against_its_own_credential() -> None:
    assert status(ask(station(ONE, TWO, transfers=(transfer(),)), uses=1, evse=ONE, reference=T1)) is ACCEPTED
    assert status(ask(station(ONE, TWO, transfers=(transfer(),)), uses=2, evse=ONE, reference=T1)) is CONCURRENT


def test_who_wants_to_end_a_transfer_is_accepted_where_it_runs() -> None:
    running = station(ONE, TWO, transfers=(transfer(),))
    assert status(ask(running, uses=1)) is ACCEPTED
    assert status(ask(running, uses=1, evse=TWO)) is CONCURRENT


def test_nothing_is_granted_twice_nor_where_energy_flows() -> None:
    grant = Grant(subject=FLEET, method="remote", at=NOW, until=NOW + HOUR)
    held = Station(id=CS1, evses={ONE: Evse(number=ONE, grant=grant)})
    assert AuthorizationGranted not in kinds(ask(held, evse=ONE))
    assert AuthorizationGranted not in kinds(ask(station(ONE, transfers=(transfer(),)), evse=ONE))
    assert AuthorizationGranted not in kinds(ask(station(ONE), evse=ONE, reference=T1))


def test_a_start_that_has_no_name_yet_is_no_presentation() -> None:
    reboots = station(ONE, blocked_by="reboot")
    assert kinds(ask(reboots, evse=ONE, reference=TransferReference(""))) == [AuthorizationAnswer]
    assert kinds(ask(reboots, evse=ONE, presented=NOW)) == [AuthorizationAnswer]
    assert kinds(ask(reboots, None, evse=ONE, presented=NOW)) == [CredentialJudged, AuthorizationAnswer]


def test_a_station_that_waits_to_reboot_admits_no_new_session() -> None:
    assert status(ask(station(ONE, blocked_by="reboot"), evse=ONE)) is AuthorizationStatus.NOT_AT_THIS_TIME


def test_a_station_that_waits_to_reboot_lets_sessions_end_and_past_ones_be_told() -> None:
    assert status(ask(station(ONE, transfers=(transfer(),), blocked_by="reboot"))) is ACCEPTED
    assert status(ask(station(ONE, blocked_by="reboot"), evse=ONE, reference=T1)) is ACCEPTED


def test_a_better_reason_is_not_hidden_by_a_waiting_reboot() -> None:
    blocked = Token(ref=ANNA, kind="ISO14443", blocked=True)
    assert status(ask(station(ONE, blocked_by="reboot"), blocked, evse=ONE)) is AuthorizationStatus.BLOCKED


def test_a_credential_that_expired_since_it_was_presented_was_good() -> None:
    expired = Token(ref=ANNA, kind="ISO14443", valid_until=NOW - HOUR)
    assert status(ask(station(ONE), expired, reference=T1)) is AuthorizationStatus.EXPIRED
    assert status(ask(station(ONE), expired, reference=T1, presented=NOW - 2 * HOUR)) is ACCEPTED


@pytest.mark.parametrize(
    ("last", "is_news"),
    [
        (Judgement(subject=ANNA, status="Unknown", evse=1, at=NOW), False),
        (Judgement(subject=ANNA, status="Unknown", evse=1, at=NOW - HOUR), True),
        (Judgement(subject=ANNA, status="Blocked", evse=1, at=NOW), True),
        (Judgement(subject=FLEET, status="Unknown", evse=1, at=NOW), True),
        (Judgement(subject=ANNA, status="Unknown", evse=2, at=NOW), True),
        (None, True),
    ],
)
def test_repeated_presentations_do_not_pile_up_facts(last: Judgement | None, is_news: bool) -> None:
    effects = ask(station(ONE, local=LocalAuthorization(judged=last)), None, evse=ONE)
    assert (CredentialJudged in kinds(effects)) is is_news
    assert status(effects) is AuthorizationStatus.UNKNOWN


def test_a_transfer_in_order_adds_no_judgement_and_one_in_doubt_adds_one() -> None:
    assert kinds(ask(station(ONE), evse=ONE, reference=T1)) == [AuthorizationAnswer]
    [judged, _] = ask(station(ONE), None, evse=ONE, reference=T1)
    assert judged.reference == T1
    doubted = station(ONE, transfers=(transfer(flags=("unknown-token",)),))
    assert kinds(ask(doubted, None, evse=ONE, reference=T1)) == [AuthorizationAnswer]
    other = station(ONE, transfers=(transfer(subject=FLEET, flags=("unknown-token",)),))
    assert CredentialJudged in kinds(ask(other, None, evse=ONE, reference=T1))


def doubting(noun: Station, given: AuthorizationStatus = AuthorizationStatus.BLOCKED, policy: Policy | None = None) -> list[Any]:
    return list(doubt(DoubtTransfer(station=CS1, reference=T1, status=given), noun, policy or Policy(), NOW))


def test_a_doubted_transfer_is_flagged_and_stopped_after_a_moment() -> None:
    doubted, wake = doubting(station(ONE, transfers=(transfer(),)))
    assert doubted == TransferDoubted(station=CS1, at=NOW, reference=T1, status=AuthorizationStatus.BLOCKED)
    assert wake.name == "doubt:t1"
    assert wake.at == NOW + timedelta(seconds=Policy().rejection_grace)
    assert wake.command == StopRemotely(station=CS1, reference=T1)


def test_a_doubted_transfer_is_only_flagged_when_it_is_over_or_the_operator_says_so() -> None:
    assert kinds(doubting(station(ONE, transfers=(transfer(ended=NOW),)))) == [TransferDoubted]
    assert kinds(doubting(station(ONE, transfers=(transfer(),)), policy=Policy(late_rejection="flag"))) == [TransferDoubted]


def test_a_doubt_is_raised_once_and_only_about_what_is_there() -> None:
    assert doubting(station(ONE, transfers=(transfer(flags=("blocked-token",)),))) == []
    assert doubting(station(ONE)) == []
    assert doubting(station(ONE, transfers=(transfer(),)), ACCEPTED) == []


def test_every_refusal_has_a_flag() -> None:
    assert set(FLAGS) == set(AuthorizationStatus) - {ACCEPTED}
