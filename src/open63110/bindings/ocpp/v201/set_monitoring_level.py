# SPDX-License-Identifier: Apache-2.0
"""SetMonitoringLevel (2.0.1): up to which severity a station tells events."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.monitor import DEBUG
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.monitors import MonitoringLevelSet, SetMonitoringLevel


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which."""
    return (SetMonitoringLevel(station=door.station, severity=request.severity),)


def answer(_: Sequence[Reply], __: Door) -> types.SetMonitoringLevelResponse:
    """Say yes."""
    return types.SetMonitoringLevelResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SetMonitoringLevelResponse:
    """Say why not."""
    return types.SetMonitoringLevelResponse(status="Rejected", status_info=because(trouble.code))


def to_wire(command: SetMonitoringLevel, _: Door) -> types.SetMonitoringLevelRequest:
    """Say which.

    Raises:
        Malformed: there is no such severity.
    """
    if not 0 <= command.severity <= DEBUG:
        raise Malformed(f"severities are 0 to {DEBUG}", code="InvalidValue", where="severity")
    return types.SetMonitoringLevelRequest(severity=command.severity)


def heard(response: Any, command: SetMonitoringLevel, door: Door) -> Verdict:
    """Understand whether it does."""
    return judged(response, MonitoringLevelSet(station=command.station, at=door.now, severity=command.severity))


SET_MONITORING_LEVEL = Translation(
    action="SetMonitoringLevel",
    sender=Role.CSMS,
    carries=(SetMonitoringLevel,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
