# SPDX-License-Identifier: Apache-2.0
"""At the station: plug and grant start an energy transfer, unplugging ends it (8.4.4, 8.3.5 → 6.1)."""

from tests.literal import Clock, Ids
from tests.transfers import (
    ANNA,
    CS,
    E1,
    REF,
    TABLE,
    minute,
    wh,
)

from open63110.flows import start_when_plugged, stop_when_unplugged
from open63110.kernel.ids import ConnectorNumber, TransferNumber
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import (
    AuthorizationGranted,
    Connector,
    ConnectorState,
    EvPluggedIn,
    Evse,
    EvUnplugged,
    Grant,
    Registration,
    Station,
)
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
)
from open63110.runtime.engine import Engine
from open63110.store.memory import MemoryStore
from open63110.usecases.services.authorize_locally import CredentialAnswered
from open63110.usecases.sessions.energy_transfer import (
    MeterSampled,
    StartTransfer,
    StopTransfer,
)


def controller(*, grant_: bool, plugged: bool, running: bool = False) -> Station:
    given = Grant(subject=ANNA, method="csms", at=minute(0), until=minute(9))
    state: ConnectorState = "occupied" if plugged else "available"
    evse = Evse(number=E1, grant=given if grant_ else None, connectors={ConnectorNumber(1): Connector(state=state, at=minute(0))})
    busy = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=E1)
    return Station(id=CS, evses={E1: evse}, transfers={REF: busy} if running else {})


def test_who_may_charge_and_is_plugged_in_charges() -> None:
    plugged = EvPluggedIn(station=CS, at=minute(1), evse=E1)
    local = Grant(subject=ANNA, method="csms", at=minute(0), until=minute(9))
    granted = AuthorizationGranted(station=CS, at=minute(1), evse=E1, grant=local)
    ready = controller(grant_=True, plugged=True)
    assert list(start_when_plugged.then(plugged, ready)) == [StartTransfer(station=CS, evse=E1, trigger="CablePluggedIn")]
    assert list(start_when_plugged.then(granted, ready)) == [StartTransfer(station=CS, evse=E1, trigger="Authorized")]
    for wrong in (
        controller(grant_=False, plugged=True),
        controller(grant_=True, plugged=False),
        controller(grant_=True, plugged=True, running=True),
        Station(id=CS),
    ):
        assert list(start_when_plugged.then(plugged, wrong)) == []


def test_an_ev_that_leaves_ends_what_runs() -> None:
    gone = EvUnplugged(station=CS, at=minute(1), evse=E1)
    stop = StopTransfer(station=CS, evse=E1, reason="EVDisconnected", trigger="EVDeparted")
    assert list(stop_when_unplugged.then(gone, controller(grant_=False, plugged=True, running=True))) == [stop]
    assert list(stop_when_unplugged.then(gone, controller(grant_=False, plugged=True))) == []


def test_at_a_station_plug_grant_and_unplug_make_a_whole_transfer() -> None:
    store, clock = MemoryStore(), Clock(minute(0))
    engine = Engine(Role.STATION, TABLE, store, clock, Ids(), Policy())
    engine.send = lambda command: None
    engine.known.stations[CS] = Station(id=CS, registration=Registration.ACCEPTED, connected=minute(0))
    told: tuple[Event, ...] = (
        MeterSampled(station=CS, at=minute(1), evse=E1, readings=(wh(minute(1), 100.0),)),
        EvPluggedIn(station=CS, at=minute(1), evse=E1),
        CredentialAnswered(station=CS, at=minute(2), subject=ANNA, status=AuthorizationStatus.ACCEPTED, evse=E1),
        MeterSampled(station=CS, at=minute(3), evse=E1, readings=(wh(minute(3), 400.0),), state="charging"),
        EvUnplugged(station=CS, at=minute(4), evse=E1),
    )
    for message in told:
        clock.at = message.at
        engine.hear([message])
    facts = [fact for fact in engine.commit.batch.facts if isinstance(fact, TransferFact)]
    assert [(type(fact), fact.seq) for fact in facts] == [
        (EnergyTransferStarted, 0),
        (EnergyTransferUpdated, 1),
        (EnergyTransferEnded, 2),
    ]
    assert not engine.stations[CS].transfers
    assert engine.stations[CS].evses[E1].grant is None
