# SPDX-License-Identifier: Apache-2.0
"""A site as it is, described as it can be imported (AT-4.3-1)."""

from collections.abc import Iterable, Mapping, Sequence

from open63110.model.site import EvsePlan, Site, Zone, ZoneKey
from open63110.model.station import Station
from open63110.usecases.energy.describe_site.messages import SitePlan, StationPlan, ZonePlan


def graph(site: Site, zones: Iterable[Zone], members: Mapping[ZoneKey, Sequence[Station]]) -> SitePlan:
    """Describe a site as it is: what ``ImportSites`` of it would change nothing of."""
    return SitePlan(
        id=site.id,
        address=site.address,
        connections=site.connections,
        zones=tuple(_described(zone, members[zone.key]) for zone in zones),
        feeders=site.feeders,
        assets=site.assets,
        rules=site.rules,
    )


def _described(zone: Zone, stations: Iterable[Station]) -> ZonePlan:
    return ZonePlan(
        id=zone.id,
        import_max=zone.import_max,
        export_max=zone.export_max,
        failsafe=zone.failsafe,
        failsafe_after=zone.failsafe_after,
        priority=zone.priority,
        stations=tuple(map(station_of, stations)),
        feeder=zone.feeder,
    )


def station_of(station: Station) -> StationPlan:
    """Describe a station as it is."""
    return StationPlan(id=station.id, evses=evses_of(station), feeder=station.feeder)


def evses_of(station: Station) -> tuple[EvsePlan, ...]:
    """Describe all EVSEs of a station."""
    return tuple(
        EvsePlan(
            number=number,
            evse_id=one.evse_id,
            import_max=one.import_max,
            export_max=one.export_max,
            wiring=one.wiring,
            pilots=one.pilots,
        )
        for number, one in sorted(station.evses.items())
    )
