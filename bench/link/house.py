# SPDX-License-Identifier: Apache-2.0
"""`open63110 csms` with a door for the link and one for OCPP, both TLS 1.3 with certificates at both ends, and who comes."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bench.link.papers import CSMS, Papers
from bench.load import Stations
from bench.server import ROOT, Server, free_port
from bench.subject import ONBOARDING, Fleet

Wire = Literal["link", "ocpp"]


def write_config(folder: Path, papers: Papers, ports: dict[Wire, int]) -> Path:
    """Configure a CSMS whose store lies in `folder`."""
    doors = "".join(
        f"""
[listeners.{wire}]
kind = "{wire}"
host = "127.0.0.1"
port = {port}
certificate = "{papers.certificate(CSMS)}"
key = "{papers.key(CSMS)}"
client_authorities = "{papers.root}"
password = false
"""
        for wire, port in ports.items()
    )
    config = folder / "csms.toml"
    config.write_text(f'data = "{folder}/data"\n{doors}\n[web]\nport = 0\n\n[policy]\nunknown_stations = "accept"\n')
    return config


def name(prefix: str, number: int) -> str:
    """Identity of a station."""
    return f"{prefix}{number:04}"


class Replayed(Stations):
    """Stations of `bench.link.replay`; leaving the block cuts their connections without a close frame."""

    def __init__(self, wire: Wire, port: int, papers: Papers, prefix: str, count: int, *, start: bool) -> None:
        options = ["--port", str(port), "--papers", str(papers.folder), "--prefix", prefix, "--count", str(count)]
        command = [sys.executable, "-m", "bench.link.replay", wire, *options, *(["--start"] if start else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


class House:
    """A CSMS under test, running inside the block."""

    def __init__(self, folder: Path, fleets: dict[str, int]) -> None:
        """Make certificates for fleets of stations, by prefix."""
        folder.mkdir(parents=True)
        self.papers = Papers(folder / "papers")
        self.papers.make([name(prefix, number) for prefix, count in fleets.items() for number in range(count)])
        self.ports: dict[Wire, int] = {"link": free_port(), "ocpp": free_port()}
        config = write_config(folder, self.papers, self.ports)
        self.server = Server(f"open63110 csms --config {config}", list(self.ports.values()), folder / "server.log")

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.__exit__(kind, error, trace)

    @contextlib.contextmanager
    def fleet(self, wire: Wire, prefix: str, count: int, *, start: bool = True) -> Iterator[Fleet]:
        """Let stations come by a wire, and wait until they are served."""
        with Replayed(wire, self.ports[wire], self.papers, prefix, count, start=start) as stations:
            fleet = Fleet(self.server, stations)
            fleet.faults = count - fleet.up.served
            if start:
                time.sleep(ONBOARDING)
            yield fleet
