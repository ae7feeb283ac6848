# SPDX-License-Identifier: Apache-2.0
"""Messages and types of OCPP 2.1; written by tools/generate_ocpp.py from the schemas in ocpp 2.1.0, not by hand."""
# ruff: noqa
# fmt: off

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from open63110.bindings.ocpp.schema import CustomData, Payload, shallow, tenths

Integer = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807)]
Timestamp = Annotated[datetime, Meta(tz=True)]
Str3 = Annotated[str, Meta(max_length=3)]
Str6 = Annotated[str, Meta(max_length=6)]
Str8 = Annotated[str, Meta(max_length=8)]
Str16 = Annotated[str, Meta(max_length=16)]
Str20 = Annotated[str, Meta(max_length=20)]
Str25 = Annotated[str, Meta(max_length=25)]
Str32 = Annotated[str, Meta(max_length=32)]
Str36 = Annotated[str, Meta(max_length=36)]
Str40 = Annotated[str, Meta(max_length=40)]
Str48 = Annotated[str, Meta(max_length=48)]
Str50 = Annotated[str, Meta(max_length=50)]
Str60 = Annotated[str, Meta(max_length=60)]
Str64 = Annotated[str, Meta(max_length=64)]
Str80 = Annotated[str, Meta(max_length=80)]
Str88 = Annotated[str, Meta(max_length=88)]
Str100 = Annotated[str, Meta(max_length=100)]
Str128 = Annotated[str, Meta(max_length=128)]
Str160 = Annotated[str, Meta(max_length=160)]
Str200 = Annotated[str, Meta(max_length=200)]
Str255 = Annotated[str, Meta(max_length=255)]
Str256 = Annotated[str, Meta(max_length=256)]
Str500 = Annotated[str, Meta(max_length=500)]
Str512 = Annotated[str, Meta(max_length=512)]
Str800 = Annotated[str, Meta(max_length=800)]
Str1000 = Annotated[str, Meta(max_length=1000)]
Str1024 = Annotated[str, Meta(max_length=1024)]
Str2000 = Annotated[str, Meta(max_length=2000)]
Str2500 = Annotated[str, Meta(max_length=2500)]
Str5500 = Annotated[str, Meta(max_length=5500)]
Str10000 = Annotated[str, Meta(max_length=10000)]
Str11000 = Annotated[str, Meta(max_length=11000)]
Str17000 = Annotated[str, Meta(max_length=17000)]
Str18000 = Annotated[str, Meta(max_length=18000)]
Str32768 = Annotated[str, Meta(max_length=32768)]


class AFRRSignalRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    timestamp: Timestamp
    signal: Integer
    custom_data: CustomData | UnsetType = UNSET

GenericStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class StatusInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "reason_code": "reasonCode",
        "additional_info": "additionalInfo",
        "custom_data": "customData",
    },
):
    reason_code: Str20
    additional_info: Str1024 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class AFRRSignalResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PeriodicEventStreamParamsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    interval: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    values: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class AdjustPeriodicEventStreamRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    params: PeriodicEventStreamParamsType
    custom_data: CustomData | UnsetType = UNSET


class AdjustPeriodicEventStreamResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class AdditionalInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "additional_id_token": "additionalIdToken",
        "custom_data": "customData",
    },
):
    additional_id_token: Str255
    type: Str50
    custom_data: CustomData | UnsetType = UNSET


class IdTokenType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "additional_info": "additionalInfo",
        "id_token": "idToken",
        "custom_data": "customData",
    },
):
    additional_info: Annotated[tuple[AdditionalInfoType, ...], Meta(min_length=1)] | UnsetType = UNSET
    id_token: Str255
    type: Str20
    custom_data: CustomData | UnsetType = UNSET

HashAlgorithmEnumType = Literal[
    "SHA256",
    "SHA384",
    "SHA512",
]


class OCSPRequestDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "hash_algorithm": "hashAlgorithm",
        "issuer_name_hash": "issuerNameHash",
        "issuer_key_hash": "issuerKeyHash",
        "serial_number": "serialNumber",
        "responder_url": "responderURL",
        "custom_data": "customData",
    },
):
    hash_algorithm: HashAlgorithmEnumType
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40
    responder_url: Str2000
    custom_data: CustomData | UnsetType = UNSET


class AuthorizeRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_token": "idToken",
        "iso15118_certificate_hash_data": "iso15118CertificateHashData",
        "custom_data": "customData",
    },
):
    id_token: IdTokenType
    certificate: Str10000 | UnsetType = UNSET
    iso15118_certificate_hash_data: Annotated[tuple[OCSPRequestDataType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
    "QRCODE",
]


class MessageContentType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    format: MessageFormatEnumType
    language: Str8 | UnsetType = UNSET
    content: Str1024
    custom_data: CustomData | UnsetType = UNSET


class IdTokenInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "cache_expiry_date_time": "cacheExpiryDateTime",
        "charging_priority": "chargingPriority",
        "group_id_token": "groupIdToken",
        "evse_id": "evseId",
        "personal_message": "personalMessage",
        "custom_data": "customData",
    },
):
    status: AuthorizationStatusEnumType
    cache_expiry_date_time: Timestamp | UnsetType = UNSET
    charging_priority: Integer | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET
    language1: Str8 | UnsetType = UNSET
    language2: Str8 | UnsetType = UNSET
    evse_id: Annotated[tuple[Annotated[int, Meta(ge=0, le=9223372036854775807)], ...], Meta(min_length=1)] | UnsetType = UNSET
    personal_message: MessageContentType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

AuthorizeCertificateStatusEnumType = Literal[
    "Accepted",
    "SignatureError",
    "CertificateExpired",
    "CertificateRevoked",
    "NoCertificateAvailable",
    "CertChainError",
    "ContractCancelled",
]

EnergyTransferModeEnumType = Literal[
    "AC_single_phase",
    "AC_two_phase",
    "AC_three_phase",
    "DC",
    "AC_BPT",
    "AC_BPT_DER",
    "AC_DER",
    "DC_BPT",
    "DC_ACDP",
    "DC_ACDP_BPT",
    "WPT",
]

DayOfWeekEnumType = Literal[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]

EvseKindEnumType = Literal[
    "AC",
    "DC",
]


class TariffConditionsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_time_of_day": "startTimeOfDay",
        "end_time_of_day": "endTimeOfDay",
        "day_of_week": "dayOfWeek",
        "valid_from_date": "validFromDate",
        "valid_to_date": "validToDate",
        "evse_kind": "evseKind",
        "min_energy": "minEnergy",
        "max_energy": "maxEnergy",
        "min_current": "minCurrent",
        "max_current": "maxCurrent",
        "min_power": "minPower",
        "max_power": "maxPower",
        "min_time": "minTime",
        "max_time": "maxTime",
        "min_charging_time": "minChargingTime",
        "max_charging_time": "maxChargingTime",
        "min_idle_time": "minIdleTime",
        "max_idle_time": "maxIdleTime",
        "custom_data": "customData",
    },
):
    start_time_of_day: str | UnsetType = UNSET
    end_time_of_day: str | UnsetType = UNSET
    day_of_week: Annotated[tuple[DayOfWeekEnumType, ...], Meta(min_length=1, max_length=7)] | UnsetType = UNSET
    valid_from_date: str | UnsetType = UNSET
    valid_to_date: str | UnsetType = UNSET
    evse_kind: EvseKindEnumType | UnsetType = UNSET
    min_energy: float | UnsetType = UNSET
    max_energy: float | UnsetType = UNSET
    min_current: float | UnsetType = UNSET
    max_current: float | UnsetType = UNSET
    min_power: float | UnsetType = UNSET
    max_power: float | UnsetType = UNSET
    min_time: Integer | UnsetType = UNSET
    max_time: Integer | UnsetType = UNSET
    min_charging_time: Integer | UnsetType = UNSET
    max_charging_time: Integer | UnsetType = UNSET
    min_idle_time: Integer | UnsetType = UNSET
    max_idle_time: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffEnergyPriceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_kwh": "priceKwh",
        "custom_data": "customData",
    },
):
    price_kwh: float
    conditions: TariffConditionsType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TaxRateType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    type: Str20
    tax: float
    stack: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffEnergyType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tax_rates": "taxRates",
        "custom_data": "customData",
    },
):
    prices: Annotated[tuple[TariffEnergyPriceType, ...], Meta(min_length=1)]
    tax_rates: Annotated[tuple[TaxRateType, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffTimePriceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_minute": "priceMinute",
        "custom_data": "customData",
    },
):
    price_minute: float
    conditions: TariffConditionsType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffTimeType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tax_rates": "taxRates",
        "custom_data": "customData",
    },
):
    prices: Annotated[tuple[TariffTimePriceType, ...], Meta(min_length=1)]
    tax_rates: Annotated[tuple[TaxRateType, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffConditionsFixedType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_time_of_day": "startTimeOfDay",
        "end_time_of_day": "endTimeOfDay",
        "day_of_week": "dayOfWeek",
        "valid_from_date": "validFromDate",
        "valid_to_date": "validToDate",
        "evse_kind": "evseKind",
        "payment_brand": "paymentBrand",
        "payment_recognition": "paymentRecognition",
        "custom_data": "customData",
    },
):
    start_time_of_day: str | UnsetType = UNSET
    end_time_of_day: str | UnsetType = UNSET
    day_of_week: Annotated[tuple[DayOfWeekEnumType, ...], Meta(min_length=1, max_length=7)] | UnsetType = UNSET
    valid_from_date: str | UnsetType = UNSET
    valid_to_date: str | UnsetType = UNSET
    evse_kind: EvseKindEnumType | UnsetType = UNSET
    payment_brand: Str20 | UnsetType = UNSET
    payment_recognition: Str20 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffFixedPriceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_fixed": "priceFixed",
        "custom_data": "customData",
    },
):
    conditions: TariffConditionsFixedType | UnsetType = UNSET
    price_fixed: float
    custom_data: CustomData | UnsetType = UNSET


class TariffFixedType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tax_rates": "taxRates",
        "custom_data": "customData",
    },
):
    prices: Annotated[tuple[TariffFixedPriceType, ...], Meta(min_length=1)]
    tax_rates: Annotated[tuple[TaxRateType, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PriceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "excl_tax": "exclTax",
        "incl_tax": "inclTax",
        "tax_rates": "taxRates",
        "custom_data": "customData",
    },
):
    excl_tax: float | UnsetType = UNSET
    incl_tax: float | UnsetType = UNSET
    tax_rates: Annotated[tuple[TaxRateType, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TariffType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tariff_id": "tariffId",
        "valid_from": "validFrom",
        "charging_time": "chargingTime",
        "idle_time": "idleTime",
        "fixed_fee": "fixedFee",
        "reservation_time": "reservationTime",
        "reservation_fixed": "reservationFixed",
        "min_cost": "minCost",
        "max_cost": "maxCost",
        "custom_data": "customData",
    },
):
    tariff_id: Str60
    description: Annotated[tuple[MessageContentType, ...], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    currency: Str3
    energy: TariffEnergyType | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    charging_time: TariffTimeType | UnsetType = UNSET
    idle_time: TariffTimeType | UnsetType = UNSET
    fixed_fee: TariffFixedType | UnsetType = UNSET
    reservation_time: TariffTimeType | UnsetType = UNSET
    reservation_fixed: TariffFixedType | UnsetType = UNSET
    min_cost: PriceType | UnsetType = UNSET
    max_cost: PriceType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class AuthorizeResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_token_info": "idTokenInfo",
        "certificate_status": "certificateStatus",
        "allowed_energy_transfer": "allowedEnergyTransfer",
        "custom_data": "customData",
    },
):
    id_token_info: IdTokenInfoType
    certificate_status: AuthorizeCertificateStatusEnumType | UnsetType = UNSET
    allowed_energy_transfer: Annotated[tuple[EnergyTransferModeEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET
    tariff: TariffType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class BatteryDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "serial_number": "serialNumber",
        "soc": "soC",
        "soh": "soH",
        "production_date": "productionDate",
        "vendor_info": "vendorInfo",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    serial_number: Str50
    soc: Annotated[float, Meta(ge=0.0, le=100.0)]
    soh: Annotated[float, Meta(ge=0.0, le=100.0)]
    production_date: Timestamp | UnsetType = UNSET
    vendor_info: Str500 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

BatterySwapEventEnumType = Literal[
    "BatteryIn",
    "BatteryOut",
    "BatteryOutTimeout",
]


class BatterySwapRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "battery_data": "batteryData",
        "event_type": "eventType",
        "id_token": "idToken",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    battery_data: Annotated[tuple[BatteryDataType, ...], Meta(min_length=1)]
    event_type: BatterySwapEventEnumType
    id_token: IdTokenType
    request_id: Integer
    custom_data: CustomData | UnsetType = UNSET


class BatterySwapResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class ModemType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    iccid: Str20 | UnsetType = UNSET
    imsi: Str20 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ChargingStationType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "serial_number": "serialNumber",
        "vendor_name": "vendorName",
        "firmware_version": "firmwareVersion",
        "custom_data": "customData",
    },
):
    serial_number: Str25 | UnsetType = UNSET
    model: Str20
    modem: ModemType | UnsetType = UNSET
    vendor_name: Str50
    firmware_version: Str50 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "charging_station": "chargingStation",
        "custom_data": "customData",
    },
):
    charging_station: ChargingStationType
    reason: BootReasonEnumType
    custom_data: CustomData | UnsetType = UNSET

RegistrationStatusEnumType = Literal[
    "Accepted",
    "Pending",
    "Rejected",
]


class BootNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "current_time": "currentTime",
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    current_time: Timestamp
    interval: Integer
    status: RegistrationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class CancelReservationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "reservation_id": "reservationId",
        "custom_data": "customData",
    },
):
    reservation_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET

CancelReservationStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class CancelReservationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: CancelReservationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

CertificateSigningUseEnumType = Literal[
    "ChargingStationCertificate",
    "V2GCertificate",
    "V2G20Certificate",
]


class CertificateSignedRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_chain": "certificateChain",
        "certificate_type": "certificateType",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    certificate_chain: Str10000
    certificate_type: CertificateSigningUseEnumType | UnsetType = UNSET
    request_id: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

CertificateSignedStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class CertificateSignedResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: CertificateSignedStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class EVSEType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "connector_id": "connectorId",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    connector_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

OperationalStatusEnumType = Literal[
    "Inoperative",
    "Operative",
]


class ChangeAvailabilityRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "operational_status": "operationalStatus",
        "custom_data": "customData",
    },
):
    evse: EVSEType | UnsetType = UNSET
    operational_status: OperationalStatusEnumType
    custom_data: CustomData | UnsetType = UNSET

ChangeAvailabilityStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class ChangeAvailabilityResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ChangeAvailabilityStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ChangeTransactionTariffRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    tariff: TariffType
    transaction_id: Str36
    custom_data: CustomData | UnsetType = UNSET

TariffChangeStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "TooManyElements",
    "ConditionNotSupported",
    "TxNotFound",
    "NoCurrencyChange",
]


class ChangeTransactionTariffResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: TariffChangeStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ClearCacheStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ChargingProfilePurposeEnumType = Literal[
    "ChargingStationExternalConstraints",
    "ChargingStationMaxProfile",
    "TxDefaultProfile",
    "TxProfile",
    "PriorityCharging",
    "LocalGeneration",
]


class ClearChargingProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "charging_profile_purpose": "chargingProfilePurpose",
        "stack_level": "stackLevel",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    charging_profile_purpose: ChargingProfilePurposeEnumType | UnsetType = UNSET
    stack_level: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ClearChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_profile_id": "chargingProfileId",
        "charging_profile_criteria": "chargingProfileCriteria",
        "custom_data": "customData",
    },
):
    charging_profile_id: Integer | UnsetType = UNSET
    charging_profile_criteria: ClearChargingProfileType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ClearChargingProfileStatusEnumType = Literal[
    "Accepted",
    "Unknown",
]


class ClearChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ClearChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

DERControlEnumType = Literal[
    "EnterService",
    "FreqDroop",
    "FreqWatt",
    "FixedPFAbsorb",
    "FixedPFInject",
    "FixedVar",
    "Gradients",
    "HFMustTrip",
    "HFMayTrip",
    "HVMustTrip",
    "HVMomCess",
    "HVMayTrip",
    "LimitMaxDischarge",
    "LFMustTrip",
    "LVMustTrip",
    "LVMomCess",
    "LVMayTrip",
    "PowerMonitoringMustTrip",
    "VoltVar",
    "VoltWatt",
    "WattPF",
    "WattVar",
]


class ClearDERControlRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "is_default": "isDefault",
        "control_type": "controlType",
        "control_id": "controlId",
        "custom_data": "customData",
    },
):
    is_default: bool
    control_type: DERControlEnumType | UnsetType = UNSET
    control_id: Str36 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

DERControlStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotSupported",
    "NotFound",
]


class ClearDERControlResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: DERControlStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ClearDisplayMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET

ClearMessageStatusEnumType = Literal[
    "Accepted",
    "Unknown",
    "Rejected",
]


class ClearDisplayMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ClearMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ClearTariffsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tariff_ids": "tariffIds",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    tariff_ids: Annotated[tuple[Str60, ...], Meta(min_length=1)] | UnsetType = UNSET
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

TariffClearStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NoTariff",
]


class ClearTariffsResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "tariff_id": "tariffId",
        "custom_data": "customData",
    },
):
    status_info: StatusInfoType | UnsetType = UNSET
    tariff_id: Str60 | UnsetType = UNSET
    status: TariffClearStatusEnumType
    custom_data: CustomData | UnsetType = UNSET


class ClearTariffsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "clear_tariffs_result": "clearTariffsResult",
        "custom_data": "customData",
    },
):
    clear_tariffs_result: Annotated[tuple[ClearTariffsResultType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class ClearVariableMonitoringRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    id: Annotated[tuple[Annotated[int, Meta(ge=0, le=9223372036854775807)], ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET

ClearMonitoringStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotFound",
]


class ClearMonitoringResultType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ClearMonitoringStatusEnumType
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ClearVariableMonitoringResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "clear_monitoring_result": "clearMonitoringResult",
        "custom_data": "customData",
    },
):
    clear_monitoring_result: Annotated[tuple[ClearMonitoringResultType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class ClearedChargingLimitRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_limit_source": "chargingLimitSource",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    charging_limit_source: Str20
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ClearedChargingLimitResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class ClosePeriodicEventStreamRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class ClosePeriodicEventStreamResponse(
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
        "total_cost": "totalCost",
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    total_cost: float
    transaction_id: Str36
    custom_data: CustomData | UnsetType = UNSET


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
        "hash_algorithm": "hashAlgorithm",
        "issuer_name_hash": "issuerNameHash",
        "issuer_key_hash": "issuerKeyHash",
        "serial_number": "serialNumber",
        "custom_data": "customData",
    },
):
    hash_algorithm: HashAlgorithmEnumType
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40
    custom_data: CustomData | UnsetType = UNSET


class CustomerInformationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "customer_certificate": "customerCertificate",
        "id_token": "idToken",
        "request_id": "requestId",
        "customer_identifier": "customerIdentifier",
        "custom_data": "customData",
    },
):
    customer_certificate: CertificateHashDataType | UnsetType = UNSET
    id_token: IdTokenType | UnsetType = UNSET
    request_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    report: bool
    clear: bool
    customer_identifier: Str64 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

CustomerInformationStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Invalid",
]


class CustomerInformationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: CustomerInformationStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class DataTransferRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "message_id": "messageId",
        "vendor_id": "vendorId",
        "custom_data": "customData",
    },
):
    message_id: Str50 | UnsetType = UNSET
    data: Any | UnsetType = UNSET
    vendor_id: Str255
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: DataTransferStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    data: Any | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

    def __post_init__(self) -> None:
        shallow(self.data)


class DeleteCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
        "custom_data": "customData",
    },
):
    certificate_hash_data: CertificateHashDataType
    custom_data: CustomData | UnsetType = UNSET

DeleteCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "NotFound",
]


class DeleteCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: DeleteCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "request_id": "requestId",
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: FirmwareStatusEnumType
    request_id: Integer | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


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
        "iso15118_schema_version": "iso15118SchemaVersion",
        "exi_request": "exiRequest",
        "maximum_contract_certificate_chains": "maximumContractCertificateChains",
        "prioritized_emaids": "prioritizedEMAIDs",
        "custom_data": "customData",
    },
):
    iso15118_schema_version: Str50
    action: CertificateActionEnumType
    exi_request: Str11000
    maximum_contract_certificate_chains: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    prioritized_emaids: Annotated[tuple[Str255, ...], Meta(min_length=1, max_length=8)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

Iso15118EVCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
]


class Get15118EVCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "exi_response": "exiResponse",
        "remaining_contracts": "remainingContracts",
        "custom_data": "customData",
    },
):
    status: Iso15118EVCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    exi_response: Str17000
    remaining_contracts: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ReportBaseEnumType = Literal[
    "ConfigurationInventory",
    "FullInventory",
    "SummaryInventory",
]


class GetBaseReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "report_base": "reportBase",
        "custom_data": "customData",
    },
):
    request_id: Integer
    report_base: ReportBaseEnumType
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

CertificateStatusSourceEnumType = Literal[
    "CRL",
    "OCSP",
]


class CertificateStatusRequestInfoType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
        "custom_data": "customData",
    },
):
    certificate_hash_data: CertificateHashDataType
    source: CertificateStatusSourceEnumType
    urls: Annotated[tuple[Str2000, ...], Meta(min_length=1, max_length=5)]
    custom_data: CustomData | UnsetType = UNSET


class GetCertificateChainStatusRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_status_requests": "certificateStatusRequests",
        "custom_data": "customData",
    },
):
    certificate_status_requests: Annotated[tuple[CertificateStatusRequestInfoType, ...], Meta(min_length=1, max_length=4)]
    custom_data: CustomData | UnsetType = UNSET

CertificateStatusEnumType = Literal[
    "Good",
    "Revoked",
    "Unknown",
    "Failed",
]


class CertificateStatusType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
        "next_update": "nextUpdate",
        "custom_data": "customData",
    },
):
    certificate_hash_data: CertificateHashDataType
    source: CertificateStatusSourceEnumType
    status: CertificateStatusEnumType
    next_update: Timestamp
    custom_data: CustomData | UnsetType = UNSET


class GetCertificateChainStatusResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_status": "certificateStatus",
        "custom_data": "customData",
    },
):
    certificate_status: Annotated[tuple[CertificateStatusType, ...], Meta(min_length=1, max_length=4)]
    custom_data: CustomData | UnsetType = UNSET


class GetCertificateStatusRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ocsp_request_data": "ocspRequestData",
        "custom_data": "customData",
    },
):
    ocsp_request_data: OCSPRequestDataType
    custom_data: CustomData | UnsetType = UNSET

GetCertificateStatusEnumType = Literal[
    "Accepted",
    "Failed",
]


class GetCertificateStatusResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "ocsp_result": "ocspResult",
        "custom_data": "customData",
    },
):
    status: GetCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    ocsp_result: Str18000 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ChargingProfileCriterionType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_profile_purpose": "chargingProfilePurpose",
        "stack_level": "stackLevel",
        "charging_profile_id": "chargingProfileId",
        "charging_limit_source": "chargingLimitSource",
        "custom_data": "customData",
    },
):
    charging_profile_purpose: ChargingProfilePurposeEnumType | UnsetType = UNSET
    stack_level: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    charging_profile_id: Annotated[tuple[Integer, ...], Meta(min_length=1)] | UnsetType = UNSET
    charging_limit_source: Annotated[tuple[Str20, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetChargingProfilesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "evse_id": "evseId",
        "charging_profile": "chargingProfile",
        "custom_data": "customData",
    },
):
    request_id: Integer
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    charging_profile: ChargingProfileCriterionType
    custom_data: CustomData | UnsetType = UNSET

GetChargingProfileStatusEnumType = Literal[
    "Accepted",
    "NoProfiles",
]


class GetChargingProfilesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GetChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ChargingRateUnitEnumType = Literal[
    "W",
    "A",
]


class GetCompositeScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_rate_unit": "chargingRateUnit",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    duration: Integer
    charging_rate_unit: ChargingRateUnitEnumType | UnsetType = UNSET
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET

OperationModeEnumType = Literal[
    "Idle",
    "ChargingOnly",
    "CentralSetpoint",
    "ExternalSetpoint",
    "ExternalLimits",
    "CentralFrequency",
    "LocalFrequency",
    "LocalLoadBalancing",
]


class V2XFreqWattPointType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    frequency: float
    power: float
    custom_data: CustomData | UnsetType = UNSET


class V2XSignalWattPointType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    signal: Integer
    power: float
    custom_data: CustomData | UnsetType = UNSET


class ChargingSchedulePeriodType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_period": "startPeriod",
        "limit_l2": "limit_L2",
        "limit_l3": "limit_L3",
        "number_phases": "numberPhases",
        "phase_to_use": "phaseToUse",
        "discharge_limit": "dischargeLimit",
        "discharge_limit_l2": "dischargeLimit_L2",
        "discharge_limit_l3": "dischargeLimit_L3",
        "setpoint_l2": "setpoint_L2",
        "setpoint_l3": "setpoint_L3",
        "setpoint_reactive": "setpointReactive",
        "setpoint_reactive_l2": "setpointReactive_L2",
        "setpoint_reactive_l3": "setpointReactive_L3",
        "preconditioning_request": "preconditioningRequest",
        "evse_sleep": "evseSleep",
        "v2x_baseline": "v2xBaseline",
        "operation_mode": "operationMode",
        "v2x_freq_watt_curve": "v2xFreqWattCurve",
        "v2x_signal_watt_curve": "v2xSignalWattCurve",
        "custom_data": "customData",
    },
):
    start_period: Integer
    limit: float | UnsetType = UNSET
    limit_l2: float | UnsetType = UNSET
    limit_l3: float | UnsetType = UNSET
    number_phases: Annotated[int, Meta(ge=0, le=3)] | UnsetType = UNSET
    phase_to_use: Annotated[int, Meta(ge=0, le=3)] | UnsetType = UNSET
    discharge_limit: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    discharge_limit_l2: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    discharge_limit_l3: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    setpoint: float | UnsetType = UNSET
    setpoint_l2: float | UnsetType = UNSET
    setpoint_l3: float | UnsetType = UNSET
    setpoint_reactive: float | UnsetType = UNSET
    setpoint_reactive_l2: float | UnsetType = UNSET
    setpoint_reactive_l3: float | UnsetType = UNSET
    preconditioning_request: bool | UnsetType = UNSET
    evse_sleep: bool | UnsetType = UNSET
    v2x_baseline: float | UnsetType = UNSET
    operation_mode: OperationModeEnumType | UnsetType = UNSET
    v2x_freq_watt_curve: Annotated[tuple[V2XFreqWattPointType, ...], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    v2x_signal_watt_curve: Annotated[tuple[V2XSignalWattPointType, ...], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class CompositeScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "schedule_start": "scheduleStart",
        "charging_rate_unit": "chargingRateUnit",
        "charging_schedule_period": "chargingSchedulePeriod",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    duration: Integer
    schedule_start: Timestamp
    charging_rate_unit: ChargingRateUnitEnumType
    charging_schedule_period: Annotated[tuple[ChargingSchedulePeriodType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class GetCompositeScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    schedule: CompositeScheduleType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetDERControlRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "is_default": "isDefault",
        "control_type": "controlType",
        "control_id": "controlId",
        "custom_data": "customData",
    },
):
    request_id: Integer
    is_default: bool | UnsetType = UNSET
    control_type: DERControlEnumType | UnsetType = UNSET
    control_id: Str36 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetDERControlResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: DERControlStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
    "Suspended",
    "Discharging",
]


class GetDisplayMessagesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    id: Annotated[tuple[Annotated[int, Meta(ge=0, le=9223372036854775807)], ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    priority: MessagePriorityEnumType | UnsetType = UNSET
    state: MessageStateEnumType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

GetDisplayMessagesStatusEnumType = Literal[
    "Accepted",
    "Unknown",
]


class GetDisplayMessagesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GetDisplayMessagesStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

GetCertificateIdUseEnumType = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "V2GCertificateChain",
    "ManufacturerRootCertificate",
    "OEMRootCertificate",
]


class GetInstalledCertificateIdsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_type": "certificateType",
        "custom_data": "customData",
    },
):
    certificate_type: Annotated[tuple[GetCertificateIdUseEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

GetInstalledCertificateStatusEnumType = Literal[
    "Accepted",
    "NotFound",
]


class CertificateHashDataChainType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_hash_data": "certificateHashData",
        "certificate_type": "certificateType",
        "child_certificate_hash_data": "childCertificateHashData",
        "custom_data": "customData",
    },
):
    certificate_hash_data: CertificateHashDataType
    certificate_type: GetCertificateIdUseEnumType
    child_certificate_hash_data: Annotated[tuple[CertificateHashDataType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetInstalledCertificateIdsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "certificate_hash_data_chain": "certificateHashDataChain",
        "custom_data": "customData",
    },
):
    status: GetInstalledCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    certificate_hash_data_chain: Annotated[tuple[CertificateHashDataChainType, ...], Meta(min_length=1)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


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
        "version_number": "versionNumber",
        "custom_data": "customData",
    },
):
    version_number: Integer
    custom_data: CustomData | UnsetType = UNSET


class LogParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "remote_location": "remoteLocation",
        "oldest_timestamp": "oldestTimestamp",
        "latest_timestamp": "latestTimestamp",
        "custom_data": "customData",
    },
):
    remote_location: Str2000
    oldest_timestamp: Timestamp | UnsetType = UNSET
    latest_timestamp: Timestamp | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

LogEnumType = Literal[
    "DiagnosticsLog",
    "SecurityLog",
    "DataCollectorLog",
]


class GetLogRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "log_type": "logType",
        "request_id": "requestId",
        "retry_interval": "retryInterval",
        "custom_data": "customData",
    },
):
    log: LogParametersType
    log_type: LogEnumType
    request_id: Integer
    retries: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    retry_interval: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

LogStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "AcceptedCanceled",
]


class GetLogResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: LogStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    filename: Str255 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ComponentType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    evse: EVSEType | UnsetType = UNSET
    name: Str50
    instance: Str50 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class VariableType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    name: Str50
    instance: Str50 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ComponentVariableType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    component: ComponentType
    variable: VariableType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

MonitoringCriterionEnumType = Literal[
    "ThresholdMonitoring",
    "DeltaMonitoring",
    "PeriodicMonitoring",
]


class GetMonitoringReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "component_variable": "componentVariable",
        "request_id": "requestId",
        "monitoring_criteria": "monitoringCriteria",
        "custom_data": "customData",
    },
):
    component_variable: Annotated[tuple[ComponentVariableType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    monitoring_criteria: Annotated[tuple[MonitoringCriterionEnumType, ...], Meta(min_length=1, max_length=3)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetMonitoringReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetPeriodicEventStreamRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class ConstantStreamDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "variable_monitoring_id": "variableMonitoringId",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    params: PeriodicEventStreamParamsType
    variable_monitoring_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class GetPeriodicEventStreamResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "constant_stream_data": "constantStreamData",
        "custom_data": "customData",
    },
):
    constant_stream_data: Annotated[tuple[ConstantStreamDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "component_variable": "componentVariable",
        "request_id": "requestId",
        "component_criteria": "componentCriteria",
        "custom_data": "customData",
    },
):
    component_variable: Annotated[tuple[ComponentVariableType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    component_criteria: Annotated[tuple[ComponentCriterionEnumType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetTariffsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET

TariffGetStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NoTariff",
]

TariffKindEnumType = Literal[
    "DefaultTariff",
    "DriverTariff",
]


class TariffAssignmentType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tariff_id": "tariffId",
        "tariff_kind": "tariffKind",
        "valid_from": "validFrom",
        "evse_ids": "evseIds",
        "id_tokens": "idTokens",
        "custom_data": "customData",
    },
):
    tariff_id: Str60
    tariff_kind: TariffKindEnumType
    valid_from: Timestamp | UnsetType = UNSET
    evse_ids: Annotated[tuple[Annotated[int, Meta(ge=0, le=9223372036854775807)], ...], Meta(min_length=1)] | UnsetType = UNSET
    id_tokens: Annotated[tuple[Str255, ...], Meta(min_length=1)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetTariffsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "tariff_assignments": "tariffAssignments",
        "custom_data": "customData",
    },
):
    status: TariffGetStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    tariff_assignments: Annotated[tuple[TariffAssignmentType, ...], Meta(min_length=1)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetTransactionStatusRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    transaction_id: Str36 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class GetTransactionStatusResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ongoing_indicator": "ongoingIndicator",
        "messages_in_queue": "messagesInQueue",
        "custom_data": "customData",
    },
):
    ongoing_indicator: bool | UnsetType = UNSET
    messages_in_queue: bool
    custom_data: CustomData | UnsetType = UNSET

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
        "attribute_type": "attributeType",
        "custom_data": "customData",
    },
):
    attribute_type: AttributeEnumType | UnsetType = UNSET
    component: ComponentType
    variable: VariableType
    custom_data: CustomData | UnsetType = UNSET


class GetVariablesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "get_variable_data": "getVariableData",
        "custom_data": "customData",
    },
):
    get_variable_data: Annotated[tuple[GetVariableDataType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET

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
        "attribute_status": "attributeStatus",
        "attribute_status_info": "attributeStatusInfo",
        "attribute_type": "attributeType",
        "attribute_value": "attributeValue",
        "custom_data": "customData",
    },
):
    attribute_status: GetVariableStatusEnumType
    attribute_status_info: StatusInfoType | UnsetType = UNSET
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_value: Str2500 | UnsetType = UNSET
    component: ComponentType
    variable: VariableType
    custom_data: CustomData | UnsetType = UNSET


class GetVariablesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "get_variable_result": "getVariableResult",
        "custom_data": "customData",
    },
):
    get_variable_result: Annotated[tuple[GetVariableResultType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


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
        "current_time": "currentTime",
        "custom_data": "customData",
    },
):
    current_time: Timestamp
    custom_data: CustomData | UnsetType = UNSET

InstallCertificateUseEnumType = Literal[
    "V2GRootCertificate",
    "MORootCertificate",
    "ManufacturerRootCertificate",
    "CSMSRootCertificate",
    "OEMRootCertificate",
]


class InstallCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_type": "certificateType",
        "custom_data": "customData",
    },
):
    certificate_type: InstallCertificateUseEnumType
    certificate: Str10000
    custom_data: CustomData | UnsetType = UNSET

InstallCertificateStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class InstallCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: InstallCertificateStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "request_id": "requestId",
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: UploadLogStatusEnumType
    request_id: Integer | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class LogStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

MeasurandEnumType = Literal[
    "Current.Export",
    "Current.Export.Offered",
    "Current.Export.Minimum",
    "Current.Import",
    "Current.Import.Offered",
    "Current.Import.Minimum",
    "Current.Offered",
    "Display.PresentSOC",
    "Display.MinimumSOC",
    "Display.TargetSOC",
    "Display.MaximumSOC",
    "Display.RemainingTimeToMinimumSOC",
    "Display.RemainingTimeToTargetSOC",
    "Display.RemainingTimeToMaximumSOC",
    "Display.ChargingComplete",
    "Display.BatteryEnergyCapacity",
    "Display.InletHot",
    "Energy.Active.Export.Interval",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Interval",
    "Energy.Active.Import.Register",
    "Energy.Active.Import.CableLoss",
    "Energy.Active.Import.LocalGeneration.Register",
    "Energy.Active.Net",
    "Energy.Active.Setpoint.Interval",
    "Energy.Apparent.Export",
    "Energy.Apparent.Import",
    "Energy.Apparent.Net",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Import.Register",
    "Energy.Reactive.Net",
    "EnergyRequest.Target",
    "EnergyRequest.Minimum",
    "EnergyRequest.Maximum",
    "EnergyRequest.Minimum.V2X",
    "EnergyRequest.Maximum.V2X",
    "EnergyRequest.Bulk",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Active.Setpoint",
    "Power.Active.Residual",
    "Power.Export.Minimum",
    "Power.Export.Offered",
    "Power.Factor",
    "Power.Import.Offered",
    "Power.Import.Minimum",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "SoC",
    "Voltage",
    "Voltage.Minimum",
    "Voltage.Maximum",
]

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
    "Upstream",
]


class SignedMeterValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "signed_meter_data": "signedMeterData",
        "signing_method": "signingMethod",
        "encoding_method": "encodingMethod",
        "public_key": "publicKey",
        "custom_data": "customData",
    },
):
    signed_meter_data: Str32768
    signing_method: Str50 | UnsetType = UNSET
    encoding_method: Str50
    public_key: Str2500 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class UnitOfMeasureType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    unit: Str20 | UnsetType = UNSET
    multiplier: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SampledValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "signed_meter_value": "signedMeterValue",
        "unit_of_measure": "unitOfMeasure",
        "custom_data": "customData",
    },
):
    value: float
    measurand: MeasurandEnumType | UnsetType = UNSET
    context: ReadingContextEnumType | UnsetType = UNSET
    phase: PhaseEnumType | UnsetType = UNSET
    location: LocationEnumType | UnsetType = UNSET
    signed_meter_value: SignedMeterValueType | UnsetType = UNSET
    unit_of_measure: UnitOfMeasureType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class MeterValueType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "sampled_value": "sampledValue",
        "custom_data": "customData",
    },
):
    sampled_value: Annotated[tuple[SampledValueType, ...], Meta(min_length=1)]
    timestamp: Timestamp
    custom_data: CustomData | UnsetType = UNSET


class MeterValuesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "meter_value": "meterValue",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    meter_value: Annotated[tuple[MeterValueType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class MeterValuesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class NotifyAllowedEnergyTransferRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "allowed_energy_transfer": "allowedEnergyTransfer",
        "custom_data": "customData",
    },
):
    transaction_id: Str36
    allowed_energy_transfer: Annotated[tuple[EnergyTransferModeEnumType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET

NotifyAllowedEnergyTransferStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class NotifyAllowedEnergyTransferResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: NotifyAllowedEnergyTransferStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class LimitAtSoCType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    soc: Annotated[int, Meta(ge=0, le=100)]
    limit: float
    custom_data: CustomData | UnsetType = UNSET


class RelativeTimeIntervalType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    start: Integer
    duration: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

CostKindEnumType = Literal[
    "CarbonDioxideEmission",
    "RelativePricePercentage",
    "RenewableGenerationPercentage",
]


class CostType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "cost_kind": "costKind",
        "amount_multiplier": "amountMultiplier",
        "custom_data": "customData",
    },
):
    cost_kind: CostKindEnumType
    amount: Integer
    amount_multiplier: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ConsumptionCostType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_value": "startValue",
        "custom_data": "customData",
    },
):
    start_value: float
    cost: Annotated[tuple[CostType, ...], Meta(min_length=1, max_length=3)]
    custom_data: CustomData | UnsetType = UNSET


class SalesTariffEntryType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "relative_time_interval": "relativeTimeInterval",
        "e_price_level": "ePriceLevel",
        "consumption_cost": "consumptionCost",
        "custom_data": "customData",
    },
):
    relative_time_interval: RelativeTimeIntervalType
    e_price_level: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    consumption_cost: Annotated[tuple[ConsumptionCostType, ...], Meta(min_length=1, max_length=3)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SalesTariffType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "sales_tariff_description": "salesTariffDescription",
        "num_e_price_levels": "numEPriceLevels",
        "sales_tariff_entry": "salesTariffEntry",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    sales_tariff_description: Str32 | UnsetType = UNSET
    num_e_price_levels: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    sales_tariff_entry: Annotated[tuple[SalesTariffEntryType, ...], Meta(min_length=1, max_length=1024)]
    custom_data: CustomData | UnsetType = UNSET


class RationalNumberType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    exponent: Integer
    value: Integer
    custom_data: CustomData | UnsetType = UNSET


class PriceRuleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "parking_fee_period": "parkingFeePeriod",
        "carbon_dioxide_emission": "carbonDioxideEmission",
        "renewable_generation_percentage": "renewableGenerationPercentage",
        "energy_fee": "energyFee",
        "parking_fee": "parkingFee",
        "power_range_start": "powerRangeStart",
        "custom_data": "customData",
    },
):
    parking_fee_period: Integer | UnsetType = UNSET
    carbon_dioxide_emission: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    renewable_generation_percentage: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    energy_fee: RationalNumberType
    parking_fee: RationalNumberType | UnsetType = UNSET
    power_range_start: RationalNumberType
    custom_data: CustomData | UnsetType = UNSET


class PriceRuleStackType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_rule": "priceRule",
        "custom_data": "customData",
    },
):
    duration: Integer
    price_rule: Annotated[tuple[PriceRuleType, ...], Meta(min_length=1, max_length=8)]
    custom_data: CustomData | UnsetType = UNSET


class TaxRuleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tax_rule_id": "taxRuleID",
        "tax_rule_name": "taxRuleName",
        "tax_included_in_price": "taxIncludedInPrice",
        "applies_to_energy_fee": "appliesToEnergyFee",
        "applies_to_parking_fee": "appliesToParkingFee",
        "applies_to_overstay_fee": "appliesToOverstayFee",
        "applies_to_minimum_maximum_cost": "appliesToMinimumMaximumCost",
        "tax_rate": "taxRate",
        "custom_data": "customData",
    },
):
    tax_rule_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    tax_rule_name: Str100 | UnsetType = UNSET
    tax_included_in_price: bool | UnsetType = UNSET
    applies_to_energy_fee: bool
    applies_to_parking_fee: bool
    applies_to_overstay_fee: bool
    applies_to_minimum_maximum_cost: bool
    tax_rate: RationalNumberType
    custom_data: CustomData | UnsetType = UNSET


class OverstayRuleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "overstay_fee": "overstayFee",
        "overstay_rule_description": "overstayRuleDescription",
        "start_time": "startTime",
        "overstay_fee_period": "overstayFeePeriod",
        "custom_data": "customData",
    },
):
    overstay_fee: RationalNumberType
    overstay_rule_description: Str32 | UnsetType = UNSET
    start_time: Integer
    overstay_fee_period: Integer
    custom_data: CustomData | UnsetType = UNSET


class OverstayRuleListType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "overstay_power_threshold": "overstayPowerThreshold",
        "overstay_rule": "overstayRule",
        "overstay_time_threshold": "overstayTimeThreshold",
        "custom_data": "customData",
    },
):
    overstay_power_threshold: RationalNumberType | UnsetType = UNSET
    overstay_rule: Annotated[tuple[OverstayRuleType, ...], Meta(min_length=1, max_length=5)]
    overstay_time_threshold: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class AdditionalSelectedServicesType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "service_fee": "serviceFee",
        "service_name": "serviceName",
        "custom_data": "customData",
    },
):
    service_fee: RationalNumberType
    service_name: Str80
    custom_data: CustomData | UnsetType = UNSET


class AbsolutePriceScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "time_anchor": "timeAnchor",
        "price_schedule_id": "priceScheduleID",
        "price_schedule_description": "priceScheduleDescription",
        "price_algorithm": "priceAlgorithm",
        "minimum_cost": "minimumCost",
        "maximum_cost": "maximumCost",
        "price_rule_stacks": "priceRuleStacks",
        "tax_rules": "taxRules",
        "overstay_rule_list": "overstayRuleList",
        "additional_selected_services": "additionalSelectedServices",
        "custom_data": "customData",
    },
):
    time_anchor: Timestamp
    price_schedule_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    price_schedule_description: Str160 | UnsetType = UNSET
    currency: Str3
    language: Str8
    price_algorithm: Str2000
    minimum_cost: RationalNumberType | UnsetType = UNSET
    maximum_cost: RationalNumberType | UnsetType = UNSET
    price_rule_stacks: Annotated[tuple[PriceRuleStackType, ...], Meta(min_length=1, max_length=1024)]
    tax_rules: Annotated[tuple[TaxRuleType, ...], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    overstay_rule_list: OverstayRuleListType | UnsetType = UNSET
    additional_selected_services: Annotated[tuple[AdditionalSelectedServicesType, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PriceLevelScheduleEntryType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_level": "priceLevel",
        "custom_data": "customData",
    },
):
    duration: Integer
    price_level: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class PriceLevelScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "price_level_schedule_entries": "priceLevelScheduleEntries",
        "time_anchor": "timeAnchor",
        "price_schedule_id": "priceScheduleId",
        "price_schedule_description": "priceScheduleDescription",
        "number_of_price_levels": "numberOfPriceLevels",
        "custom_data": "customData",
    },
):
    price_level_schedule_entries: Annotated[tuple[PriceLevelScheduleEntryType, ...], Meta(min_length=1, max_length=100)]
    time_anchor: Timestamp
    price_schedule_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    price_schedule_description: Str32 | UnsetType = UNSET
    number_of_price_levels: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class ChargingScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "limit_at_soc": "limitAtSoC",
        "start_schedule": "startSchedule",
        "charging_rate_unit": "chargingRateUnit",
        "min_charging_rate": "minChargingRate",
        "power_tolerance": "powerTolerance",
        "signature_id": "signatureId",
        "digest_value": "digestValue",
        "use_local_time": "useLocalTime",
        "charging_schedule_period": "chargingSchedulePeriod",
        "randomized_delay": "randomizedDelay",
        "sales_tariff": "salesTariff",
        "absolute_price_schedule": "absolutePriceSchedule",
        "price_level_schedule": "priceLevelSchedule",
        "custom_data": "customData",
    },
):
    id: Integer
    limit_at_soc: LimitAtSoCType | UnsetType = UNSET
    start_schedule: Timestamp | UnsetType = UNSET
    duration: Integer | UnsetType = UNSET
    charging_rate_unit: ChargingRateUnitEnumType
    min_charging_rate: float | UnsetType = UNSET
    power_tolerance: float | UnsetType = UNSET
    signature_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    digest_value: Str88 | UnsetType = UNSET
    use_local_time: bool | UnsetType = UNSET
    charging_schedule_period: Annotated[tuple[ChargingSchedulePeriodType, ...], Meta(min_length=1, max_length=1024)]
    randomized_delay: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    sales_tariff: SalesTariffType | UnsetType = UNSET
    absolute_price_schedule: AbsolutePriceScheduleType | UnsetType = UNSET
    price_level_schedule: PriceLevelScheduleType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ChargingLimitType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_limit_source": "chargingLimitSource",
        "is_local_generation": "isLocalGeneration",
        "is_grid_critical": "isGridCritical",
        "custom_data": "customData",
    },
):
    charging_limit_source: Str20
    is_local_generation: bool | UnsetType = UNSET
    is_grid_critical: bool | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyChargingLimitRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_schedule": "chargingSchedule",
        "evse_id": "evseId",
        "charging_limit": "chargingLimit",
        "custom_data": "customData",
    },
):
    charging_schedule: Annotated[tuple[ChargingScheduleType, ...], Meta(min_length=1)] | UnsetType = UNSET
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    charging_limit: ChargingLimitType
    custom_data: CustomData | UnsetType = UNSET


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
        "seq_no": "seqNo",
        "generated_at": "generatedAt",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    data: Str512
    tbc: bool | UnsetType = UNSET
    seq_no: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    generated_at: Timestamp
    request_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class NotifyCustomerInformationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

GridEventFaultEnumType = Literal[
    "CurrentImbalance",
    "LocalEmergency",
    "LowInputPower",
    "OverCurrent",
    "OverFrequency",
    "OverVoltage",
    "PhaseRotation",
    "RemoteEmergency",
    "UnderFrequency",
    "UnderVoltage",
    "VoltageImbalance",
]


class NotifyDERAlarmRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "control_type": "controlType",
        "grid_event_fault": "gridEventFault",
        "alarm_ended": "alarmEnded",
        "extra_info": "extraInfo",
        "custom_data": "customData",
    },
):
    control_type: DERControlEnumType
    grid_event_fault: GridEventFaultEnumType | UnsetType = UNSET
    alarm_ended: bool | UnsetType = UNSET
    timestamp: Timestamp
    extra_info: Str200 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyDERAlarmResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class NotifyDERStartStopRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "control_id": "controlId",
        "superseded_ids": "supersededIds",
        "custom_data": "customData",
    },
):
    control_id: Str36
    started: bool
    timestamp: Timestamp
    superseded_ids: Annotated[tuple[Str36, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyDERStartStopResponse(
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
        "start_date_time": "startDateTime",
        "end_date_time": "endDateTime",
        "transaction_id": "transactionId",
        "message_extra": "messageExtra",
        "custom_data": "customData",
    },
):
    display: ComponentType | UnsetType = UNSET
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    priority: MessagePriorityEnumType
    state: MessageStateEnumType | UnsetType = UNSET
    start_date_time: Timestamp | UnsetType = UNSET
    end_date_time: Timestamp | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    message: MessageContentType
    message_extra: Annotated[tuple[MessageContentType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyDisplayMessagesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "message_info": "messageInfo",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    message_info: Annotated[tuple[MessageInfoType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    tbc: bool | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


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
        "energy_amount": "energyAmount",
        "ev_min_current": "evMinCurrent",
        "ev_max_current": "evMaxCurrent",
        "ev_max_voltage": "evMaxVoltage",
        "custom_data": "customData",
    },
):
    energy_amount: float
    ev_min_current: float
    ev_max_current: float
    ev_max_voltage: float
    custom_data: CustomData | UnsetType = UNSET

IslandingDetectionEnumType = Literal[
    "NoAntiIslandingSupport",
    "RoCoF",
    "UVP_OVP",
    "UFP_OFP",
    "VoltageVectorShift",
    "ZeroCrossingDetection",
    "OtherPassive",
    "ImpedanceMeasurement",
    "ImpedanceAtFrequency",
    "SlipModeFrequencyShift",
    "SandiaFrequencyShift",
    "SandiaVoltageShift",
    "FrequencyJump",
    "RCLQFactor",
    "OtherActive",
]


class DERChargingParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ev_supported_der_control": "evSupportedDERControl",
        "ev_over_excited_max_discharge_power": "evOverExcitedMaxDischargePower",
        "ev_over_excited_power_factor": "evOverExcitedPowerFactor",
        "ev_under_excited_max_discharge_power": "evUnderExcitedMaxDischargePower",
        "ev_under_excited_power_factor": "evUnderExcitedPowerFactor",
        "max_apparent_power": "maxApparentPower",
        "max_charge_apparent_power": "maxChargeApparentPower",
        "max_charge_apparent_power_l2": "maxChargeApparentPower_L2",
        "max_charge_apparent_power_l3": "maxChargeApparentPower_L3",
        "max_discharge_apparent_power": "maxDischargeApparentPower",
        "max_discharge_apparent_power_l2": "maxDischargeApparentPower_L2",
        "max_discharge_apparent_power_l3": "maxDischargeApparentPower_L3",
        "max_charge_reactive_power": "maxChargeReactivePower",
        "max_charge_reactive_power_l2": "maxChargeReactivePower_L2",
        "max_charge_reactive_power_l3": "maxChargeReactivePower_L3",
        "min_charge_reactive_power": "minChargeReactivePower",
        "min_charge_reactive_power_l2": "minChargeReactivePower_L2",
        "min_charge_reactive_power_l3": "minChargeReactivePower_L3",
        "max_discharge_reactive_power": "maxDischargeReactivePower",
        "max_discharge_reactive_power_l2": "maxDischargeReactivePower_L2",
        "max_discharge_reactive_power_l3": "maxDischargeReactivePower_L3",
        "min_discharge_reactive_power": "minDischargeReactivePower",
        "min_discharge_reactive_power_l2": "minDischargeReactivePower_L2",
        "min_discharge_reactive_power_l3": "minDischargeReactivePower_L3",
        "nominal_voltage": "nominalVoltage",
        "nominal_voltage_offset": "nominalVoltageOffset",
        "max_nominal_voltage": "maxNominalVoltage",
        "min_nominal_voltage": "minNominalVoltage",
        "ev_inverter_manufacturer": "evInverterManufacturer",
        "ev_inverter_model": "evInverterModel",
        "ev_inverter_serial_number": "evInverterSerialNumber",
        "ev_inverter_sw_version": "evInverterSwVersion",
        "ev_inverter_hw_version": "evInverterHwVersion",
        "ev_islanding_detection_method": "evIslandingDetectionMethod",
        "ev_islanding_trip_time": "evIslandingTripTime",
        "ev_maximum_level1_dc_injection": "evMaximumLevel1DCInjection",
        "ev_duration_level1_dc_injection": "evDurationLevel1DCInjection",
        "ev_maximum_level2_dc_injection": "evMaximumLevel2DCInjection",
        "ev_duration_level2_dc_injection": "evDurationLevel2DCInjection",
        "ev_reactive_susceptance": "evReactiveSusceptance",
        "ev_session_total_discharge_energy_available": "evSessionTotalDischargeEnergyAvailable",
        "custom_data": "customData",
    },
):
    ev_supported_der_control: Annotated[tuple[DERControlEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET
    ev_over_excited_max_discharge_power: float | UnsetType = UNSET
    ev_over_excited_power_factor: float | UnsetType = UNSET
    ev_under_excited_max_discharge_power: float | UnsetType = UNSET
    ev_under_excited_power_factor: float | UnsetType = UNSET
    max_apparent_power: float | UnsetType = UNSET
    max_charge_apparent_power: float | UnsetType = UNSET
    max_charge_apparent_power_l2: float | UnsetType = UNSET
    max_charge_apparent_power_l3: float | UnsetType = UNSET
    max_discharge_apparent_power: float | UnsetType = UNSET
    max_discharge_apparent_power_l2: float | UnsetType = UNSET
    max_discharge_apparent_power_l3: float | UnsetType = UNSET
    max_charge_reactive_power: float | UnsetType = UNSET
    max_charge_reactive_power_l2: float | UnsetType = UNSET
    max_charge_reactive_power_l3: float | UnsetType = UNSET
    min_charge_reactive_power: float | UnsetType = UNSET
    min_charge_reactive_power_l2: float | UnsetType = UNSET
    min_charge_reactive_power_l3: float | UnsetType = UNSET
    max_discharge_reactive_power: float | UnsetType = UNSET
    max_discharge_reactive_power_l2: float | UnsetType = UNSET
    max_discharge_reactive_power_l3: float | UnsetType = UNSET
    min_discharge_reactive_power: float | UnsetType = UNSET
    min_discharge_reactive_power_l2: float | UnsetType = UNSET
    min_discharge_reactive_power_l3: float | UnsetType = UNSET
    nominal_voltage: float | UnsetType = UNSET
    nominal_voltage_offset: float | UnsetType = UNSET
    max_nominal_voltage: float | UnsetType = UNSET
    min_nominal_voltage: float | UnsetType = UNSET
    ev_inverter_manufacturer: Str50 | UnsetType = UNSET
    ev_inverter_model: Str50 | UnsetType = UNSET
    ev_inverter_serial_number: Str50 | UnsetType = UNSET
    ev_inverter_sw_version: Str50 | UnsetType = UNSET
    ev_inverter_hw_version: Str50 | UnsetType = UNSET
    ev_islanding_detection_method: Annotated[tuple[IslandingDetectionEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET
    ev_islanding_trip_time: float | UnsetType = UNSET
    ev_maximum_level1_dc_injection: float | UnsetType = UNSET
    ev_duration_level1_dc_injection: float | UnsetType = UNSET
    ev_maximum_level2_dc_injection: float | UnsetType = UNSET
    ev_duration_level2_dc_injection: float | UnsetType = UNSET
    ev_reactive_susceptance: float | UnsetType = UNSET
    ev_session_total_discharge_energy_available: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class EVPriceRuleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "energy_fee": "energyFee",
        "power_range_start": "powerRangeStart",
        "custom_data": "customData",
    },
):
    energy_fee: float
    power_range_start: float
    custom_data: CustomData | UnsetType = UNSET


class EVAbsolutePriceScheduleEntryType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ev_price_rule": "evPriceRule",
        "custom_data": "customData",
    },
):
    duration: Integer
    ev_price_rule: Annotated[tuple[EVPriceRuleType, ...], Meta(min_length=1, max_length=8)]
    custom_data: CustomData | UnsetType = UNSET


class EVAbsolutePriceScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "time_anchor": "timeAnchor",
        "ev_absolute_price_schedule_entries": "evAbsolutePriceScheduleEntries",
        "price_algorithm": "priceAlgorithm",
        "custom_data": "customData",
    },
):
    time_anchor: Timestamp
    currency: Str3
    ev_absolute_price_schedule_entries: Annotated[tuple[EVAbsolutePriceScheduleEntryType, ...], Meta(min_length=1, max_length=1024)]
    price_algorithm: Str2000
    custom_data: CustomData | UnsetType = UNSET


class EVPowerScheduleEntryType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    duration: Integer
    power: float
    custom_data: CustomData | UnsetType = UNSET


class EVPowerScheduleType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ev_power_schedule_entries": "evPowerScheduleEntries",
        "time_anchor": "timeAnchor",
        "custom_data": "customData",
    },
):
    ev_power_schedule_entries: Annotated[tuple[EVPowerScheduleEntryType, ...], Meta(min_length=1, max_length=1024)]
    time_anchor: Timestamp
    custom_data: CustomData | UnsetType = UNSET


class EVEnergyOfferType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ev_absolute_price_schedule": "evAbsolutePriceSchedule",
        "ev_power_schedule": "evPowerSchedule",
        "custom_data": "customData",
    },
):
    ev_absolute_price_schedule: EVAbsolutePriceScheduleType | UnsetType = UNSET
    ev_power_schedule: EVPowerScheduleType
    custom_data: CustomData | UnsetType = UNSET


class DCChargingParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ev_max_current": "evMaxCurrent",
        "ev_max_voltage": "evMaxVoltage",
        "ev_max_power": "evMaxPower",
        "ev_energy_capacity": "evEnergyCapacity",
        "energy_amount": "energyAmount",
        "state_of_charge": "stateOfCharge",
        "full_soc": "fullSoC",
        "bulk_soc": "bulkSoC",
        "custom_data": "customData",
    },
):
    ev_max_current: float
    ev_max_voltage: float
    ev_max_power: float | UnsetType = UNSET
    ev_energy_capacity: float | UnsetType = UNSET
    energy_amount: float | UnsetType = UNSET
    state_of_charge: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    full_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    bulk_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class V2XChargingParametersType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "min_charge_power": "minChargePower",
        "min_charge_power_l2": "minChargePower_L2",
        "min_charge_power_l3": "minChargePower_L3",
        "max_charge_power": "maxChargePower",
        "max_charge_power_l2": "maxChargePower_L2",
        "max_charge_power_l3": "maxChargePower_L3",
        "min_discharge_power": "minDischargePower",
        "min_discharge_power_l2": "minDischargePower_L2",
        "min_discharge_power_l3": "minDischargePower_L3",
        "max_discharge_power": "maxDischargePower",
        "max_discharge_power_l2": "maxDischargePower_L2",
        "max_discharge_power_l3": "maxDischargePower_L3",
        "min_charge_current": "minChargeCurrent",
        "max_charge_current": "maxChargeCurrent",
        "min_discharge_current": "minDischargeCurrent",
        "max_discharge_current": "maxDischargeCurrent",
        "min_voltage": "minVoltage",
        "max_voltage": "maxVoltage",
        "ev_target_energy_request": "evTargetEnergyRequest",
        "ev_min_energy_request": "evMinEnergyRequest",
        "ev_max_energy_request": "evMaxEnergyRequest",
        "ev_min_v2x_energy_request": "evMinV2XEnergyRequest",
        "ev_max_v2x_energy_request": "evMaxV2XEnergyRequest",
        "target_soc": "targetSoC",
        "custom_data": "customData",
    },
):
    min_charge_power: float | UnsetType = UNSET
    min_charge_power_l2: float | UnsetType = UNSET
    min_charge_power_l3: float | UnsetType = UNSET
    max_charge_power: float | UnsetType = UNSET
    max_charge_power_l2: float | UnsetType = UNSET
    max_charge_power_l3: float | UnsetType = UNSET
    min_discharge_power: float | UnsetType = UNSET
    min_discharge_power_l2: float | UnsetType = UNSET
    min_discharge_power_l3: float | UnsetType = UNSET
    max_discharge_power: float | UnsetType = UNSET
    max_discharge_power_l2: float | UnsetType = UNSET
    max_discharge_power_l3: float | UnsetType = UNSET
    min_charge_current: float | UnsetType = UNSET
    max_charge_current: float | UnsetType = UNSET
    min_discharge_current: float | UnsetType = UNSET
    max_discharge_current: float | UnsetType = UNSET
    min_voltage: float | UnsetType = UNSET
    max_voltage: float | UnsetType = UNSET
    ev_target_energy_request: float | UnsetType = UNSET
    ev_min_energy_request: float | UnsetType = UNSET
    ev_max_energy_request: float | UnsetType = UNSET
    ev_min_v2x_energy_request: float | UnsetType = UNSET
    ev_max_v2x_energy_request: float | UnsetType = UNSET
    target_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ControlModeEnumType = Literal[
    "ScheduledControl",
    "DynamicControl",
]

MobilityNeedsModeEnumType = Literal[
    "EVCC",
    "EVCC_SECC",
]


class ChargingNeedsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ac_charging_parameters": "acChargingParameters",
        "der_charging_parameters": "derChargingParameters",
        "ev_energy_offer": "evEnergyOffer",
        "requested_energy_transfer": "requestedEnergyTransfer",
        "dc_charging_parameters": "dcChargingParameters",
        "v2x_charging_parameters": "v2xChargingParameters",
        "available_energy_transfer": "availableEnergyTransfer",
        "control_mode": "controlMode",
        "mobility_needs_mode": "mobilityNeedsMode",
        "departure_time": "departureTime",
        "custom_data": "customData",
    },
):
    ac_charging_parameters: ACChargingParametersType | UnsetType = UNSET
    der_charging_parameters: DERChargingParametersType | UnsetType = UNSET
    ev_energy_offer: EVEnergyOfferType | UnsetType = UNSET
    requested_energy_transfer: EnergyTransferModeEnumType
    dc_charging_parameters: DCChargingParametersType | UnsetType = UNSET
    v2x_charging_parameters: V2XChargingParametersType | UnsetType = UNSET
    available_energy_transfer: Annotated[tuple[EnergyTransferModeEnumType, ...], Meta(min_length=1)] | UnsetType = UNSET
    control_mode: ControlModeEnumType | UnsetType = UNSET
    mobility_needs_mode: MobilityNeedsModeEnumType | UnsetType = UNSET
    departure_time: Timestamp | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyEVChargingNeedsRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "max_schedule_tuples": "maxScheduleTuples",
        "charging_needs": "chargingNeeds",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=1, le=9223372036854775807)]
    max_schedule_tuples: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    charging_needs: ChargingNeedsType
    timestamp: Timestamp | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

NotifyEVChargingNeedsStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Processing",
    "NoChargingProfile",
]


class NotifyEVChargingNeedsResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: NotifyEVChargingNeedsStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyEVChargingScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "time_base": "timeBase",
        "charging_schedule": "chargingSchedule",
        "evse_id": "evseId",
        "selected_charging_schedule_id": "selectedChargingScheduleId",
        "power_tolerance_acceptance": "powerToleranceAcceptance",
        "custom_data": "customData",
    },
):
    time_base: Timestamp
    charging_schedule: ChargingScheduleType
    evse_id: Annotated[int, Meta(ge=1, le=9223372036854775807)]
    selected_charging_schedule_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    power_tolerance_acceptance: bool | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyEVChargingScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "event_id": "eventId",
        "actual_value": "actualValue",
        "tech_code": "techCode",
        "tech_info": "techInfo",
        "transaction_id": "transactionId",
        "variable_monitoring_id": "variableMonitoringId",
        "event_notification_type": "eventNotificationType",
        "custom_data": "customData",
    },
):
    event_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    timestamp: Timestamp
    trigger: EventTriggerEnumType
    cause: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    actual_value: Str2500
    tech_code: Str50 | UnsetType = UNSET
    tech_info: Str500 | UnsetType = UNSET
    cleared: bool | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    component: ComponentType
    variable_monitoring_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    event_notification_type: EventNotificationEnumType
    variable: VariableType
    severity: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyEventRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "generated_at": "generatedAt",
        "seq_no": "seqNo",
        "event_data": "eventData",
        "custom_data": "customData",
    },
):
    generated_at: Timestamp
    tbc: bool | UnsetType = UNSET
    seq_no: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    event_data: Annotated[tuple[EventDataType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


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
    "TargetDelta",
    "TargetDeltaRelative",
]


class VariableMonitoringType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "event_notification_type": "eventNotificationType",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    transaction: bool
    value: float
    type: MonitorEnumType
    severity: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    event_notification_type: EventNotificationEnumType
    custom_data: CustomData | UnsetType = UNSET


class MonitoringDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "variable_monitoring": "variableMonitoring",
        "custom_data": "customData",
    },
):
    component: ComponentType
    variable: VariableType
    variable_monitoring: Annotated[tuple[VariableMonitoringType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class NotifyMonitoringReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "seq_no": "seqNo",
        "generated_at": "generatedAt",
        "custom_data": "customData",
    },
):
    monitor: Annotated[tuple[MonitoringDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Integer
    tbc: bool | UnsetType = UNSET
    seq_no: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    generated_at: Timestamp
    custom_data: CustomData | UnsetType = UNSET


class NotifyMonitoringReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class StreamDataElementType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    t: float
    v: Str2500
    custom_data: CustomData | UnsetType = UNSET


class NotifyPeriodicEventStreamRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    data: Annotated[tuple[StreamDataElementType, ...], Meta(min_length=1)]
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    pending: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    basetime: Timestamp
    custom_data: CustomData | UnsetType = UNSET


class NotifyPriorityChargingRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    transaction_id: Str36
    activated: bool
    custom_data: CustomData | UnsetType = UNSET


class NotifyPriorityChargingResponse(
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
    type: AttributeEnumType | UnsetType = UNSET
    value: Str2500 | UnsetType = UNSET
    mutability: MutabilityEnumType | UnsetType = UNSET
    persistent: bool | UnsetType = UNSET
    constant: bool | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "data_type": "dataType",
        "min_limit": "minLimit",
        "max_limit": "maxLimit",
        "max_elements": "maxElements",
        "values_list": "valuesList",
        "supports_monitoring": "supportsMonitoring",
        "custom_data": "customData",
    },
):
    unit: Str16 | UnsetType = UNSET
    data_type: DataEnumType
    min_limit: float | UnsetType = UNSET
    max_limit: float | UnsetType = UNSET
    max_elements: Annotated[int, Meta(ge=1, le=9223372036854775807)] | UnsetType = UNSET
    values_list: Str1000 | UnsetType = UNSET
    supports_monitoring: bool
    custom_data: CustomData | UnsetType = UNSET


class ReportDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "variable_attribute": "variableAttribute",
        "variable_characteristics": "variableCharacteristics",
        "custom_data": "customData",
    },
):
    component: ComponentType
    variable: VariableType
    variable_attribute: Annotated[tuple[VariableAttributeType, ...], Meta(min_length=1, max_length=4)]
    variable_characteristics: VariableCharacteristicsType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyReportRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "generated_at": "generatedAt",
        "report_data": "reportData",
        "seq_no": "seqNo",
        "custom_data": "customData",
    },
):
    request_id: Integer
    generated_at: Timestamp
    report_data: Annotated[tuple[ReportDataType, ...], Meta(min_length=1)] | UnsetType = UNSET
    tbc: bool | UnsetType = UNSET
    seq_no: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class NotifyReportResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

PaymentStatusEnumType = Literal[
    "Settled",
    "Canceled",
    "Rejected",
    "Failed",
]


class AddressType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "postal_code": "postalCode",
        "custom_data": "customData",
    },
):
    name: Str50
    address1: Str100
    address2: Str100 | UnsetType = UNSET
    city: Str100
    postal_code: Str20 | UnsetType = UNSET
    country: Str50
    custom_data: CustomData | UnsetType = UNSET


class NotifySettlementRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "psp_ref": "pspRef",
        "status_info": "statusInfo",
        "settlement_amount": "settlementAmount",
        "settlement_time": "settlementTime",
        "receipt_id": "receiptId",
        "receipt_url": "receiptUrl",
        "vat_company": "vatCompany",
        "vat_number": "vatNumber",
        "custom_data": "customData",
    },
):
    transaction_id: Str36 | UnsetType = UNSET
    psp_ref: Str255
    status: PaymentStatusEnumType
    status_info: Str500 | UnsetType = UNSET
    settlement_amount: float
    settlement_time: Timestamp
    receipt_id: Str50 | UnsetType = UNSET
    receipt_url: Str2000 | UnsetType = UNSET
    vat_company: AddressType | UnsetType = UNSET
    vat_number: Str20 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifySettlementResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "receipt_url": "receiptUrl",
        "receipt_id": "receiptId",
        "custom_data": "customData",
    },
):
    receipt_url: Str2000 | UnsetType = UNSET
    receipt_id: Str50 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class NotifyWebPaymentStartedRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    timeout: Integer
    custom_data: CustomData | UnsetType = UNSET


class NotifyWebPaymentStartedResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class OpenPeriodicEventStreamRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "constant_stream_data": "constantStreamData",
        "custom_data": "customData",
    },
):
    constant_stream_data: ConstantStreamDataType
    custom_data: CustomData | UnsetType = UNSET


class OpenPeriodicEventStreamResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PublishFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "retry_interval": "retryInterval",
        "custom_data": "customData",
    },
):
    location: Str2000
    retries: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    checksum: Str32
    request_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    retry_interval: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PublishFirmwareResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "request_id": "requestId",
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: PublishFirmwareStatusEnumType
    location: Annotated[tuple[Str2000, ...], Meta(min_length=1)] | UnsetType = UNSET
    request_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class PublishFirmwareStatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class PullDynamicScheduleUpdateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_profile_id": "chargingProfileId",
        "custom_data": "customData",
    },
):
    charging_profile_id: Integer
    custom_data: CustomData | UnsetType = UNSET


class ChargingScheduleUpdateType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "limit_l2": "limit_L2",
        "limit_l3": "limit_L3",
        "discharge_limit": "dischargeLimit",
        "discharge_limit_l2": "dischargeLimit_L2",
        "discharge_limit_l3": "dischargeLimit_L3",
        "setpoint_l2": "setpoint_L2",
        "setpoint_l3": "setpoint_L3",
        "setpoint_reactive": "setpointReactive",
        "setpoint_reactive_l2": "setpointReactive_L2",
        "setpoint_reactive_l3": "setpointReactive_L3",
        "custom_data": "customData",
    },
):
    limit: float | UnsetType = UNSET
    limit_l2: float | UnsetType = UNSET
    limit_l3: float | UnsetType = UNSET
    discharge_limit: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    discharge_limit_l2: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    discharge_limit_l3: Annotated[float, Meta(le=0.0)] | UnsetType = UNSET
    setpoint: float | UnsetType = UNSET
    setpoint_l2: float | UnsetType = UNSET
    setpoint_l3: float | UnsetType = UNSET
    setpoint_reactive: float | UnsetType = UNSET
    setpoint_reactive_l2: float | UnsetType = UNSET
    setpoint_reactive_l3: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ChargingProfileStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class PullDynamicScheduleUpdateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "schedule_update": "scheduleUpdate",
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    schedule_update: ChargingScheduleUpdateType | UnsetType = UNSET
    status: ChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ChargingProfileKindEnumType = Literal[
    "Absolute",
    "Recurring",
    "Relative",
    "Dynamic",
]

RecurrencyKindEnumType = Literal[
    "Daily",
    "Weekly",
]


class ChargingProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "stack_level": "stackLevel",
        "charging_profile_purpose": "chargingProfilePurpose",
        "charging_profile_kind": "chargingProfileKind",
        "recurrency_kind": "recurrencyKind",
        "valid_from": "validFrom",
        "valid_to": "validTo",
        "transaction_id": "transactionId",
        "max_offline_duration": "maxOfflineDuration",
        "charging_schedule": "chargingSchedule",
        "invalid_after_offline_duration": "invalidAfterOfflineDuration",
        "dyn_update_interval": "dynUpdateInterval",
        "dyn_update_time": "dynUpdateTime",
        "price_schedule_signature": "priceScheduleSignature",
        "custom_data": "customData",
    },
):
    id: Integer
    stack_level: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    charging_profile_purpose: ChargingProfilePurposeEnumType
    charging_profile_kind: ChargingProfileKindEnumType
    recurrency_kind: RecurrencyKindEnumType | UnsetType = UNSET
    valid_from: Timestamp | UnsetType = UNSET
    valid_to: Timestamp | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    max_offline_duration: Integer | UnsetType = UNSET
    charging_schedule: Annotated[tuple[ChargingScheduleType, ...], Meta(min_length=1, max_length=3)]
    invalid_after_offline_duration: bool | UnsetType = UNSET
    dyn_update_interval: Integer | UnsetType = UNSET
    dyn_update_time: Timestamp | UnsetType = UNSET
    price_schedule_signature: Str256 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ReportChargingProfilesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "request_id": "requestId",
        "charging_limit_source": "chargingLimitSource",
        "charging_profile": "chargingProfile",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    request_id: Integer
    charging_limit_source: Str20
    charging_profile: Annotated[tuple[ChargingProfileType, ...], Meta(min_length=1)]
    tbc: bool | UnsetType = UNSET
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class ReportChargingProfilesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class DERCurvePointsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    x: float
    y: float
    custom_data: CustomData | UnsetType = UNSET


class HysteresisType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "hysteresis_high": "hysteresisHigh",
        "hysteresis_low": "hysteresisLow",
        "hysteresis_delay": "hysteresisDelay",
        "hysteresis_gradient": "hysteresisGradient",
        "custom_data": "customData",
    },
):
    hysteresis_high: float | UnsetType = UNSET
    hysteresis_low: float | UnsetType = UNSET
    hysteresis_delay: float | UnsetType = UNSET
    hysteresis_gradient: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ReactivePowerParamsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "v_ref": "vRef",
        "autonomous_v_ref_enable": "autonomousVRefEnable",
        "autonomous_v_ref_time_constant": "autonomousVRefTimeConstant",
        "custom_data": "customData",
    },
):
    v_ref: float | UnsetType = UNSET
    autonomous_v_ref_enable: bool | UnsetType = UNSET
    autonomous_v_ref_time_constant: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

PowerDuringCessationEnumType = Literal[
    "Active",
    "Reactive",
]


class VoltageParamsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "hv10_min_mean_value": "hv10MinMeanValue",
        "hv10_min_mean_trip_delay": "hv10MinMeanTripDelay",
        "power_during_cessation": "powerDuringCessation",
        "custom_data": "customData",
    },
):
    hv10_min_mean_value: float | UnsetType = UNSET
    hv10_min_mean_trip_delay: float | UnsetType = UNSET
    power_during_cessation: PowerDuringCessationEnumType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

DERUnitEnumType = Literal[
    "Not_Applicable",
    "PctMaxW",
    "PctMaxVar",
    "PctWAvail",
    "PctVarAvail",
    "PctEffectiveV",
]


class DERCurveType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "curve_data": "curveData",
        "reactive_power_params": "reactivePowerParams",
        "voltage_params": "voltageParams",
        "y_unit": "yUnit",
        "response_time": "responseTime",
        "start_time": "startTime",
        "custom_data": "customData",
    },
):
    curve_data: Annotated[tuple[DERCurvePointsType, ...], Meta(min_length=1, max_length=10)]
    hysteresis: HysteresisType | UnsetType = UNSET
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    reactive_power_params: ReactivePowerParamsType | UnsetType = UNSET
    voltage_params: VoltageParamsType | UnsetType = UNSET
    y_unit: DERUnitEnumType
    response_time: float | UnsetType = UNSET
    start_time: Timestamp | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class DERCurveGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "curve_type": "curveType",
        "is_default": "isDefault",
        "is_superseded": "isSuperseded",
        "custom_data": "customData",
    },
):
    curve: DERCurveType
    id: Str36
    curve_type: DERControlEnumType
    is_default: bool
    is_superseded: bool
    custom_data: CustomData | UnsetType = UNSET


class EnterServiceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "high_voltage": "highVoltage",
        "low_voltage": "lowVoltage",
        "high_freq": "highFreq",
        "low_freq": "lowFreq",
        "random_delay": "randomDelay",
        "ramp_rate": "rampRate",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    high_voltage: float
    low_voltage: float
    high_freq: float
    low_freq: float
    delay: float | UnsetType = UNSET
    random_delay: float | UnsetType = UNSET
    ramp_rate: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class EnterServiceGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "enter_service": "enterService",
        "custom_data": "customData",
    },
):
    enter_service: EnterServiceType
    id: Str36
    custom_data: CustomData | UnsetType = UNSET


class FixedPFType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_time": "startTime",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    displacement: float
    excitation: bool
    start_time: Timestamp | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class FixedPFGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "fixed_pf": "fixedPF",
        "is_default": "isDefault",
        "is_superseded": "isSuperseded",
        "custom_data": "customData",
    },
):
    fixed_pf: FixedPFType
    id: Str36
    is_default: bool
    is_superseded: bool
    custom_data: CustomData | UnsetType = UNSET


class FixedVarType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "start_time": "startTime",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    setpoint: float
    unit: DERUnitEnumType
    start_time: Timestamp | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class FixedVarGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "fixed_var": "fixedVar",
        "is_default": "isDefault",
        "is_superseded": "isSuperseded",
        "custom_data": "customData",
    },
):
    fixed_var: FixedVarType
    id: Str36
    is_default: bool
    is_superseded: bool
    custom_data: CustomData | UnsetType = UNSET


class FreqDroopType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "over_freq": "overFreq",
        "under_freq": "underFreq",
        "over_droop": "overDroop",
        "under_droop": "underDroop",
        "response_time": "responseTime",
        "start_time": "startTime",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    over_freq: float
    under_freq: float
    over_droop: float
    under_droop: float
    response_time: float
    start_time: Timestamp | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class FreqDroopGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "freq_droop": "freqDroop",
        "is_default": "isDefault",
        "is_superseded": "isSuperseded",
        "custom_data": "customData",
    },
):
    freq_droop: FreqDroopType
    id: Str36
    is_default: bool
    is_superseded: bool
    custom_data: CustomData | UnsetType = UNSET


class GradientType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "soft_gradient": "softGradient",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    gradient: float
    soft_gradient: float
    custom_data: CustomData | UnsetType = UNSET


class GradientGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    gradient: GradientType
    id: Str36
    custom_data: CustomData | UnsetType = UNSET


class LimitMaxDischargeType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "pct_max_discharge_power": "pctMaxDischargePower",
        "power_monitoring_must_trip": "powerMonitoringMustTrip",
        "start_time": "startTime",
        "custom_data": "customData",
    },
):
    priority: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    pct_max_discharge_power: float | UnsetType = UNSET
    power_monitoring_must_trip: DERCurveType | UnsetType = UNSET
    start_time: Timestamp | UnsetType = UNSET
    duration: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class LimitMaxDischargeGetType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "is_default": "isDefault",
        "is_superseded": "isSuperseded",
        "limit_max_discharge": "limitMaxDischarge",
        "custom_data": "customData",
    },
):
    id: Str36
    is_default: bool
    is_superseded: bool
    limit_max_discharge: LimitMaxDischargeType
    custom_data: CustomData | UnsetType = UNSET


class ReportDERControlRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "enter_service": "enterService",
        "fixed_pf_absorb": "fixedPFAbsorb",
        "fixed_pf_inject": "fixedPFInject",
        "fixed_var": "fixedVar",
        "freq_droop": "freqDroop",
        "limit_max_discharge": "limitMaxDischarge",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    curve: Annotated[tuple[DERCurveGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    enter_service: Annotated[tuple[EnterServiceGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    fixed_pf_absorb: Annotated[tuple[FixedPFGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    fixed_pf_inject: Annotated[tuple[FixedPFGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    fixed_var: Annotated[tuple[FixedVarGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    freq_droop: Annotated[tuple[FreqDroopGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    gradient: Annotated[tuple[GradientGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    limit_max_discharge: Annotated[tuple[LimitMaxDischargeGetType, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    request_id: Integer
    tbc: bool | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class ReportDERControlResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class RequestBatterySwapRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "id_token": "idToken",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    id_token: IdTokenType
    request_id: Integer
    custom_data: CustomData | UnsetType = UNSET


class RequestBatterySwapResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class RequestStartTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "group_id_token": "groupIdToken",
        "id_token": "idToken",
        "remote_start_id": "remoteStartId",
        "charging_profile": "chargingProfile",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=1, le=9223372036854775807)] | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET
    id_token: IdTokenType
    remote_start_id: Integer
    charging_profile: ChargingProfileType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

RequestStartStopStatusEnumType = Literal[
    "Accepted",
    "Rejected",
]


class RequestStartTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    status: RequestStartStopStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    transaction_id: Str36 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class RequestStopTransactionRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    transaction_id: Str36
    custom_data: CustomData | UnsetType = UNSET


class RequestStopTransactionResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: RequestStartStopStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ReservationUpdateStatusEnumType = Literal[
    "Expired",
    "Removed",
    "NoTransaction",
]


class ReservationStatusUpdateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "reservation_id": "reservationId",
        "reservation_update_status": "reservationUpdateStatus",
        "custom_data": "customData",
    },
):
    reservation_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    reservation_update_status: ReservationUpdateStatusEnumType
    custom_data: CustomData | UnsetType = UNSET


class ReservationStatusUpdateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET


class ReserveNowRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "expiry_date_time": "expiryDateTime",
        "connector_type": "connectorType",
        "id_token": "idToken",
        "evse_id": "evseId",
        "group_id_token": "groupIdToken",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    expiry_date_time: Timestamp
    connector_type: Str20 | UnsetType = UNSET
    id_token: IdTokenType
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    group_id_token: IdTokenType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ReserveNowStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ResetEnumType = Literal[
    "Immediate",
    "OnIdle",
    "ImmediateAndResume",
]


class ResetRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    type: ResetEnumType
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

ResetStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Scheduled",
]


class ResetResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ResetStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SecurityEventNotificationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tech_info": "techInfo",
        "custom_data": "customData",
    },
):
    type: Str50
    timestamp: Timestamp
    tech_info: Str255 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


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
        "id_token": "idToken",
        "id_token_info": "idTokenInfo",
        "custom_data": "customData",
    },
):
    id_token: IdTokenType
    id_token_info: IdTokenInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

UpdateEnumType = Literal[
    "Differential",
    "Full",
]


class SendLocalListRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "local_authorization_list": "localAuthorizationList",
        "version_number": "versionNumber",
        "update_type": "updateType",
        "custom_data": "customData",
    },
):
    local_authorization_list: Annotated[tuple[AuthorizationData, ...], Meta(min_length=1)] | UnsetType = UNSET
    version_number: Integer
    update_type: UpdateEnumType
    custom_data: CustomData | UnsetType = UNSET

SendLocalListStatusEnumType = Literal[
    "Accepted",
    "Failed",
    "VersionMismatch",
]


class SendLocalListResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: SendLocalListStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetChargingProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "charging_profile": "chargingProfile",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    charging_profile: ChargingProfileType
    custom_data: CustomData | UnsetType = UNSET


class SetChargingProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetDERControlRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "is_default": "isDefault",
        "control_id": "controlId",
        "control_type": "controlType",
        "enter_service": "enterService",
        "fixed_pf_absorb": "fixedPFAbsorb",
        "fixed_pf_inject": "fixedPFInject",
        "fixed_var": "fixedVar",
        "freq_droop": "freqDroop",
        "limit_max_discharge": "limitMaxDischarge",
        "custom_data": "customData",
    },
):
    is_default: bool
    control_id: Str36
    control_type: DERControlEnumType
    curve: DERCurveType | UnsetType = UNSET
    enter_service: EnterServiceType | UnsetType = UNSET
    fixed_pf_absorb: FixedPFType | UnsetType = UNSET
    fixed_pf_inject: FixedPFType | UnsetType = UNSET
    fixed_var: FixedVarType | UnsetType = UNSET
    freq_droop: FreqDroopType | UnsetType = UNSET
    gradient: GradientType | UnsetType = UNSET
    limit_max_discharge: LimitMaxDischargeType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetDERControlResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "superseded_ids": "supersededIds",
        "custom_data": "customData",
    },
):
    status: DERControlStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    superseded_ids: Annotated[tuple[Str36, ...], Meta(min_length=1, max_length=24)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetDefaultTariffRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    tariff: TariffType
    custom_data: CustomData | UnsetType = UNSET

TariffSetStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "TooManyElements",
    "ConditionNotSupported",
    "DuplicateTariffId",
]


class SetDefaultTariffResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: TariffSetStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetDisplayMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    message: MessageInfoType
    custom_data: CustomData | UnsetType = UNSET

DisplayMessageStatusEnumType = Literal[
    "Accepted",
    "NotSupportedMessageFormat",
    "Rejected",
    "NotSupportedPriority",
    "NotSupportedState",
    "UnknownTransaction",
    "LanguageNotSupported",
]


class SetDisplayMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: DisplayMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

MonitoringBaseEnumType = Literal[
    "All",
    "FactoryDefault",
    "HardWiredOnly",
]


class SetMonitoringBaseRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "monitoring_base": "monitoringBase",
        "custom_data": "customData",
    },
):
    monitoring_base: MonitoringBaseEnumType
    custom_data: CustomData | UnsetType = UNSET


class SetMonitoringBaseResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericDeviceModelStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetMonitoringLevelRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    severity: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class SetMonitoringLevelResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

APNAuthenticationEnumType = Literal[
    "PAP",
    "CHAP",
    "NONE",
    "AUTO",
]


class APNType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "apn_user_name": "apnUserName",
        "apn_password": "apnPassword",
        "sim_pin": "simPin",
        "preferred_network": "preferredNetwork",
        "use_only_preferred_network": "useOnlyPreferredNetwork",
        "apn_authentication": "apnAuthentication",
        "custom_data": "customData",
    },
):
    apn: Str2000
    apn_user_name: Str50 | UnsetType = UNSET
    apn_password: Str64 | UnsetType = UNSET
    sim_pin: Integer | UnsetType = UNSET
    preferred_network: Str6 | UnsetType = UNSET
    use_only_preferred_network: bool | UnsetType = UNSET
    apn_authentication: APNAuthenticationEnumType
    custom_data: CustomData | UnsetType = UNSET

OCPPVersionEnumType = Literal[
    "OCPP12",
    "OCPP15",
    "OCPP16",
    "OCPP20",
    "OCPP201",
    "OCPP21",
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
    "Any",
]

OCPPTransportEnumType = Literal[
    "SOAP",
    "JSON",
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
    server: Str2000
    user: Str50
    group: Str50 | UnsetType = UNSET
    password: Str64
    key: Str255
    type: VPNEnumType
    custom_data: CustomData | UnsetType = UNSET


class NetworkConnectionProfileType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "ocpp_version": "ocppVersion",
        "ocpp_interface": "ocppInterface",
        "ocpp_transport": "ocppTransport",
        "message_timeout": "messageTimeout",
        "ocpp_csms_url": "ocppCsmsUrl",
        "security_profile": "securityProfile",
        "basic_auth_password": "basicAuthPassword",
        "custom_data": "customData",
    },
):
    apn: APNType | UnsetType = UNSET
    ocpp_version: OCPPVersionEnumType | UnsetType = UNSET
    ocpp_interface: OCPPInterfaceEnumType
    ocpp_transport: OCPPTransportEnumType
    message_timeout: Integer
    ocpp_csms_url: Str2000
    security_profile: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    identity: Str48 | UnsetType = UNSET
    basic_auth_password: Str64 | UnsetType = UNSET
    vpn: VPNType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetNetworkProfileRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "configuration_slot": "configurationSlot",
        "connection_data": "connectionData",
        "custom_data": "customData",
    },
):
    configuration_slot: Integer
    connection_data: NetworkConnectionProfileType
    custom_data: CustomData | UnsetType = UNSET

SetNetworkProfileStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "Failed",
]


class SetNetworkProfileResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: SetNetworkProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SetMonitoringDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "periodic_event_stream": "periodicEventStream",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    periodic_event_stream: PeriodicEventStreamParamsType | UnsetType = UNSET
    transaction: bool | UnsetType = UNSET
    value: float
    type: MonitorEnumType
    severity: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    component: ComponentType
    variable: VariableType
    custom_data: CustomData | UnsetType = UNSET


class SetVariableMonitoringRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "set_monitoring_data": "setMonitoringData",
        "custom_data": "customData",
    },
):
    set_monitoring_data: Annotated[tuple[SetMonitoringDataType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    status: SetMonitoringStatusEnumType
    type: MonitorEnumType
    component: ComponentType
    variable: VariableType
    severity: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class SetVariableMonitoringResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "set_monitoring_result": "setMonitoringResult",
        "custom_data": "customData",
    },
):
    set_monitoring_result: Annotated[tuple[SetMonitoringResultType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class SetVariableDataType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "attribute_type": "attributeType",
        "attribute_value": "attributeValue",
        "custom_data": "customData",
    },
):
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_value: Str2500
    component: ComponentType
    variable: VariableType
    custom_data: CustomData | UnsetType = UNSET


class SetVariablesRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "set_variable_data": "setVariableData",
        "custom_data": "customData",
    },
):
    set_variable_data: Annotated[tuple[SetVariableDataType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET

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
        "attribute_type": "attributeType",
        "attribute_status": "attributeStatus",
        "attribute_status_info": "attributeStatusInfo",
        "custom_data": "customData",
    },
):
    attribute_type: AttributeEnumType | UnsetType = UNSET
    attribute_status: SetVariableStatusEnumType
    attribute_status_info: StatusInfoType | UnsetType = UNSET
    component: ComponentType
    variable: VariableType
    custom_data: CustomData | UnsetType = UNSET


class SetVariablesResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "set_variable_result": "setVariableResult",
        "custom_data": "customData",
    },
):
    set_variable_result: Annotated[tuple[SetVariableResultType, ...], Meta(min_length=1)]
    custom_data: CustomData | UnsetType = UNSET


class SignCertificateRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "certificate_type": "certificateType",
        "hash_root_certificate": "hashRootCertificate",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    csr: Str5500
    certificate_type: CertificateSigningUseEnumType | UnsetType = UNSET
    hash_root_certificate: CertificateHashDataType | UnsetType = UNSET
    request_id: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class SignCertificateResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: GenericStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

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
        "connector_status": "connectorStatus",
        "evse_id": "evseId",
        "connector_id": "connectorId",
        "custom_data": "customData",
    },
):
    timestamp: Timestamp
    connector_status: ConnectorStatusEnumType
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    connector_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET


class StatusNotificationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    custom_data: CustomData | UnsetType = UNSET

CostDimensionEnumType = Literal[
    "Energy",
    "MaxCurrent",
    "MinCurrent",
    "MaxPower",
    "MinPower",
    "IdleTIme",
    "ChargingTime",
]


class CostDimensionType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    type: CostDimensionEnumType
    volume: float
    custom_data: CustomData | UnsetType = UNSET


class ChargingPeriodType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "tariff_id": "tariffId",
        "start_period": "startPeriod",
        "custom_data": "customData",
    },
):
    dimensions: Annotated[tuple[CostDimensionType, ...], Meta(min_length=1)] | UnsetType = UNSET
    tariff_id: Str60 | UnsetType = UNSET
    start_period: Timestamp
    custom_data: CustomData | UnsetType = UNSET

TariffCostEnumType = Literal[
    "NormalCost",
    "MinCost",
    "MaxCost",
]


class TotalPriceType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "excl_tax": "exclTax",
        "incl_tax": "inclTax",
        "custom_data": "customData",
    },
):
    excl_tax: float | UnsetType = UNSET
    incl_tax: float | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TotalCostType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "type_of_cost": "typeOfCost",
        "charging_time": "chargingTime",
        "idle_time": "idleTime",
        "reservation_time": "reservationTime",
        "reservation_fixed": "reservationFixed",
        "custom_data": "customData",
    },
):
    currency: Str3
    type_of_cost: TariffCostEnumType
    fixed: PriceType | UnsetType = UNSET
    energy: PriceType | UnsetType = UNSET
    charging_time: PriceType | UnsetType = UNSET
    idle_time: PriceType | UnsetType = UNSET
    reservation_time: PriceType | UnsetType = UNSET
    reservation_fixed: PriceType | UnsetType = UNSET
    total: TotalPriceType
    custom_data: CustomData | UnsetType = UNSET


class TotalUsageType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_time": "chargingTime",
        "idle_time": "idleTime",
        "reservation_time": "reservationTime",
        "custom_data": "customData",
    },
):
    energy: float
    charging_time: Integer
    idle_time: Integer
    reservation_time: Integer | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class CostDetailsType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_periods": "chargingPeriods",
        "total_cost": "totalCost",
        "total_usage": "totalUsage",
        "failure_to_calculate": "failureToCalculate",
        "failure_reason": "failureReason",
        "custom_data": "customData",
    },
):
    charging_periods: Annotated[tuple[ChargingPeriodType, ...], Meta(min_length=1)] | UnsetType = UNSET
    total_cost: TotalCostType
    total_usage: TotalUsageType
    failure_to_calculate: bool | UnsetType = UNSET
    failure_reason: Str500 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

TransactionEventEnumType = Literal[
    "Ended",
    "Started",
    "Updated",
]

TriggerReasonEnumType = Literal[
    "AbnormalCondition",
    "Authorized",
    "CablePluggedIn",
    "ChargingRateChanged",
    "ChargingStateChanged",
    "CostLimitReached",
    "Deauthorized",
    "EnergyLimitReached",
    "EVCommunicationLost",
    "EVConnectTimeout",
    "EVDeparted",
    "EVDetected",
    "LimitSet",
    "MeterValueClock",
    "MeterValuePeriodic",
    "OperationModeChanged",
    "RemoteStart",
    "RemoteStop",
    "ResetCommand",
    "RunningCost",
    "SignedDataReceived",
    "SoCLimitReached",
    "StopAuthorized",
    "TariffChanged",
    "TariffNotAccepted",
    "TimeLimitReached",
    "Trigger",
    "TxResumed",
    "UnlockCommand",
]

PreconditioningStatusEnumType = Literal[
    "Unknown",
    "Ready",
    "NotReady",
    "Preconditioning",
]

ChargingStateEnumType = Literal[
    "EVConnected",
    "Charging",
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
    "MasterPass",
    "Local",
    "LocalOutOfCredit",
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
    "ReqEnergyTransferRejected",
]


class TransactionLimitType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "max_cost": "maxCost",
        "max_energy": "maxEnergy",
        "max_time": "maxTime",
        "max_soc": "maxSoC",
        "custom_data": "customData",
    },
):
    max_cost: float | UnsetType = UNSET
    max_energy: float | UnsetType = UNSET
    max_time: Integer | UnsetType = UNSET
    max_soc: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TransactionType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "charging_state": "chargingState",
        "time_spent_charging": "timeSpentCharging",
        "stopped_reason": "stoppedReason",
        "remote_start_id": "remoteStartId",
        "operation_mode": "operationMode",
        "tariff_id": "tariffId",
        "transaction_limit": "transactionLimit",
        "custom_data": "customData",
    },
):
    transaction_id: Str36
    charging_state: ChargingStateEnumType | UnsetType = UNSET
    time_spent_charging: Integer | UnsetType = UNSET
    stopped_reason: ReasonEnumType | UnsetType = UNSET
    remote_start_id: Integer | UnsetType = UNSET
    operation_mode: OperationModeEnumType | UnsetType = UNSET
    tariff_id: Str60 | UnsetType = UNSET
    transaction_limit: TransactionLimitType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TransactionEventRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "cost_details": "costDetails",
        "event_type": "eventType",
        "meter_value": "meterValue",
        "trigger_reason": "triggerReason",
        "seq_no": "seqNo",
        "number_of_phases_used": "numberOfPhasesUsed",
        "cable_max_current": "cableMaxCurrent",
        "reservation_id": "reservationId",
        "preconditioning_status": "preconditioningStatus",
        "evse_sleep": "evseSleep",
        "transaction_info": "transactionInfo",
        "id_token": "idToken",
        "custom_data": "customData",
    },
):
    cost_details: CostDetailsType | UnsetType = UNSET
    event_type: TransactionEventEnumType
    meter_value: Annotated[tuple[MeterValueType, ...], Meta(min_length=1)] | UnsetType = UNSET
    timestamp: Timestamp
    trigger_reason: TriggerReasonEnumType
    seq_no: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    offline: bool | UnsetType = UNSET
    number_of_phases_used: Annotated[int, Meta(ge=0, le=3)] | UnsetType = UNSET
    cable_max_current: Integer | UnsetType = UNSET
    reservation_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    preconditioning_status: PreconditioningStatusEnumType | UnsetType = UNSET
    evse_sleep: bool | UnsetType = UNSET
    transaction_info: TransactionType
    evse: EVSEType | UnsetType = UNSET
    id_token: IdTokenType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class TransactionEventResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "total_cost": "totalCost",
        "charging_priority": "chargingPriority",
        "id_token_info": "idTokenInfo",
        "transaction_limit": "transactionLimit",
        "updated_personal_message": "updatedPersonalMessage",
        "updated_personal_message_extra": "updatedPersonalMessageExtra",
        "custom_data": "customData",
    },
):
    total_cost: float | UnsetType = UNSET
    charging_priority: Integer | UnsetType = UNSET
    id_token_info: IdTokenInfoType | UnsetType = UNSET
    transaction_limit: TransactionLimitType | UnsetType = UNSET
    updated_personal_message: MessageContentType | UnsetType = UNSET
    updated_personal_message_extra: Annotated[tuple[MessageContentType, ...], Meta(min_length=1, max_length=4)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

MessageTriggerEnumType = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargingStationCertificate",
    "SignV2GCertificate",
    "SignV2G20Certificate",
    "StatusNotification",
    "TransactionEvent",
    "SignCombinedCertificate",
    "PublishFirmwareStatusNotification",
    "CustomTrigger",
]


class TriggerMessageRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "requested_message": "requestedMessage",
        "custom_trigger": "customTrigger",
        "custom_data": "customData",
    },
):
    evse: EVSEType | UnsetType = UNSET
    requested_message: MessageTriggerEnumType
    custom_trigger: Str50 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET

TriggerMessageStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NotImplemented",
]


class TriggerMessageResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: TriggerMessageStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class UnlockConnectorRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "evse_id": "evseId",
        "connector_id": "connectorId",
        "custom_data": "customData",
    },
):
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    connector_id: Annotated[int, Meta(ge=0, le=9223372036854775807)]
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: UnlockStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class UnpublishFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "custom_data": "customData",
    },
):
    checksum: Str32
    custom_data: CustomData | UnsetType = UNSET

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
    status: UnpublishFirmwareStatusEnumType
    custom_data: CustomData | UnsetType = UNSET


class UpdateDynamicScheduleRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "charging_profile_id": "chargingProfileId",
        "schedule_update": "scheduleUpdate",
        "custom_data": "customData",
    },
):
    charging_profile_id: Integer
    schedule_update: ChargingScheduleUpdateType
    custom_data: CustomData | UnsetType = UNSET


class UpdateDynamicScheduleResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: ChargingProfileStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class FirmwareType(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retrieve_date_time": "retrieveDateTime",
        "install_date_time": "installDateTime",
        "signing_certificate": "signingCertificate",
        "custom_data": "customData",
    },
):
    location: Str2000
    retrieve_date_time: Timestamp
    install_date_time: Timestamp | UnsetType = UNSET
    signing_certificate: Str5500 | UnsetType = UNSET
    signature: Str800 | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class UpdateFirmwareRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "retry_interval": "retryInterval",
        "request_id": "requestId",
        "custom_data": "customData",
    },
):
    retries: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    retry_interval: Integer | UnsetType = UNSET
    request_id: Integer
    firmware: FirmwareType
    custom_data: CustomData | UnsetType = UNSET

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
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: UpdateFirmwareStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class UsePriorityChargingRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "transaction_id": "transactionId",
        "custom_data": "customData",
    },
):
    transaction_id: Str36
    activate: bool
    custom_data: CustomData | UnsetType = UNSET

PriorityChargingStatusEnumType = Literal[
    "Accepted",
    "Rejected",
    "NoProfile",
]


class UsePriorityChargingResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "custom_data": "customData",
    },
):
    status: PriorityChargingStatusEnumType
    status_info: StatusInfoType | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class VatNumberValidationRequest(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "vat_number": "vatNumber",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    vat_number: Str20
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    custom_data: CustomData | UnsetType = UNSET


class VatNumberValidationResponse(
    Payload, frozen=True, kw_only=True, gc=False, omit_defaults=True,
    forbid_unknown_fields=True,
    rename={
        "status_info": "statusInfo",
        "vat_number": "vatNumber",
        "evse_id": "evseId",
        "custom_data": "customData",
    },
):
    company: AddressType | UnsetType = UNSET
    status_info: StatusInfoType | UnsetType = UNSET
    vat_number: Str20
    evse_id: Annotated[int, Meta(ge=0, le=9223372036854775807)] | UnsetType = UNSET
    status: GenericStatusEnumType
    custom_data: CustomData | UnsetType = UNSET


ACTIONS: Final[dict[str, tuple[type[Payload], type[Payload]]]] = {
    "AFRRSignal": (AFRRSignalRequest, AFRRSignalResponse),
    "AdjustPeriodicEventStream": (AdjustPeriodicEventStreamRequest, AdjustPeriodicEventStreamResponse),
    "Authorize": (AuthorizeRequest, AuthorizeResponse),
    "BatterySwap": (BatterySwapRequest, BatterySwapResponse),
    "BootNotification": (BootNotificationRequest, BootNotificationResponse),
    "CancelReservation": (CancelReservationRequest, CancelReservationResponse),
    "CertificateSigned": (CertificateSignedRequest, CertificateSignedResponse),
    "ChangeAvailability": (ChangeAvailabilityRequest, ChangeAvailabilityResponse),
    "ChangeTransactionTariff": (ChangeTransactionTariffRequest, ChangeTransactionTariffResponse),
    "ClearCache": (ClearCacheRequest, ClearCacheResponse),
    "ClearChargingProfile": (ClearChargingProfileRequest, ClearChargingProfileResponse),
    "ClearDERControl": (ClearDERControlRequest, ClearDERControlResponse),
    "ClearDisplayMessage": (ClearDisplayMessageRequest, ClearDisplayMessageResponse),
    "ClearTariffs": (ClearTariffsRequest, ClearTariffsResponse),
    "ClearVariableMonitoring": (ClearVariableMonitoringRequest, ClearVariableMonitoringResponse),
    "ClearedChargingLimit": (ClearedChargingLimitRequest, ClearedChargingLimitResponse),
    "ClosePeriodicEventStream": (ClosePeriodicEventStreamRequest, ClosePeriodicEventStreamResponse),
    "CostUpdated": (CostUpdatedRequest, CostUpdatedResponse),
    "CustomerInformation": (CustomerInformationRequest, CustomerInformationResponse),
    "DataTransfer": (DataTransferRequest, DataTransferResponse),
    "DeleteCertificate": (DeleteCertificateRequest, DeleteCertificateResponse),
    "FirmwareStatusNotification": (FirmwareStatusNotificationRequest, FirmwareStatusNotificationResponse),
    "Get15118EVCertificate": (Get15118EVCertificateRequest, Get15118EVCertificateResponse),
    "GetBaseReport": (GetBaseReportRequest, GetBaseReportResponse),
    "GetCertificateChainStatus": (GetCertificateChainStatusRequest, GetCertificateChainStatusResponse),
    "GetCertificateStatus": (GetCertificateStatusRequest, GetCertificateStatusResponse),
    "GetChargingProfiles": (GetChargingProfilesRequest, GetChargingProfilesResponse),
    "GetCompositeSchedule": (GetCompositeScheduleRequest, GetCompositeScheduleResponse),
    "GetDERControl": (GetDERControlRequest, GetDERControlResponse),
    "GetDisplayMessages": (GetDisplayMessagesRequest, GetDisplayMessagesResponse),
    "GetInstalledCertificateIds": (GetInstalledCertificateIdsRequest, GetInstalledCertificateIdsResponse),
    "GetLocalListVersion": (GetLocalListVersionRequest, GetLocalListVersionResponse),
    "GetLog": (GetLogRequest, GetLogResponse),
    "GetMonitoringReport": (GetMonitoringReportRequest, GetMonitoringReportResponse),
    "GetPeriodicEventStream": (GetPeriodicEventStreamRequest, GetPeriodicEventStreamResponse),
    "GetReport": (GetReportRequest, GetReportResponse),
    "GetTariffs": (GetTariffsRequest, GetTariffsResponse),
    "GetTransactionStatus": (GetTransactionStatusRequest, GetTransactionStatusResponse),
    "GetVariables": (GetVariablesRequest, GetVariablesResponse),
    "Heartbeat": (HeartbeatRequest, HeartbeatResponse),
    "InstallCertificate": (InstallCertificateRequest, InstallCertificateResponse),
    "LogStatusNotification": (LogStatusNotificationRequest, LogStatusNotificationResponse),
    "MeterValues": (MeterValuesRequest, MeterValuesResponse),
    "NotifyAllowedEnergyTransfer": (NotifyAllowedEnergyTransferRequest, NotifyAllowedEnergyTransferResponse),
    "NotifyChargingLimit": (NotifyChargingLimitRequest, NotifyChargingLimitResponse),
    "NotifyCustomerInformation": (NotifyCustomerInformationRequest, NotifyCustomerInformationResponse),
    "NotifyDERAlarm": (NotifyDERAlarmRequest, NotifyDERAlarmResponse),
    "NotifyDERStartStop": (NotifyDERStartStopRequest, NotifyDERStartStopResponse),
    "NotifyDisplayMessages": (NotifyDisplayMessagesRequest, NotifyDisplayMessagesResponse),
    "NotifyEVChargingNeeds": (NotifyEVChargingNeedsRequest, NotifyEVChargingNeedsResponse),
    "NotifyEVChargingSchedule": (NotifyEVChargingScheduleRequest, NotifyEVChargingScheduleResponse),
    "NotifyEvent": (NotifyEventRequest, NotifyEventResponse),
    "NotifyMonitoringReport": (NotifyMonitoringReportRequest, NotifyMonitoringReportResponse),
    "NotifyPriorityCharging": (NotifyPriorityChargingRequest, NotifyPriorityChargingResponse),
    "NotifyReport": (NotifyReportRequest, NotifyReportResponse),
    "NotifySettlement": (NotifySettlementRequest, NotifySettlementResponse),
    "NotifyWebPaymentStarted": (NotifyWebPaymentStartedRequest, NotifyWebPaymentStartedResponse),
    "OpenPeriodicEventStream": (OpenPeriodicEventStreamRequest, OpenPeriodicEventStreamResponse),
    "PublishFirmware": (PublishFirmwareRequest, PublishFirmwareResponse),
    "PublishFirmwareStatusNotification": (PublishFirmwareStatusNotificationRequest, PublishFirmwareStatusNotificationResponse),
    "PullDynamicScheduleUpdate": (PullDynamicScheduleUpdateRequest, PullDynamicScheduleUpdateResponse),
    "ReportChargingProfiles": (ReportChargingProfilesRequest, ReportChargingProfilesResponse),
    "ReportDERControl": (ReportDERControlRequest, ReportDERControlResponse),
    "RequestBatterySwap": (RequestBatterySwapRequest, RequestBatterySwapResponse),
    "RequestStartTransaction": (RequestStartTransactionRequest, RequestStartTransactionResponse),
    "RequestStopTransaction": (RequestStopTransactionRequest, RequestStopTransactionResponse),
    "ReservationStatusUpdate": (ReservationStatusUpdateRequest, ReservationStatusUpdateResponse),
    "ReserveNow": (ReserveNowRequest, ReserveNowResponse),
    "Reset": (ResetRequest, ResetResponse),
    "SecurityEventNotification": (SecurityEventNotificationRequest, SecurityEventNotificationResponse),
    "SendLocalList": (SendLocalListRequest, SendLocalListResponse),
    "SetChargingProfile": (SetChargingProfileRequest, SetChargingProfileResponse),
    "SetDERControl": (SetDERControlRequest, SetDERControlResponse),
    "SetDefaultTariff": (SetDefaultTariffRequest, SetDefaultTariffResponse),
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
    "UpdateDynamicSchedule": (UpdateDynamicScheduleRequest, UpdateDynamicScheduleResponse),
    "UpdateFirmware": (UpdateFirmwareRequest, UpdateFirmwareResponse),
    "UsePriorityCharging": (UsePriorityChargingRequest, UsePriorityChargingResponse),
    "VatNumberValidation": (VatNumberValidationRequest, VatNumberValidationResponse),
}
"""Request and response of every CALL."""

SENDS: Final[dict[str, type[Payload]]] = {
    "NotifyPeriodicEventStream": NotifyPeriodicEventStreamRequest,
}
"""Payload of every unconfirmed SEND."""
