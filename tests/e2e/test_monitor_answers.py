# SPDX-License-Identifier: Apache-2.0
"""What is asked about monitors and streams and answered wrongly or never has failed, and nothing is taken for granted (8.3.5)."""

from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_player import home, played
from tests.e2e.player import Payload, Player

from open63110.kernel.ids import StationId
from open63110.model.monitor import Monitoring
from open63110.model.stream import EventStream

HOT = {"variable": "EVSE@1/Temperature", "kind": "upper-threshold", "value": 60.0, "severity": 2}
BREAKING: dict[str, tuple[str, Payload, Payload]] = {
    "SetVariableMonitoring": ("set-monitor", HOT, {"setMonitoringResult": []}),
    "ClearVariableMonitoring": ("clear-monitors", {"ids": [7]}, {"clearMonitoringResult": "all of them"}),
    "GetMonitoringReport": ("ask-monitors", {}, {"status": 3}),
    "SetMonitoringBase": ("set-monitoring-base", {"base": "factory-default"}, {}),
    "SetMonitoringLevel": ("set-monitoring-level", {"severity": 3}, {"status": ["Accepted"]}),
    "AdjustPeriodicEventStream": ("adjust-stream", {"number": 1, "every": 5.0}, {}),
    "GetPeriodicEventStream": ("ask-streams", {}, {"constantStreamData": "all of them"}),
}
"""By action: how it is asked, and an answer that breaks the schema."""

ASKED = [("v201", one) for one in BREAKING if "Stream" not in one] + [("v21", one) for one in BREAKING]


def monitoring(here: House) -> Monitoring:
    """What the CSMS knows of the monitors of the station."""
    found = here.rows(Monitoring)
    return found[0] if found else Monitoring(station=here.station("CS-1").id, at=here.now())


async def watches(here: House, cs: Player) -> None:
    """Have a station on board that has a monitor and a stream."""
    await here.on_board(cs)
    cs.answers["SetVariableMonitoring"] = lambda said: {"setMonitoringResult": [as_7(one) for one in said["setMonitoringData"]]}
    await here.ask("stations/CS-1/set-monitor", HOT)
    if cs.wire == "v21":
        stream = {"id": 1, "variableMonitoringId": 7, "params": {"interval": 1}}
        await cs.call("OpenPeriodicEventStream", {"constantStreamData": stream})


def as_7(wish: Payload) -> Payload:
    """Have it as number 7."""
    return {name: wish[name] for name in ("type", "severity", "component", "variable")} | {"id": 7, "status": "Accepted"}


async def failed(here: House, action: str) -> Any:
    """Ask; return the order, once nothing but the order itself and what is wanted has changed."""
    verb, body, _ = BREAKING[action]
    if verb == "set-monitor":
        body = body | {"value": 70.0}
    streams, before = here.rows(EventStream), monitoring(here)
    order = (await here.ask(f"stations/CS-1/{verb}", body, status=502))["order"]
    after = monitoring(here)
    assert (after.installed, after.base, after.level) == (before.installed, before.base, before.level)
    assert here.rows(EventStream) == streams
    if verb == "set-monitor":
        assert [(one.state, one.monitor.value) for one in after.wishes] == [("wanted", 70.0)]
    return order


@pytest.mark.parametrize(("wire", "action"), ASKED)
async def test_an_answer_that_breaks_the_schema_is_no_yes(wire: str, action: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire) as here, played(here, "CS-1", wire) as cs:
        assert isinstance(cs, Player)
        await here.register("CS-1")
        await watches(here, cs)
        cs.answers[action] = lambda _: BREAKING[action][2]
        order = await failed(here, action)
        assert (order["outcome"], bool(order["reason"])) == ("failed", True)


@pytest.mark.parametrize(("wire", "action"), ASKED)
async def test_an_answer_that_never_comes_is_no_yes(wire: str, action: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire) as here, played(here, "CS-1", wire) as cs:
        assert isinstance(cs, Player)
        await here.register("CS-1")
        await watches(here, cs)
        here.csms.ocpp.conversations[StationId("CS-1")].rpc.patience = 0.5
        cs.mute.add(action)
        order = await failed(here, action)
        assert (order["outcome"], bool(order["reason"])) == ("failed", True)


@pytest.mark.parametrize("wire", ["v201", "v21"])
async def test_what_was_answered_wrongly_is_asked_again_when_the_station_is_back(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=20.0) as here, played(here, "CS-1", wire) as cs:
        assert isinstance(cs, Player)
        await here.register("CS-1")
        await watches(here, cs)
        right = cs.answers["SetVariableMonitoring"]
        cs.answers["SetVariableMonitoring"] = lambda _: {}
        await failed(here, "SetVariableMonitoring")
        cs.answers["SetVariableMonitoring"] = right
        await cs.cut()
        await cs.connect()
        await here.until(
            lambda: [(one.state, one.monitor.value) for one in monitoring(here).wishes] == [("set", 70.0)], within=30
        )
