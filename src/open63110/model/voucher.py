# SPDX-License-Identifier: Apache-2.0
"""The promise that a machine which is still under way will be let in (8.3.15)."""

from datetime import datetime
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.station import Identity


class Voucher(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One machine that is expected, by its serial number."""

    id: str
    serial: str
    """As the machine says it of itself."""
    identity: str = ""
    """Under which identity it has to come; empty: any."""
    vendor: str = ""
    """Empty: any; so with the model."""
    model: str = ""
    site: str = ""
    """Where it will stand; empty: nobody says so."""
    zone: str = ""
    until: datetime | None = None
    """After that it lets nobody in any more; None: for ever."""
    note: str = ""
    """The operator's own words, which the station gets."""
    used_by: str = ""
    """The station that it let in; empty: it waits."""
    used: datetime | None = None

    def lets_in(self, station: StationId, identity: Identity, now: datetime) -> bool:
        """Tell whether it is for this machine; one that has let somebody in is for nobody else."""
        return (
            self.serial == identity.serial.strip()
            and self.identity in {"", station}
            and self.vendor.casefold() in {"", identity.vendor.casefold()}
            and self.model.casefold() in {"", identity.model.casefold()}
            and (self.until is None or now < self.until)
            and self.used_by in {"", station}
        )


class VoucherChanged(Event, frozen=True, kw_only=True, gc=False):
    """A voucher was given, used, or taken back."""

    about: ClassVar[str] = "voucher"
    voucher: Voucher | None
    """None: there is none of this id any more."""
    id: str = ""
