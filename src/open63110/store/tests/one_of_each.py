# SPDX-License-Identifier: Apache-2.0
"""One noun of each kind that is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from open63110.kernel.units import Seconds
from open63110.model.alarm import AlarmKind, StationAlarm
from open63110.model.battery import BatterySwap, SwappedBattery
from open63110.model.charging_tariff import ChargingTariff, StationTariff
from open63110.model.constraint import Constraint, ConstraintScope, Step
from open63110.model.deletion import CustomerReport, DeletionItem, DeletionRequest
from open63110.model.der import CurvePoint, DerControl, DerCurve, DerKind, DerReport, StationDerControl
from open63110.model.deregistration import Deregistration
from open63110.model.device import Attribute, DeviceVariable, Inventory, variable_address
from open63110.model.display import DisplayMessage, MessageContent, MessageReport, StationMessage
from open63110.model.dso import Compliance, DsoForecast, DsoGroup, DsoLink, DsoOrder, DsoSample, ForecastBlock, StationEffect
from open63110.model.fault import CatalogueFetch, CodeName, FaultCatalogue, FaultEntry, FaultMap, OwnCatalogue, UnknownFault
from open63110.model.firmware import (
    Campaign,
    CampaignMember,
    FirmwareImage,
    FirmwarePublication,
    FirmwareStep,
    FirmwareUpdate,
)
from open63110.model.inventory import Discovery, InventoryDifference, ReportPage, VariableDifference
from open63110.model.log_criteria import LogCriteria, LogSource, LogTrigger, StationCriteria
from open63110.model.logs import StationLog
from open63110.model.monitor import Monitor, Monitoring, MonitorKind, MonitorPage, MonitorWish
from open63110.model.notice import Notice
from open63110.model.order import Order
from open63110.model.original import Original
from open63110.model.outlook import Outlook, OutlookStep
from open63110.model.own_device import OwnSettings
from open63110.model.peer import Peer, PeersHeard
from open63110.model.power import AssetReading, EvsePower, NodePower, PowerAlarm, PowerSample, SitePower
from open63110.model.principal import AuditEntry, Principal
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.settings import HeldSetting, Rollout, RolloutResult, SettingTemplate, StationSettings
from open63110.model.settlement import Settlement
from open63110.model.site import GridConnection, Site, Zone
from open63110.model.station import Station
from open63110.model.stream import EventStream, StreamChunk
from open63110.model.tariff import Tariff, TariffElement
from open63110.model.token import Subject, Token
from open63110.model.transfer import EnergyTransfer
from open63110.model.v2g import AllowedTransfer, EnergyMode
from open63110.model.variables import Setting
from open63110.model.voucher import Voucher

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CRITERIA = LogCriteria(id="heat", sources=(LogSource.POWER,), trigger=LogTrigger.FAULT, before=Seconds(600.0))
PRICE = TariffElement(dimension="energy", price=Decimal("0.390"))
WATCHED = Monitor(address=variable_address("EVSE@1/Power"), kind=MonitorKind.UPPER, value=60.0, severity=2, id=7)


def made(noun: type[Any], **fields: Any) -> Any:
    """One noun, from plain values."""
    return noun(**fields)


ALARM = made(
    StationAlarm,
    id="CS1:event:1:EVSE:Problem:",
    station="CS1",
    kind=AlarmKind.EVENT,
    severity=2,
    since=NOON,
    last=NOON,
    component="EVSE@1",
    tally={"Problem": 2},
)

ONE_OF_EACH = (
    made(Station, id="CS1", connected=NOON, wire="ocpp2.1", flags=("clock",)),
    made(EnergyTransfer, station="CS1", number=7, reference="r7", began=NOON, state="charging", subject="s1", session=3),
    made(ServiceSession, station="CS1", number=3, evse=1, state="ets-charging", opened=NOON),
    made(Sdr, id="x-1", session=3, station="CS1", evse=1, began=NOON, ended=NOON + HOUR, energy=11_000.25, produced=NOON),
    made(Token, ref="s1", kind="ISO14443", group="g", valid_until=NOON),
    made(Subject, ref="s1", kind="ISO14443", value="04AB"),
    made(Order, id="o1", station="CS1", kind="RebootStation", by="ann", asked=NOON, deadline=NOON + HOUR, outcome="waiting"),
    made(QuarantinedInput, id=4, station="CS1", at=NOON, wire="ocpp1.6", action="X", reason="?", raw=b"\x00\xff"),
    made(Voucher, id="v1", serial="S-1", identity="CS1", until=NOON, used_by="CS1", used=NOON),
    made(Principal, id="ann", role="operator", created=NOON),
    made(AuditEntry, id=9, at=NOON, by="ann", role="operator", action="a", target="t", outcome="accepted"),
    made(Site, id="north", connections=(made(GridConnection, id="g1", import_max=90_000.0, amperes=(125.0,)),)),
    made(Zone, id="1", site="north", import_max=22_000.0, failsafe=4_000.0),
    made(Tariff, key="a:1", id="T", currency="EUR", valid_from=NOON, elements=(PRICE,), texts={"de": "39 ct"}),
    made(Original, id="0a1b", station="CS1", header=b"\xa0", body=b"\xa1\x0b\xd8\x18", at=NOON),
    made(Peer, id="CS1", marks=b"\xa0", key=b"\x00\xff", serial="0a", until=NOON),
    made(
        Constraint,
        id="c1",
        source="dso",
        actor="grid",
        scope=made(ConstraintScope, site="north"),
        profile=(made(Step, since=NOON, import_max=9_000.0),),
    ),
    made(AssetReading, id="north:m", site="north", asset="m", at=NOON, power=(1.0, 2.0, 3.0)),
    made(
        SitePower,
        site="north",
        at=NOON,
        nodes=(made(NodePower, id="site", kind="site"),),
        evses=(made(EvsePower, station="CS1", evse=1),),
    ),
    made(PowerSample, id=2, site="north", at=NOON, nodes=(made(NodePower, id="site", kind="site", load=1_000.0),)),
    made(PowerAlarm, id="north/Excess/g1", site="north", kind="Excess", place="g1", since=NOON),
    made(DsoGroup, id="feeder-12", dso="grid", places=(made(ConstraintScope, site="north"),)),
    made(DsoOrder, order_id="o-1", dso="grid", places=(), start=NOON, accepted=NOON, changed=NOON, p_max_import=100_000.0),
    made(Compliance, order_id="o-1", dso="grid", t_ack=NOON, stations=(made(StationEffect, station="CS1", t_effect=NOON),)),
    made(DsoSample, id=3, order_id="o-1", at=NOON, power=90_000.0, most=100_000.0),
    made(
        DsoForecast,
        id="feeder-12/intraday",
        group="feeder-12",
        dso="grid",
        horizon="intraday",
        blocks=(made(ForecastBlock, type="CONSUMPTION", start=NOON, end=NOON + HOUR, capacity=20_000.0),),
        since=NOON,
    ),
    made(
        Outlook,
        id="north:price",
        site="north",
        kind="price",
        steps=(made(OutlookStep, since=NOON, value=0.3),),
        until=NOON + HOUR,
    ),
    made(FirmwareImage, id="fw-2", vendor="x", models=("m",), version="2", size=3, sha256="ab", uploaded=NOON),
    made(
        FirmwareUpdate,
        key="CS1:7",
        station="CS1",
        request=7,
        asked=NOON,
        until=NOON + HOUR,
        retrieve_at=NOON,
        history=(made(FirmwareStep, at=NOON, state="downloading"),),
    ),
    made(FirmwarePublication, key="LC:ab", station="LC", md5="ab", request=1, asked=NOON, until=NOON, locations=("http://x",)),
    made(Campaign, id="spring", images=("fw-2",), members=(made(CampaignMember, station="CS1", wave=0),), began=NOON),
    made(DsoLink, id="grid", heard=NOON, offline_at=NOON + HOUR),
    made(
        Inventory,
        station="CS1",
        at=NOON,
        variables=(made(DeviceVariable, address=variable_address("EVSE@1/Power"), attributes=(Attribute(value="11000"),)),),
    ),
    ALARM,
    made(
        StationLog, id="CS1:3", station="CS1", request=3, kind="security", asked=NOON, until=NOON + HOUR, kept_until=NOON + HOUR
    ),
    made(
        StationMessage,
        key="CS1/7",
        station="CS1",
        number=7,
        standing="set",
        at=NOON,
        message=made(
            DisplayMessage, number=7, state="charging", contents=(made(MessageContent, language="de", text="Guten Tag"),)
        ),
    ),
    made(
        StationDerControl,
        key="CS1:vv",
        station="CS1",
        id="vv",
        kind=DerKind.VOLT_VAR,
        standing="set",
        at=NOON,
        control=DerControl(id="vv", kind=DerKind.VOLT_VAR, default=True, curve=DerCurve(points=(CurvePoint(x=92.0, y=44.0),))),
    ),
    made(AllowedTransfer, key="CS1:t", station="CS1", reference="t", modes=(EnergyMode.DC_BPT,), standing="set", at=NOON),
    made(
        BatterySwap,
        key="CS1:4",
        station="CS1",
        request=4,
        state="brought",
        at=NOON,
        brought=(made(SwappedBattery, bay=1, serial="B7", soc=11.5, soh=97.0),),
    ),
    made(
        Settlement,
        key="CS1:p",
        station="CS1",
        reference="t",
        psp_reference="p",
        status="settled",
        amount=Decimal("4.35"),
        at=NOON,
    ),
    made(DerReport, station="CS1", request=3, since=NOON),
    made(MessageReport, station="CS1", request=3, since=NOON),
    made(Discovery, station="CS1", request=3, since=NOON, parts=((0, 4), (6, 6)), firmware="v|m||1", most={"SetVariables": 9}),
    made(
        ReportPage, id="CS1/3/00004", station="CS1", variables=(made(DeviceVariable, address=variable_address("EVSE@1/Power")),)
    ),
    made(
        InventoryDifference,
        id="CS1/000002",
        station="CS1",
        at=NOON,
        version=2,
        differences=(made(VariableDifference, variable="EVSE@1/Power", before="1", after="2"),),
    ),
    made(StationSettings, station="CS1", settings=(made(HeldSetting, variable="A/B", value="1", at=NOON),), looked=NOON),
    made(SettingTemplate, id="t", vendor="v", settings=(made(Setting, variable="A/B", value="1"),), changed=NOON),
    made(Rollout, id="r", asked=NOON, by="ann", settings=(made(Setting, variable="A/B", value="1"),), stations=2),
    made(RolloutResult, id="r/CS1", rollout="r", station="CS1", at=NOON),
    made(OwnSettings, station="CS1", values={"A/B": "1"}, waiting={"A/C": "2"}),
    made(Deregistration, station="CS1", reason="sold", by="ann", asked=NOON, deadline=NOON + HOUR, steps={"cache": "done"}),
    made(DeletionRequest, id="d1", by="csp", type="contract", subjects=("s1",), asked=NOON, deadline=NOON + HOUR),
    made(DeletionItem, id="d1/CS1/x", request="d1", holder="CS1", data="x", result="pending", at=NOON, steps={"cache": "sent"}),
    made(CustomerReport, id="CS1/7", station="CS1", subject="s1", request=7, asked=NOON, pages={0: "s2"}, lines=("a",), last=0),
    made(StationCriteria, key="CS1:heat", station="CS1", id="heat", at=NOON, state="active", asked=CRITERIA, effective=CRITERIA),
    made(Monitoring, station="CS1", at=NOON, wishes=(made(MonitorWish, monitor=WATCHED, at=NOON),), installed=(WATCHED,)),
    made(MonitorPage, id="CS1:0", station="CS1", request=1, seq=0, monitors=(WATCHED,), more=True),
    made(EventStream, id="CS1:3", station="CS1", number=3, monitor=7, opened=NOON, last=NOON),
    made(StreamChunk, id="CS1:3:0", stream="CS1:3", station="CS1", begin=NOON, offsets=(0.0, 0.1), values=(1.5, "off")),
    made(Notice, id=6, channel="ops", station="CS1", alarm=ALARM, change="raised", at=NOON, due=NOON),
    made(
        FaultCatalogue,
        key="acme:box:",
        vendor="Acme",
        model="Box",
        version="3",
        digest="0a",
        entries=(FaultEntry(code="E42", severity=2, text={"de": "Zu viel Strom"}, std_code="CX004"),),
        at=NOON,
    ),
    made(CatalogueFetch, key="acme:box:", digest="0a", station="CS1", at=NOON),
    made(
        UnknownFault, key="acme:box::e7", vendor="Acme", model="Box", firmware="", code="E7", first=NOON, last=NOON, station="CS1"
    ),
    made(FaultMap, station="CS1", names=(CodeName(code="E42", called="CX004"),), at=NOON),
    made(OwnCatalogue, station="CS1", content="{}", vendor="Acme", version="3", digest="0a"),
    made(StationTariff, key="CS1:0:T", station="CS1", id="T", at=NOON, tariff=made(ChargingTariff, id="T", currency="EUR")),
    made(PeersHeard, id=5, marks=[("CS1", b"\x00\xff", 7, 9)]),
)
