# SPDX-License-Identifier: Apache-2.0
"""What a station logs of what it measures, before anybody needs it (8.3.9, DD-6)."""

from datetime import datetime
from enum import StrEnum, unique
from typing import ClassVar, Final

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds


@unique
class LogSource(StrEnum):
    """Where what is logged comes from."""

    POWER = "power"
    """Meters: power, current, voltage, energy."""
    EV = "15118"
    """What EVs say and do: their needs, whether they take energy."""
    CONNECTOR = "connector"
    """States and faults of connectors."""
    LINK = "link"
    """The way to the CSMS."""
    AUTHORIZATION = "authorization"
    """Who presents which credential: it says something of persons."""


PERSONAL: Final = frozenset({LogSource.AUTHORIZATION})
"""Sources that say something of persons."""


@unique
class LogLevel(StrEnum):
    """From which weight on events are logged; samples are in any case."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    """What is not as it should be."""
    ERROR = "error"
    """Faults."""


@unique
class LogTrigger(StrEnum):
    """What makes a station keep what it has measured around a moment."""

    FAULT = "fault"
    SECURITY = "security"
    """An event of security."""
    TRANSFER = "transfer"
    """An energy transfer begins or ends."""


@unique
class LogMask(StrEnum):
    """What is covered in a log."""

    ID_TOKEN = "id-token"  # noqa: S105 - the name of a field
    """Credentials, and what stands for them."""
    EV_ID = "ev-id"
    """What tells one EV from another."""


class LogCriteria(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What to log: from which sources, how densely, around what, how much, for how long, and what is covered."""

    id: str
    sources: tuple[LogSource, ...]
    level: LogLevel = LogLevel.INFO
    period: Seconds = Seconds(1.0)
    """Between two samples [s]; a station that cannot keep to it says how often it does."""
    trigger: LogTrigger | None = None
    """What makes samples worth keeping; None: all are kept."""
    before: Seconds = Seconds(0.0)
    after: Seconds = Seconds(0.0)
    """Of samples around a trigger, those of so long before and behind it are kept [s]."""
    most: int = 1_000_000
    """How large the log may be [bytes]; the oldest goes when it is full."""
    retention: Seconds = Seconds(2_592_000.0)
    """How long what was logged is kept [s]."""
    mask: tuple[LogMask, ...] = (LogMask.ID_TOKEN,)
    legal_basis: str = ""
    """Why a source that says something of persons may be logged, or may be left uncovered; without it, it may not."""


class CriteriaState(StrEnum):
    """Where log criteria stand at the CSMS."""

    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"
    CLEARED = "cleared"
    """The station does not log by them any more, and nobody here has said so."""


def criteria_key(station: StationId, id: str) -> str:
    """Return the key of one row; no station has a colon in its name."""
    return f"{station}:{id}"


class StationCriteria(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Log criteria of one station: a row at both ends."""

    key: str
    """As criteria_key has it."""
    station: StationId
    id: str
    at: datetime
    state: CriteriaState
    asked: LogCriteria | None = None
    """As the CSMS wants them; None: the station had them of somebody else."""
    effective: LogCriteria | None = None
    """As the station keeps to them; None: it does not, or nobody has said."""
    reduced: tuple[str, ...] = ()
    """Fields of which the station does less than it was asked for."""
    reason: str = ""
    """Why it was refused."""


class LogCriteriaChanged(Event, frozen=True, kw_only=True, gc=False):
    """Log criteria of a station are so from now on."""

    about: ClassVar[str] = "log_criteria"
    key: str
    log_criteria: StationCriteria | None
    """None: they are gone."""
