# SPDX-License-Identifier: Apache-2.0
"""How nouns and facts look from outside: objects with names, credentials masked, secrets never."""

import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Event
from open63110.model.order import Order
from open63110.model.principal import Principal
from open63110.model.quarantine import MessageKept, QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.settlement import Settlement
from open63110.model.station import Evse, LocalAuthorization, Station
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Subjects
from open63110.usecases.services.settle_payments import PaymentReported

MASK = "•••"

HIDDEN: Mapping[type[Any], frozenset[str]] = {
    Principal: frozenset({"password", "key", "next_key"}),
    Station: frozenset({"wakeups", "starts"}),
    Evse: frozenset({"readings"}),
    LocalAuthorization: frozenset({"entries", "cache", "groups", "unproven", "judged", "digest", "languages"}),
    EnergyTransfer: frozenset({"base", "loose", "marks", "spare"}),
}
"""Fields that are ours alone: secrets, and bookkeeping that decisions need."""

PERSONAL_FIELDS: Mapping[type[Any], frozenset[str]] = {
    Token: frozenset({"name", "contract"}),
    Sdr: frozenset({"contract"}),
    Order: frozenset({"body", "answer"}),
    QuarantinedInput: frozenset({"raw"}),
    MessageKept: frozenset({"payload"}),
    Settlement: frozenset({"info", "receipt", "receipt_url"}),
    PaymentReported: frozenset({"info", "receipt", "receipt_url"}),
}
"""Text that may name an EV user: masked for whoever sees no personal data."""


class Seer(msgspec.Struct, frozen=True):
    """For whom something is shown."""

    subjects: Subjects
    personal: bool
    """Sees credentials in clear (permissions.PERSONAL)."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A quarantined input was fed in again with success."""

    id: int


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as it is shown."""

    ref: str
    """Stands for it in facts; what is left after erasure."""
    kind: str
    value: str
    """Masked but for its end, unless the asker may see personal data."""


Shape = Callable[[Any, Seer], Any]


def masked(value: str) -> str:
    """Hide a credential but for what tells two of them apart."""
    return MASK + value[-3:] if len(value) > 6 else MASK


def show(noun: Any, seer: Seer) -> Any:
    """Show a struct by what it is."""
    kind: Any = type(noun)
    return _shape_of_struct(kind)(noun, seer)


def subject(ref: str, seer: Seer) -> dict[str, str]:
    """Show the credential a reference stands for."""
    credential = seer.subjects.credential(SubjectRef(ref))
    if credential is None:
        return {"ref": ref, "kind": "", "value": ""}
    return {"ref": ref, "kind": credential.kind, "value": credential.value if seer.personal else masked(credential.value)}


def fields_of(kind: type[Any]) -> list[tuple[str, Any]]:
    """Return the fields of a struct that are shown, with their types, in order."""
    hints = typing.get_type_hints(kind)
    hidden = HIDDEN.get(kind, frozenset())
    return [(name, hints[name]) for name in kind.__struct_fields__ if name not in hidden]


def names_its_credential(kind: type[Any]) -> bool:
    """Tell whether a struct is about a credential itself: then kind and value stand beside its other fields."""
    return issubclass(kind, msgspec.Struct) and {"ref", "kind"} <= set(kind.__struct_fields__) and kind is not Shown


@functools.cache
def _shape_of_struct(kind: Any) -> Shape:
    personal = PERSONAL_FIELDS.get(kind, frozenset())
    parts = [
        (name, _plain if name == "ref" and names_its_credential(kind) else shape_of(hint), name in personal)
        for name, hint in fields_of(kind)
    ]
    is_credential, is_principal = names_its_credential(kind), kind is Principal

    def shape(noun: Any, seer: Seer) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, part, secret in parts:
            value = getattr(noun, name)
            found[name] = (MASK if value else "") if secret and not seer.personal else part(value, seer)
        if is_credential:
            found["value"] = subject(noun.ref, seer)["value"]
        if is_principal:
            found["has_password"], found["has_key"] = bool(noun.password), bool(noun.key)
        return found

    return shape


def shape_of(hint: Any) -> Shape:
    """Find out once how values of a type are shown."""
    if hint is SubjectRef:
        return subject
    if isinstance(hint, typing.NewType):
        return shape_of(hint.__supertype__)
    if isinstance(hint, type) and issubclass(hint, Event):
        return show
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _shape_of_struct(hint)
    if hint is bytes:
        return _text
    return _shape_of_generic(hint)


def _shape_of_generic(hint: Any) -> Shape:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        inner = [shape_of(one) for one in arguments if one is not types.NoneType]
        one = inner[0] if len(inner) == 1 else _plain
        return lambda value, seer: None if value is None else one(value, seer)
    if origin is tuple and arguments[-1] is not Ellipsis:
        parts = [shape_of(one) for one in arguments]
        return lambda value, seer: [part(one, seer) for part, one in zip(parts, value, strict=True)]
    if origin in {tuple, list}:
        each = shape_of(arguments[0])
        return lambda value, seer: [each(one, seer) for one in value]
    if origin is frozenset:
        return lambda value, _: sorted(value)
    if origin is dict:
        of = shape_of(arguments[1])
        return lambda value, seer: {str(key): of(one, seer) for key, one in value.items()}
    return _plain


def _plain(value: Any, _: Seer) -> Any:
    return value


def _text(value: bytes, _: Seer) -> str:
    return value.decode("utf-8", "backslashreplace")
