# SPDX-License-Identifier: Apache-2.0
"""What needs a person, the worst first; figures that add up."""

import msgspec
from tests.literal import T0

from open63110.bindings.web.alarms import alarms, figures
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Watts
from open63110.model.station import Connector, Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer

ONE = EvseNumber(1)


def transfer(power: float | None, **more: object) -> EnergyTransfer:
    reference = TransferReference("tx-1")
    base = EnergyTransfer(station=StationId("CS-1"), number=TransferNumber(1), reference=reference, state="charging", began=T0)
    return msgspec.structs.replace(base, power=None if power is None else Watts(power), **more)


def station(name: str = "CS-1", running: EnergyTransfer | None = None, **more: object) -> Station:
    base = Station(id=StationId(name), registration=Registration.ACCEPTED, connected=T0)
    transfers = {running.reference: running} if running else {}
    return msgspec.structs.replace(base, transfers=transfers, **more)


def faulted(error: str) -> dict[EvseNumber, Evse]:
    plug = Connector(state="faulted", at=T0, error=error)
    return {ONE: Evse(number=ONE, connectors={ConnectorNumber(1): plug})}


def test_a_station_in_order_alarms_nobody() -> None:
    assert list(alarms([station(), station("CS-2", transfer(7000.0))], None, 0)) == []


def test_each_trouble_has_its_alarm_and_the_worst_come_first() -> None:
    stations = [
        station("A", flags=("clone",)),
        station("B", registration=Registration.QUARANTINED),
        station("C", evses=faulted("GroundFailure")),
        station("D", state="faulted"),
        station("E", transfer(1.0), connected=None),
        station("F", connected=None),
    ]
    found = list(alarms(stations, Unavailable("the disk is full"), 3))
    assert [one.title for one in found] == ["Nothing can be stored", "C", "D", "A", "B", "E", "Quarantine"]
    assert [one.tone for one in found] == ["bad", "bad", "bad", "warn", "warn", "warn", "warn"]
    assert "GroundFailure" in found[1].detail
    assert found[-1].detail.startswith("3 inputs")


def test_figures_count_what_flows_in_both_directions_and_nothing_that_ended() -> None:
    found = figures(
        [
            station("A", transfer(7000.0)),
            station("B", transfer(-3000.0, state="discharging")),
            station("C", transfer(5000.0, ended=T0)),
            station("D", transfer(None, state="suspended-ev"), connected=None),
        ]
    )
    assert (found.stations, found.online, found.charging, found.power) == (4, 3, 2, 4000.0)
    assert sum(found.states.values()) == 4
    assert figures([]).stations == 0
