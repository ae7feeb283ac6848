# SPDX-License-Identifier: Apache-2.0
"""Verbs made from the use-case table: what REST asks for as JSON, the command line asks for as options."""

import enum
import functools
import inspect
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter

from open63110.apps.config_file import explained
from open63110.bindings.web.commands import path_of
from open63110.bindings.web.intake import Named, body_of
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, NOT_DONE, AsJson, NotUnderstood, note, say, tell
from open63110.kernel.usecase import Door
from open63110.model.constraint import ConstraintScope
from open63110.model.display import MessageContent, MessageFormat
from open63110.model.variables import Setting, VariableWish

Verb = Callable[..., int]


class Way(msgspec.Struct, frozen=True):
    """How a value is written on the command line."""

    kind: Any
    """What the command line reads."""
    read: Callable[[Any], Any]
    """From there to what JSON says."""
    words: str = ""
    """For people, where the type does not say it."""


class Option(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One field of a body as an option."""

    name: str
    within: str
    """Field of the body that holds the struct it belongs to; empty: the body itself."""
    kind: Any
    read: Callable[[Any], Any]
    words: str
    required: bool


def credential(word: str) -> Any:
    """Read KIND:VALUE, or a reference that an answer showed."""
    kind, colon, value = word.partition(":")
    return {"kind": kind, "value": value} if colon else word


def place(word: str) -> Any:
    """Read /SITE, /SITE/ZONE or /SITE/feeder:ID, or JSON."""
    if not word.startswith("/"):
        return structure(word)
    site, _, part = word[1:].partition("/")
    kind, _, feeder = part.partition(":")
    inside = {"feeder": feeder} if kind == "feeder" and feeder else {"zone": part} if part else {}
    return {"site": site, **inside}


def setting(word: str) -> Any:
    """Read COMPONENT/VARIABLE=VALUE, or JSON."""
    variable, equals, value = word.partition("=")
    return {"variable": variable.strip(), "value": value.strip()} if equals and not word.startswith("{") else structure(word)


def wish(word: str) -> Any:
    """Read COMPONENT/VARIABLE, or JSON."""
    return structure(word) if word.startswith("{") else {"variable": word}


def text(word: str) -> Any:
    """Read LANGUAGE:TEXT, FORMAT:TEXT, :TEXT, or JSON."""
    head, colon, words = word.partition(":")
    if word.startswith("{") or not colon:
        return structure(word)
    if head in set(MessageFormat):
        return {"format": head, "text": words}
    return {"text": words} | ({"language": head} if head else {})


def structure(word: str) -> Any:
    """Read JSON."""
    try:
        return json.loads(word)
    except ValueError as fault:
        raise NotUnderstood(f"{word!r} is no JSON: {fault}") from fault


def written(hint: Any) -> Way:
    """Find how a field of this type is written on the command line."""
    bare = without_none(hint)
    if bare in {str, int, float, bool}:
        return Way(bare, _same)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return Way(Literal[tuple(one.value for one in bare)], _same)
    if typing.get_origin(bare) is Literal:
        return Way(bare, _same)
    if bare is datetime:
        return Way(str, _same, "As 2030-12-31T23:59:59Z.")
    if getattr(bare, "__name__", "") == ConstraintScope.__name__:
        return Way(str, place, "As /SITE, /SITE/ZONE or /SITE/feeder:ID.")
    own = _OF_DEVICES.get(getattr(bare, "__name__", ""))
    if own is not None:
        return own
    if getattr(bare, "__name__", "") == MessageContent.__name__:
        return Way(str, text, "As LANGUAGE:TEXT (de:Guten Tag), qr-code:TEXT, or :TEXT for everybody.")
    if Named in typing.get_args(bare):
        return Way(str, credential, "As KIND:VALUE (ISO14443:04A1B2C3), or the reference that an answer showed.")
    return _many(bare)


_OF_DEVICES = {
    Setting.__name__: Way(str, setting, "As COMPONENT/VARIABLE=VALUE."),
    VariableWish.__name__: Way(str, wish, "As COMPONENT/VARIABLE."),
}


def _many(bare: Any) -> Way:
    arguments = typing.get_args(bare)
    if typing.get_origin(bare) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        each = written(arguments[0])
        if each.read is not structure:
            kind: Any = list[each.kind]  # type: ignore[name-defined] # made at run time
            return Way(kind, lambda words: [each.read(one) for one in words], f"Repeatable. {each.words}".strip())
    return Way(str, structure, "As JSON.")


def _same(value: Any) -> Any:
    return value


def without_none(hint: Any) -> Any:
    """Return a type without its None."""
    if typing.get_origin(hint) not in {types.UnionType, typing.Union}:
        return hint
    inner = [one for one in typing.get_args(hint) if one is not types.NoneType]
    return functools.reduce(lambda one, other: one | other, inner)


def parameter(field: str, kind: Any, words: str, *, required: bool = False, name: str | None = None) -> inspect.Parameter:
    """Return an option of a command, left out unless given; called by the name of its field unless named."""
    wanted: Any = kind if required else kind | None
    said = Annotated[wanted, Parameter(name=name, help=words or None, negative=())]
    default = inspect.Parameter.empty if required else None
    return inspect.Parameter(field, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=said)


def access_parameters() -> list[inspect.Parameter]:
    """Return the options every verb that speaks to a CSMS has."""
    return [
        inspect.Parameter("url", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Url),
        inspect.Parameter("key", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Key),
        inspect.Parameter("json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
    ]


def add(app: App, name: str, verb: Verb, parameters: list[inspect.Parameter], words: str) -> None:
    """Give an app a command whose options are made here; without a name it is what the app itself does."""
    defaults = {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}

    def complete(*args: Any, **said: Any) -> int:
        return verb(*args, **(defaults | said))  # what was not said is not passed

    complete.__name__ = name.replace("-", "_") or "default"
    complete.__doc__ = words
    complete.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what inspect looks at
    complete.__annotations__ = {one.name: one.annotation for one in parameters}
    if name:
        app.command(complete, name=name)
    else:
        app.default(complete)


def add_door(app: App, door: Door, clause: str, name: str = "") -> None:
    """Make the verb of a door, or one of another name: its fields as options, its order awaited."""
    options = {called(one.name): one for one in _options(door.command)}
    fields = msgspec.structs.fields(body_of(door.command))
    whole: dict[str, Any] = {
        one.within: {} for one in options.values() if one.within in {field.name for field in fields if field.required}
    }
    """What must be there, though nothing of it need be said."""
    path = path_of(door)
    of_station = "{station}" in path

    def verb(*first: str, **said: Any) -> int:
        station = (first[0] if first else said.pop("station", "")) if of_station else ""
        csms = Csms(said.pop("url"), said.pop("key"))
        as_json, waiting = said.pop("json"), {name: said.pop(name) for name in ("wait", "deadline")}
        body = {**whole, **_body({options[name]: value for name, value in said.items() if value is not None})}
        status, order = csms.post(path.format(station=quoted(station)), body, waiting)
        return told(status, order, as_json=as_json, waited=waiting["wait"] != 0)

    parameters = [
        *([inspect.Parameter("station", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=_STATION)] if of_station else []),
        *(parameter(name, one.kind, one.words, required=one.required) for name, one in options.items()),
        parameter("wait", float, "How long to wait for the outcome [s]; 30 unless given, 0: not at all."),
        parameter("deadline", float, "After so many seconds it is not carried out any more."),
        *access_parameters(),
    ]
    words = (door.command.__doc__ or "").strip().splitlines()
    add(app, name or door.verb, verb, parameters, f"{words[0] if words else door.verb} ({clause})")


def called(field: str) -> str:
    """Return how a field of a command is called here: one of a name that every verb has already gets another."""
    return f"to_{field}" if field in _EVERYWHERE else field


_EVERYWHERE = frozenset({"url", "key", "json", "wait", "deadline"})

_STATION = Annotated[str, Parameter(help="Id of the station.")]


def _options(kind: Any, within: str = "") -> Iterator["Option"]:
    """Return the options of a command; those of a struct within it stand beside its other fields."""
    body, said = body_of(kind), explained(kind)
    hints = typing.get_type_hints(body)
    for field in msgspec.structs.fields(body):
        hint = hints[field.name]
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and not within:
            yield from _options(typing.get_type_hints(kind)[field.name], field.name)
            continue
        way = written(hint)
        words = " ".join(filter(None, (spoken(said.get(field.name, "")), way.words)))
        yield Option(
            name=field.name,
            within=within,
            kind=way.kind,
            read=way.read,
            words=words,
            required=field.required and way.kind is not bool,
        )


def _body(said: Mapping["Option", Any]) -> dict[str, Any]:
    """Return what REST is sent."""
    body: dict[str, Any] = {}
    for one, value in said.items():
        place = body.setdefault(one.within, {}) if one.within else body
        place[one.name] = one.read(value)
    return body


def spoken(words: str) -> str:
    """Say to a person at a terminal what a docstring says to a programmer."""
    return words.replace("None:", "Not given:").replace("None means", "Not given means")


def told(status: int, order: Mapping[str, Any], *, as_json: bool, waited: bool) -> int:
    """Say what became of an order."""
    if as_json:
        tell(order)
    else:
        detail = f": {order['detail']}" if order.get("detail") else ""
        say(f"{order['kind']} {order['outcome']}{detail}")
        for reply in order.get("replies", ()):
            say("  " + ", ".join(f"{name} {value}" for name, value in reply.items() if value not in ("", None)))
    if status != 202:
        return DONE
    note(f"Its outcome is not known yet: open63110 order show {order['id']}")
    return NOT_DONE if waited else DONE
