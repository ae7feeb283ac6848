# SPDX-License-Identifier: Apache-2.0
"""What the inside needs from outside, as protocols: time, ids, credentials, storage, links, hardware."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from open63110.kernel.ids import OrderId, SessionNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.journal import Entry, entry
from open63110.kernel.messages import Command, Event
from open63110.kernel.roles import Role
from open63110.model.constraint import Constraint
from open63110.model.dso import Compliance, DsoForecast, DsoGroup, DsoLink, DsoOrder
from open63110.model.order import Order
from open63110.model.outlook import Outlook
from open63110.model.power import AssetReading, PowerAlarm, SitePower
from open63110.model.session import ServiceSession
from open63110.model.site import Site, SiteId, Zone, ZoneKey
from open63110.model.station import Station
from open63110.model.tariff import Tariff, TariffKey
from open63110.model.token import Credential, Token
from open63110.model.transfer import EnergyTransfer
from open63110.ports.kept import BY_NAME, KEPT, Kept, Query, Where, searchable

__all__ = [
    "BY_NAME",
    "KEPT",
    "Batch",
    "Clock",
    "Fleet",
    "FrameLog",
    "GridSites",
    "Hardware",
    "History",
    "Ids",
    "Kept",
    "Link",
    "PoweredSites",
    "PricedSites",
    "Query",
    "Rows",
    "Signers",
    "Sites",
    "Store",
    "StoredFact",
    "Subjects",
    "Tokens",
    "Trust",
    "Where",
    "searchable",
]

N = TypeVar("N")


class Clock(Protocol):
    """The one source of time; its factor scales every timer (1 in production)."""

    def now(self) -> datetime:
        """Return UTC, aware."""

    def real(self, seconds: float) -> float:
        """Return how many seconds of the event loop pass while so many pass on this clock."""


class Ids(Protocol):
    """Fresh ids that never repeat, across restarts too (I8)."""

    def transfer(self) -> TransferNumber:
        """Return the next energy transfer number."""

    def session(self) -> SessionNumber:
        """Return the next service session number."""

    def order(self) -> OrderId:
        """Return an id for an order."""

    def subject(self) -> SubjectRef:
        """Return a reference for a credential that was never seen."""

    def row(self, noun: type[Any]) -> int:
        """Return the next number of an append-only kind (quarantine, audit)."""


class Tokens(Protocol):
    """What decisions may know of credentials."""

    def token(self, ref: SubjectRef) -> Token | None:
        """Return the token, None if the operator does not know it."""

    def in_use(self, ref: SubjectRef) -> int:
        """Return how many open energy transfers run on it, on all stations."""

    def local_tokens(self) -> Sequence[Token]:
        """Return the tokens that may be on local lists, in the order of their references."""


class Sites(Protocol):
    """What decisions may know of sites, and of the stations beside the one they are about."""

    def site(self, key: SiteId) -> Site | None:
        """Return a site, None if there is none."""

    def zone(self, key: ZoneKey) -> Zone | None:
        """Return a zone, None if there is none."""

    def zones(self, site: SiteId) -> Sequence[Zone]:
        """Return the zones of a site, in the order of their keys."""

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        """Return the stations of a zone, in the order of their ids."""


class PoweredSites(Sites, Protocol):
    """Sites, what is demanded of their power, and how it is."""

    def constraint(self, key: str) -> Constraint | None:
        """Return a constraint, None if there is none."""

    def constraints(self, site: SiteId) -> Sequence[Constraint]:
        """Return what is demanded of the power of a site, in the order of their ids."""

    def every_constraint(self) -> Sequence[Constraint]:
        """Return what is demanded of all sites, in the order of their ids."""

    def meter(self, site: SiteId, asset: str) -> AssetReading | None:
        """Return what was measured of an asset last, None if nothing was."""

    def power(self, site: SiteId) -> SitePower | None:
        """Return how its power is, None if nobody looked."""

    def outlooks(self, site: SiteId) -> Sequence[Outlook]:
        """Return what is expected there, in the order of their ids."""

    def alarms(self, site: SiteId) -> Sequence[PowerAlarm]:
        """Return the alarms about its power that last, in the order of their ids."""


class GridSites(PoweredSites, Protocol):
    """Sites with their power, and what DSOs may do and have done there."""

    def dso_group(self, key: str) -> DsoGroup | None:
        """Return a group of places that a DSO may address, None if there is none."""

    def dso_groups(self) -> Sequence[DsoGroup]:
        """Return all of them, in the order of their ids."""

    def dso_order(self, key: str) -> DsoOrder | None:
        """Return an order of a DSO, also one that is over, None if there is none."""

    def dso_orders(self) -> Sequence[DsoOrder]:
        """Return the orders that something is still to be done about, in the order of their ids."""

    def report(self, key: str) -> Compliance | None:
        """Return what came of an order, closed or not, None if its time has not come."""

    def compliance(self, order_id: str) -> Compliance | None:
        """Return what came of such an order so far, None if its time has not come."""

    def dso_forecast(self, key: str) -> DsoForecast | None:
        """Return a forecast, None if there is none."""

    def dso_link(self, dso: str) -> DsoLink | None:
        """Return when a DSO was heard last, None if it never was."""

    def role_of(self, principal: str) -> Role | None:
        """Return the role of somebody who may ask, None if there is nobody of that name."""

    def station(self, key: StationId) -> Station | None:
        """Return a station, None if there is none."""


class Fleet(Sites, Protocol):
    """Every station there is."""

    def station(self, key: StationId) -> Station | None:
        """Return a station, None if there is none."""

    def fleet(self) -> Sequence[Station]:
        """Return all stations, in the order of their ids; for what an operator asks of many, not for each message."""


class PricedSites(Sites, Protocol):
    """Sites, and what charging costs there."""

    def tariff(self, key: TariffKey) -> Tariff | None:
        """Return the tariff of a zone, or of a whole site; None: there is none of its own."""


class Signers(Protocol):
    """Whose firmware a station installs."""

    def judge(self, certificate: str, now: datetime) -> str:
        """Return why the signer of an image (PEM) is not believed: InvalidCertificate, RevokedCertificate; empty: he is."""


class Subjects(Protocol):
    """Where credentials become references and back; only doors hold one."""

    def ref(self, credential: Credential) -> SubjectRef:
        """Return the reference of this credential, a new one if it was never seen."""

    def credential(self, ref: SubjectRef) -> Credential | None:
        """Return the credential, None if it was erased."""


class History(Protocol):
    """What is no longer in memory; each call is one indexed read."""

    def transfer(self, station: StationId, reference: TransferReference) -> EnergyTransfer | None:
        """Return a settled transfer."""

    def session(self, number: SessionNumber) -> ServiceSession | None:
        """Return a closed session."""

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the journal already holds this fact of this transfer (I8)."""


class Trust(Protocol):
    """Whose signatures decisions may rely on."""

    def knows(self, vendor: str) -> bool:
        """Tell whether a key of a maker is trusted; then nothing of his counts without his signature."""

    def signer(self, vendor: str, content: bytes, signature: bytes) -> str | None:
        """Return the name of the key of a maker that signed just this, None if none that is trusted did."""


class Rows(Protocol):
    """Nouns that decisions ask for and that are not in memory (``Kept.asked``); what is not durable yet is among them."""

    def get(self, noun: type[N], key: Any) -> N | None:
        """Return the row of a key, None if there is none."""

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Return every row that matches, by key."""


class StoredFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of the journal."""

    id: int
    heard: datetime
    """When this system committed it; Event.at is when it happened."""
    event: Event


class Batch:
    """What one commit writes, all or nothing."""

    __slots__ = ("bodies", "entries", "puts", "removes")

    def __init__(self) -> None:
        """Start empty."""
        self.entries: list[Entry] = []
        self.puts: dict[tuple[str, Any], Any] = {}
        """(kind name, key) → noun; the last version wins."""
        self.removes: set[tuple[str, Any]] = set()
        self.bodies: dict[str, dict[Any, bytes]] = {}
        """Kind name → key → body of nouns that are not among puts: their row is there, with the same searchable columns."""

    def note(self, *facts: Event) -> None:
        """Add facts.

        Raises:
            Malformed: one holds what cannot be written; none is added.
        """
        if len(facts) == 1:  # most turns
            self.entries.append(entry(facts[0]))
        else:
            self.entries.extend([entry(fact) for fact in facts])

    @property
    def facts(self) -> list[Event]:
        """The facts, read back."""
        return [one.event for one in self.entries]

    def __bool__(self) -> bool:
        """Tell whether there is anything to write."""
        return bool(self.entries or self.puts or self.removes or any(self.bodies.values()))


class Store(Protocol):
    """Where facts and rows become durable together."""

    def stage(self, batch: Batch, heard: datetime) -> None:
        """Write a batch into the open transaction, without making it durable.

        Raises:
            Unavailable: it cannot be written now (disk full, database away); nothing of it stays.
        """

    async def commit(self) -> None:
        """Make what was staged durable.

        Raises:
            Unavailable: it is not durable; nothing of it stays.
        """

    def load(self, noun: type[N], *where: Where) -> list[N]:
        """Read every row of a kind that matches, at start."""

    def get(self, noun: type[N], key: Any) -> N | None:
        """Read one row now."""

    def first(self, noun: type[N], *where: Where) -> N | None:
        """Read one row by searchable columns now."""

    def heard(self, number: TransferNumber, seq: int) -> bool:
        """Tell whether the journal holds this fact of this transfer."""

    def highest(self, noun: type[Any]) -> int:
        """Return the highest integer key of a kind ever used, 0 if none."""

    async def find(self, noun: type[N], query: Query) -> list[N]:
        """Search rows without holding up the loop."""

    async def count(self, noun: type[Any], *where: Where) -> int:
        """Count rows."""

    async def facts(
        self,
        *,
        station: StationId | None = None,
        number: TransferNumber | None = None,
        after: int = 0,
        newest: bool = False,
        limit: int = 100,
    ) -> Sequence[StoredFact]:
        """Read the journal, oldest first, or newest first."""

    def close(self) -> None:
        """Let go of files and threads."""


class FrameLog(Protocol):
    """Raw frames as sent and received, outside the transaction, pruned by age: for looking at, not for truth."""

    def note(self, station: StationId, frame: bytes, *, sent: bool) -> None:
        """Remember a frame; costs next to nothing, may be lost in a crash."""


class Link(Protocol):
    """The way to the stations."""

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""

    def send(self, order: Order, command: Command) -> None:
        """Send, in priority order, until the order's deadline; the outcome comes back through the engine."""


class Hardware(Protocol):
    """What a charging station controller moves and measures, one EVSE at a time."""

    def plugged(self, evse: int) -> bool:
        """Tell whether an EV is connected."""

    def close_contactor(self, evse: int, limit: float) -> None:
        """Let energy flow up to so many watts."""

    def open_contactor(self, evse: int) -> None:
        """Stop energy."""

    def register(self, evse: int) -> float:
        """Read the import register [Wh]."""
