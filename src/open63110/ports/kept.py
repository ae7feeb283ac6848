# SPDX-License-Identifier: Apache-2.0
"""Every noun that has rows: its key, and what it can be searched by."""

from typing import Any, Literal, NamedTuple

import msgspec

from open63110.model.alarm import StationAlarm
from open63110.model.battery import BatterySwap
from open63110.model.charging_tariff import StationTariff
from open63110.model.constraint import Constraint
from open63110.model.deletion import CustomerReport, DeletionItem, DeletionRequest
from open63110.model.der import DerReport, StationDerControl
from open63110.model.deregistration import Deregistration
from open63110.model.device import Inventory
from open63110.model.display import MessageReport, StationMessage
from open63110.model.dso import Compliance, DsoForecast, DsoGroup, DsoLink, DsoOrder, DsoSample
from open63110.model.fault import CatalogueFetch, FaultCatalogue, FaultMap, OwnCatalogue, UnknownFault
from open63110.model.firmware import Campaign, FirmwareImage, FirmwarePublication, FirmwareUpdate
from open63110.model.inventory import Discovery, InventoryDifference, ReportPage
from open63110.model.log_criteria import StationCriteria
from open63110.model.logs import StationLog
from open63110.model.monitor import Monitoring, MonitorPage
from open63110.model.notice import Notice
from open63110.model.order import Order
from open63110.model.original import Original
from open63110.model.outlook import Outlook
from open63110.model.own_device import OwnSettings
from open63110.model.peer import Peer, PeersHeard
from open63110.model.power import AssetReading, PowerAlarm, PowerSample, SitePower
from open63110.model.principal import AuditEntry, Principal
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.settings import Rollout, RolloutResult, SettingTemplate, StationSettings
from open63110.model.settlement import Settlement
from open63110.model.site import Site, Zone
from open63110.model.station import Station
from open63110.model.stream import EventStream, StreamChunk
from open63110.model.tariff import Tariff
from open63110.model.token import Subject, Token
from open63110.model.transfer import EnergyTransfer
from open63110.model.v2g import AllowedTransfer
from open63110.model.voucher import Voucher


class Kept(NamedTuple):
    """How a Store keeps one kind of noun: its key, and what it can be searched by."""

    noun: type[Any]
    name: str
    key: str
    columns: tuple[str, ...]
    asked: bool = False
    """Decisions ask for its rows through Rows."""


KEPT = (
    Kept(Station, "station", "id", ("registration", "wire", "connected", "zone")),
    Kept(
        EnergyTransfer,
        "transfer",
        "number",
        ("station", "reference", "session", "state", "began", "ended", "subject", "settled"),
    ),
    Kept(ServiceSession, "session", "number", ("station", "evse", "state", "opened", "closed", "subject", "settled")),
    Kept(Sdr, "sdr", "id", ("session", "station", "began", "ended", "energy", "subject", "produced")),
    Kept(Token, "token", "ref", ("kind", "blocked", "group", "name")),
    Kept(Subject, "subject", "ref", ("kind", "value")),
    Kept(Order, "orders", "id", ("station", "kind", "by", "asked", "outcome")),
    Kept(QuarantinedInput, "quarantine", "id", ("station", "at", "action", "replayed")),
    Kept(Principal, "principal", "id", ("role",)),
    Kept(AuditEntry, "audit", "id", ("at", "by", "action", "target", "outcome")),
    Kept(Site, "site", "id", ("address",)),
    Kept(Zone, "zone", "key", ("site", "priority")),
    Kept(Tariff, "tariff", "key", ("id", "currency")),
    Kept(Peer, "peer", "id", ("serial",)),
    Kept(PeersHeard, "heard", "id", ()),
    Kept(Original, "original", "id", ("station",)),
    Kept(Constraint, "constraint", "id", ("source", "actor")),
    Kept(AssetReading, "meter", "id", ("site", "at")),
    Kept(SitePower, "power", "site", ("at",)),
    Kept(PowerSample, "sample", "id", ("site", "at")),
    Kept(PowerAlarm, "alarm", "id", ("site", "kind", "since", "cleared")),
    Kept(Outlook, "outlook", "id", ("site", "kind", "until")),
    Kept(DsoGroup, "dso_group", "id", ("dso",)),
    Kept(DsoOrder, "dso_order", "order_id", ("dso", "group", "state", "start")),
    Kept(Compliance, "compliance", "order_id", ("dso", "status")),
    Kept(DsoSample, "dso_sample", "id", ("order_id", "at")),
    Kept(DsoForecast, "dso_forecast", "id", ("group", "dso", "horizon")),
    Kept(DsoLink, "dso_link", "id", ("heard",)),
    Kept(Inventory, "inventory", "station", ("at", "firmware"), asked=True),
    Kept(StationMessage, "message", "key", ("station", "number", "standing", "at"), asked=True),
    Kept(MessageReport, "message_report", "station", ("since", "at"), asked=True),
    Kept(StationDerControl, "der_control", "key", ("station", "kind", "standing", "at"), asked=True),
    Kept(DerReport, "der_report", "station", ("since", "at"), asked=True),
    Kept(AllowedTransfer, "allowed_transfer", "key", ("station", "reference", "standing"), asked=True),
    Kept(BatterySwap, "battery_swap", "key", ("station", "state", "at", "subject"), asked=True),
    Kept(Settlement, "settlement", "key", ("station", "reference", "status", "at"), asked=True),
    Kept(Discovery, "discovery", "station", ("firmware", "trouble"), asked=True),
    Kept(ReportPage, "report_page", "id", ("station",), asked=True),
    Kept(InventoryDifference, "inventory_difference", "id", ("station", "at"), asked=True),
    Kept(StationSettings, "settings", "station", ("open",), asked=True),
    Kept(SettingTemplate, "template", "id", ("vendor", "model"), asked=True),
    Kept(Rollout, "rollout", "id", ("asked", "by"), asked=True),
    Kept(RolloutResult, "rollout_result", "id", ("rollout", "station", "outcome"), asked=True),
    Kept(OwnSettings, "own_settings", "station", (), asked=True),
    Kept(Deregistration, "deregistration", "station", ("reason", "asked", "done"), asked=True),
    Kept(DeletionRequest, "deletion", "id", ("by", "state", "asked", "deadline"), asked=True),
    Kept(DeletionItem, "deletion_item", "id", ("request", "holder", "data", "result"), asked=True),
    Kept(CustomerReport, "customer_report", "id", ("station", "subject", "asked"), asked=True),
    Kept(FaultCatalogue, "catalogue", "key", ("vendor", "model", "firmware", "version", "at"), asked=True),
    Kept(CatalogueFetch, "catalogue_fetch", "key", ("station", "at", "outcome"), asked=True),
    Kept(UnknownFault, "unknown_fault", "key", ("vendor", "model", "code", "count", "last", "station"), asked=True),
    Kept(FaultMap, "fault_map", "station", ("standing", "at"), asked=True),
    Kept(OwnCatalogue, "own_catalogue", "station", ("digest",), asked=True),
    Kept(
        StationAlarm,
        "station_alarm",
        "id",
        ("station", "kind", "severity", "open", "state", "since", "resolved", "evse", "code"),
        asked=True,
    ),
    Kept(Voucher, "voucher", "id", ("serial", "identity", "used_by", "until"), asked=True),
    Kept(StationCriteria, "log_criteria", "key", ("station", "state"), asked=True),
    Kept(StationLog, "log", "id", ("station", "kind", "asked", "state", "kept_until", "removed"), asked=True),
    Kept(FirmwareImage, "firmware_image", "id", ("sha256", "vendor", "version"), asked=True),
    Kept(FirmwareUpdate, "firmware_update", "key", ("station", "image", "campaign", "state", "asked", "ended"), asked=True),
    Kept(FirmwarePublication, "firmware_publication", "key", ("station", "image", "state"), asked=True),
    Kept(Campaign, "campaign", "id", ("state", "began", "ended"), asked=True),
    Kept(Monitoring, "monitoring", "station", ("at", "reported"), asked=True),
    Kept(MonitorPage, "monitor_page", "id", ("station",), asked=True),
    Kept(EventStream, "event_stream", "id", ("station", "monitor", "open", "opened", "last"), asked=True),
    Kept(StreamChunk, "stream_chunk", "id", ("stream", "station", "begin"), asked=True),
    Kept(StationTariff, "station_tariff", "key", ("station", "id", "kind", "at", "ended"), asked=True),
    Kept(Notice, "notice", "id", ("channel", "station", "open", "due"), asked=True),
)
"""Every noun that has rows. Station rows leave out transfers and sessions, which are rows of their own."""


class Where(NamedTuple):
    """One condition on a searchable column."""

    column: str
    op: Literal["=", "!=", "<", "<=", ">", ">=", "in", "prefix", "null", "not null"]
    value: Any = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A search over one kind of noun."""

    where: tuple[Where, ...] = ()
    order: str = ""
    """Column, with a leading minus for descending; the key is always the tie-break."""
    limit: int = 100
    offset: int = 0


def searchable(noun: type[Any]) -> Kept:
    """Return how a noun is kept."""
    return _BY_NOUN[noun]


_BY_NOUN = {kept.noun: kept for kept in KEPT}
BY_NAME = {kept.name: kept for kept in KEPT}
