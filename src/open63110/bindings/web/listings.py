# SPDX-License-Identifier: Apache-2.0
"""Which nouns can be asked for as lists, by whom, and in which order."""

from collections.abc import Mapping
from typing import Any

import msgspec

from open63110.bindings.web.access import ADMINISTRATORS
from open63110.kernel.roles import Role
from open63110.model.alarm import StationAlarm
from open63110.model.battery import BatterySwap
from open63110.model.charging_tariff import StationTariff
from open63110.model.constraint import Constraint
from open63110.model.deletion import CustomerReport, DeletionItem, DeletionRequest
from open63110.model.der import DerReport, StationDerControl
from open63110.model.device import Inventory
from open63110.model.display import MessageReport, StationMessage
from open63110.model.dso import DsoForecast, DsoGroup, DsoOrder
from open63110.model.fault import CatalogueFetch, FaultCatalogue, FaultMap, UnknownFault
from open63110.model.firmware import Campaign, FirmwareImage, FirmwarePublication, FirmwareUpdate
from open63110.model.inventory import Discovery, InventoryDifference
from open63110.model.log_criteria import StationCriteria
from open63110.model.logs import StationLog
from open63110.model.monitor import Monitoring
from open63110.model.notice import Notice
from open63110.model.order import Order
from open63110.model.outlook import Outlook
from open63110.model.power import AssetReading, PowerAlarm, PowerSample, SitePower
from open63110.model.principal import AuditEntry, Principal
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.settings import Rollout, RolloutResult, SettingTemplate, StationSettings
from open63110.model.settlement import Settlement
from open63110.model.site import Site, Zone
from open63110.model.stream import EventStream
from open63110.model.tariff import Tariff
from open63110.model.token import Token
from open63110.model.transfer import EnergyTransfer
from open63110.model.v2g import AllowedTransfer
from open63110.model.voucher import Voucher
from open63110.ports import Kept, searchable
from open63110.runtime.permissions import PERSONAL, READERS

GRID = READERS | {Role.DSO}
"""Who may read about sites and zones: whoever limits them has to see what became of it."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of noun that can be asked for."""

    plural: str
    noun: type[Any]
    roles: frozenset[Role] | None = None
    """Who may read it; None: every reader."""
    station: str = ""
    """The column that says whose it is; empty: it belongs to no station."""
    owner: str = ""
    """The column that says to which principal it belongs, who may read it, too; empty: to none."""
    owners: Role = Role.DSO
    """The role of those principals."""
    order: str = ""
    """Newest first, as a rule."""
    whole: bool = False
    """One of it is shown with all that belongs to it, by an operation of its own."""

    @property
    def kept(self) -> Kept:
        """How it is kept."""
        return searchable(self.noun)


LISTINGS: tuple[Listing, ...] = (
    Listing(plural="sessions", noun=ServiceSession, station="station", order="-number"),
    Listing(plural="transfers", noun=EnergyTransfer, station="station", order="-number"),
    Listing(plural="sdrs", noun=Sdr, station="station", order="-produced"),
    Listing(plural="tokens", noun=Token, order="name"),
    Listing(plural="orders", noun=Order, station="station", order="-asked"),
    Listing(plural="log-criteria", noun=StationCriteria, station="station", order="key"),
    Listing(plural="logs", noun=StationLog, station="station", order="-asked"),
    Listing(plural="quarantine", noun=QuarantinedInput, station="station", order="-id"),
    Listing(plural="audit", noun=AuditEntry, roles=PERSONAL, station="target", order="-id"),
    Listing(plural="principals", noun=Principal, roles=ADMINISTRATORS, order="id"),
    Listing(plural="sites", noun=Site, roles=GRID, order="id", whole=True),
    Listing(plural="zones", noun=Zone, roles=GRID, order="key"),
    Listing(plural="tariffs", noun=Tariff, order="key"),
    Listing(plural="station-tariffs", noun=StationTariff, station="station", order="key"),
    Listing(plural="constraints", noun=Constraint, order="id"),
    Listing(plural="meters", noun=AssetReading, order="id"),
    Listing(plural="powers", noun=SitePower, order="site"),
    Listing(plural="samples", noun=PowerSample, order="-id"),
    Listing(plural="alarms", noun=PowerAlarm, order="-since"),
    Listing(plural="station-alarms", noun=StationAlarm, station="station", order="-since"),
    Listing(plural="messages", noun=StationMessage, station="station", order="key"),
    Listing(plural="message-reports", noun=MessageReport, station="station", order="station"),
    Listing(plural="der-controls", noun=StationDerControl, station="station", order="key"),
    Listing(plural="allowed-transfers", noun=AllowedTransfer, station="station", order="key"),
    Listing(plural="battery-swaps", noun=BatterySwap, station="station", order="-at"),
    Listing(plural="settlements", noun=Settlement, station="station", order="-at"),
    Listing(plural="der-reports", noun=DerReport, station="station", order="station"),
    Listing(plural="vouchers", noun=Voucher, order="id"),
    Listing(plural="notices", noun=Notice, station="station", order="-id"),
    Listing(plural="monitors", noun=Monitoring, station="station", order="station"),
    Listing(plural="event-streams", noun=EventStream, station="station", order="-opened"),
    Listing(plural="catalogues", noun=FaultCatalogue, order="key"),
    Listing(plural="catalogue-fetches", noun=CatalogueFetch, order="-at"),
    Listing(plural="unknown-faults", noun=UnknownFault, order="-count"),
    Listing(plural="fault-maps", noun=FaultMap, station="station", order="station"),
    Listing(plural="outlooks", noun=Outlook, order="id"),
    Listing(plural="dso-groups", noun=DsoGroup, owner="dso", order="id"),
    Listing(plural="dso-orders", noun=DsoOrder, owner="dso", order="-start"),
    Listing(plural="firmware-images", noun=FirmwareImage, order="id"),
    Listing(plural="firmware-updates", noun=FirmwareUpdate, station="station", order="-asked"),
    Listing(plural="firmware-publications", noun=FirmwarePublication, station="station", order="key"),
    Listing(plural="campaigns", noun=Campaign, order="-began"),
    Listing(plural="dso-forecasts", noun=DsoForecast, owner="dso", order="id"),
    Listing(plural="inventories", noun=Inventory, station="station", order="station"),
    Listing(plural="discoveries", noun=Discovery, station="station", order="station"),
    Listing(plural="inventory-differences", noun=InventoryDifference, station="station", order="-at", whole=True),
    Listing(plural="settings", noun=StationSettings, station="station", order="station"),
    Listing(plural="templates", noun=SettingTemplate, order="id"),
    Listing(plural="rollouts", noun=Rollout, order="-asked"),
    Listing(plural="rollout-results", noun=RolloutResult, station="station", order="id", whole=True),
    Listing(plural="deletions", noun=DeletionRequest, owner="by", owners=Role.CSP, order="-asked"),
    Listing(plural="deletion-items", noun=DeletionItem, order="id"),
    Listing(plural="customer-reports", noun=CustomerReport, roles=PERSONAL, station="station", order="-asked"),
)
BY_PLURAL: Mapping[str, Listing] = {one.plural: one for one in LISTINGS}
