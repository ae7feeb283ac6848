# SPDX-License-Identifier: Apache-2.0
"""GetMonitoringReport (2.0.1): which monitors a station has; NotifyMonitoringReport says so."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.addresses import address, component_type, variable_type
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import variable_address
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.installing import NOTHING
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    GiveUpMonitorReport,
    MonitorGroup,
    MonitorsReported,
)

GROUPS: Final[dict[str, MonitorGroup]] = {
    "ThresholdMonitoring": "threshold",
    "DeltaMonitoring": "delta",
    "PeriodicMonitoring": "periodic",
}
_WIRE_GROUPS: Final[dict[MonitorGroup, Any]] = {ours: wire for wire, ours in GROUPS.items()}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the question.

    Raises:
        NotSupported: it is about whole components.
    """
    asked = given(request.component_variable) or ()
    if any(one.variable is UNSET for one in asked):
        raise NotSupported("say which variables of a component", code="UnsupportedParam", where="componentVariable")
    criteria = given(request.monitoring_criteria) or ()
    return (
        AskMonitors(
            station=door.station,
            request=request.request_id,
            kinds=tuple(GROUPS[one] for one in criteria),
            variables=tuple(str(address(one)) for one in asked),
        ),
    )


def answer(_: Sequence[Reply], __: Door) -> types.GetMonitoringReportResponse:
    """Say that a report follows."""
    return types.GetMonitoringReportResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.GetMonitoringReportResponse:
    """Say that there is nothing to report, or why nothing is reported."""
    if trouble.code == NOTHING:
        return types.GetMonitoringReportResponse(status="EmptyResultSet")
    status: Any = "NotSupported" if isinstance(trouble, NotSupported) else "Rejected"
    return types.GetMonitoringReportResponse(status=status, status_info=because(trouble.code))


def to_wire(command: AskMonitors, _: Door) -> types.GetMonitoringReportRequest:
    """Ask."""
    named = [variable_address(one) for one in command.variables]
    asked = tuple(
        types.ComponentVariableType(component=component_type(one.component), variable=variable_type(one)) for one in named
    )
    return types.GetMonitoringReportRequest(
        request_id=command.request,
        monitoring_criteria=tuple(_WIRE_GROUPS[one] for one in command.kinds) or UNSET,
        component_variable=asked or UNSET,
    )


def heard(response: Any, command: AskMonitors, door: Door) -> Verdict:
    """Understand whether a report follows; that there is nothing to report is one, too."""
    if response.status == NOTHING:
        nothing = MonitorsReported(station=command.station, at=door.now, request=command.request)
        return Verdict(outcome=Outcome.ACCEPTED, reason=NOTHING, messages=(nothing,))
    verdict = judged(response)
    if verdict.outcome is Outcome.ACCEPTED:
        return verdict
    given_up = GiveUpMonitorReport(station=command.station, request=command.request, refused=True)
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, messages=(given_up,))


GET_MONITORING_REPORT = Translation(
    action="GetMonitoringReport",
    sender=Role.CSMS,
    carries=(AskMonitors,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
