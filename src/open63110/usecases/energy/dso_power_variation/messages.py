# SPDX-License-Identifier: Apache-2.0
"""What is said about power variations triggered by a DSO (7.8, 8.2.7, DD-5)."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Priority, Reply
from open63110.kernel.units import Percent, Seconds, Watts
from open63110.model.constraint import ConstraintScope
from open63110.model.dso import ComplianceStatus, DsoOrderState, ForecastBlock, Horizon

NOBODY = StationId("")


class _AskedByGrid(Command, frozen=True, kw_only=True, gc=False):
    priority: ClassVar[Priority] = Priority.CONTROL
    unasked: ClassVar[frozenset[str]] = frozenset({"by", "role"})
    by: str = ""
    """Id of the principal who asks."""
    role: str = ""
    """His role."""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with his name."""
        return msgspec.structs.replace(self, by=who, role=role)


class PutDsoGroup(Command, frozen=True, kw_only=True, gc=False):
    """Let a DSO address some places together; a group of the same id is replaced. station is empty."""

    id: str
    """As the DSO calls it."""
    dso: str
    """Id of the principal, of the role dso, that it belongs to."""
    places: tuple[ConstraintScope, ...]
    """Sites, zones, feeders or connections to the grid; none of them within another."""
    name: str = ""
    """For people."""


class RemoveDsoGroup(Command, frozen=True, kw_only=True, gc=False):
    """Let a DSO no longer address these places together; its orders go on to their end. station is empty."""

    id: str


class PutDsoOrder(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """Order a power variation, or change one of the same id. station is empty."""

    order_id: str = ""
    """As the DSO calls it; empty: it is given one."""
    group: str = ""
    """For which group; empty: for ``scope``."""
    scope: ConstraintScope | None = None
    """For one place within a group of the DSO: a site, a zone, or a feeder or connection to the grid."""
    p_max_import: Watts | None = None
    """What may be drawn there at most, in all [W]."""
    p_max_export: Watts | None = None
    """What may be given there at most, as a magnitude [W]."""
    delta: Percent | None = None
    """Instead of p_max_import: a change of what is measured as it is accepted [%]; -30 leaves 70 of 100."""
    start: datetime | None = None
    """None: now."""
    duration: Seconds | None = None
    """For how long [s]; None: until it is cancelled."""
    emergency: bool = False
    """For the security of the grid: it goes before everything else on a wire."""
    binding: bool = True
    """Nobody else can take it back."""

    @property
    def priority(self) -> Priority:  # type: ignore[override]  # of one command, not of its kind
        """How it queues: before everything else in an emergency."""
        return Priority.EMERGENCY if self.emergency else Priority.CONTROL


class DsoOrderAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What is known of an order as it is accepted."""

    order_id: str
    state: DsoOrderState
    p_max_import: Watts | None = None
    """[W]"""
    reachable: Watts | None = None
    """What is drawn at most once all that can be reached have obeyed [W]; None: import is not limited."""
    compliance: ComplianceStatus = "pending"
    """non-compliant: what can be reached is above the order."""
    stations: int = 0
    """How many stand there."""
    missing: int = 0
    """How many of them cannot be reached."""

    def remark(self) -> str:
        """Say so where it cannot be complied with."""
        return "NonCompliance" if self.compliance == "non-compliant" else ""


class CancelDsoOrder(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """Take an order back: before its time it is gone, within it stations get more again one after another. station is empty."""

    order_id: str


class PutDsoForecast(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """Publish the capacity of a group; what was published for the same horizon before is replaced. station is empty."""

    group: str
    blocks: tuple[ForecastBlock, ...]
    """Stretches of time; fallback blocks count where no other does, and once the DSO is not heard any more."""
    horizon: Horizon = "day-ahead"
    """Of two forecasts for the same time the intraday one counts."""


class RemoveDsoForecast(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """Take a forecast back. station is empty."""

    group: str
    horizon: Horizon = "day-ahead"


class KeepDsoLink(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """Say that the DSO is there: a heartbeat. station is empty."""

    offline_after: Seconds | None = None
    """It counts as silent when it is not heard again for so long [s]; None: as ``offline_mode_at`` says."""
    offline_mode_at: datetime | None = None
    """From when on it counts as silent; neither: it may be silent for ever."""


class DsoLinkAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a DSO that is heard is told."""

    now: datetime
    """By the clock of this CSMS."""
    offline_mode_at: datetime | None = None
    """From when on fallback blocks count unless it is heard before; None: never."""
    groups: tuple[str, ...] = ()
    """Which it may address."""


class AskDsoCompliance(_AskedByGrid, frozen=True, kw_only=True, gc=False):
    """What came of an order? station is empty."""

    order_id: str


class DsoStationEffect(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came of an order at one station."""

    station: str
    """A pseudonym, always the same one."""
    t_effect: datetime | None = None
    """When it confirmed; None: it has not."""
    missing: bool = False
    """It cannot be reached, or did not obey."""


class DsoComplianceAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What came of an order, as its DSO may see it: sums, and stations by pseudonyms (R-7.4-3, R-7.8-4)."""

    order_id: str
    state: DsoOrderState
    status: ComplianceStatus
    start: datetime
    end: datetime | None = None
    p_max_import: Watts | None = None
    """[W]"""
    p_max_export: Watts | None = None
    """A magnitude [W]."""
    t_ack: datetime
    t_effect: datetime | None = None
    """When the last station that can be reached confirmed."""
    p_before: Watts | None = None
    """Measured as it began [W]; None: nobody knows."""
    p_after: Watts | None = None
    """Measured once all that can be reached have confirmed, and again at the end [W]."""
    reachable: Watts | None = None
    """What is drawn at most once all that can be reached have obeyed [W]."""
    stations: tuple[DsoStationEffect, ...] = ()


class TendDsoOrders(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: begin what is due, divide what has shifted, write down what came of it, end what is over. station is empty."""

    station: StationId = NOBODY
    last: datetime
    """When that was done last."""
    seed: int = 0
    """Of the order in which stations get more again."""
