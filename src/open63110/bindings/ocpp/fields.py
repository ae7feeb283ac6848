# SPDX-License-Identifier: Apache-2.0
"""What stands in messages of every version of OCPP: moments, and the response without fields."""

from datetime import UTC, datetime
from typing import Final

from msgspec import Raw

from open63110.kernel.errors import Malformed

EMPTY: Final = Raw(b"{}")
"""The response that has no fields."""

MOST: Final = 999
"""EVSEs of a station, and connectors of an EVSE; a higher number is an attack on memory, not a picture."""


def utc(at: datetime) -> datetime:
    """Return a moment in UTC.

    Raises:
        Malformed: it lies outside of the calendar there.
    """
    if at.tzinfo is UTC:
        return at
    try:
        return at.astimezone(UTC)
    except (OverflowError, ValueError) as fault:
        raise Malformed("a moment outside of the calendar", code="BadTimestamp", where="timestamp") from fault
