# SPDX-License-Identifier: Apache-2.0
"""How plain values, words and what is composed of them stand in CBOR."""

import re
import typing
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal

from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.moments import Misfit, milliseconds, moment, ticks
from open63110.bindings.link.messages.record import Read, Setting, Shape
from open63110.kernel.ids import ConnectorNumber, EvseNumber, SubjectRef
from open63110.model.token import Credential

OPAQUE: Final = "reference"
"""Kind of a credential of which the other end told a reference only: its value was erased there."""


def _read_moment(item: Any, _: Setting) -> datetime:
    return moment(ticks(item))


def _is(kind: type[Any], wanted: str) -> Read:
    def read(item: Any, _: Setting) -> Any:
        if type(item) is not kind:
            raise Misfit(wanted)
        return item

    return read


def _read_integer(item: Any, _: Setting) -> int:
    if type(item) is not int or not -items.INT64 <= item < items.INT64:
        raise Misfit("an integer of 64 bits")
    return item


def _read_count(item: Any, _: Setting) -> int:
    if type(item) is not int or not 0 <= item < items.INT64:
        raise Misfit("a number from 0 on")
    return item


def _read_number(item: Any, _: Setting) -> float:
    value = items.quantity(item)
    if value is None:
        raise Misfit("a finite number")
    return value


_AMOUNT: Final = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
"""Money as text, so that no digit of it changes on the way."""


def _read_amount(item: Any, _: Setting) -> Decimal:
    if type(item) is not str or _AMOUNT.fullmatch(item) is None:
        raise Misfit("an amount as 4.35")
    return Decimal(item)


PLAIN: Final[dict[Any, Shape]] = {
    str: Shape(items.text, _is(str, "text"), "tstr"),
    bytes: Shape(items.blob, _is(bytes, "bytes"), "bstr"),
    bool: Shape(lambda value, _: items.TRUE if value else items.FALSE, _is(bool, "true or false"), "bool"),
    int: Shape(items.integer, _read_integer, "int64"),
    float: Shape(items.number, _read_number, "quantity"),
    Decimal: Shape(lambda value, _: items.text(format(value, "f")), _read_amount, "tstr"),
    datetime: Shape(lambda value, _: items.integer(milliseconds(value)), _read_moment, "moment"),
    EvseNumber: Shape(items.integer, _read_count, "uint63"),
    ConnectorNumber: Shape(items.integer, _read_count, "uint63"),
}


def rule_name(name: str) -> str:
    """Return a struct's name as CDDL spells it: StationBooted → station-booted."""
    return "".join(f"-{one.lower()}" if one.isupper() else one for one in name).lstrip("-")


def vocabulary(hint: Any) -> tuple[str, ...]:
    """Return all that a closed set of words admits; empty: it is no such set."""
    if typing.get_origin(hint) is Literal:
        return tuple(typing.get_args(hint))
    return tuple(hint) if isinstance(hint, type) and issubclass(hint, str) and issubclass(hint, Enum) else ()


def worded(name: str, numbers: dict[str, int], hint: Any) -> Shape:
    """Return the shape of a word: its number; of an open vocabulary also any other word as text.

    Raises:
        TypeError: a word of a closed vocabulary has no number.
    """
    closed = vocabulary(hint)
    missing = [word for word in closed if word not in numbers]
    if missing:
        message = f"registry.toml: words.{name} lacks {missing}"
        raise TypeError(message)
    written = {word: items.integer(number) for word, number in numbers.items()}
    make: Any = hint if isinstance(hint, type) and closed else str
    back = {number: make(word) for word, number in numbers.items() if not closed or word in closed}

    def write(value: Any, _: Setting) -> bytes:
        return written.get(value) or items.text(value)

    def read(item: Any, _: Setting) -> Any:
        if type(item) is int and item in back:
            return back[item]
        if closed or type(item) is not str:
            raise Misfit(f"a word of {name}")
        return item

    return Shape(write, read, rule_name(name) if closed else f"({rule_name(name)} / tstr)")


def optional(inner: Shape) -> Shape:
    """Return the shape of what may be None."""
    write, read, cddl = inner

    def write_maybe(value: Any, setting: Setting) -> bytes:
        return items.NULL if value is None else write(value, setting)

    def read_maybe(item: Any, setting: Setting) -> Any:
        return None if item is None else read(item, setting)

    return Shape(write_maybe, read_maybe, f"({cddl} / null)")


def array(inner: Shape) -> Shape:
    """Return the shape of any number of things."""
    write, read, cddl = inner

    def write_all(values: Any, setting: Setting) -> bytes:
        return items.head(items.ARRAY, len(values)) + b"".join([write(one, setting) for one in values])

    def read_all(item: Any, setting: Setting) -> Any:
        if type(item) is not list:
            raise Misfit("an array")
        return tuple([read(one, setting) for one in item])

    return Shape(write_all, read_all, f"[* {cddl}]")


def row(inner: tuple[Shape, ...]) -> Shape:
    """Return the shape of a fixed number of things."""

    def write_row(values: Any, setting: Setting) -> bytes:
        pairs = zip(inner, values, strict=True)
        return items.head(items.ARRAY, len(inner)) + b"".join([shape.write(one, setting) for shape, one in pairs])

    def read_row(item: Any, setting: Setting) -> Any:
        if type(item) is not list or len(item) != len(inner):
            raise Misfit(f"an array of {len(inner)}")
        return tuple([shape.read(one, setting) for shape, one in zip(inner, item, strict=True)])

    return Shape(write_row, read_row, f"[{', '.join(shape.cddl for shape in inner)}]")


def table(keys: Shape, values: Shape) -> Shape:
    """Return the shape of a dictionary."""

    def write_table(value: Any, setting: Setting) -> bytes:
        parts = [keys.write(key, setting) + values.write(one, setting) for key, one in value.items()]
        return items.head(items.MAP, len(parts)) + b"".join(parts)

    def read_table(item: Any, setting: Setting) -> Any:
        if type(item) is not dict:
            raise Misfit("a map")
        return {keys.read(key, setting): values.read(one, setting) for key, one in item.items()}

    return Shape(write_table, read_table, f"{{* {keys.cddl} => {values.cddl}}}")


def person(kinds: Shape) -> Shape:
    """Return the shape of a reference to a person: the credential behind it, or a bare reference where that was erased.

    Args:
        kinds: shape of the kinds of credentials.
    """

    def write(ref: str, setting: Setting) -> bytes:
        credential = setting.subjects.credential(SubjectRef(ref)) if setting.subjects is not None else None
        if credential is None or credential.kind == OPAQUE:
            return items.text(credential.value if credential else ref)
        return b"\x82" + kinds.write(credential.kind, setting) + items.text(credential.value)

    def read(item: Any, setting: Setting) -> SubjectRef:
        subjects = setting.subjects
        if type(item) is str:
            return SubjectRef(item) if subjects is None else subjects.ref(Credential(kind=OPAQUE, value=item))
        if type(item) is not list or len(item) != 2 or type(item[1]) is not str:
            raise Misfit("a credential")
        if subjects is None:
            raise Misfit("a reference, for nobody here knows credentials")
        return subjects.ref(Credential(kind=kinds.read(item[0], setting), value=item[1]))

    return Shape(write, read, "subject")
