# SPDX-License-Identifier: Apache-2.0
"""Meters count exactly, contactors stop at the last reading, signatures hold."""

import json
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from open63110.kernel.units import WattHours, Watts
from open63110.simulator.ev import Ev, Make
from open63110.simulator.evse import SimulatedEvse
from open63110.simulator.meter import Meter

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAKE = Make("even", 80_000.0, 10_000.0, 3)  # type: ignore[arg-type]  # literal units


def occupied(*, key: int | None = None) -> SimulatedEvse:
    evse = SimulatedEvse(1, Meter("M1", counted=5_000_000, key=key))
    evse.ev = Ev(MAKE, 0.1, tells_soc=True)
    return evse


def test_a_meter_shows_what_its_display_can_and_loses_nothing() -> None:
    meter = Meter("M1", step=1000)
    for _ in range(3):
        meter.add(WattHours(0.4))
    assert (meter.register, meter.counted) == (1.0, 1200)
    assert Meter("M2", counted=1234, step=100).register == 1.2


def test_energy_flows_while_the_contactor_is_closed() -> None:
    evse = occupied()
    assert evse.state() is None
    evse.close(NOW, Watts(22_000.0))
    shown = {one.measurand: one.value for one in evse.readings(NOW + HOUR) if not one.phase}
    assert shown == {"energy.import.register": 15_000.0, "power.import": 10_000.0, "soc": 22.0}
    assert evse.state() == "charging"
    evse.close(NOW + 2 * HOUR, Watts(5_000.0))
    assert (evse.meter.register, evse.power) == (25_000.0, 5_000.0)


def test_the_contactor_stops_energy_at_the_moment_of_the_last_reading() -> None:
    evse = occupied()
    evse.close(NOW, Watts(22_000.0))
    evse.readings(NOW + HOUR)
    evse.open()
    assert evse.readings(NOW + 2 * HOUR)[0].value == 15_000.0


def test_a_halted_evse_and_a_pausing_ev_are_told_apart() -> None:
    evse = occupied()
    evse.close(NOW, Watts(22_000.0))
    evse.halted = True
    assert evse.state() == "suspended-evse"
    assert evse.readings(NOW + HOUR)[0].value == 5_000.0
    evse.halted = False
    assert evse.ev is not None
    evse.ev.paused = True
    assert evse.state() == "suspended-ev"


def test_an_empty_evse_shows_its_meter_only() -> None:
    evse = SimulatedEvse(1, Meter("M1"))
    evse.close(NOW, Watts(22_000.0))
    assert [one.measurand for one in evse.readings(NOW + HOUR)] == ["energy.import.register", "power.import"]
    assert evse.state() == "suspended-evse"


def test_a_signed_reading_stands_beside_the_plain_one_and_can_be_verified() -> None:
    evse = occupied(key=4711)
    *_, last = evse.readings(NOW)
    assert last.signed is not None
    assert (last.measurand, last.value, last.signed.encoding) == ("energy.import.register", 5_000.0, "OCMF")
    kind, payload, signature = last.signed.data.split("|")
    public = load_der_public_key(bytes.fromhex(last.signed.public_key))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(bytes.fromhex(json.loads(signature)["SD"]), payload.encode(), ec.ECDSA(hashes.SHA256()))
    assert (kind, json.loads(payload)["RD"][0]["RV"], json.loads(payload)["RD"][0]["TX"]) == ("OCMF", 5000.0, "B")
    evse.close(NOW, Watts(22_000.0))
    later = evse.readings(NOW + HOUR)[-1].signed
    assert later is not None
    assert '"PG":"T2"' in later.data
    assert '"TX":"C"' in later.data
    assert Meter("M1").public_key == ""
