# SPDX-License-Identifier: Apache-2.0
"""One EVSE as IEC 61851-1 has it: what its driver sees goes in, what contactor, pilot and lock shall do comes out.

Pure: time is an argument, in monotonic seconds. Every step looks at the whole picture, so that nothing depends on which of
two changes was seen first. Whatever is not known to be safe leaves the contactor open:

- It closes in states C and D only, with a cable whose rating is known, locked where there is a lock, after the pilot has
  offered at least 6 A, and never while anything is wrong.
- It opens at once when the EV leaves C and D, in E and F, on an emergency stop, when the cable's proximity contact is lost,
  when the meter or the driver fails. To end a transfer in order, the pilot asks the EV first and waits a few seconds for it.
- A contactor that does not open although it should (its mirror contact or the meter says so) is welded: nothing closes any
  more, and the lock stays, until somebody has looked.
"""

from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from open63110.kernel.units import Amperes
from open63110.station.limits import LEAST

PilotState = Literal["A", "B", "C", "D", "E", "F"]
"""A no EV, B connected, C and D ready for energy (D wants ventilation), E no pilot, F the EVSE is not available."""

READY: Final = frozenset({"C", "D"})
CONNECTED: Final = frozenset({"B", "C", "D"})

STOP_WITHIN = 6.0
"""How long an EV that was asked to stop may take before the contactor opens under load [s]."""

RAISE_EVERY = 5.0
"""Least time between a change of the pilot and a rise of it [s]: an EV may take 5 s to follow. A fall never waits."""

CONTACTOR_WITHIN = 1.0
"""How long a contactor may take until its mirror contact follows [s]."""

DISCHARGED_WITHIN = 5.0
"""How long after opening the meter may still show current [s]: it is read less often than the mirror contact, and may average."""

STRAY = Amperes(1.0)
"""Current that a meter may show although nothing flows."""

OVER_FOR = 10.0
"""How long an EV may draw more than it is offered [s]."""

LOCK_WITHIN = 3.0
"""How long a lock may take [s]."""

NEVER: Final = float("-inf")


class Fitting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an EVSE is fitted with."""

    socket: bool = True
    """The cable is the driver's own, with a proximity contact; else it is fixed."""
    lock: bool = False
    """A socket holds the plug while energy may flow."""
    ventilated: bool = False
    """An EV in state D may charge here."""


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All that a driver sees of an EVSE at one moment."""

    pilot: PilotState = "E"
    proximity: Amperes | None = None
    """What the cable can carry; None: there is none, or its contact is lost."""
    closed: bool | None = None
    """Mirror contact of the contactor; None: it has none."""
    locked: bool | None = None
    """None: nobody can tell."""
    emergency: bool = False
    current: Amperes = Amperes(0.0)
    """The highest of all phases."""
    trouble: str = ""
    """What the driver found broken, the meter silent say; empty: nothing."""


class Allowed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How much may flow from now on."""

    amperes: Amperes
    """0: nothing."""


class Serviced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Somebody has looked at what was broken: faults that stay until then go."""


Input = Seen | Allowed | Serviced


class Drive(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the outputs shall be."""

    closed: bool = False
    amperes: Amperes = Amperes(0.0)
    """What the pilot offers; 0: a constant +12 V, nothing may be drawn."""
    available: bool = True
    """False: a constant -12 V, state F."""
    locked: bool = False


class Plugged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An EV has come."""


class Unplugged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """It has gone."""


class FaultChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something is broken, or no longer."""

    code: str
    """Empty: nothing is."""
    severity: int


Action = Drive | Plugged | Unplugged | FaultChanged

EMERGENCY = "EmergencyStop"
WELDED = "PowerSwitchFailure"
NOT_CLOSING = "ContactorFailure"
OVER_CURRENT = "OverCurrentFailure"
NOT_LOCKING = "ConnectorLockFailure"
PILOT = "EVCommunicationError"
PROXIMITY = "ProximityLost"

SEVERITY: Final = {EMERGENCY: 0, WELDED: 1, NOT_CLOSING: 2, OVER_CURRENT: 2}
"""0 danger, 1 hardware failure, 2 system failure; everything else is 3, an error."""

UNTIL_SERVICE: Final = frozenset({WELDED})
UNTIL_UNPLUGGED: Final = frozenset({NOT_CLOSING, OVER_CURRENT, NOT_LOCKING})


class Evse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of an EVSE, and what its outputs are."""

    fitting: Fitting = Fitting()
    seen: Seen = Seen()
    allowed: Amperes = Amperes(0.0)
    plugged: bool = False
    drive: Drive = Drive()
    latched: str = ""
    """A fault that stays although its cause is not seen any more."""
    fault: str = ""
    """What is said to be broken; empty: nothing."""
    switched: float = NEVER
    """When the contactor was last told something else."""
    pilot_at: float = NEVER
    """When the pilot last changed."""
    asked: float | None = None
    """Since when the EV has been asked to stop; None: it is not."""
    over: float | None = None
    """Since when it draws too much; None: it does not."""
    locking: float | None = None
    """Since when the lock is to hold and does not; None: it does, or need not."""

    @property
    def flows(self) -> bool:
        """Energy may flow right now."""
        return self.drive.closed

    @property
    def severity(self) -> int:
        """How grave the fault is."""
        return SEVERITY.get(self.fault, 3)

    def hear(self, heard: Input, now: float) -> tuple["Evse", tuple[Action, ...]]:
        """Take one input in; return the EVSE after it, and what follows from it, in order."""
        after = _taken(self, heard)
        after = _noticed(after, now)
        after = _driven(after, now)
        return after, tuple(_told(self, after))


def _taken(evse: Evse, heard: Input) -> Evse:
    match heard:
        case Allowed():
            return replace(evse, allowed=heard.amperes)
        case Serviced():
            return replace(evse, latched="", over=None)
        case Seen():
            evse = replace(evse, seen=heard, plugged=_holds_plug(evse, heard))
            unplugged = not evse.plugged and evse.latched in UNTIL_UNPLUGGED
            return replace(evse, latched="") if unplugged else evse


def _holds_plug(evse: Evse, seen: Seen) -> bool:
    """Tell whether an EV is there; a pilot that says nothing leaves it as it was."""
    return seen.pilot in CONNECTED or (seen.pilot != "A" and evse.plugged)


def _noticed(evse: Evse, now: float) -> Evse:
    """Find what is broken, and since when."""
    over = (evse.over if evse.over is not None else now) if _draws_too_much(evse) else None
    free = not evse.drive.locked or evse.seen.locked is not False
    locking = None if free else (evse.locking if evse.locking is not None else now)
    evse = replace(evse, over=over, locking=locking)
    found = _lasting(evse, now)
    if found and evse.latched not in UNTIL_SERVICE:
        evse = replace(evse, latched=found)
    return replace(evse, fault=_fault(evse))


def _draws_too_much(evse: Evse) -> bool:
    offered = evse.drive.amperes
    return evse.drive.closed and offered > 0 and evse.seen.current > offered * 1.1 + STRAY


def _lasting(evse: Evse, now: float) -> str:
    """Return a fault that outlasts its sign; empty: there is none."""
    seen, since = evse.seen, now - evse.switched
    if not evse.drive.closed:
        mirror = seen.closed is True and since >= CONTACTOR_WITHIN
        if mirror or (seen.current > STRAY and since >= DISCHARGED_WITHIN):
            return WELDED
    elif seen.closed is False and since >= CONTACTOR_WITHIN:
        return NOT_CLOSING
    if evse.over is not None and now - evse.over >= OVER_FOR:
        return OVER_CURRENT
    if evse.locking is not None and now - evse.locking >= LOCK_WITHIN:
        return NOT_LOCKING
    return ""


def _fault(evse: Evse) -> str:
    """Return the gravest of what is broken."""
    seen = evse.seen
    if seen.emergency:
        return EMERGENCY
    if evse.latched:
        return evse.latched
    if seen.trouble:
        return seen.trouble
    if seen.pilot in {"E", "F"} and evse.drive.available:
        return PILOT
    if evse.fitting.socket and seen.pilot in CONNECTED and seen.proximity is None:
        return PROXIMITY
    return ""


def _driven(evse: Evse, now: float) -> Evse:
    """Decide on pilot, contactor and lock, in this order: energy flows only under an offer that was made before."""
    amperes = _pilot(evse, now)
    evse = replace(evse, asked=_asked(evse, amperes, now))
    closed = _contactor(evse, amperes, now)
    drive = Drive(
        closed=closed,
        amperes=amperes,
        available=evse.latched not in UNTIL_SERVICE,
        locked=evse.fitting.lock and (closed or evse.latched == WELDED or _held(evse)),
    )
    before = evse.drive
    return replace(
        evse,
        drive=drive,
        switched=now if closed != before.closed else evse.switched,
        pilot_at=now if amperes != before.amperes else evse.pilot_at,
    )


def _held(evse: Evse) -> bool:
    """Tell whether the plug is to be held: while somebody may charge. A fault lets go of the cable (fail open)."""
    return evse.plugged and evse.allowed > 0 and not evse.fault


def _pilot(evse: Evse, now: float) -> Amperes:
    """Return what is offered: never more than the cable carries, and never between nothing and 6 A."""
    wanted, before = evse.allowed, evse.drive.amperes
    if evse.fitting.socket:
        wanted = min(wanted, evse.seen.proximity or Amperes(0.0))
    if evse.fault or not evse.plugged or wanted < LEAST:
        return Amperes(0.0)
    return before if wanted > before and now - evse.pilot_at < RAISE_EVERY else wanted


def _asked(evse: Evse, amperes: Amperes, now: float) -> float | None:
    if amperes > 0 or not evse.drive.closed:
        return None
    return evse.asked if evse.asked is not None else now


def _contactor(evse: Evse, amperes: Amperes, now: float) -> bool:
    seen = evse.seen
    ready = seen.pilot in READY and (seen.pilot == "C" or evse.fitting.ventilated)
    if evse.fault or not ready:
        return False
    if evse.asked is not None:
        return now - evse.asked < STOP_WITHIN
    if evse.drive.closed:
        return True
    return amperes > 0 and evse.drive.amperes > 0 and not (evse.fitting.lock and seen.locked is not True)


def _told(before: Evse, after: Evse) -> list[Action]:
    actions: list[Action] = []
    if after.drive != before.drive:
        actions.append(after.drive)
    if after.plugged and not before.plugged:
        actions.append(Plugged())
    if after.fault != before.fault:
        code = after.fault or before.fault
        actions.append(FaultChanged(code=after.fault, severity=SEVERITY.get(code, 3)))
    if before.plugged and not after.plugged:
        actions.append(Unplugged())
    return actions
