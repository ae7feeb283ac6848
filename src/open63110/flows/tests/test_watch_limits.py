# SPDX-License-Identifier: Apache-2.0
"""A station looks at its limits when something that counts for them comes or goes (7.10)."""

import pytest
from tests.literal import T0

from open63110.flows.watch_limits import FLOW, then
from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Watts
from open63110.model.limit import Limit, Limits
from open63110.model.station import Station, StationConnected, StationDisconnected
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.usecases.energy.smart_charging import UseFailSafe
from open63110.usecases.stations.onboard_station import PoweredUp

A = StationId("A")
LIMIT = Limit(limit=Watts(3_000.0), since=T0)
UP = StationConnected(station=A, at=T0, wire="ocpp2.1")
DOWN = StationDisconnected(station=A, at=T0)


def station(limits: Limits) -> Station:
    return Station(id=A, limits=limits)


def started() -> EnergyTransferStarted:
    reference = TransferReference("t")
    return EnergyTransferStarted(
        station=A, at=T0, reference=reference, seq=0, evse=EvseNumber(1), state="charging", trigger="Authorized"
    )


def ended() -> EnergyTransferEnded:
    return EnergyTransferEnded(station=A, at=T0, reference=TransferReference("t"), seq=1, evse=EvseNumber(1), reason="Local")


@pytest.mark.parametrize(
    ("event", "shared"), [(UP, False), (DOWN, False), (PoweredUp(station=A, at=T0), False), (started(), True), (ended(), True)]
)
def test_a_station_looks_at_what_it_was_told_when_its_link_or_an_ev_comes_or_goes(event: Event, *, shared: bool) -> None:
    assert type(event) in FLOW.on
    for limits in (Limits(desired={"0/1": LIMIT}), Limits(silent_since=T0)):
        assert list(then(event, station(limits))) == [UseFailSafe(station=A, shared=shared)]
    assert list(then(event, station(Limits()))) == []
