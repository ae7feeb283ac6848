# SPDX-License-Identifier: Apache-2.0
"""The engine of one node: a message in, facts and rows committed, then the answer and the orders out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from open63110.kernel.errors import Trouble, Unknown
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command, Effect, Event, Message, Reply, Wake
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Evolve
from open63110.model.policy import Policy
from open63110.model.station import Station, Wakeup
from open63110.model.token import Token
from open63110.ports import BY_NAME, Clock, Ids, Signers, Store, Trust
from open63110.runtime.commit import GroupCommit
from open63110.runtime.knowledge import Knowledge
from open63110.runtime.nothing import Nobody, NoTrust
from open63110.runtime.rows import TurnRows
from open63110.runtime.table import Decider, Table
from open63110.runtime.timers import Timers

Replies = Sequence[Reply]
Answer = Callable[[Replies | Trouble | None], None]
"""Called once: with what the use cases reply, with the trouble that came instead, or with None if nothing was stored and
therefore nobody may be answered (I7)."""


class Engine:
    """Decides for one role. Everything it does between two awaits runs to its end."""

    def __init__(
        self, role: Role, table: Table, store: Store, clock: Clock, ids: Ids, policy: Policy, *, linger: float = 0.007
    ) -> None:
        """Read what must be in memory and get ready; ``run`` of commit and timers do the work."""
        self.role, self.table, self.store, self.clock, self.policy = role, table, store, clock, policy
        self.commit = GroupCommit(store, clock, linger=linger)
        self.known = Knowledge(store, self.commit, ids)
        self.timers = Timers(clock, self._wake)
        self.elsewhere: Callable[[Command], None] = _nowhere
        """Where commands go that are for another station than the one they were decided for: to be decided there."""
        self.send: Callable[[Command], None] = _nowhere
        """Where commands for other parties go, as part of the turn that yields them."""
        self.policies: dict[StationId, Policy] = {}
        """Choices of single stations, where they are not those of all: of those that were told to be otherwise (8.3.4)."""
        self.ids = ids
        self.signers: Signers = Nobody()
        """Whose firmware is installed here."""
        self.trust: Trust = NoTrust()
        """Whose signatures count; as long as nobody says so, nobody's do."""
        self._decide: dict[type[Message], Decider] = {kind: d for (who, kind), d in table.decide.items() if who is role}
        self._effects: dict[type[Event], _Effect] = {}
        for station in self.known.stations.values():
            self.timers.follow(station)

    @property
    def stations(self) -> dict[StationId, Station]:
        """Every station this node knows."""
        return self.known.stations

    def hear(self, messages: Sequence[Message], answer: Answer | None = None, *, now: datetime | None = None) -> Trouble | None:
        """Take what one wire message said, all or nothing, and answer once it is durable.

        Args:
            messages: of one station, in order.
            answer: None where nobody waits.
            now: None: the clock's.

        Returns:
            The trouble it was refused with, which is answered in its time like everything else; None: it was kept.
        """
        turn = Turn(self, messages[0].station, now or self.clock.now())
        trouble: Trouble | None = None
        try:
            for message in messages:
                turn.decide(message)
            turn.keep()
        except Trouble as refusal:
            trouble = refusal.alone()  # it waits for the commit, and the frames of a commit would wait in it
        self.commit.after(answer or _nobody_waits, turn.replies if trouble is None else trouble, None)
        return trouble

    def effect(self, kind: type[Event]) -> "_Effect":
        """Learn what a kind of fact changes and sets off here."""
        own = kind.about == "station"
        evolve = self.table.evolve.get(kind, ()) if own else ()
        found = self._effects[kind] = _Effect(own, evolve, self.table.then.get((self.role, kind), ()))
        return found

    def decides(self, kind: type[Message]) -> bool:
        """Tell whether this role has a use case for the message."""
        return kind in self._decide

    def _wake(self, station: StationId, name: str) -> None:
        """Decide a wakeup that is due, unless it was replaced or taken back meanwhile."""
        now, noun = self.clock.now(), self.stations.get(station)
        wakeup = noun.wakeups.get(name) if noun else None
        if wakeup is not None and wakeup.at <= now:
            self._decide_wakeup(station, name, wakeup, now)
        self.commit.after(lambda durable: None if durable else self.timers.again(station, name))

    def _decide_wakeup(self, station: StationId, name: str, wakeup: Wakeup, now: datetime) -> None:
        over = Wake(name=name, at=now, command=None)
        turn = Turn(self, station, now)
        turn.take((over,))
        try:
            turn.decide(decode_command(wakeup.body))
        except Trouble:  # refused: there is nothing to do any more, but the wakeup is over all the same
            turn = Turn(self, station, now)
            turn.take((over,))
        turn.keep()


class _Effect(NamedTuple):
    own: bool
    """It is about its station."""
    evolve: tuple[Evolve, ...]
    then: tuple[Decider, ...]


class Turn:
    """One wire message being decided: a private copy of its station until it is kept."""

    __slots__ = (
        "_engine",
        "_id",
        "_message",
        "_old",
        "commands",
        "facts",
        "ids",
        "known",
        "nouns",
        "now",
        "policy",
        "replies",
        "station",
        "wakes",
    )

    def __init__(self, engine: Engine, station: StationId, now: datetime) -> None:
        """Begin with the station as it is."""
        self._engine, self._id = engine, station
        # what a decide function may name, beside station and token
        self.now, self.ids, self.policy = now, engine.ids, engine.policies.get(station, engine.policy)
        self.known = engine.known
        self._old = self.station = engine.known.stations.get(station)
        self.facts: list[Event] = []
        self.replies: list[Reply] = []
        self.commands: list[Command] = []
        self.nouns: dict[tuple[str, Any], Any] = {}
        self.wakes = False
        self._message: Message | None = None

    @property
    def token(self) -> Token | None:
        """The token that the message names."""
        return self._engine.known.tokens.get(getattr(self._message, "subject", _NOBODY))

    @property
    def trust(self) -> Trust:
        """Whose signatures count."""
        return self._engine.trust

    @property
    def rows(self) -> TurnRows:
        """What is not in memory, as this turn leaves it so far."""
        return TurnRows(self._engine.known.under_way, self.nouns)

    @property
    def signers(self) -> Signers:
        """Whose firmware is installed here."""
        return self._engine.signers

    def decide(self, message: Message) -> None:
        """Let the use case of this message decide, and take what it yields.

        Raises:
            Trouble: it was refused; nothing of the turn may be kept.
        """
        engine = self._engine
        entry = engine._decide.get(type(message))  # noqa: SLF001
        if entry is None:
            what = type(message).__name__
            raise Unknown(f"no use case of the {engine.role} takes {what}", code="NoUseCase")
        if entry.recalls and self.station is not None and message.reference not in self.station.transfers:  # type: ignore[union-attr]  # checked by recalls
            self._recall(message)
        if entry.must_exist and self.station is None:
            raise Unknown(f"there is no station {message.station!r}", code="UnknownStation", where="station")
        self._message = message
        self.take(list(entry.function(message, *entry.gather(self))))

    def _recall(self, message: Any) -> None:
        if self.station is not None and message.reference:
            self.station = self._engine.known.recall(self.station, message.reference)

    def take(self, effects: Iterable[Effect]) -> None:
        """Sort out what a decision yields."""
        for effect in effects:
            kind = type(effect)
            (_TAKES.get(kind) or _learn(kind))(self, effect)

    def fact(self, event: Event) -> None:
        """Let a fact change its noun, and follow where it leads."""
        self.facts.append(event)
        own, evolves, then = self._engine._effects.get(type(event)) or self._engine.effect(type(event))  # noqa: SLF001 - hot path
        if own:
            station = self.station or Station(id=event.station)
            for evolve in evolves:
                station = evolve(event, station)
            self.station = station
        else:
            noun = getattr(event, event.about)
            key_name = BY_NAME[event.about].key
            self.nouns[event.about, getattr(noun if noun is not None else event, key_name)] = noun
        for entry in then:
            self._message = event
            message: Any
            follows = entry.function(event, self.station) if entry.station_only else entry.function(event, *entry.gather(self))
            for message in follows:
                self.decide(message)

    def _reply(self, reply: Reply) -> None:
        self.replies.append(reply)

    def _command(self, command: Command) -> None:
        self.commands.append(command)

    def _set_wake(self, wake: Wake) -> None:
        if self.station is None or (wake.command is None and wake.name not in self.station.wakeups):
            return
        wakeups = {name: at for name, at in self.station.wakeups.items() if name != wake.name}
        if wake.command is not None:
            wakeups[wake.name] = Wakeup(at=wake.at, body=encode_command(wake.command))
        self.station = msgspec.structs.replace(self.station, wakeups=wakeups)
        self.wakes = True

    def keep(self) -> None:
        """Publish the turn to memory and to the batch of the next commit.

        Raises:
            Malformed: a fact holds what cannot be written; nothing is published.
        """
        engine = self._engine
        known = engine.known
        engine.commit.batch.note(*self.facts)
        if self.station is not None and self.station is not self._old:
            known.keep_station(self._old, self.station)
            if self.wakes:
                engine.timers.follow(self.station)
        for (kind, key), noun in self.nouns.items():
            known.keep(kind, key, noun)
        for command in self.commands:
            elsewhere = command.station != self._id and engine.decides(type(command))
            (engine.elsewhere if elsewhere else engine.send)(command)


_NOBODY = SubjectRef("")

_TAKES: dict[type[Effect], Callable[[Turn, Any], None]] = {}
"""What becomes of an effect, by its kind: asking each whether it is an instance of another is dear for structs."""


def _learn(kind: type[Effect]) -> Callable[[Turn, Any], None]:
    takes: dict[type[Effect], Callable[[Turn, Any], None]] = {
        Event: Turn.fact,
        Reply: Turn._reply,  # noqa: SLF001 - a part of it
        Wake: Turn._set_wake,  # noqa: SLF001 - as above
        Command: Turn._command,  # noqa: SLF001 - as above
    }
    found = _TAKES[kind] = next(take for base, take in takes.items() if issubclass(kind, base))
    return found


_COMMANDS: dict[str, type[Command]] = {}


def encode_command(command: Command) -> bytes:
    """Write a command so that it survives a restart."""
    return msgspec.json.encode((type(command).__name__, command))


def decode_command(body: bytes) -> Command:
    """Read it back.

    Raises:
        Unknown: a command of a later version.
    """
    name, raw = msgspec.json.decode(body, type=tuple[str, msgspec.Raw])
    if name not in _COMMANDS:  # the first, or of a module that was loaded since
        for one in _subclasses(Command):
            if _COMMANDS.setdefault(one.__name__, one) is not one:
                message = f"two commands are called {one.__name__}: their rows could not be told apart"
                raise TypeError(message)
    kind = _COMMANDS.get(name)
    if kind is None:
        raise Unknown(f"no command is called {name}")
    return msgspec.json.decode(raw, type=kind)


def _subclasses(kind: type[Command]) -> list[type[Command]]:
    direct = kind.__subclasses__()
    return direct + [deeper for child in direct for deeper in _subclasses(child)]


def _nobody_waits(_: object) -> None:
    """Wake the writer for facts that answer nobody."""


def _nowhere(command: Command) -> None:
    raise Unknown(f"nobody takes {type(command).__name__} from here")
