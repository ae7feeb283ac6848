# SPDX-License-Identifier: Apache-2.0
"""A transaction: the smallest billable part of an energy transfer (6.3, spec 1.5 rule 4)."""

from datetime import datetime

import msgspec

from open63110.kernel.ids import SubjectRef
from open63110.kernel.units import WattHours


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Energy under one billing condition: its neighbours share its readings, no gap, no overlap."""

    began: datetime
    begin: WattHours
    """Import register at its begin [Wh]."""
    cause: str
    """What opened it: start, authorisation, direction, tariff."""
    subject: SubjectRef | None = None
    ended: datetime | None = None
    end: WattHours | None = None
    begin_export: WattHours = WattHours(0.0)
    end_export: WattHours | None = None
    imported: WattHours = WattHours(0.0)
    """Energy counted in it, resets of the meter taken into account [Wh]."""
    exported: WattHours = WattHours(0.0)
