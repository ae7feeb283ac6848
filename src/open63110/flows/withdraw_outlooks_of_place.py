# SPDX-License-Identifier: Apache-2.0
"""A site or an asset that is removed takes what was expected of it along: one that comes later has none (4.3, 8.2.3)."""

from collections.abc import Iterator

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.outlook import OF_ASSETS
from open63110.model.site import SiteChanged
from open63110.ports import PoweredSites
from open63110.usecases.energy.smart_charging.outlook import WithdrawOutlook


def then(fact: SiteChanged, sites: PoweredSites) -> Iterator[Message]:
    """Withdraw it, if there is any."""
    there = {(one.kind, one.id) for one in fact.site.assets} if fact.site is not None else set()
    for one in sites.outlooks(fact.id):
        if fact.site is None or (one.kind in OF_ASSETS and (one.kind, one.asset) not in there):
            yield WithdrawOutlook(station=StationId(""), site=fact.id, kind=one.kind, asset=one.asset)


FLOW = Flow(role=Role.CSMS, on=(SiteChanged,), then=then)
