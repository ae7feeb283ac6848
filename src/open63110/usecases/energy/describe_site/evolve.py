# SPDX-License-Identifier: Apache-2.0
"""What a description changes in a station."""

from collections.abc import Mapping

from msgspec.structs import replace

from open63110.kernel.ids import EvseNumber
from open63110.model.site import EvsePlan, StationPlaced
from open63110.model.station import Evse, Station


def placed(event: StationPlaced, station: Station) -> Station:
    """It stands there; what it said of its EVSEs itself stays."""
    evses = station.evses if event.evses is None else _planned(event.evses, station.evses)
    return replace(station, zone=event.zone, evses=evses, feeder=event.feeder)


def _planned(plans: tuple[EvsePlan, ...], known: Mapping[EvseNumber, Evse]) -> dict[EvseNumber, Evse]:
    """Let each EVSE be as described; one that is described no more, and was never heard of, is forgotten."""
    described = {one.number: one for one in plans}
    found: dict[EvseNumber, Evse] = {}
    for number in sorted({*known, *described}):
        plan = described.get(number, EvsePlan(number=number))
        evse = replace(
            known.get(number, Evse(number=number)),
            evse_id=plan.evse_id,
            import_max=plan.import_max,
            export_max=plan.export_max,
            wiring=plan.wiring,
            pilots=plan.pilots,
        )
        if number in described or evse != Evse(number=number):
            found[number] = evse
    return found
