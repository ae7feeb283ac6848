# SPDX-License-Identifier: Apache-2.0
"""What a charging station of this product consists of and how it is set: its own device model (8.3.3, 8.3.4).

A variable stands here if its value says something true of this product, or takes effect when it is set. What is required of
a station by OCPP 2.x, but is fixed here, is read-only.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds, WattHours
from open63110.model.device import (
    Attribute,
    Characteristics,
    Component,
    DeviceVariable,
    Mutability,
    VariableAddress,
    variable_address,
)
from open63110.model.network import ATTEMPTS, BUILT_IN, PRIORITY
from open63110.model.policy import StationPolicy
from open63110.model.rotation import SECRET
from open63110.model.station import Station

SECRET_SHORTEST, SECRET_LONGEST = 16, 64
"""Characters of the secret of a station, as in OCPP 2.1: an empty one would lock it out."""

PERIODS: Final = 1024
"""Steps of a limit that are taken at most."""

LEVELS: Final = 9
"""The highest level on which limits can lie above each other."""

ITEMS: Final = 50
"""Variables that are set, read or told at a time."""

BYTES: Final = 60_000

LONGEST: Final = 1_000
"""Characters of a value."""

HEARTBEAT: Final = "OCPPCommCtrlr/HeartbeatInterval"
PATIENCE: Final = "OCPPCommCtrlr/MessageTimeout#Default"
SAMPLED: Final = "SampledDataCtrlr/TxUpdatedInterval"
PLUG_TIMEOUT: Final = "TxCtrlr/EVConnectionTimeOut"
OFFLINE_MOST: Final = "TxCtrlr/MaxEnergyOnInvalidId"
UNKNOWN_OFFLINE: Final = "AuthCtrlr/OfflineTxForUnknownIdEnabled"
CACHE: Final = "AuthCacheCtrlr/Enabled"
LIST: Final = "LocalAuthListCtrlr/Enabled"
CLOCK: Final = "ClockCtrlr/DateTime"


class OwnSettings(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station was told to be, where that is not what it was made to be; one row of each station."""

    station: StationId
    values: dict[str, str] = {}
    """Variable → value that counts."""
    waiting: dict[str, str] = {}
    """Variable → value that counts from the next boot on."""


class OwnSettingsChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was told to be otherwise, or has booted and is."""

    about: ClassVar[str] = "own_settings"
    own_settings: OwnSettings


class OwnVariable(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One variable of a station of this product."""

    variable: str
    value: str
    """What it is made to be."""
    kind: str = "string"
    """Data type, as Characteristics.data_type."""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    """Of numbers the highest; of texts the greatest length."""
    shortest: int = 0
    """Of texts the smallest length."""
    words: tuple[str, ...] = ()
    """What it can be, or of lists what may be on them."""
    settable: bool = False
    constant: bool = False
    reboot: bool = False
    """Set, it counts from the next boot on."""

    @property
    def address(self) -> VariableAddress:
        """Where it is."""
        return variable_address(self.variable)

    def described(self, values: Mapping[str, str]) -> DeviceVariable:
        """Return it as it is reported, with what it was set to."""
        value = None if self.address.secret else values.get(self.variable, self.value)
        mutability = Mutability.READ_WRITE if self.settable else Mutability.READ_ONLY
        mutability = Mutability.WRITE_ONLY if self.address.secret else mutability
        attribute = Attribute(value=value, mutability=mutability, persistent=self.settable, constant=self.constant)
        limits = Characteristics(data_type=self.kind, unit=self.unit, min_limit=self.low, max_limit=self.high, values=self.words)
        return DeviceVariable(address=self.address, attributes=(attribute,), characteristics=limits)

    def misfit(self, value: str) -> str:
        """Return the reason code for which a value will not do; empty: it will."""
        if not self.settable:
            return "ReadOnly"
        if len(value) > LONGEST:
            return "TooLargeElement"
        if self.kind == "boolean":
            return "" if value.lower() in {"true", "false"} else "InvalidValue"
        if self.kind in {"integer", "decimal"}:
            return self._number_misfit(value)
        if self.kind == "string" and not self.shortest <= len(value) <= (self.high or LONGEST):
            return "OutOfRange"
        return self._word_misfit(value)

    def _number_misfit(self, value: str) -> str:
        try:
            number = int(value) if self.kind == "integer" else float(value)
        except ValueError:
            return "InvalidValue"
        fits = (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        return "" if fits else "OutOfRange"

    def _word_misfit(self, value: str) -> str:
        if not self.words:
            return ""
        parts = [value] if self.kind == "OptionList" else [one.strip() for one in value.split(",") if one.strip()]
        return "" if set(parts) <= set(self.words) and len(set(parts)) == len(parts) else "InvalidValue"


def own_device(station: Station, policy: StationPolicy) -> tuple[OwnVariable, ...]:
    """Return all variables of a station as it was made, in the order of their addresses.

    Args:
        station: as it knows itself.
        policy: what it was configured to be.
    """
    found = (*_controllers(station, policy), *_whole(station, policy), *_evses(station, policy))
    return tuple(sorted(found, key=lambda one: one.address))


def current(station: Station, own: OwnSettings | None) -> dict[str, str]:
    """Return what a station was told to be, as it counts; how often it says that it is there, its last boot may have told."""
    values = dict(own.values) if own is not None else {}
    beat = station.wakeups.get("heartbeat")
    every = msgspec.json.decode(beat.body)[1].get("every") if beat is not None else None
    return values | ({HEARTBEAT: f"{every:.0f}"} if every else {})


def _number(variable: str, value: float, *, low: float = 0.0, high: float = 86_400.0, unit: str = "s") -> OwnVariable:
    """Return a number that can be set."""
    return OwnVariable(variable=variable, value=f"{value:.0f}", kind="integer", unit=unit, low=low, high=high, settable=True)


def _flag(variable: str, *, on: bool, settable: bool = False) -> OwnVariable:
    return OwnVariable(variable=variable, value="true" if on else "false", kind="boolean", settable=settable)


def _fixed(variable: str, value: float | str, kind: str = "integer", unit: str = "", words: tuple[str, ...] = ()) -> OwnVariable:
    shown = value if isinstance(value, str) else f"{value:g}"
    return OwnVariable(variable=variable, value=shown, kind=kind, unit=unit, words=words, constant=True)


_MEASURANDS: Final = (
    *("Current.Import", "Current.Offered", "Energy.Active.Export.Register", "Energy.Active.Import.Register"),
    *("Power.Active.Export", "Power.Active.Import", "SoC", "Voltage"),
)


def _controllers(station: Station, policy: StationPolicy) -> Iterator[OwnVariable]:
    yield from _authorizing(policy)
    yield from _device_data()
    yield from _communicating(station, policy)
    yield from _clock_and_security(policy)
    yield from _measuring(policy)
    yield from _transactions(policy)
    yield from _charging()


def _authorizing(policy: StationPolicy) -> Iterator[OwnVariable]:
    yield _flag("AuthCtrlr/Enabled", on=True)
    yield _flag("AuthCtrlr/AuthorizeRemoteStart", on=False)
    yield _flag("AuthCtrlr/LocalAuthorizeOffline", on=True)
    yield _flag("AuthCtrlr/LocalPreAuthorize", on=False)
    yield _flag(UNKNOWN_OFFLINE, on=policy.offline == "allow-unknown", settable=True)
    yield _flag("AuthCacheCtrlr/Available", on=True)
    yield _flag(CACHE, on=policy.offline != "list", settable=True)
    yield _flag("LocalAuthListCtrlr/Available", on=True)
    yield _flag(LIST, on=policy.local_list, settable=True)
    yield _fixed("LocalAuthListCtrlr/ItemsPerMessage", 1_000)
    yield _fixed("LocalAuthListCtrlr/BytesPerMessage", 1_000_000)


def _device_data() -> Iterator[OwnVariable]:
    for action in ("GetReport", "GetVariables", "SetVariables"):
        yield _fixed(f"DeviceDataCtrlr/ItemsPerMessage#{action}", ITEMS)
        yield _fixed(f"DeviceDataCtrlr/BytesPerMessage#{action}", BYTES)
    yield _fixed("DeviceDataCtrlr/ValueSize#Configuration", LONGEST)


def _communicating(station: Station, policy: StationPolicy) -> Iterator[OwnVariable]:
    comm = "OCPPCommCtrlr"
    yield _number(HEARTBEAT, policy.heartbeat, low=1)
    yield msgspec.structs.replace(_number(PATIENCE, policy.patience, low=1, high=600), reboot=True)
    yield _fixed(f"{comm}/FileTransferProtocols", "HTTPS", "MemberList", words=("FTP", "FTPS", "HTTP", "HTTPS", "SFTP"))
    yield _fixed(f"{comm}/MessageAttempts#TransactionEvent", 5)
    yield _fixed(f"{comm}/MessageAttemptInterval#TransactionEvent", 60, unit="s")
    slots = (str(BUILT_IN), *(str(one.slot) for one in station.networks))
    yield OwnVariable(variable=PRIORITY, value=str(BUILT_IN), kind="SequenceList", words=slots, settable=True, reboot=True)
    yield msgspec.structs.replace(_number(ATTEMPTS, 3, low=1, high=100, unit=""), reboot=True)
    yield _fixed(f"{comm}/OfflineThreshold", 0, unit="s")
    yield _flag(f"{comm}/QueueAllMessages", on=False)
    yield _fixed(f"{comm}/ResetRetries", 0)
    yield _fixed(f"{comm}/RetryBackOffRandomRange", 1, unit="s")
    yield _fixed(f"{comm}/RetryBackOffRepeatTimes", 8)
    yield _fixed(f"{comm}/RetryBackOffWaitMinimum", 1, unit="s")
    yield _flag(f"{comm}/UnlockOnEVSideDisconnect", on=True)
    yield _fixed(f"{comm}/WebSocketPingInterval", 0, unit="s")


def _clock_and_security(policy: StationPolicy) -> Iterator[OwnVariable]:
    yield _fixed("ClockCtrlr/TimeSource", "Heartbeat", "SequenceList", words=("Heartbeat", "NTP"))
    yield OwnVariable(variable=CLOCK, value="", kind="dateTime")
    yield _fixed("SecurityCtrlr/OrganizationName", policy.cso, "string")
    yield OwnVariable(variable=SECRET, value="", shortest=SECRET_SHORTEST, high=SECRET_LONGEST, settable=True)
    yield _fixed("SecurityCtrlr/SecurityProfile", policy.security_profile)
    yield _fixed("SecurityCtrlr/CertificateEntries", 0)


def _measuring(policy: StationPolicy) -> Iterator[OwnVariable]:
    told = ",".join(_MEASURANDS)
    yield _number(SAMPLED, policy.sampling, low=1)
    yield _fixed("SampledDataCtrlr/TxEndedInterval", 0, unit="s")
    for name in ("TxStartedMeasurands", "TxUpdatedMeasurands", "TxEndedMeasurands"):
        yield _fixed(f"SampledDataCtrlr/{name}", told, "MemberList", words=_MEASURANDS)
    yield _fixed("AlignedDataCtrlr/Interval", 0, unit="s")
    yield _fixed("AlignedDataCtrlr/TxEndedInterval", 0, unit="s")
    for name in ("Measurands", "TxEndedMeasurands"):
        yield _fixed(f"AlignedDataCtrlr/{name}", "", "MemberList", words=_MEASURANDS)


def _transactions(policy: StationPolicy) -> Iterator[OwnVariable]:
    points = ("Authorized", "DataSigned", "EVConnected", "EnergyTransfer", "ParkingBayOccupancy", "PowerPathClosed")
    yield _number(PLUG_TIMEOUT, policy.connection_timeout)
    yield _number(OFFLINE_MOST, policy.offline_most, high=1_000_000, unit="Wh")
    yield _flag("TxCtrlr/StopTxOnEVSideDisconnect", on=True)
    yield _flag("TxCtrlr/StopTxOnInvalidId", on=True)
    yield _fixed("TxCtrlr/TxStartPoint", "PowerPathClosed", "MemberList", words=points)
    yield _fixed("TxCtrlr/TxStopPoint", "EVConnected,Authorized", "MemberList", words=points)


def _charging() -> Iterator[OwnVariable]:
    yield _flag("SmartChargingCtrlr/Available", on=True)
    yield _flag("SmartChargingCtrlr/Enabled", on=True)
    yield _fixed("SmartChargingCtrlr/PeriodsPerSchedule", PERIODS)
    yield _fixed("SmartChargingCtrlr/ProfileStackLevel", LEVELS)
    yield _fixed("SmartChargingCtrlr/RateUnit", "A,W", "MemberList", words=("A", "W"))
    yield _fixed("SmartChargingCtrlr/LimitChangeSignificance", 0, "decimal", "Percent")
    yield _flag("SmartChargingCtrlr/SupportsDynamicProfiles", on=True)


_STATES: Final = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")


def _whole(station: Station, policy: StationPolicy) -> Iterator[OwnVariable]:
    known = station.identity
    state = (station.state or "available").capitalize()
    yield OwnVariable(variable="ChargingStation/AvailabilityState", value=state, kind="OptionList", words=_STATES)
    yield _flag("ChargingStation/Available", on=True)
    yield _fixed("ChargingStation/SupplyPhases", max((_phases(one, policy) for one in station.evses), default=3))
    said = {
        "Model": known.model,
        "VendorName": known.vendor,
        "SerialNumber": known.serial,
        "FirmwareVersion": known.firmware,
    }
    for name, value in said.items():
        if value:
            yield _fixed(f"ChargingStation/{name}", value, "string")
    broken = any(flag.startswith("fault/") for flag in station.flags)
    yield OwnVariable(variable="ChargingStation/Problem", value=str(broken).lower(), kind="boolean")


def _evses(station: Station, policy: StationPolicy) -> Iterator[OwnVariable]:
    for number, evse in sorted(station.evses.items()):
        whole = Component(name="EVSE", evse=number)
        states = [one.state for one in evse.connectors.values()]
        yield _state(whole, evse.state or (states[0] if states else "available"))
        yield _flag(f"{whole}/Available", on=True)
        phases = str(_phases(number, policy))
        yield _of(whole, "SupplyPhases", phases, "integer")
        power = next((one.value for one in evse.readings if one.measurand == "power.import"), 0.0)
        drawn = _of(whole, "Power", f"{power:.0f}", "decimal", "W")
        yield msgspec.structs.replace(drawn, high=station.limits.caps.get(number, {}).get("hardware", evse.import_max))
        for connector, one in sorted(evse.connectors.items()):
            part = Component(name="Connector", evse=number, connector=connector)
            yield _state(part, one.state)
            yield _flag(f"{part}/Available", on=True)
            yield _of(part, "ConnectorType", "sType2" if number in policy.sockets else "cType2", "string")
            yield _of(part, "SupplyPhases", phases, "integer")


def _phases(evse: EvseNumber, policy: StationPolicy) -> int:
    return 1 if evse in policy.single_phase else 3


def _of(part: Component, variable: str, value: str, kind: str, unit: str = "") -> OwnVariable:
    return OwnVariable(variable=f"{part}/{variable}", value=value, kind=kind, unit=unit)


def _state(part: Component, state: str) -> OwnVariable:
    found = _of(part, "AvailabilityState", state.capitalize(), "OptionList")
    return msgspec.structs.replace(found, words=_STATES)


def effective(policy: StationPolicy, values: Mapping[str, str]) -> StationPolicy:
    """Return the choices of a station once its settings count: what follows from them that use cases read."""

    def on(name: str, *, otherwise: bool) -> bool:
        return values[name].lower() == "true" if name in values else otherwise

    cached = on(CACHE, otherwise=policy.offline != "list")
    unknown = on(UNKNOWN_OFFLINE, otherwise=policy.offline == "allow-unknown")
    return msgspec.structs.replace(
        policy,
        connection_timeout=Seconds(float(values.get(PLUG_TIMEOUT, policy.connection_timeout))),
        offline_most=WattHours(float(values.get(OFFLINE_MOST, policy.offline_most))),
        local_list=on(LIST, otherwise=policy.local_list),
        offline="allow-unknown" if unknown else "list-or-cache" if cached else "list",
    )
