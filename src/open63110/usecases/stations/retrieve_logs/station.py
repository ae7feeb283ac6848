# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about logs: one is on its way at a time, and the newest request counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Effect
from open63110.model.logs import OVER, LogChanged, LogState, StationLog, changed, log_id
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.retrieve_logs.messages import LogProgressed, LogPromised, RetrieveLog

SCHEMES: Final = ("https://", "http://")
"""How a station of this product sends files; none: in band."""

LASTS: Final = timedelta(days=1)
"""After that a station sends no more of it."""


def obey(command: RetrieveLog, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Promise it; what sends files follows the fact that it was asked for.

    Raises:
        NotSupported: it is to go in another way than by HTTP or in band.
    """
    if command.location and not command.location.startswith(SCHEMES):
        raise NotSupported("files are sent by HTTP or HTTPS only", code="UnsupportedScheme", where="location")
    before = rows.load(StationLog, Where("station", "=", station.id))
    for one in before:
        if one.open:
            yield LogProgressed(station=station.id, at=now, state=LogState.CANCELED, request=one.request)
        yield LogChanged(station=station.id, at=now, id=one.id, log=None)
    name = f"{station.id}-{command.kind}-{command.request}-{now:%Y%m%dT%H%M%SZ}.log"
    log = StationLog(
        id=log_id(station.id, command.request),
        station=station.id,
        request=command.request,
        kind=command.kind,
        asked=now,
        until=now + LASTS,
        oldest=command.oldest,
        latest=command.latest,
        state=LogState.ACCEPTED,
        name=name,
        location=command.location,
        retries=command.retries,
        retry_after=command.retry_after,
        most=command.most,
    )
    yield changed(log, now)
    yield LogPromised(name=name, canceled=any(one.open for one in before))


def tell(event: LogProgressed, station: Station, now: datetime, rows: Rows) -> Iterator[Effect]:
    """Tell how far it is; what is over is forgotten, with the secret of where it went."""
    log = None if event.request is None else rows.get(StationLog, log_id(station.id, event.request))
    if log is None or not log.open:
        return
    yield event
    over = event.state in OVER
    left = replace(log, state=event.state, ended=now if over else None, location="" if over else log.location)
    yield changed(left, now)
