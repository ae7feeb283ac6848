# SPDX-License-Identifier: Apache-2.0
"""Moments of any zone, as the inside has them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from open63110.bindings.ocpp.fields import utc
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
