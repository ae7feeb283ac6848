# SPDX-License-Identifier: Apache-2.0
"""A zone or site that is removed takes its tariff with it: one of the same name that comes later has none (4.3, 8.4.7)."""

from collections.abc import Iterator

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.site import SiteChanged, SiteId, ZoneChanged, ZoneId
from open63110.model.tariff import tariff_key
from open63110.ports import PricedSites
from open63110.usecases.services.tariff_during_operation import ClearTariff


def then(fact: SiteChanged | ZoneChanged, sites: PricedSites) -> Iterator[Message]:
    """Withdraw it, if there is one."""
    if isinstance(fact, ZoneChanged):
        key, gone = tariff_key(SiteId(""), fact.key), fact.zone is None
    else:
        key, gone = tariff_key(fact.id, None), fact.site is None
    if gone and sites.tariff(key) is not None:
        site, _, zone = key.partition(":")
        yield ClearTariff(station=StationId(""), site=SiteId(site), zone=ZoneId(zone) if zone else None)


FLOW = Flow(role=Role.CSMS, on=(SiteChanged, ZoneChanged), then=then)
