# SPDX-License-Identifier: Apache-2.0
"""What the next fact, in the order of the station, changes in an energy transfer."""

from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

from open63110.kernel.units import Percent, WattHours, Watts
from open63110.model.reading import Measurand, Reading
from open63110.model.register import advanced, begun, counter, doubts, summed
from open63110.model.transfer import (
    ESTIMATED,
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    Mark,
    Register,
    TransferFact,
    TransferState,
)

replace = msgspec.structs.replace

OUTLET = ("", "Outlet")
FLOWING = 50.0
"""Power below this tells no direction [W]."""
STOPPING = frozenset({"StopAuthorized", "Deauthorized", "RemoteStop"})
"""A credential presented with one of these ends something; it does not pay for it."""


class Seen:
    """What the readings of one fact say, beside the registers."""

    __slots__ = ("exported", "imported", "phase_power", "power", "power_at", "soc", "soc_at", "spare")

    def __init__(self, transfer: EnergyTransfer) -> None:
        """Begin with what is known."""
        self.imported, self.exported, self.spare = transfer.imported, transfer.exported, transfer.spare
        self.power: float | None = None
        self.phase_power: float | None = None
        self.power_at: datetime | None = None
        self.soc: float | None = None
        self.soc_at: datetime | None = None

    def add_power(self, reading: Reading, sign: float) -> None:
        """Take the newest; import and export of one moment are netted, phases summed."""
        if self.power_at is None or reading.at > self.power_at:
            self.power_at, self.power, self.phase_power = reading.at, None, None
        elif reading.at < self.power_at:
            return
        if not reading.phase:
            self.power = (self.power or 0.0) + sign * reading.value
        elif "-L" not in reading.phase and reading.phase != "N":
            self.phase_power = (self.phase_power or 0.0) + sign * reading.value


def went_on(transfer: EnergyTransfer, fact: EnergyTransferUpdated) -> EnergyTransfer:
    """Fold readings, a change of state, a credential: anything between start and end."""
    ordinary = _ordinary(transfer, fact)
    if ordinary is not None:
        return ordinary
    newest = transfer.newest
    back = newest is not None and fact.at < newest
    seen = Seen(transfer)
    for reading in fact.readings:
        _read(seen, reading, back=back)
    return _changed(transfer, fact, seen, {})


_BESIDE = ("power.offered", "current.import", "current.export", "current.offered", "voltage", "frequency", "temperature", "other")
"""Measurands that change nothing here."""
_PLAIN: dict[str, int | None] = {
    **dict.fromkeys(get_args(Measurand)),
    **dict.fromkeys(_BESIDE, 0),
    "energy.import.register": 1,
    "power.import": 2,
    "soc": 3,
}
"""What a reading is to a transfer that goes on in the ordinary way; None: more than that."""


def _ordinary(transfer: EnergyTransfer, fact: EnergyTransferUpdated) -> EnergyTransfer | None:  # noqa: C901 - the hot path
    """Fold the next few watt-hours of an EV that goes on charging; None when it is anything else."""
    at, newest, register = fact.at, transfer.newest, transfer.imported
    if transfer.direction != "import" or transfer.ended is not None or newest is None or at < newest or register is None:
        return None
    if (fact.state != transfer.state and fact.state is not None) or (fact.subject or transfer.subject) != transfer.subject:
        return None
    if (fact.offline and not transfer.offline) or fact.remote_start is not None or (fact.evse and fact.evse != transfer.evse):
        return None
    power: Any = transfer.power  # calling a NewType for it costs as much as reading it
    soc: Any = transfer.soc
    taken, kinds = None, _PLAIN
    for reading in fact.readings:
        plain = kinds[reading.measurand]
        if plain == 0:
            continue
        if plain is None or reading.phase or reading.location not in OUTLET or reading.signed is not None:
            return None
        if plain == 1 and taken is None and reading.context == "periodic":
            taken = reading
        elif plain == 2 and power is transfer.power and reading.value >= FLOWING:
            power = reading.value
        elif plain == 3 and soc is transfer.soc:
            soc = reading.value
        else:
            return None
    if taken is not None:
        register = advanced(register, taken)
    seq = fact.seq if fact.seq > transfer.seq else transfer.seq  # noqa: FURB136 - a call for this is dear
    return replace(transfer, imported=register, power=power, soc=soc, seq=seq, newest=at)


def started(transfer: EnergyTransfer, fact: EnergyTransferStarted) -> EnergyTransfer:
    """Fold the start: its register readings are the begin."""
    seen = Seen(transfer)
    for reading in sorted(fact.readings, key=_when):
        _read(seen, reading, begin=reading.context != "end")
    more = {
        "began": fact.at,
        "connector": fact.connector or transfer.connector,
        "reservation": fact.reservation,
        "signed": _signed(transfer, fact.readings),
        "flags": _union(transfer.flags, fact.flags),
    }
    return _changed(transfer, fact, seen, more)


def ended(transfer: EnergyTransfer, fact: EnergyTransferEnded) -> EnergyTransfer:
    """Fold the end, and name what is doubtful about the whole."""
    back = transfer.newest is not None and fact.at < transfer.newest
    seen = Seen(transfer)
    for reading in sorted(fact.readings, key=_when):
        _read(seen, reading, end=reading.context == "end", back=back)
    _close(seen, transfer, fact)
    if fact.seq < 0 and back:
        seen.imported, seen.exported = _by_ends(seen.imported), _by_ends(seen.exported)
    more = {
        "ended": transfer.ended or fact.at,
        "end_reason": transfer.end_reason or fact.reason,
        "signed": _signed(transfer, fact.readings),
        "flags": _union(transfer.flags, fact.flags),
    }
    new = _changed(transfer, fact, seen, more)
    return replace(new, flags=_union(new.flags, tuple(doubts(new))))


FOLD: dict[type[TransferFact], Any] = {
    EnergyTransferStarted: started,
    EnergyTransferUpdated: went_on,
    EnergyTransferEnded: ended,
}


def fold(transfer: EnergyTransfer, fact: TransferFact) -> EnergyTransfer:
    """Let the next fact change the transfer."""
    new: EnergyTransfer = FOLD[type(fact)](transfer, fact)
    return new


def _when(reading: Reading) -> datetime:
    return reading.at


def _read(seen: Seen, reading: Reading, *, begin: bool = False, end: bool = False, back: bool = False) -> None:
    """Sort a reading in; most of them change nothing."""
    measurand = reading.measurand
    if measurand == "energy.import.register" and not reading.phase and reading.location in OUTLET:
        seen.imported = _step(seen.imported, reading, begin, end, back)
    elif measurand == "power.import":
        seen.add_power(reading, 1.0)
    elif measurand == "power.export":
        seen.add_power(reading, -1.0)
    elif measurand == "soc":
        if seen.soc_at is None or reading.at >= seen.soc_at:
            seen.soc, seen.soc_at = reading.value, reading.at
    elif measurand == "energy.export.register" and not reading.phase and reading.location in OUTLET:
        seen.exported = _step(seen.exported, reading, begin, end, back)
    elif measurand.startswith("energy."):
        _keep_spare(seen, reading, begin, end, back)


def _step(register: Register | None, reading: Reading, begin: bool, end: bool, back: bool) -> Register:  # noqa: FBT001 - private
    if begin or reading.context == "begin":
        return begun(register, reading)
    return advanced(register, reading, end=end, back=back)


def _keep_spare(seen: Seen, reading: Reading, begin: bool, end: bool, back: bool) -> None:  # noqa: FBT001 - private
    _, direction, kind = reading.measurand.split(".")
    if kind == "interval":
        if reading.phase or reading.location not in OUTLET:
            return
        name = f"{direction}/interval/{'clock' if reading.context == 'clock' else ''}"
        register = summed(seen.spare.get(name), reading)
    else:
        location = "" if reading.location in OUTLET else reading.location
        name = f"{direction}/{location}/{reading.phase}"
        register = _step(seen.spare.get(name), reading, begin, end, back)
    seen.spare = {**seen.spare, name: register}


def _close(seen: Seen, before: EnergyTransfer, fact: EnergyTransferEnded) -> None:
    """Take the last register values of the end fact as end values, even where the station does not call them so."""
    if ESTIMATED in fact.flags or not fact.readings:
        return
    if seen.imported is not None and seen.imported is not before.imported:
        seen.imported = replace(seen.imported, last_is_end=True)
    if seen.exported is not None and seen.exported is not before.exported:
        seen.exported = replace(seen.exported, last_is_end=True)
    seen.spare = {
        name: one if one is before.spare.get(name) else replace(one, last_is_end=True) for name, one in seen.spare.items()
    }


def _by_ends(register: Register | None) -> Register | None:
    """Trust begin and end alone: the clock was set back, so what lies between cannot be put in order."""
    if register is None or not (register.first_is_begin and register.last_is_end) or register.last < register.first:
        return register
    return replace(register, before_reset=WattHours(0.0), doubts=_union(register.doubts, ("clock",)))


def _changed(transfer: EnergyTransfer, fact: TransferFact, seen: Seen, more: dict[str, Any]) -> EnergyTransfer:
    power = seen.power if seen.power is not None else seen.phase_power
    said: TransferState | None = None if isinstance(fact, EnergyTransferEnded) else fact.state
    direction = _direction(transfer, said, power)
    over = transfer.ended is not None or isinstance(fact, EnergyTransferEnded)
    subject, authorised = _subject(transfer, fact)
    if not transfer.marks or authorised or direction != transfer.direction or subject != transfer.subject:
        more["marks"] = _marks(transfer, fact, seen, subject, direction, authorised=authorised)
        more["subject"], more["direction"] = subject, direction
    if fact.evse:
        more["evse"] = fact.evse
    if fact.offline:
        more["offline"] = True
    if seen.spare is not transfer.spare:
        more["spare"] = seen.spare
    if seen.soc is not None:
        more["soc"] = Percent(seen.soc)
    if not isinstance(fact, EnergyTransferEnded) and fact.remote_start is not None:
        more["remote_start"] = fact.remote_start
    if isinstance(fact, EnergyTransferUpdated) and _has_signed(fact.readings):
        more["signed"] = _signed(transfer, fact.readings)
    return replace(
        transfer,
        imported=seen.imported,
        exported=seen.exported,
        power=Watts(0.0) if over else transfer.power if power is None else Watts(power),
        state="ended" if over else _state(transfer, said, direction, seen),
        seq=max(fact.seq, transfer.seq),
        newest=fact.at if transfer.newest is None or fact.at > transfer.newest else transfer.newest,
        **more,
    )


def _direction(transfer: EnergyTransfer, said: TransferState | None, power: float | None) -> Literal["", "import", "export"]:
    if said == "discharging":
        return "export"
    if power is not None and abs(power) >= FLOWING:
        return "export" if power < 0 else "import"
    if said == "charging" and not transfer.direction:
        return "import"
    return transfer.direction


def _state(transfer: EnergyTransfer, said: TransferState | None, direction: str, seen: Seen) -> TransferState:
    """Take the station's word; where it has none, energy that flows is word enough."""
    state = said or transfer.state
    if state == "pending" and said is None and _flows(transfer, seen):
        state = "charging"
    if state in {"charging", "discharging"}:
        return "discharging" if direction == "export" else "charging"
    return state


def _flows(transfer: EnergyTransfer, seen: Seen) -> bool:
    if seen.power is not None:
        return abs(seen.power) >= FLOWING
    register = seen.imported
    return register is not None and register is not transfer.imported and register.last > register.first


def _subject(transfer: EnergyTransfer, fact: TransferFact) -> tuple[Any, bool]:
    """Return whom it is charged to from now on, and whether that is another than before."""
    said, known = fact.subject, transfer.subject
    if said is None or said == known:
        return known, False
    if known is None:
        return said, False
    if isinstance(fact, EnergyTransferUpdated) and fact.trigger not in STOPPING:
        return said, True
    return known, False


def _marks(
    transfer: EnergyTransfer, fact: TransferFact, seen: Seen, subject: Any, direction: str, *, authorised: bool
) -> tuple[Mark, ...]:
    marks = transfer.marks or (Mark(at=fact.at, cause="start", subject=subject),)
    turned = bool(transfer.direction) and direction != transfer.direction
    if not authorised and not turned:
        return marks if marks[-1].subject == subject else (*marks[:-1], replace(marks[-1], subject=subject))
    now = replace(transfer, imported=seen.imported, exported=seen.exported, spare=seen.spare)
    taken, given = counter(now, "import"), counter(now, "export")
    mark = Mark(
        at=fact.at,
        cause="authorisation" if authorised else "direction",
        subject=subject,
        imported=taken.last if taken else None,
        exported=given.last if given else None,
        import_before_reset=taken.before_reset if taken else WattHours(0.0),
        export_before_reset=given.before_reset if given else WattHours(0.0),
    )
    return (*marks, mark)


def _has_signed(readings: tuple[Reading, ...]) -> bool:
    return any(reading.signed is not None and reading.context in {"begin", "end"} for reading in readings)


def _signed(transfer: EnergyTransfer, readings: tuple[Reading, ...]) -> Any:
    """Keep what was signed at begin and end, as it came (I14)."""
    new = [reading.signed for reading in readings if reading.signed is not None and reading.context not in {"periodic", "clock"}]
    return transfer.signed + tuple(one for one in dict.fromkeys(new) if one not in transfer.signed)


def _union(flags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*flags, *more)))
