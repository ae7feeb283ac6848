# SPDX-License-Identifier: Apache-2.0
"""What others than the CSMS limit at a station: the CSMS takes note (8.2.3, 7.5).

An external limit makes nobody free to draw more: whoever set it may take it back at any moment without asking here.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from open63110.kernel.messages import Effect
from open63110.model.external import ExternalLimitCleared, ExternalLimitSet
from open63110.model.limit import WHOLE
from open63110.model.station import Station


def hear_set(event: ExternalLimitSet, station: Station) -> Iterator[Effect]:
    """Keep it, if it is new."""
    known = station.external.get(event.limit.place)
    if known is None or replace(known, since=event.limit.since) != event.limit:
        yield event


def hear_cleared(event: ExternalLimitCleared, station: Station) -> Iterator[Effect]:
    """Keep it, if there was one."""
    if any(_clears(event, key) for key in station.external):
        yield event


def _clears(event: ExternalLimitCleared, place: str) -> bool:
    evse, source = place.split("/")
    return source == event.source and event.evse in {WHOLE, int(evse)}


def limit_set(event: ExternalLimitSet, station: Station) -> Station:
    """It counts from now on."""
    return replace(station, external={**station.external, event.limit.place: event.limit})


def limit_cleared(event: ExternalLimitCleared, station: Station) -> Station:
    """It counts no more."""
    return replace(station, external={key: one for key, one in station.external.items() if not _clears(event, key)})
