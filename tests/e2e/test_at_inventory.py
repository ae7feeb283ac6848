# SPDX-License-Identifier: Apache-2.0
"""Inventories that come in parts over links that break (8.3.3); stations are scripted."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_player import EVERY, home
from tests.e2e.scripted_device import BEAT, asked, known, scripted, tell, willing

from open63110.bindings.ocpp.v16.keys import address_of
from open63110.model.device import Attribute, Characteristics, DeviceVariable, Mutability, variable_address
from open63110.model.inventory import Discovery, InventoryDifference, ReportPage

PAGED = ("v201", "v21", "link")
"""Wires on which a report comes in parts."""


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
