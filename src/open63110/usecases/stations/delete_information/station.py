# SPDX-License-Identifier: Apache-2.0
"""What a charging station does when it is asked about a customer, or told to forget him."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Effect
from open63110.model.station import Station
from open63110.usecases.stations.delete_information.messages import (
    AskCustomerInformation,
    CustomerForgotten,
    CustomerInformationReported,
)

A_PAGE = 5
"""Lines on a page."""


def obey(command: AskCustomerInformation, station: Station, now: datetime) -> Iterator[Effect]:
    """Say what is kept, page by page, then forget it.

    Raises:
        Malformed: neither is wanted.
        Refused: the customer charges right now, and what is consumed has to be told.
    """
    if not (command.report or command.clear):
        raise Malformed("report, clear, or both", code="InvalidValue", where="report")
    if command.clear and any(one.subject == command.subject and one.ended is None for one in station.transfers.values()):
        raise Refused("the customer charges right now", code="TxInProgress", remedy="ask again when it has ended")
    if command.report:
        yield from _pages(command, station, now)
    if command.clear:
        yield CustomerForgotten(station=station.id, at=now, subject=command.subject)


def _pages(command: AskCustomerInformation, station: Station, now: datetime) -> Iterator[Effect]:
    lines = list(_kept(command.subject, station)) or ["nothing"]
    pages = [tuple(lines[begin : begin + A_PAGE]) for begin in range(0, len(lines), A_PAGE)]
    for page, some in enumerate(pages):
        yield CustomerInformationReported(
            station=station.id, at=now, request=command.request, page=page, more=page + 1 < len(pages), lines=some
        )


def _kept(subject: SubjectRef, station: Station) -> Iterator[str]:
    local = station.local
    if subject in local.entries:
        yield f"local list: {local.entries[subject]}"
    if subject in local.cache:
        yield f"authorization cache: {local.cache[subject]}"
    if subject in local.unproven:
        yield "charged offline, not proven yet"
    for one in station.transfers.values():
        if one.subject == subject:
            yield f"transfer {one.reference}"
