# SPDX-License-Identifier: Apache-2.0
"""Publish and subscribe (B.27), and who may read what (B.22)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.messages.rights import Sender
from open63110.bindings.link.patterns.own_messages import (
    read_granted,
    read_publication,
    read_wish,
    write_granted,
    write_publication,
    write_wish,
)
from open63110.bindings.link.patterns.subscriptions import (
    LONGEST_LEASE,
    MOST_SUBSCRIPTIONS,
    WINDOW,
    Ended,
    Granted,
    Publication,
    Publisher,
    Wish,
)
from open63110.bindings.link.patterns.topics import Topic
from open63110.kernel.address import ROOT, Address, parse
from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Unavailable, Unknown
from open63110.kernel.roles import Role

AT = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
SITE = parse("/mall")
ZONE = parse("/mall/north")
CS1 = parse("/mall/north/CS1")
KEY = ("fo", 7)


class Readers(dict[str, Sender]):
    """Who may read by now."""

    def __init__(self, **roles: tuple[Role, Address]) -> None:
        super().__init__({name: Sender(role=role, places=(place,)) for name, (role, place) in roles.items()})


def publisher(**roles: tuple[Role, Address]) -> tuple[Publisher, Readers]:
    readers = Readers(**(roles or {"fo": (Role.FO, SITE)}))
    return Publisher(readers.get), readers


def told(one: Publisher, now: float) -> list[Publication]:
    return [each for each in one.due(now) if isinstance(each, Publication)]


def ends(one: Publisher, now: float) -> list[Ended]:
    return [each for each in one.due(now) if isinstance(each, Ended)]


@pytest.mark.at("AT-B.27-1", "link")
def test_a_flexibility_operator_gets_a_snapshot_then_changes_until_its_lease_is_over() -> None:
    publisher_, _ = publisher()
    publisher_.put(ZONE, Topic.POWER, {"import_w": 11_000.0}, AT, 0.0)
    granted = publisher_.subscribe(KEY, Wish(address=ZONE, topic=Topic.POWER, interval=1.0, lease=10.0), 0.0)
    assert granted == Granted(10.0, 1.0, frozenset(Topic.POWER.fields))
    (first,) = told(publisher_, 0.0)
    assert (first.snapshot, first.fields) == (True, {"import_w": 11_000.0})
    publisher_.put(ZONE, Topic.POWER, {"import_w": 12_000.0}, AT, 0.2)
    assert told(publisher_, 0.2) == []
    assert publisher_.next_deadline() == 1.0
    (second,) = told(publisher_, 1.0)
    assert (second.snapshot, second.fields, second.skipped) == (False, {"import_w": 12_000.0}, 0)
    assert ends(publisher_, 10.0) == [Ended(KEY, ErrorCode.EXPIRED, "the lease is over")]
    publisher_.put(ZONE, Topic.POWER, {"import_w": 13_000.0}, AT, 11.0)
    assert publisher_.due(12.0) == []


@pytest.mark.at("AT-B.27-1", "link")
@pytest.mark.at("AT-B.22-2", "link")
def test_what_a_role_may_not_see_is_absent() -> None:
    publisher_, _ = publisher(dso=(Role.DSO, SITE))
    publisher_.put(CS1, Topic.SESSION, {"state": "charging", "energy_wh": 900.0, "subject": "04A2", "reference": "tx-1"}, AT, 0.0)
    granted = publisher_.subscribe(("dso", 1), Wish(address=SITE, topic=Topic.SESSION), 0.0)
    assert not granted.fields & {"subject", "reference"}
    (one,) = told(publisher_, 0.0)
    assert one.fields == {"state": "charging", "energy_wh": 900.0}
    assert b"04A2" not in write_publication(one)


@pytest.mark.at("AT-B.27-2", "link")
def test_a_station_hears_of_changes_of_the_tariff_of_its_zone_without_knowing_which_that_is() -> None:
    place = ZONE.below("CS1")
    readers = {"CS1": Sender(role=Role.STATION, places=(place,), only=(ZONE,))}
    publisher_ = Publisher(readers.get)
    publisher_.put(ZONE, Topic.TARIFF, {"price": "0.39", "currency": "EUR"}, AT, 0.0)
    publisher_.put(parse("/mall/south"), Topic.TARIFF, {"price": "0.20", "currency": "EUR"}, AT, 0.0)
    publisher_.subscribe(("CS1", 3), Wish(address=ROOT, topic=Topic.TARIFF), 0.0)
    assert [one.fields["price"] for one in told(publisher_, 0.0)] == ["0.39"]
    publisher_.put(ZONE, Topic.TARIFF, {"price": "0.45", "currency": "EUR"}, AT, 60.0)
    assert [one.fields["price"] for one in told(publisher_, 60.0)] == ["0.45"]
    publisher_.retell(ZONE, Topic.TARIFF, 120.0)
    assert [one.fields["price"] for one in told(publisher_, 120.0)] == ["0.45"]
    publisher_.remove_below(parse("/mall"), 180.0, (Topic.TARIFF,))
    publisher_.retell(ZONE, Topic.TARIFF, 180.0)
    assert [(str(one.address), one.at) for one in told(publisher_, 180.0)] == [(str(ZONE), None)]


@pytest.mark.at("AT-B.27-3", "link")
def test_a_slow_reader_gets_the_newest_values_and_costs_a_bounded_amount() -> None:
    publisher_, _ = publisher()
    places = [parse(f"/mall/north/CS{number}") for number in range(40)]
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, interval=0.1, lease=LONGEST_LEASE), 0.0)
    now, sizes = 0.0, set()
    for step in range(500):
        now = float(step)
        for place in places:
            publisher_.put(place, Topic.POWER, {"import_w": float(step)}, AT, now)
        publisher_.due(now)
        sizes.add(publisher_.held)
    assert max(sizes) <= 1 + 3 * len(places)
    seen: dict[Address, Publication] = {}
    for _ in range(20):
        for _ in range(WINDOW):
            publisher_.taken(KEY)
        now += 1.0
        seen |= {one.address: one for one in told(publisher_, now)}
    assert {one.fields["import_w"] for one in seen.values()} == {499.0}
    assert seen[places[-1]].skipped == 499


def test_no_more_than_the_window_is_under_way() -> None:
    publisher_, _ = publisher()
    for number in range(WINDOW + 3):
        publisher_.put(parse(f"/mall/north/CS{number}"), Topic.POWER, {}, AT, 0.0)
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, lease=50.0), 0.0)
    assert len(told(publisher_, 0.0)) == WINDOW
    assert told(publisher_, 0.5) == []
    assert publisher_.next_deadline() == 50.0
    publisher_.taken(KEY)
    assert len(told(publisher_, 0.5)) == 1


@pytest.mark.at("AT-B.22-3", "link")
def test_a_grant_that_is_taken_back_ends_what_is_open() -> None:
    publisher_, readers = publisher()
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER), 0.0)
    del readers["fo"]
    publisher_.recheck()
    assert ends(publisher_, 0.1) == [Ended(KEY, ErrorCode.NOT_AUTHORIZED, "fo may not read power")]


@pytest.mark.at("AT-B.22-3", "link")
def test_a_grant_that_is_taken_back_counts_for_the_very_next_value_though_nobody_looks() -> None:
    publisher_, readers = publisher()
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER), 0.0)
    readers["fo"] = Sender(role=Role.EV, places=(SITE,))
    publisher_.put(CS1, Topic.POWER, {"import_w": 1.0}, AT, 0.1)
    assert publisher_.due(0.1) == [Ended(KEY, ErrorCode.NOT_AUTHORIZED, "fo may not read this any more")]


def test_a_place_that_is_taken_back_is_not_told_of() -> None:
    publisher_, readers = publisher()
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER), 0.0)
    readers["fo"] = Sender(role=Role.FO, places=(parse("/mall/south"),))
    publisher_.recheck()
    publisher_.put(CS1, Topic.POWER, {"import_w": 1.0}, AT, 0.1)
    publisher_.put(parse("/mall/south/CS9"), Topic.POWER, {"import_w": 2.0}, AT, 0.1)
    assert [str(one.address) for one in told(publisher_, 0.1)] == ["/mall/south/CS9"]


@pytest.mark.parametrize(
    ("role", "place", "topic"),
    [
        (Role.FO, "/other", Topic.POWER),
        (Role.FO, "/mall", Topic.TARIFF),
        (Role.EV, "/mall", Topic.POWER),
    ],
)
def test_who_may_read_nothing_of_it_is_refused(role: Role, place: str, topic: Topic) -> None:
    publisher_, _ = publisher(fo=(role, parse(place)))
    with pytest.raises(NotAuthorized):
        publisher_.subscribe(KEY, Wish(address=ZONE, topic=topic), 0.0)
    with pytest.raises(NotAuthorized):
        publisher_.subscribe(("nobody", 1), Wish(address=ZONE, topic=topic), 0.0)


def test_groups_are_subscribed_to_like_places() -> None:
    readers = Readers(fo=(Role.FO, SITE))
    publisher_ = Publisher(readers.get, member=lambda name, address: name == "@fast:dc" and address == CS1)
    publisher_.subscribe(KEY, Wish(address=parse("/mall/@fast:dc"), topic=Topic.POWER), 0.0)
    publisher_.subscribe(("fo", 8), Wish(address=parse("/*/north"), topic=Topic.POWER), 0.0)
    for place in ("/mall/north/CS1", "/mall/north/CS2", "/mall/south/CS3"):
        publisher_.put(parse(place), Topic.POWER, {}, AT, 0.0)
    assert {(one.to[1], one.address.segments[-1]) for one in told(publisher_, 0.0)} == {(7, "CS1"), (8, "CS1"), (8, "CS2")}


def test_a_renewed_subscription_goes_on() -> None:
    publisher_, _ = publisher()
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, lease=10.0), 0.0)
    assert publisher_.renew(KEY, 30.0, 8.0).lease == 30.0
    assert publisher_.due(12.0) == []
    with pytest.raises(Unknown):
        publisher_.renew(KEY, 30.0, 40.0)
    with pytest.raises(Unknown):
        publisher_.renew(("fo", 99), 30.0, 0.0)


def test_who_unsubscribes_is_told_that_it_is_over_and_nothing_else() -> None:
    publisher_, _ = publisher()
    publisher_.put(CS1, Topic.POWER, {}, AT, 0.0)
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER), 0.0)
    publisher_.unsubscribe(KEY)
    publisher_.unsubscribe(KEY)
    assert publisher_.next_deadline() == 0.0
    assert publisher_.due(0.0) == [Ended(KEY, 0, "")]
    publisher_.taken(KEY)
    publisher_.recheck()
    assert publisher_.next_deadline() is None


def test_without_a_snapshot_only_changes_are_told() -> None:
    publisher_, _ = publisher()
    publisher_.put(CS1, Topic.POWER, {"import_w": 1.0}, AT, 0.0)
    publisher_.put(CS1, Topic.LIMIT, {"limit_w": 1.0}, AT, 0.0)
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, snapshot=False), 0.0)
    assert publisher_.due(0.0) == []
    publisher_.put(CS1, Topic.LIMIT, {"limit_w": 2.0}, AT, 0.5)
    assert publisher_.due(0.5) == []
    publisher_.remove(CS1, Topic.POWER, 1.0)
    publisher_.remove(CS1, Topic.POWER, 1.0)
    (gone,) = told(publisher_, 1.0)
    assert (gone.at, gone.fields) == (None, {})


def test_a_value_is_told_again_when_it_has_grown_old() -> None:
    publisher_, _ = publisher()
    publisher_.put(CS1, Topic.POWER, {"import_w": 1.0}, AT, 0.0)
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, interval=0.0, max_age=5.0), 0.0)
    assert len(told(publisher_, 0.0)) == 1
    publisher_.put(CS1, Topic.POWER, {"import_w": 2.0}, AT, 3.0)
    assert len(told(publisher_, 3.0)) == 1
    assert told(publisher_, 5.0) == []
    assert publisher_.next_deadline() == 8.0
    assert [one.fields for one in told(publisher_, 8.0)] == [{"import_w": 2.0}]
    publisher_.remove(CS1, Topic.POWER, 8.1)
    assert len(told(publisher_, 8.1)) == 1
    assert told(publisher_, 30.0) == []


def test_a_reader_has_so_many_subscriptions_and_forgetting_it_frees_them() -> None:
    publisher_, _ = publisher()
    wish = Wish(address=SITE, topic=Topic.POWER)
    for number in range(MOST_SUBSCRIPTIONS):
        publisher_.subscribe(("fo", number), wish, 0.0)
    with pytest.raises(Unavailable):
        publisher_.subscribe(("fo", 999), wish, 0.0)
    publisher_.forget("fo")
    publisher_.subscribe(("fo", 999), wish, 0.0)


def test_values_have_the_fields_of_their_topic_and_there_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher_, _ = publisher()
    with pytest.raises(Refused):
        publisher_.put(CS1, Topic.POWER, {"colour": "red"}, AT, 0.0)
    monkeypatch.setattr("open63110.bindings.link.patterns.subscriptions.MOST_THINGS", 1)
    publisher_.put(CS1, Topic.POWER, {}, AT, 0.0)
    publisher_.put(CS1, Topic.POWER, {}, AT, 0.0)
    with pytest.raises(Unavailable):
        publisher_.put(ZONE, Topic.POWER, {}, AT, 0.0)


wishes = st.builds(
    Wish,
    address=st.sampled_from([SITE, ZONE, CS1, parse("/*/*"), parse("/")]),
    topic=st.sampled_from(list(Topic)),
    interval=st.integers(0, 10**6).map(lambda one: one / 1000),
    max_age=st.integers(0, 10**6).map(lambda one: one / 1000),
    snapshot=st.booleans(),
    lease=st.integers(0, 10**8).map(lambda one: one / 1000),
)


@given(wishes)
def test_a_wish_comes_out_as_it_went_in(wish: Wish) -> None:
    assert read_wish(write_wish(wish)) == wish


@given(
    st.booleans(), st.booleans(), st.integers(0, 999), st.dictionaries(st.sampled_from(["import_w", "export_w"]), st.integers())
)
def test_a_value_comes_out_as_it_went_in(gone: bool, snapshot: bool, skipped: int, fields: dict[str, int]) -> None:
    fields = {name: value % 2**40 for name, value in fields.items()}
    said = Publication(KEY, ZONE, Topic.POWER, None if gone else AT, {} if gone else fields, snapshot, skipped)
    read = read_publication(write_publication(said))
    assert (read.address, read.topic, read.at, read.fields) == (ZONE, Topic.POWER, said.at, said.fields)
    assert (read.snapshot, read.skipped) == (snapshot, skipped)


def test_what_was_granted_comes_out_as_it_went_in() -> None:
    granted = Granted(12.5, 1.0, frozenset({"limit_w", "until"}))
    assert read_granted(write_granted(granted, Topic.LIMIT), Topic.LIMIT) == granted


@pytest.mark.parametrize("body", [b"\x80", b"\xa0", b"\xa2\x01\x62/a\x02\x18\x63", b"\xa2\x01\x61a\x02\x01"])
def test_what_is_no_wish_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_wish(body)
    with pytest.raises(Malformed):
        read_publication(body)


def test_thousands_who_have_nothing_to_be_told_are_not_looked_at_when_others_have() -> None:
    names = [f"CS{number}" for number in range(2_000)]
    readers = {one: Sender(role=Role.STATION, places=(ZONE.below(one),), only=(ZONE,)) for one in names}
    asked: list[str] = []

    def reader(name: str) -> Sender | None:
        asked.append(name)
        return readers.get(name)

    publisher_ = Publisher(reader)
    publisher_.put(ZONE, Topic.TARIFF, {"price": "0.39"}, AT, 0.0)
    for name in names:
        publisher_.subscribe((name, 1), Wish(address=ROOT, topic=Topic.TARIFF, lease=300.0), 0.0)
    assert len(told(publisher_, 0.0)) == 2_000
    assert not publisher_.busy
    assert publisher_.next_deadline() == 300.0
    publisher_.renew(("CS7", 1), 600.0, 100.0)
    readers["fo"] = Sender(role=Role.FO, places=(SITE,))
    publisher_.subscribe(KEY, Wish(address=SITE, topic=Topic.POWER, lease=900.0), 100.0)
    asked.clear()
    publisher_.put(CS1, Topic.POWER, {"import_w": 1.0}, AT, 100.0)
    assert [one.to for one in told(publisher_, 100.0)] == [KEY]
    assert set(asked) == {"fo"}
    assert len(publisher_.due(300.0)) == 1_999
    assert publisher_.topics == {Topic.TARIFF, Topic.POWER}
    assert publisher_.next_deadline() == 700.0
    publisher_.forget("CS7")
    assert publisher_.topics == {Topic.POWER}
    assert publisher_.next_deadline() == 1000.0
