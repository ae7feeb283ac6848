# SPDX-License-Identifier: Apache-2.0
"""What a charging station does about log criteria: it keeps to them as far as it can, over every restart, and says how far."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from open63110.kernel.errors import Refused
from open63110.kernel.messages import Effect
from open63110.model.log_criteria import CriteriaState, LogCriteria, LogCriteriaChanged, StationCriteria, criteria_key
from open63110.model.policy import StationPolicy
from open63110.model.station import Station
from open63110.ports import Rows, Where
from open63110.usecases.stations.set_log_criteria.checks import check
from open63110.usecases.stations.set_log_criteria.messages import (
    AskLogCriteria,
    ClearLogCriteria,
    LogCriteriaAnswer,
    LogCriteriaListed,
    SetLogCriteria,
)


def obey(command: SetLogCriteria, station: Station, now: datetime, policy: StationPolicy, rows: Rows) -> Iterator[Effect]:
    """Log by them from now on.

    Raises:
        Refused: it logs by as many as it can already.
    """
    check(command.criteria)
    key = criteria_key(station.id, command.criteria.id)
    kept = rows.load(StationCriteria, Where("station", "=", station.id))
    if len(kept) >= policy.log_criteria and key not in {one.key for one in kept}:
        raise Refused(f"it logs by {len(kept)} criteria already", code="TooManyCriteria", remedy="clear one of them first")
    effective, reduced = within_reach(command.criteria, policy)
    row = StationCriteria(
        key=key,
        station=station.id,
        id=command.criteria.id,
        at=now,
        state=CriteriaState.ACTIVE,
        asked=command.criteria,
        effective=effective,
        reduced=reduced,
    )
    yield LogCriteriaChanged(station=station.id, at=now, key=key, log_criteria=row)
    yield LogCriteriaAnswer(effective=effective, reduced=reduced)


def within_reach(asked: LogCriteria, policy: StationPolicy) -> tuple[LogCriteria, tuple[str, ...]]:
    """Return what a station can do of what it is asked for, and the fields of which that is less."""
    most = min(asked.most, policy.log_most)
    held = policy.log_ring * max(asked.period, policy.log_fastest)
    can: dict[str, Any] = {
        "period": max(asked.period, policy.log_fastest),
        "before": min(asked.before, held),
        "most": most,
    }
    reduced = tuple(name for name, value in can.items() if value != getattr(asked, name))
    return replace(asked, **can), reduced


def clear(command: ClearLogCriteria, station: Station, now: datetime) -> Iterator[Effect]:
    """Log by them no more; if it did not, there is nothing to do."""
    key = criteria_key(station.id, command.id)
    yield LogCriteriaChanged(station=station.id, at=now, key=key, log_criteria=None)
    yield LogCriteriaAnswer()


def tell(command: AskLogCriteria, station: Station, rows: Rows) -> Iterator[Effect]:
    """Say by what it logs."""
    del command
    kept = rows.load(StationCriteria, Where("station", "=", station.id))
    yield LogCriteriaListed(criteria=tuple(one.effective for one in kept if one.effective is not None))
