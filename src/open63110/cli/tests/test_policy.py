# SPDX-License-Identifier: Apache-2.0
"""`open63110 policy`: the matrix of who may ask and say what (B.22)."""

import json

import pytest

from open63110.cli.policy import doors, link, policy


def test_doors_and_links_are_listed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    policy(json=True)
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads(json.dumps({"doors": doors(), "link": link()}))
    assert {"role": "admin", "action": "RebootStation", "path": "stations/{station}/reboot"} in said["doors"]
    assert not [one for one in said["doors"] if one["role"] == "viewer"]
    booted = [one for one in said["link"] if one["message"] == "StationBooted" and one["sender"] == "station"]
    assert [(one["receiver"], one["classes"]) for one in booted] == [("csms", [1, 2, 3]), ("local-csms", [1, 2, 3])]


def test_people_get_two_tables(capsys: pytest.CaptureFixture[str]) -> None:
    policy()
    said = capsys.readouterr()
    assert "RebootStation" in said.out
    assert "StationBooted" in said.out
