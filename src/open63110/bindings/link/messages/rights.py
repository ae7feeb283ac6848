# SPDX-License-Identifier: Apache-2.0
"""Who may say what over a link: role × message × address × priority class, deny by default (B.22, AT-B.8-2).

For whom a message is, the use-case table and the registry say; who may say it there, the rules below. A message that no rule
admits is refused with NotAuthorized: an emergency that somebody has no right to is not turned into something less.
"""

from typing import Final

import msgspec

from open63110.bindings.link.messages.registry import REGISTRY, Definition, Registry
from open63110.kernel.address import ROOT, Address
from open63110.kernel.errors import NotAuthorized, NotSupported
from open63110.kernel.messages import Priority
from open63110.kernel.roles import Role

E, C, N, B = Priority

ALL: Final = frozenset({E, C, N, B})
CALM: Final = frozenset({C, N, B})

REPORTS: Final = frozenset({"StationEventReported", "EnergyTransferEnded", "FailSafeEntered"})
"""What a station may say as an emergency: somebody has pressed the red button, a fault, a fall-back."""

ORDERS: Final = frozenset({"LimitPower", "WithdrawLimit", "StopRemotely"})
"""What a local CSMS may order as an emergency of its own."""

GRID: Final = frozenset({"LimitZone", "WithdrawZoneLimit"})
"""What those speak of who answer for the grid and not for stations."""


ORDERED: Final = frozenset(
    {"PutDsoOrder", "CancelDsoOrder", "PutDsoForecast", "RemoveDsoForecast", "KeepDsoLink", "AskDsoCompliance"}
)
"""What a DSO says of its groups, and nobody else of anything."""


class Sender(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The other end of a link, as its certificate and this side's register have it."""

    role: Role
    places: tuple[Address, ...] = ()
    """What it may speak of, and all below: a station itself, a local CSMS its site; none: nothing."""
    only: tuple[Address, ...] = ()
    """What it may read of beside that, as such and not what lies below: a station its zone."""
    above: bool = False
    """It is a level above this one; to this side such a local CSMS is its CSMS."""

    @property
    def acts(self) -> Role:
        """The role in which it is met here."""
        return Role.CSMS if self.above and self.role is Role.LOCAL_CSMS else self.role


class Cell(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one role may say to another."""

    sender: Role
    receiver: Role
    message: str
    number: int
    classes: tuple[int, ...]
    """In which it may be said."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the policy."""

    senders: frozenset[Role]
    receivers: frozenset[Role]
    messages: frozenset[str] | None = None
    """By name; None: all that are for the receiver and not reserved to others."""
    classes: frozenset[Priority]


def _rule(senders: str, receivers: str, classes: frozenset[Priority], messages: frozenset[str] | None = None) -> Rule:
    return Rule(senders=_roles(senders), receivers=_roles(receivers), classes=classes, messages=messages)


def _roles(words: str) -> frozenset[Role]:
    return frozenset(Role(word) for word in words.split())


RULES: Final = (
    _rule("station", "csms local-csms", CALM),
    _rule("station", "csms local-csms", ALL, REPORTS),
    _rule("local-csms", "csms local-csms station", CALM),
    _rule("local-csms", "csms local-csms", ALL, REPORTS),
    _rule("local-csms", "station", ALL, ORDERS),
    _rule("csms", "station local-csms", ALL),
    _rule("csms", "dso fo rm", CALM),
    _rule("dso", "csms", frozenset({E, C}), GRID),
    _rule("dso", "csms", frozenset({E, C, N}), ORDERED),
    _rule("fo", "csms", frozenset({C}), GRID),
    _rule("rm", "csms local-csms", frozenset({E, C}), GRID),
)
"""The policy. A local CSMS is a CSMS to what is below it, and speaks for that to what is above."""


class Rights:
    """The policy as a table."""

    def __init__(self, registry: Registry, rules: tuple[Rule, ...] = RULES) -> None:
        """Work every cell out."""
        self.registry = registry
        self.table: dict[tuple[Role, Role, int], frozenset[Priority]] = {}
        """Sender, receiver, message → the classes in which it may be said; no entry: not at all."""
        for definition in registry.messages:
            for rule in rules:
                self._admit(definition, rule)

    def _admit(self, definition: Definition, rule: Rule) -> None:
        if rule.messages is not None and definition.name not in rule.messages:
            return
        for sender in rule.senders & (definition.only or rule.senders):
            for receiver in rule.receivers & takers(definition, sender):
                cell = (sender, receiver, definition.number)
                self.table[cell] = self.table.get(cell, frozenset()) | rule.classes

    def classes(self, sender: Role, receiver: Role, number: int) -> frozenset[Priority]:
        """Return the classes in which a role may say a message to another; none: not at all."""
        return self.table.get((sender, receiver, number), frozenset())

    def cells(self) -> list[Cell]:
        """Return the whole policy; what has no cell is refused."""
        names = self.registry.by_number
        return [
            Cell(sender=sender, receiver=receiver, message=names[number].name, number=number, classes=tuple(sorted(classes)))
            for (sender, receiver, number), classes in sorted(self.table.items())
        ]

    def check(self, sender: Sender, receiver: Role, number: int, about: Address, priority: int) -> None:
        """See to it that the other end of a link may say a message.

        Args:
            sender: who says it.
            receiver: the role of this side.
            number: of the message.
            about: what it speaks of: on the way up where it comes from, on the way down where it goes to.
            priority: class, E0 C1 N2 B3.

        Raises:
            NotSupported: there is no such message.
            NotAuthorized: it may not; the code says whether for the message, the class or the address.
        """
        definition = self.registry.by_number.get(number)
        if definition is None:
            raise NotSupported(f"no message has the number {number}", code="UnknownType")
        admitted = self.classes(sender.acts, receiver, number)
        if not admitted:
            raise NotAuthorized(f"{sender.role} may not say {definition.name} to {receiver}", where=definition.name)
        if priority not in admitted:
            raise NotAuthorized(f"{sender.role} may not say {definition.name} in class {priority}", code="PriorityNotAllowed")
        if not any(about.within(place) for place in sender.places):
            raise NotAuthorized(f"{sender.role} may not speak of {about}", code="AddressNotAllowed", where=str(about))


def takers(definition: Definition, sender: Role) -> frozenset[Role]:
    """Return the roles that take a message from another: for whom it is, and the local CSMS between them.

    A CSMS speaks downwards, all others upwards; a local CSMS does both, but never upwards what is for stations.
    """
    down: frozenset[Role] = definition.to - {Role.CSMS}
    if Role.STATION in down:
        down |= {Role.LOCAL_CSMS}
    up = frozenset({Role.CSMS, Role.LOCAL_CSMS}) if Role.CSMS in definition.to else frozenset()
    if sender is Role.LOCAL_CSMS:
        return up | (down & {Role.STATION})
    return down if sender is Role.CSMS else up


RIGHTS: Final = Rights(REGISTRY)
"""Of the messages that this product speaks."""

EVERYWHERE: Final = (ROOT,)
"""Places of a CSMS that answers for all."""
