# SPDX-License-Identifier: Apache-2.0
"""The right to use an EVSE, given ahead of arrival (8.4.3)."""

from datetime import datetime

import msgspec

from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.model.availability import WHOLE


class Reservation(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Who may use what until when, and nobody else."""

    id: int
    evse: EvseNumber = WHOLE
    """0: any EVSE of the station."""
    subject: SubjectRef
    group: SubjectRef | None = None
    """Whoever belongs to it may use the EVSE as well."""
    until: datetime
    connector_type: str = ""
    """In words of OCPP; empty: any will do."""

    def serves(self, subject: SubjectRef, group: SubjectRef | None) -> bool:
        """Tell whether it was made for somebody, or for his group."""
        return subject == self.subject or (self.group is not None and self.group in {group, subject})
