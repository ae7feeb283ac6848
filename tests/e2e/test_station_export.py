# SPDX-License-Identifier: Apache-2.0
"""What a running CSMS knows of a station that comes by link, exported from the command line as meters call it (B.24)."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_house import LinkStation, linked

from open63110.bindings.power_models import Model, moment
from open63110.kernel.ids import EvseNumber
from open63110.model.sdr import Sdr
from open63110.model.transfer import EnergyTransferEnded


@pytest.mark.at("AT-B.24-1", "link")
async def test_a_station_is_exported_with_the_values_that_its_csms_has(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await at.charge(1, "ANNA")
        await at.here.ask("stations/CS-1/limit", {"limit": 7_400.0, "export": 0.0}, wait=20)
        await at.here.pass_by(300)
        at.hardware.leave(1)
        await at.here.until(lambda: at.here.rows(Sdr))
        for model in Model:
            points = {(one["object"], one["name"]): one for one in await exported(at, model)}
            noun = at.here.station("CS-1")
            kept = noun.limits.in_force[EvseNumber(0)]
            (end,), about = await at.here.facts(EnergyTransferEnded), "/-/-/CS-1"
            ended = {one.measurand: one for one in end.readings if not one.phase}
            register, limit = NAMES[model]
            one = points[f"{about}/1", register]
            reading = ended["energy.import.register"]
            assert (one["value"], one["unit"]) == (pytest.approx(reading.value, abs=0.0005), "Wh")
            assert (one["time"], one["quality"].removeprefix("validity=")) == (moment(reading.at, model), "good")
            if limit:
                one = points[about, limit]
                assert (one["value"], one["unit"], one["time"]) == (kept.limit, "W", moment(kept.at, model))


NAMES = {
    Model.OBIS: ("1-0:1.8.0", "0-0:17.0.0"),
    Model.CIM: ("0.0.0.1.1.1.12.0.0.0.0.0.0.0.224.0.72.0", ""),
    Model.IEC61850: ("MMTR.DmdWh.actVal", ""),
}


async def exported(at: LinkStation, model: Model) -> list[dict[str, Any]]:
    """Ask as an operator does."""
    client = at.here.admin
    url, key = str(client.base_url).removesuffix("/api/v1/"), client.headers["Authorization"].removeprefix("Bearer ")
    words = ("station", "export", "CS-1", "--model", model, "--url", url, "--key", key, "--json")
    command = [sys.executable, "-m", "open63110", *words]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
