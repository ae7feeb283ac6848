# SPDX-License-Identifier: Apache-2.0
"""A machine that a voucher let in stands where that says (8.3.15 → 4.3), if there is such a place."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.site import SiteId, ZoneId, zone_key
from open63110.model.voucher import VoucherChanged
from open63110.ports import Sites
from open63110.usecases.energy.describe_site import PlaceStation


def then(event: VoucherChanged, sites: Sites) -> Iterator[Message]:
    """Place it when it comes."""
    voucher = event.voucher
    if voucher is None or voucher.used_by != event.station or not voucher.site or not voucher.zone:
        return
    site, zone = SiteId(voucher.site), ZoneId(voucher.zone)
    if sites.zone(zone_key(site, zone)) is not None:
        yield PlaceStation(station=event.station, site=site, zone=zone)


FLOW = Flow(role=Role.CSMS, on=(VoucherChanged,), then=then)
