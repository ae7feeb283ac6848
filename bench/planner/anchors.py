# SPDX-License-Identifier: Apache-2.0
"""The anchors: acnportal, run in an environment of its own under build/, and adacharge, whose results were kept.

adacharge is not on PyPI, and took hours: `adacharge.json` holds what its own code gave outside this repository, with the commit
of its source, versions, settings and CPU time.
"""

import subprocess
import sys
from pathlib import Path

import msgspec

from bench.planner.caltech import VOLTS, Sessions
from open63110.planner.network import Network

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent.parent / "build" / "acnportal"
WHEELS = ("acnportal==0.3.3", "numpy<2.5", "setuptools<81")
FIXTURE = HERE / "adacharge.json"


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation of ACN-Sim gave."""

    energy: float
    """[%]"""
    met: float
    """[%]"""
    peak: float
    """[kW]"""
    worst: float
    """Fullest row, share of its limit."""
    pauses: float
    """Per session."""
    cpu: float
    """[s]"""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the fixture."""

    case: str
    """B1: continuous, whole month; B2: quantised and reallocated, uninterrupted, first ten days."""
    capacity_kw: float
    sessions: int
    energy_pct: float
    demands_met_pct: float
    peak_kw: float
    worst_use_of_limit: float
    pauses_per_session: float
    cpu_seconds: float
    solves: int


def kept(case: str, kilowatts: float) -> Kept | None:
    """Return what adacharge gave; None: it was not run on that."""
    lines = msgspec.json.decode(FIXTURE.read_bytes(), type=list[Kept])
    return next((one for one in lines if (one.case, one.capacity_kw) == (case, kilowatts)), None)


def python() -> Path:
    """Return the interpreter that has acnportal, made where there is none yet."""
    found = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / ".ready"
    if not ready.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(found), *WHEELS], check=True)
        ready.touch()
    return found


def simulate(network: Network, sessions: Sessions, algorithm: str, kilowatts: float, *, quantised: bool) -> Found:
    """Let an algorithm of acnportal charge sessions in its own garage."""
    rows = [
        (network.points[point], arrival, departure, energy / 1000, most * VOLTS / 1000)
        for point, arrival, departure, energy, most in zip(
            sessions.point.tolist(),
            sessions.arrival.tolist(),
            sessions.departure.tolist(),
            sessions.energy.tolist(),
            sessions.most.tolist(),
            strict=True,
        )
    ]
    command = [str(python()), str(HERE / "anchor_job.py"), algorithm, str(kilowatts), str(int(quantised))]
    done = subprocess.run(command, input=msgspec.json.encode(rows), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Found)
