# SPDX-License-Identifier: Apache-2.0
"""Learn what an EV user needs: from the EV, from somebody at the station, or from an app; a person's word wins (7.4, DD-1).

Clause:     7.4
Asked by:   EV, EVU, CSP, operator
Done by:    CSMS
Leaves:     needs of the energy transfer at an EVSE, or of the next one there, which plans go by (8.2.3)
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import EvseNumber, TransferReference
from open63110.kernel.messages import Command, Effect
from open63110.kernel.roles import Role
from open63110.kernel.units import Percent, WattHours
from open63110.kernel.usecase import Door, UseCase
from open63110.model.limit import WHOLE, LimitScope
from open63110.model.needs import Needs, NeedsAnswer, NeedsSource, NeedsStated
from open63110.model.station import ConnectorReported, Evse, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted

_OF_PEOPLE = ("departure", "e_target", "e_min", "e_max", "soc_target", "soc_min", "discharge_consent", "priority", "since")
"""What a person decides; all else only the EV knows."""

_NOTHING = Needs()


class StateNeeds(Command, frozen=True, kw_only=True, gc=False):
    """Say what an EV needs that charges at an EVSE, or will next."""

    unasked: ClassVar[frozenset[str]] = frozenset({"source"})
    evse: EvseNumber = EvseNumber(1)
    reference: TransferReference = TransferReference("")
    """Of the transfer; empty: the one that runs at the EVSE, or the next that begins there."""
    departure: datetime | None = None
    """When the EV leaves; None: nobody said."""
    energy: WattHours | None = None
    """To be delivered from now on [Wh]; None: nobody said."""
    least: WattHours | None = None
    """Of it what it cannot do without [Wh]."""
    soc_target: Percent | None = None
    discharge: bool = False
    """Energy may be taken from the EV."""
    urgent: bool = False
    """It goes before others."""
    source: NeedsSource = "hmi"

    def asked_by(self, who: str, role: str) -> Self:
        """Return it as said by an app, or by somebody at the station or the operator's desk."""
        del who
        return msgspec.structs.replace(self, source="csp" if role in {Role.CSP, Role.EVU_DEVICE} else "hmi")


def state(command: StateNeeds, station: Station, now: datetime) -> Iterator[Effect]:
    """Take it down.

    Raises:
        Unknown: there is no such transfer, or no such EVSE.
        Malformed: an energy below nothing, or a departure in the past.
    """
    _check(command, station, now)
    needs = Needs(
        source=command.source,
        since=now,
        departure=command.departure,
        e_target=command.energy,
        e_min=command.least,
        soc_target=command.soc_target,
        discharge_consent=command.discharge,
        priority=command.urgent,
    )
    said = NeedsStated(station=station.id, at=now, evse=command.evse, needs=needs, reference=command.reference)
    yield from hear(said, station)


def _check(command: StateNeeds, station: Station, now: datetime) -> None:
    if command.reference and command.reference not in station.transfers:
        raise Unknown(f"{station.id} has no transfer {command.reference}", code="UnknownTransfer", where="reference")
    if not command.reference and station.evses and command.evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
    if any(one is not None and not 0 <= one < float("inf") for one in (command.energy, command.least, command.soc_target)):
        raise Malformed("an energy is a number from 0 on", code="InvalidValue", where="energy")
    if command.departure is not None and command.departure <= now:
        raise Malformed("it would have left already", code="InvalidValue", where="departure")


def hear(event: NeedsStated, station: Station) -> Iterator[Effect]:
    """Keep it, with what was known before: a person's word is only changed by a person's, an EV knows itself best."""
    transfer = _transfer(station, event)
    before = transfer.needs if transfer is not None else _waiting(station, event.evse)
    counts = merged(before, event.needs)
    evse = transfer.evse if transfer is not None else event.evse
    if counts != before:
        reference = transfer.reference if transfer is not None else TransferReference("")
        yield replace(event, evse=evse, needs=counts, reference=reference)
    yield NeedsAnswer(planned=_planned(station, evse))


def _planned(station: Station, evse: EvseNumber) -> bool:
    """Tell whether what it may take is decided here, and now: then a change of its needs changes that within seconds."""
    wanted = station.limits.desired.values()
    return any(one.evse in {WHOLE, evse} and one.scope is LimitScope.ZONE for one in wanted)


def merged(before: Needs | None, new: Needs) -> Needs:
    """Return what counts after another word."""
    if before is None:
        return new
    personal = new.source in {"hmi", "csp"}
    if not personal and before.source not in {"hmi", "csp"}:
        return new
    said = new if personal else before
    known = {name: _later(name, before, new) for name in Needs.__struct_fields__ if name not in {*_OF_PEOPLE, "source"}}
    return replace(said, **known)


def _later(name: str, before: Needs, new: Needs) -> Any:
    value = getattr(new, name)
    return getattr(before, name) if value == getattr(_NOTHING, name) else value


def _transfer(station: Station, event: NeedsStated) -> EnergyTransfer | None:
    if event.reference:
        return station.transfers.get(event.reference)
    running = (one for one in station.transfers.values() if one.evse == event.evse and one.ended is None)
    return next(running, None)


def _waiting(station: Station, evse: EvseNumber) -> Needs | None:
    known = station.evses.get(evse)
    return known.needs if known is not None else None


# -- what it changes --


def stated(event: NeedsStated, station: Station) -> Station:
    """The transfer, or the EVSE until there is one, has these needs."""
    transfer = _transfer(station, event)
    if transfer is not None:
        return replace(station, transfers={**station.transfers, transfer.reference: _needing(transfer, event.needs)})
    evse = station.evses.get(event.evse) or Evse(number=event.evse)
    return replace(station, evses={**station.evses, event.evse: replace(evse, needs=event.needs)})


def _needing(transfer: EnergyTransfer, needs: Needs) -> EnergyTransfer:
    """Return it with needs, also as it was before facts that others may still have to be put before."""
    base = None if transfer.base is None else replace(transfer.base, needs=needs)
    return replace(transfer, needs=needs, base=base)


def started(event: EnergyTransferStarted, station: Station) -> Station:
    """What was said before the transfer began is about it."""
    transfer = station.transfers.get(event.reference)
    waiting = _waiting(station, transfer.evse) if transfer is not None else None
    if transfer is None or waiting is None:
        return station
    counts = waiting if transfer.needs is None else merged(waiting, transfer.needs)
    evses = {**station.evses, transfer.evse: replace(station.evses[transfer.evse], needs=None)}
    return replace(station, evses=evses, transfers={**station.transfers, transfer.reference: _needing(transfer, counts)})


def left(event: ConnectorReported, station: Station) -> Station:
    """Nobody stands there any more who needed anything."""
    if event.state != "available" or _waiting(station, event.evse) is None:
        return station
    return replace(station, evses={**station.evses, event.evse: replace(station.evses[event.evse], needs=None)})


USE_CASE = UseCase(
    clause="7.4",
    title="User specific requirements: needs",
    decide={(Role.CSMS, StateNeeds): state, (Role.CSMS, NeedsStated): hear},
    evolve={NeedsStated: stated, EnergyTransferStarted: started, ConnectorReported: left},
    doors=(Door(command=StateNeeds, noun="session", verb="needs", roles=frozenset({Role.OPERATOR, Role.CSP, Role.EVU_DEVICE})),),
)
