# SPDX-License-Identifier: Apache-2.0
"""The demo, whole: two levels, stations by OCPP and by link, mishaps, records, and the verdict of another process."""

import json
from pathlib import Path
from typing import Any

import pytest

from open63110.apps.demo import Demo, demo, judged
from open63110.apps.mall import by_link, differences
from open63110.kernel.ids import StationId


@pytest.mark.timeout(180)
async def test_every_record_of_the_demo_is_right_and_a_wrong_one_would_be_caught(tmp_path: Path) -> None:
    folder, said = tmp_path, list[str]()
    code = await demo(Demo(headless=True, seconds=30.0, clock_factor=60.0, web_port=0, folder=folder), say=said.append)
    told = "\n".join(said)
    assert code == 0, told
    assert "0 differences" in told
    for words in (
        "is accepted",
        "told afterwards",
        "a card is refused: Unknown",
        "is told to reboot",
        "overheats",
        "ends: PowerLoss",
        "mall-lc answers for /mall",
        "via mall-lc",
    ):
        assert words in told
    records = json.loads((folder / "sdrs.json").read_bytes())
    frames = [json.loads(line) for line in (folder / "frames.jsonl").read_text(encoding="utf-8").splitlines()]
    meters = json.loads((folder / "meters.json").read_bytes())
    assert len(records) >= 12
    assert {frame["version"] for frame in frames} == {"ocpp1.6", "ocpp2.0.1", "ocpp2.1"}
    assert {record["station"].split("-")[1] for record in records} == {"16", "201", "21", "AC", "DC"}
    assert {record["station"] for record in records} >= {"MALL-AC-1", "MALL-DC-1", "MALL-AC-2", "MALL-DC-2"}
    assert {frame["station"] for frame in frames} >= {"MALL-AC-2", "MALL-DC-2"}
    counted = sum(meter["end"] - meter["begin"] for meter in meters.values())
    assert sum(record["energy"] for record in records) == pytest.approx(counted, abs=1e-6)
    assert any(record["signed"] for record in records)
    assert any("offline" in record["flags"] for record in records)
    plain = [record for record in records if not by_link(record["station"])]
    plain[0]["energy"] += 0.1
    (folder / "ocpp-sdrs.json").write_text(json.dumps(plain), encoding="utf-8")
    verdict, right = await judged(folder / "frames.jsonl", folder / "ocpp-sdrs.json", folder / "ocpp-meters.json")
    assert not right
    assert plain[0]["id"] in verdict


RECORD = {"id": "R1", "station": "MALL-DC-1", "evse": 1, "energy": 281.0, "transfers": ["7"], "corrects": ""}
METERS = {"MALL-DC-1/1": {"begin": 15_308.0, "end": 15_589.0}}
ONE = {StationId("MALL-DC-1"): 1}


def test_a_record_by_link_that_says_what_the_meter_says_is_right() -> None:
    assert not list(differences([RECORD], METERS, ONE))
    corrected = [RECORD | {"id": "R0", "energy": 1.0}, RECORD | {"corrects": "R0"}]
    assert not list(differences(corrected, METERS, ONE))


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([RECORD | {"energy": 281.001}], "meter MALL-DC-1/1 counted"),
        ([], "1 sessions, 0 records"),
        ([RECORD, RECORD | {"id": "R2", "energy": 0.0}], "stands in 2 records"),
        ([RECORD | {"transfers": ["7", "8"]}], "it holds 2 transactions"),
        ([RECORD | {"evse": 2}], "meter MALL-DC-1/2 counted"),
        ([RECORD, RECORD | {"id": "R2", "station": "MALL-AC-1"}], "MALL-AC-1: 0 sessions, 1 records"),
    ],
)
def test_a_record_by_link_that_is_missing_doubled_or_wrong_is_told(records: list[dict[str, Any]], said: str) -> None:
    assert any(said in one for one in differences(records, METERS, ONE))
