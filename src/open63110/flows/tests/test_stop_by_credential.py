# SPDX-License-Identifier: Apache-2.0
"""A credential at a charging EVSE ends its transfer when it may (8.4.4 → 6.1), at the station."""

from tests.literal import T0, Clock, Ids

from open63110.flows import stop_by_credential
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.model.policy import StationPolicy
from open63110.model.station import Evse, LocalAuthorization, Registration, Station
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.services import authorize_locally
from open63110.usecases.services.authorize_locally import AuthorizeCredential, CredentialAnswered, CredentialPresented
from open63110.usecases.sessions import energy_transfer
from open63110.usecases.sessions.energy_transfer import StartTransfer

CS1, ONE = StationId("CS1"), EvseNumber(1)
ANNA, BERT, FLEET = SubjectRef("anna"), SubjectRef("bert"), SubjectRef("fleet")
ACCEPTED, BLOCKED = AuthorizationStatus.ACCEPTED, AuthorizationStatus.BLOCKED
TABLE = Table(
    [authorize_locally.USE_CASE, energy_transfer.USE_CASE],
    [stop_by_credential.FLOW],
)


class Controller:
    """A charging station controller over the memory store, with what it asks of the CSMS."""

    def __init__(self, local: LocalAuthorization | None = None, *, online: bool = True) -> None:
        self.clock = Clock()
        policy = StationPolicy(offline="allow-unknown")
        self.engine = Engine(Role.STATION, TABLE, MemoryStore(), self.clock, Ids(), policy)
        self.asked: list[Command] = []
        self.engine.send = self.asked.append
        self.engine.stations[CS1] = Station(
            id=CS1,
            connected=T0 if online else None,
            registration=Registration.ACCEPTED,
            evses={ONE: Evse(number=ONE)},
            local=local or LocalAuthorization(),
        )

    def hear(self, message: Message) -> None:
        """Decide and keep, and let a refusal be seen."""
        turn = Turn(self.engine, CS1, self.clock.at)
        turn.decide(message)
        turn.keep()

    def hold(self, subject: SubjectRef) -> None:
        self.hear(CredentialPresented(station=CS1, at=self.clock.at, evse=ONE, subject=subject))

    def answer(self, subject: SubjectRef, status: AuthorizationStatus, group: SubjectRef | None = None) -> None:
        self.hear(CredentialAnswered(station=CS1, at=T0, subject=subject, status=status, evse=ONE, group=group))

    def answer_late(self, reference: TransferReference, subject: SubjectRef, status: AuthorizationStatus) -> None:
        self.hear(CredentialAnswered(station=CS1, at=T0, subject=subject, status=status, evse=ONE, reference=reference))

    def charge(self, subject: SubjectRef) -> TransferReference:
        """Present, plug in, start."""
        self.hold(subject)
        self.hear(StartTransfer(station=CS1, evse=ONE))
        [reference] = self.engine.stations[CS1].transfers
        return reference

    @property
    def endings(self) -> list[str]:
        return [one.reason for one in self.engine.commit.batch.facts if isinstance(one, EnergyTransferEnded)]


def listing(*subjects: SubjectRef, groups: dict[str, str] | None = None) -> LocalAuthorization:
    return LocalAuthorization(version=1, entries=dict.fromkeys(subjects, "Accepted"), groups=groups or {})


def test_the_same_credential_ends_what_it_began() -> None:
    station = Controller(listing(ANNA))
    station.charge(ANNA)
    assert station.endings == []
    station.hold(ANNA)
    assert station.endings == ["Local"]
    assert station.asked == [], "the list knew it all"


def test_the_same_credential_ends_what_it_began_offline_too() -> None:
    station = Controller(online=False)
    station.charge(ANNA)
    station.hold(ANNA)
    assert station.endings == ["Local"]


def test_one_of_the_group_ends_it_too() -> None:
    station = Controller(listing(ANNA, BERT, groups={ANNA: FLEET, BERT: FLEET}))
    station.charge(ANNA)
    station.hold(BERT)
    assert station.endings == ["Local"]


def test_of_a_stranger_the_csms_is_asked_and_may_know_a_group() -> None:
    station = Controller(listing(ANNA, groups={ANNA: FLEET}))
    station.charge(ANNA)
    station.hold(BERT)
    assert station.asked == [AuthorizeCredential(station=CS1, subject=BERT, evse=ONE)]
    station.answer(BERT, ACCEPTED)
    assert station.endings == [], "accepted, but of no group"
    station.answer(BERT, BLOCKED, FLEET)
    assert station.endings == [], "of the group, but blocked"
    station.answer(BERT, ACCEPTED, FLEET)
    assert station.endings == ["Local"]


def test_a_late_rejection_ends_what_it_is_about_and_nothing_else() -> None:
    station = Controller(online=False)
    reference = station.charge(ANNA)
    station.answer_late(TransferReference("another"), ANNA, BLOCKED)
    station.answer_late(reference, BERT, BLOCKED)
    station.answer_late(reference, ANNA, ACCEPTED)
    assert station.endings == []
    station.answer_late(reference, ANNA, BLOCKED)
    assert station.endings == ["DeAuthorized"]
    station.answer_late(reference, ANNA, BLOCKED)
    assert station.endings == ["DeAuthorized"], "it has ended once"


def test_an_answer_before_anything_runs_ends_nothing() -> None:
    station = Controller()
    station.hold(ANNA)
    station.answer(ANNA, ACCEPTED)
    assert station.endings == []


def test_the_start_of_a_transfer_knows_who_began_it() -> None:
    station = Controller(listing(ANNA))
    station.charge(ANNA)
    [start] = [one for one in station.engine.commit.batch.facts if isinstance(one, EnergyTransferStarted)]
    assert (start.subject, start.number) == (ANNA, TransferNumber(1))
    assert station.engine.stations[CS1].evses[ONE].grant is None
