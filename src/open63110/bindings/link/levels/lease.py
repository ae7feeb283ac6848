# SPDX-License-Identifier: Apache-2.0
"""Who may say how much power flows, where several could: one at a time, for as long as its lease runs (AT-B.18-3, I19)."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from open63110.bindings.link.framing.header import LeaseShown, milliseconds
from open63110.kernel.errors import NotAuthorized

LONGEST: Final = 86_400.0
"""Of a lease that is not renewed [s]."""


class Lease(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Somebody's right to be obeyed."""

    holder: str
    """Identity of a CSMS."""
    until: datetime
    epoch: int
    """Rises each time another holder gets it: what a former one says is told apart by it."""


def shown(lease: Lease) -> LeaseShown:
    """Return a lease as messages tell of it."""
    return LeaseShown(lease.holder, lease.epoch, milliseconds(lease.until))


class Authority:
    """One action at one place, and who has it. The one who obeys keeps it, so two who claim it cannot both be right."""

    def __init__(self, lease: Lease | None = None) -> None:
        """Go on with what was kept."""
        self.lease = lease

    def holder(self, now: datetime) -> str | None:
        """Return who has it; None: nobody, so anybody with the right may say."""
        return self.lease.holder if self.lease is not None and now < self.lease.until else None

    def claim(self, who: str, seconds: float, now: datetime) -> Lease:
        """Get it, or have it for longer.

        Raises:
            NotAuthorized: another has it (LeaseHeld); the words say until when.
        """
        self.check(who, now)
        epoch = self.lease.epoch if self.lease else 0
        same = self.lease is not None and self.lease.holder == who
        until = now + timedelta(seconds=min(LONGEST, max(0.0, seconds)))
        self.lease = Lease(holder=who, until=until, epoch=epoch if same else epoch + 1)
        return self.lease

    def release(self, who: str, now: datetime) -> None:
        """Give it back before its time."""
        if self.lease is not None and self.holder(now) == who:
            self.lease = msgspec.structs.replace(self.lease, until=now)

    def check(self, who: str, now: datetime) -> None:
        """See to it that somebody may be obeyed.

        Raises:
            NotAuthorized: another has it (LeaseHeld).
        """
        holder = self.holder(now)
        if holder is not None and holder != who and self.lease is not None:
            until = f"{self.lease.until:%Y-%m-%dT%H:%M:%SZ}"
            raise NotAuthorized(f"{holder} has the authority until {until}", code="LeaseHeld", where=holder)
