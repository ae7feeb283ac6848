# SPDX-License-Identifier: Apache-2.0
"""Say that somebody knows of an alarm about the power of a site, and looks after it (8.2.3).

Clause:     8.2.3
Asked by:   operator
Done by:    CSMS
Leaves:     who knows, and what he says of it. The alarm lasts as long as what raised it: nobody can talk it away
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final, Self

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command, Effect
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.power import PowerAlarm, PowerAlarmChanged
from open63110.model.site import SiteId
from open63110.ports import PoweredSites

LONGEST_NOTE: Final = 1_000
"""[characters]"""

_NOBODY: Final = StationId("")


class AcknowledgePowerAlarms(Command, frozen=True, kw_only=True, gc=False):
    """Say that somebody knows of alarms about the power of sites. station is empty."""

    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    ids: tuple[str, ...]
    """Ids of alarms that last."""
    note: str = ""
    """What is to be remembered of it; at most 1000 characters."""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever says so."""
        del role
        return replace(self, by=who)


def acknowledge(command: AcknowledgePowerAlarms, sites: PoweredSites, now: datetime) -> Iterator[Effect]:
    """Note who knows. Acknowledged twice, the first stands.

    Raises:
        Unknown: there is no such alarm, or it is over.
        Malformed: no alarm is named, or the note is too long.
    """
    if not command.ids:
        raise Malformed("name at least one alarm", code="InvalidValue", where="ids")
    if len(command.note) > LONGEST_NOTE:
        raise Malformed(f"a note has at most {LONGEST_NOTE} characters", code="InvalidValue", where="note")
    for one in [_lasting(key, sites) for key in dict.fromkeys(command.ids)]:
        if one.acknowledged is None:
            known = replace(one, acknowledged=now, acknowledged_by=command.by, note=command.note)
            yield PowerAlarmChanged(station=_NOBODY, at=now, id=one.id, alarm=known)


def _lasting(key: str, sites: PoweredSites) -> PowerAlarm:
    site = SiteId(key.partition("/")[0])
    found = next((one for one in sites.alarms(site) if one.id == key), None)
    if found is None:
        raise Unknown(f"no alarm {key[:200]!r} lasts", code="UnknownAlarm", where="ids")
    return found


USE_CASE = UseCase(
    clause="8.2.3",
    title="Smart charging: alarms about power",
    decide={(Role.CSMS, AcknowledgePowerAlarms): acknowledge},
    doors=(Door(command=AcknowledgePowerAlarms, noun="alarm", verb="acknowledge", roles=frozenset({Role.OPERATOR})),),
)
