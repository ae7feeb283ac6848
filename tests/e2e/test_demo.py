# SPDX-License-Identifier: Apache-2.0
"""The demo, whole: CSMS, stations of three versions, mishaps, records, and the verdict of another process."""

import json
from pathlib import Path

import pytest

from open63110.apps.demo import Demo, demo, judged


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
    ):
        assert words in told
    records = json.loads((folder / "sdrs.json").read_bytes())
    frames = [json.loads(line) for line in (folder / "frames.jsonl").read_text(encoding="utf-8").splitlines()]
    meters = json.loads((folder / "meters.json").read_bytes())
    assert len(records) >= 12
    assert {frame["version"] for frame in frames} == {"ocpp1.6", "ocpp2.0.1", "ocpp2.1"}
    assert {record["station"].split("-")[1] for record in records} == {"16", "201", "21"}
    counted = sum(meter["end"] - meter["begin"] for meter in meters.values())
    assert sum(record["energy"] for record in records) == pytest.approx(counted, abs=1e-6)
    assert any(record["signed"] for record in records)
    assert any("offline" in record["flags"] for record in records)
    records[0]["energy"] += 0.1
    (folder / "sdrs.json").write_text(json.dumps(records), encoding="utf-8")
    verdict, right = await judged(folder / "frames.jsonl", folder / "sdrs.json", folder / "meters.json")
    assert not right
    assert records[0]["id"] in verdict
