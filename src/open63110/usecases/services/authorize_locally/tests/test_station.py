# SPDX-License-Identifier: Apache-2.0
"""The station decides on a credential (8.4.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest

from open63110.kernel.errors import NotSupported, Refused
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.policy import StationPolicy
from open63110.model.reservation import Reservation
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    Evse,
    Grant,
    LocalAuthorization,
    Registration,
    Station,
    Wakeup,
)
from open63110.model.token import AuthorizationStatus, CredentialJudged
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.services.authorize_locally import (
    AskLocalListVersion,
    AuthorizeCredential,
    CacheCleared,
    ClearAuthorizationCache,
    CredentialAnswered,
    CredentialPresented,
    DecideAlone,
    LocalListEntry,
    LocalListReplaced,
    LocalListVersionAnswer,
    SendLocalList,
)
from open63110.usecases.services.authorize_locally.station import (
    answered,
    decide_alone,
    forget,
    presented,
    same_party,
    take_list,
    tell_version,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS1 = StationId("CS1")
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
ONE = EvseNumber(1)
HELD = CredentialPresented(station=CS1, at=NOW, evse=ONE, subject=ANNA)
ALONE = DecideAlone(station=CS1, evse=ONE, subject=ANNA)
POLICY = StationPolicy()
UNTIL = NOW + timedelta(seconds=POLICY.connection_timeout)
ACCEPTED, BLOCKED = AuthorizationStatus.ACCEPTED, AuthorizationStatus.BLOCKED
NAME = "answer:1:anna"


def station(*transfers: EnergyTransfer, online: bool = True, grant: Grant | None = None, **more: Any) -> Station:
    local = LocalAuthorization(**{name: more.pop(name) for name in ("entries", "cache", "groups", "version") if name in more})
    return Station(
        id=CS1,
        connected=NOW if online else None,
        registration=Registration.ACCEPTED,
        evses={ONE: Evse(number=ONE, grant=grant)},
        local=local,
        transfers={one.reference: one for one in transfers},
        **more,
    )


def transfer(subject: SubjectRef = ANNA) -> EnergyTransfer:
    return EnergyTransfer(
        station=CS1, number=TransferNumber(1), reference=TransferReference("t1"), evse=ONE, subject=subject, state="charging"
    )


def grant(subject: SubjectRef = ANNA, method: str = "csms", group: SubjectRef | None = None) -> Grant:
    return Grant(subject=subject, method=method, at=NOW, until=UNTIL, group=group)


def hold(noun: Station, policy: StationPolicy = POLICY) -> list[Any]:
    return list(presented(HELD, noun, policy, NOW))


def methods(effects: list[Any]) -> list[str]:
    return [one.grant.method for one in effects if isinstance(one, AuthorizationGranted)]


def refusals(effects: list[Any]) -> list[AuthorizationStatus]:
    return [one.status for one in effects if isinstance(one, CredentialJudged)]


ASKED = [
    HELD,
    Wake(name=NAME, at=NOW + timedelta(seconds=POLICY.answer_within), command=ALONE),
    AuthorizeCredential(station=CS1, subject=ANNA, evse=ONE),
]


def test_the_list_decides_first_then_the_cache_then_the_csms() -> None:
    assert methods(hold(station(entries={ANNA: "Accepted"}, cache={ANNA: "Blocked"}))) == ["local-list"]
    assert methods(hold(station(cache={ANNA: "Accepted"}))) == ["cache"]
    assert hold(station()) == ASKED


def test_a_grant_waits_for_the_plug_and_knows_its_group() -> None:
    told, granted, wake = hold(station(entries={ANNA: "Accepted"}, groups={ANNA: FLEET}))
    assert told == HELD
    assert granted.grant == grant(method="local-list", group=FLEET)
    assert (wake.name, wake.at) == ("release-grant:1", UNTIL)


def test_online_a_refusal_at_hand_is_checked_with_the_csms() -> None:
    assert hold(station(entries={ANNA: "Blocked"}, cache={ANNA: "Accepted"})) == ASKED
    assert hold(station(cache={ANNA: "Expired"})) == ASKED


def test_holding_the_card_again_does_nothing_more() -> None:
    waiting = station(wakeups={NAME: Wakeup(at=NOW, body=b"")})
    assert hold(waiting) == []
    assert hold(station(entries={ANNA: "Accepted"}, grant=grant())) == [HELD]


def test_where_energy_flows_only_strangers_are_asked_about() -> None:
    assert hold(station(transfer())) == [HELD], "a flow stops it"
    assert hold(station(transfer(BERT), groups={ANNA: FLEET, BERT: FLEET})) == [HELD]
    assert hold(station(transfer(BERT))) == ASKED, "the CSMS may know a group of theirs"
    assert hold(station(transfer(BERT), online=False)) == [HELD]


@pytest.mark.parametrize("more", [{"blocked_by": "reboot"}, {"state": "faulted"}])
def test_a_station_that_cannot_charge_says_not_now(more: dict[str, Any]) -> None:
    assert refusals(hold(station(entries={ANNA: "Accepted"}, **more))) == [AuthorizationStatus.NOT_AT_THIS_TIME]


def test_a_station_that_is_not_accepted_yet_asks_nobody() -> None:
    noun = msgspec.structs.replace(station(), registration=Registration.PENDING)
    assert refusals(hold(noun)) == [AuthorizationStatus.UNKNOWN]


Rule = Literal["list", "list-or-cache", "allow-unknown"]


@pytest.mark.parametrize(
    ("offline", "entry", "cached", "expected"),
    [
        ("list", "Accepted", None, "local-list"),
        ("list", "Blocked", "Accepted", BLOCKED),
        ("list", None, "Accepted", AuthorizationStatus.UNKNOWN),
        ("list-or-cache", "Accepted", "Blocked", "local-list"),
        ("list-or-cache", None, "Accepted", "cache"),
        ("list-or-cache", None, "Expired", AuthorizationStatus.EXPIRED),
        ("list-or-cache", "Blocked", "Accepted", BLOCKED),
        ("list-or-cache", None, None, AuthorizationStatus.UNKNOWN),
        ("allow-unknown", None, None, "offline"),
        ("allow-unknown", None, "Blocked", BLOCKED),
        ("allow-unknown", "Blocked", None, BLOCKED),
    ],
)
def test_offline_the_policy_decides_at_once(
    offline: Rule, entry: str | None, cached: str | None, expected: str | AuthorizationStatus
) -> None:
    noun = station(online=False, entries={ANNA: entry} if entry else {}, cache={ANNA: cached} if cached else {})
    policy = StationPolicy(offline=offline)
    effects = hold(noun, policy)
    assert [*methods(effects), *refusals(effects)] == [expected]
    late = list(decide_alone(ALONE, station(entries=noun.local.entries, cache=noun.local.cache), policy, NOW))
    assert [*methods(late), *refusals(late)] == [expected], "the same when the CSMS is there but never answers"


def test_a_late_decision_alone_is_void_once_something_happened() -> None:
    anyone = StationPolicy(offline="allow-unknown")
    assert list(decide_alone(ALONE, station(transfer()), anyone, NOW)) == []
    assert list(decide_alone(ALONE, station(blocked_by="reboot"), anyone, NOW)) == []


def answer(status: AuthorizationStatus, **more: Any) -> CredentialAnswered:
    return CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=status, evse=ONE, **more)


def hear(event: CredentialAnswered, noun: Station) -> list[Any]:
    return list(answered(event, noun, POLICY, NOW))


def test_an_accepted_credential_is_granted_once() -> None:
    event = answer(ACCEPTED, group=FLEET)
    waiting = station(wakeups={NAME: Wakeup(at=NOW, body=b"")})
    told, over, granted, _ = hear(event, waiting)
    assert told == event
    assert over == Wake(name=NAME, at=NOW, command=None)
    assert granted.grant == grant(group=FLEET)
    assert hear(event, station(grant=granted.grant)) == [event]


def test_a_refused_credential_is_remembered_only() -> None:
    event = answer(BLOCKED)
    assert hear(event, station()) == [event]
    assert hear(event, station(grant=grant(BERT))) == [event]


def test_a_right_given_before_the_refusal_came_is_taken_back() -> None:
    event = answer(BLOCKED)
    released = AuthorizationReleased(station=CS1, at=NOW, evse=ONE, reason="cancelled")
    assert hear(event, station(grant=grant(method="offline"))) == [event, released]


def test_an_answer_about_a_running_transfer_grants_nothing() -> None:
    late = answer(ACCEPTED, reference=TransferReference("t1"))
    assert hear(late, station()) == [late]
    event = answer(ACCEPTED)
    assert hear(event, station(transfer())) == [event]
    assert hear(event, station(blocked_by="reboot")) == [event]


def test_groups_end_each_others_transfers() -> None:
    local = LocalAuthorization(groups={ANNA: FLEET, BERT: FLEET})
    assert same_party(LocalAuthorization(), ANNA, ANNA)
    assert same_party(local, ANNA, BERT)
    assert same_party(local, FLEET, BERT), "the group's own card"
    assert not same_party(LocalAuthorization(groups={ANNA: FLEET}), ANNA, BERT)
    assert not same_party(local, ANNA, None)


LINES = (LocalListEntry(subject=ANNA, status=ACCEPTED, group=FLEET),)


def take(version: int, noun: Station, lines: tuple[LocalListEntry, ...] | None = LINES, policy: StationPolicy = POLICY) -> Any:
    return list(take_list(SendLocalList(station=CS1, version=version, entries=lines), noun, policy, NOW))


def test_a_newer_list_replaces_the_old_one() -> None:
    assert take(8, station(version=7)) == [LocalListReplaced(station=CS1, at=NOW, version=8, entries=LINES)]
    assert take(8, station(version=7), None) == [LocalListReplaced(station=CS1, at=NOW, version=8)]


def test_an_older_list_is_refused_and_the_same_one_is_fine() -> None:
    with pytest.raises(Refused) as caught:
        take(6, station(version=7))
    assert caught.value.code == "VersionMismatch"
    with pytest.raises(Refused):
        take(7, station(version=7, entries={ANNA: "Blocked"}))
    assert take(7, station(version=7, entries={ANNA: "Accepted"})) == []


def test_a_station_without_lists_says_so() -> None:
    none = StationPolicy(local_list=False)
    with pytest.raises(NotSupported):
        take(8, station(), policy=none)
    question = AskLocalListVersion(station=CS1)
    assert list(tell_version(question, station(version=7), none)) == [LocalListVersionAnswer(version=-1)]
    assert list(tell_version(question, station(version=7), POLICY)) == [LocalListVersionAnswer(version=7)]


def test_a_cache_is_cleared_when_asked() -> None:
    assert list(forget(ClearAuthorizationCache(station=CS1), station(), NOW)) == [CacheCleared(station=CS1, at=NOW)]


def test_what_changes_of_a_list_leaves_the_rest_of_it() -> None:
    local = LocalAuthorization(version=3, entries={ANNA: "Accepted", BERT: "Accepted"}, groups={ANNA: FLEET})
    noun = msgspec.structs.replace(station(), local=local)
    change = SendLocalList(
        station=CS1,
        version=4,
        differential=True,
        entries=(LocalListEntry(subject=FLEET, status=BLOCKED),),
        removed=(BERT,),
    )
    (replaced,) = take_list(change, noun, POLICY, NOW)
    assert isinstance(replaced, LocalListReplaced)
    assert replaced.entries == (
        LocalListEntry(subject=ANNA, status=ACCEPTED, group=FLEET),
        LocalListEntry(subject=FLEET, status=BLOCKED),
    )


def reserved(group: SubjectRef | None = None, **more: Any) -> Station:
    """An EVSE that is kept for Bert, perhaps for his group."""
    one = Reservation(id=7, evse=ONE, subject=BERT, group=group, until=NOW + HOUR)
    return msgspec.structs.replace(station(), reservations=(one,), **more)


def test_a_reserved_evse_refuses_others_without_asking_anybody() -> None:
    (_, judged) = presented(HELD, reserved(), POLICY, NOW)
    assert isinstance(judged, CredentialJudged)
    assert judged.status is AuthorizationStatus.NOT_AT_THIS_TIME


def test_where_a_group_may_use_it_whose_group_nobody_here_knows_is_asked_for() -> None:
    there = reserved(FLEET)
    assert any(isinstance(one, AuthorizeCredential) for one in presented(HELD, there, POLICY, NOW))
    yes = CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=ACCEPTED, evse=ONE)
    assert not any(isinstance(one, AuthorizationGranted) for one in answered(yes, there, POLICY, NOW))
    of_fleet = msgspec.structs.replace(yes, group=FLEET)
    assert any(isinstance(one, AuthorizationGranted) for one in answered(of_fleet, there, POLICY, NOW))


def test_without_a_link_only_whose_group_is_known_may_use_it() -> None:
    away = reserved(FLEET, connected=None)
    (_, judged) = presented(HELD, away, POLICY, NOW)
    assert judged.status is AuthorizationStatus.NOT_AT_THIS_TIME  # type: ignore[union-attr] # a refusal
    local = LocalAuthorization(version=3, entries={ANNA: "Accepted"}, groups={ANNA: FLEET})
    known = msgspec.structs.replace(away, local=local)
    assert any(isinstance(one, AuthorizationGranted) for one in presented(HELD, known, POLICY, NOW))
