# SPDX-License-Identifier: Apache-2.0
"""What is awaited of stations that are not like others: of a maker, a model, a firmware, or by name (8.3.5)."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.model.station import Identity

SETTINGS: Final = ("answer_timeout", "ping_every", "ping_timeout", "heartbeat", "silent_after")
"""What can be otherwise."""


class Quirk(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for some stations instead of what holds for all. In what tells which, * stands for anything."""

    name: str
    stations: tuple[str, ...] = ()
    """Of these names; empty: of any."""
    vendor: str = ""
    """As they say it when they boot; empty: any."""
    model: str = ""
    firmware: str = ""
    answer_timeout: Seconds | None = None
    """How long the answer to a call is awaited; None, here and below: as of all [s]."""
    ping_every: Seconds | None = None
    """Silence after which they are pinged; 0: never, for there are some that end the link then [s]."""
    ping_timeout: Seconds | None = None
    """Silence after a ping at which the link is cut [s]."""
    heartbeat: Seconds | None = None
    """Heartbeat interval told to them [s]."""
    silent_after: Seconds | None = None
    """Connected and not heard for so long they are alarmed [s]."""

    def fits(self, station: StationId, identity: Identity) -> bool:
        """Tell whether it is about a station."""
        if self.stations and not any(fnmatchcase(station, one) for one in self.stations):
            return False
        said = ((self.vendor, identity.vendor), (self.model, identity.model), (self.firmware, identity.firmware))
        return all(not wanted or fnmatchcase(value, wanted) for wanted, value in said)

    @property
    def weight(self) -> tuple[int, int, str]:
        """By what the more particular comes behind the more general, and goes before it: names of stations before all else."""
        return len(self.stations) > 0, sum(map(bool, (self.vendor, self.model, self.firmware))), self.name


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one station instead of what holds for all."""

    setting: str
    seconds: Seconds
    quirk: str
    """The name of what says so."""


def applied(quirks: Iterable[Quirk], station: StationId, identity: Identity) -> Iterator[Applied]:
    """Return what holds for a station; of two that say the same setting the more particular."""
    fitting = sorted((one for one in quirks if one.fits(station, identity)), key=lambda one: one.weight, reverse=True)
    for name in SETTINGS:
        for one in fitting:
            seconds = getattr(one, name)
            if seconds is not None:
                yield Applied(setting=name, seconds=seconds, quirk=one.name)
                break


def seconds_of(setting: str, usual: Seconds, quirks: Iterable[Quirk], station: StationId, identity: Identity) -> Seconds:
    """Return one setting of a station [s]; ``usual``: what holds for all."""
    return next((one.seconds for one in applied(quirks, station, identity) if one.setting == setting), usual)
