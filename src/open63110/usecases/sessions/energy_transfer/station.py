# SPDX-License-Identifier: Apache-2.0
"""What the controller of a charging station tells of energy transfers."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference
from open63110.kernel.messages import Effect
from open63110.model.authorization import own_reservation
from open63110.model.reading import Context, Reading
from open63110.model.station import AuthorizationReleased, Grant, Station
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferSettled,
)
from open63110.ports import Ids
from open63110.usecases.sessions.energy_transfer.messages import (
    AskTransferStatus,
    MeterSampled,
    ReportTransfer,
    StartTransfer,
    StopTransfer,
    TransferStatusAnswer,
)

NAME_LENGTH = 24
"""How much of a station's identity goes into a reference: OCPP has room for 36 characters in all."""


def running(station: Station, evse: EvseNumber) -> EnergyTransfer | None:
    """Return the transfer that an EVSE is busy with."""
    return next((one for one in station.transfers.values() if one.evse == evse and one.ended is None), None)


def start(command: StartTransfer, station: Station, now: datetime, ids: Ids) -> Iterator[Effect]:
    """Begin with what the meter showed last, and use the grant up.

    Raises:
        Refused: energy flows at this EVSE already.
    """
    if running(station, command.evse) is not None:
        raise Refused("energy flows at this EVSE already", code="Occupied", where="evse")
    evse = station.evses.get(command.evse)
    grant = evse.grant if evse else None
    number = ids.transfer()
    yield EnergyTransferStarted(
        station=station.id,
        at=now,
        reference=TransferReference(f"{station.id[:NAME_LENGTH]}-{number}"),
        seq=0,
        evse=command.evse,
        connector=_occupied(station, command.evse),
        subject=grant.subject if grant else None,
        trigger=command.trigger,
        offline=station.connected is None,
        remote_start=grant.remote_start if grant else None,
        reservation=_reservation(station, command.evse, grant, now),
        readings=_shown(station, command.evse, "begin"),
        number=number,
    )
    if grant is not None:
        yield AuthorizationReleased(station=station.id, at=now, evse=command.evse, reason="started")


def _reservation(station: Station, evse: EvseNumber, grant: Grant | None, now: datetime) -> int | None:
    """Return the number of the reservation that whoever starts uses up, None if he has none (8.4.3)."""
    used = own_reservation(station, evse, grant.subject, grant.group, now) if grant and station.reservations else None
    return used.id if used else None


def _occupied(station: Station, evse: EvseNumber) -> ConnectorNumber:
    """Return the connector in use; the first when none is seen."""
    noun = station.evses.get(evse)
    connectors = noun.connectors if noun else {}
    return next((number for number, one in connectors.items() if one.state == "occupied"), ConnectorNumber(1))


def _shown(station: Station, evse: EvseNumber, context: Context) -> tuple[Reading, ...]:
    noun = station.evses.get(evse)
    return tuple(replace(reading, context=context) for reading in noun.readings) if noun else ()


def stop(command: StopTransfer, station: Station, now: datetime) -> Iterator[Effect]:
    """End with what the meter showed last; whoever moves the contactor samples just before.

    Raises:
        Refused: none flows.
    """
    transfer = running(station, command.evse)
    if transfer is None:
        raise Refused("no energy transfer runs at this EVSE", code="NoTransfer", where="evse")
    yield EnergyTransferEnded(
        station=station.id,
        at=now,
        reference=transfer.reference,
        seq=transfer.seq + 1,
        evse=command.evse,
        subject=transfer.subject if command.reason == "Local" else None,
        reason=command.reason,
        trigger=command.trigger,
        offline=station.connected is None,
        readings=_shown(station, command.evse, "end"),
        number=transfer.number,
    )
    yield TransferSettled(station=station.id, at=now, reference=transfer.reference, number=transfer.number)


def sample(event: MeterSampled, station: Station) -> Iterator[Effect]:
    """Remember the readings, and report them where energy flows."""
    yield event
    transfer = running(station, event.evse)
    if transfer is None:
        return
    state = event.state if event.state != transfer.state else None
    yield EnergyTransferUpdated(
        station=station.id,
        at=event.at,
        reference=transfer.reference,
        seq=transfer.seq + 1,
        evse=event.evse,
        state=state or transfer.state,
        trigger="ChargingStateChanged" if state else "MeterValuePeriodic",
        offline=station.connected is None,
        readings=event.readings,
        number=transfer.number,
    )


def report(command: ReportTransfer, station: Station, now: datetime) -> Iterator[Effect]:
    """Say how each goes on, with what its meter showed last."""
    for transfer in station.transfers.values():
        if transfer.ended is None and command.evse in {0, transfer.evse}:
            yield EnergyTransferUpdated(
                station=station.id,
                at=now,
                reference=transfer.reference,
                seq=transfer.seq + 1,
                evse=transfer.evse,
                state=transfer.state,
                trigger=command.trigger,
                offline=station.connected is None,
                readings=_shown(station, transfer.evse, "trigger"),
                number=transfer.number,
            )


def tell_status(command: AskTransferStatus, station: Station) -> Iterator[Effect]:
    """Say whether a transfer goes on."""
    transfer = station.transfers.get(command.reference)
    yield TransferStatusAnswer(reference=command.reference, ongoing=None if transfer is None else transfer.ended is None)
