# SPDX-License-Identifier: Apache-2.0
"""The table of errors is total: every trouble has a code, every code an outcome."""

from collections.abc import Iterator

import pytest

from open63110.bindings.ocpp.errors import code_of, outcome_of
from open63110.bindings.ocpp.rpc.errors import ErrorCode, MalformedFrame, SchemaFault
from open63110.kernel.errors import (
    Expired,
    Malformed,
    NotAuthorized,
    NotSupported,
    Refused,
    Trouble,
    Unavailable,
    Unknown,
)
from open63110.model.order import OPEN, Outcome


def every(kind: type[Trouble]) -> Iterator[type[Trouble]]:
    yield kind
    for one in kind.__subclasses__():
        yield from every(one)


def made(kind: type[Trouble]) -> Trouble:
    if issubclass(kind, SchemaFault | MalformedFrame):
        return kind("no", ErrorCode.FORMAT_VIOLATION)
    return kind("no")


@pytest.mark.parametrize("kind", list(every(Trouble)), ids=lambda kind: kind.__name__)
def test_every_trouble_has_a_code(kind: type[Trouble]) -> None:
    assert code_of(made(kind)) in ErrorCode


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (NotAuthorized, ErrorCode.SECURITY_ERROR),
        (NotSupported, ErrorCode.NOT_SUPPORTED),
        (Expired, ErrorCode.GENERIC_ERROR),
        (Refused, ErrorCode.GENERIC_ERROR),
        (Unknown, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION),
        (Malformed, ErrorCode.FORMAT_VIOLATION),
        (Unavailable, ErrorCode.INTERNAL_ERROR),
        (Trouble, ErrorCode.GENERIC_ERROR),
    ],
)
def test_a_trouble_is_told_by_the_word_nearest_to_it(kind: type[Trouble], code: ErrorCode) -> None:
    assert code_of(kind("no")) is code


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_ends_an_order(code: ErrorCode) -> None:
    known = {
        ErrorCode.NOT_IMPLEMENTED: Outcome.NOT_SUPPORTED,
        ErrorCode.NOT_SUPPORTED: Outcome.NOT_SUPPORTED,
        ErrorCode.SECURITY_ERROR: Outcome.NOT_AUTHORIZED,
    }
    assert outcome_of(code) is known.get(code, Outcome.FAILED)
    assert outcome_of(code) not in OPEN
