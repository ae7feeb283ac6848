# SPDX-License-Identifier: Apache-2.0
"""Fields of OCPP 2.x that a schema lets pass and nobody should."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.fields import connector_number, connector_of, evse_number, reference, sequence, utc
from open63110.kernel.errors import Malformed

EAST = timezone(timedelta(hours=14))


def test_a_moment_of_another_zone_is_told_in_utc() -> None:
    assert utc(datetime(2026, 5, 1, 14, tzinfo=EAST)) == datetime(2026, 5, 1, tzinfo=UTC)
    assert utc(datetime(2026, 5, 1, 14, tzinfo=EAST)).tzinfo is UTC


def test_a_moment_in_utc_stays_as_it_is() -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    assert utc(moment) is moment


def test_a_moment_before_the_calendar_is_refused() -> None:
    with pytest.raises(Malformed, match="calendar"):
        utc(datetime(1, 1, 1, tzinfo=EAST))


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
