# SPDX-License-Identifier: Apache-2.0
"""A station that is there again gets the local list it should have (8.3.15 → 8.4.4)."""

from datetime import timedelta

from tests.literal import Clock, Ids

from open63110.flows import reconcile_local_list
from open63110.flows.reconcile_local_list import AFTER_BOOT, AFTER_CONNECTION
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import Identity, StationBooted, StationConnected, StationDisconnected
from open63110.model.token import Token
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.services import authorize_locally
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListReported, PutToken, SendLocalList
from open63110.usecases.stations import onboard_station

CS1 = StationId("CS1")
TABLE = Table([authorize_locally.USE_CASE, onboard_station.USE_CASE], [reconcile_local_list.FLOW])
ANNA = Token(ref=SubjectRef("anna"), kind="ISO14443")


class Csms:
    """A CSMS over the memory store, with what it orders."""

    def __init__(self, policy: Policy) -> None:
        self.clock = Clock()
        self.engine = Engine(Role.CSMS, TABLE, MemoryStore(), self.clock, Ids(), policy)
        self.orders: list[Command] = []
        self.engine.send = self.orders.append

    def hear(self, *messages: Message) -> None:
        self.engine.hear(messages)

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.engine.timers.fire_due()

    def connect(self) -> None:
        self.hear(StationConnected(station=CS1, at=self.clock.at, wire="ocpp2.0.1"))

    def boot(self) -> None:
        self.connect()
        self.hear(StationBooted(station=CS1, at=self.clock.at, identity=Identity(vendor="v", model="m")))

    def put(self, token: Token) -> None:
        self.hear(PutToken(station=StationId(""), token=token))

    def report(self, version: int) -> None:
        self.hear(LocalListReported(station=CS1, at=self.clock.at, version=version))

    def sent(self) -> list[int]:
        return [one.version for one in self.orders if isinstance(one, SendLocalList)]

    def asked(self) -> int:
        return sum(isinstance(one, AskLocalListVersion) for one in self.orders)


def csms(*, local_lists: bool = True) -> Csms:
    return Csms(Policy(unknown_stations="accept", local_lists=local_lists))


def test_after_a_boot_the_version_is_asked_and_a_wrong_list_replaced() -> None:
    system = csms()
    system.put(ANNA)
    system.boot()
    assert system.orders == [], "the answer to the boot goes first"
    system.wait(AFTER_BOOT)
    assert system.orders == [AskLocalListVersion(station=CS1)]
    system.report(7)
    assert system.sent() == [8]
    system.report(8)
    system.wait(Policy().local_list_every)
    assert system.sent() == [8]


def test_a_changed_credential_reaches_the_stations_that_are_there() -> None:
    system = csms()
    system.boot()
    system.wait(AFTER_BOOT)
    system.report(0)
    assert system.sent() == [], "there is nobody to put on it"
    system.put(ANNA)
    system.wait(Policy().local_list_every)
    assert system.sent() == [1]


def test_after_a_mere_reconnection_nothing_is_asked_and_what_changed_is_sent() -> None:
    system = csms()
    system.boot()
    system.wait(AFTER_BOOT)
    system.report(0)
    system.hear(StationDisconnected(station=CS1, at=system.clock.at))
    system.put(ANNA)
    system.connect()
    system.wait(AFTER_CONNECTION)
    assert (system.sent(), system.asked()) == ([1], 1)


def test_a_station_without_lists_is_left_in_peace_until_it_boots_again() -> None:
    system = csms()
    system.put(ANNA)
    system.boot()
    system.wait(AFTER_BOOT)
    system.report(-1)
    for _ in range(3):
        system.wait(Policy().local_list_every)
    assert (system.sent(), system.asked()) == ([], 1)
    system.boot()
    system.wait(AFTER_BOOT)
    assert system.asked() == 2


def test_a_station_that_left_is_not_looked_after() -> None:
    system = csms()
    system.put(ANNA)
    system.boot()
    system.hear(StationDisconnected(station=CS1, at=system.clock.at))
    system.wait(AFTER_BOOT)
    assert "local-list" not in system.engine.stations[CS1].wakeups
    assert system.orders == []


def test_stations_that_are_not_accepted_and_operators_without_lists_hear_nothing() -> None:
    waiting = Csms(Policy(unknown_stations="quarantine"))
    unwanted = csms(local_lists=False)
    for system in (waiting, unwanted):
        system.put(ANNA)
        system.boot()
        system.wait(AFTER_CONNECTION)
        assert system.orders == []
