# SPDX-License-Identifier: Apache-2.0
"""Clause 6.1, what the controller of a station tells of energy transfers."""

from collections.abc import Iterable
from typing import Any

import pytest
from tests.literal import Ids
from tests.transfers import ANNA, CS, E1, minute, wh

from open63110.kernel.errors import Refused
from open63110.kernel.ids import ConnectorNumber, TransferReference
from open63110.kernel.messages import Effect, Event
from open63110.model.register import imported
from open63110.model.station import AuthorizationReleased, Connector, Evse, Grant, Station
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.sessions.energy_transfer import (
    USE_CASE,
    AskTransferStatus,
    MeterSampled,
    StartTransfer,
    StopTransfer,
    TransferStatusAnswer,
    evolve,
)
from open63110.usecases.sessions.energy_transfer import station as controller


def at_station(**evse: Any) -> Station:
    return Station(id=CS, connected=minute(0), evses={E1: Evse(number=E1, **evse)})


class Controller:
    """The decide and evolve functions of one station, without an engine."""

    def __init__(self, station: Station) -> None:
        self.station, self.ids = station, Ids()

    def take(self, effects: Iterable[Effect]) -> list[Effect]:
        done = list(effects)
        for effect in done:
            assert isinstance(effect, Event)
            if type(effect) in USE_CASE.evolve:
                self.station = USE_CASE.evolve[type(effect)](effect, self.station)
        return done


GRANT = Grant(subject=ANNA, method="remote", at=minute(0), until=minute(5), remote_start=9)


def test_a_station_starts_with_what_its_meter_showed_and_uses_the_grant() -> None:
    free, used = Connector(state="available", at=minute(0)), Connector(state="occupied", at=minute(0))
    connectors = {ConnectorNumber(1): free, ConnectorNumber(2): used}
    station = at_station(grant=GRANT, connectors=connectors, readings=(wh(minute(0), 500.0),))
    started, released = controller.start(StartTransfer(station=CS, evse=E1), station, minute(1), Ids())
    assert isinstance(started, EnergyTransferStarted)
    assert (started.reference, started.seq, started.subject, started.remote_start) == ("CS-1-1", 0, ANNA, 9)
    assert (started.connector, started.offline, started.readings) == (2, False, (wh(minute(0), 500.0, "begin"),))
    assert released == AuthorizationReleased(station=CS, at=minute(1), evse=E1, reason="started")
    [alone] = controller.start(StartTransfer(station=CS, evse=E1), Station(id=CS), minute(1), Ids())
    assert isinstance(alone, EnergyTransferStarted)
    assert (alone.subject, alone.connector, alone.offline, alone.readings) == (None, 1, True, ())


def test_a_station_numbers_what_it_tells_and_settles_what_it_ended() -> None:
    play = Controller(at_station(readings=(wh(minute(0), 500.0),)))
    play.take(controller.start(StartTransfer(station=CS, evse=E1), play.station, minute(1), play.ids))
    with pytest.raises(Refused, match="already"):
        list(controller.start(StartTransfer(station=CS, evse=E1), play.station, minute(1), play.ids))
    for number, state in ((2, "charging"), (3, "charging"), (4, None), (5, "suspended-ev")):
        shown: Any = state
        sampled = MeterSampled(
            station=CS, at=minute(number), evse=E1, readings=(wh(minute(number), 500.0 * number),), state=shown
        )
        _, told = play.take(controller.sample(sampled, play.station))
        assert isinstance(told, EnergyTransferUpdated)
        assert (told.seq, told.trigger) == (
            number - 1,
            "ChargingStateChanged" if number in {2, 5} else "MeterValuePeriodic",
        )
    asked = AskTransferStatus(station=CS, reference=TransferReference("CS-1-1"))
    assert list(controller.tell_status(asked, play.station)) == [TransferStatusAnswer(reference=asked.reference, ongoing=True)]
    ended, _ = play.take(controller.stop(StopTransfer(station=CS, evse=E1, reason="Local"), play.station, minute(6)))
    assert isinstance(ended, EnergyTransferEnded)
    assert (ended.seq, ended.readings) == (5, (wh(minute(5), 2500.0, "end"),))
    assert play.station.transfers[asked.reference].settled
    assert imported(play.station.transfers[asked.reference]) == 2000.0
    with pytest.raises(Refused, match="no energy transfer"):
        list(controller.stop(StopTransfer(station=CS, evse=E1, reason="Local"), play.station, minute(7)))


def test_an_idle_meter_is_remembered_and_not_reported() -> None:
    sampled = MeterSampled(station=CS, at=minute(1), evse=E1, readings=(wh(minute(1), 5.0),))
    assert list(controller.sample(sampled, Station(id=CS))) == [sampled]
    assert evolve.sampled(sampled, Station(id=CS)).evses[E1].readings == sampled.readings
    unknown = AskTransferStatus(station=CS, reference=TransferReference("x"))
    assert list(controller.tell_status(unknown, Station(id=CS))) == [
        TransferStatusAnswer(reference=unknown.reference, ongoing=None)
    ]
