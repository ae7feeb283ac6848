# SPDX-License-Identifier: Apache-2.0
"""Energy transfers as literals, and a CSMS on the real engine whose clock and disk are moved by hand."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Event, Message, Reply
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.reading import Reading
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.station import ConnectorReported, Grant, Registration, Station
from open63110.model.transfer import EnergyTransfer, EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.ports import Ids as IdsPort
from open63110.ports import Store
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.sessions.service_session import FollowGrant

CS = StationId("CS-1")
E1, E2 = EvseNumber(1), EvseNumber(2)
REF = TransferReference("tx-1")
ANNA, BERT = SubjectRef("anna"), SubjectRef("bert")
TABLE = discover()


def minute(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


class Csms:
    """A CSMS whose clock is moved by hand and whose disk writes when told."""

    def __init__(self, **policy: Any) -> None:
        self.clock, self.policy = Clock(T0), Policy(**policy)
        self.store: Store = MemoryStore()
        self.ids: IdsPort = Ids()
        self.orders: list[Command] = []
        self.start()

    def start(self) -> None:
        self.engine = Engine(Role.CSMS, TABLE, self.store, self.clock, self.ids, self.policy)
        self.engine.send = self.orders.append
        if CS not in self.engine.known.stations:
            self.engine.known.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=T0)

    def restart(self) -> None:
        self.write()
        self.start()

    def write(self) -> None:
        asyncio.run(self._written())

    async def _written(self) -> None:
        commit = self.engine.commit
        while commit._full or commit._open.dones or commit.batch:
            await commit._write(commit._take())

    def hear(self, *messages: Message) -> list[Reply]:
        told: list[Any] = []
        self.clock.at = max([self.clock.at, *(one.at for one in messages if isinstance(one, Event))])
        self.engine.hear(messages, told.append)
        self.write()
        assert isinstance(told[0], list), told
        return told[0]

    def later(self, minutes: float) -> None:
        end = self.clock.at + timedelta(minutes=minutes)
        while due := [w.at for one in self.engine.stations.values() for w in one.wakeups.values() if w.at <= end]:
            self.clock.at = max(self.clock.at, min(due))
            self.engine.timers.fire_due()
            self.write()
        self.clock.at = end

    @property
    def station(self) -> Station:
        return self.engine.stations[CS]

    @property
    def records(self) -> list[Sdr]:
        return self.store.load(Sdr)

    @property
    def sessions(self) -> list[ServiceSession]:
        self.write()
        return self.store.load(ServiceSession)

    def transfer(self, reference: str = REF) -> EnergyTransfer:
        found = self.engine.known.transfer(CS, TransferReference(reference))
        transfer = self.station.transfers.get(TransferReference(reference)) or found
        assert transfer is not None
        return transfer


def wh(at: datetime, value: float, context: Any = "periodic", direction: str = "import") -> Reading:
    measurand: Any = f"energy.{direction}.register"
    return Reading(at=at, measurand=measurand, value=value, context=context)


def watts(at: datetime, value: float) -> Reading:
    return Reading(at=at, measurand="power.import" if value >= 0 else "power.export", value=abs(value))


def begin(at: datetime, value: float | None, *, seq: int = 0, reference: str = REF, **more: Any) -> EnergyTransferStarted:
    readings = () if value is None else (wh(at, value, "begin"),)
    fields: dict[str, Any] = {"evse": E1, "subject": ANNA, "readings": readings, **more}
    return EnergyTransferStarted(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def update(at: datetime, value: float | None, seq: int, *, reference: str = REF, **more: Any) -> EnergyTransferUpdated:
    readings = () if value is None else (wh(at, value),)
    fields: dict[str, Any] = {"evse": E1, "readings": readings, **more}
    return EnergyTransferUpdated(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def finish(at: datetime, value: float | None, seq: int, *, reference: str = REF, **more: Any) -> EnergyTransferEnded:
    readings = () if value is None else (wh(at, value, "end"),)
    fields: dict[str, Any] = {"evse": E1, "readings": readings, "reason": "Local", **more}
    return EnergyTransferEnded(station=CS, at=at, reference=TransferReference(reference), seq=seq, **fields)


def plug(at: datetime, *, gone: bool = False, evse: EvseNumber = E1) -> ConnectorReported:
    state: Any = "available" if gone else "occupied"
    return ConnectorReported(station=CS, at=at, evse=evse, connector=ConnectorNumber(1), state=state)


def grant(at: datetime, evse: EvseNumber = E1, subject: SubjectRef = ANNA) -> FollowGrant:
    given = Grant(subject=subject, method="csms", at=at, until=at + timedelta(minutes=2))
    return FollowGrant(station=CS, evse=evse, grant=given)
