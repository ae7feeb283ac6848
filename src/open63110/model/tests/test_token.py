# SPDX-License-Identifier: Apache-2.0
"""Which credentials are the same (8.4.4)."""

import pytest

from open63110.model.token import IDENTIFIERS, Credential, normal


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_identifiers_are_compared_without_case(kind: str) -> None:
    assert normal(Credential(kind=kind, value="04aB1")) == normal(Credential(kind=kind, value="04AB1"))


def test_one_that_is_in_capitals_stays_the_object_it_is() -> None:
    card = Credential(kind="ISO14443", value="04AB1")
    assert normal(card) is card


def test_certificates_are_compared_letter_by_letter() -> None:
    assert normal(Credential(kind="certificate", value="aB")) == Credential(kind="certificate", value="aB")


def test_kinds_are_told_apart() -> None:
    assert normal(Credential(kind="Central", value="A1")) != normal(Credential(kind="eMAID", value="A1"))
