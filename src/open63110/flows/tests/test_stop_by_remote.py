# SPDX-License-Identifier: Apache-2.0
"""A stop from outside ends the energy transfer, at the station (8.4.5 → 6.1)."""

import pytest
from tests.literal import T0, Clock, Ids

from open63110.flows import stop_by_remote
from open63110.kernel.errors import Refused
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.authorization import StopRemotely
from open63110.model.policy import StationPolicy
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransferEnded
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.services import authorize_externally, authorize_locally
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.sessions import energy_transfer
from open63110.usecases.sessions.energy_transfer import StartTransfer

CS1, ONE = StationId("CS1"), EvseNumber(1)
TABLE = Table(
    [authorize_externally.USE_CASE, authorize_locally.USE_CASE, energy_transfer.USE_CASE],
    [stop_by_remote.FLOW],
)


def test_what_was_started_from_outside_is_stopped_from_outside_once() -> None:
    engine = Engine(Role.STATION, TABLE, MemoryStore(), Clock(), Ids(), StationPolicy())
    engine.stations[CS1] = Station(id=CS1, evses={ONE: Evse(number=ONE)})

    def hear(message: Message) -> None:
        turn = Turn(engine, CS1, T0)
        turn.decide(message)
        turn.keep()

    hear(StartRemotely(station=CS1, subject=SubjectRef("anna"), evse=ONE, remote_start=7))
    hear(StartTransfer(station=CS1, evse=ONE))
    [transfer] = engine.stations[CS1].transfers.values()
    assert (transfer.subject, transfer.remote_start) == ("anna", 7)
    stop = StopRemotely(station=CS1, reference=transfer.reference)
    hear(stop)
    [end] = [one for one in engine.commit.batch.facts if isinstance(one, EnergyTransferEnded)]
    assert (end.reference, end.reason, end.trigger) == (transfer.reference, "Remote", "RemoteStop")
    with pytest.raises(Refused) as caught:
        hear(stop)
    assert caught.value.code == "UnknownTransaction"
