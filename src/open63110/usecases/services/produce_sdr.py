# SPDX-License-Identifier: Apache-2.0
"""Produce service detail records: one a service session, never changed, corrected by another.

Clause:     8.4.8
Asked by:   CSMS, when a session closes, and when something of a closed one is heard
Done by:    CSMS
Leaves:     exactly one record a session, complete or with its doubts named; and a correction for what came after it
"""

import zlib
from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec.structs import replace

from open63110.kernel.ids import SessionNumber
from open63110.kernel.messages import Command, Effect
from open63110.kernel.roles import Role
from open63110.kernel.units import WattHours
from open63110.kernel.usecase import UseCase
from open63110.model.policy import Policy
from open63110.model.register import counter, exported, imported
from open63110.model.sdr import Meter, Sdr, SdrProduced, Service
from open63110.model.session import ServiceSession, SessionRecorded
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer, TransferSettled
from open63110.ports import History, Tokens


class ProduceSdr(Command, frozen=True, kw_only=True, gc=False):
    """Make the record of a session that closed, or correct the one there is."""

    session: SessionNumber


def produce(
    command: ProduceSdr, station: Station, now: datetime, policy: Policy, tokens: Tokens, history: History
) -> Iterator[Effect]:
    """Record what was consumed, unless nothing was, or the last record says the same."""
    recalled = None if command.session in station.sessions else history.session(command.session)
    session = station.sessions.get(command.session) or recalled
    if session is None:
        return
    transfers = _transfers(session, station, history)
    if not all(one.complete for one in transfers) or not any(_served(one) for one in transfers):
        return
    token = tokens.token(session.subject) if session.subject else None
    sdr = record(session, transfers, station, contract=token.contract if token else "")
    digest = zlib.crc32(msgspec.msgpack.encode(sdr))
    if session.records and session.digest == digest:
        yield from _let_go(transfers, station, now)
        return
    first = f"{policy.cso}-{session.number:08d}"
    name = f"{first}-c{len(session.records)}" if session.records else first
    corrects = session.records[-1] if session.records else ""
    yield SdrProduced(station=station.id, at=now, sdr=replace(sdr, id=name, corrects=corrects, produced=now))
    yield SessionRecorded(station=station.id, at=now, session=session.number, record=name, digest=digest, recalled=recalled)


def _transfers(session: ServiceSession, station: Station, history: History) -> list[EnergyTransfer]:
    found = (station.transfers.get(name) or history.transfer(station.id, name) for name in session.transfers)
    return [one for one in found if one is not None]


def _served(transfer: EnergyTransfer) -> bool:
    """Tell whether somebody has to answer for it: a user is known, or energy flowed (I10)."""
    return transfer.subject is not None or imported(transfer) > 0 or exported(transfer) > 0


def _let_go(transfers: list[EnergyTransfer], station: Station, now: datetime) -> Iterator[Effect]:
    """Nothing new for the record, nothing more to wait for."""
    for one in transfers:
        if one.reference in station.transfers and not one.settled:
            yield TransferSettled(station=station.id, at=now, reference=one.reference, number=one.number)


def record(session: ServiceSession, transfers: list[EnergyTransfer], station: Station, *, contract: str) -> Sdr:
    """Say what a session consumed; id and time of making are left to the caller."""
    over = [one.ended for one in transfers if one.ended is not None]
    began = min([session.opened, *(one.began for one in transfers if one.began is not None)])
    ended = max([*over, *([session.unplugged] if session.unplugged else [])], default=began)
    return Sdr(
        id="",
        session=session.number,
        station=session.station,
        evse=session.evse,
        began=began,
        ended=max(began, ended),
        energy=WattHours(round(sum(imported(one) for one in transfers), 3)),
        exported=WattHours(round(sum(exported(one) for one in transfers), 3)),
        subject=session.subject,
        contract=contract,
        auth_method=session.auth_method,
        services=(*_parking(session), *(service for one in transfers for service in _energy(one))),
        meter=_meter(transfers, station),
        signed=tuple(signed for one in transfers for signed in one.signed),
        transfers=tuple(one.reference for one in transfers),
        flags=_flags(session, transfers),
    )


def _parking(session: ServiceSession) -> Iterator[Service]:
    """Yield the time an EV was there, where both its coming and its going were seen."""
    came, left = session.plugged, session.unplugged
    if came is not None and left is not None and left > came:
        seconds = (left - came).total_seconds()
        yield Service(kind="parking", began=came, ended=left, quantity=seconds, unit="s")


def _energy(transfer: EnergyTransfer) -> Iterator[Service]:
    for number, part in enumerate(transfer.parts, start=1):
        name = f"{transfer.reference}/{number}"
        ended = part.ended or part.began
        if part.imported:
            yield Service(
                kind="energy_import", began=part.began, ended=ended, quantity=part.imported, unit="Wh", transaction=name
            )
        if part.exported:
            yield Service(
                kind="energy_export", began=part.began, ended=ended, quantity=part.exported, unit="Wh", transaction=name
            )


def _meter(transfers: list[EnergyTransfer], station: Station) -> Meter:
    taken = [register for one in transfers if (register := counter(one, "import")) is not None]
    given = [register for one in transfers if (register := counter(one, "export")) is not None]
    return Meter(
        id=station.identity.meter_serial,
        start=taken[0].first if taken else None,
        stop=taken[-1].last if taken else None,
        export_start=given[0].first if given else None,
        export_stop=given[-1].last if given else None,
    )


def _flags(session: ServiceSession, transfers: list[EnergyTransfer]) -> tuple[str, ...]:
    said = [*session.flags, *(flag for one in transfers for flag in one.flags)]
    if any(one.offline for one in transfers):
        said.append("offline")
    if len({part.subject for one in transfers for part in one.parts if part.subject}) > 1:
        said.append("several-subjects")
    return tuple(sorted(set(said)))


USE_CASE = UseCase(clause="8.4.8", title="SDR information production", decide={(Role.CSMS, ProduceSdr): produce})
