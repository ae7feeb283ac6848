# SPDX-License-Identifier: Apache-2.0
"""Two masters: who has the say of an action at a site, its own people or the level above (I19, AT-B.18-3)."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
import structlog

from open63110.apps.levels import refused
from open63110.apps.local_config import POWER, Say
from open63110.bindings.link.levels.lease import Authority, Lease
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId
from open63110.model.order import Order, Outcome
from open63110.runtime.ways import Say as Standing

log = structlog.get_logger(__name__)

ABOVE = "above"
"""The holder of a lease that is the level above's, whoever asked there."""


class Masters:
    """Decides for each action whose word counts; implements levels.Say. The other one is told what came of it, as facts.

    Nobody gets the lease by asking: it goes to whoever asked once the order was decided, and back if no station took it.
    """

    def __init__(
        self,
        say: Mapping[str, Say],
        lease: float,
        *,
        here: str,
        above: Callable[[PrincipalId], bool],
        heard: Callable[[], bool],
        kept: bytes = b"",
        keep: Callable[[bytes], None] | None = None,
    ) -> None:
        """Know the rules.

        Args:
            say: by action.
            lease: of power [s]; 0: both may always.
            here: identity of this level.
            above: tells whether somebody asks from above.
            heard: tells whether the level above hears now.
            kept: the lease as ``keep`` got it before this program started; empty: there was none.
            keep: writes it so that it survives a power cut; None: it need not.
        """
        self._say, self._seconds, self._here, self._above, self._heard, self._keep = say, lease, here, above, heard, keep
        self.power = Authority(msgspec.json.decode(kept, type=Lease) if kept else None)

    def _leased(self, action: str) -> bool:
        return (self._say.get(action) or ("lease" if action in POWER and self._seconds else "both")) == "lease"

    def _master(self, by: PrincipalId) -> str:
        return ABOVE if self._above(by) else self._here

    def check(self, action: str, by: PrincipalId, now: datetime) -> None:
        """See to it that somebody is the one whose word counts; that alone changes nothing.

        Raises:
            NotAuthorized: another has the say (OtherAuthority), or the lease (LeaseHeld).
        """
        rule, from_above = self._say.get(action), self._above(by)
        if rule == "upper" and not from_above and self._heard():
            raise refused(action, ABOVE)
        if rule == "local" and from_above:
            raise refused(action, self._here)
        if self._leased(action):
            self.power.check(self._master(by), now)

    def claim(self, action: str, by: PrincipalId, now: datetime) -> Lease | None:
        """Give the lease to whoever asked for what was just decided; None: the action has none."""
        if not self._leased(action):
            return None
        lease = self.power.claim(self._master(by), self._seconds, now)
        self._write()
        return lease

    def ended(self, order: Order, lease: Lease) -> None:
        """Take a lease back from whoever got it for an order that was not obeyed, unless he has asked for more since."""
        if order.outcome is not Outcome.ACCEPTED and self.power.lease == lease and order.ended is not None:
            self.power.release(lease.holder, order.ended)
            self._write()

    def _write(self) -> None:
        if self._keep is None:
            return
        try:
            self._keep(msgspec.json.encode(self.power.lease))
        except Unavailable as trouble:  # it counts all the same until this program ends; what was decided stays decided
            log.error("the authority over power cannot be kept", reason=trouble.message)  # noqa: TRY400 - the reason says all

    def standing(self, now: datetime) -> Standing:
        """Return who has the say of power now, for whoever looks."""
        if not self._leased("LimitZone"):
            return Standing(rule=self._say.get("LimitZone", "both"))
        holder, lease = self.power.holder(now), self.power.lease
        if holder is None or lease is None:
            return Standing(rule="lease")
        return Standing(rule="lease", holder="above" if holder == ABOVE else "here", until=lease.until)
