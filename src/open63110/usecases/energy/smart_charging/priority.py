# SPDX-License-Identifier: Apache-2.0
"""Who charges first: a driver, or somebody for him, asks for priority charging; the station says whether it does it (8.2.3)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.needs import Needs, PriorityChanged
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging.messages import PrioritizeTransfer

OWN_PROFILES: Final = frozenset({"ocpp2.1"})
"""Wires on which a station may hold profiles of its own for priority charging."""


def hear_priority(event: PriorityChanged, station: Station) -> Iterator[Effect]:
    """Keep it, if it is new; of a transfer that is not known it stands in the journal."""
    transfer = station.transfers.get(event.reference)
    if transfer is None or (transfer.needs or Needs()).priority != event.active:
        yield event


def prioritize(command: PrioritizeTransfer, station: Station, now: datetime) -> Iterator[Effect]:
    """Plan so from now on; a station that may have a profile of its own for that is told to use it.

    Raises:
        Unknown: no such transfer runs.
    """
    _demand(station, command.reference)
    yield from hear_priority(
        PriorityChanged(station=station.id, at=now, reference=command.reference, active=command.active), station
    )
    if station.wire in OWN_PROFILES and may_be_ordered(station):
        yield command


def _demand(station: Station, reference: TransferReference) -> None:
    transfer = station.transfers.get(reference)
    if transfer is None or transfer.ended is not None:
        raise Unknown(f"no transfer {reference!r} runs", code="UnknownTransaction", where="reference")


# -- what the facts change --


def priority_changed(event: PriorityChanged, station: Station) -> Station:
    """The transfer is to be given power first, or like the others."""
    transfer = station.transfers.get(event.reference)
    if transfer is None:
        return station
    needs = replace(transfer.needs or Needs(), priority=event.active)
    base = None if transfer.base is None else replace(transfer.base, needs=needs)  # as it was before facts that may still be late
    return replace(station, transfers={**station.transfers, event.reference: replace(transfer, needs=needs, base=base)})
