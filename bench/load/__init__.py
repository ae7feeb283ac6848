# SPDX-License-Identifier: Apache-2.0
"""The load generator: a C program, built when first needed, and the handle that drives it."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

HERE = Path(__file__).parent
SOURCES = [HERE / "load.c", HERE / "station.c"]
OPENSSL_HEADERS = [Path("/usr/include/openssl/ssl.h"), Path("/usr/local/include/openssl/ssl.h")]


class Up(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the stations came up."""

    served: int
    """Stations whose boot (and transaction start, where asked for) was answered."""
    seconds: float
    retries: int
    """Connections tried again after a refusal or a cut."""
    refused: int
    """Boots answered with something else than Accepted."""
    errors: int
    calls: int
    """CALLs of the CSMS, each answered with NotSupported."""


class Run(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one run of TransactionEvents gave."""

    seconds: float
    """Of sending; what was in flight then is awaited and counted too."""
    drained: float
    """[s] until the last answer after sending ended."""
    sent: int
    results: int
    errors: int
    unanswered: int
    behind: int
    """Events that were due at the asked rate and found no idle station."""
    lost: int
    """Stations cut off since they came up."""
    calls: int
    p50_ms: float
    p99_ms: float
    max_ms: float

    @property
    def clean(self) -> bool:
        """Whether every event sent was answered well and nobody was cut off."""
        return self.sent > 0 and self.results == self.sent and not self.lost


def build(folder: Path) -> Path:
    """Compile the generator into `folder` unless it is there and newer than its sources; with TLS where OpenSSL is."""
    program = folder / "load"
    inputs = [*SOURCES, HERE / "station.h"]
    if program.exists() and program.stat().st_mtime > max(source.stat().st_mtime for source in inputs):
        return program
    gcc = shutil.which("gcc")
    if not gcc:
        raise SystemExit("the load generator needs gcc: apt install gcc libc6-dev libssl-dev")
    tls = any(header.exists() for header in OPENSSL_HEADERS)
    flags = ["-O2", "-Wall", "-Wextra", *(["-DWITH_TLS"] if tls else [])]
    libraries = ["-lssl", "-lcrypto"] if tls else []
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([gcc, *flags, *map(str, SOURCES), "-o", str(program), *libraries], check=True)
    return program


class Stations:
    """N stations in one generator process; leaving the block cuts their connections without a close frame."""

    def __init__(self, program: Path, port: int, count: int, options: Sequence[str] = ()) -> None:
        command = [str(program), "--port", str(port), "--count", str(count), *options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def up(self) -> Up:
        """Wait until all are served, or the generator's --timeout has passed."""
        return msgspec.json.decode(self._line(), type=Up)

    def run(self, seconds: float, rate: float = 0) -> Run:
        """Send events for so long and await every answer; `rate` [1/s] over all stations, 0 = as fast as answered."""
        assert self._process.stdin
        self._process.stdin.write(b"run %f %f\n" % (seconds, rate))
        self._process.stdin.flush()
        return msgspec.json.decode(self._line(), type=Run)

    def _line(self) -> bytes:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the load generator ended with status {self._process.wait()}")
        return line
