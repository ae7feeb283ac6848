# SPDX-License-Identifier: Apache-2.0
"""Error codes in each version's words, and faults that tell where but never what."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from open63110.bindings.ocpp.rpc.errors import ErrorCode, SchemaFault, read, spelled
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Malformed

WORDS_16 = {
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "FormationViolation",
    "PropertyConstraintViolation",
    "OccurenceConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
}


class Inner(Struct, forbid_unknown_fields=True):
    word: Literal["Yes", "No"] = "Yes"
    name: Annotated[str, Meta(max_length=3)] = ""
    count: Annotated[int, Meta(ge=0)] = 0
    amount: float = 0.0
    when: Annotated[datetime, Meta(tz=True)] | None = None
    many: Annotated[tuple[int, ...], Meta(min_length=1, max_length=2)] = (1,)


class Outer(Struct, forbid_unknown_fields=True):
    secret: str
    inner: tuple[Inner, ...] = ()


def fault_of(inner: Any) -> SchemaFault:
    raw = msgspec.json.encode({"secret": "s", "inner": [inner]})
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(raw, type=Outer)
    return SchemaFault.of(caught.value)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_has_a_word_in_16(code: ErrorCode) -> None:
    assert spelled(code, Version.V16) in WORDS_16


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
@pytest.mark.parametrize("code", ErrorCode)
def test_2x_spells_a_code_as_it_is_named(code: ErrorCode, version: Version) -> None:
    assert spelled(code, version) == code.value
    assert read(code.value) is code


def test_both_spellings_are_read() -> None:
    assert read("FormationViolation") is read("FormatViolation") is ErrorCode.FORMAT_VIOLATION
    assert read("OccurenceConstraintViolation") is ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION
    assert read("SomethingElse") is ErrorCode.GENERIC_ERROR


@pytest.mark.parametrize(
    ("inner", "code", "path"),
    [
        ({"word": "hunter2"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "$.inner[0].word"),
        ({"name": "hunter2"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "$.inner[0].name"),
        ({"count": "hunter2"}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "$.inner[0].count"),
        ({"count": -1}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "$.inner[0].count"),
        ({"amount": True}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "$.inner[0].amount"),
        ({"when": "hunter2"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "$.inner[0].when"),
        ({"when": "2026-01-01T00:00:00"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "$.inner[0].when"),
        ({"many": []}, ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, "$.inner[0].many"),
        ({"many": [1, 2, 3]}, ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, "$.inner[0].many"),
        ({"hunter2": 1}, ErrorCode.FORMAT_VIOLATION, "$.inner[0]"),
        (None, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "$.inner[0]"),
    ],
)
def test_a_fault_names_code_and_path_and_no_value(inner: Any, code: ErrorCode, path: str) -> None:
    fault = fault_of(inner)
    assert (fault.error, fault.path) == (code, path)
    assert (fault.code, fault.where) == (code.value, path)
    assert "hunter2" not in f"{fault}{fault.path}{fault!r}"
    assert path in str(fault)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(b"{}", type=Outer)
    fault = SchemaFault.of(caught.value)
    assert str(fault) == "secret is missing at $"
    assert fault.error is ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION


def test_bytes_that_are_no_json_are_a_format_violation() -> None:
    for error in (msgspec.DecodeError("x"), RecursionError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x")):
        assert SchemaFault.of(error).error is ErrorCode.FORMAT_VIOLATION


def test_a_fault_is_malformed_input_to_everyone_else() -> None:
    assert isinstance(fault_of({"count": -1}), Malformed)
