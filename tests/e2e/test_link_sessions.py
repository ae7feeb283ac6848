# SPDX-License-Identifier: Apache-2.0
"""All use cases over the link, unchanged: onboarding, charging, orders, reboot, local list, events (clauses 6 and 8)."""

from pathlib import Path

from tests.e2e.link_house import linked

from open63110.model.sdr import Sdr
from open63110.model.station import StationConnected


async def test_a_station_comes_on_board_by_link_and_its_session_ends_in_a_record(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        (up,) = await at.here.facts(StationConnected, "CS-1")
        assert (up.wire, up.secure) == ("iec63110.link.v1", True)
        await at.charge(1, "ANNA")
        await at.here.pass_by(600)
        at.hardware.leave(1)
        await at.here.until(lambda: at.here.rows(Sdr))
        (sdr,) = at.here.rows(Sdr)
        assert sdr.energy > 1_000
