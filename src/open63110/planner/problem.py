# SPDX-License-Identifier: Apache-2.0
"""What the planner of a site is asked: who wants how much by when, what rows allow, and what energy costs.

No need is a hard constraint: what cannot be served is left, the least worth first, so there is always a plan.
"""

import msgspec
import numpy as np

from open63110.planner.grid import SPANS, Profile, steady
from open63110.planner.network import Floats, Network, Room
from open63110.planner.pilot import Pilot

HOUR = 3600.0


class Need(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An EV that is connected."""

    id: str
    """Of the session; the same from plan to plan."""
    point: int
    """Column of the network."""
    wanted: tuple[tuple[float, float], ...]
    """Pieces of energy [Wh] and how likely each is wanted, never rising; one piece of 1.0 where it is known."""
    leaves: tuple[tuple[float, float], ...]
    """Moments of departure [s from now] and how likely each is, rising; the chances add up to 1."""
    most: float
    """What EV and EVSE can do at most [A per phase]."""
    pilot: Pilot = Pilot()
    """What the EVSE can be told."""
    priority: float = 1.0
    """Worth of its energy beside that of others; above 0."""
    drawing: float = 0.0
    """What it was told up to now [A]; 0: it waits."""
    running: float = HOUR
    """How long it has been drawing, or waiting [s]."""
    pauses: int = 0
    """How often it was made to wait after it had begun."""

    @property
    def energy(self) -> float:
        """All pieces [Wh]."""
        return sum(piece for piece, _ in self.wanted)

    @property
    def departure(self) -> float:
        """The last moment of departure [s from now]."""
        return self.leaves[-1][0]


class Pausing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When an EV that draws may be made to wait, and one that waits may begin again."""

    most: int | None = None
    """How often per session; 0: never once it has begun; None: as often as is good."""
    on: float = 0.0
    """For how long it then has drawn at least [s]."""
    off: float = 0.0
    """For how long it then waits at least [s]."""


class Peak(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A charge for the highest mean power drawn from the grid."""

    price: float
    """Of a kilowatt more [currency/kW]: the charge itself, or the part of it that this day has to earn."""
    paid: float = 0.0
    """What costs nothing more: the peak so far, or the one that is expected to come about anyway [W]."""


class Battery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A battery of the site."""

    capacity: float
    """[Wh]"""
    level: float
    """What is in it now [Wh]."""
    charge: float
    """At most [W]."""
    discharge: float
    """At most [W]."""
    efficiency: float = 0.95
    """Each way."""
    wear: float = 0.0
    """Of energy that goes in [currency/kWh]."""
    reserve: float = 0.0
    """What shall stay in it [Wh]."""
    point: int = -1
    """Column of the network where it draws and gives; -1: rows do not feel it."""


class Energy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What energy is worth and costs at the connection to the grid."""

    value: float = 1.0
    """Of energy that reaches an EV which wants it [currency/kWh]."""
    price: Profile = steady(0.0)
    """Of energy from the grid [currency/kWh]."""
    feed_in: Profile | None = None
    """What energy given to the grid earns [currency/kWh]; None: nothing is."""
    carbon: Profile = steady(0.0)
    """Of energy from the grid [kg/kWh]."""
    carbon_price: float = 0.0
    """[currency/kg]"""
    load: Profile = steady(0.0)
    """Of everything else at the connection [W]."""
    pv: Profile = steady(0.0)
    """What the sun gives [W]; what nobody wants of it is left."""
    peak: Peak | None = None
    battery: Battery | None = None

    @property
    def flows(self) -> bool:
        """Whether what comes from the grid differs from what goes to EVs by more than a constant."""
        return self.feed_in is not None or self.battery is not None or bool((self.pv.values > 0.0).any())


class Problem(msgspec.Struct, frozen=True, kw_only=True, gc=False, eq=False):
    """All that a plan depends on."""

    network: Network
    watts: Floats
    """(N) power of an ampere at each point [W/A]."""
    rooms: tuple[tuple[float, Room], ...]
    """What rows allow, from when on [s from now]; the first from 0."""
    needs: tuple[Need, ...]
    """At most one of a point."""
    energy: Energy = Energy()
    pausing: Pausing = Pausing()
    quick: float = 0.1
    """What it is worth beside the energy itself that it comes at once, as a share of its value."""
    patience: float = 4 * HOUR
    """After what time that has fallen to a third [s]."""
    spans: tuple[tuple[float, int], ...] = SPANS
    """Of the grid."""
    horizon: float = 48 * HOUR
    """What comes later is left out [s]."""
    deadline: float = 1.0
    """What the solver may take [s]; after that the outcome is ``late``."""

    @property
    def points(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """(n) the point of each need."""
        return np.array([need.point for need in self.needs], dtype=np.intp)
