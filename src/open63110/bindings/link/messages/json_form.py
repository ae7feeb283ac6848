# SPDX-License-Identifier: Apache-2.0
"""The JSON debug form of a message: names instead of numbers, for logs and for people; it can be read back.

``{"StopRemotely": {"station": "CS-1", "reference": "a7"}}``; what vendors added stands under ``"vendor"``, as hex by
key. People are shown by reference, so that logs name nobody, unless their credentials are asked for.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from open63110.bindings.link.messages.codec import CODEC, Read
from open63110.bindings.link.messages.record import REQUIRED, Subjects
from open63110.bindings.link.messages.schema import default_of, inner_of
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import SubjectRef
from open63110.model.token import Credential

VENDOR = "vendor"


def show(message: Any, *, vendor: Mapping[int, bytes] | None = None, subjects: Subjects | None = None) -> dict[str, Any]:
    """Return the debug form of a message, ready to be written as JSON.

    Args:
        message: one that has a number.
        vendor: what a vendor added.
        subjects: shows credentials; None: shows references.
    """
    form: dict[str, Any] = {type(message).__name__: _fields(message, subjects)}
    if vendor:
        form[VENDOR] = {str(key): value.hex() for key, value in vendor.items()}
    return form


def text(message: Any, *, vendor: Mapping[int, bytes] | None = None) -> str:
    """Return the debug form as one line."""
    return msgspec.json.encode(show(message, vendor=vendor)).decode()


def parse(form: str | bytes | Mapping[str, Any], *, subjects: Subjects | None = None) -> Read:
    """Read a debug form back.

    Args:
        form: JSON, or what it decodes to.
        subjects: takes credentials; None: there are references only.

    Raises:
        Malformed: it is no message of the registry; ``where`` names message and field.
    """
    try:
        said = msgspec.json.decode(form) if isinstance(form, str | bytes) else dict(form)
        vendor = {int(key): bytes.fromhex(value) for key, value in said.pop(VENDOR, {}).items()}
        ((name, fields),) = said.items()
    except (ValueError, AttributeError, TypeError) as fault:
        raise Malformed('the debug form is {"Message": {"field": value}}') from fault
    definition = CODEC.registry.by_name.get(name)
    if definition is None:
        raise Malformed(f"there is no message {name}", where=str(name)[:100])
    if any(key >= 0 for key in vendor):
        raise Malformed("keys of vendors are below 0", where=VENDOR)
    return Read(message=_made(definition.kind, fields, subjects, name), vendor=vendor)


def _fields(value: Any, subjects: Subjects | None) -> dict[str, Any]:
    shown = {}
    carried = CODEC.carried(type(value))
    for field in msgspec.structs.fields(type(value)):
        one = getattr(value, field.name)
        if field.name in carried and one != default_of(field):
            shown[field.name] = _shown(one, field.type, subjects)
    return shown


def _shown(value: Any, hint: Any, subjects: Subjects | None) -> Any:
    if value is None:
        return None
    hint, many = inner_of(hint)
    if many and isinstance(value, dict):
        return {str(key): _shown(one, hint, subjects) for key, one in value.items()}
    if many:
        return [_shown(one, hint, subjects) for one in value]
    if isinstance(value, msgspec.Struct):
        return _fields(value, subjects)
    credential = subjects.credential(value) if hint is SubjectRef and subjects is not None else None
    return msgspec.to_builtins(value if credential is None else credential)


def _made(kind: type[Any], said: Any, subjects: Subjects | None, where: str) -> Any:
    if not isinstance(said, dict):
        raise Malformed(f"{where}: fields by name wanted", where=where)
    fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name in CODEC.carried(kind)}
    for name in said.keys() - fields.keys():
        raise Malformed(f"{where} has no field {name}", where=f"{where}.{name}")
    for name, field in fields.items():
        if name not in said and default_of(field) is REQUIRED:
            raise Malformed(f"{where}.{name} is missing", where=f"{where}.{name}")
    return kind(**{name: _value(said[name], fields[name].type, subjects, f"{where}.{name}") for name in said})


def _value(said: Any, hint: Any, subjects: Subjects | None, where: str) -> Any:
    inner, many = inner_of(hint)
    if said is not None and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        if many and isinstance(said, list):
            return tuple(_made(inner, one, subjects, f"{where}.{place}") for place, one in enumerate(said))
        return _made(inner, said, subjects, where)
    if inner is SubjectRef and many and isinstance(said, list):
        return tuple(_value(one, inner, subjects, f"{where}.{place}") for place, one in enumerate(said))
    if inner is SubjectRef and subjects is not None and isinstance(said, dict):
        return subjects.ref(_converted(said, Credential, where))
    return _converted(said, hint, where)


def _converted(said: Any, hint: Any, where: str) -> Any:
    try:
        return msgspec.convert(said, type=hint)
    except msgspec.ValidationError as fault:
        raise Malformed(f"{where}: {fault}", where=where) from fault
