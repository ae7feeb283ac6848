# SPDX-License-Identifier: Apache-2.0
"""Messages and types of OCPP 1.6 with the security whitepaper; written by tools/generate_ocpp.py from the schemas in ocpp 2.1.0, not by hand."""
# ruff: noqa
# fmt: off

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from open63110.bindings.ocpp.schema import CustomData, Payload, shallow, tenths

Integer = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807)]
Timestamp = Annotated[datetime, Meta(tz=True)]
Str20 = Annotated[str, Meta(max_length=20)]
Str25 = Annotated[str, Meta(max_length=25)]
Str40 = Annotated[str, Meta(max_length=40)]
Str50 = Annotated[str, Meta(max_length=50)]
Str128 = Annotated[str, Meta(max_length=128)]
Str255 = Annotated[str, Meta(max_length=255)]
Str500 = Annotated[str, Meta(max_length=500)]
Str512 = Annotated[str, Meta(max_length=512)]
Str800 = Annotated[str, Meta(max_length=800)]
Str5500 = Annotated[str, Meta(max_length=5500)]
Str10000 = Annotated[str, Meta(max_length=10000)]


class AuthorizeRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag": "idTag",
    },
):
    id_tag: Str20

IdTagInfoStatus = Literal[
    "Accepted",
    "Blocked",
    "Expired",
    "Invalid",
    "ConcurrentTx",
]


class IdTagInfo(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "expiry_date": "expiryDate",
        "parent_id_tag": "parentIdTag",
    },
):
    expiry_date: Timestamp | UnsetType = UNSET
    parent_id_tag: Str20 | UnsetType = UNSET
    status: IdTagInfoStatus


class AuthorizeResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag_info": "idTagInfo",
    },
):
    id_tag_info: IdTagInfo


class BootNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charge_point_vendor": "chargePointVendor",
        "charge_point_model": "chargePointModel",
        "charge_point_serial_number": "chargePointSerialNumber",
        "charge_box_serial_number": "chargeBoxSerialNumber",
        "firmware_version": "firmwareVersion",
        "meter_type": "meterType",
        "meter_serial_number": "meterSerialNumber",
    },
):
    charge_point_vendor: Str20
    charge_point_model: Str20
    charge_point_serial_number: Str25 | UnsetType = UNSET
    charge_box_serial_number: Str25 | UnsetType = UNSET
    firmware_version: Str50 | UnsetType = UNSET
    iccid: Str20 | UnsetType = UNSET
    imsi: Str20 | UnsetType = UNSET
    meter_type: Str25 | UnsetType = UNSET
    meter_serial_number: Str25 | UnsetType = UNSET

BootNotificationResponseStatus = Literal[
    "Accepted",
    "Pending",
    "Rejected",
]


class BootNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "current_time": "currentTime",
    },
):
    status: BootNotificationResponseStatus
    current_time: Timestamp
    interval: Integer


class CancelReservationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "reservation_id": "reservationId",
    },
):
    reservation_id: Integer

CancelReservationResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class CancelReservationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: CancelReservationResponseStatus


class CertificateSignedRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_chain": "certificateChain",
    },
):
    certificate_chain: Str10000

CertificateSignedStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class CertificateSignedResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: CertificateSignedStatusEnumType

ChangeAvailabilityRequestType = Literal[
    "Inoperative",
    "Operative",
]


class ChangeAvailabilityRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
    },
):
    connector_id: Integer
    type: ChangeAvailabilityRequestType

ChangeAvailabilityResponseStatus = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class ChangeAvailabilityResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ChangeAvailabilityResponseStatus


class ChangeConfigurationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    key: Str50
    value: Str500

ChangeConfigurationResponseStatus = Literal[
    "Accepted",
    "Rejected",
    "RebootRequired",
    "NotSupported",
]


class ChangeConfigurationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ChangeConfigurationResponseStatus


class ClearCacheRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

ClearCacheResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class ClearCacheResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ClearCacheResponseStatus

ChargingProfilePurpose = Literal[
    "ChargePointMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
]


class ClearChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "charging_profile_purpose": "chargingProfilePurpose",
        "stack_level": "stackLevel",
    },
):
    id: Integer | UnsetType = UNSET
    connector_id: Integer | UnsetType = UNSET
    charging_profile_purpose: ChargingProfilePurpose | UnsetType = UNSET
    stack_level: Integer | UnsetType = UNSET

ClearChargingProfileResponseStatus = Literal[
    "Accepted",
    "Unknown",
]


class ClearChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ClearChargingProfileResponseStatus


class DataTransferRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "vendor_id": "vendorId",
        "message_id": "messageId",
    },
):
    vendor_id: Str255
    message_id: Str50 | UnsetType = UNSET
    data: str | UnsetType = UNSET

DataTransferResponseStatus = Literal[
    "Accepted",
    "Rejected",
    "UnknownMessageId",
    "UnknownVendorId",
]


class DataTransferResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: DataTransferResponseStatus
    data: str | UnsetType = UNSET

HashAlgorithmEnumType = Literal[
    "SHA256",
    "SHA384",
    "SHA512",
]


class CertificateHashDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "hash_algorithm": "hashAlgorithm",
        "issuer_name_hash": "issuerNameHash",
        "issuer_key_hash": "issuerKeyHash",
        "serial_number": "serialNumber",
    },
):
    hash_algorithm: HashAlgorithmEnumType
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40


class DeleteCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
    },
):
    certificate_hash_data: CertificateHashDataType

DeleteCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


class DeleteCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: DeleteCertificateStatusEnumType

DiagnosticsStatusNotificationRequestStatus = Literal[
    "Idle",
    "Uploaded",
    "UploadFailed",
    "Uploading",
]


class DiagnosticsStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: DiagnosticsStatusNotificationRequestStatus


class DiagnosticsStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

MessageTriggerEnumType = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
]


class ExtendedTriggerMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "requested_message": "requestedMessage",
        "connector_id": "connectorId",
    },
):
    requested_message: MessageTriggerEnumType
    connector_id: Integer | UnsetType = UNSET

TriggerMessageStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


class ExtendedTriggerMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: TriggerMessageStatusEnumType

FirmwareStatusNotificationRequestStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
]


class FirmwareStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: FirmwareStatusNotificationRequestStatus


class FirmwareStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

ChargingRateUnit = Literal[
    "A",
    "W",
]


class GetCompositeScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "charging_rate_unit": "chargingRateUnit",
    },
):
    connector_id: Integer
    duration: Integer
    charging_rate_unit: ChargingRateUnit | UnsetType = UNSET

GetCompositeScheduleResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class ChargingSchedulePeriod(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_period": "startPeriod",
        "number_phases": "numberPhases",
    },
):
    start_period: Integer
    limit: float
    number_phases: Integer | UnsetType = UNSET

    def __post_init__(self) -> None:
        tenths(self.limit)


class ChargingSchedule(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_schedule": "startSchedule",
        "charging_rate_unit": "chargingRateUnit",
        "charging_schedule_period": "chargingSchedulePeriod",
        "min_charging_rate": "minChargingRate",
    },
):
    duration: Integer | UnsetType = UNSET
    start_schedule: Timestamp | UnsetType = UNSET
    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: tuple[ChargingSchedulePeriod, ...]
    min_charging_rate: float | UnsetType = UNSET

    def __post_init__(self) -> None:
        tenths(self.min_charging_rate)


class GetCompositeScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "schedule_start": "scheduleStart",
        "charging_schedule": "chargingSchedule",
    },
):
    status: GetCompositeScheduleResponseStatus
    connector_id: Integer | UnsetType = UNSET
    schedule_start: Timestamp | UnsetType = UNSET
    charging_schedule: ChargingSchedule | UnsetType = UNSET


class GetConfigurationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    key: tuple[Str50, ...] | UnsetType = UNSET


class KeyValue(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    key: Str50
    readonly: bool
    value: Str500 | UnsetType = UNSET


class GetConfigurationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "configuration_key": "configurationKey",
        "unknown_key": "unknownKey",
    },
):
    configuration_key: tuple[KeyValue, ...] | UnsetType = UNSET
    unknown_key: tuple[Str50, ...] | UnsetType = UNSET


class GetDiagnosticsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retry_interval": "retryInterval",
        "start_time": "startTime",
        "stop_time": "stopTime",
    },
):
    location: str
    retries: Integer | UnsetType = UNSET
    retry_interval: Integer | UnsetType = UNSET
    start_time: Timestamp | UnsetType = UNSET
    stop_time: Timestamp | UnsetType = UNSET


class GetDiagnosticsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "file_name": "fileName",
    },
):
    file_name: Str255 | UnsetType = UNSET

CertificateUseEnumType = Literal[
    "CentralSystemRootCertificate",
    "ManufacturerRootCertificate",
]


class GetInstalledCertificateIdsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_type": "certificateType",
    },
):
    certificate_type: CertificateUseEnumType

GetInstalledCertificateStatusEnumType = Literal[
    "Accepted",
    "NotFound",
]


class GetInstalledCertificateIdsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
    },
):
    certificate_hash_data: Annotated[tuple[CertificateHashDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    status: GetInstalledCertificateStatusEnumType


class GetLocalListVersionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass


class GetLocalListVersionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "list_version": "listVersion",
    },
):
    list_version: Integer


class LogParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "remote_location": "remoteLocation",
        "oldest_timestamp": "oldestTimestamp",
        "latest_timestamp": "latestTimestamp",
    },
):
    remote_location: Str512
    oldest_timestamp: Timestamp | UnsetType = UNSET
    latest_timestamp: Timestamp | UnsetType = UNSET

LogEnumType = Literal[
    "DiagnosticsLog",
    "SecurityLog",
]


class GetLogRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "log_type": "logType",
        "request_id": "requestId",
        "retry_interval": "retryInterval",
    },
):
    log: LogParametersType
    log_type: LogEnumType
    request_id: Integer
    retries: Integer | UnsetType = UNSET
    retry_interval: Integer | UnsetType = UNSET

LogStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
]


class GetLogResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: LogStatusEnumType
    filename: Str255 | UnsetType = UNSET


class HeartbeatRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass


class HeartbeatResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "current_time": "currentTime",
    },
):
    current_time: Timestamp


class InstallCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_type": "certificateType",
    },
):
    certificate_type: CertificateUseEnumType
    certificate: Str5500

InstallCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "Rejected",
]


class InstallCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: InstallCertificateStatusEnumType

UploadLogStatusEnumType = Literal[
    "BadMessage",
    "Idle",
    "NotSupportedOperation",
    "PermissionDenied",
    "Uploaded",
    "UploadFailure",
    "Uploading",
]


class LogStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
    },
):
    status: UploadLogStatusEnumType
    request_id: Integer | UnsetType = UNSET


class LogStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

SampledValueContext = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
    "Other",
]

SampledValueFormat = Literal[
    "Raw",
    "SignedData",
]

SampledValueMeasurand = Literal[
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
]

SampledValuePhase = Literal[
    "L1",
    "L2",
    "L3",
    "N",
    "L1-N",
    "L2-N",
    "L3-N",
    "L1-L2",
    "L2-L3",
    "L3-L1",
]

SampledValueLocation = Literal[
    "Cable",
    "EV",
    "Inlet",
    "Outlet",
    "Body",
]

SampledValueUnit = Literal[
    "Wh",
    "kWh",
    "varh",
    "kvarh",
    "W",
    "kW",
    "VA",
    "kVA",
    "var",
    "kvar",
    "A",
    "V",
    "K",
    "Celcius",
    "Celsius",
    "Fahrenheit",
    "Percent",
    "Hertz",
]


class SampledValue(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    value: str
    context: SampledValueContext | UnsetType = UNSET
    format: SampledValueFormat | UnsetType = UNSET
    measurand: SampledValueMeasurand | UnsetType = UNSET
    phase: SampledValuePhase | UnsetType = UNSET
    location: SampledValueLocation | UnsetType = UNSET
    unit: SampledValueUnit | UnsetType = UNSET


class MeterValue(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "sampled_value": "sampledValue",
    },
):
    timestamp: Timestamp
    sampled_value: Annotated[tuple[SampledValue, ...], Meta(min_length=1)]


class MeterValuesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "transaction_id": "transactionId",
        "meter_value": "meterValue",
    },
):
    connector_id: Integer
    transaction_id: Integer | UnsetType = UNSET
    meter_value: Annotated[tuple[MeterValue, ...], Meta(min_length=1)]


class MeterValuesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

ChargingProfileChargingProfileKind = Literal[
    "Absolute",
    "Recurring",
    "Relative",
]

ChargingProfileRecurrencyKind = Literal[
    "Daily",
    "Weekly",
]


class ChargingProfile(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_profile_id": "chargingProfileId",
        "transaction_id": "transactionId",
        "stack_level": "stackLevel",
        "charging_profile_purpose": "chargingProfilePurpose",
        "charging_profile_kind": "chargingProfileKind",
        "recurrency_kind": "recurrencyKind",
        "valid_from": "validFrom",
        "valid_to": "validTo",
        "charging_schedule": "chargingSchedule",
    },
):
    charging_profile_id: Integer
    transaction_id: Integer | UnsetType = UNSET
    stack_level: Integer
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileChargingProfileKind
    recurrency_kind: ChargingProfileRecurrencyKind | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_to: Timestamp | UnsetType = UNSET
    charging_schedule: ChargingSchedule


class RemoteStartTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "id_tag": "idTag",
        "charging_profile": "chargingProfile",
    },
):
    connector_id: Integer | UnsetType = UNSET
    id_tag: Str20
    charging_profile: ChargingProfile | UnsetType = UNSET

RemoteStartTransactionResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class RemoteStartTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: RemoteStartTransactionResponseStatus


class RemoteStopTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
    },
):
    transaction_id: Integer

RemoteStopTransactionResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class RemoteStopTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: RemoteStopTransactionResponseStatus


class ReserveNowRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "expiry_date": "expiryDate",
        "id_tag": "idTag",
        "parent_id_tag": "parentIdTag",
        "reservation_id": "reservationId",
    },
):
    connector_id: Integer
    expiry_date: Timestamp
    id_tag: Str20
    parent_id_tag: Str20 | UnsetType = UNSET
    reservation_id: Integer

ReserveNowResponseStatus = Literal[
    "Accepted",
    "Faulted",
    "Occupied",
    "Rejected",
    "Unavailable",
]


class ReserveNowResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ReserveNowResponseStatus

ResetRequestType = Literal[
    "Hard",
    "Soft",
]


class ResetRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    type: ResetRequestType

ResetResponseStatus = Literal[
    "Accepted",
    "Rejected",
]


class ResetResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: ResetResponseStatus


class SecurityEventNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tech_info": "techInfo",
    },
):
    type: Str50
    timestamp: Timestamp
    tech_info: Str255 | UnsetType = UNSET


class SecurityEventNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass


class AuthorizationData(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag": "idTag",
        "id_tag_info": "idTagInfo",
    },
):
    id_tag: Str20
    id_tag_info: IdTagInfo | UnsetType = UNSET

SendLocalListRequestUpdateType = Literal[
    "Differential",
    "Full",
]


class SendLocalListRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "list_version": "listVersion",
        "local_authorization_list": "localAuthorizationList",
        "update_type": "updateType",
    },
):
    list_version: Integer
    local_authorization_list: tuple[AuthorizationData, ...] | UnsetType = UNSET
    update_type: SendLocalListRequestUpdateType

SendLocalListResponseStatus = Literal[
    "Accepted",
    "Failed",
    "NotSupported",
    "VersionMismatch",
]


class SendLocalListResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: SendLocalListResponseStatus


class SetChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "cs_charging_profiles": "csChargingProfiles",
    },
):
    connector_id: Integer
    cs_charging_profiles: ChargingProfile

SetChargingProfileResponseStatus = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
]


class SetChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: SetChargingProfileResponseStatus


class SignCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    csr: Str5500

GenericStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class SignCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: GenericStatusEnumType

FirmwareStatusEnumType = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "DownloadScheduled",
    "DownloadPaused",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
    "InstallRebooting",
    "InstallScheduled",
    "InstallVerificationFailed",
    "InvalidSignature",
    "SignatureVerified",
]


class SignedFirmwareStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
    },
):
    status: FirmwareStatusEnumType
    request_id: Integer | UnsetType = UNSET


class SignedFirmwareStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass


class FirmwareType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retrieve_date_time": "retrieveDateTime",
        "install_date_time": "installDateTime",
        "signing_certificate": "signingCertificate",
    },
):
    location: Str512
    retrieve_date_time: Timestamp
    install_date_time: Timestamp | UnsetType = UNSET
    signing_certificate: Str5500
    signature: Str800


class SignedUpdateFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retry_interval": "retryInterval",
        "request_id": "requestId",
    },
):
    retries: Integer | UnsetType = UNSET
    retry_interval: Integer | UnsetType = UNSET
    request_id: Integer
    firmware: FirmwareType

UpdateFirmwareStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
    "InvalidCertificate",
    "RevokedCertificate",
]


class SignedUpdateFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: UpdateFirmwareStatusEnumType


class StartTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "id_tag": "idTag",
        "meter_start": "meterStart",
        "reservation_id": "reservationId",
    },
):
    connector_id: Integer
    id_tag: Str20
    meter_start: Integer
    reservation_id: Integer | UnsetType = UNSET
    timestamp: Timestamp


class StartTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag_info": "idTagInfo",
        "transaction_id": "transactionId",
    },
):
    id_tag_info: IdTagInfo
    transaction_id: Integer

StatusNotificationRequestErrorCode = Literal[
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "NoError",
    "OtherError",
    "OverCurrentFailure",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "OverVoltage",
    "WeakSignal",
]

StatusNotificationRequestStatus = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]


class StatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "error_code": "errorCode",
        "vendor_id": "vendorId",
        "vendor_error_code": "vendorErrorCode",
    },
):
    connector_id: Integer
    error_code: StatusNotificationRequestErrorCode
    info: Str50 | UnsetType = UNSET
    status: StatusNotificationRequestStatus
    timestamp: Timestamp | UnsetType = UNSET
    vendor_id: Str255 | UnsetType = UNSET
    vendor_error_code: Str50 | UnsetType = UNSET


class StatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass

StopTransactionRequestReason = Literal[
    "EmergencyStop",
    "EVDisconnected",
    "HardReset",
    "Local",
    "Other",
    "PowerLoss",
    "Reboot",
    "Remote",
    "SoftReset",
    "UnlockCommand",
    "DeAuthorized",
]


class TransactionData(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "sampled_value": "sampledValue",
    },
):
    timestamp: Timestamp
    sampled_value: tuple[SampledValue, ...]


class StopTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag": "idTag",
        "meter_stop": "meterStop",
        "transaction_id": "transactionId",
        "transaction_data": "transactionData",
    },
):
    id_tag: Str20 | UnsetType = UNSET
    meter_stop: Integer
    timestamp: Timestamp
    transaction_id: Integer
    reason: StopTransactionRequestReason | UnsetType = UNSET
    transaction_data: tuple[TransactionData, ...] | UnsetType = UNSET


class StopTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_tag_info": "idTagInfo",
    },
):
    id_tag_info: IdTagInfo | UnsetType = UNSET

TriggerMessageRequestRequestedMessage = Literal[
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
]


class TriggerMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "requested_message": "requestedMessage",
        "connector_id": "connectorId",
    },
):
    requested_message: TriggerMessageRequestRequestedMessage
    connector_id: Integer | UnsetType = UNSET

TriggerMessageResponseStatus = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


class TriggerMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: TriggerMessageResponseStatus


class UnlockConnectorRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
    },
):
    connector_id: Integer

UnlockConnectorResponseStatus = Literal[
    "Unlocked",
    "UnlockFailed",
    "NotSupported",
]


class UnlockConnectorResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    status: UnlockConnectorResponseStatus


class UpdateFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retrieve_date": "retrieveDate",
        "retry_interval": "retryInterval",
    },
):
    location: str
    retries: Integer | UnsetType = UNSET
    retrieve_date: Timestamp
    retry_interval: Integer | UnsetType = UNSET


class UpdateFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
):
    pass


ACTIONS: Final[dict[str, tuple[type[Payload], type[Payload]]]] = {
    "Authorize": (AuthorizeRequest, AuthorizeResponse),
    "BootNotification": (BootNotificationRequest, BootNotificationResponse),
    "CancelReservation": (CancelReservationRequest, CancelReservationResponse),
    "CertificateSigned": (CertificateSignedRequest, CertificateSignedResponse),
    "ChangeAvailability": (ChangeAvailabilityRequest, ChangeAvailabilityResponse),
    "ChangeConfiguration": (ChangeConfigurationRequest, ChangeConfigurationResponse),
    "ClearCache": (ClearCacheRequest, ClearCacheResponse),
    "ClearChargingProfile": (ClearChargingProfileRequest, ClearChargingProfileResponse),
    "DataTransfer": (DataTransferRequest, DataTransferResponse),
    "DeleteCertificate": (DeleteCertificateRequest, DeleteCertificateResponse),
    "DiagnosticsStatusNotification": (DiagnosticsStatusNotificationRequest, DiagnosticsStatusNotificationResponse),
    "ExtendedTriggerMessage": (ExtendedTriggerMessageRequest, ExtendedTriggerMessageResponse),
    "FirmwareStatusNotification": (FirmwareStatusNotificationRequest, FirmwareStatusNotificationResponse),
    "GetCompositeSchedule": (GetCompositeScheduleRequest, GetCompositeScheduleResponse),
    "GetConfiguration": (GetConfigurationRequest, GetConfigurationResponse),
    "GetDiagnostics": (GetDiagnosticsRequest, GetDiagnosticsResponse),
    "GetInstalledCertificateIds": (GetInstalledCertificateIdsRequest, GetInstalledCertificateIdsResponse),
    "GetLocalListVersion": (GetLocalListVersionRequest, GetLocalListVersionResponse),
    "GetLog": (GetLogRequest, GetLogResponse),
    "Heartbeat": (HeartbeatRequest, HeartbeatResponse),
    "InstallCertificate": (InstallCertificateRequest, InstallCertificateResponse),
    "LogStatusNotification": (LogStatusNotificationRequest, LogStatusNotificationResponse),
    "MeterValues": (MeterValuesRequest, MeterValuesResponse),
    "RemoteStartTransaction": (RemoteStartTransactionRequest, RemoteStartTransactionResponse),
    "RemoteStopTransaction": (RemoteStopTransactionRequest, RemoteStopTransactionResponse),
    "ReserveNow": (ReserveNowRequest, ReserveNowResponse),
    "Reset": (ResetRequest, ResetResponse),
    "SecurityEventNotification": (SecurityEventNotificationRequest, SecurityEventNotificationResponse),
    "SendLocalList": (SendLocalListRequest, SendLocalListResponse),
    "SetChargingProfile": (SetChargingProfileRequest, SetChargingProfileResponse),
    "SignCertificate": (SignCertificateRequest, SignCertificateResponse),
    "SignedFirmwareStatusNotification": (SignedFirmwareStatusNotificationRequest, SignedFirmwareStatusNotificationResponse),
    "SignedUpdateFirmware": (SignedUpdateFirmwareRequest, SignedUpdateFirmwareResponse),
    "StartTransaction": (StartTransactionRequest, StartTransactionResponse),
    "StatusNotification": (StatusNotificationRequest, StatusNotificationResponse),
    "StopTransaction": (StopTransactionRequest, StopTransactionResponse),
    "TriggerMessage": (TriggerMessageRequest, TriggerMessageResponse),
    "UnlockConnector": (UnlockConnectorRequest, UnlockConnectorResponse),
    "UpdateFirmware": (UpdateFirmwareRequest, UpdateFirmwareResponse),
}
"""Request and response of every CALL."""

SENDS: Final[dict[str, type[Payload]]] = {}
"""Payload of every unconfirmed SEND."""
