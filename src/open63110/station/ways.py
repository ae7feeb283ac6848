# SPDX-License-Identifier: Apache-2.0
"""By which ways a station reaches its CSMS, and in which order: what it keeps, and how it is set (8.3.14)."""

from collections.abc import Mapping

from open63110.model.network import ATTEMPTS, BUILT_IN, PRIORITY, NetworkProfile
from open63110.model.station import Station

USUAL = 3
"""Attempts with one way before the next, where nobody set that."""


def ways(station: Station, values: Mapping[str, str]) -> tuple[list[NetworkProfile | None], int]:
    """Return the ways in the order in which they are tried, None for the one it was set up with, and how often each is.

    Args:
        station: keeps them.
        values: how it is set.
    """
    known: dict[str, NetworkProfile | None] = {str(one.slot): one for one in station.networks} | {str(BUILT_IN): None}
    wanted = [one.strip() for one in values.get(PRIORITY, str(BUILT_IN)).split(",")]
    found = [known[one] for one in wanted if one in known]
    attempts = values.get(ATTEMPTS, "")
    return found or [None], int(attempts) if attempts.isdigit() and int(attempts) else USUAL
