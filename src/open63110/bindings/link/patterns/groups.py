# SPDX-License-Identifier: Apache-2.0
"""Messages to groups, without I/O: who belongs to one, one message fanned out, one answer for all of it in time (B.11).

Each level sends one message to each link behind which there are members, and gives up one answer upwards: what has not
answered by then has failed. A level below gets a little less time, so that its own answer is in before that.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import cbor2
import msgspec

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.framing.header import LONGEST_ADDRESS
from open63110.bindings.link.framing.strict import field, mapping, whole
from open63110.kernel.address import Address, Directory
from open63110.kernel.ids import StationId
from open63110.model.station import Station

NO_ANSWER: Final = "NoAnswer"
"""Reason of a member that has the message and did not answer in time."""

LONGEST_REASON: Final = 100
"""[characters]"""

MOST_NAMED: Final = 2_000
"""Members that an answer names; the others are counted."""

SHARE: Final = 0.9
"""Of the time that is left, for the levels below."""

_KINDS: Final[Mapping[str, Callable[[Station], str]]] = {
    "model": lambda station: station.identity.model,
    "vendor": lambda station: station.identity.vendor,
    "firmware": lambda station: station.identity.firmware,
    "wire": lambda station: station.wire,
}
"""Groups by what stations say of themselves: ``@model:EVB-22``."""


class Aggregate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The one answer to a message to a group."""

    ok: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    """Path and reason."""
    unreachable: tuple[str, ...] = ()
    """Paths."""
    unnamed: int = 0
    """Further ones that failed or are unreachable, which would make the answer too long."""

    @property
    def members(self) -> int:
        """For how many it stands."""
        return self.ok + len(self.failed) + len(self.unreachable) + self.unnamed

    def joined(self, other: "Aggregate") -> "Aggregate":
        """Return what both say together."""
        failed, gone = self.failed + other.failed, self.unreachable + other.unreachable
        kept_failed = failed[:MOST_NAMED]
        kept_gone = gone[: MOST_NAMED - len(kept_failed)]
        left = len(failed) + len(gone) - len(kept_failed) - len(kept_gone)
        unnamed = self.unnamed + other.unnamed + left
        return Aggregate(ok=self.ok + other.ok, failed=kept_failed, unreachable=kept_gone, unnamed=unnamed)


class Fanout:
    """One message to a group at one level: who was to get it, and what came back."""

    def __init__(self, leaves: Iterable[Address], branches: Mapping[str, Iterable[Address]], deadline: datetime) -> None:
        """Wait for all of them.

        Args:
            leaves: stations with links of their own here.
            branches: links to levels below, with the members behind them.
            deadline: the answer goes up then at the latest.
        """
        self.deadline = deadline
        self._leaves = set(leaves)
        self._branches = {name: tuple(members) for name, members in branches.items()}
        self._so_far = Aggregate()

    @property
    def members(self) -> int:
        """How many have not answered yet."""
        return len(self._leaves) + sum(map(len, self._branches.values()))

    def done(self, member: Address) -> None:
        """Note that a member has carried it out."""
        self._note(member, Aggregate(ok=1))

    def failed(self, member: Address, reason: str) -> None:
        """Note why a member has not."""
        self._note(member, Aggregate(failed=((str(member), reason[:LONGEST_REASON] or "Refused"),)))

    def unreachable(self, member: Address) -> None:
        """Note that a member has no link."""
        self._note(member, Aggregate(unreachable=(str(member),)))

    def branch(self, name: str, answer: Aggregate) -> None:
        """Take the answer of a level below."""
        if self._branches.pop(name, None) is not None:
            self._so_far = self._so_far.joined(answer)

    def branch_lost(self, name: str) -> None:
        """Note that a level below has no link, and so nobody behind it."""
        members = self._branches.pop(name, ())
        self._so_far = self._so_far.joined(Aggregate(unreachable=tuple(map(str, members))))

    def _note(self, member: Address, answer: Aggregate) -> None:
        if member in self._leaves:
            self._leaves.remove(member)
            self._so_far = self._so_far.joined(answer)

    def answer(self, now: datetime) -> Aggregate | None:
        """Return the answer for all; None: some have not answered and there is still time."""
        if self.members and now < self.deadline:
            return None
        late = [*sorted(self._leaves), *(one for members in self._branches.values() for one in members)]
        return self._so_far.joined(Aggregate(failed=tuple((str(one), NO_ANSWER) for one in late)))


class Membership:
    """Who belongs to which group: by place, by what stations say of themselves, and by lists with a name."""

    def __init__(
        self,
        directory: Directory,
        station: Callable[[StationId], Station | None],
        lists: Mapping[str, frozenset[StationId]] | None = None,
    ) -> None:
        """Know where stations are.

        Args:
            directory: of this level.
            station: what is known of one.
            lists: name → members, for ``@group:name``.
        """
        self._directory, self._station, self.lists = directory, station, dict(lists or {})

    def has(self, name: str, address: Address) -> bool:
        """Tell whether a place belongs to a named group; a part of a station does if the station does."""
        id = self._directory.station(address)
        if id is None:
            return False
        kind, _, which = name.removeprefix("@").partition(":")
        if kind == "group":
            return id in self.lists.get(which, frozenset())
        noun, said = self._station(id), _KINDS.get(kind)
        return noun is not None and said is not None and said(noun) == which

    def of(self, group: Address) -> list[tuple[StationId, Address]]:
        """Return the stations that a message to a group, or to a place above stations, is for."""
        return list(self._directory.members(group, self.has))


def inner_deadline(deadline: datetime, now: datetime) -> datetime:
    """Return by when a level below has to answer."""
    return now + max(timedelta(0), deadline - now) * SHARE


def write_aggregate(one: Aggregate) -> bytes:
    """Write the answer for a group."""
    fields: dict[int, object] = {1: one.ok}
    if one.failed:
        fields[2] = [list(pair) for pair in one.failed]
    if one.unreachable:
        fields[3] = list(one.unreachable)
    if one.unnamed:
        fields[4] = one.unnamed
    return cbor2.dumps(fields)


def read_aggregate(body: bytes) -> Aggregate:
    """Read it.

    Raises:
        BadFrame: it breaks the specification.
    """
    fields = mapping(whole(body), "an answer of a group")
    failed, gone = fields.get(2, []), fields.get(3, [])
    if type(failed) is not list or type(gone) is not list or len(failed) + len(gone) > MOST_NAMED:
        raise BadFrame("too many members, or no lists of them")
    if not all(type(one) is list and len(one) == 2 and _text(one[0]) and _text(one[1], LONGEST_REASON) for one in failed):
        raise BadFrame("who failed is told as path and reason")
    if not all(map(_text, gone)):
        raise BadFrame("who is unreachable is told as a path")
    return Aggregate(
        ok=field(fields, 1, int),
        failed=tuple((path, reason) for path, reason in failed),
        unreachable=tuple(gone),
        unnamed=field(fields, 4, int) if 4 in fields else 0,
    )


def _text(value: object, longest: int = LONGEST_ADDRESS) -> bool:
    return isinstance(value, str) and len(value) <= longest


def aggregate_in(answer: str) -> Aggregate:
    """Return what an order that was answered for a group holds; nobody where it holds something else."""
    try:
        return msgspec.json.decode(answer or "{}", type=Aggregate)
    except msgspec.DecodeError:
        return Aggregate()
