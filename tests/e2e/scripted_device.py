# SPDX-License-Identifier: Apache-2.0
"""Variables of scripted stations, on whatever wire: told, read and set."""

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from tests.e2e.house import House
from tests.e2e.link_player import played

from open63110.bindings.ocpp.v16.keys import address_of
from open63110.bindings.ocpp.v201.notify_report import NOTIFY_REPORT
from open63110.kernel.ids import StationId
from open63110.model.device import DeviceVariable, Inventory
from open63110.model.inventory import InventoryAnswer, InventoryReported
from open63110.model.variables import (
    ReadStatus,
    SettingResult,
    SettingsAnswer,
    SettingStatus,
    ValuesAnswer,
    VariableValue,
)

BEAT = "OCPPCommCtrlr/HeartbeatInterval"


@contextlib.asynccontextmanager
async def scripted(here: House, station: str, wire: str) -> AsyncIterator[Any]:
    """A station with a link, of which each wire has a player of its own."""
    async with played(here, station, wire) as one:
        yield one


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
