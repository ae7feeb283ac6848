# SPDX-License-Identifier: Apache-2.0
"""Power at a site as it is now: what flows, what may flow at most, what limits it and who wants it so, and what comes (7.5)."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

import msgspec

from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.alarm import AlarmState
from open63110.model.limit import Ahead, LimitSource
from open63110.model.site import SiteId


class Winner(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Whose word counts at a place: of all that is valid the lowest, of equals the higher source (R-7.5-1)."""

    source: LimitSource = LimitSource.PHYSICAL
    actor: str = ""
    """Id of a principal; empty: nobody, it is what the thing itself carries."""
    constraint: str = ""
    """Id of the constraint; empty: it is what the thing itself carries."""


class NodePower(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One node of a site's tree: the site, a connection to the grid, a feeder or a zone."""

    id: str
    """Of the connection or the feeder; of a zone its id behind ``zone:``; of the site as a whole ``site``."""
    kind: Literal["site", "connection", "feeder", "zone"]
    parent: str = ""
    """Id of the node above; empty: none."""
    limit: Watts | None = None
    """What may be drawn here in all now [W]; None: that is not limited."""
    winner: Winner = Winner()
    """Who limits that."""
    amperes: tuple[Amperes, ...] = ()
    """What each phase may carry, L1 first [A]; none: phases are not limited."""
    phase_winner: Winner = Winner()
    """Who limits them."""
    load: Watts | None = None
    """What flows, measured here or as the sum of what is measured below [W]; None: nobody knows."""
    load_amperes: tuple[Amperes, ...] = ()
    """Of it on each phase [A]; none: nobody knows."""
    measured: datetime | None = None
    """When a meter of its own was read last; None: it has none, or it is not believed."""
    base: Watts = Watts(0.0)
    """Of what is drawn or given beside the stations: measured, else assumed [W]."""
    most: Watts = Watts(0.0)
    """What could be drawn at most by all that stations keep to or were sent, base included [W] (I15)."""
    most_amperes: tuple[Amperes, ...] = ()
    """Of it on each phase [A]."""
    planned: Watts = Watts(0.0)
    """What will be drawn at most once every station has confirmed what it is given, base included [W]."""
    excess: Watts = Watts(0.0)
    """By how much ``planned`` is above the limit, because no less can be reached [W]."""
    export_limit: Watts | None = None
    """[W]"""
    withheld: dict[str, float] = {}
    """By phase [A], or W [W]: what is taken back because a meter here showed more than is allowed."""


class Promise(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a driver may count on."""

    departure: datetime | None = None
    """Stated, else estimated."""
    energy: WattHours = WattHours(0.0)
    """In the EV at that moment, of what it gets here [Wh]."""
    wanted: WattHours | None = None
    """[Wh]; None: nobody said."""
    confidence: float = 0.0
    """0 to 1."""
    basis: Literal["", "stated", "corrected", "estimated"] = ""
    """From where what it wants and when it leaves are known: from nowhere; as stated; as stated, as far as that came true before;
    from earlier visits."""
    expected: WattHours | None = None
    """What it will take as likely as not, by earlier visits [Wh]; None: there were too few."""


EvseState = Literal["idle", "active", "waiting", "dark", "refused"]
"""idle: no transfer; active: it may take power; waiting: it has a transfer and may take none; dark: it is not reached."""


class EvsePower(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One EVSE of a site."""

    station: StationId
    evse: EvseNumber
    node: str = ""
    """The node of the tree it hangs at."""
    state: EvseState = "idle"
    setpoint: Watts | None = None
    """What it may take as things are planned [W]; None: nothing limits it."""
    amperes: Amperes | None = None
    """On each of its phases [A]."""
    most: Watts = Watts(0.0)
    """What it may draw at most by all it keeps to or was sent [W] (I15)."""
    measured: Watts | None = None
    """[W]; None: nobody knows."""
    winner: Winner = Winner()
    """Who limits it."""
    limited_by: str = ""
    """The node that does, or: ev, cable, evse, plan; empty: nothing."""
    why: str = ""
    """Why it waits, as a code: NodeFull, Minimum, Rotates, Planned, Unconfirmed, Unreachable; empty: it does not."""
    since: datetime | None = None
    """Since when it may take power, or may not."""
    transfer: TransferReference = TransferReference("")
    """The one that runs there; empty: none."""
    priority: float = 1.0
    """Its weight."""
    phases: tuple[int, ...] = ()
    """Phases of the grid it uses, 1 to 3."""
    promise: Promise | None = None
    ahead: tuple[Ahead, ...] = ()
    """What is planned for later."""
    on: bool = False
    """It is its turn to have its minimum, since ``since``; else it waits since then."""
    had: Seconds = Seconds(0.0)
    """For how long it had it in all before that [s]."""
    pauses: int = 0
    """How often it lost it."""


class SitePower(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The power of a site. It is shown, and written now and then as a row; the journal says nothing of it."""

    site: SiteId
    at: datetime
    nodes: tuple[NodePower, ...] = ()
    """Those above before those below."""
    evses: tuple[EvsePower, ...] = ()
    """In the order of station and number."""
    planner: Literal["", "on", "away"] = ""
    """on: plans ahead count; away: the planner is late, infeasible or dead, and nothing counts but the present; empty: none."""
    planned: datetime | None = None
    """When the plan ahead was made."""


class EvseSample(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """An EVSE at which something happened, at one moment."""

    station: StationId
    evse: EvseNumber
    setpoint: Watts | None = None
    measured: Watts | None = None
    phases: tuple[int, ...] = ()
    node: str = ""
    foreseen: Watts | None = None
    """What was planned for it then for ``FORESIGHT`` later [W]; None: there was no plan."""


class PowerSample(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The power of a site at one moment, kept for looking back: once a minute while anything is active there."""

    id: int
    site: SiteId
    at: datetime
    nodes: tuple[NodePower, ...] = ()
    evses: tuple[EvseSample, ...] = ()


FORESIGHT: Final = timedelta(minutes=15)
"""How long before a moment the plan for it is kept, to be held against what came."""


def planned_at(evse: EvsePower, at: datetime) -> Watts:
    """Return what an EVSE is to be given at a moment to come [W]; nothing where nothing is planned for it."""
    steps = [one for one in evse.ahead if one.since <= at]
    if steps:
        return steps[-1].limit
    return evse.setpoint if evse.setpoint is not None and evse.state in {"active", "waiting"} else Watts(0.0)


def sample_of(power: SitePower, number: int, now: datetime) -> PowerSample:
    """Return the power of a site as it is kept for looking back: of EVSEs those at which a transfer runs."""
    evses = tuple(
        EvseSample(
            station=one.station,
            evse=one.evse,
            setpoint=one.setpoint,
            measured=one.measured,
            phases=one.phases,
            node=one.node,
            foreseen=planned_at(one, now + FORESIGHT) if power.planner == "on" else None,
        )
        for one in power.evses
        if one.transfer
    )
    return PowerSample(id=number, site=power.site, at=now, nodes=power.nodes, evses=evses)


class AssetReading(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What was measured of something at a site beside its stations, last."""

    id: str
    """Site and asset with a colon between them."""
    site: SiteId
    asset: str
    at: datetime
    power: tuple[Watts, ...]
    """Of each phase, L1 first, or one number for all of them together; import positive [W]."""
    amperes: tuple[Amperes, ...] = ()
    """Of each phase where the meter says so [A]; none: power says it."""
    soc: float | None = None
    """Of a battery [%]."""
    by: str = ""
    """Id of the principal that said so."""


class AssetMeasured(Event, frozen=True, kw_only=True, gc=False):
    """Somebody read a meter at a site. ``station`` is empty."""

    about: ClassVar[str] = "meter"
    id: str
    meter: AssetReading | None


HELD: Final = frozenset(
    {
        *("ActorSilent", "Contradiction", "PlannerAway", "Refused", "MeterDoubted", "Unreachable"),
        *("ForecastExhausted", "OutlookStale"),
    }
)
"""Kinds of alarms about power in which limits are kept all the same."""


class PowerAlarm(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Something about the power of a site that its operator has to know."""

    id: str
    """Site, kind and place with slashes between them."""
    site: SiteId
    kind: str
    """Excess, OverUse, MeterDoubted, WiringDoubted, ClockDoubted, CheckFailed, PlannerAway, ActorSilent, Contradiction, Refused,
    Unreachable, ForecastExhausted, OutlookStale."""
    place: str
    """The node, asset, station or constraint it is about."""
    since: datetime
    cleared: datetime | None = None
    """None: it lasts."""
    detail: str = ""
    """In words."""
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""
    """What whoever acknowledged it has to say."""

    @property
    def severity(self) -> int:
        """As of alarms of stations: 2, system failure, where more flows than may, or could; 4, error, where limits are kept."""
        return 4 if self.kind in HELD else 2

    @property
    def state(self) -> AlarmState:
        """What is to be done about it; it is over by itself, once what raised it is."""
        if self.cleared is not None:
            return "over"
        return "active" if self.acknowledged is None else "acknowledged"


class PowerAlarmChanged(Event, frozen=True, kw_only=True, gc=False):
    """An alarm was raised, or is over, or somebody knows of it. ``station`` is empty."""

    about: ClassVar[str] = "alarm"
    id: str
    alarm: PowerAlarm | None


def meter_id(site: SiteId, asset: str) -> str:
    """Return by what a reading is known."""
    return f"{site}:{asset}"


def alarm_id(site: SiteId, kind: str, place: str) -> str:
    """Return by what an alarm is known; it is one and the same each time it is raised."""
    return f"{site}/{kind}/{place}"
