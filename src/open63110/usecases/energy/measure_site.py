# SPDX-License-Identifier: Apache-2.0
"""Hear what flows at a site beside its stations, or in all: loads, PV, batteries, meters of feeders (7.6).

Clause:     7.6
Asked by:   RM, meter, operator
Done by:    CSMS
Leaves:     the last reading of each asset, which counts until it is stale (8.2.3)
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Self

import msgspec

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Priority
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, Percent, Watts
from open63110.kernel.usecase import Door, UseCase
from open63110.model.limit import PHASES
from open63110.model.power import AssetMeasured, AssetReading, meter_id
from open63110.model.site import SiteId
from open63110.ports import PoweredSites

_NOBODY = StationId("")


class ReportSitePower(Command, frozen=True, kw_only=True, gc=False):
    """Say what a meter of a site shows. station is empty."""

    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    site: SiteId
    asset: str
    """Id of a load, PV, battery or meter of the site."""
    power: tuple[Watts, ...] = ()
    """Of each phase, L1 first, or one number for all together; import positive [W]."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase, signed as power [A]; where power is not said it counts at the site's voltage."""
    soc: Percent | None = None
    """Of a battery."""
    measured: datetime | None = None
    """When; None: now."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever read the meter."""
        del role
        return msgspec.structs.replace(self, by=who)


def report(command: ReportSitePower, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Keep it, unless it is older than what is known.

    Raises:
        Unknown: there is no such site, or it has no such asset.
        Malformed: nothing was measured, or it is no number, or of the future.
    """
    site = sites.site(command.site)
    asset = next((one for one in site.assets if one.id == command.asset), None) if site else None
    if site is None or asset is None:
        raise Unknown(f"site {command.site} has no asset {command.asset}", code="UnknownAsset", where="asset")
    volts = site.connections[0].volts if site.connections else 230.0
    power = command.power or tuple(Watts(one * volts) for one in command.amperes)
    if len(power) not in {1, PHASES} or not all(abs(one) < float("inf") for one in (*power, *command.amperes)):
        raise Malformed("a power is a number for each phase, or one for all", code="InvalidValue", where="power")
    at = min(command.measured or now, now)
    key = meter_id(command.site, command.asset)
    known = sites.meter(command.site, command.asset)
    if known is None or known.at <= at:
        reading = AssetReading(
            id=key,
            site=command.site,
            asset=command.asset,
            at=at,
            power=power,
            amperes=command.amperes,
            soc=command.soc,
            by=command.by,
        )
        yield AssetMeasured(station=_NOBODY, at=at, id=key, meter=reading)


USE_CASE = UseCase(
    clause="7.6",
    title="Interface requirements between CEM, RM and CSMS: measured power",
    decide={(Role.CSMS, ReportSitePower): report},
    doors=(
        Door(
            command=ReportSitePower,
            noun="site",
            verb="report-power",
            roles=frozenset({Role.OPERATOR, Role.RM, Role.CEM, Role.METER}),
        ),
    ),
)
