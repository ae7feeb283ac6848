# SPDX-License-Identifier: Apache-2.0
"""The program under test: its process tree, started, weighed and stopped."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
START_LIMIT = 60
"""[s] until both doors must be open."""
STOP_LIMIT = 20
"""[s] between SIGTERM and SIGKILL."""
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def family(pid: int) -> list[int]:
    """The process and its living descendants; one that ends meanwhile is left out."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children.setdefault(int(_stat(status)[1]), []).append(int(status.parent.name))
    members = [pid]
    for member in members:
        members += children.get(member, [])
    return members


def _stat(file: Path) -> list[str]:
    """The fields of proc_pid_stat(5) from the third on; the second may hold blanks."""
    return file.read_text().rpartition(")")[2].split()


def _field_kb(pid: int, file: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


class Server:
    """A running CSMS; `command` is a shell-like line without holes, `ports` must answer before the block is entered."""

    def __init__(self, command: str, ports: list[int], log: Path) -> None:
        self.log = log
        self._ports = ports
        self._command = shlex.split(command)

    def __enter__(self) -> Self:
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, cwd=ROOT, start_new_session=True
            )
        try:
            self._await_ports()
        except BaseException:  # whatever happened, the server must not stay
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def cpu_seconds(self) -> float:
        """User and system time of the tree since it started, its ended children included."""
        total = 0
        for pid in family(self._process.pid):
            total += sum(map(int, _stat(Path(f"/proc/{pid}/stat"))[11:15]))
        return total / TICKS

    def pss_kb(self) -> int:
        """Memory of the tree, shared pages divided among those who share them."""
        return sum(_field_kb(pid, "smaps_rollup", "Pss") for pid in family(self._process.pid))

    def own_kb(self) -> int:
        """Memory of the tree that is of no file: its part of files changes with who else reads in the same ones."""
        return sum(_field_kb(pid, "smaps_rollup", "Pss_Anon") for pid in family(self._process.pid))

    def peak_rss_kb(self) -> int:
        """Highest resident memory since the start, or since `forget_peak`."""
        return sum(_field_kb(pid, "status", "VmHWM") for pid in family(self._process.pid))

    def forget_peak(self) -> None:
        """Let `peak_rss_kb` begin anew."""
        for pid in family(self._process.pid):
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program itself, not to its children."""
        self._process.send_signal(number)

    def _await_ports(self) -> None:
        limit = time.monotonic() + START_LIMIT
        for port in self._ports:
            while not _open(port):
                if self._process.poll() is not None or time.monotonic() > limit:
                    raise SystemExit(f"{self._command} does not listen on {port}:\n{self.log.read_text()[-2000:]}")
                time.sleep(0.05)

    def _stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
