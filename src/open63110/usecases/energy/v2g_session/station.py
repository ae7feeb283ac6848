# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about ways of energy; and what both sides know of them (8.2.8)."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Effect
from open63110.model.station import Station
from open63110.model.v2g import AllowedStanding, AllowedTransfer, AllowedTransferChanged, allowed_key
from open63110.ports import Rows, Where
from open63110.usecases.energy.v2g_session.messages import AllowTransfer


def check(command: AllowTransfer) -> None:
    """Look at what nobody could keep to.

    Raises:
        Malformed: no way is allowed, or one twice.
    """
    if not command.modes:
        raise Malformed("say at least one way", code="InvalidValue", where="modes")
    if len(set(command.modes)) < len(command.modes):
        raise Malformed("each way is said once", code="InvalidValue", where="modes")


def demand_transfer(reference: TransferReference, station: Station) -> None:
    """See to it that a transfer goes on.

    Raises:
        Unknown: there is no such transfer.
        Refused: it has ended.
    """
    transfer = station.transfers.get(reference)
    if transfer is None:
        raise Unknown(f"there is no energy transfer {reference}", code="UnknownTransaction", where="reference")
    if transfer.ended is not None:
        raise Refused("it has ended", code="AlreadyEnded", where="reference")


def kept(one: AllowedTransfer, now: datetime) -> AllowedTransferChanged:
    """Return the fact that it stands so."""
    return AllowedTransferChanged(station=one.station, at=now, key=one.key, allowed_transfer=one)


def gone(one: AllowedTransfer, now: datetime) -> AllowedTransferChanged:
    """Return the fact that it is forgotten."""
    return AllowedTransferChanged(station=one.station, at=now, key=one.key, allowed_transfer=None)


def held(station: Station, rows: Rows) -> list[AllowedTransfer]:
    """Return what is allowed at a station, by reference."""
    return rows.load(AllowedTransfer, Where("station", "=", station.id))


def obey(command: AllowTransfer, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """At the station: keep to it from now on, and forget what counted for transfers that are over.

    Raises:
        Malformed: no way is allowed.
        Unknown, Refused: no such transfer goes on.
    """
    check(command)
    demand_transfer(command.reference, station)
    for one in held(station, rows):
        transfer = station.transfers.get(one.reference)
        if transfer is None or transfer.ended is not None:
            yield gone(one, now)
    key = allowed_key(station.id, command.reference)
    allowed = AllowedTransfer(
        key=key,
        station=station.id,
        reference=command.reference,
        modes=command.modes,
        standing=AllowedStanding.SET,
        at=now,
    )
    yield kept(allowed, now)
