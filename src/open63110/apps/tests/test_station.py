# SPDX-License-Identifier: Apache-2.0
"""How a station begins and ends: whatever ends it, what it kept is durable and nobody waits for ever."""

import asyncio
from pathlib import Path

import pytest

from open63110.apps.station import Station
from open63110.apps.station_config import Bay, StationConfig, Upwards
from open63110.apps.station_folder import TOLD as MARK
from open63110.kernel.errors import Malformed, Unavailable
from open63110.model.station import Station as Noun

NOWHERE = Upwards(url="ws://127.0.0.1:9/ocpp")


def config(tmp_path: Path, **more: object) -> StationConfig:
    return StationConfig(data=str(tmp_path / "data"), csms=more.pop("csms", NOWHERE), **more)  # type: ignore[arg-type]  # settings


async def test_a_station_that_comes_up_alone_keeps_what_it_saw_and_ends_when_told(tmp_path: Path) -> None:
    async with asyncio.timeout(20.0):
        async with Station(
            config(tmp_path, evses={"1": Bay(), "2": Bay(phases=1)}, frames_days=1, clock="csms")
        ).running() as one:
            assert one.hardware.set_clock(0.0)
    again = Station(config(tmp_path))
    noun = again.engine.stations[again.id]
    assert isinstance(noun, Noun)
    assert (noun.boot_reason, set(noun.evses)) == ("PowerUp", {1, 2})
    assert again.told.mark.told > 0
    async with asyncio.timeout(20.0):
        async with again.running():
            assert again.engine.stations[again.id].boot_reason == "ApplicationReset"


async def test_a_part_that_fails_ends_the_station_and_leaves_nobody_waiting(tmp_path: Path) -> None:
    one = Station(config(tmp_path))

    def trips() -> None:
        raise ZeroDivisionError

    async def live() -> None:
        async with asyncio.timeout(20.0), one.running():
            one.hardware.tick = trips  # type: ignore[method-assign]  # a mistake of ours
            await asyncio.sleep(10.0)

    with pytest.raises(BaseExceptionGroup) as caught:
        await live()
    assert caught.group_contains(ZeroDivisionError)
    assert (tmp_path / "data" / MARK).exists()


async def test_two_stations_cannot_share_a_journal(tmp_path: Path) -> None:
    one = Station(config(tmp_path))
    with pytest.raises(Unavailable, match="in use"):
        Station(config(tmp_path))
    one.store.close()


async def test_a_certificate_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(Malformed, match="certificate"):
        Station(config(tmp_path, csms=Upwards(url="wss://127.0.0.1:9/ocpp", authorities=str(tmp_path / "ca.pem"))))
