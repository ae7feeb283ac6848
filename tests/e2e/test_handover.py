# SPDX-License-Identifier: Apache-2.0
"""What is wanted of a station goes over to its next operator in a file, and the station after it (8.3.14)."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.test_at_migration import WIRES, address, moved, two

from open63110.cli import main
from open63110.cli.handover import hand_over, take_over
from open63110.cli.say import DONE, NOT_DONE, NotUnderstood
from open63110.kernel.errors import Malformed, Trouble
from open63110.model.display import Standing, StationMessage
from open63110.model.network import MoveState
from open63110.model.own_device import HEARTBEAT
from open63110.model.settings import SettingState, StationSettings
from open63110.model.station import Registration


async def access(here: House) -> dict[str, Any]:
    """The URL and key of an operator."""
    made = await here.ask("principals", {"id": "olga", "role": "operator"}, status=201)
    return {"url": f"http://127.0.0.1:{here.csms.web_port}", "key": made["key"]}


@pytest.mark.at("AT-8.3.14-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_what_is_wanted_of_a_station_is_wanted_at_its_next_csms_and_so_there(wire: str, tmp_path: Path) -> None:
    async with two(tmp_path, wire) as (at, there):
        here, file = at.here, tmp_path / "stations.json"
        texts = [{"language": "de", "text": "Gute Fahrt"}, {"language": "en", "text": "Bon voyage"}]
        await here.ask("stations/CS-1/messages/set", {"contents": texts, "state": "charging", "number": 7})
        await here.ask("stations/CS-1/set-variables", {"settings": [{"variable": HEARTBEAT, "value": "77"}], "hold": True})
        await here.ask("stations/CS-1/change-availability", {"operative": False, "evse": 2})
        await here.until(lambda: [one.standing for one in here.rows(StationMessage)] == [Standing.SET])
        ours, theirs = await access(here), await access(there)
        assert await asyncio.to_thread(hand_over, file, "CS-1", **ours) == DONE
        (kept,) = json.loads(file.read_text("utf-8"))["stations"]
        assert (kept["serial"], kept["settings"][0]["value"]) == ("SN-CS-1", "77")
        assert await asyncio.to_thread(take_over, file, **theirs) == DONE

        await here.ask("stations/CS-1/migrate", {"url": address(there, wire), "mandate": "B: contract 7"})
        await here.until(lambda: moved(here) is MoveState.LEFT)
        await there.until(lambda: there.station("CS-1").registration is Registration.ACCEPTED)
        await there.until(lambda: [one.standing for one in there.rows(StationMessage)] == [Standing.SET])
        (shown,) = there.rows(StationMessage)
        assert (shown.number, [one.text for one in shown.message.contents]) == (7, ["Gute Fahrt", "Bon voyage"])
        await there.until(lambda: [one.progress for one in there.station("CS-1").availability] == ["in-force"])
        await there.until(
            lambda: [each.state for one in there.rows(StationSettings) for each in one.settings] == [SettingState.CONFIRMED]
        )


async def test_what_hands_nothing_over_and_what_is_not_taken_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with two(tmp_path, "v21") as (at, _):
        ours, file = await access(at.here), tmp_path / "stations.json"
        with pytest.raises(NotUnderstood):
            hand_over(file, **ours)
        with pytest.raises(Trouble):
            await asyncio.to_thread(hand_over, file, "NOBODY", **ours)
        assert not file.exists()
        file.write_text('{"stations": [{"name": "CS-1"}]}')
        with pytest.raises(Malformed, match=r"stations\.json hands nothing over"):
            await asyncio.to_thread(take_over, file, **ours)
        with pytest.raises(NotUnderstood, match="--overwrite"):
            await asyncio.to_thread(hand_over, file, "CS-1", **ours)
        wish = {"station": "CS-1", "messages": [{"contents": []}], "settings": [{"variable": HEARTBEAT, "value": "60"}]}
        file.write_text(json.dumps({"stations": [{"station": "no/id"}, wish]}))
        assert await asyncio.to_thread(take_over, file, **ours) == NOT_DONE
        told = capsys.readouterr()
        assert "no/id: register:" in told.err
        assert "CS-1: messages/set: a message has 1 to 5 contents" in told.err
        assert [one.value for row in at.here.rows(StationSettings) for one in row.settings] == ["60"]


async def test_many_are_moved_and_called_back_from_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with two(tmp_path, "v21") as (at, there):
        here, ours = at.here, await access(at.here)
        where = ["--url", ours["url"], "--key", ours["key"]]

        async def typed(*words: str) -> str:
            assert await asyncio.to_thread(main, ["station", *words, *where]) == DONE
            return capsys.readouterr().out

        later = ["--switch", (here.now() + timedelta(hours=30)).isoformat()]
        said = await typed(
            "migrate-many", address(there, "v21"), "B: contract 7", "--stations", "CS-*", "--model", "Newest", *later
        )
        assert said.startswith("1 stations\n  CS-1: ")
        await here.until(lambda: moved(here) is MoveState.READY)
        assert (await typed("cancel-migrations", "--stations", "CS-2")) == "0 stations\n"
        await typed("cancel-migrations", "--vendor", "open63110")
        await here.until(lambda: moved(here) is MoveState.CANCELLED)
