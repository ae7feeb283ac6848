# SPDX-License-Identifier: Apache-2.0
"""The link over IPv4 alone, IPv6 alone, a broken IPv6 beside IPv4, and NAT (B.2)."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.networks import NAME, SERVER_4, SERVER_6, inside, networks
from tests.process import CsmsProcess

from open63110.apps.clock import SystemClock
from open63110.kernel.roles import Role
from open63110.model.sdr import Sdr
from open63110.model.station import StationConnected
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder
from open63110.pki.identity import party

pytestmark = pytest.mark.usefixtures("first_served", "by_turns")

CSMS = "csms.example"
SMOKE = str(Path(__file__).with_name("link_smoke.py"))
AT_ONCE = 2.0
"""Within which a link is there where one way of two is broken [s]."""


@pytest.mark.at("AT-B.2-1", "link")
@pytest.mark.parametrize(
    ("host", "world", "seen"),
    [
        (SERVER_4, {"v6": False}, "10.9.1.2"),
        (f"[{SERVER_6}]", {"v4": False}, "2001:db8:1::2"),
        (NAME, {}, "2001:db8:1::2"),
        (NAME, {"broken": True}, "10.9.1.2"),
        (SERVER_4, {"v6": False, "nat": True}, "10.9.0.254"),
    ],
    ids=["IPv4 only", "IPv6 only", "both", "both, IPv6 broken", "NAT44"],
)
def test_a_station_charges_over_whatever_network_there_is(tmp_path: Path, host: str, world: dict[str, Any], seen: str) -> None:
    folder, now = Folder(tmp_path / "pki"), SystemClock().now()
    folder.path.mkdir()
    folder.make("Test authority", (NAME, "10.9.0.0/24", "2001:db8:9::/64"), now)
    wish = Wish(party=party(CSMS, Role.CSMS), server_names=(NAME,), addresses=(SERVER_4, SERVER_6))
    own, station = folder.issue(wish, now), folder.issue(Wish(party=party("CS-1", Role.STATION)), now)
    listener = {
        "kind": "link",
        "host": "",
        "port": 0,
        "certificate": str(own.certificate),
        "key": str(own.key),
        "client_authorities": str(folder.root_path),
    }
    csms = CsmsProcess(tmp_path, policy={"closing": 1.0}, listeners={"link": listener}).init()
    with networks(tmp_path, **world) as at, csms.start(*inside(at.server)):
        token = {"kind": "ISO14443", "value": "ANNA"}
        status, said = at.at_server(lambda: csms.rest("POST", "/api/v1/tokens/put", {"token": token}))
        assert status == 200, said
        url = f"wss://{host}:{csms.ports['link']}/link"
        took = smoke(at.client, url, station.certificate, station.key, station.authority)
        (up,) = [one for one in csms.journal("CS-1") if isinstance(one, StationConnected)]
        assert up.remote.removeprefix("[").startswith(seen)
        assert took < (AT_ONCE if "broken" in world else 10.0)
        (record,) = csms.rows(Sdr)
        assert record.energy >= 1.0


def smoke(namespace: int, url: str, *files: Path | None) -> float:
    """Let a station charge in a namespace; return how long its link took [s]."""
    words = (*inside(namespace), sys.executable, SMOKE, url, *map(str, files))
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
    return float(done.stdout)
