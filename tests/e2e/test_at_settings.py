# SPDX-License-Identifier: Apache-2.0
"""Stations are set: many at once, again when they drift, in parts, without a trace of secrets (8.3.4); they are scripted."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.house import House
from tests.e2e.link_player import BEHIND, EVERY, home
from tests.e2e.scripted_device import BEAT, Device, asked, known, scripted, tell, willing

from open63110.bindings.ocpp.v16.keys import address_of
from open63110.model.device import Attribute, DeviceVariable, Mutability, variable_address
from open63110.model.settings import RolloutResult, SettingsDrifted, SettingState, StationSettings
from open63110.ports import Where

PING = "OCPPCommCtrlr/WebSocketPingInterval"


@contextlib.asynccontextmanager
async def fleet(here: House, wire: str, count: int) -> AsyncIterator[list[Any]]:
    """So many stations on board."""
    async with contextlib.AsyncExitStack() as stack:
        found = []
        for number in range(1, count + 1):
            await here.register(f"CS-{number}")
            cs = await stack.enter_async_context(scripted(here, f"CS-{number}", wire))
            assert await cs.boot() == "Accepted"
            found.append(cs)
        yield found


@pytest.mark.at("AT-8.3.4-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_of_twenty_stations_two_refuse_and_the_report_says_which(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=20.0) as here, fleet(here, wire, 20) as stations:
        devices = [
            Device(cs, {BEAT: "300"}, refuses=(BEAT,) if number in {3, 11} else ()) for number, cs in enumerate(stations, 1)
        ]
        await stations[19].cut()  # one of them is away: it is told when it comes
        await here.until(lambda: here.station("CS-20").connected is None)
        said: dict[str, Any] = {"settings": [{"variable": BEAT, "value": "60"}], "model": "" if wire == "link" else "Two"}
        said |= {"stations": [f"CS-{number}" for number in range(1, 21)]} if wire == "link" else {}
        order = await here.ask("rollouts/apply", said)
        (reply,) = order["replies"]
        assert reply["stations"] == 20
        rollout = reply["rollout"]

        def outcomes() -> dict[str, str]:
            return {one.station: one.outcome.value for one in here.rows(RolloutResult, Where("rollout", "=", rollout))}

        await here.until(lambda: list(outcomes().values()).count("waiting") == 1)
        assert [name for name, outcome in outcomes().items() if outcome == "refused"] == ["CS-11", "CS-3"]
        assert outcomes()["CS-20"] == "waiting"

        await stations[19].connect()
        await here.until(lambda: outcomes()["CS-20"] == "set")
        report = (await here.ask("rollout-results", None, rollout=rollout))["items"]
        told = [one["outcome"] for one in report]
        assert (told.count("set"), told.count("refused")) == (18, 2)
        assert [one.values[BEAT] for one in devices] == ["300" if number in {3, 11} else "60" for number in range(1, 21)]


@pytest.mark.parametrize("wire", EVERY)
async def test_drift_is_found_when_a_station_comes_back_and_is_mended(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=20.0) as here, fleet(here, wire, 1) as (cs,):
        device = Device(cs, {BEAT: "300", "TxCtrlr/EVConnectionTimeOut": "120"})
        template = {"id": "all", "settings": [{"variable": "TxCtrlr/EVConnectionTimeOut", "value": "90"}]}
        assert (await here.ask("templates/put", template))["outcome"] == "accepted"
        held = {"settings": [{"variable": BEAT, "value": "60"}], "hold": True}
        assert (await here.ask("stations/CS-1/set-variables", held))["outcome"] == "accepted"

        def states() -> set[SettingState]:
            return {each.state for one in here.rows(StationSettings) for each in one.settings}

        await here.until(lambda: device.values == {BEAT: "60", "TxCtrlr/EVConnectionTimeOut": "90"})
        await here.until(lambda: states() == {SettingState.CONFIRMED})

        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        device.values[BEAT] = "7"  # somebody at the station
        await cs.connect()
        await here.until(lambda: device.values[BEAT] == "60")
        await here.until(lambda: states() == {SettingState.CONFIRMED})
        (drift,) = await here.facts(SettingsDrifted, "CS-1")
        assert drift.drifts == ((BEAT, "60", "7"),)
        shown = await here.ask("settings/CS-1")
        assert len(shown["settings"]) == 2


@pytest.mark.at("AT-8.3.4-2", "v16")
@pytest.mark.parametrize("tells_early", [False, True])
async def test_a_key_of_16_that_needs_a_reboot_counts_after_it_and_is_shown_to_wait_before(
    tells_early: bool, tmp_path: Path
) -> None:
    async with home(tmp_path, "v16", factor=20.0) as here, fleet(here, "v16", 1) as (cs,):
        device = Device(cs, {PING: "0"})
        waiting: dict[str, str] = {}

        def take(said: Any) -> Any:
            (device.values if tells_early else waiting)[str(address_of(said["key"]))] = said["value"]
            return {"status": "RebootRequired"}

        cs.answers["ChangeConfiguration"] = take
        cs.obey("Reset")
        told = await here.ask("stations/CS-1/set-variables", {"settings": [{"variable": PING, "value": "30"}]})
        assert (told["outcome"], told["reason"]) == ("accepted", "RebootRequired")

        async def read() -> str:
            told = await here.ask("stations/CS-1/read-variables", {"variables": [{"variable": PING}]})
            return str(msgspec.json.decode(told["answer"])["configurationKey"][0]["value"])

        def looked() -> Any:
            return [one.looked for one in here.rows(StationSettings)]

        async def waits() -> bool:
            return "after-reboot" in str(await here.ask("settings/CS-1"))

        assert await read() == ("30" if tells_early else "0")
        before = looked()
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        await cs.connect()  # no boot: nothing counts yet
        await here.until(lambda: looked() != before)
        assert await read() == ("30" if tells_early else "0")
        assert await waits()

        assert (await here.ask("stations/CS-1/reboot", {"mode": "immediate"}))["outcome"] == "accepted"
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        device.values |= waiting
        await cs.connect()
        assert await cs.boot() == "Accepted"
        await here.until(lambda: not [each for one in here.rows(StationSettings) for each in one.settings])
        assert await read() == "30"
        assert not await waits()


@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_lists_are_parted_as_the_station_takes_them(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=60.0) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        willing(cs)
        await here.on_board(cs)
        limit = DeviceVariable(
            address=variable_address("DeviceDataCtrlr/ItemsPerMessage#SetVariables"),
            attributes=(Attribute(value="4", mutability=Mutability.READ_ONLY),),
        )
        await tell(cs, here, await asked(cs), 0, [limit], more=False)
        await here.until(lambda: known(here))
        names = [f"Part/V{number}" for number in range(10)]
        device = Device(cs, {}, refuses=("Part/V7",))
        said = {"settings": [{"variable": one, "value": "1"} for one in names]}
        order = (await here.ask("stations/CS-1/set-variables", said, status=409))["order"]
        assert device.calls == [4, 4, 2]
        assert (order["outcome"], order["reason"]) == ("rejected", "PartlyRefused")
        assert order["detail"].startswith("9 of 10 were taken")
        assert sorted(device.values) == [one for one in names if one != "Part/V7"]


@pytest.mark.parametrize("wire", [*EVERY, BEHIND])
async def test_secrets_go_over_the_wire_and_nowhere_else(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        device = Device(cs, {})
        secret = "correct horse cell"
        written = secret.encode().hex().upper() if wire == "v16" else secret
        said = {"settings": [{"variable": "SecurityCtrlr/BasicAuthPassword", "value": secret}]}
        assert (await here.ask("stations/CS-1/set-variables", said))["outcome"] == "accepted"
        assert device.values["SecurityCtrlr/BasicAuthPassword"] == written
        wish = {"variables": [{"variable": "SecurityCtrlr/BasicAuthPassword"}]}
        shown = await here.ask("stations/CS-1/read-variables", wish)  # it tells although it must not
        assert secret not in shown["answer"]
        assert (await here.ask("stations/CS-1/set-variables", said | {"hold": True}, status=409))["code"] == "SecretNotKept"
        for door, more in (("rollouts/apply", {"stations": ["CS-1"]}), ("templates/put", {"id": "all"})):
            assert (await here.ask(door, said | more, status=409))["code"] == "SecretNotKept"
        linked = here.below[0] if here.below else "CS-1"
        frames = str(await here.ask(f"stations/{linked}/frames"))
        assert len(frames) > 100
        told = str(await here.ask("orders")) + str(await here.ask("facts")) + frames
        for word in (secret, written):
            assert word not in told
            for file in (tmp_path / "data").rglob("*"):
                assert not file.is_file() or word.encode() not in file.read_bytes(), file


BROKEN: dict[str, Any] = {
    "rejected": (lambda one: {"setVariableResult": [one | {"attributeStatus": "Rejected"}]}, 409, "rejected"),
    "breaks the schema": (lambda _: {"setVariableResult": "all of them"}, 502, "failed"),
    "leaves it out": (
        lambda one: {"setVariableResult": [one | {"variable": {"name": "Other"}, "attributeStatus": "Accepted"}]},
        409,
        "rejected",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_an_answer_that_is_no_yes_is_no_yes(wire: str, how: str, tmp_path: Path) -> None:
    answer, status, outcome = BROKEN[how]
    async with home(tmp_path, wire) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        name = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
        cs.answers["SetVariables"] = lambda _: answer(name)
        said = {"settings": [{"variable": BEAT, "value": "60"}]}
        order = (await here.ask("stations/CS-1/set-variables", said, status=status))["order"]
        assert order["outcome"] == outcome


@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_that_is_away_is_not_told_after_the_deadline(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=20.0) as here, fleet(here, wire, 1) as (cs,):
        device = Device(cs, {BEAT: "300"})
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        said = {"settings": [{"variable": BEAT, "value": "60"}]}
        order = (await here.ask("stations/CS-1/set-variables", said, status=504, deadline=5))["order"]
        assert order["outcome"] == "expired"
        kept = await here.ask("stations/CS-1/set-variables", said | {"hold": True})
        assert (kept["outcome"], kept["reason"]) == ("accepted", "Kept")
        await cs.connect()
        await here.until(lambda: device.values[BEAT] == "60")
