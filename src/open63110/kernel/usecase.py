# SPDX-License-Identifier: Apache-2.0
"""The use-case table: one entry a clause, from which doors, journal and documentation are derived."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from open63110.kernel.messages import Command, Effect, Event, Message
from open63110.kernel.roles import Role

Decide = Callable[..., Iterable[Effect]]
"""What one role does on one message. It names what it needs, and is given just that: ``station`` (the noun, None if
unknown), ``token``, ``now``, ``ids``, ``policy``, ``tokens``, ``history``, ``sites``, ``rows``, ``signers``,
``trust`` after the message itself."""

Evolve = Callable[[Any, Any], Any]
"""(fact, noun or None) → noun: what a fact changes. Never refuses, never yields."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """How people and systems ask for a command: a noun and a verb, the same on REST and CLI."""

    command: type[Command]
    noun: str
    verb: str
    roles: frozenset[Role]
    """Who may ask, beside ADMIN, who always may."""
    owned: bool = False
    """What it speaks of belongs to whoever asks, and the use case itself refuses the rest: his scope of stations says nothing."""


class UseCase(msgspec.Struct, frozen=True, kw_only=True):
    """One clause of the standard as running code."""

    clause: str
    title: str
    decide: Mapping[tuple[Role, type[Message]], Decide] = {}
    evolve: Mapping[type[Event], Evolve] = {}
    doors: tuple[Door, ...] = ()


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Where one use case leads to another: on a fact, further commands are decided by the same party."""

    role: Role
    on: tuple[type[Event], ...]
    then: Callable[..., Iterable[Message]]
    """Called like a Decide, after the fact has changed the noun."""
