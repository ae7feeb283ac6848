# SPDX-License-Identifier: Apache-2.0
"""Payloads of real firmware: strict first; only what fails is repaired, each repair with a record of what was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Struct, inspect

from open63110.bindings.ocpp.rpc.errors import SchemaFault
from open63110.bindings.ocpp.schema import decoder, open_data

T = TypeVar("T", bound=Struct)

MAX_DEVIATIONS: Final = 32
"""Deviations recorded of one message; the rest are repaired without a record."""

MAX_ROUNDED: Final = 1e15
"""Numbers from here on are no registers."""

RENAMED: Final = {"GetLocalListVersionResponse": {"listVersion": "versionNumber"}}
"""Answers in the shape of 1.6 under 2.x: class → name sent → name of the schema."""

DEFAULTS: Final = {"VariableMonitoringType": {"eventNotificationType": "PreconfiguredMonitor"}}
"""Fields 2.1 made mandatory that 2.0.1 firmware does not send. The default claims the least: nobody set this monitor."""

MAY_BE_CUT: Final = frozenset(
    {
        *("chargePointModel", "chargePointVendor", "chargePointSerialNumber", "chargeBoxSerialNumber", "firmwareVersion"),
        *("model", "vendorName", "chargingStation.serialNumber", "meterType", "meterSerialNumber", "iccid", "imsi"),
        *("info", "vendorErrorCode", "techCode", "techInfo", "reasonCode", "statusInfo.additionalInfo", "extraInfo"),
        *("failureReason", "actualValue", "attributeValue", "configurationKey[].value", "valuesList", "unit"),
        *("evInverterManufacturer", "evInverterModel", "evInverterSerialNumber", "filename", "fileName"),
        *("evInverterHwVersion", "evInverterSwVersion", "remoteLocation"),
    }
)
"""Descriptions, by name or by parent and name. Identities, proofs and certificates are never cut: they would be another's."""


WHOLE: Final = frozenset({"signedMeterData", "publicKey"})
"""Proofs that meters make longer than 2.0.1 allows: refused or cut, the energy they prove would be lost (7.2.2, I14)."""

LONGEST_PROOF: Final = 32_768
"""What 2.1 allows [characters]."""


MAY_BE_ROUNDED: Final = frozenset({"meterStart", "meterStop"})
"""Registers of 1.6 in whole Wh, which meters with tenths fill as they are: half a watt-hour is no reason to lose a session."""

MAY_BE_WRITTEN: Final = ("sampledValue[].value",)
"""Texts that hold numbers, and are sent as numbers (1.6)."""


class Deviation(Struct, frozen=True, gc=False):
    """One thing a station does not do by the schema, without the value: equal ones can be counted."""

    code: str
    """unknown-field, null, empty-string, empty-array, enum-case, integer-as-float, fraction, number-as-string, string-as-number,
    too-long, timestamp, missing-field or shape-of-1.6."""
    path: str
    """Of the field, with `[]` for any index."""


def decode(type_: type[T], raw: bytes | msgspec.Raw) -> tuple[T, tuple[Deviation, ...]]:
    """Return the message and, if it was not by the schema, what was repaired.

    Raises:
        SchemaFault: it could not be repaired; the fault is the first that the strict decoder saw.
    """
    try:
        return decoder(type_).decode(raw), ()
    except msgspec.ValidationError as fault:
        return _second_try(type_, raw, fault)
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        raise SchemaFault.of(fault) from None


def repaired(tree: Any, type_: type[Struct]) -> tuple[Any, tuple[Deviation, ...]]:
    """Return decoded JSON with everything put right that is known to be wrong, and what that was; it may still not fit."""
    notes = _Notes()
    tree = _value(tree, _shape(type_), "$", notes)
    return tree, tuple(notes)


def _second_try(type_: type[T], raw: bytes | msgspec.Raw, fault: Exception) -> tuple[T, tuple[Deviation, ...]]:
    notes = _Notes(apart={})
    try:
        tree = _value(msgspec.json.decode(raw), _shape(type_), "$", notes)
        message = msgspec.convert(tree, type_, dec_hook=open_data)
        return (_put_back(message, notes.apart) if notes.apart else message), tuple(notes)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise SchemaFault.of(fault) from None


_Aware = Annotated[datetime, msgspec.Meta(tz=True)]
_ABSENT: Final = object()


class _Notes(dict[Deviation, None]):
    """What was repaired, and what had to be laid apart to pass the schema."""

    def __init__(self, apart: dict[str, str] | None = None) -> None:
        super().__init__()
        self.apart = apart
        """Placeholder → proof; None: nobody would put it back, so it stays where it is."""

    def lay_apart(self, proof: str) -> str:
        if self.apart is None:
            return proof
        placeholder = f"\0proof {len(self.apart)}"
        self.apart[placeholder] = proof
        return placeholder


def _put_back(value: Any, apart: dict[str, str]) -> Any:
    """Return a message with the proofs that were laid apart in their places."""
    if isinstance(value, str):
        return apart.get(value, value)
    if isinstance(value, tuple):
        return tuple(_put_back(one, apart) for one in value)
    if isinstance(value, Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **{name: _put_back(one, apart) for name, one in fields.items()})
    return value


_INTEGER: Final = re.compile(r"\s*(-?\d{1,15})(?:\.0*)?\s*", re.ASCII)
_NUMBER: Final = re.compile(r"\s*-?\d{1,18}(?:\.\d{0,18})?(?:[eE][+-]?\d{1,2})?\s*", re.ASCII)
_TIME: Final = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[Tt_ ]+(\d\d:\d\d)(:\d\d)?(?:[.,](\d{0,32}))?\s*(?:([Zz]|UTC|GMT)|([+-]\d\d):?(\d\d)?)?\s*",
    re.ASCII,
)


@cache
def _shape(type_: type) -> inspect.Type:
    return inspect.type_info(type_)


def _note(notes: _Notes, code: str, path: str) -> None:
    if len(notes) < MAX_DEVIATIONS:
        notes[Deviation(code, path)] = None


def _value(value: Any, shape: inspect.Type, path: str, notes: _Notes) -> Any:
    """Return the value as the schema wants it, or as it is where nothing is known to help."""
    repair = _REPAIRS.get(type(shape))
    return value if repair is None else repair(value, shape, path, notes)


def _object(value: Any, shape: inspect.StructType, path: str, notes: _Notes) -> Any:
    if not isinstance(value, dict):
        return value
    known = {field.encode_name: field for field in shape.fields}
    fields = dict(_named(value, known, shape.cls.__name__, path, notes))
    out = {name: _field(item, known[name], f"{path}.{name}", notes) for name, item in fields.items()}
    return {name: item for name, item in out.items() if item is not _ABSENT}


def _named(
    value: dict[str, Any], known: dict[str, inspect.Field], owner: str, path: str, notes: _Notes
) -> Iterator[tuple[str, Any]]:
    """Yield the fields of the schema, under the names of the schema."""
    renamed = RENAMED.get(owner, {})
    for name, item in value.items():
        right = renamed.get(name, name)
        if name in known:
            yield name, item
        elif right in known and right not in value:
            _note(notes, "shape-of-1.6", f"{path}.{name}")
            yield right, item
        else:
            _note(notes, "unknown-field", f"{path}.{_printable(name)}")
    for name, default in DEFAULTS.get(owner, {}).items():
        if name in known and name not in value:
            _note(notes, "missing-field", f"{path}.{name}")
            yield name, default


def _printable(name: str) -> str:
    """Return a name a peer chose, fit for a log."""
    return ascii(name[:50])[1:-1]


def _field(value: Any, field: inspect.Field, path: str, notes: _Notes) -> Any:
    if not field.required and (code := _emptiness(value, field.type)):
        _note(notes, code, path)
        return _ABSENT
    return _value(value, field.type, path, notes)


def _emptiness(value: Any, shape: inspect.Type) -> str | None:
    """Return how an optional field says that it has nothing to say, None if it does say something."""
    if isinstance(shape, inspect.AnyType):
        return None
    if value is None:
        return "null"
    if value == "" and not isinstance(shape, inspect.StrType):
        return "empty-string"
    if value == [] and getattr(shape, "min_length", None):
        return "empty-array"
    return None


def _array(value: Any, shape: inspect.VarTupleType, path: str, notes: _Notes) -> Any:
    if not isinstance(value, list):
        return value
    return [_value(item, shape.item_type, f"{path}[]", notes) for item in value]


def _integer(value: Any, _: inspect.IntType, path: str, notes: _Notes) -> Any:
    if isinstance(value, float) and value.is_integer():
        _note(notes, "integer-as-float", path)
        return int(value)
    if isinstance(value, str) and (found := _INTEGER.fullmatch(value)):
        _note(notes, "number-as-string", path)
        return int(found[1])
    if path.rpartition(".")[2] in MAY_BE_ROUNDED:
        return _rounded(value, path, notes)
    return value


def _rounded(value: Any, path: str, notes: _Notes) -> Any:
    number = float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    if not isinstance(number, float) or not abs(number) < MAX_ROUNDED:
        return value
    _note(notes, "fraction", path)
    return round(number)


def _number(value: Any, _: inspect.FloatType, path: str, notes: _Notes) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        _note(notes, "number-as-string", path)
        return float(value)
    return value


def _string(value: Any, shape: inspect.StrType, path: str, notes: _Notes) -> Any:
    if type(value) in {int, float} and path.endswith(MAY_BE_WRITTEN):
        _note(notes, "string-as-number", path)
        return repr(value)
    limit = shape.max_length
    if limit is None or not isinstance(value, str) or len(value) <= limit:
        return value
    if path.rpartition(".")[2] in WHOLE and len(value) <= LONGEST_PROOF:
        _note(notes, "too-long", path)
        return notes.lay_apart(value)
    if MAY_BE_CUT.isdisjoint({path.rpartition(".")[2], ".".join(path.split(".")[-2:])}):
        return value
    _note(notes, "too-long", path)
    return value[:limit]


def _word(value: Any, shape: inspect.LiteralType, path: str, notes: _Notes) -> Any:
    if not isinstance(value, str) or value in shape.values:
        return value
    meant = [word for word in shape.values if str(word).casefold() == value.casefold()]
    if len(meant) != 1:
        return value
    _note(notes, "enum-case", path)
    return meant[0]


def _time(value: Any, shape: inspect.DateTimeType, path: str, notes: _Notes) -> Any:
    if not isinstance(value, str) or _is_time(value) or (found := _TIME.fullmatch(value)) is None:
        return value
    date, minute, second, fraction, _, hours, minutes = found.groups()
    zone = f"{hours}:{minutes or '00'}" if hours else "Z"
    repaired = f"{date}T{minute}{second or ':00'}.{(fraction or '0')[:6]}{zone}"
    _note(notes, "timestamp", path)
    return repaired


def _is_time(value: str) -> bool:
    try:
        msgspec.convert(value, _Aware)
    except msgspec.ValidationError:
        return False
    return True


_REPAIRS: Final[dict[type, Callable[[Any, Any, str, _Notes], Any]]] = {
    inspect.StructType: _object,
    inspect.VarTupleType: _array,
    inspect.IntType: _integer,
    inspect.FloatType: _number,
    inspect.StrType: _string,
    inspect.LiteralType: _word,
    inspect.DateTimeType: _time,
}
