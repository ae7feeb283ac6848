# SPDX-License-Identifier: Apache-2.0
"""SetVariableMonitoring (2.0.1): the CSMS has variables watched, one at a time; a station is ready for many."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.addresses import address, component_type, variable_type
from open63110.bindings.ocpp.v201.status_info import because
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.device import variable_address
from open63110.model.monitor import Monitor, MonitorKind
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.monitor_station.monitors import MonitorAnswer, MonitorRefused, MonitorSet, SetMonitor
from open63110.usecases.stations.monitor_station.watching import STREAMS, TARGETS, wished

KINDS: Final[dict[str, MonitorKind]] = {
    "UpperThreshold": MonitorKind.UPPER,
    "LowerThreshold": MonitorKind.LOWER,
    "Delta": MonitorKind.DELTA,
    "Periodic": MonitorKind.PERIODIC,
    "PeriodicClockAligned": MonitorKind.CLOCK_ALIGNED,
    "TargetDelta": MonitorKind.TARGET_DELTA,
    "TargetDeltaRelative": MonitorKind.TARGET_DELTA_RELATIVE,
}
"""Those of 2.1 too, which knows two more."""
WIRE_KINDS: Final[dict[MonitorKind, Any]] = {ours: wire for wire, ours in KINDS.items()}
LATER: Final = frozenset({MonitorKind.TARGET_DELTA, MonitorKind.TARGET_DELTA_RELATIVE})
"""Kinds that 2.0.1 does not know."""

STATUS: Final[dict[str, Any]] = {
    "accepted": "Accepted",
    "unknown-component": "UnknownComponent",
    "unknown-variable": "UnknownVariable",
    "unsupported-kind": "UnsupportedMonitorType",
    "duplicate": "Duplicate",
    "rejected": "Rejected",
}

_ASKED: Final = "monitors"


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to be watched."""
    door.names[_ASKED] = request.set_monitoring_data
    return tuple(wish(one, door) for one in request.set_monitoring_data)


def wish(said: Any, door: Door) -> SetMonitor:
    """Read one wish."""
    return SetMonitor(
        station=door.station,
        variable=str(address(said)),
        kind=KINDS[said.type],
        value=said.value,
        severity=said.severity,
        transaction=given(said.transaction) or False,
        id=given(said.id) or 0,
    )


def answer(replies: Sequence[Reply], door: Door) -> types.SetVariableMonitoringResponse:
    """Say of each whether it is watched."""
    asked, said = door.names.get(_ASKED, ()), [one for one in replies if isinstance(one, MonitorAnswer)]
    pairs = zip(asked, said, strict=True)
    return types.SetVariableMonitoringResponse(
        set_monitoring_result=tuple(
            result(one, STATUS.get(reply.status, "Rejected"), reply.monitor.id, reply.reason) for one, reply in pairs
        )
    )


def result(asked: Any, status: Any, number: int = 0, reason: str = "") -> types.SetMonitoringResultType:
    """Answer one wish; a number has only what is watched."""
    return types.SetMonitoringResultType(
        id=number if status == "Accepted" else UNSET,
        status=status,
        type=asked.type,
        component=asked.component,
        variable=asked.variable,
        severity=asked.severity,
        status_info=because(reason) if reason else UNSET,
    )


def refuse(trouble: Trouble, door: Door) -> types.SetVariableMonitoringResponse:
    """Refuse all of them: one that cannot be understood is nothing that a status says."""
    asked = door.names.get(_ASKED, ())
    return types.SetVariableMonitoringResponse(
        set_monitoring_result=tuple(result(one, "Rejected", reason=trouble.code) for one in asked)
    )


def to_wire(command: SetMonitor, _: Door) -> Any:
    """Ask for one.

    Raises:
        NotSupported: 2.0.1 knows no targets and no streams.
    """
    if command.kind in LATER:
        raise NotSupported("OCPP 2.0.1 compares nothing with its target", code="UnsupportedKind", where="kind")
    if command.stream_every is not None or command.stream_values is not None:
        raise NotSupported("OCPP 2.0.1 has no streams of values", code="NoStreams", where="stream_every")
    where = variable_address(command.variable)
    asked = types.SetMonitoringDataType(
        id=command.id or UNSET,
        transaction=command.transaction or UNSET,
        value=command.value,
        type=WIRE_KINDS[command.kind],
        severity=command.severity,
        component=component_type(where.component),
        variable=variable_type(where),
    )
    return types.SetVariableMonitoringRequest(set_monitoring_data=(asked,))


def heard(response: Any, command: SetMonitor, door: Door) -> Verdict:
    """Understand whether it is watched, and by what number.

    Raises:
        Malformed: it is the answer to something else.
    """
    monitor, said = wished(command), response.set_monitoring_result[0]
    if address(said) != monitor.address or KINDS[said.type] is not monitor.kind:
        raise Malformed("the answer is about another monitor", code="WrongAnswer", where="setMonitoringResult")
    if said.status == "Accepted":
        return Verdict(outcome=Outcome.ACCEPTED, messages=(_set(monitor, given(said.id), command, door),))
    info = given(said.status_info)
    reason = said.status if info is None else f"{said.status}: {info.reason_code}"
    refused = MonitorRefused(station=command.station, at=door.now, monitor=monitor, reason=reason)
    outcome = Outcome.NOT_SUPPORTED if said.status == "UnsupportedMonitorType" else Outcome.REJECTED
    return Verdict(outcome=outcome, reason=said.status, detail=reason, messages=(refused,))


def _set(monitor: Monitor, number: int | None, command: SetMonitor, door: Door) -> MonitorSet:
    """Say that it is watched; a number that was not told is that of the one that was replaced."""
    known = Monitor(
        address=monitor.address,
        kind=monitor.kind,
        value=monitor.value,
        severity=monitor.severity,
        id=command.id if number is None else number,
        transaction=monitor.transaction,
        stream=monitor.stream,
    )
    return MonitorSet(station=command.station, at=door.now, monitor=known)


SET_VARIABLE_MONITORING = Translation(
    action="SetVariableMonitoring",
    sender=Role.CSMS,
    carries=(SetMonitor,),
    lacks=(TARGETS, STREAMS),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
