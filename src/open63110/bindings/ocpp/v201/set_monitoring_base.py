# SPDX-License-Identifier: Apache-2.0
"""SetMonitoringBase (2.0.1): which monitors of its maker a station uses."""

from collections.abc import Sequence
from typing import Any, Final

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.monitor import MonitoringBase
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.monitors import MonitoringBaseSet, SetMonitoringBase

BASES: Final[dict[str, MonitoringBase]] = {"All": "all", "FactoryDefault": "factory-default", "HardWiredOnly": "hard-wired-only"}
_WIRE: Final[dict[MonitoringBase, Any]] = {ours: wire for wire, ours in BASES.items()}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (SetMonitoringBase(station=door.station, base=BASES[request.monitoring_base]),)


def answer(_: Sequence[Reply], __: Door) -> types.SetMonitoringBaseResponse:
    """Say yes."""
    return types.SetMonitoringBaseResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SetMonitoringBaseResponse:
    """Say why not."""
    return types.SetMonitoringBaseResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: SetMonitoringBase, _: Door) -> types.SetMonitoringBaseRequest:
    """Say which."""
    return types.SetMonitoringBaseRequest(monitoring_base=_WIRE[command.base])


def heard(response: Any, command: SetMonitoringBase, door: Door) -> Verdict:
    """Understand whether it uses them now."""
    return judged(response, MonitoringBaseSet(station=command.station, at=door.now, base=command.base))


SET_MONITORING_BASE = Translation(
    action="SetMonitoringBase",
    sender=Role.CSMS,
    carries=(SetMonitoringBase,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
