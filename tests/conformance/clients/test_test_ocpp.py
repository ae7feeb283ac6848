# SPDX-License-Identifier: Apache-2.0
"""The connection tester `test-ocpp`, as a program, against the real CSMS: it speaks 1.6 and 2.0.1."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.process import CsmsProcess

TESTER = Path(sys.executable).with_name("test-ocpp")


def run(url: str, version: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run it once."""
    command = [str(TESTER), url, "TO-1", "--ocpp", version, "--timeout", "10", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("more", [(), ("--trailing-slash",)], ids=["plain", "trailing slash"])
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_the_tester_is_let_in_booted_and_told_the_time(version: str, more: tuple[str, ...], tmp_path: Path) -> None:
    with CsmsProcess(tmp_path) as csms:
        url = csms.url("").rstrip("/")
        done = run(url, version, *more)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"Negotiated subprotocol: ocpp{version}" in done.stdout
        assert "BootNotification status: Accepted" in done.stdout
        assert "SUCCESS" in done.stdout
        assert "WARNING" not in done.stdout + done.stderr


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_the_tester_is_refused_with_a_wrong_password_and_let_in_with_the_right_one(version: str, tmp_path: Path) -> None:
    guarded = {"host": "127.0.0.1", "port": 0, "plain": True, "password": True}
    with CsmsProcess(tmp_path, listeners={"open": guarded}, policy={"unknown_stations": "quarantine"}).init() as csms:
        assert csms.rest("POST", "/api/v1/stations/TO-1/register", {})[0] == 200
        new = {"id": "TO-1", "role": "station", "secret": "a-long-random-word-0123"}
        assert csms.rest("POST", "/api/v1/principals", new)[0] in {200, 201}
        url = csms.url("").rstrip("/")
        wrong = run(url, version, "--password", "a-wrong-random-word-0123")
        assert wrong.returncode == 1
        assert "401" in wrong.stdout + wrong.stderr
        right = run(url, version, "--password", "a-long-random-word-0123")
        assert right.returncode == 0, right.stdout + right.stderr
        assert "BootNotification status: Accepted" in right.stdout
