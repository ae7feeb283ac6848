# SPDX-License-Identifier: Apache-2.0
"""How one foreign message meets ours: four functions, two for each end of the wire."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from open63110.bindings.ocpp.rpc.frames import Readers, reader
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.schema import decoder
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command, Event, Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.station import Station
from open63110.ports import Subjects
from open63110.runtime.orders import Verdict

R = TypeVar("R", bound=Reply)
T = TypeVar("T")


class Presented(Subjects, Protocol):
    """Subjects, also for a wire that names credentials without their kind."""

    def named(self, value: str) -> SubjectRef:
        """Return whom it means."""


class Door(msgspec.Struct, kw_only=True):
    """What a translation may know of the connection it works for."""

    station: StationId
    version: Version
    subjects: Presented
    now: datetime
    """Set before each message."""
    noun: Station | None = None
    """The station as it is now; None if it is not known."""
    raw: bytes | msgspec.Raw = b""
    """The payload word by word, perhaps only lent: it keeps the whole frame in memory."""
    end: Role = Role.CSMS
    """Whose end of the wire this is."""
    names: dict[str, Any] = {}
    """At the station end: what the wire calls things (OCPP 1.6 transaction ids by our reference)."""


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """One action of one version."""

    action: str
    sender: Role | None
    """STATION or CSMS: who calls; None: either of them."""
    carries: tuple[type[Message], ...] = ()
    """Which of our messages ``to_wire`` takes."""
    only: Callable[[Any], bool] | None = None
    """Of those, which ones; they go before a translation that takes them all. None: all of them."""
    unconfirmed: bool = False
    """It is sent without waiting for an answer: there is none (2.1)."""
    often: bool = False
    """Stations send it all the time: its frames are understood in one go, and ``Door.raw`` stays empty."""
    lacks: tuple[str, ...] = ()
    """What of our messages this action cannot say at all, in the use case's words: it is asked for in another way."""
    from_wire: Callable[[Any, Door], tuple[Message, ...]]
    """At the called end: the request as our messages, in the order in which they are decided."""
    answer: Callable[[Sequence[Reply], Door], Any]
    """At the called end: what the use cases replied, as the response."""
    refuse: Callable[[Trouble, Door], Any] | None = None
    """At the called end: a refusal as a response with a status; None: the response has no way to say no, an error goes out."""
    blank: Callable[[Door], Any] | None = None
    """At the called end: the acknowledgement of one that could not be understood and would else be repeated for ever
    (I11); None: it is answered with an error."""
    to_wire: Callable[[Any, Door], Any] | None = None
    """At the calling end: one of ``carries`` as the request; None: this product never calls it."""
    parts: Callable[[Any, Door], Sequence[Any]] | None = None
    """At the calling end: one of ``carries`` as those of which each goes into a call of its own, at least one; None: itself."""
    heard: Callable[[Any, Any, Door], Verdict] | None = None
    """At the calling end: (response, our message) → what it means."""


def find(replies: Sequence[Reply], kind: type[R]) -> R | None:
    """Return the reply of a kind, None if no use case gave one."""
    for reply in replies:  # this stands in every answer: a generator would cost twice as much, and so would isinstance
        if type(reply) is kind:
            return reply
    return None


def verdict_of(status: str, *messages: Message, reason: str = "", answer: str = "") -> Verdict:
    """Turn a status word of a response into an outcome: Accepted and Scheduled mean yes."""
    yes = status in {"Accepted", "Scheduled", "Unlocked"}
    no = Outcome.NOT_SUPPORTED if status in {"NotSupported", "NotImplemented"} else Outcome.REJECTED
    return Verdict(
        outcome=Outcome.ACCEPTED if yes else no,
        reason="" if status == "Accepted" else reason or status,
        messages=messages if yes else (),
        answer=answer,
    )


def stored(_: Any, __: Any, ___: Door) -> Verdict:
    """At the calling end, where the response has no fields: know that what was told is stored."""
    return Verdict(outcome=Outcome.ACCEPTED)


class Wire:
    """All translations of one version, by action and by our message."""

    def __init__(self, version: Version, types: dict[str, tuple[type, type]], translations: Sequence[Translation]) -> None:
        """Check that nothing is claimed twice."""
        self.version, self.types = version, types
        self.by_action = {one.action: one for one in translations}
        often = [one.action for one in translations if one.often]
        self.readers: Readers = {action.encode(): reader(action, decoder, types[action][0]) for action in often}
        """Of the frames that come all the time."""
        self.lacks = tuple(sorted(word for one in translations for word in one.lacks))
        """What stations cannot be asked over this wire."""
        self.by_message: dict[type[Command | Event], Translation] = {}
        self.by_content: dict[type[Command | Event], Translation] = {}
        """Translations of some messages of a kind."""
        for one in translations:
            found = self.by_message if one.only is None else self.by_content
            for kind in one.carries:
                if kind in found:
                    message = f"{version}: {kind.__name__} is carried by {one.action} and by {found[kind].action}"
                    raise TypeError(message)
                found[kind] = one
        if len(self.by_action) != len(translations):
            message = f"{version}: an action is translated twice"
            raise TypeError(message)

    def carrier(self, message: Message) -> Translation | None:
        """Return the translation that takes a message, None if none does."""
        some = self.by_content.get(type(message))
        if some is not None and some.only is not None and some.only(message):
            return some
        return self.by_message.get(type(message))


def text(value: Any) -> str:
    """Return an optional field's text, empty where it was not on the wire."""
    return "" if value is msgspec.UNSET else str(value)


def given(value: T | msgspec.UnsetType) -> T | None:
    """Return an optional field's value, None where it was not on the wire."""
    return None if isinstance(value, msgspec.UnsetType) else value


def found_in(package: str) -> tuple[Translation, ...]:
    """Return the translation of every message that has a file in a version's folder: ``reset.py`` holds ``RESET``."""
    path = importlib.import_module(package).__path__
    names = sorted(one.name for one in pkgutil.iter_modules(path) if not one.ispkg)
    found = (getattr(importlib.import_module(f"{package}.{name}"), name.upper(), None) for name in names)
    return tuple(one for one in found if isinstance(one, Translation))
