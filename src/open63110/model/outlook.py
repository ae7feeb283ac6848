# SPDX-License-Identifier: Apache-2.0
"""What is expected at a site: what energy costs there and when, what else will be drawn, what the sun will give (8.2.3).

Kinds are payloads of OpenADR 3 by its words in small letters: PRICE, EXPORT_PRICE, GHG; a demand charge is its
IMPORT_CAPACITY_RESERVATION_FEE, for the highest power that is reached.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.messages import Event
from open63110.kernel.units import Watts
from open63110.model.site import SiteId

OutlookKind = Literal["price", "export-price", "ghg", "demand-charge", "load", "pv"]
"""Energy from the grid [currency/kWh]; energy given to it [currency/kWh]; carbon of energy from the grid [g/kWh]; a kilowatt of
the highest power of the time it counts for [currency/kW]; what an asset draws, or gives as a magnitude [W]."""

OF_ASSETS: Final = frozenset({"load", "pv"})
OF_MONEY: Final = frozenset({"price", "export-price", "demand-charge"})


class OutlookStep(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is expected from a moment on, until the next step."""

    since: datetime
    value: float
    """In the unit of its kind."""


class Outlook(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One series of a site."""

    id: str
    """Site, kind and asset with colons between them."""
    site: SiteId
    kind: OutlookKind
    asset: str = ""
    """Whose load, or whose sun; empty: it is about the site."""
    steps: tuple[OutlookStep, ...] = ()
    """In order of time; before the first, what it says counts."""
    until: datetime
    """What comes later is not known; of a demand charge the end of the time it counts for."""
    currency: str = ""
    """ISO 4217; empty: it is about no money."""
    reached: Watts | None = None
    """Of a demand charge: the highest power so far [W]; None: nobody said."""
    set_at: datetime | None = None
    by: str = ""
    """Who said so: id of a principal."""

    def valid(self, now: datetime) -> bool:
        """Tell whether it says anything of now."""
        return now < self.until


def outlook_id(site: SiteId, kind: OutlookKind, asset: str = "") -> str:
    """Return by what a series is known."""
    return f"{site}:{kind}:{asset}" if asset else f"{site}:{kind}"


class OutlookChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something else is expected at a site. ``station`` is empty."""

    about: ClassVar[str] = "outlook"
    id: str
    outlook: Outlook | None
    """None: it was withdrawn."""
    site: SiteId
    by: str = ""


def stale(outlooks: Iterable[Outlook], now: datetime) -> tuple[Outlook, ...]:
    """Return those that say nothing any more, and were neither withdrawn nor renewed."""
    return tuple(one for one in outlooks if not one.valid(now))
