# SPDX-License-Identifier: Apache-2.0
"""A station says at once what it is asked to say (8.3.5), over real wires."""

from pathlib import Path

import pytest
from tests.e2e.link_player import EVERY
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.messages import Event
from open63110.model.station import ConnectorReported, StationBooted
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferUpdated
from open63110.usecases.stations.monitor_station import MeterValuesReported


async def asks(cs: Standing, report: str, **more: object) -> None:
    """Ask it, and see it promised."""
    order = await cs.here.ask("stations/CS-1/trigger", {"report": report} | more)
    assert (order["outcome"], order["reason"]) == ("accepted", "NoError")


async def said(cs: Standing, kind: type[Event]) -> int:
    return len(await cs.here.facts(kind, "CS-1"))


@pytest.mark.parametrize("wire", EVERY)
async def test_what_a_station_is_asked_to_say_it_says_at_once_and_nothing_has_happened(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        await cs.charge(1, "ANNA")
        await cs.link_is_back()
        for report, kind in (("status", ConnectorReported), ("meter-values", MeterValuesReported), ("boot", StationBooted)):
            before = await said(cs, kind)
            await asks(cs, report)
            while await said(cs, kind) <= before:
                await cs.here.pass_by(5)
        assert cs.here.station("CS-1").booted is not None
        assert await said(cs, EnergyTransferEnded) == 0
        assert cs.hardware.charging(1)
        await asks(cs, "heartbeat")
        if wire != "v16":
            await asks(cs, "transfer", evse=1)
            while "Trigger" not in [one.trigger for one in await cs.here.facts(EnergyTransferUpdated, "CS-1")]:
                await cs.here.pass_by(5)
        await asks(cs, "firmware-status")
        await asks(cs, "log-status")
        refused = await cs.here.admin.post("stations/CS-1/trigger", json={"report": "sign-station-certificate"})
        assert refused.json()["order"]["outcome"] == "not-supported"
        unknown = await cs.here.admin.post("stations/CS-1/trigger", json={"report": "status", "evse": 9})
        assert unknown.json()["code"] == "UnknownEvse"
