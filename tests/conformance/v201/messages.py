# SPDX-License-Identifier: Apache-2.0
"""Any message of ours that OCPP 2.x can carry, for properties; and what gets lost on the way, by kind."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import strategies as st
from tests.conformance.v201.customer_messages import CUSTOMERS, LOST_OF_CUSTOMERS
from tests.conformance.v201.device import DEVICE
from tests.conformance.v201.display_messages import DISPLAYED
from tests.conformance.v201.firmware import FIRMWARE, FIRMWARE_LOST
from tests.conformance.v201.golden import CS, NOW, door, plain, read, stem_of, validator
from tests.conformance.v201.log_messages import LOGS, LOST_OF_LOGS
from tests.conformance.v201.monitor_messages import WATCHED
from tests.conformance.v201.profile_messages import PROFILES

from open63110.bindings.ocpp.measurands import CONTEXT, WIRE_MEASURAND
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v201.trigger_message import WORDS as TRIGGERED
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, WattHours, Watts
from open63110.model.authorization import StopRemotely
from open63110.model.external import ExternalLimit, ExternalLimitCleared, ExternalLimitSet, ExternalSource
from open63110.model.installed import Installed, ProfilesReported
from open63110.model.limit import Ahead, LimitSource
from open63110.model.needs import EvPlanStated, Needs, NeedsStated, PlanPeriod
from open63110.model.network import Interface
from open63110.model.reading import Reading, SignedReading
from open63110.model.station import ConnectorReported, ConnectorState, Identity, StationBooted
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.model.variables import SetVariables
from open63110.usecases.energy.smart_charging import AskAbilities, AskLimit, LimitPower, WithdrawLimit
from open63110.usecases.services.authorize_externally import StartRemotely, UnlockConnector
from open63110.usecases.services.authorize_locally import (
    AskLocalListVersion,
    AuthorizeCredential,
    ClearAuthorizationCache,
    LocalListEntry,
    SendLocalList,
)
from open63110.usecases.services.reserve_evse import CancelReservation, ReservationEnded, ReserveEvse
from open63110.usecases.services.tell_cost import TellCost
from open63110.usecases.sessions.energy_transfer import AskTransferStatus
from open63110.usecases.stations.change_availability import ChangeAvailability
from open63110.usecases.stations.exchange_vendor_messages import SendVendorMessage, VendorMessageReceived
from open63110.usecases.stations.migrate_station import MigrateStation
from open63110.usecases.stations.monitor_station import Heartbeat, MeterValuesReported, StationEventReported
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation
from open63110.usecases.stations.trigger_report import TriggerReport

LOST: dict[type[Message], set[str]] = {
    StationBooted: {"at"},  # a boot has no time on the wire
    ConnectorReported: {"detail", "error", "info", "vendor_error", "offline"},
    StationEventReported: {"severity", "offline"},
    AuthorizeCredential: {"evse", "reference", "presented"},
    StartRemotely: {"connector"},
    Heartbeat: {"every"},
    AskTransferStatus: {"asked"},
    MigrateStation: {"switch", "attempts", "mandate", "redacted"},
    LimitPower: {"source", "scope", "profile"},
    WithdrawLimit: {"source", "scope"},
    **LOST_OF_LOGS,
    SetVariables: {"atomic"},  # of one
    **FIRMWARE_LOST,
    **LOST_OF_CUSTOMERS,
}
"""Fields that come back as their defaults."""


def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)


names = st.text("ABCdef019", min_size=1, max_size=20)
number = st.integers(1, 999)
whole = st.integers(0, 2**63 - 1)
value = st.floats(-1e15, 1e15, allow_nan=False)
moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
subject = st.builds("{}:{}".format, st.sampled_from(("Central", "ISO14443", "eMAID", "KeyCode")), names)
signed = st.builds(SignedReading, data=words(2500), method=words(50), encoding=words(50), public_key=words(2500))
measurand = st.sampled_from([one for one in WIRE_MEASURAND if one != "temperature"])
phases = ("", "L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1")
where = {
    "phase": st.sampled_from(phases),
    "context": st.sampled_from(sorted(CONTEXT.values())),
    "location": st.sampled_from(("", "EV", "Inlet", "Body", "Cable")),
}
reading = st.builds(Reading, at=moment, measurand=measurand, value=value, signed=st.none() | signed, **where)
other = st.builds(
    Reading,
    at=moment,
    measurand=st.just("other"),
    value=value,
    name=st.sampled_from(("Energy.Reactive.Net varh", "Power.Factor", "Energy.Apparent.Net VAh")),
    **where,
)
readings = st.lists(reading | other, max_size=6).map(tuple)
transfer: dict[str, Any] = {
    "station": st.just(CS),
    "at": moment,
    "reference": words(36, 1),
    "seq": whole,
    "evse": number,
    "subject": st.none() | subject,
    "offline": st.booleans(),
    "readings": readings,
}
states = st.sampled_from(("pending", "charging", "suspended-ev", "suspended-evse", "idle"))
remote = st.none() | whole


data = st.sampled_from(("", "null", "true", "[1,2.5,{}]", '{"a":{"b":"c"}}', '"words"'))
"""What a vendor says, as JSON."""


def limits(references: st.SearchStrategy[str], tenth: float = 0.1) -> st.SearchStrategy[LimitPower]:
    """Any limit, perhaps of a transfer, with steps ahead that differ from each other."""

    def built(evse: int, powers: list[int], moments: set[int], reference: str, level: int, *, ends: bool) -> LimitPower:
        steps = [NOW + timedelta(seconds=one) for one in sorted(moments)]
        watts = [round(one * tenth, 1) for one in powers]
        return LimitPower(
            station=CS,
            evse=EvseNumber(evse),
            limit=Watts(watts[0]),
            ahead=tuple(Ahead(since=at, limit=Watts(one)) for at, one in zip(steps, watts[1:], strict=False)),
            until=NOW + timedelta(seconds=10**6) if ends else None,
            level=level,
            transfer=reference if evse and level else "",
        )

    return st.builds(
        built,
        evse=st.integers(0, 999),
        powers=st.lists(st.integers(0, 10_000), min_size=1, max_size=8, unique=True),
        moments=st.sets(st.integers(1, 10**6 - 1), max_size=8),
        reference=st.just("") | references,
        level=st.sampled_from((0, 1)),
        ends=st.booleans(),
    )


ANY: dict[type[Message], st.SearchStrategy[Any]] = {
    **LOGS,
    **FIRMWARE,
    **CUSTOMERS,
    **WATCHED,
    StationBooted: st.builds(
        StationBooted,
        station=st.just(CS),
        at=moment,
        reason=st.sampled_from(("PowerUp", "Watchdog", "RemoteReset", "Unknown")),
        identity=st.builds(
            Identity,
            vendor=words(50),
            model=words(20),
            serial=words(25),
            firmware=words(50),
            iccid=words(20),
            imsi=words(20),
        ),
    ),
    ConnectorReported: st.builds(
        ConnectorReported,
        station=st.just(CS),
        at=moment,
        evse=number,
        connector=number,
        state=st.sampled_from(get_args(ConnectorState)),
        detail=words(5),
    ),
    MeterValuesReported: st.lists(reading | other, min_size=1, max_size=6).map(
        lambda taken: MeterValuesReported(station=CS, at=max(one.at for one in taken), evse=1, readings=tuple(taken))
    ),
    EnergyTransferStarted: st.builds(
        EnergyTransferStarted,
        **transfer,
        connector=st.integers(0, 999),
        state=states,
        trigger=st.sampled_from(("Authorized", "CablePluggedIn", "RemoteStart")),
        remote_start=remote,
        reservation=remote,
    ),
    EnergyTransferUpdated: st.builds(
        EnergyTransferUpdated,
        **transfer,
        state=st.none() | states,
        trigger=st.sampled_from(("MeterValuePeriodic", "ChargingStateChanged")),
        remote_start=remote,
    ),
    EnergyTransferEnded: st.builds(
        EnergyTransferEnded,
        **transfer,
        reason=st.sampled_from(("Local", "Remote", "EVDisconnected", "PowerLoss")),
        trigger=st.sampled_from(("StopAuthorized", "EVDeparted")),
    ),
    AuthorizeCredential: st.builds(AuthorizeCredential, station=st.just(CS), subject=subject),
    StartRemotely: st.builds(
        StartRemotely, station=st.just(CS), subject=subject, evse=number, group=st.none() | subject, remote_start=whole
    ),
    StopRemotely: st.builds(StopRemotely, station=st.just(CS), reference=words(36, 1)),
    UnlockConnector: st.builds(UnlockConnector, station=st.just(CS), evse=number, connector=number),
    SendLocalList: st.builds(
        SendLocalList,
        station=st.just(CS),
        version=st.integers(1, 2**31),
        entries=st.lists(
            st.builds(
                LocalListEntry,
                subject=subject,
                status=st.sampled_from(AuthorizationStatus),
                group=st.none() | subject,
                language=st.sampled_from(("", "de-CH")),
            ),
            max_size=4,
            unique_by=lambda entry: entry.subject,
        ).map(tuple),
    ),
    RebootStation: st.builds(
        RebootStation,
        station=st.just(CS),
        mode=st.sampled_from((RebootMode.IMMEDIATE, RebootMode.ON_IDLE)),
        evse=st.none() | number,
    ),
    ChangeAvailability: st.builds(
        ChangeAvailability, station=st.just(CS), operative=st.booleans(), evse=number, connector=st.integers(0, 999)
    ),
    TriggerReport: st.builds(
        TriggerReport, station=st.just(CS), report=st.sampled_from(sorted(TRIGGERED)), evse=st.none() | number
    ),
    SendVendorMessage: st.builds(SendVendorMessage, station=st.just(CS), vendor=words(255, 1), message=words(50), data=data),
    VendorMessageReceived: st.builds(
        VendorMessageReceived, station=st.just(CS), at=st.just(NOW), vendor=words(255, 1), message=words(50), data=data
    ),
    ReserveEvse: st.builds(
        ReserveEvse,
        station=st.just(CS),
        subject=subject,
        until=moment,
        evse=st.integers(0, 999),
        reservation=st.integers(1, 2**31 - 1),
        group=st.none() | subject,
        connector_type=st.sampled_from(("", "cCCS2", "sType2")),
    ),
    CancelReservation: st.builds(CancelReservation, station=st.just(CS), reservation=st.integers(1, 2**31 - 1)),
    ReservationEnded: st.builds(
        ReservationEnded,
        station=st.just(CS),
        at=st.just(NOW),
        reservation=st.integers(1, 2**31 - 1),
        reason=st.sampled_from(("expired", "removed")),
    ),
    MigrateStation: st.builds(
        MigrateStation,
        station=st.just(CS),
        url=st.sampled_from(("wss://b.example/ocpp", "ws://10.0.0.1:8080/x")),
        slot=st.integers(0, 99),
        version=st.just("ocpp2.0.1"),
        security=st.integers(1, 3),
        interface=st.sampled_from(get_args(Interface)[1:]),
        timeout=st.integers(1, 600),
    ),
    TellCost: st.builds(
        TellCost,
        station=st.just(CS),
        reference=words(36, 1),
        total=st.integers(0, 10**9).map(lambda cents: Decimal(repr(cents / 100))),
    ),
    AskTransferStatus: st.builds(AskTransferStatus, station=st.just(CS), reference=words(36)),
    AskLocalListVersion: st.builds(AskLocalListVersion, station=st.just(CS)),
    ClearAuthorizationCache: st.builds(ClearAuthorizationCache, station=st.just(CS)),
    Heartbeat: st.builds(Heartbeat, station=st.just(CS)),
    LimitPower: limits(references=words(36, 1)),
    WithdrawLimit: st.builds(WithdrawLimit, station=st.just(CS), evse=st.integers(0, 999), source=st.sampled_from(LimitSource)),
    AskAbilities: st.builds(AskAbilities, station=st.just(CS)),
    AskLimit: st.builds(AskLimit, station=st.just(CS), evse=number, within=st.integers(60, 10**6).map(float)),
}


ANY |= DEVICE | {
    NeedsStated: st.builds(
        lambda evse, phases, energy, most, least, departure: NeedsStated(
            station=CS,
            at=NOW,
            evse=evse,
            needs=Needs(
                source="ev",
                since=NOW,
                departure=departure,
                e_target=WattHours(float(energy)),
                i_max=Amperes(float(most)),
                p_max=most * 230.0 * phases,
                p_min=least * 230.0 * phases,
                phases=phases,
                modes=({1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}[phases],),
            ),
        ),
        evse=number,
        phases=st.integers(1, 3),
        energy=st.integers(0, 10**6),
        most=st.integers(0, 200),
        least=st.integers(0, 32),
        departure=st.none() | moment,
    ),
    EvPlanStated: st.builds(
        lambda evse, starts, watts, schedule: EvPlanStated(
            station=CS,
            at=NOW,
            evse=evse,
            periods=tuple(
                PlanPeriod(start=NOW + timedelta(seconds=start), power=power / 10, phases=phases)
                for start, (power, phases) in zip(sorted(starts), watts, strict=False)
            ),
            schedule=schedule,
        ),
        schedule=st.integers(0, 2**31),
        evse=number,
        starts=st.sets(st.integers(0, 10**6), min_size=1, max_size=6),
        watts=st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from((None, 1, 2))), min_size=1, max_size=6),
    ),
    ExternalLimitSet: st.builds(
        lambda limit, source, critical, known: ExternalLimitSet(
            station=CS,
            at=NOW,
            limit=ExternalLimit(
                evse=limit.evse,
                source=source,
                since=NOW,
                limit=limit.limit if known else None,
                ahead=limit.ahead if known else (),
                until=limit.until if known else None,
                critical=critical,
            ),
        ),
        limit=ANY[LimitPower],
        source=st.sampled_from(get_args(ExternalSource)),
        critical=st.booleans(),
        known=st.booleans(),
    ),
    ExternalLimitCleared: st.builds(
        ExternalLimitCleared,
        station=st.just(CS),
        at=st.just(NOW),
        evse=st.integers(0, 999),
        source=st.sampled_from(get_args(ExternalSource)),
    ),
    ProfilesReported: st.builds(
        lambda limit, source, request, more, number: ProfilesReported(
            station=CS,
            at=NOW,
            request=request,
            profiles=(
                Installed(
                    id=number,
                    evse=limit.evse,
                    source=source,
                    purpose="TxProfile" if limit.transfer else "TxDefaultProfile",
                    level=limit.level,
                    transfer=limit.transfer,
                    limit=limit.limit,
                    ahead=limit.ahead,
                    until=limit.until,
                ),
            ),
            more=more,
        ),
        limit=ANY[LimitPower],
        source=st.sampled_from(get_args(ExternalSource)),
        request=st.integers(0, 2**31),
        more=st.booleans(),
        number=st.integers(1, 10**6),
    ),
}
"""What is said about needs and by others than the CSMS: not on 1.6."""
ANY |= DISPLAYED | PROFILES


def there_and_back(wire: Wire, message: Message, names: dict[str, Any] | None = None) -> tuple[Message, ...]:
    """Send a message over a wire, as strictly as its schema is, and read it at the other end."""
    translation = wire.carrier(message)
    assert translation is not None and translation.to_wire is not None  # noqa: PT018 - mypy learns both at once
    request = plain(translation.to_wire(message, door(wire, names=names)))
    validator(wire, stem_of(translation.action)).validate(request)
    decoded, end = read(wire, translation.action, request)
    if translation.sender is None and isinstance(message, Command):  # either end may call it; commands go to stations
        end.end = Role.STATION
    return translation.from_wire(decoded, end)


def without(message: Any, lost: set[str]) -> dict[str, Any]:
    """Return the fields that have to come back."""
    return {name: getattr(message, name) for name in message.__struct_fields__ if name not in lost}
