# SPDX-License-Identifier: Apache-2.0
"""Fields of OCPP 2.x that a schema lets pass and nobody should."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.fields import connector_number, connector_of, evse_number, reference, sequence
from open63110.kernel.errors import Malformed


@pytest.mark.parametrize("number", [0, 1, 999])
def test_a_number_that_can_be_is_taken(number: int) -> None:
    assert (evse_number(number), connector_number(number), sequence(number)) == (number, number, number)


@pytest.mark.parametrize("check", [evse_number, connector_number])
@pytest.mark.parametrize("number", [-1, 1000])
def test_a_number_that_cannot_be_is_refused(check: Callable[[int], Any], number: int) -> None:
    with pytest.raises(Malformed) as caught:
        check(number)
    assert caught.value.code == "OutOfRange"


def test_a_negative_sequence_number_is_refused_as_inside_it_would_order_nothing() -> None:
    with pytest.raises(Malformed):
        sequence(-1)


def test_an_empty_transaction_id_is_refused_as_inside_it_would_ask_for_a_new_one() -> None:
    assert reference("tx1") == "tx1"
    with pytest.raises(Malformed):
        reference("")


def test_an_evse_may_name_its_connector() -> None:
    assert connector_of(types.EVSEType(id=1, connector_id=2)) == 2
    assert connector_of(types.EVSEType(id=1)) == 0
    assert connector_of(UNSET) == 0
