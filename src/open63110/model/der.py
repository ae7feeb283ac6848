# SPDX-License-Identifier: Apache-2.0
"""Grid controls of stations that feed back (7.7, 8.2.10): how each behaves towards the grid, as wanted and as it stands.

A control is kept at the station and works there by itself. A default holds always; a scheduled one from its start for its
duration, and goes before the default of its kind meanwhile.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event

LONGEST_ID: Final = 36
"""Characters of the id of a control."""

MOST_POINTS: Final = 10
"""Points of a curve."""


class DerKind(StrEnum):
    """What a control is about; in a word of IEC 61850-7-420 and EN 50549 where they have one."""

    ENTER_SERVICE = "enter-service"
    FREQUENCY_DROOP = "frequency-droop"
    FREQUENCY_WATT = "frequency-watt"
    FIXED_PF_ABSORB = "fixed-pf-absorb"
    FIXED_PF_INJECT = "fixed-pf-inject"
    FIXED_VAR = "fixed-var"
    GRADIENTS = "gradients"
    HF_MUST_TRIP = "hf-must-trip"
    HF_MAY_TRIP = "hf-may-trip"
    HV_MUST_TRIP = "hv-must-trip"
    HV_MOMENTARY_CESSATION = "hv-momentary-cessation"
    HV_MAY_TRIP = "hv-may-trip"
    LIMIT_MAX_DISCHARGE = "limit-max-discharge"
    LF_MUST_TRIP = "lf-must-trip"
    LV_MUST_TRIP = "lv-must-trip"
    LV_MOMENTARY_CESSATION = "lv-momentary-cessation"
    LV_MAY_TRIP = "lv-may-trip"
    POWER_MONITORING_MUST_TRIP = "power-monitoring-must-trip"
    VOLT_VAR = "volt-var"
    VOLT_WATT = "volt-watt"
    WATT_PF = "watt-pf"
    WATT_VAR = "watt-var"


SINGLE: Final = {
    DerKind.ENTER_SERVICE: "enter_service",
    DerKind.FREQUENCY_DROOP: "droop",
    DerKind.FIXED_PF_ABSORB: "fixed_pf",
    DerKind.FIXED_PF_INJECT: "fixed_pf",
    DerKind.FIXED_VAR: "fixed_var",
    DerKind.GRADIENTS: "gradient",
    DerKind.LIMIT_MAX_DISCHARGE: "discharge",
}
"""Which field of a control holds what it says, for those that are no curves."""

TIMELESS: Final = frozenset({DerKind.ENTER_SERVICE, DerKind.GRADIENTS})
"""Kinds that hold always: nothing of the kind can be scheduled."""


class DerUnit(StrEnum):
    """Unit of the values of a curve, or of a setpoint."""

    NONE = "none"
    PCT_MAX_W = "pct-max-w"
    PCT_MAX_VAR = "pct-max-var"
    PCT_W_AVAILABLE = "pct-w-available"
    PCT_VAR_AVAILABLE = "pct-var-available"
    PCT_EFFECTIVE_V = "pct-effective-v"


class Cessation(StrEnum):
    """What is fed in while a momentary cessation lasts."""

    ACTIVE = "active"
    REACTIVE = "reactive"


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One point of a curve."""

    x: float
    """Frequency, voltage, power or time, by the kind of the control."""
    y: float
    """In the unit of the curve; a power factor is positive where reactive power is absorbed."""


class DerCurve(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What is to be done at which value; between two points on the straight line."""

    points: tuple[CurvePoint, ...]
    unit: DerUnit = DerUnit.NONE
    response: float | None = None
    """Time to reach nine tenths of a new target; 0: as fast as it can; None: as the device has it [s]."""
    high: float | None = None
    """Hysteresis: below this it is back in normal operation, in the unit of the curve."""
    low: float | None = None
    """Hysteresis: above this."""
    delay: float | None = None
    """Hysteresis: after so long between the two [s]."""
    gradient: float | None = None
    """Hysteresis: how fast it returns [%/s]."""
    v_ref: float | None = None
    """Of volt-var: reference voltage [%]."""
    v_ref_adjusts: bool | None = None
    """Of volt-var: the device adjusts it by itself."""
    v_ref_time: float | None = None
    """Of volt-var: time constant of that [s]."""
    mean_limit: float | None = None
    """Of voltage: mean over ten minutes above which it has to trip."""
    mean_delay: float | None = None
    """Of voltage: after so long [s]."""
    cessation: Cessation | None = None
    """Of a momentary cessation: what is fed in meanwhile; None: nothing."""


class EnterService(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """When it may connect to the grid, again too."""

    high_voltage: float
    low_voltage: float
    high_frequency: float
    low_frequency: float
    delay: float | None = None
    random_delay: float | None = None
    ramp: float | None = None
    """[s] like both delays."""


class FixedPowerFactor(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A power factor that is kept."""

    displacement: float
    """cos φ, 0 to 1."""
    absorbs: bool
    """It is under-excited: it absorbs reactive power, else it injects it."""


class FixedVar(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Reactive power that is kept."""

    setpoint: float
    """-100 to 100, negative while charging [%]."""
    unit: DerUnit = DerUnit.PCT_MAX_VAR


class FrequencyDroop(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How power follows the frequency."""

    over_frequency: float
    """From here on [Hz]."""
    under_frequency: float
    over_droop: float
    under_droop: float
    response: float
    """[s]"""


class RampGradient(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How fast power may change."""

    usual: float
    """0: it does not matter [s]."""
    soft_start: float
    """0: it does not matter [s]."""


class DischargeLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How much may be fed back at most."""

    percent: float | None = None
    """Of the rated power of the EV, 0 to 100; None: the curve alone says it."""
    trip: DerCurve | None = None
    """When it has to trip above that."""


class DerControl(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How a station behaves towards the grid in one respect."""

    id: str
    kind: DerKind
    default: bool = False
    """It holds always; else it is scheduled."""
    priority: int = 0
    """0 goes before all others of its kind."""
    start: datetime | None = None
    """Of a scheduled one."""
    duration: float | None = None
    """Of a scheduled one [s]."""
    curve: DerCurve | None = None
    enter_service: EnterService | None = None
    fixed_pf: FixedPowerFactor | None = None
    fixed_var: FixedVar | None = None
    droop: FrequencyDroop | None = None
    gradient: RampGradient | None = None
    discharge: DischargeLimit | None = None

    @property
    def end(self) -> datetime | None:
        """When a scheduled one is over; None: never."""
        return None if self.start is None or self.duration is None else self.start + timedelta(seconds=self.duration)

    def over(self, now: datetime) -> bool:
        """Tell whether its time has passed."""
        return self.end is not None and self.end <= now

    def meets(self, other: "DerControl") -> bool:
        """Tell whether both would hold at one time, so that one has to give way: of one kind, and default or not alike."""
        if (self.kind, self.default) != (other.kind, other.default):
            return False
        if self.start is None or other.start is None or self.end is None or other.end is None:
            return True
        return self.start < other.end and other.start < self.end


class DerStanding(StrEnum):
    """How far a control has come."""

    WANTED = "wanted"
    """The station has not confirmed it."""
    SET = "set"
    REFUSED = "refused"
    LEAVING = "leaving"
    """It is to be cleared, the station has not confirmed that."""
    FOUND = "found"
    """The station says that it has it; it was not set here."""


class StationDerControl(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A control of a station, as wanted and as it stands; a row of its own."""

    key: str
    station: StationId
    id: str
    kind: DerKind
    standing: DerStanding
    at: datetime
    """Since when it stands so."""
    control: DerControl
    revision: int = 1
    """Rises with each time it is set anew."""
    sent: datetime | None = None
    """When the station was last told; None: not yet."""
    reason: str = ""
    """Of a refusal, as the station has it."""
    superseded: bool = False
    """Another of its kind goes before it."""
    active: datetime | None = None
    """Since when it is in force, as the station says; None: it is not, or holds by default."""
    by: str = ""
    """Who wants it: id of a principal."""


class DerControlChanged(Event, frozen=True, kw_only=True, gc=False):
    """A control of a station was set, confirmed, refused, found, came into force, or is gone."""

    about: ClassVar[str] = "der_control"
    key: str
    der_control: StationDerControl | None
    """None: it is gone."""
    reason: str = ""
    """Of one that is gone: cleared, over, replaced, missing."""


class ReportedDerControl(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A control as a station has it."""

    control: DerControl
    superseded: bool = False
    """Another of its kind goes before it."""


class DerReport(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Which controls a station says it has: the question that is open, and what came of it so far."""

    station: StationId
    request: int = 0
    """Number of the last question."""
    since: datetime | None = None
    """When it was asked, while it is not answered in full; None: none is open."""
    whole: bool = True
    """It was asked for all controls: what is not reported is not there."""
    parts: tuple[ReportedDerControl, ...] = ()
    """What came of the answer so far, each id once."""
    at: datetime | None = None
    """When the last answer was complete; None: none ever was."""
    trouble: str = ""
    """Why the last question was not answered: NoReport, or TooMany; empty: it was."""


class DerReportChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked for its controls, has told some, or did not."""

    about: ClassVar[str] = "der_report"
    der_report: DerReport | None


def der_key(station: StationId, id: str) -> str:
    """Return by what a control is known among those of all stations."""
    return f"{station}:{id}"
