# SPDX-License-Identifier: Apache-2.0
"""Who charges offline without being known gets a measure of energy and no more (8.4.4 → 6.1), at the station."""

from datetime import timedelta

from tests.literal import T0, Clock, Ids

from open63110.flows import stop_at_offline_limit
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.model.policy import StationPolicy
from open63110.model.reading import Reading
from open63110.model.station import Evse, LocalAuthorization, Station
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferUpdated
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.services import authorize_locally
from open63110.usecases.services.authorize_locally import CredentialAnswered, CredentialPresented
from open63110.usecases.sessions import energy_transfer
from open63110.usecases.sessions.energy_transfer import MeterSampled, StartTransfer

CS1, ONE = StationId("CS1"), EvseNumber(1)
EVA = SubjectRef("eva")
TABLE = Table([authorize_locally.USE_CASE, energy_transfer.USE_CASE], [stop_at_offline_limit.FLOW])


class Controller:
    """A controller without a link, that lets strangers charge for a while."""

    def __init__(self, *listed: SubjectRef) -> None:
        self.clock = Clock()
        policy = StationPolicy(offline="allow-unknown")
        self.engine = Engine(Role.STATION, TABLE, MemoryStore(), self.clock, Ids(), policy)
        local = LocalAuthorization(version=1, entries=dict.fromkeys(listed, "Accepted"))
        self.engine.stations[CS1] = Station(id=CS1, evses={ONE: Evse(number=ONE)}, local=local)

    def hear(self, message: Message) -> None:
        turn = Turn(self.engine, CS1, self.clock.at)
        turn.decide(message)
        turn.keep()

    def show(self, *energy: float) -> None:
        self.clock.at += timedelta(minutes=1)
        readings = tuple(Reading(at=self.clock.at, measurand="energy.import.register", value=one) for one in energy)
        self.hear(MeterSampled(station=CS1, at=self.clock.at, evse=ONE, readings=readings, state="charging"))

    def charge(self, subject: SubjectRef = EVA) -> None:
        self.hear(CredentialPresented(station=CS1, at=self.clock.at, evse=ONE, subject=subject))
        self.hear(StartTransfer(station=CS1, evse=ONE))

    def answer(self, status: AuthorizationStatus) -> None:
        [reference] = self.engine.stations[CS1].transfers
        self.hear(CredentialAnswered(station=CS1, at=T0, subject=EVA, status=status, evse=ONE, reference=reference))

    @property
    def endings(self) -> list[str]:
        return [one.reason for one in self.engine.commit.batch.facts if isinstance(one, EnergyTransferEnded)]


def test_a_stranger_gets_their_measure_and_no_more() -> None:
    station = Controller()
    station.show(50_000.0)
    station.charge()
    station.show(59_999.0)
    assert station.endings == []
    station.show(60_000.0)
    assert station.endings == ["EnergyLimitReached"]


def test_who_proves_good_meanwhile_charges_on() -> None:
    station = Controller()
    station.show(50_000.0)
    station.charge()
    station.answer(AuthorizationStatus.ACCEPTED)
    station.show(70_000.0)
    assert station.endings == []


def test_who_is_on_the_list_is_not_measured_by_the_strangers() -> None:
    station = Controller(SubjectRef("anna"))
    station.show(50_000.0)
    station.charge(SubjectRef("anna"))
    before = station.engine.stations[CS1]
    strangers = LocalAuthorization(entries=before.local.entries, unproven=frozenset({EVA}))
    station.engine.stations[CS1] = Station(id=CS1, evses=before.evses, transfers=before.transfers, local=strangers)
    station.show(90_000.0)
    assert station.endings == []


def test_what_is_not_measured_is_not_limited() -> None:
    station = Controller()
    station.charge()
    station.show()
    assert station.endings == []


def test_an_update_of_what_is_not_there_ends_nothing() -> None:
    local = LocalAuthorization(unproven=frozenset({EVA}))
    event = EnergyTransferUpdated(station=CS1, at=T0, reference=TransferReference("gone"), seq=1)
    assert list(stop_at_offline_limit.then(event, Station(id=CS1, local=local), StationPolicy())) == []
