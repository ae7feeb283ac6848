# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about fault codes: says which catalogue explains its own, and tells it (8.3.11)."""

from collections.abc import Iterator
from datetime import datetime

from open63110.kernel.errors import Unknown
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.fault import OwnCatalogue, OwnCatalogueChanged, read_catalogue
from open63110.model.station import Station
from open63110.ports import Rows
from open63110.usecases.stations.provision_fault_codes.messages import (
    AnnounceCatalogue,
    AskFaultCatalogue,
    CatalogueLoaded,
    FaultCatalogueAnnounced,
    FaultCatalogueAnswer,
)


def loaded(event: CatalogueLoaded, station: Station | None, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep the catalogue of this firmware, and say so if it is another than before.

    Raises:
        Malformed: it is no catalogue.
    """
    found = read_catalogue(event.content, now)
    known = rows.get(OwnCatalogue, event.station)
    if known is not None and (known.digest, known.signature) == (found.digest, event.signature):
        return
    own = OwnCatalogue(
        station=event.station,
        content=event.content,
        signature=event.signature,
        vendor=found.vendor,
        model=found.model,
        firmware=found.firmware,
        version=found.version,
        digest=found.digest,
    )
    yield OwnCatalogueChanged(station=event.station, at=now, own_catalogue=own)
    if station is not None and may_be_ordered(station):
        yield _announcement(own, now)


def announce(command: AnnounceCatalogue, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Say which one it is, if there is one."""
    own = rows.get(OwnCatalogue, command.station)
    if own is not None:
        yield _announcement(own, now)


def _announcement(own: OwnCatalogue, now: datetime) -> FaultCatalogueAnnounced:
    return FaultCatalogueAnnounced(
        station=own.station,
        at=now,
        vendor=own.vendor,
        model=own.model,
        firmware=own.firmware,
        version=own.version,
        digest=own.digest,
    )


def tell(command: AskFaultCatalogue, rows: Rows) -> Iterator[Effect]:
    """Tell it word by word.

    Raises:
        Unknown: there is no such catalogue, or no longer.
    """
    own = rows.get(OwnCatalogue, command.station)
    if own is None or own.digest != command.digest:
        raise Unknown("there is no such catalogue", code="UnknownCatalogue", where="digest")
    yield FaultCatalogueAnswer(content=own.content, signature=own.signature)
