# SPDX-License-Identifier: Apache-2.0
"""What clients say: bodies derived from commands, credentials by value, everything unknown refused with a suggestion."""

import difflib
import functools
import re
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from open63110.bindings.web.shapes import names_its_credential
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command
from open63110.model.token import Credential
from open63110.ports import Subjects

S = TypeVar("S")
C = TypeVar("C", bound=Command)


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A credential by value, as a card or an app shows it."""

    kind: str
    """OCPP 2.x words: ISO14443, ISO15693, eMAID, KeyCode, Central, Local …"""
    value: str


@functools.cache
def body_of(kind: type[Any]) -> type[Any]:
    """Return what a client sends for a command, or for a struct within one: the same fields, open to reading.

    The station stands in the path. A credential stands there by value, or by the reference that an answer showed.
    """
    hints = typing.get_type_hints(kind)
    skipped = {"station"} | kind.unasked if issubclass(kind, Command) else frozenset()
    about_credential = names_its_credential(kind)
    fields: list[Any] = []
    for field in msgspec.structs.fields(kind):
        if field.name in skipped:
            continue
        if about_credential and field.name == "ref":
            fields.append(("value", str))
            continue
        hint = _open(hints[field.name])
        if field.required:
            fields.append((field.name, hint))
        elif field.default is not msgspec.NODEFAULT:
            fields.append((field.name, hint, field.default))
        else:
            fields.append((field.name, hint, msgspec.field(default_factory=field.default_factory)))
    words = {"__doc__": kind.__doc__}
    return msgspec.defstruct(kind.__name__, fields, namespace=words, frozen=True, kw_only=True, forbid_unknown_fields=True)


def _open(hint: Any) -> Any:
    """Return the type a client sends where we hold this one."""
    if hint is SubjectRef:
        return Named | str
    if isinstance(hint, typing.NewType):
        return _open(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return body_of(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return functools.reduce(lambda one, other: one | other, [_open(one) for one in arguments])
    if origin is tuple:
        return tuple[tuple(one if one is Ellipsis else _open(one) for one in arguments)]  # type: ignore[misc] # made at run time
    return hint


def read(raw: bytes, kind: type[S]) -> S:
    """Read a JSON body; an empty one stands for an empty object.

    Raises:
        Malformed: it is no JSON, or not of this shape; says where, and what was probably meant.
    """
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as fault:
        raise _explained(fault, kind) from fault
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Malformed(f"the body is no JSON: {fault}", code="NoJson") from fault


def taken(form: dict[str, Any], kind: type[S]) -> S:
    """Read what a form or a query string says: text that may stand for numbers.

    Raises:
        Malformed: as for ``read``.
    """
    try:
        return msgspec.convert(form, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _explained(fault, kind) from fault


def command(kind: type[C], body: Any, station: StationId, subjects: Subjects) -> C:
    """Make the command that a body means; credentials become references here and go no further. Times without zone are UTC."""
    return typing.cast("C", _closed(kind, body, subjects, station=station))


def _closed(kind: type[Any], body: Any, subjects: Subjects, **given: Any) -> Any:
    hints = typing.get_type_hints(kind)
    values = dict(given)
    for name in body.__struct_fields__:
        if name == "value" and "value" not in hints:
            values["ref"] = _ref(Named(kind=body.kind, value=body.value), subjects)
        else:
            values[name] = _close(hints[name], getattr(body, name), subjects)
    return kind(**values)


def _close(hint: Any, value: Any, subjects: Subjects) -> Any:
    if isinstance(value, Named) or hint in {SubjectRef, SubjectRef | None}:
        return None if value is None else _ref(value, subjects)
    if isinstance(value, tuple):
        (each, *_) = [one for one in _within(hint) if one is not types.NoneType]
        return tuple(_close(each, one, subjects) for one in value)
    if isinstance(value, msgspec.Struct):
        (kind,) = [one for one in (hint, *_within(hint)) if isinstance(one, type) and issubclass(one, msgspec.Struct)]
        return _closed(kind, value, subjects)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _within(hint: Any) -> Iterator[Any]:
    """Return the members of a union, and the element type of a tuple, however deep."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        for one in arguments:
            yield from _within(one) if typing.get_origin(one) else iter((one,))
    elif origin is tuple:
        yield arguments[0]


def _ref(said: "Named | str", subjects: Subjects) -> SubjectRef:
    if isinstance(said, Named):
        if not said.kind or not said.value:
            raise Malformed("a credential has a kind and a value", where="kind, value")
        return subjects.ref(Credential(kind=said.kind, value=said.value))
    if subjects.credential(SubjectRef(said)) is None:
        raise Malformed(f"{said!r} refers to no credential", code="UnknownReference", remedy="give its kind and value")
    return SubjectRef(said)


def _explained(fault: msgspec.ValidationError, kind: Any) -> Malformed:
    text, _, where = str(fault).partition(" - at `$")
    place = where.strip("`").lstrip(".")
    unknown = re.search(r"unknown field `([^`]*)`", text)
    if unknown is None:
        return Malformed(text, where=place)
    names = sorted(set(_names(kind)))
    near = difflib.get_close_matches(unknown[1], names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(names) or 'nothing'}"
    path = f"{place}.{unknown[1]}".strip(".")
    return Malformed(f"{unknown[1]} is no field; {hint}", code="UnknownField", where=path, remedy=hint)


def _names(kind: Any) -> Iterator[str]:
    """Return the names of the fields of a body and of what lies in it."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        for one in typing.get_args(kind):
            yield from _names(one)
        return
    for name, hint in typing.get_type_hints(kind).items():
        yield name
        yield from _names(hint)
