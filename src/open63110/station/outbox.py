# SPDX-License-Identifier: Apache-2.0
"""What a charging station has to tell its CSMS, kept until it is told: in order, one at a time.

- Facts of energy transfers are kept until they are answered, over any number of connections, always with the same content;
  those that happened, or had to be put off, while nobody listened say so (``offline``).
- While nobody listens, of the states of a connector the newest is kept, and of events those up to a severity.
- A boot goes before everything else, the newest only; then what is dangerous (severity 0), then the rest as it came.
  Requests that make sense at once only are not for the outbox.
- Room is bounded: when it is full, the oldest event or state goes first, then every other intermediate reading of transfers,
  from the oldest on. Starts, ends and changes of state are never dropped: they may exceed the bound.
"""

from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import msgspec

from open63110.kernel.messages import Event
from open63110.model.display import MessagesReported
from open63110.model.installed import ProfilesReported
from open63110.model.inventory import InventoryReported
from open63110.model.needs import NeedsStated
from open63110.model.order import Outcome
from open63110.model.station import ConnectorReported, StationBooted
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.frequency_regulation import DerControlsReported, DerControlSwitched, GridAlarmReported
from open63110.usecases.energy.smart_charging import FailSafeEntered, FailSafeLeft, LimitCleared, LimitInForce
from open63110.usecases.services.reserve_evse import ReservationEnded
from open63110.usecases.services.settle_payments import PaymentReported
from open63110.usecases.services.swap_batteries import BatterySwapReported
from open63110.usecases.services.validate_vat_number import VatNumberPresented
from open63110.usecases.stations.monitor_station import MeterValuesReported, StationEventReported, worth_queueing
from open63110.usecases.stations.monitor_station.monitors import MonitorsReported
from open63110.usecases.stations.provision_fault_codes import FaultCatalogueAnnounced
from open63110.usecases.stations.retrieve_logs import LogProgressed
from open63110.usecases.stations.update_firmware import FirmwarePublishReported, FirmwareStatusReported

TOLD = (
    StationBooted,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    EnergyTransferEnded,
    ConnectorReported,
    StationEventReported,
    MeterValuesReported,
    LimitInForce,
    LimitCleared,
    FailSafeEntered,
    FailSafeLeft,
    NeedsStated,
    ReservationEnded,
    LogProgressed,
    FirmwareStatusReported,
    FirmwarePublishReported,
    DerControlSwitched,
    GridAlarmReported,
    BatterySwapReported,
    PaymentReported,
)
"""Facts of a station that its CSMS has to hear; a wire without words for one says so, and the CSMS goes without."""

AT_ONCE = (
    ProfilesReported,
    MessagesReported,
    InventoryReported,
    MonitorsReported,
    FaultCatalogueAnnounced,
    DerControlsReported,
    VatNumberPresented,
)
"""Facts that answer a question of the CSMS, or are said anew over each link: what cannot go now is worth nothing later."""

MOST = 2_000
"""Facts that wait, in all."""

SEVERITY = 5
"""Events up to this number are kept while nobody listens (0 danger … 9 debug)."""

ATTEMPTS = 5
"""How often a fact is told whose content the CSMS refuses; one it could not store is told for ever."""

LONGEST_PAUSE = 120.0
"""Between two attempts [s]."""

HOPELESS = frozenset({"NotSupported", "NotImplemented", "MessageTypeNotSupported"})
BROKEN = frozenset(
    {
        *("FormatViolation", "FormationViolation", "PropertyConstraintViolation", "TypeConstraintViolation"),
        *("OccurrenceConstraintViolation", "OccurenceConstraintViolation", "ProtocolError", "RpcFrameworkError"),
    }
)
"""Error codes that blame the content, old spellings included."""

Transfer = EnergyTransferStarted | EnergyTransferUpdated | EnergyTransferEnded


class Entry(msgspec.Struct, kw_only=True, gc=False):
    """One fact that waits."""

    fact: Event
    attempts: int = 0
    id: int = 0
    """Its number in the journal, or a lower one; 0: it is in none."""


class Outbox:
    """The queue of one station, in memory. What survives the process is the journal that it is made of (``told.py``)."""

    __slots__ = ("_boot", "_entries", "_most", "_severity", "_under_way", "dropped", "longest", "refused", "waiting")

    def __init__(self, *, most: int = MOST, severity: int = SEVERITY) -> None:
        """Start empty."""
        self._entries: deque[Entry] = deque()
        self._boot: Entry | None = None
        self._under_way: Entry | None = None
        self._most, self._severity = most, severity
        self.waiting: Counter[str] = Counter()
        """How many facts of which energy transfer wait."""
        self.dropped = 0
        """Facts that were not told for want of room."""
        self.refused = 0
        """Facts that the CSMS does not take."""
        self.longest = 0
        """How many facts ever waited at once."""

    def __len__(self) -> int:
        """Return how many facts wait, the one under way included."""
        return len(self._entries) + (self._boot is not None)

    @property
    def under_way(self) -> bool:
        """One was told and is not answered yet."""
        return self._under_way is not None

    @property
    def oldest(self) -> int | None:
        """The lowest number in the journal of all that waits; None: nothing does. A boot is told anew after every start."""
        return min((entry.id for entry in self._entries), default=None)

    @property
    def oldest_behind(self) -> int | None:
        """The same without the one under way: the oldest once that is told."""
        return min((entry.id for entry in self._entries if entry is not self._under_way), default=None)

    def put(self, fact: Event, *, heard: bool, id: int = 0) -> None:
        """Keep a fact.

        Args:
            fact: one of TOLD.
            heard: somebody listens right now.
            id: its number in the journal, or a lower one; 0: it is in none.
        """
        if isinstance(fact, StationBooted):
            self._boot = Entry(fact=fact)
            return
        if not heard:
            if isinstance(fact, StationEventReported) and not worth_queueing(fact, self._severity):
                return
            if isinstance(fact, ConnectorReported):
                self._forget_states_of(fact)
            fact = _late(fact)
        entry = Entry(fact=fact, id=id)
        if isinstance(fact, StationEventReported) and fact.severity == 0:
            self._entries.insert(self._urgent(), entry)
        else:
            self._entries.append(entry)
        if isinstance(fact, Transfer):
            self.waiting[fact.reference] += 1
        if len(self._entries) > self._most:
            self._make_room()
        self.longest = max(self.longest, len(self._entries))

    def _urgent(self) -> int:
        """Return the place behind the fact under way, and behind what is as dangerous and came before."""
        place = 0
        for entry in self._entries:
            if entry is not self._under_way and not (isinstance(entry.fact, StationEventReported) and entry.fact.severity == 0):
                break
            place += 1
        return place

    def next(self, *, accepted: bool) -> Event | None:
        """Return what to tell now and hold it to be under way; None if there is nothing, or the last one is.

        Args:
            accepted: the CSMS has accepted the station; before that it wants to hear of the boot alone.
        """
        if self._under_way is not None:
            return None
        if self._boot is not None:
            self._under_way = self._boot
        elif accepted and self._entries:
            self._under_way = self._entries[0]
        return self._under_way.fact if self._under_way else None

    def over(self, verdict: Verdict) -> float:
        """Take note of how telling ended; return for how long not to go on [s]."""
        entry, self._under_way = self._under_way, None
        if entry is None:
            return 0.0
        if entry is self._boot or isinstance(entry.fact, StationBooted):
            self._boot = None if entry is self._boot else self._boot
            return 0.0
        if _answered(verdict):
            self._remove(entry)
            return 0.0
        if verdict.reason == "ConnectionLost":
            return 0.0
        entry.attempts += 1
        if verdict.reason in HOPELESS or (verdict.reason in BROKEN and entry.attempts >= ATTEMPTS):
            self.refused += 1
            self._remove(entry)
            return 0.0
        return min(LONGEST_PAUSE, 2.0 ** min(entry.attempts, 10))

    def put_back(self) -> None:
        """Keep the one under way: it did not go out."""
        self._under_way = None

    def give_up(self) -> None:
        """Drop the one under way: this wire has no words for it."""
        entry, self._under_way = self._under_way, None
        if entry is self._boot:
            self._boot = None
        elif entry is not None:
            self._remove(entry)

    def _remove(self, entry: Entry) -> None:
        if self._entries and self._entries[0] is entry:
            self._entries.popleft()
        else:  # it was moved on by what was dropped before it
            self._entries = deque(one for one in self._entries if one is not entry)
        self._uncount(entry)

    def _uncount(self, entry: Entry) -> None:
        if isinstance(entry.fact, Transfer):
            self.waiting[entry.fact.reference] -= 1
            self.waiting += Counter()  # leaves out what has come down to nothing

    def _forget_states_of(self, newest: ConnectorReported) -> None:
        def stale(entry: Entry) -> bool:
            fact = entry.fact
            same = isinstance(fact, ConnectorReported) and (fact.evse, fact.connector) == (newest.evse, newest.connector)
            return same and entry is not self._under_way

        self._entries = deque(entry for entry in self._entries if not stale(entry))

    def _make_room(self) -> None:
        if self._drop_first(lambda fact: isinstance(fact, ConnectorReported | StationEventReported | MeterValuesReported)):
            return
        left: dict[str, bool] = {}
        kept: deque[Entry] = deque()
        for entry in self._entries:
            fact = entry.fact
            if entry is not self._under_way and isinstance(fact, EnergyTransferUpdated) and _intermediate(fact):
                left[fact.reference] = not left.get(fact.reference, True)
                if not left[fact.reference]:
                    self.dropped += 1
                    self._uncount(entry)
                    continue
            kept.append(entry)
        self._entries = kept

    def _drop_first(self, kind: Callable[[Any], bool]) -> bool:
        for place, entry in enumerate(self._entries):
            if entry is not self._under_way and kind(entry.fact):
                del self._entries[place]
                self.dropped += 1
                return True
        return False


class Waiting:
    """The references of energy transfers of which facts wait in an outbox."""

    __slots__ = ("_outbox",)

    def __init__(self, outbox: Outbox) -> None:
        """Look into this one."""
        self._outbox = outbox

    def __contains__(self, reference: object) -> bool:
        """Tell whether facts of this one wait."""
        return self._outbox.waiting[str(reference)] > 0

    def __bool__(self) -> bool:
        """Tell whether facts of any wait."""
        return bool(self._outbox.waiting)


def _intermediate(fact: EnergyTransferUpdated) -> bool:
    return fact.trigger in {"MeterValuePeriodic", "MeterValueClock"}


def _late(fact: Event) -> Event:
    """Say that a fact happened while nobody listened."""
    known = getattr(fact, "offline", None)
    return msgspec.structs.replace(fact, offline=True) if known is False else fact


def _answered(verdict: Verdict) -> bool:
    """Tell whether the CSMS has it; whatever it says of its content, it need not be told again."""
    return verdict.outcome in {Outcome.ACCEPTED, Outcome.REJECTED}
