# SPDX-License-Identifier: Apache-2.0
"""Commands about what a station consists of for the catalogue of outcomes: its variables, its monitors and its alarms."""

from typing import Any

from msgspec.structs import replace
from tests.e2e.link_player import AnyPlayer, LinkPlayer
from tests.e2e.player import Payload, Player
from tests.e2e.scripted_device import BEAT, Device, willing

from open63110.usecases.stations.monitor_station.monitors import ClearAnswer, MonitorAnswer, SetMonitor
from open63110.usecases.stations.monitor_station.watching import wished

HOT = {"variable": "EVSE@1/Temperature", "kind": "upper-threshold", "value": 60.0, "severity": 6}
WAYS = "OCPPCommCtrlr/NetworkConfigurationPriority"
SET = {"settings": [{"variable": BEAT, "value": "60"}]}


def device_cases(cs: AnyPlayer, case: Any, watched: tuple[str, ...], streamed: tuple[str, ...]) -> dict[str, Any]:
    """Return the commands, each with a good and a bad body.

    Args:
        cs: the station.
        case: makes a case.
        watched: the wires with words for monitors.
        streamed: the wires with words for looking after streams of values.
    """
    willing(cs)
    Device(cs, {BEAT: "300", WAYS: "0"})
    if isinstance(cs, LinkPlayer):
        _watch_on_link(cs)
    else:
        _watch_on_ocpp(cs)
    return {
        "TakeInventory": case({}, {"scope": "filtered"}),
        "ReadVariables": case({"variables": [{"variable": BEAT}]}, {"variables": []}),
        "SetVariables": case(SET, {"settings": []}),
        "ReleaseSettings": case({}, {"variables": ["Temperature"]}),
        "ApplySettings": case(SET | {"stations": ["CS-1"]}, SET | {"stations": ["CS-NONE"]}, station=""),
        "PutTemplate": case(SET | {"id": "all"}, {"id": "all", "settings": []}, station=""),
        "RemoveTemplate": case({"id": "all"}, {"id": "none"}, station=""),
        "SetMonitor": case(HOT, HOT | {"severity": 10}, wires=watched),
        "AskMonitors": case({}, {"variables": ["Temperature"]}, wires=watched),
        "ClearMonitors": case({"ids": [1]}, {}, wires=watched),
        "SetMonitoringBase": case({"base": "all"}, {"base": "all"}, elsewhere="CS-NONE", wires=watched),
        "SetMonitoringLevel": case({"severity": 9}, {"severity": 10}, wires=watched),
        "AdjustStream": case({"number": 1, "every": 5.0}, {"number": 1}, wires=streamed),
        "AskStreams": case({}, {}, elsewhere="CS-NONE", wires=streamed),
        "AcknowledgeAlarms": case({}, {"ids": ["none"]}),
        "ResolveAlarms": case({}, {"ids": ["none"]}),
    }


def _watch_on_link(cs: LinkPlayer) -> None:
    """Watch all there is, as number 1."""

    def watch(order: SetMonitor) -> tuple[MonitorAnswer]:
        return (MonitorAnswer(monitor=replace(wished(order), id=1)),)

    cs.answers["SetMonitor"] = watch
    cs.answers["ClearMonitors"] = lambda order: (ClearAnswer(cleared=order.ids),)
    cs.obey("AskMonitors", "SetMonitoringBase", "SetMonitoringLevel")


def _watch_on_ocpp(cs: Player) -> None:
    """Watch all there is, as number 1."""

    def watch(said: Payload) -> Payload:
        kept = ("type", "severity", "component", "variable")
        wishes = [{name: one[name] for name in kept} for one in said["setMonitoringData"]]
        return {"setMonitoringResult": [one | {"id": 1, "status": "Accepted"} for one in wishes]}

    def clear(said: Payload) -> Payload:
        return {"clearMonitoringResult": [{"id": one, "status": "Accepted"} for one in said["id"]]}

    cs.answers |= {"SetVariableMonitoring": watch, "ClearVariableMonitoring": clear}
    cs.answers["GetPeriodicEventStream"] = lambda _: {}
    cs.obey("GetMonitoringReport", "SetMonitoringBase", "SetMonitoringLevel", "AdjustPeriodicEventStream")
