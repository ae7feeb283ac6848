# SPDX-License-Identifier: Apache-2.0
"""Learn what is expected at a site, so that plans go by it: prices, carbon, a demand charge, loads, the sun (8.2.3)."""

import itertools
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

import msgspec

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect, Priority
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.kernel.usecase import Door
from open63110.model.outlook import OF_ASSETS, OF_MONEY, Outlook, OutlookChanged, OutlookKind, OutlookStep, outlook_id
from open63110.model.site import SiteId
from open63110.model.tariff import CURRENCIES
from open63110.ports import PoweredSites

_NOBODY = StationId("")

MOST_STEPS: Final = 2_000

LONGEST: Final = timedelta(days=400)
"""How far ahead anything can be expected."""

NEGATIVE: Final = frozenset({"price", "export-price"})
"""Kinds whose values may be below 0."""


class _Said(Command, frozen=True, kw_only=True, gc=False):
    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    site: SiteId
    kind: OutlookKind
    asset: str = ""
    """Of a load or the sun: id of an asset of the site of that kind."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever says so."""
        del role
        return msgspec.structs.replace(self, by=who)


class PutOutlook(_Said, frozen=True, kw_only=True, gc=False):
    """Say what is expected at a site; a series of the same kind (and asset) is replaced. station is empty."""

    steps: tuple[OutlookStep, ...]
    """What counts from when on, in order of time: [currency/kWh], [g/kWh], [currency/kW] or [W], by kind."""
    until: datetime
    """What comes later is not known; then the series is left out of plans, and an alarm says so."""
    currency: str = ""
    """Of prices and demand charges: ISO 4217."""
    reached: Watts | None = None
    """Of a demand charge: the highest power so far [W]."""


class WithdrawOutlook(_Said, frozen=True, kw_only=True, gc=False):
    """Have nothing of that kind (and asset) expected any more. station is empty."""


def put(command: PutOutlook, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Keep it.

    Raises:
        Unknown: there is no such site, or it has no such asset of that kind.
        Malformed: steps out of order, a number that cannot be, a time that is over, or what does not belong to its kind.
        Refused: another currency than that of the site's other prices.
    """
    _demand_place(command, sites)
    _check_times(command, now)
    _check_values(command)
    _check_money(command, sites)
    key = outlook_id(command.site, command.kind, command.asset)
    found = Outlook(
        id=key,
        site=command.site,
        kind=command.kind,
        asset=command.asset,
        steps=command.steps,
        until=command.until,
        currency=command.currency,
        reached=command.reached,
        set_at=now,
        by=command.by,
    )
    yield OutlookChanged(station=_NOBODY, at=now, id=key, outlook=found, site=command.site, by=command.by)


def withdraw(command: WithdrawOutlook, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Forget it.

    Raises:
        Unknown: nothing of that kind is expected there.
    """
    key = outlook_id(command.site, command.kind, command.asset)
    if all(one.id != key for one in sites.outlooks(command.site)):
        raise Unknown(f"nothing is expected as {key}", code="UnknownOutlook", where="kind")
    yield OutlookChanged(station=_NOBODY, at=now, id=key, outlook=None, site=command.site, by=command.by)


def _demand_place(command: PutOutlook, sites: PoweredSites) -> None:
    site = sites.site(command.site)
    if site is None:
        raise Unknown(f"there is no site {command.site}", code="UnknownSite", where="site")
    if command.kind not in OF_ASSETS:
        if command.asset:
            raise Malformed(f"{command.kind} is about the site, not about an asset", code="InvalidValue", where="asset")
        return
    known = [one.id for one in site.assets if one.kind == command.kind]
    if command.asset not in known:
        words = f"site {command.site} has no {command.kind} {command.asset!r}; it has {', '.join(known) or 'none'}"
        raise Unknown(words, code="UnknownAsset", where="asset")


def _check_times(command: PutOutlook, now: datetime) -> None:
    steps = command.steps
    if not 0 < len(steps) <= MOST_STEPS:
        raise Malformed(f"a series has 1 to {MOST_STEPS} steps, not {len(steps)}", code="InvalidValue", where="steps")
    for place, (one, other) in enumerate(itertools.pairwise(steps), 1):
        if other.since <= one.since:
            raise Malformed("steps are in order of time", code="InvalidValue", where=f"steps[{place}].since")
    if not max(now, steps[-1].since) < command.until <= now + LONGEST:
        words = f"until is after the last step and now, and within {LONGEST.days} days"
        raise Malformed(words, code="InvalidValue", where="until")


def _check_values(command: PutOutlook) -> None:
    for place, one in enumerate(command.steps):
        if not math.isfinite(one.value) or (one.value < 0 and command.kind not in NEGATIVE):
            words = f"{one.value:g} is no {command.kind}" + ("" if command.kind in NEGATIVE else ": it is a number from 0 on")
            raise Malformed(words, code="InvalidValue", where=f"steps[{place}].value")
    if command.reached is not None and (command.kind != "demand-charge" or not 0 <= command.reached < math.inf):
        words = "what was reached is a power from 0 on, and belongs to a demand charge"
        raise Malformed(words, code="InvalidValue", where="reached")


def _check_money(command: PutOutlook, sites: PoweredSites) -> None:
    if command.kind not in OF_MONEY:
        if command.currency:
            raise Malformed(f"{command.kind} has no currency", code="InvalidValue", where="currency")
        return
    if command.currency not in CURRENCIES:
        words = f"{command.currency!r} is no currency"
        raise Malformed(words, code="InvalidValue", where="currency", remedy="say one of ISO 4217: EUR, SEK, USD")
    others = {one.currency for one in sites.outlooks(command.site) if one.kind != command.kind and one.currency}
    if others - {command.currency}:
        words = f"other prices of site {command.site} are in {', '.join(sorted(others))}"
        raise Refused(words, code="OtherCurrency", where="currency", remedy="withdraw them first, or say the same")


_WHO: Final = frozenset({Role.OPERATOR, Role.CEM, Role.RM, Role.FO})

DOORS: Final = (
    Door(command=PutOutlook, noun="outlook", verb="put", roles=_WHO),
    Door(command=WithdrawOutlook, noun="outlook", verb="withdraw", roles=_WHO),
)
"""Ways in from outside."""
