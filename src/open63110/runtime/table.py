# SPDX-License-Identifier: Apache-2.0
"""The use-case table, found by looking into the folders and made fast to call."""

import functools
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import msgspec

from open63110.kernel.messages import Command, Effect, Event, Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Decide, Door, Evolve, Flow, UseCase

GIVEN = ("station", "token", "now", "ids", "policy", "tokens", "history", "sites", "rows", "signers", "trust")
"""What a decide or then function may name after its message."""

KNOWN = frozenset({"tokens", "history", "sites"})
"""Of these, what is one and the same at whoever runs it."""

Call = Callable[[Message, dict[str, Any]], Iterable[Effect]]


class Decider(msgspec.Struct, frozen=True, kw_only=True):
    """A decide function with what it needs."""

    function: Decide
    gather: Callable[[Any], tuple[Any, ...]]
    """Takes what the function names from whoever runs it: ``known``, and an attribute for each of GIVEN that is not in it."""
    must_exist: bool
    """Its station parameter does not admit None."""
    recalls: bool = False
    """Its message names an energy transfer, which may have left memory."""
    station_only: bool = False
    """It names the station and nothing else, as nearly every flow does: then nothing need be gathered."""


def decider(function: Decide) -> Decider:
    """Read off a function's signature what it wants to be given.

    Raises:
        TypeError: it names something nobody can give.
    """
    names = tuple(inspect.signature(function).parameters)[1:]
    wrong = [name for name in names if name not in GIVEN]
    if wrong:
        message = f"{function.__module__}.{function.__name__} asks for {wrong}; there is only {GIVEN}"
        raise TypeError(message)
    hint = typing.get_type_hints(function).get("station")
    optional = hint is not None and type(None) in typing.get_args(hint)
    return Decider(
        function=function,
        gather=_gatherer(names),
        must_exist="station" in names and not optional,
        station_only=names == ("station",),
    )


def _gatherer(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    get = attrgetter(*("known" if name in KNOWN else name for name in names))
    return get if len(names) > 1 else lambda giver: (get(giver),)


class Table:
    """Every use case and flow of this program, for every role."""

    def __init__(self, cases: Iterable[UseCase], flows: Iterable[Flow] = ()) -> None:
        """Check that no two use cases claim the same message of the same role."""
        self.cases = tuple(sorted(cases, key=lambda case: clause_order(case.clause)))
        self.flows = tuple(flows)
        self.decide: dict[tuple[Role, type[Message]], Decider] = {}
        self.evolve: dict[type[Event], tuple[Evolve, ...]] = {}
        self.then: dict[tuple[Role, type[Event]], tuple[Decider, ...]] = {}
        self.doors: tuple[Door, ...] = tuple(door for case in self.cases for door in case.doors)
        for case in self.cases:
            self._add(case)
        for flow in self.flows:
            for event in flow.on:
                key = (flow.role, event)
                self.then[key] = (*self.then.get(key, ()), decider(flow.then))

    def _add(self, case: UseCase) -> None:
        for key, function in case.decide.items():
            if key in self.decide:
                message = f"two use cases decide {key[1].__name__} as {key[0]}: {case.clause} and another"
                raise TypeError(message)
            recalls = "reference" in key[1].__struct_fields__
            self.decide[key] = msgspec.structs.replace(decider(function), recalls=recalls)
        for event, function in case.evolve.items():
            self.evolve[event] = (*self.evolve.get(event, ()), function)

    def door(self, command: type[Command]) -> Door | None:
        """Return the door a command is asked through, None if it has none."""
        return next((door for door in self.doors if door.command is command), None)


def clause_order(clause: str) -> tuple[int, ...]:
    """Sort 8.3.10 behind 8.3.9."""
    return tuple(int(part) for part in clause.split(".") if part.isdigit())


@functools.cache
def discover() -> Table:
    """Import every use case and flow there is; of one program there is one table."""
    cases = [module.USE_CASE for module in _modules("open63110.usecases") if hasattr(module, "USE_CASE")]
    flows = [module.FLOW for module in _modules("open63110.flows") if hasattr(module, "FLOW")]
    return Table(cases, flows)


def _modules(package: str) -> list[Any]:
    root = importlib.import_module(package)
    names = [info.name for info in pkgutil.walk_packages(root.__path__, f"{package}.") if ".tests" not in info.name]
    return [importlib.import_module(name) for name in sorted(names)]


def event_types() -> dict[str, type[Event]]:
    """Return every kind of fact by name, for the journal's codec."""
    discover()
    found: dict[str, type[Event]] = {}
    todo = list(Event.__subclasses__())
    while todo:
        kind = todo.pop()
        found[kind.__name__] = kind
        todo.extend(kind.__subclasses__())
    return found
