# SPDX-License-Identifier: Apache-2.0
"""Configuration keys of OCPP 1.6 as variables of the device model of OCPP 2.x, where the meaning is the same (8.3.3, 8.3.4).

One key is one variable, and one variable one key. Whatever else a station has stands under a component of its own,
``ConfigurationKey``, by the name of its key; keys of 1.6 are compared without case.
"""

import binascii
from collections.abc import Callable
from typing import Final, NamedTuple

from open63110.kernel.errors import NotSupported, Refused
from open63110.model.device import Component, VariableAddress, variable_address

REST: Final = "ConfigurationKey"
"""Component of keys that have no variable of their own."""

LONGEST: Final = 50
"""Characters of a key."""

MOST_BYTES: Final = 20
"""Of a password in 1.6: 40 hexadecimal digits."""


class _Way(NamedTuple):
    """How a value is written in 2.x and in 1.6."""

    out: Callable[[str], str]
    back: Callable[[str], str]


def _units(table: dict[str, str]) -> Callable[[str], str]:
    return lambda value: ",".join(table.get(one.strip(), one.strip()) for one in value.split(","))


def _hexadecimal(value: str) -> str:
    raw = value.encode()
    if len(raw) > MOST_BYTES:
        raise Refused(f"OCPP 1.6 carries passwords of up to {MOST_BYTES} bytes", code="TooLargeElement", where="value")
    return raw.hex().upper()


def _plain(value: str) -> str:
    try:
        return binascii.unhexlify(value.strip()).decode()
    except ValueError:
        return value


_SAME: Final = _Way(str, str)
_RATE_UNIT: Final = _Way(_units({"A": "Current", "W": "Power"}), _units({"Current": "A", "Power": "W"}))
_PASSWORD: Final = _Way(_hexadecimal, _plain)

_MEAN: Final = {
    "AdditionalRootCertificateCheck": "SecurityCtrlr/AdditionalRootCertificateCheck",
    "AllowOfflineTxForUnknownId": "AuthCtrlr/OfflineTxForUnknownIdEnabled",
    "AuthorizationCacheEnabled": "AuthCacheCtrlr/Enabled",
    "AuthorizationKey": "SecurityCtrlr/BasicAuthPassword",
    "AuthorizeRemoteTxRequests": "AuthCtrlr/AuthorizeRemoteStart",
    "CentralContractValidationAllowed": "ISO15118Ctrlr/CentralContractValidationAllowed",
    "CertSigningRepeatTimes": "SecurityCtrlr/CertSigningRepeatTimes",
    "CertSigningWaitMinimum": "SecurityCtrlr/CertSigningWaitMinimum",
    "CertificateSignedMaxChainSize": "SecurityCtrlr/MaxCertificateChainSize",
    "ChargeProfileMaxStackLevel": "SmartChargingCtrlr/ProfileStackLevel",
    "ChargingScheduleAllowedChargingRateUnit": "SmartChargingCtrlr/RateUnit",
    "ChargingScheduleMaxPeriods": "SmartChargingCtrlr/PeriodsPerSchedule",
    "ClockAlignedDataInterval": "AlignedDataCtrlr/Interval",
    "ConnectionTimeOut": "TxCtrlr/EVConnectionTimeOut",
    "ConnectorSwitch3to1PhaseSupported": "SmartChargingCtrlr/Phases3to1",
    "ContractValidationOffline": "ISO15118Ctrlr/ContractValidationOffline",
    "CpoName": "SecurityCtrlr/OrganizationName",
    "HeartbeatInterval": "OCPPCommCtrlr/HeartbeatInterval",
    "ISO15118PnCEnabled": "ISO15118Ctrlr/PnCEnabled",
    "LocalAuthListEnabled": "LocalAuthListCtrlr/Enabled",
    "LocalAuthorizeOffline": "AuthCtrlr/LocalAuthorizeOffline",
    "LocalPreAuthorize": "AuthCtrlr/LocalPreAuthorize",
    "MaxEnergyOnInvalidId": "TxCtrlr/MaxEnergyOnInvalidId",
    "MeterValueSampleInterval": "SampledDataCtrlr/TxUpdatedInterval",
    "MeterValuesAlignedData": "AlignedDataCtrlr/Measurands",
    "MeterValuesSampledData": "SampledDataCtrlr/TxUpdatedMeasurands",
    "ReserveConnectorZeroSupported": "ReservationCtrlr/NonEvseSpecific",
    "ResetRetries": "OCPPCommCtrlr/ResetRetries",
    "SecurityProfile": "SecurityCtrlr/SecurityProfile",
    "SendLocalListMaxLength": "LocalAuthListCtrlr/ItemsPerMessage",
    "StopTransactionOnEVSideDisconnect": "TxCtrlr/StopTxOnEVSideDisconnect",
    "StopTransactionOnInvalidId": "TxCtrlr/StopTxOnInvalidId",
    "StopTxnAlignedData": "AlignedDataCtrlr/TxEndedMeasurands",
    "StopTxnSampledData": "SampledDataCtrlr/TxEndedMeasurands",
    "SupportedFileTransferProtocols": "OCPPCommCtrlr/FileTransferProtocols",
    "TransactionMessageAttempts": "OCPPCommCtrlr/MessageAttempts#TransactionEvent",
    "TransactionMessageRetryInterval": "OCPPCommCtrlr/MessageAttemptInterval#TransactionEvent",
    "UnlockConnectorOnEVSideDisconnect": "OCPPCommCtrlr/UnlockOnEVSideDisconnect",
    "WebSocketPingInterval": "OCPPCommCtrlr/WebSocketPingInterval",
}
"""Key → variable."""

_WAYS: Final = {"AuthorizationKey": _PASSWORD, "ChargingScheduleAllowedChargingRateUnit": _RATE_UNIT}
"""Keys whose values are written otherwise."""

_ADDRESSES: Final = {key.lower(): variable_address(variable) for key, variable in _MEAN.items()}
_KEYS: Final = {_ADDRESSES[key.lower()]: key for key in _MEAN}

STANDARD: Final = tuple(_MEAN)
"""Keys with a variable of their own."""


def address_of(key: str) -> VariableAddress:
    """Return the variable that a key is."""
    known = _ADDRESSES.get(key.strip().lower())
    return known or VariableAddress(component=Component(name=REST), name=key.strip())


def key_of(address: VariableAddress) -> str:
    """Return the key that a variable is.

    Raises:
        NotSupported: 1.6 has none for it.
    """
    known = _KEYS.get(address)
    if known is not None:
        return known
    own = address.component == Component(name=REST) and not address.instance
    if not own or len(address.name) > LONGEST or address_of(address.name) != address:
        raise NotSupported(f"OCPP 1.6 has no key for {address}", code="NoKey", where="variable")
    return address.name


def written(key: str, value: str) -> str:
    """Return a value of a variable as it is written for its key.

    Raises:
        Refused: 1.6 cannot carry it.
    """
    return _WAYS.get(key, _SAME).out(value)


def read(key: str, value: str) -> str:
    """Return a value of a key as it is written for its variable."""
    known = _KEYS.get(address_of(key))
    return _WAYS.get(known or "", _SAME).back(value)
