# SPDX-License-Identifier: Apache-2.0
"""What systemd hears, over a socket of the kind it listens on."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from open63110.apps.systemd import notify, watchdog, watched

Hearing = socket.socket
SIGN = b"WATCHDOG=1"


@pytest.fixture(autouse=True)
def nobody_set_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hearing]:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield listening


def heard(systemd: Hearing) -> list[bytes]:
    """What was said and not yet read."""
    systemd.setblocking(False)
    said = []
    try:
        while True:
            said.append(systemd.recv(100))
    except BlockingIOError:
        return said


def test_it_hears_how_far_we_are(systemd: Hearing) -> None:
    notify("READY=1")
    assert systemd.recv(100) == b"READY=1"


def test_it_hears_at_an_address_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"open63110-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify("STOPPING=1")
        assert listening.recv(100) == b"STOPPING=1"


def test_that_it_does_not_hear_is_logged_and_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    with capture_logs() as logs:
        notify("READY=1")
    assert [(entry["log_level"], entry["state"]) for entry in logs] == [("warning", "READY=1")]


def test_without_it_nothing_is_said() -> None:
    with capture_logs() as logs:
        notify("READY=1")
    assert logs == []


@pytest.mark.parametrize(
    ("microseconds", "pid", "limit"),
    [
        ("30000000", None, 30.0),
        ("30000000", str(os.getpid()), 30.0),
        ("30000000", "1", None),
        ("0", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
    ids=["any process", "this process", "another process", "no limit", "no number", "nothing asked"],
)
def test_the_limit_is_what_it_asks_of_this_process(
    microseconds: str | None, pid: str | None, limit: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", pid)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert watchdog() == limit


async def test_signs_of_life_come_while_the_loop_turns_and_end_with_the_block(
    systemd: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    async with watched():
        await asyncio.sleep(0.3)
        assert set(turning := heard(systemd)) == {SIGN}
        assert 5 <= len(turning) <= 31
    heard(systemd)
    await asyncio.sleep(0.1)
    assert heard(systemd) == []


async def test_a_loop_that_hangs_gives_no_sign(systemd: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    async with watched():
        await asyncio.sleep(0.05)
        assert heard(systemd)
        time.sleep(0.2)  # noqa: ASYNC251 - the loop shall hang
        assert heard(systemd) == []


async def test_nobody_waits_for_signs_unless_it_says_so(systemd: Hearing) -> None:
    async with watched():
        await asyncio.sleep(0.05)
    assert heard(systemd) == []
