# SPDX-License-Identifier: Apache-2.0
"""What people do about alarms: say that they know, say that it is done."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.messages import Effect
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.alarm import StationAlarm
from open63110.ports import Rows
from open63110.usecases.stations.monitor_station.messages import AcknowledgeAlarms, ResolveAlarms
from open63110.usecases.stations.monitor_station.raising import changed, open_alarms

LONGEST_NOTE: Final = 1_000
"""[characters]"""


def acknowledge(command: AcknowledgeAlarms, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Note who knows; what is gone already is over with that. Acknowledged twice, the first stands.

    Raises:
        Unknown: the station has no such alarm.
        Malformed: the note is too long.
    """
    for one in _named(command, rows):
        if one.acknowledged is None and one.resolved is None:
            known = replace(one, acknowledged=now, acknowledged_by=command.by, note=command.note or one.note)
            gone = one.cleared is not None
            yield changed(replace(known, resolved=now) if gone else known, now, "acknowledged")


def resolve(command: ResolveAlarms, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Have it over. Should the station raise it again, it is a new one.

    Raises:
        Unknown: the station has no such alarm.
        Malformed: the note is too long.
    """
    for one in _named(command, rows):
        if one.resolved is None:
            yield changed(replace(one, resolved=now, resolved_by=command.by, note=command.note or one.note), now, "resolved")


def _named(command: AcknowledgeAlarms | ResolveAlarms, rows: Rows) -> list[StationAlarm]:
    """Return the alarms that are meant: those that are named, else all that are open."""
    if len(command.note) > LONGEST_NOTE:
        raise Malformed(f"a note has at most {LONGEST_NOTE} characters", code="InvalidValue", where="note")
    if not command.ids:
        return open_alarms(command.station, rows)
    return [_one(command, key, rows) for key in dict.fromkeys(command.ids)]


def _one(command: AcknowledgeAlarms | ResolveAlarms, key: str, rows: Rows) -> StationAlarm:
    found = rows.get(StationAlarm, key)
    if found is None or found.station != command.station:
        raise Unknown(f"{command.station} has no alarm {key[:200]!r}", code="UnknownAlarm", where="ids")
    return found


_WHO: Final = frozenset({Role.OPERATOR})

DOORS: Final = (
    Door(command=AcknowledgeAlarms, noun="station-alarm", verb="acknowledge", roles=_WHO),
    Door(command=ResolveAlarms, noun="station-alarm", verb="resolve", roles=_WHO),
)
"""Ways in from outside."""
