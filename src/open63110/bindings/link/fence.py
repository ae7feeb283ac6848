# SPDX-License-Identifier: Apache-2.0
"""Who obeys remembers under which authority it was ordered something last (AT-B.18-3)."""

from datetime import datetime

from open63110.bindings.link.framing.header import LeaseShown, milliseconds


class Fence:
    """What one that obeys remembers of the leases it was told of: who had the authority before does not get through any more."""

    def __init__(self) -> None:
        """Know of none."""
        self._newest: LeaseShown | None = None

    def passes(self, lease: LeaseShown | None, now: datetime) -> bool:
        """Tell whether an order under a lease may be obeyed, and remember it; one without a lease always may.

        Args:
            lease: as its message tells it.
            now: by the clock of the one that obeys.
        """
        if lease is None:
            return True
        newest = self._newest
        if newest is not None and lease.epoch < newest.epoch and milliseconds(now) < newest.until:
            return False
        if newest is None or lease.epoch >= newest.epoch or milliseconds(now) >= newest.until:
            self._newest = lease
        return True
