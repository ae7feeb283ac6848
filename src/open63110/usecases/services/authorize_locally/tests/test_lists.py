# SPDX-License-Identifier: Apache-2.0
"""The CSMS keeps local lists as they should be (8.4.4)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.wallet import Wallet

from open63110.kernel.errors import NotSupported, Refused, Unavailable
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Wake
from open63110.model.deregistration import LEAVING
from open63110.model.policy import Policy
from open63110.model.station import LocalAuthorization, Registration, Station
from open63110.model.token import AuthorizationStatus, Token
from open63110.usecases.services.authorize_locally import (
    AskLocalListVersion,
    CacheCleared,
    ClearAuthorizationCache,
    LocalListEntry,
    LocalListOffered,
    LocalListReplaced,
    LocalListReported,
    ReconcileLocalList,
    SendLocalList,
)
from open63110.usecases.services.authorize_locally.evolve import list_offered, list_reported
from open63110.usecases.services.authorize_locally.lists import (
    ask_version,
    cache_cleared,
    clear_cache,
    entries_for,
    fingerprint,
    reconcile,
    replaced,
    reported,
    send,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CS1 = StationId("CS1")
ANNA, BERT, CARL, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("carl"), SubjectRef("fleet")


TOKENS = Wallet(Token(ref=ANNA, kind="ISO14443", group=FLEET), Token(ref=BERT, kind="ISO14443", blocked=True))
LINES = (
    LocalListEntry(subject=ANNA, status=AuthorizationStatus.ACCEPTED, group=FLEET),
    LocalListEntry(subject=BERT, status=AuthorizationStatus.BLOCKED),
)


def station(**local: Any) -> Station:
    return Station(id=CS1, connected=NOW, registration=Registration.ACCEPTED, local=LocalAuthorization(**local))


def hear(version: int, noun: Station, tokens: Wallet = TOKENS, *, now: datetime = NOW, policy: Policy | None = None) -> list[Any]:
    event = LocalListReported(station=CS1, at=now, version=version)
    return list(reported(event, noun, tokens, policy or Policy(), now))


def after(noun: Station, effects: Iterable[Any]) -> Station:
    """Let the station hear what was decided about it."""
    for effect in effects:
        if isinstance(effect, LocalListOffered):
            noun = list_offered(effect, noun)
        elif isinstance(effect, LocalListReported):
            noun = list_reported(effect, noun)
    return noun


def test_a_list_holds_who_may_and_who_may_not_charge_here() -> None:
    elsewhere = Token(ref=CARL, kind="ISO14443", stations=("CS9",))
    assert entries_for(CS1, Wallet(*TOKENS.local_tokens(), elsewhere), NOW) == LINES


def test_a_list_changes_when_a_credential_expires() -> None:
    soon = Wallet(Token(ref=ANNA, kind="ISO14443", valid_until=NOW + HOUR))
    assert fingerprint(entries_for(CS1, soon, NOW)) != fingerprint(entries_for(CS1, soon, NOW + HOUR))


def test_a_list_is_known_by_its_content() -> None:
    assert fingerprint(()) == 0
    assert fingerprint(LINES) == fingerprint(tuple(LINES)) != fingerprint(LINES[:1])


def test_an_operator_sends_all_local_credentials_under_the_next_version() -> None:
    offered, sent = send(SendLocalList(station=CS1), station(version=6, desired=7), TOKENS, NOW)
    assert offered == LocalListOffered(station=CS1, at=NOW, version=8, digest=fingerprint(LINES))
    assert sent == SendLocalList(station=CS1, version=8, entries=LINES)


def test_an_operator_may_send_a_list_of_their_own() -> None:
    *_, sent = send(SendLocalList(station=CS1, version=3, entries=LINES[:1]), station(), TOKENS, NOW)
    assert sent == SendLocalList(station=CS1, version=3, entries=LINES[:1])


def test_a_list_is_not_sent_to_who_has_no_lists_or_is_away() -> None:
    with pytest.raises(NotSupported):
        list(send(SendLocalList(station=CS1), station(version=-1), TOKENS, NOW))
    with pytest.raises(Unavailable):
        list(send(SendLocalList(station=CS1), Station(id=CS1), TOKENS, NOW))


def test_questions_and_wishes_are_passed_on_to_stations_that_are_here() -> None:
    question, wish = AskLocalListVersion(station=CS1), ClearAuthorizationCache(station=CS1)
    assert list(ask_version(question, station())) == [question]
    assert list(clear_cache(wish, station())) == [wish]
    with pytest.raises(Unavailable):
        list(ask_version(question, Station(id=CS1)))
    with pytest.raises(Unavailable):
        list(clear_cache(wish, Station(id=CS1, connected=NOW)))


def test_a_station_with_another_list_gets_the_desired_one_and_then_has_peace() -> None:
    noun = station()
    first = hear(7, noun)
    assert [type(one) for one in first] == [LocalListReported, LocalListOffered, SendLocalList]
    assert first[-1].version == 8, "it rises above what the station had"
    noun = after(noun, first)
    taken = LocalListReported(station=CS1, at=NOW, version=8)
    assert list(replaced(LocalListReplaced(station=CS1, at=NOW, version=8), NOW)) == [taken]
    assert hear(8, noun) == [taken]
    assert hear(8, after(noun, [taken])) == []


def test_the_version_rises_when_a_credential_changes() -> None:
    noun = after(station(), hear(0, station()))
    noun = after(noun, hear(1, noun))
    changed = Wallet(*TOKENS.local_tokens(), Token(ref=CARL, kind="ISO14443"))
    [_, sent] = hear(1, noun, changed)
    assert sent.version == 2


def test_nobody_is_sent_an_empty_list_for_nothing() -> None:
    assert hear(0, station(), Wallet()) == []


def test_a_foreign_list_is_replaced_by_an_empty_one() -> None:
    *_, sent = hear(5, station(), Wallet())
    assert (sent.version, sent.entries) == (6, ())


def test_a_station_that_does_not_take_the_list_is_not_flooded() -> None:
    noun = after(station(), hear(0, station()))
    assert hear(0, noun, now=NOW + timedelta(seconds=1)) == []
    assert [type(one) for one in hear(0, noun, now=NOW + HOUR)] == [LocalListOffered, SendLocalList]


def test_a_station_without_lists_and_an_operator_without_lists_send_nothing() -> None:
    assert hear(-1, station()) == [LocalListReported(station=CS1, at=NOW, version=-1)]
    assert hear(0, station(), policy=Policy(local_lists=False)) == []


@given(st.lists(st.tuples(st.sampled_from(["change", "report", "lose", "take", "reset"]), st.integers(0, 3600)), max_size=30))
def test_whatever_gets_lost_a_station_ends_up_with_the_right_list(story: list[tuple[str, int]]) -> None:
    noun, has, now = station(), 0, NOW
    tokens = list(TOKENS.local_tokens())
    for step, seconds in [*story, ("take", 3600), ("report", 0)]:
        now += timedelta(seconds=seconds)
        if step == "change":
            tokens.append(Token(ref=SubjectRef(f"more{len(tokens)}"), kind="ISO14443"))
        elif step == "reset":
            has = 0
        effects = hear(has, noun, Wallet(*tokens), now=now)
        noun = after(noun, effects)
        sent = [one.version for one in effects if isinstance(one, SendLocalList)]
        assert all(version > has for version in sent), "a station refuses what is older than its own"
        has = sent[-1] if sent and step == "take" else has
    assert (has, noun.local.digest) == (noun.local.desired, fingerprint(entries_for(CS1, Wallet(*tokens), now)))
    assert hear(has, noun, Wallet(*tokens), now=now) == []


def compare(noun: Station, *, ask: bool = False, wait: float = 0.0, policy: Policy | None = None) -> list[Any]:
    command = ReconcileLocalList(station=CS1, ask=ask, wait=wait)
    return list(reconcile(command, noun, TOKENS, policy or Policy(), NOW))


def wake(seconds: float, *, ask: bool = False) -> Wake:
    again = ReconcileLocalList(station=CS1, ask=ask)
    return Wake(name="local-list", at=NOW + timedelta(seconds=seconds), command=again)


def test_a_comparison_waits_then_asks_then_compares_again_and_again() -> None:
    assert compare(station(), ask=True, wait=5) == [wake(5, ask=True)]
    assert compare(station(), ask=True) == [wake(Policy().local_list_every), AskLocalListVersion(station=CS1)]
    again, offered, sent = compare(station())
    assert again == wake(Policy().local_list_every)
    assert isinstance(offered, LocalListOffered)
    assert isinstance(sent, SendLocalList)


def test_a_station_without_lists_is_not_sent_any() -> None:
    assert compare(station(version=-1)) == [wake(Policy().local_list_every)]


def test_a_comparison_ends_when_the_station_goes_or_lists_are_not_wanted() -> None:
    assert compare(Station(id=CS1, registration=Registration.ACCEPTED)) == []
    assert compare(station(), policy=Policy(local_lists=False)) == []


def test_one_that_leaves_for_good_takes_nobody_along() -> None:
    leaves = replace(station(), flags=(LEAVING,))
    assert compare(leaves) == []
    assert hear(7, leaves) == [LocalListReported(station=CS1, at=NOW, version=7)]
    *_, sent = send(SendLocalList(station=CS1), leaves, TOKENS, NOW)
    assert sent == SendLocalList(station=CS1, version=1, entries=())


def test_a_cleared_cache_is_a_fact() -> None:
    fact = CacheCleared(station=CS1, at=NOW)
    assert list(cache_cleared(fact)) == [fact]


# --- what changes of a list ---


def known(version: int = 4) -> Station:
    local = LocalAuthorization(version=version, desired=version, digest=1)
    return replace(station(), local=local)


def changes(**fields: Any) -> SendLocalList:
    return SendLocalList(station=CS1, differential=True, **fields)


def test_what_changes_is_sent_to_who_has_the_list_it_changes() -> None:
    whole = entries_for(CS1, TOKENS, NOW)
    command = changes(entries=whole[:1], removed=(CARL,))
    offered, sent = send(command, known(), TOKENS, NOW)
    assert (offered.version, offered.digest) == (5, fingerprint(whole))  # type: ignore[union-attr] # the fact
    assert sent == replace(command, version=5)


def test_a_change_that_does_not_lead_to_the_list_it_should_have_is_mended_by_the_next_look() -> None:
    listed = entries_for(CS1, TOKENS, NOW)[0].subject
    offered, _ = send(changes(removed=(listed,)), known(), TOKENS, NOW)
    noun = after(known(), [offered])
    assert [type(one) for one in hear(5, noun)] == [LocalListReported, LocalListOffered, SendLocalList]


@pytest.mark.parametrize("noun", [known(0), replace(known(), local=LocalAuthorization(version=4, desired=5))])
def test_nobody_changes_a_list_that_nobody_knows(noun: Station) -> None:
    with pytest.raises(Refused):
        list(send(changes(removed=(CARL,)), noun, TOKENS, NOW))


def test_a_change_of_nothing_is_refused() -> None:
    with pytest.raises(Refused):
        list(send(changes(), known(), TOKENS, NOW))
