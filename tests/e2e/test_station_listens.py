# SPDX-License-Identifier: Apache-2.0
"""`open63110 station` that is dialled by its CSMS: settings at both ends, and nothing else (B.5)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.e2e.link_house import Pki, link_house
from tests.e2e.test_link_transport import ask, ended, free_port
from tests.process import PATIENCE, PROGRAM

from open63110.apps.station_config import load, written
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.model.order import Outcome
from open63110.usecases.services.authorize_locally import AskLocalListVersion

CS1 = StationId("CS-1")


def settings(folder: Path, pki: Pki, listen: str) -> Path:
    """Write what a station that listens is told."""
    own = pki.give("CS-1", serves=True)
    csms = {
        "wire": "link",
        "listen": listen,
        "authorities": str(pki.folder.root_path),
        "certificate": str(own.certificate),
        "key": str(own.key),
        "revoked": str(pki.folder.revoked_path),
    }
    path = folder / "station.toml"
    path.write_text(
        written({"id": "CS-1", "data": str(folder / "station"), "csms": csms, "evses": {"1": {"driver": "simulated"}}})
    )
    return path


@pytest.mark.at("AT-B.5-2", "link")
async def test_a_station_that_listens_is_dialled_and_does_what_it_is_told(tmp_path: Path) -> None:
    pki, port = Pki(tmp_path / "pki"), free_port()
    path = settings(tmp_path, pki, f"localhost:{port}")
    words = (PROGRAM[0], "station", "run", "--config", str(path), "--json")
    station = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        assert station.stdout is not None
        said = json.loads(await station.stdout.readline())
        assert (said["ready"], said["csms"]) == (True, f"localhost:{port}")
        where = (f"wss://localhost:{port}/link",)
        async with link_house(tmp_path, pki=pki, stations=where, unknown_stations="accept") as (here, _):
            await here.until(lambda: here.csms.link.connected(CS1), PATIENCE)
            (done,) = await ended(here, await ask(here, AskLocalListVersion(station=CS1), 30.0))
            assert done.outcome is Outcome.ACCEPTED
    finally:
        station.terminate()
        await station.wait()


@pytest.mark.parametrize("listen", ["8890", "localhost:port", "localhost:70000"])
def test_where_a_station_listens_is_a_host_and_a_port(listen: str, tmp_path: Path) -> None:
    path = settings(tmp_path, Pki(tmp_path / "pki"), listen)
    with pytest.raises(Malformed, match="no HOST:PORT"):
        load(path, {})
