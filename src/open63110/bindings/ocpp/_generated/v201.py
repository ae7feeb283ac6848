# SPDX-License-Identifier: Apache-2.0
"""Messages and types of OCPP 2.0.1; written by tools/generate_ocpp.py from the schemas in ocpp 2.1.0, not by hand."""
# ruff: noqa
# fmt: off

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from open63110.bindings.ocpp.schema import CustomData, Payload, shallow, tenths

Integer = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807)]
Timestamp = Annotated[datetime, Meta(tz=True)]
Str6 = Annotated[str, Meta(max_length=6)]
Str8 = Annotated[str, Meta(max_length=8)]
Str16 = Annotated[str, Meta(max_length=16)]
Str20 = Annotated[str, Meta(max_length=20)]
Str25 = Annotated[str, Meta(max_length=25)]
Str32 = Annotated[str, Meta(max_length=32)]
Str36 = Annotated[str, Meta(max_length=36)]
Str40 = Annotated[str, Meta(max_length=40)]
Str50 = Annotated[str, Meta(max_length=50)]
Str64 = Annotated[str, Meta(max_length=64)]
Str128 = Annotated[str, Meta(max_length=128)]
Str255 = Annotated[str, Meta(max_length=255)]
Str500 = Annotated[str, Meta(max_length=500)]
Str512 = Annotated[str, Meta(max_length=512)]
Str800 = Annotated[str, Meta(max_length=800)]
Str1000 = Annotated[str, Meta(max_length=1000)]
Str2500 = Annotated[str, Meta(max_length=2500)]
Str5500 = Annotated[str, Meta(max_length=5500)]
Str5600 = Annotated[str, Meta(max_length=5600)]
Str7500 = Annotated[str, Meta(max_length=7500)]
Str10000 = Annotated[str, Meta(max_length=10000)]


class AdditionalInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "additional_id_token": "additionalIdToken",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    additional_id_token: Str36
    type: Str50

IdTokenEnumType = Literal[
    "Central",
    "eMAID",
    "ISO14443",
    "ISO15693",
    "KeyCode",
    "Local",
    "MacAddress",
    "NoAuthorization",
]


class IdTokenType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "additional_info": "additionalInfo",
        "id_token": "idToken",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    additional_info: Annotated[tuple[AdditionalInfoType, ...], Meta(min_length=1)] | UnsetType = UNSET
    id_token: Str36
    type: IdTokenEnumType

HashAlgorithmEnumType = Literal[
    "SHA256",
    "SHA384",
    "SHA512",
]


class OCSPRequestDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "hash_algorithm": "hashAlgorithm",
        "issuer_name_hash": "issuerNameHash",
        "issuer_key_hash": "issuerKeyHash",
        "serial_number": "serialNumber",
        "responder_url": "responderURL",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    hash_algorithm: HashAlgorithmEnumType
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40
    responder_url: Str512


class AuthorizeRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "id_token": "idToken",
        "iso15118_certificate_hash_data": "iso15118CertificateHashData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id_token: IdTokenType
    certificate: Str5500 | UnsetType = UNSET
    iso15118_certificate_hash_data: Annotated[tuple[OCSPRequestDataType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET

AuthorizationStatusEnumType = Literal[
    "Accepted",
    "Blocked",
    "ConcurrentTx",
    "Expired",
    "Invalid",
    "NoCredit",
    "NotAllowedTypeEVSE",
    "NotAtThisLocation",
    "NotAtThisTime",
    "Unknown",
]

MessageFormatEnumType = Literal[
    "ASCII",
    "HTML",
    "URI",
    "UTF8",
]


class MessageContentType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    format: MessageFormatEnumType
    language: Str8 | UnsetType = UNSET
    content: Str512


class IdTokenInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "cache_expiry_date_time": "cacheExpiryDateTime",
        "charging_priority": "chargingPriority",
        "evse_id": "evseId",
        "group_id_token": "groupIdToken",
        "personal_message": "personalMessage",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: AuthorizationStatusEnumType
    cache_expiry_date_time: Timestamp | UnsetType = UNSET
    charging_priority: Integer | UnsetType = UNSET
    language1: Str8 | UnsetType = UNSET
    evse_id: Annotated[tuple[Integer, ...], Meta(min_length=1)] | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET
    language2: Str8 | UnsetType = UNSET
    personal_message: MessageContentType | UnsetType = UNSET

AuthorizeCertificateStatusEnumType = Literal[
    "Accepted",
    "SignatureError",
    "CertificateExpired",
    "CertificateRevoked",
    "NoCertificateAvailable",
    "CertChainError",
    "ContractCancelled",
]


class AuthorizeResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "id_token_info": "idTokenInfo",
        "certificate_status": "certificateStatus",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id_token_info: IdTokenInfoType
    certificate_status: AuthorizeCertificateStatusEnumType | UnsetType = UNSET


class ModemType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    iccid: Str20 | UnsetType = UNSET
    imsi: Str20 | UnsetType = UNSET


class ChargingStationType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "serial_number": "serialNumber",
        "vendor_name": "vendorName",
        "firmware_version": "firmwareVersion",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    serial_number: Str25 | UnsetType = UNSET
    model: Str20
    modem: ModemType | UnsetType = UNSET
    vendor_name: Str50
    firmware_version: Str50 | UnsetType = UNSET

BootReasonEnumType = Literal[
    "ApplicationReset",
    "FirmwareUpdate",
    "LocalReset",
    "PowerUp",
    "RemoteReset",
    "ScheduledReset",
    "Triggered",
    "Unknown",
    "Watchdog",
]


class BootNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_station": "chargingStation",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_station: ChargingStationType
    reason: BootReasonEnumType

RegistrationStatusEnumType = Literal[
    "Accepted",
    "Pending",
    "Rejected",
]


class StatusInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "reason_code": "reasonCode",
        "additional_info": "additionalInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    reason_code: Str20
    additional_info: Str512 | UnsetType = UNSET


class BootNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "current_time": "currentTime",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    current_time: Timestamp
    interval: Integer
    status: RegistrationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class CancelReservationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "reservation_id": "reservationId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    reservation_id: Integer

CancelReservationStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class CancelReservationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: CancelReservationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

CertificateSigningUseEnumType = Literal[
    "ChargingStationCertificate",
    "V2GCertificate",
]


class CertificateSignedRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_chain": "certificateChain",
        "certificate_type": "certificateType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    certificate_chain: Str10000
    certificate_type: CertificateSigningUseEnumType | UnsetType = UNSET

CertificateSignedStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class CertificateSignedResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: CertificateSignedStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class EVSEType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "connector_id": "connectorId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    connector_id: Integer | UnsetType = UNSET

OperationalStatusEnumType = Literal[
    "Inoperative",
    "Operative",
]


class ChangeAvailabilityRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "operational_status": "operationalStatus",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse: EVSEType | UnsetType = UNSET
    operational_status: OperationalStatusEnumType

ChangeAvailabilityStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class ChangeAvailabilityResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ChangeAvailabilityStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class ClearCacheRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

ClearCacheStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class ClearCacheResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ClearCacheStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ChargingProfilePurposeEnumType = Literal[
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
]


class ClearChargingProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
        "charging_profile_purpose": "chargingProfilePurpose",
        "stack_level": "stackLevel",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse_id: Integer | UnsetType = UNSET
    charging_profile_purpose: ChargingProfilePurposeEnumType | UnsetType = UNSET
    stack_level: Integer | UnsetType = UNSET


class ClearChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_profile_id": "chargingProfileId",
        "charging_profile_criteria": "chargingProfileCriteria",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_profile_id: Integer | UnsetType = UNSET
    charging_profile_criteria: ClearChargingProfileType | UnsetType = UNSET

ClearChargingProfileStatusEnumType = Literal[
    "Accepted",
    "Unknown",
]


class ClearChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ClearChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class ClearDisplayMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer

ClearMessageStatusEnumType = Literal[
    "Accepted",
    "Unknown",
]


class ClearDisplayMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ClearMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class ClearVariableMonitoringRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Annotated[tuple[Integer, ...], Meta(min_length=1)]

ClearMonitoringStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotFound",
]


class ClearMonitoringResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ClearMonitoringStatusEnumType
    id: Integer
    status_info: StatusInfoType | UnsetType = UNSET


class ClearVariableMonitoringResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "clear_monitoring_result": "clearMonitoringResult",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    clear_monitoring_result: Annotated[tuple[ClearMonitoringResultType, ...], Meta(min_length=1)]

ChargingLimitSourceEnumType = Literal[
    "EMS",
    "Other",
    "SO",
    "CSO",
]


class ClearedChargingLimitRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_limit_source": "chargingLimitSource",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_limit_source: ChargingLimitSourceEnumType
    evse_id: Integer | UnsetType = UNSET


class ClearedChargingLimitResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class CostUpdatedRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "total_cost": "totalCost",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    total_cost: float
    transaction_id: Str36


class CostUpdatedResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class CertificateHashDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "hash_algorithm": "hashAlgorithm",
        "issuer_name_hash": "issuerNameHash",
        "issuer_key_hash": "issuerKeyHash",
        "serial_number": "serialNumber",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    hash_algorithm: HashAlgorithmEnumType
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40


class CustomerInformationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "customer_certificate": "customerCertificate",
        "id_token": "idToken",
        "request_id": "requestId",
        "customer_identifier": "customerIdentifier",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    customer_certificate: CertificateHashDataType | UnsetType = UNSET
    id_token: IdTokenType | UnsetType = UNSET
    request_id: Integer
    report: bool
    clear: bool
    customer_identifier: Str64 | UnsetType = UNSET

CustomerInformationStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Invalid",
]


class CustomerInformationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: CustomerInformationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class DataTransferRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "message_id": "messageId",
        "vendor_id": "vendorId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    message_id: Str50 | UnsetType = UNSET
    data: Any | UnsetType = UNSET
    vendor_id: Str255

    def __post_init__(self) -> None:
        shallow(self.data)

DataTransferStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "UnknownMessageId",
    "UnknownVendorId",
]


class DataTransferResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: DataTransferStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    data: Any | UnsetType = UNSET

    def __post_init__(self) -> None:
        shallow(self.data)


class DeleteCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_hash_data": "certificateHashData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    certificate_hash_data: CertificateHashDataType

DeleteCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


class DeleteCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: DeleteCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

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


class FirmwareStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: FirmwareStatusEnumType
    request_id: Integer | UnsetType = UNSET


class FirmwareStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

CertificateActionEnumType = Literal[
    "Install",
    "Update",
]


class Get15118EVCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "iso15118_schema_version": "iso15118SchemaVersion",
        "exi_request": "exiRequest",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    iso15118_schema_version: Str50
    action: CertificateActionEnumType
    exi_request: Str5600

Iso15118EVCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
]


class Get15118EVCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
        "exi_response": "exiResponse",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: Iso15118EVCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    exi_response: Str7500

ReportBaseEnumType = Literal[
    "ConfigurationInventory",
    "FullInventory",
    "SummaryInventory",
]


class GetBaseReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "report_base": "reportBase",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    request_id: Integer
    report_base: ReportBaseEnumType

GenericDeviceModelStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
    "EmptyResultSet",
]


class GetBaseReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class GetCertificateStatusRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "ocsp_request_data": "ocspRequestData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    ocsp_request_data: OCSPRequestDataType

GetCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
]


class GetCertificateStatusResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
        "ocsp_result": "ocspResult",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GetCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    ocsp_result: Str5500 | UnsetType = UNSET


class ChargingProfileCriterionType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_profile_purpose": "chargingProfilePurpose",
        "stack_level": "stackLevel",
        "charging_profile_id": "chargingProfileId",
        "charging_limit_source": "chargingLimitSource",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_profile_purpose: ChargingProfilePurposeEnumType | UnsetType = UNSET
    stack_level: Integer | UnsetType = UNSET
    charging_profile_id: Annotated[tuple[Integer, ...], Meta(min_length=1)] | UnsetType = UNSET
    charging_limit_source: Annotated[tuple[ChargingLimitSourceEnumType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET


class GetChargingProfilesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "evse_id": "evseId",
        "charging_profile": "chargingProfile",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    request_id: Integer
    evse_id: Integer | UnsetType = UNSET
    charging_profile: ChargingProfileCriterionType

GetChargingProfileStatusEnumType = Literal[
    "Accepted",
    "NoProfiles",
]


class GetChargingProfilesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GetChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ChargingRateUnitEnumType = Literal[
    "W",
    "A",
]


class GetCompositeScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_rate_unit": "chargingRateUnit",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    duration: Integer
    charging_rate_unit: ChargingRateUnitEnumType | UnsetType = UNSET
    evse_id: Integer

GenericStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class ChargingSchedulePeriodType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "start_period": "startPeriod",
        "number_phases": "numberPhases",
        "phase_to_use": "phaseToUse",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    start_period: Integer
    limit: float
    number_phases: Integer | UnsetType = UNSET
    phase_to_use: Integer | UnsetType = UNSET


class CompositeScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_schedule_period": "chargingSchedulePeriod",
        "evse_id": "evseId",
        "schedule_start": "scheduleStart",
        "charging_rate_unit": "chargingRateUnit",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_schedule_period: Annotated[tuple[ChargingSchedulePeriodType, ...], Meta(min_length=1)]
    evse_id: Integer
    duration: Integer
    schedule_start: Timestamp
    charging_rate_unit: ChargingRateUnitEnumType


class GetCompositeScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    schedule: CompositeScheduleType | UnsetType = UNSET

MessagePriorityEnumType = Literal[
    "AlwaysFront",
    "InFront",
    "NormalCycle",
]

MessageStateEnumType = Literal[
    "Charging",
    "Faulted",
    "Idle",
    "Unavailable",
]


class GetDisplayMessagesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Annotated[tuple[Integer, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    priority: MessagePriorityEnumType | UnsetType = UNSET
    state: MessageStateEnumType | UnsetType = UNSET

GetDisplayMessagesStatusEnumType = Literal[
    "Accepted",
    "Unknown",
]


class GetDisplayMessagesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GetDisplayMessagesStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

GetCertificateIdUseEnumType = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "V2GCertificateChain",
    "ManufacturerRootCertificate",
]


class GetInstalledCertificateIdsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_type": "certificateType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    certificate_type: Annotated[tuple[GetCertificateIdUseEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET

GetInstalledCertificateStatusEnumType = Literal[
    "Accepted",
    "NotFound",
]


class CertificateHashDataChainType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_hash_data": "certificateHashData",
        "certificate_type": "certificateType",
        "child_certificate_hash_data": "childCertificateHashData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    certificate_hash_data: CertificateHashDataType
    certificate_type: GetCertificateIdUseEnumType
    child_certificate_hash_data: Annotated[tuple[CertificateHashDataType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET


class GetInstalledCertificateIdsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
        "certificate_hash_data_chain": "certificateHashDataChain",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GetInstalledCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    certificate_hash_data_chain: Annotated[tuple[CertificateHashDataChainType, ...], Meta(min_length=1)] | UnsetType = UNSET


class GetLocalListVersionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class GetLocalListVersionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "version_number": "versionNumber",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    version_number: Integer


class LogParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "remote_location": "remoteLocation",
        "oldest_timestamp": "oldestTimestamp",
        "latest_timestamp": "latestTimestamp",
    },
):
    custom_data: CustomData | UnsetType = UNSET
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
        "custom_data": "customData",
        "log_type": "logType",
        "request_id": "requestId",
        "retry_interval": "retryInterval",
    },
):
    custom_data: CustomData | UnsetType = UNSET
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
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: LogStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    filename: Str255 | UnsetType = UNSET


class ComponentType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse: EVSEType | UnsetType = UNSET
    name: Str50
    instance: Str50 | UnsetType = UNSET


class VariableType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    name: Str50
    instance: Str50 | UnsetType = UNSET


class ComponentVariableType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    component: ComponentType
    variable: VariableType | UnsetType = UNSET

MonitoringCriterionEnumType = Literal[
    "ThresholdMonitoring",
    "DeltaMonitoring",
    "PeriodicMonitoring",
]


class GetMonitoringReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "component_variable": "componentVariable",
        "request_id": "requestId",
        "monitoring_criteria": "monitoringCriteria",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    component_variable: Annotated[tuple[ComponentVariableType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    monitoring_criteria: Annotated[tuple[MonitoringCriterionEnumType, ...], Meta(min_length=1, max_length=3)] | UnsetType = UNSET


class GetMonitoringReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ComponentCriterionEnumType = Literal[
    "Active",
    "Available",
    "Enabled",
    "Problem",
]


class GetReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "component_variable": "componentVariable",
        "request_id": "requestId",
        "component_criteria": "componentCriteria",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    component_variable: Annotated[tuple[ComponentVariableType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    component_criteria: Annotated[tuple[ComponentCriterionEnumType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET


class GetReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class GetTransactionStatusRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET


class GetTransactionStatusResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "ongoing_indicator": "ongoingIndicator",
        "messages_in_queue": "messagesInQueue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    ongoing_indicator: bool | UnsetType = UNSET
    messages_in_queue: bool

AttributeEnumType = Literal[
    "Actual",
    "Target",
    "MinSet",
    "MaxSet",
]


class GetVariableDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "attribute_type": "attributeType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    attribute_type: AttributeEnumType | UnsetType = UNSET
    component: ComponentType
    variable: VariableType


class GetVariablesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "get_variable_data": "getVariableData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    get_variable_data: Annotated[tuple[GetVariableDataType, ...], Meta(min_length=1)]

GetVariableStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "UnknownComponent",
    "UnknownVariable",
    "NotSupportedAttributeType",
]


class GetVariableResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "attribute_status_info": "attributeStatusInfo",
        "attribute_status": "attributeStatus",
        "attribute_type": "attributeType",
        "attribute_value": "attributeValue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    attribute_status_info: StatusInfoType | UnsetType = UNSET
    attribute_status: GetVariableStatusEnumType
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_value: Str2500 | UnsetType = UNSET
    component: ComponentType
    variable: VariableType


class GetVariablesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "get_variable_result": "getVariableResult",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    get_variable_result: Annotated[tuple[GetVariableResultType, ...], Meta(min_length=1)]


class HeartbeatRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class HeartbeatResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "current_time": "currentTime",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    current_time: Timestamp

InstallCertificateUseEnumType = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
]


class InstallCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_type": "certificateType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    certificate_type: InstallCertificateUseEnumType
    certificate: Str5500

InstallCertificateStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class InstallCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: InstallCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

UploadLogStatusEnumType = Literal[
    "BadMessage",
    "Idle",
    "NotSupportedOperation",
    "PermissionDenied",
    "Uploaded",
    "UploadFailure",
    "Uploading",
    "AcceptedCanceled",
]


class LogStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: UploadLogStatusEnumType
    request_id: Integer | UnsetType = UNSET


class LogStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

ReadingContextEnumType = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Other",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
]

MeasurandEnumType = Literal[
    "Current.Export",
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Active.Net",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Net",
    "Energy.Apparent.Net",
    "Energy.Apparent.Import",
    "Energy.Apparent.Export",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Factor",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "SoC",
    "Voltage",
]

PhaseEnumType = Literal[
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

LocationEnumType = Literal[
    "Body",
    "Cable",
    "EV",
    "Inlet",
    "Outlet",
]


class SignedMeterValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "signed_meter_data": "signedMeterData",
        "signing_method": "signingMethod",
        "encoding_method": "encodingMethod",
        "public_key": "publicKey",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    signed_meter_data: Str2500
    signing_method: Str50
    encoding_method: Str50
    public_key: Str2500


class UnitOfMeasureType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    unit: Str20 | UnsetType = UNSET
    multiplier: Integer | UnsetType = UNSET


class SampledValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "signed_meter_value": "signedMeterValue",
        "unit_of_measure": "unitOfMeasure",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    value: float
    context: ReadingContextEnumType | UnsetType = UNSET
    measurand: MeasurandEnumType | UnsetType = UNSET
    phase: PhaseEnumType | UnsetType = UNSET
    location: LocationEnumType | UnsetType = UNSET
    signed_meter_value: SignedMeterValueType | UnsetType = UNSET
    unit_of_measure: UnitOfMeasureType | UnsetType = UNSET


class MeterValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "sampled_value": "sampledValue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    sampled_value: Annotated[tuple[SampledValueType, ...], Meta(min_length=1)]
    timestamp: Timestamp


class MeterValuesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
        "meter_value": "meterValue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse_id: Integer
    meter_value: Annotated[tuple[MeterValueType, ...], Meta(min_length=1)]


class MeterValuesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class RelativeTimeIntervalType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    start: Integer
    duration: Integer | UnsetType = UNSET

CostKindEnumType = Literal[
    "CarbonDioxideEmission",
    "RelativePricePercentage",
    "RenewableGenerationPercentage",
]


class CostType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "cost_kind": "costKind",
        "amount_multiplier": "amountMultiplier",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    cost_kind: CostKindEnumType
    amount: Integer
    amount_multiplier: Integer | UnsetType = UNSET


class ConsumptionCostType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "start_value": "startValue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    start_value: float
    cost: Annotated[tuple[CostType, ...], Meta(min_length=1, max_length=3)]


class SalesTariffEntryType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "relative_time_interval": "relativeTimeInterval",
        "e_price_level": "ePriceLevel",
        "consumption_cost": "consumptionCost",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    relative_time_interval: RelativeTimeIntervalType
    e_price_level: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    consumption_cost: Annotated[tuple[ConsumptionCostType, ...], Meta(min_length=1, max_length=3)] | UnsetType = UNSET


class SalesTariffType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "sales_tariff_description": "salesTariffDescription",
        "num_e_price_levels": "numEPriceLevels",
        "sales_tariff_entry": "salesTariffEntry",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    sales_tariff_description: Str32 | UnsetType = UNSET
    num_e_price_levels: Integer | UnsetType = UNSET
    sales_tariff_entry: Annotated[tuple[SalesTariffEntryType, ...], Meta(min_length=1, max_length=1024)]


class ChargingScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "start_schedule": "startSchedule",
        "charging_rate_unit": "chargingRateUnit",
        "charging_schedule_period": "chargingSchedulePeriod",
        "min_charging_rate": "minChargingRate",
        "sales_tariff": "salesTariff",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    start_schedule: Timestamp | UnsetType = UNSET
    duration: Integer | UnsetType = UNSET
    charging_rate_unit: ChargingRateUnitEnumType
    charging_schedule_period: Annotated[tuple[ChargingSchedulePeriodType, ...], Meta(min_length=1, max_length=1024)]
    min_charging_rate: float | UnsetType = UNSET
    sales_tariff: SalesTariffType | UnsetType = UNSET


class ChargingLimitType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_limit_source": "chargingLimitSource",
        "is_grid_critical": "isGridCritical",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_limit_source: ChargingLimitSourceEnumType
    is_grid_critical: bool | UnsetType = UNSET


class NotifyChargingLimitRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "charging_schedule": "chargingSchedule",
        "evse_id": "evseId",
        "charging_limit": "chargingLimit",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    charging_schedule: Annotated[tuple[ChargingScheduleType, ...], Meta(min_length=1)] | UnsetType = UNSET
    evse_id: Integer | UnsetType = UNSET
    charging_limit: ChargingLimitType


class NotifyChargingLimitResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class NotifyCustomerInformationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "seq_no": "seqNo",
        "generated_at": "generatedAt",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    data: Str512
    tbc: bool | UnsetType = UNSET
    seq_no: Integer
    generated_at: Timestamp
    request_id: Integer


class NotifyCustomerInformationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class MessageInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "start_date_time": "startDateTime",
        "end_date_time": "endDateTime",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    display: ComponentType | UnsetType = UNSET
    id: Integer
    priority: MessagePriorityEnumType
    state: MessageStateEnumType | UnsetType = UNSET
    start_date_time: Timestamp | UnsetType = UNSET
    end_date_time: Timestamp | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    message: MessageContentType


class NotifyDisplayMessagesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "message_info": "messageInfo",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    message_info: Annotated[tuple[MessageInfoType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    tbc: bool | UnsetType = UNSET


class NotifyDisplayMessagesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class ACChargingParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "energy_amount": "energyAmount",
        "ev_min_current": "evMinCurrent",
        "ev_max_current": "evMaxCurrent",
        "ev_max_voltage": "evMaxVoltage",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    energy_amount: Integer
    ev_min_current: Integer
    ev_max_current: Integer
    ev_max_voltage: Integer


class DCChargingParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "ev_max_current": "evMaxCurrent",
        "ev_max_voltage": "evMaxVoltage",
        "energy_amount": "energyAmount",
        "ev_max_power": "evMaxPower",
        "state_of_charge": "stateOfCharge",
        "ev_energy_capacity": "evEnergyCapacity",
        "full_soc": "fullSoC",
        "bulk_soc": "bulkSoC",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    ev_max_current: Integer
    ev_max_voltage: Integer
    energy_amount: Integer | UnsetType = UNSET
    ev_max_power: Integer | UnsetType = UNSET
    state_of_charge: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    ev_energy_capacity: Integer | UnsetType = UNSET
    full_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    bulk_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET

EnergyTransferModeEnumType = Literal[
    "DC",
    "AC_single_phase",
    "AC_two_phase",
    "AC_three_phase",
]


class ChargingNeedsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "ac_charging_parameters": "acChargingParameters",
        "dc_charging_parameters": "dcChargingParameters",
        "requested_energy_transfer": "requestedEnergyTransfer",
        "departure_time": "departureTime",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    ac_charging_parameters: ACChargingParametersType | UnsetType = UNSET
    dc_charging_parameters: DCChargingParametersType | UnsetType = UNSET
    requested_energy_transfer: EnergyTransferModeEnumType
    departure_time: Timestamp | UnsetType = UNSET


class NotifyEVChargingNeedsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "max_schedule_tuples": "maxScheduleTuples",
        "charging_needs": "chargingNeeds",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    max_schedule_tuples: Integer | UnsetType = UNSET
    charging_needs: ChargingNeedsType
    evse_id: Integer

NotifyEVChargingNeedsStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Processing",
]


class NotifyEVChargingNeedsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: NotifyEVChargingNeedsStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class NotifyEVChargingScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "time_base": "timeBase",
        "charging_schedule": "chargingSchedule",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    time_base: Timestamp
    charging_schedule: ChargingScheduleType
    evse_id: Integer


class NotifyEVChargingScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

EventTriggerEnumType = Literal[
    "Alerting",
    "Delta",
    "Periodic",
]

EventNotificationEnumType = Literal[
    "HardWiredNotification",
    "HardWiredMonitor",
    "PreconfiguredMonitor",
    "CustomMonitor",
]


class EventDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "event_id": "eventId",
        "actual_value": "actualValue",
        "tech_code": "techCode",
        "tech_info": "techInfo",
        "transaction_id": "transactionId",
        "variable_monitoring_id": "variableMonitoringId",
        "event_notification_type": "eventNotificationType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    event_id: Integer
    timestamp: Timestamp
    trigger: EventTriggerEnumType
    cause: Integer | UnsetType = UNSET
    actual_value: Str2500
    tech_code: Str50 | UnsetType = UNSET
    tech_info: Str500 | UnsetType = UNSET
    cleared: bool | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    component: ComponentType
    variable_monitoring_id: Integer | UnsetType = UNSET
    event_notification_type: EventNotificationEnumType
    variable: VariableType


class NotifyEventRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "generated_at": "generatedAt",
        "seq_no": "seqNo",
        "event_data": "eventData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    generated_at: Timestamp
    tbc: bool | UnsetType = UNSET
    seq_no: Integer
    event_data: Annotated[tuple[EventDataType, ...], Meta(min_length=1)]


class NotifyEventResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

MonitorEnumType = Literal[
    "UpperThreshold",
    "LowerThreshold",
    "Delta",
    "Periodic",
    "PeriodicClockAligned",
]


class VariableMonitoringType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    transaction: bool
    value: float
    type: MonitorEnumType
    severity: Integer


class MonitoringDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "variable_monitoring": "variableMonitoring",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    component: ComponentType
    variable: VariableType
    variable_monitoring: Annotated[tuple[VariableMonitoringType, ...], Meta(min_length=1)]


class NotifyMonitoringReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "seq_no": "seqNo",
        "generated_at": "generatedAt",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    monitor: Annotated[tuple[MonitoringDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    tbc: bool | UnsetType = UNSET
    seq_no: Integer
    generated_at: Timestamp


class NotifyMonitoringReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

MutabilityEnumType = Literal[
    "ReadOnly",
    "WriteOnly",
    "ReadWrite",
]


class VariableAttributeType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    type: AttributeEnumType | UnsetType = UNSET
    value: Str2500 | UnsetType = UNSET
    mutability: MutabilityEnumType | UnsetType = UNSET
    persistent: bool | UnsetType = UNSET
    constant: bool | UnsetType = UNSET

DataEnumType = Literal[
    "string",
    "decimal",
    "integer",
    "dateTime",
    "boolean",
    "OptionList",
    "SequenceList",
    "MemberList",
]


class VariableCharacteristicsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "data_type": "dataType",
        "min_limit": "minLimit",
        "max_limit": "maxLimit",
        "values_list": "valuesList",
        "supports_monitoring": "supportsMonitoring",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    unit: Str16 | UnsetType = UNSET
    data_type: DataEnumType
    min_limit: float | UnsetType = UNSET
    max_limit: float | UnsetType = UNSET
    values_list: Str1000 | UnsetType = UNSET
    supports_monitoring: bool


class ReportDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "variable_attribute": "variableAttribute",
        "variable_characteristics": "variableCharacteristics",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    component: ComponentType
    variable: VariableType
    variable_attribute: Annotated[tuple[VariableAttributeType, ...], Meta(min_length=1, max_length=4)]
    variable_characteristics: VariableCharacteristicsType | UnsetType = UNSET


class NotifyReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "generated_at": "generatedAt",
        "report_data": "reportData",
        "seq_no": "seqNo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    request_id: Integer
    generated_at: Timestamp
    report_data: Annotated[tuple[ReportDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    tbc: bool | UnsetType = UNSET
    seq_no: Integer


class NotifyReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class PublishFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "retry_interval": "retryInterval",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    location: Str512
    retries: Integer | UnsetType = UNSET
    checksum: Str32
    request_id: Integer
    retry_interval: Integer | UnsetType = UNSET


class PublishFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

PublishFirmwareStatusEnumType = Literal[
    "Idle",
    "DownloadScheduled",
    "Downloading",
    "Downloaded",
    "Published",
    "DownloadFailed",
    "DownloadPaused",
    "InvalidChecksum",
    "ChecksumVerified",
    "PublishFailed",
]


class PublishFirmwareStatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: PublishFirmwareStatusEnumType
    location: Annotated[tuple[Str512, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer | UnsetType = UNSET


class PublishFirmwareStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

ChargingProfileKindEnumType = Literal[
    "Absolute",
    "Recurring",
    "Relative",
]

RecurrencyKindEnumType = Literal[
    "Daily",
    "Weekly",
]


class ChargingProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "stack_level": "stackLevel",
        "charging_profile_purpose": "chargingProfilePurpose",
        "charging_profile_kind": "chargingProfileKind",
        "recurrency_kind": "recurrencyKind",
        "valid_from": "validFrom",
        "valid_to": "validTo",
        "charging_schedule": "chargingSchedule",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    stack_level: Integer
    charging_profile_purpose: ChargingProfilePurposeEnumType
    charging_profile_kind: ChargingProfileKindEnumType
    recurrency_kind: RecurrencyKindEnumType | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_to: Timestamp | UnsetType = UNSET
    charging_schedule: Annotated[tuple[ChargingScheduleType, ...], Meta(min_length=1, max_length=3)]
    transaction_id: Str36 | UnsetType = UNSET


class ReportChargingProfilesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "request_id": "requestId",
        "charging_limit_source": "chargingLimitSource",
        "charging_profile": "chargingProfile",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    request_id: Integer
    charging_limit_source: ChargingLimitSourceEnumType
    charging_profile: Annotated[tuple[ChargingProfileType, ...], Meta(min_length=1)]
    tbc: bool | UnsetType = UNSET
    evse_id: Integer


class ReportChargingProfilesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class RequestStartTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
        "group_id_token": "groupIdToken",
        "id_token": "idToken",
        "remote_start_id": "remoteStartId",
        "charging_profile": "chargingProfile",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse_id: Integer | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET
    id_token: IdTokenType
    remote_start_id: Integer
    charging_profile: ChargingProfileType | UnsetType = UNSET

RequestStartStopStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class RequestStartTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: RequestStartStopStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET


class RequestStopTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "transaction_id": "transactionId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    transaction_id: Str36


class RequestStopTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: RequestStartStopStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ReservationUpdateStatusEnumType = Literal[
    "Expired",
    "Removed",
]


class ReservationStatusUpdateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "reservation_id": "reservationId",
        "reservation_update_status": "reservationUpdateStatus",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    reservation_id: Integer
    reservation_update_status: ReservationUpdateStatusEnumType


class ReservationStatusUpdateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

ConnectorEnumType = Literal[
    "cCCS1",
    "cCCS2",
    "cG105",
    "cTesla",
    "cType1",
    "cType2",
    "s309-1P-16A",
    "s309-1P-32A",
    "s309-3P-16A",
    "s309-3P-32A",
    "sBS1361",
    "sCEE-7-7",
    "sType2",
    "sType3",
    "Other1PhMax16A",
    "Other1PhOver16A",
    "Other3Ph",
    "Pan",
    "wInductive",
    "wResonant",
    "Undetermined",
    "Unknown",
]


class ReserveNowRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "expiry_date_time": "expiryDateTime",
        "connector_type": "connectorType",
        "id_token": "idToken",
        "evse_id": "evseId",
        "group_id_token": "groupIdToken",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer
    expiry_date_time: Timestamp
    connector_type: ConnectorEnumType | UnsetType = UNSET
    id_token: IdTokenType
    evse_id: Integer | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET

ReserveNowStatusEnumType = Literal[
    "Accepted",
    "Faulted",
    "Occupied",
    "Rejected",
    "Unavailable",
]


class ReserveNowResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ReserveNowStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ResetEnumType = Literal[
    "Immediate",
    "OnIdle",
]


class ResetRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    type: ResetEnumType
    evse_id: Integer | UnsetType = UNSET

ResetStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class ResetResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ResetStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class SecurityEventNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "tech_info": "techInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    type: Str50
    timestamp: Timestamp
    tech_info: Str255 | UnsetType = UNSET


class SecurityEventNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class AuthorizationData(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "id_token": "idToken",
        "id_token_info": "idTokenInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id_token: IdTokenType
    id_token_info: IdTokenInfoType | UnsetType = UNSET

UpdateEnumType = Literal[
    "Differential",
    "Full",
]


class SendLocalListRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "local_authorization_list": "localAuthorizationList",
        "version_number": "versionNumber",
        "update_type": "updateType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    local_authorization_list: Annotated[tuple[AuthorizationData, ...], Meta(min_length=1)] | UnsetType = UNSET
    version_number: Integer
    update_type: UpdateEnumType

SendLocalListStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "VersionMismatch",
]


class SendLocalListResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: SendLocalListStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class SetChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
        "charging_profile": "chargingProfile",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse_id: Integer
    charging_profile: ChargingProfileType

ChargingProfileStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class SetChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: ChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class SetDisplayMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    message: MessageInfoType

DisplayMessageStatusEnumType = Literal[
    "Accepted",
    "NotSupportedMessageFormat",
    "Rejected",
    "NotSupportedPriority",
    "NotSupportedState",
    "UnknownTransaction",
]


class SetDisplayMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: DisplayMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

MonitoringBaseEnumType = Literal[
    "All",
    "FactoryDefault",
    "HardWiredOnly",
]


class SetMonitoringBaseRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "monitoring_base": "monitoringBase",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    monitoring_base: MonitoringBaseEnumType


class SetMonitoringBaseResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class SetMonitoringLevelRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    severity: Integer


class SetMonitoringLevelResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

APNAuthenticationEnumType = Literal[
    "CHAP",
    "NONE",
    "PAP",
    "AUTO",
]


class APNType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "apn_user_name": "apnUserName",
        "apn_password": "apnPassword",
        "sim_pin": "simPin",
        "preferred_network": "preferredNetwork",
        "use_only_preferred_network": "useOnlyPreferredNetwork",
        "apn_authentication": "apnAuthentication",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    apn: Str512
    apn_user_name: Str20 | UnsetType = UNSET
    apn_password: Str20 | UnsetType = UNSET
    sim_pin: Integer | UnsetType = UNSET
    preferred_network: Str6 | UnsetType = UNSET
    use_only_preferred_network: bool | UnsetType = UNSET
    apn_authentication: APNAuthenticationEnumType

OCPPVersionEnumType = Literal[
    "OCPP12",
    "OCPP15",
    "OCPP16",
    "OCPP20",
]

OCPPTransportEnumType = Literal[
    "JSON",
    "SOAP",
]

OCPPInterfaceEnumType = Literal[
    "Wired0",
    "Wired1",
    "Wired2",
    "Wired3",
    "Wireless0",
    "Wireless1",
    "Wireless2",
    "Wireless3",
]

VPNEnumType = Literal[
    "IKEv2",
    "IPSec",
    "L2TP",
    "PPTP",
]


class VPNType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    server: Str512
    user: Str20
    group: Str20 | UnsetType = UNSET
    password: Str20
    key: Str255
    type: VPNEnumType


class NetworkConnectionProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "ocpp_version": "ocppVersion",
        "ocpp_transport": "ocppTransport",
        "ocpp_csms_url": "ocppCsmsUrl",
        "message_timeout": "messageTimeout",
        "security_profile": "securityProfile",
        "ocpp_interface": "ocppInterface",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    apn: APNType | UnsetType = UNSET
    ocpp_version: OCPPVersionEnumType
    ocpp_transport: OCPPTransportEnumType
    ocpp_csms_url: Str512
    message_timeout: Integer
    security_profile: Integer
    ocpp_interface: OCPPInterfaceEnumType
    vpn: VPNType | UnsetType = UNSET


class SetNetworkProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "configuration_slot": "configurationSlot",
        "connection_data": "connectionData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    configuration_slot: Integer
    connection_data: NetworkConnectionProfileType

SetNetworkProfileStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class SetNetworkProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: SetNetworkProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class SetMonitoringDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer | UnsetType = UNSET
    transaction: bool | UnsetType = UNSET
    value: float
    type: MonitorEnumType
    severity: Integer
    component: ComponentType
    variable: VariableType


class SetVariableMonitoringRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "set_monitoring_data": "setMonitoringData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    set_monitoring_data: Annotated[tuple[SetMonitoringDataType, ...], Meta(min_length=1)]

SetMonitoringStatusEnumType = Literal[
    "Accepted",
    "UnknownComponent",
    "UnknownVariable",
    "UnsupportedMonitorType",
    "Rejected",
    "Duplicate",
]


class SetMonitoringResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    id: Integer | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    status: SetMonitoringStatusEnumType
    type: MonitorEnumType
    component: ComponentType
    variable: VariableType
    severity: Integer


class SetVariableMonitoringResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "set_monitoring_result": "setMonitoringResult",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    set_monitoring_result: Annotated[tuple[SetMonitoringResultType, ...], Meta(min_length=1)]


class SetVariableDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "attribute_type": "attributeType",
        "attribute_value": "attributeValue",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_value: Str1000
    component: ComponentType
    variable: VariableType


class SetVariablesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "set_variable_data": "setVariableData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    set_variable_data: Annotated[tuple[SetVariableDataType, ...], Meta(min_length=1)]

SetVariableStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "UnknownComponent",
    "UnknownVariable",
    "NotSupportedAttributeType",
    "RebootRequired",
]


class SetVariableResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "attribute_type": "attributeType",
        "attribute_status": "attributeStatus",
        "attribute_status_info": "attributeStatusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_status: SetVariableStatusEnumType
    attribute_status_info: StatusInfoType | UnsetType = UNSET
    component: ComponentType
    variable: VariableType


class SetVariablesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "set_variable_result": "setVariableResult",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    set_variable_result: Annotated[tuple[SetVariableResultType, ...], Meta(min_length=1)]


class SignCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "certificate_type": "certificateType",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    csr: Str5500
    certificate_type: CertificateSigningUseEnumType | UnsetType = UNSET


class SignCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET

ConnectorStatusEnumType = Literal[
    "Available",
    "Occupied",
    "Reserved",
    "Unavailable",
    "Faulted",
]


class StatusNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "connector_status": "connectorStatus",
        "evse_id": "evseId",
        "connector_id": "connectorId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    timestamp: Timestamp
    connector_status: ConnectorStatusEnumType
    evse_id: Integer
    connector_id: Integer


class StatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

TransactionEventEnumType = Literal[
    "Ended",
    "Started",
    "Updated",
]

TriggerReasonEnumType = Literal[
    "Authorized",
    "CablePluggedIn",
    "ChargingRateChanged",
    "ChargingStateChanged",
    "Deauthorized",
    "EnergyLimitReached",
    "EVCommunicationLost",
    "EVConnectTimeout",
    "MeterValueClock",
    "MeterValuePeriodic",
    "TimeLimitReached",
    "Trigger",
    "UnlockCommand",
    "StopAuthorized",
    "EVDeparted",
    "EVDetected",
    "RemoteStop",
    "RemoteStart",
    "AbnormalCondition",
    "SignedDataReceived",
    "ResetCommand",
]

ChargingStateEnumType = Literal[
    "Charging",
    "EVConnected",
    "SuspendedEV",
    "SuspendedEVSE",
    "Idle",
]

ReasonEnumType = Literal[
    "DeAuthorized",
    "EmergencyStop",
    "EnergyLimitReached",
    "EVDisconnected",
    "GroundFault",
    "ImmediateReset",
    "Local",
    "LocalOutOfCredit",
    "MasterPass",
    "Other",
    "OvercurrentFault",
    "PowerLoss",
    "PowerQuality",
    "Reboot",
    "Remote",
    "SOCLimitReached",
    "StoppedByEV",
    "TimeLimitReached",
    "Timeout",
]


class TransactionType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "transaction_id": "transactionId",
        "charging_state": "chargingState",
        "time_spent_charging": "timeSpentCharging",
        "stopped_reason": "stoppedReason",
        "remote_start_id": "remoteStartId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    transaction_id: Str36
    charging_state: ChargingStateEnumType | UnsetType = UNSET
    time_spent_charging: Integer | UnsetType = UNSET
    stopped_reason: ReasonEnumType | UnsetType = UNSET
    remote_start_id: Integer | UnsetType = UNSET


class TransactionEventRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "event_type": "eventType",
        "meter_value": "meterValue",
        "trigger_reason": "triggerReason",
        "seq_no": "seqNo",
        "number_of_phases_used": "numberOfPhasesUsed",
        "cable_max_current": "cableMaxCurrent",
        "reservation_id": "reservationId",
        "transaction_info": "transactionInfo",
        "id_token": "idToken",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    event_type: TransactionEventEnumType
    meter_value: Annotated[tuple[MeterValueType, ...], Meta(min_length=1)] | UnsetType = UNSET
    timestamp: Timestamp
    trigger_reason: TriggerReasonEnumType
    seq_no: Integer
    offline: bool | UnsetType = UNSET
    number_of_phases_used: Integer | UnsetType = UNSET
    cable_max_current: Integer | UnsetType = UNSET
    reservation_id: Integer | UnsetType = UNSET
    transaction_info: TransactionType
    evse: EVSEType | UnsetType = UNSET
    id_token: IdTokenType | UnsetType = UNSET


class TransactionEventResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "total_cost": "totalCost",
        "charging_priority": "chargingPriority",
        "id_token_info": "idTokenInfo",
        "updated_personal_message": "updatedPersonalMessage",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    total_cost: float | UnsetType = UNSET
    charging_priority: Integer | UnsetType = UNSET
    id_token_info: IdTokenInfoType | UnsetType = UNSET
    updated_personal_message: MessageContentType | UnsetType = UNSET

MessageTriggerEnumType = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargingStationCertificate",
    "SignV2GCertificate",
    "StatusNotification",
    "TransactionEvent",
    "SignCombinedCertificate",
    "PublishFirmwareStatusNotification",
]


class TriggerMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "requested_message": "requestedMessage",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse: EVSEType | UnsetType = UNSET
    requested_message: MessageTriggerEnumType

TriggerMessageStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


class TriggerMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: TriggerMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class UnlockConnectorRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "evse_id": "evseId",
        "connector_id": "connectorId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    evse_id: Integer
    connector_id: Integer

UnlockStatusEnumType = Literal[
    "Unlocked",
    "UnlockFailed",
    "OngoingAuthorizedTransaction",
    "UnknownConnector",
]


class UnlockConnectorResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: UnlockStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


class UnpublishFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    checksum: Str32

UnpublishFirmwareStatusEnumType = Literal[
    "DownloadOngoing",
    "NoFirmware",
    "Unpublished",
]


class UnpublishFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: UnpublishFirmwareStatusEnumType


class FirmwareType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "retrieve_date_time": "retrieveDateTime",
        "install_date_time": "installDateTime",
        "signing_certificate": "signingCertificate",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    location: Str512
    retrieve_date_time: Timestamp
    install_date_time: Timestamp | UnsetType = UNSET
    signing_certificate: Str5500 | UnsetType = UNSET
    signature: Str800 | UnsetType = UNSET


class UpdateFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "retry_interval": "retryInterval",
        "request_id": "requestId",
    },
):
    custom_data: CustomData | UnsetType = UNSET
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


class UpdateFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
        "status_info": "statusInfo",
    },
):
    custom_data: CustomData | UnsetType = UNSET
    status: UpdateFirmwareStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET


ACTIONS: Final[dict[str, tuple[type[Payload], type[Payload]]]] = {
    "Authorize": (AuthorizeRequest, AuthorizeResponse),
    "BootNotification": (BootNotificationRequest, BootNotificationResponse),
    "CancelReservation": (CancelReservationRequest, CancelReservationResponse),
    "CertificateSigned": (CertificateSignedRequest, CertificateSignedResponse),
    "ChangeAvailability": (ChangeAvailabilityRequest, ChangeAvailabilityResponse),
    "ClearCache": (ClearCacheRequest, ClearCacheResponse),
    "ClearChargingProfile": (ClearChargingProfileRequest, ClearChargingProfileResponse),
    "ClearDisplayMessage": (ClearDisplayMessageRequest, ClearDisplayMessageResponse),
    "ClearVariableMonitoring": (ClearVariableMonitoringRequest, ClearVariableMonitoringResponse),
    "ClearedChargingLimit": (ClearedChargingLimitRequest, ClearedChargingLimitResponse),
    "CostUpdated": (CostUpdatedRequest, CostUpdatedResponse),
    "CustomerInformation": (CustomerInformationRequest, CustomerInformationResponse),
    "DataTransfer": (DataTransferRequest, DataTransferResponse),
    "DeleteCertificate": (DeleteCertificateRequest, DeleteCertificateResponse),
    "FirmwareStatusNotification": (FirmwareStatusNotificationRequest, FirmwareStatusNotificationResponse),
    "Get15118EVCertificate": (Get15118EVCertificateRequest, Get15118EVCertificateResponse),
    "GetBaseReport": (GetBaseReportRequest, GetBaseReportResponse),
    "GetCertificateStatus": (GetCertificateStatusRequest, GetCertificateStatusResponse),
    "GetChargingProfiles": (GetChargingProfilesRequest, GetChargingProfilesResponse),
    "GetCompositeSchedule": (GetCompositeScheduleRequest, GetCompositeScheduleResponse),
    "GetDisplayMessages": (GetDisplayMessagesRequest, GetDisplayMessagesResponse),
    "GetInstalledCertificateIds": (GetInstalledCertificateIdsRequest, GetInstalledCertificateIdsResponse),
    "GetLocalListVersion": (GetLocalListVersionRequest, GetLocalListVersionResponse),
    "GetLog": (GetLogRequest, GetLogResponse),
    "GetMonitoringReport": (GetMonitoringReportRequest, GetMonitoringReportResponse),
    "GetReport": (GetReportRequest, GetReportResponse),
    "GetTransactionStatus": (GetTransactionStatusRequest, GetTransactionStatusResponse),
    "GetVariables": (GetVariablesRequest, GetVariablesResponse),
    "Heartbeat": (HeartbeatRequest, HeartbeatResponse),
    "InstallCertificate": (InstallCertificateRequest, InstallCertificateResponse),
    "LogStatusNotification": (LogStatusNotificationRequest, LogStatusNotificationResponse),
    "MeterValues": (MeterValuesRequest, MeterValuesResponse),
    "NotifyChargingLimit": (NotifyChargingLimitRequest, NotifyChargingLimitResponse),
    "NotifyCustomerInformation": (NotifyCustomerInformationRequest, NotifyCustomerInformationResponse),
    "NotifyDisplayMessages": (NotifyDisplayMessagesRequest, NotifyDisplayMessagesResponse),
    "NotifyEVChargingNeeds": (NotifyEVChargingNeedsRequest, NotifyEVChargingNeedsResponse),
    "NotifyEVChargingSchedule": (NotifyEVChargingScheduleRequest, NotifyEVChargingScheduleResponse),
    "NotifyEvent": (NotifyEventRequest, NotifyEventResponse),
    "NotifyMonitoringReport": (NotifyMonitoringReportRequest, NotifyMonitoringReportResponse),
    "NotifyReport": (NotifyReportRequest, NotifyReportResponse),
    "PublishFirmware": (PublishFirmwareRequest, PublishFirmwareResponse),
    "PublishFirmwareStatusNotification": (PublishFirmwareStatusNotificationRequest, PublishFirmwareStatusNotificationResponse),
    "ReportChargingProfiles": (ReportChargingProfilesRequest, ReportChargingProfilesResponse),
    "RequestStartTransaction": (RequestStartTransactionRequest, RequestStartTransactionResponse),
    "RequestStopTransaction": (RequestStopTransactionRequest, RequestStopTransactionResponse),
    "ReservationStatusUpdate": (ReservationStatusUpdateRequest, ReservationStatusUpdateResponse),
    "ReserveNow": (ReserveNowRequest, ReserveNowResponse),
    "Reset": (ResetRequest, ResetResponse),
    "SecurityEventNotification": (SecurityEventNotificationRequest, SecurityEventNotificationResponse),
    "SendLocalList": (SendLocalListRequest, SendLocalListResponse),
    "SetChargingProfile": (SetChargingProfileRequest, SetChargingProfileResponse),
    "SetDisplayMessage": (SetDisplayMessageRequest, SetDisplayMessageResponse),
    "SetMonitoringBase": (SetMonitoringBaseRequest, SetMonitoringBaseResponse),
    "SetMonitoringLevel": (SetMonitoringLevelRequest, SetMonitoringLevelResponse),
    "SetNetworkProfile": (SetNetworkProfileRequest, SetNetworkProfileResponse),
    "SetVariableMonitoring": (SetVariableMonitoringRequest, SetVariableMonitoringResponse),
    "SetVariables": (SetVariablesRequest, SetVariablesResponse),
    "SignCertificate": (SignCertificateRequest, SignCertificateResponse),
    "StatusNotification": (StatusNotificationRequest, StatusNotificationResponse),
    "TransactionEvent": (TransactionEventRequest, TransactionEventResponse),
    "TriggerMessage": (TriggerMessageRequest, TriggerMessageResponse),
    "UnlockConnector": (UnlockConnectorRequest, UnlockConnectorResponse),
    "UnpublishFirmware": (UnpublishFirmwareRequest, UnpublishFirmwareResponse),
    "UpdateFirmware": (UpdateFirmwareRequest, UpdateFirmwareResponse),
}
"""Request and response of every CALL."""

SENDS: Final[dict[str, type[Payload]]] = {}
"""Payload of every unconfirmed SEND."""
