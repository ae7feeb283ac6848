# SPDX-License-Identifier: Apache-2.0
"""Narrow and long ways between two processes: network namespaces as root, a proxy otherwise."""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from bench.server import ROOT

NEAR, FAR = "10.63.110.1", "10.63.110.2"
"""Of the two ends, in namespaces of their own."""

BURST = 3_000
"""What may go out at once [bytes]: two packets."""

_numbers = itertools.count()


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a way does to what it carries, in both directions alike."""

    rate: int | None = None
    """[bit/s]; None: as fast as the machine."""
    delay: float = 0.0
    """One way [s]."""
    jitter: float = 0.0
    """More or less [s]."""
    loss: float = 0.0
    """Part of 1; a proxy of TCP cannot lose, so it does not."""
    queue: int = 128 * 1024
    """Of the router before the narrow place [bytes]."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way that is open."""

    how: str
    """What shapes it, for the table."""
    serve: str
    """Address to listen at."""
    ports: tuple[int, ...]
    """To listen at."""
    reach: tuple[str, tuple[int, ...]]
    """Address and ports at which the other end finds them."""
    near: tuple[str, ...] = ()
    """Words before the command of the end that listens."""
    far: tuple[str, ...] = ()
    """And of the other one."""

    def start(self, command: Sequence[str], *, far: bool, stdin: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Run a module of this tree at an end; its standard output is for reading."""
        words = [*(self.far if far else self.near), sys.executable, "-m", *command]
        return subprocess.Popen(words, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE)


def namespaces_work() -> bool:
    """Tell whether this process may make network namespaces and shape what passes between them."""
    return os.geteuid() == 0 and bool(shutil.which("ip")) and bool(shutil.which("tc")) and Path("/dev/net/tun").exists()


@contextlib.contextmanager
def way(shape: Shape, ports: Sequence[int]) -> Iterator[Way]:
    """Open a way that is shaped by the kernel where that is allowed, else by a proxy in between."""
    with _namespaces(shape, ports) if namespaces_work() else _proxied(shape, ports) as found:
        yield found


@contextlib.contextmanager
def _namespaces(shape: Shape, ports: Sequence[int]) -> Iterator[Way]:
    stem = f"o63{os.getpid() % 100_000}{chr(97 + next(_numbers) % 26)}"
    ends = [(f"{stem}1", NEAR, FAR), (f"{stem}2", FAR, NEAR)]
    with contextlib.ExitStack() as stack:
        for space, _, _ in ends:
            _ip("netns", "add", space)
            stack.callback(_ip, "netns", "del", space)
        delayed = bool(shape.delay or shape.loss)
        if delayed:
            stack.enter_context(_forwarder(shape, [space for space, _, _ in ends]))
        else:
            _ip("link", "add", ends[0][0], "type", "veth", "peer", "name", ends[1][0])
        for space, own, other in ends:
            _ip("link", "set", space, "netns", space)
            _ip("-n", space, "addr", "add", own, "peer", other, "dev", space)
            for device in ("lo", space):
                _ip("-n", space, "link", "set", device, "up")
            if shape.rate:
                limits = ("rate", f"{shape.rate}bit", "burst", str(BURST), "limit", str(shape.queue))
                _run("ip", "netns", "exec", space, "tc", "qdisc", "add", "dev", space, "root", "tbf", *limits)
        shapers = (["tc tbf"] if shape.rate else []) + (["TUN forwarder"] if delayed else [])
        yield Way(
            how=" + ".join(shapers) + " between namespaces",
            serve=NEAR,
            ports=tuple(ports),
            reach=(NEAR, tuple(ports)),
            near=("ip", "netns", "exec", ends[0][0]),
            far=("ip", "netns", "exec", ends[1][0]),
        )


@contextlib.contextmanager
def _forwarder(shape: Shape, names: list[str]) -> Iterator[None]:
    options = ["--delay", str(shape.delay), "--jitter", str(shape.jitter), "--loss", str(shape.loss)]
    with _program("bench.link.forwarder", [*names, *options]):
        yield


@contextlib.contextmanager
def _proxied(shape: Shape, ports: Sequence[int]) -> Iterator[Way]:
    options = ["--delay", str(shape.delay), "--jitter", str(shape.jitter), "--queue", str(shape.queue)]
    options += ["--rate", str(shape.rate)] if shape.rate else []
    with _program("bench.link.proxy", [*map(str, ports), *options]) as said:
        here = tuple(map(int, said.split()))
        yield Way(how="proxy of TCP in user space", serve="127.0.0.1", ports=tuple(ports), reach=("127.0.0.1", here))


@contextlib.contextmanager
def _program(module: str, arguments: Sequence[str]) -> Iterator[str]:
    """Run a helper until the block is left; gives the line it says when it is ready."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{module} did not start")
        yield line.decode()
    finally:
        process.kill()
        process.communicate()


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
