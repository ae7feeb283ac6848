# SPDX-License-Identifier: Apache-2.0
"""Moments on the wire: whole milliseconds since 1970, UTC, without a tag."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from open63110.kernel.errors import Malformed

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
LATEST: Final = 253_402_300_799_999
"""The last millisecond of the year 9999."""


class Misfit(Exception):
    """An item is not of its field's type; collects the path on its way out."""

    def __init__(self, wanted: str) -> None:
        """Say what was wanted."""
        super().__init__(wanted)
        self.wanted = wanted
        self.path: list[str] = []


def milliseconds(moment: datetime) -> int:
    """Count from 1970 in UTC [ms], rounded down.

    Raises:
        Malformed: it has no time zone.
    """
    try:
        return (moment - EPOCH) // MILLISECOND
    except TypeError as fault:
        raise Malformed("a time without zone", code="Unwritable") from fault


def ticks(item: Any) -> int:
    """Take a count of milliseconds.

    Raises:
        Misfit: it is none, or beyond the year 9999.
    """
    if type(item) is not int or not -LATEST <= item <= LATEST:
        raise Misfit("milliseconds since 1970")
    return item


def moment(count: int) -> datetime:
    """Read what ``milliseconds`` counted.

    Raises:
        Misfit: no calendar has it.
    """
    try:
        return EPOCH + MILLISECOND * count
    except OverflowError as fault:
        raise Misfit("milliseconds since 1970") from fault
