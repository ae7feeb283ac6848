# SPDX-License-Identifier: Apache-2.0
"""Reports at the station's end: what has no place on this wire is refused before it is sent, the rest is known as stored."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.conformance.v201.golden import CS, NOW, door, plain

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v21.wire import WIRE as WIRE_21
from open63110.bindings.ocpp.v201.boot_notification import BOOT_NOTIFICATION
from open63110.bindings.ocpp.v201.get_transaction_status import GET_TRANSACTION_STATUS, WAITING
from open63110.bindings.ocpp.v201.meter_values import METER_VALUES
from open63110.bindings.ocpp.v201.notify_event import NOTIFY_EVENT
from open63110.bindings.ocpp.v201.security_event_notification import SECURITY_EVENT_NOTIFICATION, to_wire
from open63110.bindings.ocpp.v201.status_notification import STATUS_NOTIFICATION
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import Malformed, NotSupported
from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference
from open63110.model.order import Outcome
from open63110.model.reading import Reading
from open63110.model.station import ConnectorReported, Identity, StationBooted
from open63110.usecases.sessions.energy_transfer import TransferStatusAnswer
from open63110.usecases.stations.monitor_station import MeterValuesReported, StationEventReported
from open63110.usecases.stations.onboard_station import RegistrationAnswered

DOOR = door(WIRE)
EVENT = StationEventReported(station=CS, at=NOW, component="X", code="TamperDetectionActivated", text="lid", security=True)


def connector(evse: int, plug: int) -> ConnectorReported:
    return ConnectorReported(station=CS, at=NOW, evse=EvseNumber(evse), connector=ConnectorNumber(plug), state="available")


@pytest.mark.parametrize(("evse", "plug"), [(0, 0), (1, 0), (0, 1)])
def test_the_state_of_a_whole_has_no_place_in_a_status_notification(evse: int, plug: int) -> None:
    assert STATUS_NOTIFICATION.to_wire is not None
    with pytest.raises(NotSupported):
        STATUS_NOTIFICATION.to_wire(connector(evse, plug), DOOR)


@pytest.mark.parametrize(("evse", "plug"), [(-1, 1), (1, -1), (1000, 1)])
def test_a_connector_that_cannot_be_is_refused(evse: int, plug: int) -> None:
    said = types.StatusNotificationRequest(timestamp=NOW, connector_status="Faulted", evse_id=evse, connector_id=plug)
    with pytest.raises(Malformed):
        STATUS_NOTIFICATION.from_wire(said, DOOR)


def test_readings_without_any_measurand_here_are_not_sent() -> None:
    assert METER_VALUES.to_wire is not None
    none = MeterValuesReported(station=CS, at=NOW, evse=1, readings=(Reading(at=NOW, measurand="temperature", value=20.0),))
    with pytest.raises(NotSupported):
        METER_VALUES.to_wire(none, DOOR)


def test_meter_values_that_cannot_be_understood_are_acknowledged() -> None:
    assert METER_VALUES.blank is not None
    assert plain(METER_VALUES.blank(DOOR)) == {}


@pytest.mark.parametrize("wire", [WIRE, WIRE_21])
def test_what_concerns_security_goes_out_as_such_and_nothing_else_does(wire: Wire) -> None:
    ordinary = replace(EVENT, security=False)
    carriers = [wire.carrier(event) for event in (EVENT, ordinary)]
    assert [one.action for one in carriers if one is not None] == ["SecurityEventNotification", "NotifyEvent"]


def test_a_security_event_goes_out_as_long_as_the_wire_has_room() -> None:
    sent = to_wire(replace(EVENT, code="x" * 60, text="y" * 300), DOOR)
    assert (len(sent.type), len(str(sent.tech_info))) == (50, 255)


def test_a_security_event_goes_out_and_comes_back() -> None:
    request = to_wire(EVENT, DOOR)
    (back,) = SECURITY_EVENT_NOTIFICATION.from_wire(request, DOOR)
    assert isinstance(back, StationEventReported)
    assert (back.code, back.text, back.security, back.at) == ("TamperDetectionActivated", "lid", True, NOW)


def test_an_event_without_a_place_or_a_variable_is_of_the_station_and_its_problem() -> None:
    assert NOTIFY_EVENT.to_wire is not None
    (said,) = plain(NOTIFY_EVENT.to_wire(EVENT, DOOR))["eventData"]
    assert (said["component"], said["variable"]) == ({"name": "X"}, {"name": "Problem"})


@pytest.mark.parametrize(
    ("translation", "message", "response"),
    [
        (STATUS_NOTIFICATION, connector(1, 1), EMPTY),
        (METER_VALUES, MeterValuesReported(station=CS, at=NOW, evse=1, readings=()), EMPTY),
        (NOTIFY_EVENT, EVENT, EMPTY),
        (SECURITY_EVENT_NOTIFICATION, EVENT, EMPTY),
    ],
)
def test_an_answer_without_content_means_that_it_was_stored(translation: Any, message: Any, response: Any) -> None:
    verdict = translation.heard(response, message, DOOR)
    assert (verdict.outcome, verdict.messages) == (Outcome.ACCEPTED, ())


@pytest.mark.parametrize(("status", "registration"), [("Accepted", "accepted"), ("Pending", "pending"), ("Rejected", "rejected")])
def test_a_station_hears_how_far_it_has_come(status: Any, registration: str) -> None:
    assert BOOT_NOTIFICATION.heard is not None
    booted = StationBooted(station=CS, at=NOW, identity=Identity())
    response = types.BootNotificationResponse(current_time=NOW, interval=30, status=status)
    (said,) = BOOT_NOTIFICATION.heard(response, booted, DOOR).messages
    assert isinstance(said, RegistrationAnswered)
    assert (said.registration, said.interval, said.now) == (registration, 30.0, NOW)


@pytest.mark.parametrize(("reference", "waits"), [("tx1", True), ("tx2", False), ("", True)])
def test_what_waits_in_the_outbox_is_told(reference: str, waits: bool) -> None:
    where = door(WIRE)
    where.names = {WAITING: {"tx1"}}
    replies = (TransferStatusAnswer(reference=TransferReference(reference), ongoing=None),)
    assert GET_TRANSACTION_STATUS.answer(replies, where).messages_in_queue is waits
