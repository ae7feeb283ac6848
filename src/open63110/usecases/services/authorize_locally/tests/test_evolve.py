# SPDX-License-Identifier: Apache-2.0
"""What facts about credentials change (8.4.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.model.authorization import GroupLearned
from open63110.model.station import (
    AuthorizationGranted,
    AuthorizationReleased,
    Evse,
    Grant,
    Identity,
    Judgement,
    LocalAuthorization,
    Station,
    StationBooted,
)
from open63110.model.token import AuthorizationStatus, CredentialJudged
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.services.authorize_locally import (
    CacheCleared,
    CredentialAnswered,
    LocalListEntry,
    LocalListOffered,
    LocalListReplaced,
    LocalListReported,
    TransferDoubted,
)
from open63110.usecases.services.authorize_locally import evolve as to

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CS1 = StationId("CS1")
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
ONE = EvseNumber(1)
T1 = TransferReference("t1")
EMPTY = Station(id=CS1)


def grant(method: str = "csms", remote_start: int | None = None) -> Grant:
    return Grant(subject=ANNA, method=method, at=NOW, until=NOW + timedelta(1), remote_start=remote_start)


def held(one: Grant) -> Station:
    return Station(id=CS1, evses={ONE: Evse(number=ONE, grant=one)})


def of(station: Station) -> Grant | None:
    return station.evses[ONE].grant


def started(subject: SubjectRef | None = ANNA, **more: Any) -> EnergyTransferStarted:
    return EnergyTransferStarted(station=CS1, at=NOW, reference=T1, seq=0, subject=subject, **({"evse": ONE} | more))


def test_a_grant_is_kept_and_released() -> None:
    event = AuthorizationGranted(station=CS1, at=NOW, evse=ONE, grant=grant())
    assert of(to.granted(event, EMPTY)) == grant()
    assert of(to.granted(event, held(grant("cache")))) == grant()
    released = AuthorizationReleased(station=CS1, at=NOW, evse=ONE)
    assert of(to.released(released, held(grant()))) is None
    assert to.released(released, EMPTY) == EMPTY


def test_who_charges_offline_without_being_known_is_unproven_until_accepted() -> None:
    station = to.granted(AuthorizationGranted(station=CS1, at=NOW, evse=ONE, grant=grant("offline")), EMPTY)
    assert station.local.unproven == {ANNA}
    blocked = CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.BLOCKED)
    assert to.answered(blocked, station).local.unproven == {ANNA}
    accepted = CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.ACCEPTED)
    assert to.answered(accepted, station).local.unproven == frozenset()


def test_a_start_uses_the_grant_up() -> None:
    assert of(to.used(started(), held(grant()))) is None
    assert of(to.used(started(None, remote_start=5), held(grant(remote_start=5)))) is None
    assert of(to.used(started(BERT), held(grant()))) is None, "somebody else was quicker"


def test_what_happened_long_ago_uses_nothing_up_but_its_own() -> None:
    assert of(to.used(started(BERT, offline=True), held(grant()))) is not None
    assert of(to.used(started(offline=True), held(grant()))) is None
    assert of(to.used(started(None, remote_start=5, offline=True), held(grant(remote_start=5)))) is None


def test_an_update_uses_a_grant_up_only_with_a_credential() -> None:
    silent = EnergyTransferUpdated(station=CS1, at=NOW, reference=T1, seq=1)
    station = held(grant())
    assert to.used(silent, station) is station
    authorized = EnergyTransferUpdated(station=CS1, at=NOW, reference=T1, seq=1, subject=ANNA)
    assert to.used(authorized, station) is station, "nobody knows where"
    transfer = EnergyTransfer(station=CS1, number=TransferNumber(1), reference=T1, evse=ONE)
    assert of(to.used(authorized, Station(id=CS1, evses=station.evses, transfers={T1: transfer}))) is None
    free = Station(id=CS1, evses={ONE: Evse(number=ONE)})
    assert to.used(started(), free) is free


def test_the_last_judgement_is_remembered_except_of_transfers() -> None:
    event = CredentialJudged(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.BLOCKED, evse=1)
    last = Judgement(subject=ANNA, status="Blocked", evse=1, at=NOW)
    assert to.judged(event, EMPTY).local.judged == last
    about = CredentialJudged(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.BLOCKED, reference=T1)
    assert to.judged(about, EMPTY) is EMPTY


def test_the_newest_answer_overrules_and_knows_the_group() -> None:
    answers = [
        CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.ACCEPTED, group=FLEET),
        CredentialAnswered(station=CS1, at=NOW, subject=ANNA, status=AuthorizationStatus.BLOCKED),
    ]
    station = EMPTY
    for event in answers:
        station = to.answered(event, station)
    assert station.local.cache == {ANNA: "Blocked"}
    assert station.local.groups == {ANNA: FLEET}


@given(st.lists(st.integers(0, 2 * to.REMEMBERED), max_size=3 * to.REMEMBERED))
def test_a_cache_forgets_the_oldest_first(numbers: list[int]) -> None:
    station = EMPTY
    for number in numbers:
        event = CredentialAnswered(
            station=CS1, at=NOW, subject=SubjectRef(str(number)), status=AuthorizationStatus.ACCEPTED, group=FLEET
        )
        station = to.answered(event, station)
    newest = list(dict.fromkeys(str(one) for one in reversed(numbers)))[: to.REMEMBERED]
    assert list(reversed(station.local.cache)) == newest
    assert len(station.local.groups) <= to.REMEMBERED + 1


def test_a_group_is_learned_from_outside_too() -> None:
    event = GroupLearned(station=CS1, at=NOW, subject=ANNA, group=FLEET)
    assert to.group_learned(event, EMPTY).local.groups == {ANNA: FLEET}


def test_a_cleared_cache_leaves_the_list() -> None:
    local = LocalAuthorization(entries={ANNA: "Accepted"}, cache={BERT: "Accepted"}, groups={ANNA: FLEET, BERT: FLEET})
    cleared = to.cache_cleared(CacheCleared(station=CS1, at=NOW), Station(id=CS1, local=local)).local
    assert (cleared.entries, cleared.cache, cleared.groups) == ({ANNA: "Accepted"}, {}, {ANNA: FLEET})


def test_a_doubted_transfer_is_flagged_once() -> None:
    transfer = EnergyTransfer(station=CS1, number=TransferNumber(1), reference=T1, flags=("offline",))
    station = Station(id=CS1, transfers={T1: transfer})
    event = TransferDoubted(station=CS1, at=NOW, reference=T1, status=AuthorizationStatus.UNKNOWN)
    flagged = to.doubted(event, station)
    assert flagged.transfers[T1].flags == ("offline", "unknown-token")
    assert to.doubted(event, flagged) is flagged
    assert to.doubted(event, EMPTY) is EMPTY
    accepted = TransferDoubted(station=CS1, at=NOW, reference=T1, status=AuthorizationStatus.ACCEPTED)
    assert to.doubted(accepted, station) is station


def test_desired_and_reported_lists_stand_beside_each_other() -> None:
    station = to.list_offered(LocalListOffered(station=CS1, at=NOW, version=8, digest=99), EMPTY)
    station = to.list_reported(LocalListReported(station=CS1, at=NOW, version=7), station)
    assert (station.local.desired, station.local.digest, station.local.offered, station.local.version) == (8, 99, NOW, 7)


def test_a_new_list_brings_its_groups_and_drops_those_of_the_old_one() -> None:
    local = LocalAuthorization(entries={ANNA: "Accepted"}, cache={BERT: "Accepted"}, groups={ANNA: FLEET, BERT: FLEET})
    lines = (
        LocalListEntry(subject=FLEET, status=AuthorizationStatus.ACCEPTED),
        LocalListEntry(subject=SubjectRef("carl"), status=AuthorizationStatus.BLOCKED, group=FLEET),
    )
    event = LocalListReplaced(station=CS1, at=NOW, version=8, entries=lines)
    after = to.list_replaced(event, Station(id=CS1, local=local)).local
    assert after.version == 8
    assert after.entries == {FLEET: "Accepted", "carl": "Blocked"}
    assert after.groups == {BERT: FLEET, "carl": FLEET}


def test_a_boot_allows_one_more_question_for_lists() -> None:
    event = StationBooted(station=CS1, at=NOW, identity=Identity())
    assert to.booted(event, Station(id=CS1, local=LocalAuthorization(version=-1))).local.version == 0
    kept = Station(id=CS1, local=LocalAuthorization(version=7))
    assert to.booted(event, kept) is kept
