# SPDX-License-Identifier: Apache-2.0
"""Inform EV users of the tariff while a CS is in operation: what counts in a zone or at a site, kept for whoever is told.

Clause:     8.4.7
Asked by:   operator
Done by:    CSMS
Leaves:     one tariff at most for each zone and for each site as a whole; who subscribed to it over a link is told of each change
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from open63110.kernel.errors import Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.site import SiteId, ZoneId, zone_key
from open63110.model.tariff import Tariff, TariffChanged, TariffElement, TariffId, TariffKey, check_tariff, tariff_key
from open63110.ports import PricedSites

_NOBODY = StationId("")


class SetTariff(Command, frozen=True, kw_only=True, gc=False):
    """Have a tariff count in a zone, or at a whole site; the one before is replaced at once. station is empty."""

    site: SiteId
    zone: ZoneId | None = None
    """None: in each zone of the site that has no tariff of its own."""
    id: TariffId
    """What the operator calls it."""
    currency: str
    """ISO 4217, as EUR."""
    valid_from: datetime | None = None
    """None: from now on."""
    elements: tuple[TariffElement, ...]
    """Each with dimension, direction and price: energy by kWh, time by minute, or flat by session; import or export."""
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    """What drivers are shown, by language, as {"en": "0.39 EUR per kWh"}."""


class ClearTariff(Command, frozen=True, kw_only=True, gc=False):
    """Withdraw the tariff of a zone, or that of a whole site. station is empty."""

    site: SiteId
    zone: ZoneId | None = None


def put(command: SetTariff, sites: PricedSites, now: datetime) -> Iterator[Effect]:
    """Keep it, if it is new.

    Raises:
        Unknown: there is no such place.
        Malformed: its id, a language or a text will not do.
        Refused: an unknown currency, or a price that cannot be.
    """
    key = _place(command.site, command.zone, sites)
    tariff = Tariff(
        key=key,
        id=command.id,
        currency=command.currency,
        valid_from=command.valid_from or now,
        elements=command.elements,
        texts=command.texts,
    )
    check_tariff(tariff)
    if sites.tariff(key) != tariff:
        yield TariffChanged(station=_NOBODY, at=now, key=key, tariff=tariff)


def clear(command: ClearTariff, sites: PricedSites, now: datetime) -> Iterator[Effect]:
    """Let there be none.

    Raises:
        Unknown: there is no such place, or it has no tariff.
    """
    key = tariff_key(command.site, None if command.zone is None else zone_key(command.site, command.zone))
    if sites.tariff(key) is None:
        _place(command.site, command.zone, sites)
        raise Unknown(f"{key} has no tariff of its own", code="UnknownTariff", where="zone" if command.zone else "site")
    yield TariffChanged(station=_NOBODY, at=now, key=key, tariff=None)


def _place(site: SiteId, zone: ZoneId | None, sites: PricedSites) -> TariffKey:
    if sites.site(site) is None:
        raise Unknown(f"there is no site {site}", code="UnknownSite", where="site")
    if zone is not None and sites.zone(zone_key(site, zone)) is None:
        raise Unknown(f"there is no zone {zone} at site {site}", code="UnknownZone", where="zone")
    return tariff_key(site, None if zone is None else zone_key(site, zone))


_WHO = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.4.7",
    title="Inform EVU about tariff during operation",
    decide={(Role.CSMS, SetTariff): put, (Role.CSMS, ClearTariff): clear},
    doors=(
        Door(command=SetTariff, noun="tariff", verb="set", roles=_WHO),
        Door(command=ClearTariff, noun="tariff", verb="clear", roles=_WHO),
    ),
)
