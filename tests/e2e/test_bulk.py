# SPDX-License-Identifier: Apache-2.0
"""Files over links between real programs: whole after cuts and kills, resumed where they were, never in the way (B.6, B.26)."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.bulk_house import MEGA, Files, Program, content, digest, files, left_over, received, until
from tests.e2e.test_fault_full_start import Disk

NAME = "firmware-2.bin"


async def on_board(here: Files, **bulk: Any) -> Program:
    """Bring a station on board."""
    station = here.station(**bulk)
    station.start()
    await until(here.connected, "CS-9 is on board")
    return station


@pytest.mark.at("AT-B.26-1", "link")
async def test_sixteen_megabytes_go_to_a_station_from_the_command_line_and_cost_hardly_more_than_themselves(
    tmp_path: Path,
) -> None:
    data = content(16 * MEGA)
    (tmp_path / NAME).write_bytes(data)
    async with files(tmp_path) as here:
        station = await on_board(here)
        assert await here.cli("file", "put", str(tmp_path / NAME)) == (0, {"name": NAME, "size": len(data)})
        before = len(here.tap.passed)
        begun = here.begin(file=NAME)
        done = await here.over(begun["id"])
        assert (done["state"], done["sent"], done["total"]) == ("done", len(data), len(data))
        assert received(station, NAME).read_bytes() == data
        assert len(here.tap.passed) - before <= 1.02 * len(data), "with TLS, frames and what the station answers"
        code, listed = await here.cli("stream", "list", "--station", "CS-9")
        assert (code, [one["id"] for one in listed]) == (0, [begun["id"]])
        assert (await here.cli("stream", "show", begun["id"]))[1]["sha256"] == digest(tmp_path / NAME)
        await here.audited(("SendFile", "accepted"))
        assert left_over(station) == []


@pytest.mark.at("AT-B.26-1", "link")
async def test_a_stream_goes_on_where_it_was_after_cuts_and_after_both_ends_were_killed(tmp_path: Path) -> None:
    data = content(4 * MEGA)
    async with files(tmp_path, rate=8_000_000) as here:
        station = await on_board(here)
        here.put(NAME, data)
        id = here.begin(file=NAME)["id"]
        await here.moved(id, MEGA // 2)
        here.tap.cut()
        await here.moved(id, MEGA)
        station.end(signal.SIGKILL)
        part = next((station.folder / "data/bulk/spool").glob("*.part"))
        assert part.stat().st_size >= MEGA // 2
        station.start()
        await here.moved(id, 2 * MEGA)
        here.csms.kill()
        kept = part.stat().st_size
        here.csms.start()
        here.tap.lead_to(here.csms.ports["link"])
        await until(lambda: here.stream(id)["sent"] >= kept, "it goes on from what the station has")
        done = await here.over(id)
        assert done["state"] == "done", done
        assert received(station, NAME).read_bytes() == data
        await here.audited(("SendFile", "accepted"))


async def test_a_log_is_fetched_as_it_is_though_it_grows_and_though_both_ends_are_killed(tmp_path: Path) -> None:
    log = tmp_path / "station.log"
    data = content(3 * MEGA)
    log.write_bytes(data)
    async with files(tmp_path, rate=8_000_000) as here:
        station = await on_board(here, logs=[str(log)])
        id = here.begin(fetch="station.log")["id"]
        await here.moved(id, MEGA // 2)
        with log.open("ab") as more:
            more.write(b"and more\n" * 1000)
        station.end()
        station.start()
        await here.moved(id, MEGA)
        here.csms.kill()
        here.csms.start()
        here.tap.lead_to(here.csms.ports["link"])
        done = await here.over(id)
        assert (done["state"], done["received"]) == ("done", len(data)), done
        assert here.brought(id) == data
        code, _ = await here.cli("stream", "fetch", "CS-9", "station.log", "--wait", "30")
        assert code == 0
        newest = (await here.cli("stream", "list"))[1][0]
        assert here.brought(newest["id"]) == log.read_bytes()
        await here.audited(*[("FetchFile", "accepted")] * 2)
        assert left_over(station) == []


async def test_what_a_station_does_not_take_fails_with_its_reason_and_one_entry_in_the_audit(tmp_path: Path) -> None:
    async with files(tmp_path) as here:
        station = await on_board(here, largest=300_000, most=400_000)
        here.put("large", content(300_001))
        here.put("fits", content(200_000))
        here.put("more", content(250_000))
        large = await here.over(here.begin(file="large")["id"])
        assert (large["state"], large["reason"]) == ("failed", "TOO_LARGE")
        assert (await here.over(here.begin(file="fits")["id"]))["state"] == "done"
        more = await here.over(here.begin(file="more")["id"])
        assert (more["state"], more["reason"]) == ("failed", "OVERLOADED")
        assert "400000" in more["words"]
        unknown = await here.over(here.begin(fetch="no.log")["id"])
        assert (unknown["reason"], unknown["words"]) == ("REFUSED", "nothing here is called no.log")
        await here.audited(
            ("SendFile", "rejected"), ("SendFile", "accepted"), ("SendFile", "rejected"), ("FetchFile", "rejected")
        )
        assert received(station, "fits").read_bytes() == content(200_000)
        assert not received(station, "large").exists()
        assert left_over(station) == []


async def test_a_file_that_changes_on_its_way_is_not_taken_and_the_one_before_it_stays(tmp_path: Path) -> None:
    async with files(tmp_path, rate=2_000_000) as here:
        station = await on_board(here)
        here.put(NAME, b"the one before")
        assert (await here.over(here.begin(file=NAME)["id"]))["state"] == "done"
        here.put(NAME, content(MEGA))
        id = here.begin(file=NAME)["id"]
        await here.moved(id, 200_000)
        here.put(NAME, content(MEGA, seed=2))
        done = await here.over(id)
        assert (done["state"], done["reason"]) == ("failed", "BAD_SIGNATURE")
        assert received(station, NAME).read_bytes() == b"the one before"
        await here.audited(("SendFile", "accepted"), ("SendFile", "rejected"))
        assert left_over(station) == []
        assert (await here.over(here.begin(file=NAME)["id"]))["state"] == "done"
        assert received(station, NAME).read_bytes() == content(MEGA, seed=2)


async def test_a_stream_waits_for_a_station_that_is_away_and_can_be_taken_back_on_the_way(tmp_path: Path) -> None:
    async with files(tmp_path, rate=2_000_000) as here:
        station = await on_board(here)
        station.end(signal.SIGTERM)
        await until(lambda: not here.connected(), "the station is away")
        here.put(NAME, content(2 * MEGA))
        id = here.begin(file=NAME)["id"]
        assert here.stream(id)["state"] == "waiting"
        station.start()
        await here.moved(id, 100_000)
        code, over = await here.cli("stream", "cancel", id)
        assert (code, over["state"], over["reason"]) == (0, "failed", "CANCELLED")
        await until(lambda: left_over(station) == [], "the station lets go of what it had")
        assert not received(station, NAME).exists()


async def test_a_station_whose_disk_is_full_takes_no_file_and_goes_on_working(tmp_path: Path) -> None:
    with Disk(tmp_path / "CS-9"):
        async with files(tmp_path) as here:
            station = await on_board(here)
            here.put("small", content(1_000))
            over = await here.over(here.begin(file="small")["id"])
            assert (over["state"], over["reason"], over["words"]) == ("failed", "OVERLOADED", "the disk is full")
            await here.audited(("SendFile", "rejected"))
            assert list(received(station, "small").parent.iterdir()) == []
            limit = {"evse": 1, "limit": 4000.0}
            status, said = await asyncio.to_thread(here.csms.rest, "POST", "/api/v1/stations/CS-9/limit", limit)
            assert status == 200, said
            await until(here.connected, "it is still there")
            station.end()
