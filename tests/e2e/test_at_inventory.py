# SPDX-License-Identifier: Apache-2.0
"""Inventories that come in parts over links that break, and settings of many stations (8.3.3, 8.3.4); stations are scripted."""

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.house import House
from tests.e2e.link_player import EVERY, home, played

from open63110.bindings.ocpp.v16.keys import address_of
from open63110.bindings.ocpp.v201.notify_report import NOTIFY_REPORT
from open63110.kernel.ids import StationId
from open63110.model.device import (
    Attribute,
    Characteristics,
    DeviceVariable,
    Inventory,
    Mutability,
    variable_address,
)
from open63110.model.inventory import Discovery, InventoryAnswer, InventoryDifference, InventoryReported, ReportPage
from open63110.model.settings import RolloutResult, SettingsDrifted, SettingState, StationSettings
from open63110.model.variables import (
    ReadStatus,
    SettingResult,
    SettingsAnswer,
    SettingStatus,
    ValuesAnswer,
    VariableValue,
)
from open63110.ports import Where

PAGED = ("v201", "v21", "link")
"""Wires on which a report comes in parts."""

BEAT = "OCPPCommCtrlr/HeartbeatInterval"


@contextlib.asynccontextmanager
async def scripted(here: House, station: str, wire: str) -> AsyncIterator[Any]:
    """A station with a link, of which each wire has a player of its own."""
    async with played(here, station, wire) as one:
        yield one


def variables(count: int, **values: str) -> list[DeviceVariable]:
    """So many variables of a big station; `values` are of those whose names begin with Part."""
    found = []
    for number in range(count):
        name = f"Part{number:03}"
        found.append(
            DeviceVariable(
                address=variable_address(f"Module#{number % 7}@{1 + number % 4}/{name}"),
                attributes=(Attribute(value=values.get(name, str(number)), mutability=Mutability.READ_ONLY, constant=True),),
                characteristics=Characteristics(data_type="string"),
            )
        )
    return found


async def tell(cs: Any, here: House, request: int, seq: int, part: Sequence[DeviceVariable], *, more: bool) -> None:
    """Say one part of a report."""
    said = InventoryReported(
        station=StationId(cs.station), at=here.now(), request=request, seq=seq, more=more, variables=tuple(part)
    )
    if cs.wire == "link":
        await cs.say(said)
        return
    assert NOTIFY_REPORT.to_wire is not None
    door: Any = None  # it needs none
    await cs.call("NotifyReport", json.loads(msgspec.json.encode(NOTIFY_REPORT.to_wire(said, door))))


def willing(cs: Any) -> None:
    """Let a station accept questions about itself."""
    cs.answers["TakeInventory" if cs.wire == "link" else "GetBaseReport"] = lambda _: (
        (InventoryAnswer(),) if cs.wire == "link" else {"status": "Accepted"}
    )


async def asked(cs: Any) -> int:
    """Return by what number the CSMS asks next."""
    if cs.wire == "link":
        return int((await cs.asked("TakeInventory"))["request"])
    return int((await cs.asked("GetBaseReport"))["requestId"])


def known(here: House, station: str = "CS-1") -> Inventory | None:
    """What the CSMS knows of a station."""
    return here.csms.store.get(Inventory, station)


@pytest.mark.at("AT-8.3.3-1", *PAGED)
@pytest.mark.parametrize("wire", PAGED)
async def test_a_report_of_forty_parts_that_is_cut_is_completed_without_an_operator(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=60.0) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        willing(cs)
        await here.on_board(cs)
        all_of_it = variables(500)
        parts = [all_of_it[begin::40] for begin in range(40)]  # in no order at all
        request = await asked(cs)
        for seq in range(17):
            await tell(cs, here, request, seq, parts[seq], more=True)
        assert len(here.rows(ReportPage)) == 17
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        assert known(here) is None

        await cs.connect()
        again = await asked(cs)
        assert again > request
        order = [3, 0, 1, 2, 39, *range(4, 39)]  # out of order …
        for seq in (*order[:20], 7, 7, *order[20:]):  # … and two of them once more
            await tell(cs, here, again, seq, parts[seq], more=seq < 39)
        await here.until(lambda: known(here))
        found = known(here)
        assert found is not None
        assert [str(one.address) for one in found.variables] == sorted(str(one.address) for one in all_of_it)
        assert len(found.variables) == len(all_of_it)
        assert here.rows(ReportPage) == []
        shown = await here.ask("inventories/CS-1")
        assert len(shown["variables"]) == 500


@pytest.mark.at("AT-8.3.3-1", "v16")
async def test_a_station_of_16_that_goes_away_while_it_is_asked_is_asked_again(tmp_path: Path) -> None:
    async with home(tmp_path, "v16", factor=60.0) as here, scripted(here, "CS-1", "v16") as cs:
        await here.register("CS-1")
        keys: list[dict[str, Any]] = [
            {"key": f"Key{number:03}", "readonly": False, "value": str(number)} for number in range(499)
        ]
        keys.append({"key": "HeartbeatInterval", "readonly": False, "value": "300"})
        silent = True

        def answer(said: Any) -> Any:
            if silent and not said.get("key"):
                raise ConnectionError  # it takes the question with it
            return {"configurationKey": keys}

        cs.answers["GetConfiguration"] = answer
        await here.on_board(cs)
        while (await cs.asked("GetConfiguration")).get("key"):
            pass
        with contextlib.suppress(ConnectionError):
            await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        silent = False
        await cs.connect()
        await here.until(lambda: known(here))
        found = known(here)
        assert found is not None
        assert {str(one.address) for one in found.variables} == {str(address_of(one["key"])) for one in keys}
        assert BEAT in {str(one.address) for one in found.variables}


@pytest.mark.at("AT-8.3.3-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_after_a_reboot_with_another_part_the_difference_is_just_that(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=60.0, inventory="each-boot") as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        meter = "M-1"

        async def told() -> None:
            if wire == "v16":
                await here.until(lambda: known(here))
                return
            await tell(cs, here, await asked(cs), 0, variables(90, Part041=meter), more=False)

        if wire == "v16":
            cs.answers["GetConfiguration"] = lambda _: {
                "configurationKey": [{"key": "Part041", "readonly": True, "value": meter}]
                + [{"key": f"Part{number}", "readonly": True, "value": "x"} for number in range(20)]
            }
        else:
            willing(cs)
        await here.on_board(cs)
        await told()
        await here.until(lambda: known(here))
        first = known(here)
        assert first is not None

        meter = "M-2"
        await cs.cut()
        await cs.connect()
        assert await cs.boot() == "Accepted"
        await told()
        await here.until(lambda: here.rows(InventoryDifference))
        (found,) = here.rows(InventoryDifference)
        (one,) = found.differences
        assert one.variable.endswith("Part041")
        assert (one.before, one.after, one.what) == ("M-1", "M-2", "value")
        (shown,) = (await here.ask("inventory-differences", None, station="CS-1"))["items"]
        assert shown["version"] == first.version + 1


@pytest.mark.parametrize("wire", PAGED)
async def test_a_station_that_cannot_tell_is_let_be_and_the_operator_sees_why(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=60.0) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)  # it knows nothing of such questions
        await here.until(lambda: any(one.trouble for one in here.rows(Discovery)))
        (found,) = here.rows(Discovery)
        assert found.since is None
        order = await here.ask("stations/CS-1/take-inventory", {}, status=501)
        assert order["order"]["outcome"] == "not-supported"


# --- 8.3.4 ------------------------------------------------------------------------------------------------------------


class Device:
    """Variables of a scripted station, on whatever wire."""

    def __init__(self, cs: Any, values: dict[str, str], refuses: tuple[str, ...] = ()) -> None:
        self.values, self._refuses = values, refuses
        self.calls: list[int] = []
        """How many variables were in each message that set some."""
        if cs.wire == "link":
            cs.answers |= {"SetVariables": self._set_link, "ReadVariables": self._read_link}
        elif cs.wire == "v16":
            cs.answers |= {"ChangeConfiguration": self._set_16, "GetConfiguration": self._read_16}
        else:
            cs.answers |= {"SetVariables": self._set_2x, "GetVariables": self._read_2x}

    def _set(self, name: str, value: str) -> bool:
        if name in self._refuses:
            return False
        self.values[name] = value
        return True

    def _set_2x(self, said: Any) -> Any:
        self.calls.append(len(said["setVariableData"]))
        return {"setVariableResult": [self._result(one) for one in said["setVariableData"]]}

    def _result(self, one: Any) -> Any:
        yes = self._set(spelled(one), one["attributeValue"])
        status = {"attributeStatus": "Accepted" if yes else "Rejected"}
        return {"component": one["component"], "variable": one["variable"]} | status

    def _read_2x(self, said: Any) -> Any:
        return {"getVariableResult": [self._value(one) for one in said["getVariableData"]]}

    def _value(self, one: Any) -> Any:
        value = self.values.get(spelled(one))
        told = (
            {"attributeStatus": "UnknownVariable"} if value is None else {"attributeStatus": "Accepted", "attributeValue": value}
        )
        return {"component": one["component"], "variable": one["variable"]} | told

    def _set_16(self, said: Any) -> Any:
        self.calls.append(1)
        return {"status": "Accepted" if self._set(str(address_of(said["key"])), said["value"]) else "Rejected"}

    def _read_16(self, said: Any) -> Any:
        names = {key: str(address_of(key)) for key in said.get("key", ())}
        return {
            "configurationKey": [
                {"key": key, "readonly": False, "value": self.values[name]} for key, name in names.items() if name in self.values
            ],
            "unknownKey": [key for key, name in names.items() if name not in self.values],
        }

    def _set_link(self, command: Any) -> Any:
        self.calls.append(len(command.settings))
        results = [
            SettingResult(
                variable=one.variable,
                status=SettingStatus.ACCEPTED if self._set(one.variable, one.value) else SettingStatus.REJECTED,
            )
            for one in command.settings
        ]
        return (SettingsAnswer(results=tuple(results)),)

    def _read_link(self, command: Any) -> Any:
        values = [
            VariableValue(variable=one.variable, value=self.values[one.variable])
            if one.variable in self.values
            else VariableValue(variable=one.variable, status=ReadStatus.UNKNOWN_VARIABLE)
            for one in command.variables
        ]
        return (ValuesAnswer(values=tuple(values)),)


def spelled(one: Any) -> str:
    """Return a variable that a payload names."""
    component, variable = one["component"], one["variable"]
    of = f"#{variable['instance']}" if "instance" in variable else ""
    evse = f"@{component['evse']['id']}" if "evse" in component else ""
    return f"{component['name']}{evse}/{variable['name']}{of}"


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


@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_secrets_go_over_the_wire_and_nowhere_else(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire) as here, scripted(here, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.on_board(cs)
        device = Device(cs, {})
        secret = "correct horse battery"
        said = {"settings": [{"variable": "SecurityCtrlr/BasicAuthPassword", "value": secret}]}
        assert (await here.ask("stations/CS-1/set-variables", said))["outcome"] == "accepted"
        assert device.values["SecurityCtrlr/BasicAuthPassword"] == secret
        assert (await here.ask("stations/CS-1/set-variables", said | {"hold": True}, status=409))["code"] == "SecretNotKept"
        told = str(await here.ask("orders")) + str(await here.ask("facts")) + str(await here.ask("stations/CS-1/frames"))
        assert secret not in told
        for file in (tmp_path / "data").rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes(), file


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
