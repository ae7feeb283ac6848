# SPDX-License-Identifier: Apache-2.0
"""What is measured: our CSMS, and the usual stack beside it, each in a folder of its own."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import trustme

from bench.load import Run, Stations
from bench.sampled import Spent
from bench.server import Server, free_port

OURS = "open63110 csms --config {config}"
SAMPLED = "{python} -m bench.sampled {folder}/spent.jsonl csms --config {config}"
USUAL = (
    "{python} -m bench.usual_stack --db {folder}/usual.db --port {port} --tls-port {tls_port}"
    " --certificate {certificate} --password {password}"
)
PASSWORD = "bench-station-password-0001"
"""Sent by every station, as HTTP Basic."""


QUIET = 'inventory = "never"\n'
"""Policy of a CSMS that asks no station what it consists of: that is measured by itself."""


def write_config(folder: Path, port: int, tls_port: int, policy: str = "") -> Path:
    """Configure `open63110 csms`: both doors, any station let in, whatever its password, the store in `folder`.

    Args:
        folder: for everything.
        port: without TLS.
        tls_port: with it.
        policy: more lines of that table; an older version would not know all of them.
    """
    config = folder / "csms.toml"
    config.write_text(
        f"""\
data = "{folder}/data"

[listeners.plain]
host = "127.0.0.1"
port = {port}
plain = true
password = false

[listeners.tls]
host = "127.0.0.1"
port = {tls_port}
certificate = "{folder}/server.pem"
key = "{folder}/server.pem"
password = false

[web]
port = 0

[policy]
unknown_stations = "accept"
{policy}"""
    )
    return config


def write_certificates(folder: Path) -> None:
    """A certification authority in ca.pem and a server certificate of it, with its key, in server.pem (P-256)."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))


TOLD_LIMIT = 10
"""[s] until a sampled CSMS must have told where its time went."""
ONBOARDING = 9.0
"""[s] between the last boot and the first event: a CSMS asks a station that has just come what it has (ours, after 5 s, for
its local list), and that is the price of coming, not of an event. The storm pays it."""


class Fleet:
    """Stations connected to one subject, and what their events cost it."""

    def __init__(self, server: Server, stations: Stations) -> None:
        self.server = server
        self._stations = stations
        self.up = stations.up()
        self.faults = 0
        """Events not answered well, stations cut off or never served."""

    def run(self, seconds: float, rate: float = 0) -> "Round":
        """Send events for so long; an event is paid for when its answer is here, so nothing is cut at the edges."""
        before = self.server.cpu_seconds()
        run = self._stations.run(seconds, rate)
        cost = self.server.cpu_seconds() - before
        self.faults += run.sent - run.results + run.lost
        return Round(cost * 1e6 / max(run.results, 1), run)


class Round:
    """One run of one fleet: `cpu_us` [us] is user and system time of the server per answered event."""

    def __init__(self, cpu_us: float, run: Run) -> None:
        self.cpu_us = cpu_us
        self.run = run

    @property
    def per_second(self) -> float:
        """Answers by the clock on the wall: tells more of the machine than of the program."""
        return self.run.results / (self.run.seconds + self.run.drained)


class Subject:
    """A CSMS under test, running inside the block."""

    def __init__(self, template: str, folder: Path, program: Path, *, policy: str = "") -> None:
        folder.mkdir(parents=True)
        write_certificates(folder)
        self.folder = folder
        self._program = program
        self._ports = {False: free_port(), True: free_port()}
        holes = {"port": self._ports[False], "tls_port": self._ports[True], "folder": folder, "python": sys.executable}
        chosen = policy or (QUIET if template in {OURS, SAMPLED} else "")
        config = write_config(folder, self._ports[False], self._ports[True], chosen)
        command = template.format(**holes, config=config, certificate=folder / "server.pem", password=PASSWORD)
        self.server = Server(command, list(self._ports.values()), folder / "server.log")

    @property
    def port(self) -> int:
        """Where stations come without TLS."""
        return self._ports[False]

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.__exit__(kind, error, trace)

    @contextlib.contextmanager
    def fleet(self, prefix: str, count: int, *, tls: bool = False, start: bool = True, burst: int = 200) -> Iterator[Fleet]:
        """Connect stations, wait until they are served; `burst` is how many may be connecting at a time."""
        options = ["--prefix", prefix, "--password", PASSWORD, "--burst", str(burst)]
        options += ["--tls", "--ca", str(self.folder / "ca.pem")] if tls else []
        options += ["--start"] if start else []
        with Stations(self._program, self._ports[tls], count, options) as stations:
            fleet = Fleet(self.server, stations)
            fleet.faults = count - fleet.up.served
            if start:
                time.sleep(ONBOARDING)
            yield fleet


def told(subject: Subject) -> Spent:
    """Ask a sampled CSMS where its time went since it was asked last."""
    file = subject.folder / "spent.jsonl"
    before = len(file.read_bytes().splitlines()) if file.exists() else 0
    subject.server.signal(signal.SIGUSR2)
    limit = time.monotonic() + TOLD_LIMIT
    while time.monotonic() < limit:
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        if len(lines) > before and lines[-1].endswith(b"\n"):
            return msgspec.json.decode(lines[-1], type=Spent)
        time.sleep(0.01)
    raise SystemExit("the sampled CSMS does not tell where its time went")
