# SPDX-License-Identifier: Apache-2.0
"""Publish and subscribe, without I/O: who wants to know what, how often at most, for how long, and who may (B.27, B.22).

A publisher holds the newest value of each thing and nothing older. For a subscription it remembers which things have changed
since they were told, not to what: who is slow gets the newest value of each once there is room, and costs no more than one
mark a thing. Whether somebody may know a thing is asked anew each time it is told.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.messages.rights import Sender
from open63110.bindings.link.patterns.topics import READS, Reads, Topic, Value
from open63110.kernel.address import ANY, Address
from open63110.kernel.errors import NotAuthorized, Refused, Unavailable, Unknown

LONGEST_LEASE: Final = 86_400.0
"""Without being renewed [s]."""

SHORTEST_INTERVAL: Final = 0.1
"""Between two values of one thing [s]."""

WINDOW: Final = 8
"""Publications of one subscription that are not confirmed yet."""

MOST_SUBSCRIPTIONS: Final = 64
"""Of one reader."""

MOST_THINGS: Final = 20_000
"""Values that a publisher holds."""

Key = tuple[str, int]
"""A reader's identity, and the message id of what it subscribed with: by that it is told."""


class Wish(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What somebody wants to be told."""

    address: Address
    """Of this and all below it; a group stands for others."""
    topic: Topic
    interval: float = 1.0
    """Least time between two values of one thing [s]."""
    max_age: float = 0.0
    """A value is told again after this, though nothing changed [s]; 0: never."""
    snapshot: bool = True
    """Begin with what is known already."""
    lease: float = 300.0
    """For how long, unless it is renewed [s]."""


class Granted(NamedTuple):
    """What whoever subscribes is told first."""

    lease: float
    """[s]; it may be less than was wished."""
    interval: float
    """[s]; it may be more."""
    fields: frozenset[str]
    """That it may see."""


class Publication(NamedTuple):
    """One value on its way to a reader."""

    to: Key
    address: Address
    topic: Topic
    at: datetime | None
    """When it became so; None: the thing is gone."""
    fields: Mapping[str, Value]
    """Those that the reader may see."""
    snapshot: bool
    """It was so already when the reader subscribed."""
    skipped: int
    """Values in between that were passed over."""


class Ended(NamedTuple):
    """A subscription is over; a new one is needed."""

    to: Key
    code: int
    """0: the reader wanted it; else an ErrorCode."""
    words: str


class _Thing(NamedTuple):
    at: datetime
    fields: Mapping[str, Value]


class _Mark(NamedTuple):
    since: float
    """Not to be told before [s, monotonic]."""
    snapshot: bool
    changes: int


class _Open:
    """One subscription."""

    __slots__ = ("ages", "changed", "key", "told", "under_way", "until", "wish")

    def __init__(self, key: Key, wish: Wish, until: float) -> None:
        self.key, self.wish, self.until = key, wish, until
        self.changed: dict[Address, _Mark] = {}
        self.told: dict[Address, float] = {}
        self.ages: list[tuple[float, Address]] = []
        self.under_way = 0


class Publisher:
    """Everything that can be subscribed to at one end, and who does."""

    def __init__(
        self,
        reader: Callable[[str], Sender | None],
        *,
        member: Callable[[str, Address], bool] | None = None,
        reads: Reads = READS,
    ) -> None:
        """Begin with nothing.

        Args:
            reader: says what a reader may speak of by now; None: it may not any more.
            member: says what belongs to a named group.
            reads: which role may see which fields.
        """
        self._reader, self._member, self._reads = reader, member, reads
        self._things: dict[Topic, dict[Address, _Thing]] = {one: {} for one in Topic}
        self._open: dict[Key, _Open] = {}
        self._topics: dict[Topic, dict[Key, _Open]] = {one: {} for one in Topic}
        self._readers: dict[str, set[Key]] = {}
        self._busy: dict[Key, _Open] = {}
        """Those that have something to be told, now or later: the others, one a station, cost nothing meanwhile."""
        self._leases: list[tuple[float, Key]] = []
        """A heap; an entry counts while it is when the subscription ends."""
        self._ended: list[Ended] = []

    @property
    def topics(self) -> frozenset[Topic]:
        """What anybody wants to know of at all."""
        return frozenset(topic for topic, some in self._topics.items() if some)

    @property
    def busy(self) -> bool:
        """Tell whether there is anything to tell, now or later, but that leases are over."""
        return bool(self._busy or self._ended)

    @property
    def held(self) -> int:
        """Values, marks and subscriptions in memory: what it costs is bounded by this."""
        marks = sum(len(one.changed) + len(one.told) + len(one.ages) for one in self._open.values())
        return sum(map(len, self._things.values())) + len(self._open) + marks

    # -- readers --

    def subscribe(self, key: Key, wish: Wish, now: float) -> Granted:
        """Begin to tell a reader what it wishes to know.

        Raises:
            NotAuthorized: it may see nothing of that.
            Unavailable: it has too many subscriptions.
        """
        fields = self._may_wish(key[0], wish)
        if len(self._readers.get(key[0], ())) >= MOST_SUBSCRIPTIONS:
            raise Unavailable(f"{key[0]} has {MOST_SUBSCRIPTIONS} subscriptions", code="TooManySubscriptions")
        interval, lease = max(SHORTEST_INTERVAL, wish.interval), min(LONGEST_LEASE, max(0.0, wish.lease))
        wish = msgspec.structs.replace(wish, interval=interval)
        one = _Open(key, wish, now + lease)
        self._add(one)
        if wish.snapshot:
            self._mark_all(one, now)
        return Granted(lease, interval, fields)

    def renew(self, key: Key, lease: float, now: float) -> Granted:
        """Go on for so long from now.

        Raises:
            Unknown: there is no such subscription, or it is over.
            NotAuthorized: its reader may see nothing of that any more.
        """
        one = self._open.get(key)
        if one is None or one.until <= now:
            raise Unknown("there is no such subscription", code="UnknownSubscription")
        fields = self._may_wish(key[0], one.wish)
        granted = Granted(min(LONGEST_LEASE, max(0.0, lease)), one.wish.interval, fields)
        one.until = now + granted.lease
        heapq.heappush(self._leases, (one.until, key))
        return granted

    def unsubscribe(self, key: Key) -> None:
        """End a subscription because its reader wants that; one that is over already is over."""
        if self._drop(key):
            self._ended.append(Ended(key, 0, ""))

    def forget(self, reader: str) -> None:
        """Drop the subscriptions of a reader that is gone for good."""
        for key in tuple(self._readers.get(reader, ())):
            self._drop(key)

    def _add(self, one: _Open) -> None:
        self._drop(one.key)
        self._open[one.key] = self._topics[one.wish.topic][one.key] = one
        self._readers.setdefault(one.key[0], set()).add(one.key)
        heapq.heappush(self._leases, (one.until, one.key))

    def _drop(self, key: Key) -> bool:
        """Forget a subscription; tell whether there was one."""
        one = self._open.pop(key, None)
        if one is None:
            return False
        self._busy.pop(key, None)
        del self._topics[one.wish.topic][key]
        self._readers[key[0]].remove(key)
        if not self._readers[key[0]]:
            del self._readers[key[0]]
        return True

    def taken(self, key: Key) -> None:
        """Note that a publication is confirmed, or never will be: there is room for another."""
        one = self._open.get(key)
        if one is not None and one.under_way:
            one.under_way -= 1

    def recheck(self) -> None:
        """End the subscriptions of those who may not read any more; the others see what they may from now on."""
        for key, one in tuple(self._open.items()):
            try:
                self._may_wish(key[0], one.wish)
            except NotAuthorized as trouble:
                self._end(one, ErrorCode.NOT_AUTHORIZED, trouble.message)

    def _may_wish(self, reader: str, wish: Wish) -> frozenset[str]:
        sender = self._reader(reader)
        fields = self._reads.fields(sender.role, wish.topic) if sender is not None else frozenset()
        if not fields:
            raise NotAuthorized(f"{reader} may not read {wish.topic.name.lower()}", where=wish.topic.name.lower())
        if sender is None or not self._reaches(wish.address, sender):
            raise NotAuthorized(f"{reader} may not read of {wish.address}", code="AddressNotAllowed", where=str(wish.address))
        return fields

    def _reaches(self, wished: Address, sender: Sender) -> bool:
        """Tell whether there could be anything in a wish that its reader may know."""
        here = wished.above if wished.name is not None else wished
        return any(_meet(here, place) for place in sender.places) or any(one.within(here) for one in sender.only)

    # -- values --

    def value(self, address: Address, topic: Topic) -> Mapping[str, Value]:
        """Return what a thing is by now; empty: there is none."""
        thing = self._things[topic].get(address)
        return thing.fields if thing is not None else {}

    def put(self, address: Address, topic: Topic, fields: Mapping[str, Value], at: datetime, now: float) -> None:
        """Have the value of a thing; one that is as before is no news.

        Raises:
            Refused: a field that the topic does not have.
            Unavailable: too many things.
        """
        strange = fields.keys() - topic.fields.keys()
        if strange:
            raise Refused(f"{topic.name.lower()} has no {sorted(strange)}", code="UnknownField")
        things = self._things[topic]
        if address not in things and sum(map(len, self._things.values())) >= MOST_THINGS:
            raise Unavailable(f"at most {MOST_THINGS} values are held", code="TooManyValues")
        before = things.get(address)
        if before is None or before.fields != fields:
            things[address] = _Thing(at, dict(fields))
            self._changed(address, topic, now)

    def remove(self, address: Address, topic: Topic, now: float) -> None:
        """Let a thing be gone."""
        if self._things[topic].pop(address, None) is not None:
            self._changed(address, topic, now)

    def remove_below(self, place: Address, now: float, topics: Iterable[Topic] = Topic) -> None:
        """Let everything at a place and below it be gone, or what these topics have of it."""
        for topic in topics:
            for address in [one for one in self._things[topic] if one.within(place)]:
                self.remove(address, topic, now)

    def retell(self, address: Address, topic: Topic, now: float) -> None:
        """Tell the value of a thing once more, because somebody may see it who could not before."""
        if address in self._things[topic]:
            self._changed(address, topic, now)

    def clear(self, topic: Topic) -> None:
        """Forget the values of a topic that nobody reads; nobody is told."""
        self._things[topic].clear()

    def _changed(self, address: Address, topic: Topic, now: float) -> None:
        for one in self._topics[topic].values():
            if self._covers(one.wish, address):
                self._mark(one, address, now, changes=1)

    def _mark(self, one: _Open, address: Address, now: float, *, changes: int, snapshot: bool = False) -> None:
        self._busy[one.key] = one
        before = one.changed.get(address)
        if before is not None:
            one.changed[address] = before._replace(changes=before.changes + changes)
            return
        told = one.told.get(address)
        since = now if told is None else max(now, told + one.wish.interval)
        one.changed[address] = _Mark(since, snapshot, changes)

    def _mark_all(self, one: _Open, now: float) -> None:
        for address in self._things[one.wish.topic]:
            if self._covers(one.wish, address):
                self._mark(one, address, now, changes=1, snapshot=True)

    def _covers(self, wish: Wish, address: Address) -> bool:
        if wish.address.name is not None:
            return wish.address.covers(address, self._member)
        return address.within(wish.address)

    # -- telling --

    def due(self, now: float) -> list[Publication | Ended]:
        """Return what to tell now; each publication is under way until `taken`."""
        found: list[Publication | Ended] = []
        while self._leases and self._leases[0][0] <= now:
            one = self._open.get(heapq.heappop(self._leases)[1])
            if one is not None and one.until <= now:
                self._end(one, ErrorCode.EXPIRED, "the lease is over")
        for one in tuple(self._busy.values()):
            self._grow_old(one, now)
            found += self._ready(one, now)
            if not one.changed and not one.ages:
                self._busy.pop(one.key, None)
        found += self._ended
        self._ended = []
        return found

    def next_deadline(self) -> float | None:
        """Return when `due` has something to say, monotonic; None: not before something else happens."""
        if self._ended:
            return 0.0
        while self._leases and not self._counts(*self._leases[0]):
            heapq.heappop(self._leases)
        times = [until for until, _ in self._leases[:1]]
        for one in self._busy.values():
            if one.under_way < WINDOW:
                times += [mark.since for mark in one.changed.values()]
                times += [one.ages[0][0]] if one.ages else []
        return min(times, default=None)

    def _counts(self, until: float, key: Key) -> bool:
        one = self._open.get(key)
        return one is not None and one.until == until

    def _grow_old(self, one: _Open, now: float) -> None:
        while one.ages and one.ages[0][0] <= now:
            _, address = heapq.heappop(one.ages)
            if one.told.get(address, now) + one.wish.max_age <= now and address in self._things[one.wish.topic]:
                self._mark(one, address, now, changes=1)

    def _ready(self, one: _Open, now: float) -> Iterator[Publication]:
        sender = self._reader(one.key[0])
        fields = self._reads.fields(sender.role, one.wish.topic) if sender is not None else frozenset()
        if sender is None or not fields:
            self._end(one, ErrorCode.NOT_AUTHORIZED, f"{one.key[0]} may not read this any more")
            return
        for address, mark in tuple(one.changed.items()):
            if one.under_way >= WINDOW:
                return
            if mark.since > now:
                continue
            del one.changed[address]
            if address in sender.only or any(address.within(place) for place in sender.places):
                yield self._told(one, address, mark, fields, now)

    def _told(self, one: _Open, address: Address, mark: _Mark, visible: frozenset[str], now: float) -> Publication:
        thing = self._things[one.wish.topic].get(address)
        one.under_way += 1
        if thing is None:
            one.told.pop(address, None)
            return Publication(one.key, address, one.wish.topic, None, {}, mark.snapshot, mark.changes - 1)
        if one.wish.max_age > 0.0:
            heapq.heappush(one.ages, (now + one.wish.max_age, address))
        one.told[address] = now
        fields = {name: value for name, value in thing.fields.items() if name in visible}
        return Publication(one.key, address, one.wish.topic, thing.at, fields, mark.snapshot, mark.changes - 1)

    def _end(self, one: _Open, code: ErrorCode, words: str) -> None:
        if self._drop(one.key):
            self._ended.append(Ended(one.key, code, words))


def _meet(one: Address, other: Address) -> bool:
    """Tell whether two places have anything in common."""
    return all(mine == yours or ANY in {mine, yours} for mine, yours in zip(one.segments, other.segments, strict=False))
