# SPDX-License-Identifier: Apache-2.0
"""Any message of ours that OCPP 1.6 can carry, for properties; and what gets lost on the way, by kind."""

import json
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conformance.v201.firmware import FIRMWARE_LOST, orders, statuses_of_firmware
from tests.conformance.v201.golden import CS
from tests.conformance.v201.log_messages import LOST_OF_LOGS, logs
from tests.conformance.v201.messages import ANY as ANY_2X
from tests.conformance.v201.messages import limits, moment, number, where, words

from open63110.bindings.ocpp.measurands import WIRE_MEASURAND
from open63110.bindings.ocpp.v16.extended_trigger_message import ADDED
from open63110.bindings.ocpp.v16.firmware_status_notification import STATUS as PLAIN
from open63110.bindings.ocpp.v16.keys import STANDARD, address_of
from open63110.bindings.ocpp.v16.trigger_message import WORDS as TRIGGERED
from open63110.kernel.messages import Message
from open63110.model.authorization import StopRemotely
from open63110.model.firmware import FirmwareState
from open63110.model.inventory import TakeInventory
from open63110.model.logs import LogKind, LogState
from open63110.model.reading import Reading, SignedReading
from open63110.model.station import ConnectorReported, Identity, StationBooted
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.model.variables import ReadVariables, Setting, SetVariables, VariableWish
from open63110.usecases.energy.smart_charging import (
    AskAbilities,
    AskLimit,
    ClearProfile,
    ClearProfiles,
    InstallProfile,
    LimitPower,
    WithdrawLimit,
)
from open63110.usecases.services.authorize_externally import StartRemotely, UnlockConnector
from open63110.usecases.services.authorize_locally import (
    AskLocalListVersion,
    AuthorizeCredential,
    ClearAuthorizationCache,
    LocalListEntry,
    SendLocalList,
)
from open63110.usecases.services.reserve_evse import CancelReservation, ReserveEvse
from open63110.usecases.stations.change_availability import ChangeAvailability
from open63110.usecases.stations.exchange_vendor_messages import SendVendorMessage, VendorMessageReceived
from open63110.usecases.stations.monitor_station import Heartbeat, MeterValuesReported
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation
from open63110.usecases.stations.retrieve_logs import LogProgressed, RetrieveLog
from open63110.usecases.stations.trigger_report import TriggerReport
from open63110.usecases.stations.update_firmware import FirmwareStatusReported, UpdateFirmware

NUMBER = 7
NAMES = {"tx1": NUMBER}
"""What the CSMS calls the transfer of these messages."""

UNSAID = {"seq", "state", "trigger", "offline", "remote_start", "number", "flags"}
"""What 1.6 tells of no part of a transfer."""

LOST: dict[type[Message], set[str]] = {
    StationBooted: {"at", "reason"},
    ConnectorReported: {"connector", "offline"},
    AuthorizeCredential: {"evse", "reference", "presented"},
    StartRemotely: {"connector", "group", "remote_start"},
    UnlockConnector: {"connector"},
    ChangeAvailability: {"connector"},
    TriggerReport: {"connector"},
    Heartbeat: {"every"},
    EnergyTransferStarted: {*UNSAID, "reference"},
    EnergyTransferUpdated: {*UNSAID, "subject"},
    EnergyTransferEnded: {*UNSAID, "evse"},
    LimitPower: {"source", "scope", "profile"},
    WithdrawLimit: {"source", "scope"},
    **LOST_OF_LOGS,
    TakeInventory: {"request"},
    FirmwareStatusReported: {"at", "detail"},
    UpdateFirmware: {*FIRMWARE_LOST[UpdateFirmware], "request"},  # of what is not signed
}
"""Fields that come back as their defaults, or under the receiver's own names."""

names = st.text("ABCdef019 /#@%.", min_size=1, max_size=50).filter(lambda name: name == name.strip())
variable = st.sampled_from(STANDARD).map(address_of).map(str) | names.map(address_of).map(str)
"""Keys of every kind, as variables."""

card = st.text("ABCDEF0123456789", min_size=1, max_size=20).map("ISO14443:{}".format)
value = st.floats(-1e15, 1e15, allow_nan=False)
measurand = st.sampled_from([one for one in WIRE_MEASURAND if one != "temperature"])
signed = st.builds(SignedReading, data=words(2500))
reading = st.builds(Reading, at=moment, measurand=measurand, value=value, **where)
other = st.builds(
    Reading,
    at=moment,
    measurand=st.just("other"),
    value=value,
    name=st.sampled_from(("Energy.Reactive.Import.Register varh", "Power.Factor", "RPM")),
    **where,
)
proof = st.builds(
    Reading,
    at=moment,
    measurand=st.just("other"),
    value=st.just(0.0),
    name=st.just("Energy.Active.Import.Register Wh"),
    signed=signed,
    **where,
)
some = st.lists(reading | other | proof, min_size=1, max_size=6).map(tuple)


def as_text(data: str) -> str:
    """Return data of a vendor as 1.6 has it: a JSON string, whatever it says."""
    return data if not data or data.startswith('"') else json.dumps(data)


def register(context: str) -> st.SearchStrategy[Reading]:
    whole = st.integers(0, 10**12).map(float)
    return st.builds(
        Reading, at=st.just(None), measurand=st.just("energy.import.register"), value=whole, context=st.just(context)
    )


def transfer(kind: Any, context: str, **more: Any) -> st.SearchStrategy[Any]:
    """Return facts whose last reading is the register, taken as it happened."""
    shared = {"station": st.just(CS), "at": moment, "reference": st.just("tx1"), "seq": st.just(0), "subject": st.none() | card}
    return st.builds(_with_register, st.builds(kind, **shared, **more), register(context))


def _with_register(fact: Any, last: Reading) -> Any:
    return replace(fact, readings=(*fact.readings, replace(last, at=fact.at)))


reasons = ("Local", "Remote", "EVDisconnected", "PowerLoss", "Reboot", "ImmediateReset", "Other")
no_import = reading.filter(lambda one: one.measurand != "energy.import.register")
statuses = [AuthorizationStatus(one) for one in ("Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx")]
modes = (RebootMode.IMMEDIATE, RebootMode.ON_IDLE)
details = {
    "available": ("Available",),
    "occupied": ("Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing"),
    "reserved": ("Reserved",),
    "unavailable": ("Unavailable",),
    "faulted": ("Faulted",),
}

unsigned = orders.map(lambda one: replace(one, signature="", certificate="", install_at=None))
STATUS_16 = {one for one in PLAIN if one not in {FirmwareState.INVALID_SIGNATURE, FirmwareState.INSTALL_VERIFICATION_FAILED}}
"""Of what bears no number: those that come back as they went."""

ANY: dict[type[Message], st.SearchStrategy[Any]] = {
    StationBooted: st.builds(
        StationBooted,
        station=st.just(CS),
        at=moment,
        identity=st.builds(
            Identity,
            vendor=words(20),
            model=words(20),
            serial=words(25),
            firmware=words(50),
            iccid=words(20),
            imsi=words(20),
            meter_serial=words(25),
            meter_type=words(25),
        ),
    ),
    ConnectorReported: st.sampled_from([(state, detail) for state, words in details.items() for detail in words]).flatmap(
        lambda told: st.builds(
            ConnectorReported,
            station=st.just(CS),
            at=moment,
            evse=number,
            connector=number,
            state=st.just(told[0]),
            detail=st.just(told[1]),
            error=st.sampled_from(("", "GroundFailure", "OtherError")),
            info=words(50),
            vendor_error=words(50),
        )
    ),
    MeterValuesReported: some.map(
        lambda taken: MeterValuesReported(station=CS, at=max(one.at for one in taken), evse=1, readings=taken)
    ),
    EnergyTransferStarted: transfer(
        EnergyTransferStarted,
        "begin",
        evse=number,
        connector=st.just(1),
        reservation=st.none() | st.integers(0, 2**31),
    ),
    EnergyTransferUpdated: some.flatmap(
        lambda taken: st.builds(
            EnergyTransferUpdated,
            station=st.just(CS),
            at=st.just(max(one.at for one in taken)),
            reference=st.just("tx1"),
            seq=st.just(0),
            evse=number,
            readings=st.just(taken),
        )
    ),
    EnergyTransferEnded: transfer(
        EnergyTransferEnded,
        "end",
        reason=st.sampled_from(reasons),
        readings=st.lists(no_import | other | proof).map(tuple),
    ),
    AuthorizeCredential: st.builds(AuthorizeCredential, station=st.just(CS), subject=card),
    StartRemotely: st.builds(StartRemotely, station=st.just(CS), subject=card, evse=number),
    StopRemotely: st.builds(StopRemotely, station=st.just(CS), reference=st.integers(0, 2**31).map(str)),
    UnlockConnector: ANY_2X[UnlockConnector],
    ChangeAvailability: ANY_2X[ChangeAvailability],
    ReserveEvse: st.builds(
        ReserveEvse,
        station=st.just(CS),
        subject=card,
        until=moment,
        evse=st.integers(0, 999),
        reservation=st.integers(1, 2**31 - 1),
        group=st.none() | card,
    ),
    CancelReservation: ANY_2X[CancelReservation],
    SendVendorMessage: ANY_2X[SendVendorMessage].map(lambda said: replace(said, data=as_text(said.data))),
    VendorMessageReceived: ANY_2X[VendorMessageReceived].map(lambda said: replace(said, data=as_text(said.data))),
    TriggerReport: st.builds(
        TriggerReport, station=st.just(CS), report=st.sampled_from(sorted({*TRIGGERED, *ADDED})), evse=st.none() | number
    ),
    SendLocalList: st.builds(
        SendLocalList,
        station=st.just(CS),
        version=st.integers(1, 2**31),
        entries=st.lists(
            st.builds(
                LocalListEntry,
                subject=card,
                status=st.sampled_from(statuses),
                group=st.none() | card,
            ),
            max_size=4,
            unique_by=lambda entry: entry.subject,
        ).map(tuple),
    ),
    RebootStation: st.builds(
        RebootStation, station=st.just(CS), mode=st.sampled_from((RebootMode.IMMEDIATE, RebootMode.ON_IDLE))
    ),
    AskLocalListVersion: ANY_2X[AskLocalListVersion],
    ClearAuthorizationCache: ANY_2X[ClearAuthorizationCache],
    Heartbeat: ANY_2X[Heartbeat],
    LimitPower: limits(references=st.integers(1, 2**31 - 1).map(str), tenth=69.0),
    WithdrawLimit: ANY_2X[WithdrawLimit],
    ClearProfile: st.builds(ClearProfile, station=st.just(CS), profile=st.integers(1, 6_000_000)),
    ClearProfiles: ANY_2X[ClearProfiles],
    InstallProfile: ANY_2X[InstallProfile].map(
        lambda one: replace(one, profile=replace(one.profile, schedules=(replace(one.profile.schedules[0], id=1),)))
    ),
    AskAbilities: ANY_2X[AskAbilities],
    SetVariables: st.builds(
        SetVariables,
        station=st.just(CS),
        settings=st.tuples(st.builds(Setting, variable=variable, value=st.text("ABCdef019", max_size=20))),
    ),
    ReadVariables: st.builds(
        ReadVariables,
        station=st.just(CS),
        variables=st.lists(st.builds(VariableWish, variable=variable), min_size=1).map(tuple),
    ),
    TakeInventory: st.builds(TakeInventory, station=st.just(CS), request=st.integers(1, 99)),
    AskLimit: ANY_2X[AskLimit],
    RetrieveLog: logs(st.just(LogKind.SECURITY), st.integers(1, 2**31 - 1)),
    LogProgressed: ANY_2X[LogProgressed].filter(lambda one: bool(one.request) and one.state is not LogState.CANCELED),
    UpdateFirmware: orders.filter(lambda one: bool(one.signature and one.certificate)) | unsigned,
    FirmwareStatusReported: statuses_of_firmware.filter(lambda one: bool(one.request) or one.state in STATUS_16),
}
