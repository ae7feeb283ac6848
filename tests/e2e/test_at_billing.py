# SPDX-License-Identifier: Apache-2.0
"""Billing data arrives whole, once and however late (7.2.2, 8.4.8)."""

import hashlib
import random
import string
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.link_player import BEHIND, EVERY, home, played, player

from open63110.kernel.units import WattHours
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession, SessionState

# --- 7.2.2 ------------------------------------------------------------------------------------------------------------


def ocmf_record() -> str:
    """A signed record of 3,000 bytes, with everything in it that a careless program would change."""
    head = 'OCMF|{"FV":"1.0","GI":"ACME  Meter","GS":"0042","PG":"T12","RD":[{"TM":"2026-07-01T10:00:00,000+0000 S","RV":8.000,'
    tail = '"RI":"1-b:1.8.0","RU":"kWh"}]}|{"SD":"3046022100' + "ab" * 20 + '"}'
    noise = random.Random(63110).choices(string.ascii_letters + string.digits + r'\/+= "{}|', k=3_000 - len(head) - len(tail))
    record = head + "".join(noise) + tail
    assert len(record.encode()) == 3_000
    return record


@pytest.mark.at("AT-7.2.2-1", *EVERY)
@pytest.mark.parametrize("wire", [*EVERY, BEHIND])
async def test_a_signed_record_of_3000_bytes_stands_byte_for_byte_in_the_service_record(wire: str, tmp_path: Path) -> None:
    """2.0.1 allows 2,500 characters; what a meter signed is worth nothing cut, so longer ones are taken there too."""
    record = ocmf_record()
    signed = {"signedMeterData": record, "signingMethod": "ECDSA-secp256r1-SHA256", "encodingMethod": "OCMF", "publicKey": "3059"}
    async with home(tmp_path, wire) as here, played(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.token("ANNA")
        await here.on_board(cs)
        await cs.status(1, "Occupied", here.now())
        assert await cs.authorize("ANNA") == "Accepted"
        await cs.begin(1, "ANNA", 10_000, here.now())
        await cs.end(1, 18_000, here.now(), signed=signed)
        await cs.status(1, "Available", here.now())
        assert here.rows(QuarantinedInput) == []
        await here.until(lambda: here.rows(Sdr))

        (sdr,) = here.rows(Sdr)
        (kept,) = sdr.signed
        fingerprint = hashlib.sha256(record.encode()).hexdigest()
        assert hashlib.sha256(kept.data.encode()).hexdigest() == fingerprint
        assert sdr.energy == WattHours(8_000)
        assert sdr.flags == ()
        told = await here.ask(f"sdrs/{sdr.id}")
        assert hashlib.sha256(told["signed"][0]["data"].encode()).hexdigest() == fingerprint


# --- 8.4.8 ------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.4.8-5", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_lost_before_the_end_and_back_after_three_hours_leaves_one_late_record(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=3_600.0, connection_timeout=7_200.0, closing=7_200.0) as here:
        await here.register("CS-1")
        await here.token("ANNA")
        cs = await player(here, "CS-1", wire).connect()
        await here.on_board(cs)
        await cs.status(1, "Occupied", here.now())
        assert await cs.authorize("ANNA") == "Accepted"
        began = here.now()
        assert await cs.begin(1, "ANNA", 10_000, began) == "Accepted"
        await cs.move(1, "Charging", 10_000, here.now())
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        lost = here.now()

        await here.pass_by(300)
        ended = here.now()
        await cs.end(1, 18_000, ended, tag="ANNA")
        await here.pass_by(60)
        unplugged = here.now()
        await cs.status(1, "Available", unplugged)
        await here.pass_by(3 * 3600)
        assert here.rows(Sdr) == []
        (session,) = here.station("CS-1").sessions.values()
        assert session.state is SessionState.CHARGING  # the outage changed nothing

        await cs.come_back()
        assert here.now() - lost >= timedelta(hours=3)
        await here.until(lambda: here.rows(Sdr))
        await here.pass_by(3600)

        (sdr,) = here.rows(Sdr)
        assert (sdr.began, sdr.ended) == (session.opened, unplugged)
        (energy,) = [one for one in sdr.services if one.kind == "energy_import"]
        assert (energy.began, energy.ended) == (began, ended)
        assert sdr.energy == WattHours(8_000)
        assert "late" in sdr.flags
        assert sdr.corrects == ""
        (closed,) = here.rows(ServiceSession)
        assert closed.state is SessionState.CLOSED
        assert closed.records == (sdr.id,)
        await cs.cut()
