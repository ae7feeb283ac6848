# SPDX-License-Identifier: Apache-2.0
"""In which ways energy may go between an EV and the grid during a transfer, as wanted and as the station confirmed it (8.2.8)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.messages import Event


class EnergyMode(StrEnum):
    """How energy goes, in the words of OCPP 2.1, which needs use, too; BPT goes both ways."""

    AC_SINGLE_PHASE = "AC_single_phase"
    AC_TWO_PHASE = "AC_two_phase"
    AC_THREE_PHASE = "AC_three_phase"
    DC = "DC"
    AC_BPT = "AC_BPT"
    AC_BPT_DER = "AC_BPT_DER"
    AC_DER = "AC_DER"
    DC_BPT = "DC_BPT"
    DC_ACDP = "DC_ACDP"
    DC_ACDP_BPT = "DC_ACDP_BPT"
    WPT = "WPT"

    @property
    def both_ways(self) -> bool:
        """Tell whether energy may go back."""
        return "BPT" in self.value


class AllowedStanding(StrEnum):
    """How far it has come."""

    WANTED = "wanted"
    """The station has not confirmed it."""
    SET = "set"
    REFUSED = "refused"


class AllowedTransfer(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Which ways are allowed for an energy transfer; a row of its own, kept until the station has another transfer's."""

    key: str
    station: StationId
    reference: TransferReference
    modes: tuple[EnergyMode, ...]
    standing: AllowedStanding
    at: datetime
    """Since when it stands so."""
    revision: int = 1
    """Rises with each time it is said anew."""
    sent: datetime | None = None
    """When the station was last told; None: not yet."""
    reason: str = ""
    """Of a refusal, as the station has it."""
    by: str = ""
    """Who wants it: id of a principal."""


class AllowedTransferChanged(Event, frozen=True, kw_only=True, gc=False):
    """Other ways are allowed for an energy transfer, or the station confirmed or refused them."""

    about: ClassVar[str] = "allowed_transfer"
    key: str
    allowed_transfer: AllowedTransfer | None
    """None: it is forgotten, its transfer is over."""


def allowed_key(station: StationId, reference: TransferReference) -> str:
    """Return by what it is known among those of all stations."""
    return f"{station}:{reference}"
