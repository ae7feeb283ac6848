# SPDX-License-Identifier: Apache-2.0
"""`open63110 bench planner --part dso`: from a DSO's limit to the confirmation of the last of many stations (8.2.7).

The share of the CSMS is all CPU time of its process, system calls of its sockets and its disk included, from before the limit is
asked for until `AFTERWARDS` seconds after the last confirmation: what it writes, looks at and shows because of them counts, too.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.process import CsmsProcess

from bench.disk import percentile
from bench.figure import Figure
from bench.planner.table import Asked
from bench.server import ROOT, TICKS

STATIONS, TRIALS = 1_000, 30
FEWER = 200
"""Stations of the short form."""
SITE = "plain"
WIDE, TIGHT = 9_000.0, 5_000.0
"""Of each station, before and under the limit [W]; both let all of them charge on three phases."""
SETTLE = 1.5
"""Between two limits [s]."""
AFTERWARDS = 1.2
"""After the last confirmation; by then the CSMS has looked at the site once more, which it does each second [s]."""
PATIENCE = 60.0
P99, SHARE = 2.0, 0.1
"""Targets: the last confirmation, and what the CSMS itself may need for all of it [s]."""


class Stations:
    """The fleet, in a process of its own."""

    def __init__(self, port: int, count: int) -> None:
        command = [sys.executable, "-m", "bench.planner.dso_fleet", str(port), str(count)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def up(self) -> None:
        """Wait until all charge."""
        self._line()

    def confirmed(self, most: float) -> dict[str, Any]:
        """How many keep to a limit of so much each, since when the last one, and the sum of all."""
        assert self._process.stdin
        self._process.stdin.write(b"confirmed %f\n" % most)
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the fleet ended with status {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process since its start."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / TICKS


def described(count: int) -> dict[str, Any]:
    """The site, whose connection carries what all need before the limit."""
    stations = [{"id": f"D{number:04d}", "evses": [{"number": 1, "import_max": 22_080.0}]} for number in range(count)]
    zone = {"id": "all", "import_max": WIDE * count, "stations": stations}
    return {"id": SITE, "connections": [{"id": "grid", "import_max": WIDE * count}], "zones": [zone]}


def ask(csms: CsmsProcess, path: str, body: Any) -> None:
    """Ask the CSMS for something that has to go well."""
    status, said = csms.rest("POST", f"/api/v1/{path}", body, timeout=PATIENCE)
    if status != 200:
        raise SystemExit(f"{path}: {status} {said}")


def settled(fleet: Stations, count: int, most: float) -> dict[str, Any]:
    """Wait until all stations keep to a limit of so much each."""
    ends = time.monotonic() + PATIENCE
    while (found := fleet.confirmed(most))["keep"] < count:
        if time.monotonic() > ends:
            raise SystemExit(f"{found['keep']} of {count} stations keep to {most:g} W after {PATIENCE:g} s")
        time.sleep(0.05)
    return found


def lowered(csms: CsmsProcess, fleet: Stations, count: int) -> tuple[float, float, float]:
    """Lower the limit once; return seconds to the last confirmation, of the CSMS's own work, and the sum then as a part of it."""
    limit = {"id": "bench", "scope": {"site": SITE}, "source": "dso", "limit": TIGHT * count, "critical": True}
    time.sleep(SETTLE)
    before, began = cpu_seconds(csms.pid), time.monotonic()
    ask(csms, "constraints/put", limit)
    found = settled(fleet, count, TIGHT + 1.0)
    time.sleep(AFTERWARDS)
    own = cpu_seconds(csms.pid) - before
    ask(csms, "constraints/withdraw", {"id": "bench"})
    raised(fleet, count)
    return found["last"] - began, own, found["sum"] / (TIGHT * count)


def raised(fleet: Stations, count: int) -> None:
    """Wait until stations may have more again."""
    ends = time.monotonic() + PATIENCE
    while fleet.confirmed(TIGHT + 1.0)["keep"] > count // 10 and time.monotonic() < ends:
        time.sleep(0.05)


def measure(asked: Asked) -> list[Figure]:
    """Measure: stations that all charge, a limit by REST, some times over; short: fewer of both."""
    folder = Path(tempfile.mkdtemp(prefix="dso-", dir=asked.folder))
    return run(folder, FEWER, 3) if asked.short else run(folder, STATIONS, TRIALS)


def run(folder: Path, stations: int, trials: int) -> list[Figure]:
    """Measure so many trials on so many stations; what the CSMS itself may need is in proportion to them.

    Nobody takes an inventory of a station that has just come up: it would be asked for while limits are measured.
    """
    csms = CsmsProcess(folder, policy={"local_lists": False, "inventory": "never"}).init().start()
    try:
        ask(csms, "tokens/put", {"token": {"kind": "ISO14443", "value": "04A1", "concurrent": 0}})
        ask(csms, "sites/import", {"sites": [described(stations)]})
        with Stations(csms.ports["open"], stations) as fleet:
            fleet.up()
            raised(fleet, stations)
            rounds = [lowered(csms, fleet, stations) for _ in range(trials)]
    finally:
        csms.stop()
    took, own, sums = (sorted(row) for row in zip(*rounds, strict=True))
    name, share = f"DSO limit, {stations} stations", 1000 * SHARE * stations / STATIONS
    return [
        Figure(name=f"{name}: to the last confirmation, p50", value=percentile(took, 0.5), unit="s"),
        Figure(name=f"{name}: to the last confirmation, p99 of {trials}", value=percentile(took, 0.99), unit="s", at_most=P99),
        Figure(name=f"{name}: CPU of the CSMS in all, median", value=1000 * percentile(own, 0.5), unit="ms", at_most=share),
        Figure(name=f"{name}: highest sum of what they keep to / the limit", value=sums[-1], at_most=1.0),
    ]
