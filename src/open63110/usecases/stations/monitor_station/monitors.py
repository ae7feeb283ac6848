# SPDX-License-Identifier: Apache-2.0
"""What is said about monitors, at both ends."""

from datetime import datetime
from typing import ClassVar, Literal, Self

from msgspec.structs import replace

from open63110.kernel.messages import Command, Event, Reply
from open63110.kernel.units import Seconds
from open63110.model.monitor import Monitor, MonitoringBase, MonitorKind

MonitorGroup = Literal["threshold", "delta", "periodic"]
"""Kinds of monitors that can be asked for together; deltas of targets are thresholds."""


class SetMonitor(Command, frozen=True, kw_only=True, gc=False):
    """Watch a variable of a station; a monitor of the same kind and severity on the same variable is replaced."""

    unasked: ClassVar[frozenset[str]] = frozenset({"by", "id"})
    variable: str
    """Component/Variable, as EVSE@1/Power or Connector@1.2/Temperature."""
    kind: MonitorKind
    value: float
    """The threshold, the difference, or the period [s]."""
    severity: int = 5
    """0 danger … 9 debug; up to the policy's alarm_severity its events are alarms."""
    transaction: bool = False
    """Watch only while a transaction runs."""
    stream_every: Seconds | None = None
    """Send its values as a stream, each so many seconds (OCPP 2.1)."""
    stream_values: int | None = None
    """Send its values as a stream, so many at a time (OCPP 2.1)."""
    id: int = 0
    """What the station calls the one that is replaced; 0: none is, as far as anybody knows."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return replace(self, by=who)


class MonitorAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station says to one wish."""

    monitor: Monitor
    """With its number, if it has one now."""
    status: str = "accepted"
    """accepted, or why not: unknown-component, unknown-variable, unsupported-kind, duplicate, rejected."""
    reason: str = ""


class MonitorSet(Event, frozen=True, kw_only=True, gc=False):
    """A station has a monitor that was wanted."""

    monitor: Monitor


class MonitorRefused(Event, frozen=True, kw_only=True, gc=False):
    """A station will not have a monitor that was wanted."""

    monitor: Monitor
    reason: str = ""


class ClearMonitors(Command, frozen=True, kw_only=True, gc=False):
    """Have a station watch variables no longer: by the numbers it gave, or all on a variable, of a kind if one is said."""

    ids: tuple[int, ...] = ()
    variable: str = ""
    kind: MonitorKind | None = None


class ClearAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station says to each number."""

    cleared: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    """It has none of this number."""
    stay: tuple[int, ...] = ()
    """They are built in."""


class MonitorsCleared(Event, frozen=True, kw_only=True, gc=False):
    """A station has forgotten monitors, or never had them."""

    ids: tuple[int, ...]


class AskMonitors(Command, frozen=True, kw_only=True, gc=False):
    """Ask a station which monitors it has, all, or those of some kinds or on some variables."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request", "compare"})
    kinds: tuple[MonitorGroup, ...] = ()
    variables: tuple[str, ...] = ()
    """Component/Variable, each."""
    request: int = 0
    """Number of the report; the CSMS gives it."""
    compare: bool = False
    """Set what is wanted and missing once the report is whole."""


class MonitorsReported(Event, frozen=True, kw_only=True, gc=False):
    """A station reports a part of its monitors; parts may come twice and in any order."""

    request: int
    seq: int = 0
    more: bool = False
    monitors: tuple[Monitor, ...] = ()


class SetMonitoringBase(Command, frozen=True, kw_only=True, gc=False):
    """Say which monitors of its maker a station uses; with all but ``all`` it forgets those that were set here."""

    base: MonitoringBase


class MonitoringBaseSet(Event, frozen=True, kw_only=True, gc=False):
    """A station has gone over to other monitors of its maker."""

    base: MonitoringBase


class SetMonitoringLevel(Command, frozen=True, kw_only=True, gc=False):
    """Have a station tell events up to a severity only."""

    severity: int
    """0 danger … 9 debug: everything."""


class MonitoringLevelSet(Event, frozen=True, kw_only=True, gc=False):
    """A station tells events up to this severity from now on."""

    severity: int


class ReconcileMonitors(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is there again; set and clear what is still to be set and cleared."""

    booted: bool = False
    """It has started: nobody knows what it still knows."""


class GiveUpMonitorReport(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a report has not become whole in time."""

    request: int
    refused: bool = False
    """The station will not give one, so that nothing can be compared."""


class MonitorReportLost(Event, frozen=True, kw_only=True, gc=False):
    """A report of monitors did not become whole in time."""

    request: int
    since: datetime
