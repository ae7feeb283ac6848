# SPDX-License-Identifier: Apache-2.0
"""NotifyEvent (2.0.1): components of a station report faults, thresholds, changes."""

from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.kept import nothing_to_say
from open63110.bindings.ocpp.translation import Door, Translation, given, stored, text
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.monitor_station.messages import Trigger

DROPPED = ("eventNotificationType", "offline", "transactions without a name")
"""From the wire: who set a monitor stands with the monitor, and an event without one is built in. Towards it: no field; security
events go out by themselves, as SecurityEventNotification."""

ALERT, INFORMATION = 5, 8
"""Severities, by their names in OCPP, of events that state none: 2.0.1 has the severity in the monitor only, where the CSMS looks
it up."""

TRIGGERS: Final[dict[str, Trigger]] = {"Alerting": "alerting", "Delta": "delta", "Periodic": "periodic"}
_WIRE_TRIGGERS: Final[dict[str, Any]] = {ours: wire for wire, ours in TRIGGERS.items()}


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read each event."""
    return tuple(event(said, door) for said in request.event_data)


def event(said: Any, door: Door) -> StationEventReported:
    """Read one event."""
    alerts = said.trigger == "Alerting" and said.cleared is not True
    place = said.component.evse
    return StationEventReported(
        station=door.station,
        at=utc(said.timestamp),
        component=_path(said.component, None if place is UNSET else given(place.connector_id)),
        variable=_path(said.variable, None),
        severity=ALERT if alerts else INFORMATION,
        actual=said.actual_value,
        code=text(said.tech_code),
        text=text(said.tech_info),
        cleared=said.cleared is True,
        event_id=said.event_id,
        cause=given(said.cause),
        evse=EvseNumber(0) if place is UNSET else evse_number(place.id),
        monitor=given(said.variable_monitoring_id),
        transfer=TransferReference(text(said.transaction_id)),
        trigger=TRIGGERS[said.trigger],
    )


def _path(named: Any, connector: ConnectorNumber | None) -> str:
    """Write a name on one line: ``Name``, ``Name/instance``, ``Name:connector``."""
    path = named.name if named.instance is UNSET else f"{named.name}/{named.instance}"
    return path if connector is None else f"{path}:{connector}"


def to_wire(fact: StationEventReported, door: Door) -> types.NotifyEventRequest:
    """Tell one event."""
    return types.NotifyEventRequest(generated_at=door.now, seq_no=0, event_data=(data(fact),))


def data(fact: StationEventReported) -> types.EventDataType:
    """Write one event."""
    return types.EventDataType(
        event_id=fact.event_id,
        timestamp=fact.at,
        trigger=_WIRE_TRIGGERS.get(fact.trigger) or ("Alerting" if fact.severity <= ALERT or fact.cleared else "Delta"),
        cause=UNSET if fact.cause is None else fact.cause,
        actual_value=fact.actual,
        tech_code=fact.code or UNSET,
        tech_info=fact.text or UNSET,
        cleared=True if fact.cleared else UNSET,
        transaction_id=fact.transfer or UNSET,
        component=_component(fact),
        variable_monitoring_id=UNSET if fact.monitor is None else fact.monitor,
        event_notification_type="HardWiredNotification" if fact.monitor is None else "CustomMonitor",
        variable=_variable(fact.variable or "Problem"),
    )


def _component(fact: StationEventReported) -> types.ComponentType:
    path, _, connector = fact.component.partition(":")
    name, _, instance = path.partition("/")
    plug = int(connector) if connector.isdecimal() and connector.isascii() else UNSET
    place = types.EVSEType(id=fact.evse, connector_id=plug) if fact.evse else UNSET
    return types.ComponentType(name=name, instance=instance or UNSET, evse=place)


def _variable(path: str) -> types.VariableType:
    name, _, instance = path.partition("/")
    return types.VariableType(name=name, instance=instance or UNSET)


NOTIFY_EVENT = Translation(
    action="NotifyEvent",
    sender=Role.STATION,
    carries=(StationEventReported,),
    from_wire=from_wire,
    answer=nothing_to_say,
    to_wire=to_wire,
    heard=stored,
)
