# SPDX-License-Identifier: Apache-2.0
"""The power curve: what was measured, else what the register says."""

from datetime import datetime, timedelta

from tests.literal import T0

from open63110.bindings.web.curve import curve, readings_of, rows_of
from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.model.reading import Measurand, Reading, SignedReading
from open63110.model.station import StationDisconnected
from open63110.model.transfer import EnergyTransferUpdated


def reading(measurand: Measurand, value: float, minute: float = 0, **more: str) -> Reading:
    return Reading(at=T0 + timedelta(minutes=minute), measurand=measurand, value=value, **more)  # type: ignore[arg-type] # words


def test_measured_power_is_drawn_as_it_is_with_export_below_zero() -> None:
    found = curve([reading("power.import", 7000.0), reading("power.export", 3000.0, 1)], 7)
    assert found.power == [7000.0, -3000.0]
    assert found.at == [T0.timestamp(), T0.timestamp() + 60]
    assert (found.derived, found.after) == (False, 7)


def test_import_and_export_of_one_moment_share_a_point() -> None:
    assert curve([reading("power.import", 0.0), reading("power.export", 3000.0)], 0).power == [-3000.0]


def test_phases_are_summed_where_there_is_no_total() -> None:
    phases = [reading("power.import", 2300.0, phase=phase) for phase in ("L1", "L2", "L3")]
    assert curve(phases, 0).power == [6900.0]
    assert curve([*phases, reading("power.import", 6901.0)], 0).power == [6901.0]


def test_neutral_and_inlet_readings_are_left_out() -> None:
    other = [reading("power.import", 1.0, phase="N"), reading("power.import", 2.0, location="Inlet"), reading("voltage", 230.0)]
    assert curve(other, 0).at == []


def test_power_follows_from_the_register_where_nobody_measured_it() -> None:
    register: Measurand = "energy.import.register"
    found = curve(
        [reading(register, 100.0), reading(register, 220.0, 1), reading("soc", 50.0, 1.5), reading(register, 0.0, 2)], 0
    )
    assert found.derived
    assert found.power == [None, 7200.0, None, None]
    assert found.soc == [None, None, 50.0, None]


def test_order_of_arrival_does_not_matter() -> None:
    one, two = reading("power.import", 1.0, 5), reading("power.import", 2.0, 1)
    assert curve([one, two], 0).power == curve([two, one], 0).power == [2.0, 1.0]


def test_rows_name_their_fact_and_keep_signed_readings() -> None:
    signed = Reading(at=T0, measurand="energy.import.register", value=1.0, signed=SignedReading(data="OCMF|x", method="OCMF"))
    (row,) = rows_of(9, [signed])
    assert row["fact"] == 9
    assert row["signed"] == {"data": "OCMF|x", "method": "OCMF", "encoding": "", "public_key": ""}
    assert rows_of(9, [reading("soc", 1.0)])[0]["signed"] is None


def test_facts_without_readings_have_none() -> None:
    station, at = StationId("CS-1"), datetime(2026, 1, 1, tzinfo=T0.tzinfo)
    update = EnergyTransferUpdated(
        station=station, at=at, reference=TransferReference("r"), seq=1, evse=EvseNumber(1), readings=(reading("soc", 1.0),)
    )
    assert len(readings_of(update)) == 1
    assert readings_of(StationDisconnected(station=station, at=at)) == ()
