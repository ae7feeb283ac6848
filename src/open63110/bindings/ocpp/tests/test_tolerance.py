# SPDX-License-Identifier: Apache-2.0
"""Payloads as real firmware sends them."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from open63110.bindings.ocpp._generated import v16, v21, v201
from open63110.bindings.ocpp.rpc.errors import ErrorCode, SchemaFault
from open63110.bindings.ocpp.tolerance import MAX_DEVIATIONS, Deviation, decode, repaired

START: dict[str, Any] = {"connectorId": 1, "idTag": "abc", "meterStart": 20000, "timestamp": "2026-01-02T03:04:05Z"}
STATUS: dict[str, Any] = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def start(**changes: Any) -> tuple[v16.StartTransactionRequest, list[tuple[str, str]]]:
    return read(v16.StartTransactionRequest, START | changes)


def status(**changes: Any) -> tuple[v16.StatusNotificationRequest, list[tuple[str, str]]]:
    return read(v16.StatusNotificationRequest, STATUS | changes)


def read(type_: Any, payload: Any) -> tuple[Any, list[tuple[str, str]]]:
    message, deviations = decode(type_, json.dumps(payload).encode())
    return message, [(deviation.code, deviation.path) for deviation in deviations]


def test_a_payload_by_the_schema_has_no_deviation() -> None:
    message, deviations = start()
    assert message.meter_start == 20000
    assert deviations == []


@pytest.mark.parametrize(
    ("sent", "code"), [(20000.0, "integer-as-float"), ("20000", "number-as-string"), (" 20000.0 ", "number-as-string")]
)
def test_an_integer_in_another_dress_is_taken(sent: Any, code: str) -> None:
    message, deviations = start(meterStart=sent)
    assert message.meter_start == 20000
    assert type(message.meter_start) is int
    assert deviations == [(code, "$.meterStart")]


@pytest.mark.parametrize("sent", ["20k", "", "0x10", "9" * 30, True, "١٢", None, 1e300])
def test_an_integer_that_has_to_be_guessed_is_refused(sent: Any) -> None:
    with pytest.raises(SchemaFault) as caught:
        start(meterStart=sent)
    assert caught.value.path == "$.meterStart"


@pytest.mark.parametrize("sent", [20000.4, "20000.4", -20000.4])
def test_a_register_with_tenths_is_rounded_for_no_session_is_lost_over_half_a_watt_hour(sent: Any) -> None:
    message, deviations = start(meterStart=sent)
    assert abs(message.meter_start) == 20000
    assert deviations == [("fraction", "$.meterStart")]


@pytest.mark.parametrize("sent", [1.5, "1.5"])
def test_no_other_integer_is_rounded(sent: Any) -> None:
    with pytest.raises(SchemaFault) as caught:
        start(connectorId=sent)
    assert caught.value.path == "$.connectorId"


@pytest.mark.parametrize(("sent", "text"), [(12, "12"), (12.5, "12.5"), (-0.1, "-0.1")])
def test_a_sampled_value_of_16_that_is_a_number_is_written_as_one(sent: Any, text: str) -> None:
    sampled = {"timestamp": START["timestamp"], "sampledValue": [{"value": sent}]}
    message, deviations = read(v16.MeterValuesRequest, {"connectorId": 1, "meterValue": [sampled]})
    assert message.meter_value[0].sampled_value[0].value == text
    assert deviations == [("string-as-number", "$.meterValue[].sampledValue[].value")]


@pytest.mark.parametrize("sent", [True, None, [1]])
def test_a_sampled_value_that_is_neither_is_refused(sent: Any) -> None:
    sampled = {"timestamp": START["timestamp"], "sampledValue": [{"value": sent}]}
    with pytest.raises(SchemaFault):
        read(v16.MeterValuesRequest, {"connectorId": 1, "meterValue": [sampled]})


def test_a_number_is_no_id_tag() -> None:
    with pytest.raises(SchemaFault):
        start(idTag=12)


def test_a_number_as_a_string_is_taken() -> None:
    sampled = {"timestamp": START["timestamp"], "sampledValue": [{"value": "1.5e3"}, {"value": 2}, {"value": "-7."}]}
    message, deviations = read(v201.MeterValuesRequest, {"evseId": 1, "meterValue": [sampled]})
    assert [value.value for value in message.meter_value[0].sampled_value] == [1500.0, 2.0, -7.0]
    assert deviations == [("number-as-string", "$.meterValue[].sampledValue[].value")]


@pytest.mark.parametrize("sent", ["nan", "inf", "1_000", "1,5", ""])
def test_a_string_that_is_no_plain_number_is_refused(sent: str) -> None:
    sampled = {"timestamp": START["timestamp"], "sampledValue": [{"value": sent}]}
    with pytest.raises(SchemaFault):
        read(v201.MeterValuesRequest, {"evseId": 1, "meterValue": [sampled]})


@pytest.mark.parametrize(
    "sent",
    [
        "2026-01-02T12:00:00",
        "2026-01-02 12:00:00",
        "2026-01-02T12:00:00.",
        "2026-01-02T12:00:00,0",
        "2026-01-02T12:00Z",
        "2026-01-02T12:00:00 Z",
        "2026-01-02T14:00:00.0 +0200",
        "2026-01-02T14:00:00+02",
        "2026-01-02T12:00:00 UTC",
        " 2026-01-02T12:00:00z ",
    ],
)
def test_an_odd_timestamp_is_taken_and_one_without_zone_is_utc(sent: str) -> None:
    message, deviations = start(timestamp=sent)
    assert message.timestamp == NOON
    assert message.timestamp.utcoffset() is not None
    assert deviations == [("timestamp", "$.timestamp")]


@pytest.mark.parametrize("sent", ["", "0000-00-00T00:00:00Z", "2026-13-02T12:00:00", "02.01.2026 12:00", 1767355200])
def test_a_timestamp_that_has_to_be_guessed_is_refused(sent: Any) -> None:
    with pytest.raises(SchemaFault) as caught:
        start(timestamp=sent)
    assert caught.value.path == "$.timestamp"


def test_words_are_taken_in_any_case() -> None:
    message, deviations = status(status="CHARGING", errorCode="noerror")
    assert (message.status, message.error_code) == ("Charging", "NoError")
    assert deviations == [("enum-case", "$.errorCode"), ("enum-case", "$.status")]


def test_a_word_that_is_not_in_the_list_is_refused_without_quoting_it() -> None:
    with pytest.raises(SchemaFault) as caught:
        status(status="hunter2")
    assert caught.value.error is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    assert "hunter2" not in str(caught.value)


def test_unknown_fields_are_dropped_and_named() -> None:
    _, deviations = start(vendorExtra={"deep": [1]}, meterStop=5)
    assert deviations == [("unknown-field", "$.vendorExtra"), ("unknown-field", "$.meterStop")]


def test_the_name_of_an_unknown_field_is_fit_for_a_log() -> None:
    _, deviations = start(**{"\x1b[31m\n" + "x" * 999: 1})
    assert deviations == [("unknown-field", "$.\\x1b[31m\\n" + "x" * 44)]


def test_a_flood_of_deviations_is_recorded_up_to_a_limit() -> None:
    _, deviations = start(**{f"x{n}": n for n in range(1000)})
    assert len(deviations) == MAX_DEVIATIONS


@pytest.mark.parametrize(
    ("sent", "code"), [({"timestamp": None}, "null"), ({"timestamp": ""}, "empty-string"), ({"info": None}, "null")]
)
def test_an_optional_field_that_says_nothing_is_absent(sent: dict[str, Any], code: str) -> None:
    message, deviations = status(**sent)
    (field,) = sent
    assert getattr(message, field) is msgspec.UNSET
    assert deviations == [(code, f"$.{field}")]


def test_an_empty_optional_list_is_absent() -> None:
    message, deviations = read(v201.IdTokenType, {"idToken": "a", "type": "Local", "additionalInfo": []})
    assert message.additional_info is msgspec.UNSET
    assert deviations == [("empty-array", "$.additionalInfo")]


def test_an_empty_text_is_a_text() -> None:
    message, deviations = status(info="")
    assert message.info == ""
    assert deviations == []


def test_a_description_too_long_is_cut() -> None:
    message, deviations = status(info="x" * 51)
    assert message.info == "x" * 50
    assert deviations == [("too-long", "$.info")]


def test_an_identity_too_long_is_never_cut_to_that_of_another() -> None:
    with pytest.raises(SchemaFault) as caught:
        start(idTag="x" * 21)
    assert caught.value.error is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION


SIGNED: dict[str, Any] = {"signedMeterData": "x", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": ""}


def test_signed_values_too_long_for_201_are_taken_whole_each_in_its_place() -> None:
    first, second = "a" * 2_501, "b" * 32_768
    samples = [
        {"value": 1, "signedMeterValue": SIGNED | {"signedMeterData": one, "publicKey": one[:2_502]}} for one in (first, second)
    ]
    value = {"timestamp": START["timestamp"], "sampledValue": [*samples, {"value": 3}]}
    message, deviations = read(v201.MeterValuesRequest, {"evseId": 1, "meterValue": [value]})
    taken = message.meter_value[0].sampled_value
    assert [one.signed_meter_value.signed_meter_data for one in taken[:2]] == [first, second]
    assert [one.signed_meter_value.public_key for one in taken[:2]] == [first, second[:2_502]]
    assert taken[2].signed_meter_value is msgspec.UNSET
    where = "$.meterValue[].sampledValue[].signedMeterValue"
    assert deviations == [("too-long", f"{where}.signedMeterData"), ("too-long", f"{where}.publicKey")]


def test_a_signed_value_beyond_every_version_is_refused_and_never_cut() -> None:
    with pytest.raises(SchemaFault) as caught:
        read(v201.SignedMeterValueType, SIGNED | {"signedMeterData": "x" * 32_769})
    assert caught.value.path == "$.signedMeterData"


def test_a_payload_is_repaired_with_its_signed_values_in_place() -> None:
    tree, deviations = repaired(SIGNED | {"signedMeterData": "x" * 2_501}, v201.SignedMeterValueType)
    assert tree["signedMeterData"] == "x" * 2_501
    assert [one.code for one in deviations] == ["too-long"]


def test_the_serial_number_of_a_station_may_be_cut_and_that_of_a_certificate_not() -> None:
    station = {"model": "m", "vendorName": "v", "serialNumber": "9" * 26}
    message, _ = read(v201.BootNotificationRequest, {"reason": "PowerUp", "chargingStation": station})
    assert message.charging_station.serial_number == "9" * 25
    certificate = {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "9" * 41}
    with pytest.raises(SchemaFault):
        read(v201.DeleteCertificateRequest, {"certificateHashData": certificate})


def test_an_answer_in_the_shape_of_16_is_taken_under_201() -> None:
    message, deviations = read(v201.GetLocalListVersionResponse, {"listVersion": 4})
    assert message.version_number == 4
    assert deviations == [("shape-of-1.6", "$.listVersion")]


def test_the_shape_of_16_gives_way_to_the_right_one() -> None:
    message, deviations = read(v201.GetLocalListVersionResponse, {"listVersion": 4, "versionNumber": 5})
    assert message.version_number == 5
    assert deviations == [("unknown-field", "$.listVersion")]


def test_a_monitoring_report_of_201_firmware_is_taken_under_21() -> None:
    monitor = {"id": 1, "transaction": False, "value": 1.5, "type": "UpperThreshold", "severity": 5}
    report = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}, "variableMonitoring": [monitor]}
    payload = {"requestId": 1, "seqNo": 0, "generatedAt": "2026-01-02T12:00:00Z", "monitor": [report]}
    message, deviations = read(v21.NotifyMonitoringReportRequest, payload)
    assert message.monitor[0].variable_monitoring[0].event_notification_type == "PreconfiguredMonitor"
    assert deviations == [("missing-field", "$.monitor[].variableMonitoring[].eventNotificationType")]


def test_a_default_never_replaces_what_was_sent_nor_adds_what_the_version_does_not_know() -> None:
    monitor = {"id": 1.0, "transaction": False, "value": 1.5, "type": "UpperThreshold", "severity": 5}
    sent = monitor | {"eventNotificationType": "CustomMonitor"}
    message, deviations = read(v21.VariableMonitoringType, sent)
    assert message.event_notification_type == "CustomMonitor"
    assert deviations == [("integer-as-float", "$.id")]
    assert read(v201.VariableMonitoringType, monitor)[1] == [("integer-as-float", "$.id")]


def test_a_transaction_status_without_ongoing_indicator_is_by_the_schema() -> None:
    message, deviations = read(v201.GetTransactionStatusResponse, {"messagesInQueue": False})
    assert message.ongoing_indicator is msgspec.UNSET
    assert deviations == []


def test_nothing_else_that_is_missing_is_made_up() -> None:
    with pytest.raises(SchemaFault) as caught:
        read(v16.StartTransactionRequest, {"connectorId": 1, "idTag": "a", "meterStart": 1})
    assert caught.value.error is ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION


def test_what_cannot_be_repaired_raises_the_first_fault() -> None:
    with pytest.raises(SchemaFault) as caught:
        decode(v16.ResetRequest, b'{"type":5,"extra":1}')
    assert caught.value.path == "$.type"
    assert caught.value.error is ErrorCode.TYPE_CONSTRAINT_VIOLATION


@pytest.mark.parametrize("raw", [b"", b"{", b'{"type":"\xff"}', b'{"type":"\\ud800"}', b"NaN", b"null", b"[]"])
def test_bytes_that_are_no_payload_raise_a_fault_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(SchemaFault):
        decode(v16.ResetRequest, raw)


def test_nesting_without_end_raises_a_fault_and_nothing_else() -> None:
    for raw in (b'{"vendorId":"x","data":' + b"[" * 90_000, b'{"x":' + b"[" * 90_000 + b"]" * 90_000 + b"}"):
        with pytest.raises(SchemaFault):
            decode(v201.DataTransferRequest, raw)


def test_a_list_or_an_object_of_the_wrong_type_is_refused() -> None:
    for payload in ({"evseId": 1, "meterValue": 5}, {"evseId": 1, "meterValue": ["x"]}):
        with pytest.raises(SchemaFault) as caught:
            read(v201.MeterValuesRequest, payload)
        assert caught.value.error is ErrorCode.TYPE_CONSTRAINT_VIOLATION


def test_data_without_a_type_is_left_alone() -> None:
    message, deviations = read(v201.DataTransferRequest, {"vendorId": "x", "data": None, "messageId": None})
    assert message.data is None
    assert deviations == [("null", "$.messageId")]


def test_a_raw_payload_of_a_frame_is_taken_as_it_is() -> None:
    message, deviations = decode(v16.ResetRequest, msgspec.Raw(b'{"type":"soft"}'))
    assert message.type == "Soft"
    assert deviations == (Deviation("enum-case", "$.type"),)
