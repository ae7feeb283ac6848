# SPDX-License-Identifier: Apache-2.0
"""What terminals carry is known of stations of sites that are looked at, wherever they move, and of nobody else."""

from tests.literal import T0

from open63110.kernel.ids import StationId, TransferNumber, TransferReference
from open63110.kernel.journal import entry
from open63110.model.flow import Flow
from open63110.model.reading import Reading
from open63110.model.site import SiteId
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferUpdated
from open63110.runtime.terminals import Terminals

NORTH, SOUTH = SiteId("north"), SiteId("south")
A = StationId("A")
SEVEN = TransferNumber(7)


def told(*currents: float) -> EnergyTransferUpdated:
    readings = tuple(
        Reading(at=T0, measurand="current.import", value=one, phase=f"L{place}") for place, one in enumerate(currents, 1)
    )
    return EnergyTransferUpdated(station=A, at=T0, reference=TransferReference("t"), number=SEVEN, seq=1, readings=readings)


def test_a_station_that_moved_to_another_site_goes_on_being_listened_to_whichever_is_looked_at_last() -> None:
    terminals = Terminals()
    terminals.watch(NORTH, [A])
    terminals.watch(SOUTH, [A])
    terminals.watch(NORTH, [])
    terminals.note(entry(told(16.0, 0.0, 0.0)))
    assert terminals.flow(SEVEN) == Flow(T0, (16.0, 0.0, 0.0))
    terminals.note(entry(told(16.0, 16.0, 16.0)))
    assert terminals.flow(SEVEN) == Flow(T0, (16.0, 16.0, 16.0))


def test_what_a_station_told_is_forgotten_with_it_and_with_the_transfer() -> None:
    terminals = Terminals()
    terminals.watch(NORTH, [A])
    terminals.note(entry(told(16.0, 0.0, 0.0)))
    assert terminals.flow(SEVEN) is not None
    terminals.watch(NORTH, [])
    assert terminals.flow(SEVEN) is None
    terminals.watch(NORTH, [A])
    terminals.note(entry(told(16.0, 0.0, 0.0)))
    terminals.note(entry(EnergyTransferEnded(station=A, at=T0, reference=TransferReference("t"), number=SEVEN, seq=2)))
    assert terminals.flow(SEVEN) is None
