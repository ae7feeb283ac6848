# SPDX-License-Identifier: Apache-2.0
"""Two masters: who has the say of an action at a site, its own people or the level above (I19, AT-B.18-3)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from open63110.apps.levels import refused
from open63110.apps.local_config import POWER, Say
from open63110.bindings.link.levels.lease import Authority
from open63110.kernel.ids import PrincipalId
from open63110.model.principal import Principal


class Masters:
    """Decides for each action whose word counts. The other one is told what came of it, as facts."""

    def __init__(self, say: Mapping[str, Say], lease: float, *, here: str, above: PrincipalId, heard: Callable[[], bool]) -> None:
        """Know the rules.

        Args:
            say: by action.
            lease: of power [s]; 0: both may always.
            here: identity of this level.
            above: as whom the level above asks here.
            heard: tells whether the level above hears now.
        """
        self._say, self._seconds, self._here, self._above, self._heard = say, lease, here, above, heard
        self.power = Authority()

    def check(self, action: str, by: Principal, now: datetime) -> None:
        """See to it that a principal is the one whose word counts.

        Raises:
            NotAuthorized: another has the say (OtherAuthority), or the lease (LeaseHeld).
        """
        rule = self._say.get(action) or ("lease" if action in POWER and self._seconds else "both")
        from_above = by.id == self._above
        if rule == "upper" and not from_above and self._heard():
            raise refused(action, str(self._above))
        if rule == "local" and from_above:
            raise refused(action, self._here)
        if rule == "lease":
            self.power.claim(str(self._above) if from_above else self._here, self._seconds, now)
