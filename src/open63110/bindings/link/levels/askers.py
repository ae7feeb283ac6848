# SPDX-License-Identifier: Apache-2.0
"""Those who ask from a level above: as whom they are met here, judged and written down (B.22)."""

from typing import Final

import msgspec

from open63110.bindings.link.framing.header import LONGEST_NAME, Asker, Header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import RIGHTS
from open63110.kernel.errors import NotAuthorized
from open63110.kernel.ids import PrincipalId
from open63110.kernel.messages import Command
from open63110.kernel.roles import PEOPLE, Role
from open63110.model.order import Order
from open63110.model.principal import Principal
from open63110.runtime.orders import OURSELVES, Orders

MOST: Final = 4096
"""That are remembered; who is not asked for so long is met anew when he asks again."""


class Askers:
    """Everybody from above who has asked here since this program runs."""

    def __init__(self) -> None:
        """Know nobody."""
        self._askers: dict[PrincipalId, Asker] = {}

    def meet(self, header: Header) -> Principal:
        """Return as whom the sender of a message is met here: with the role that it has at its own level.

        Raises:
            NotAuthorized: its role is none that this level knows.
        """
        asker = header.by or Asker("", Role.CSMS, header.path[-1] if header.path else "above")
        try:
            role = Role(asker.role)
        except ValueError as fault:
            raise NotAuthorized(f"no role is called {asker.role}", code="UnknownRole", where=asker.role) from fault
        known = PrincipalId(f"{asker.principal}@{asker.level}" if asker.principal else asker.level)
        self._askers.pop(known, None)
        self._askers[known] = asker
        if len(self._askers) > MOST:
            del self._askers[next(iter(self._askers))]
        return Principal(id=known, role=role, name=f"at {asker.level}")

    def __contains__(self, who: PrincipalId) -> bool:
        """Tell whether somebody asks from above."""
        return who in self._askers

    def get(self, who: PrincipalId) -> Principal | None:
        """Return somebody who has asked from above; None: nobody has under this name."""
        asker = self._askers.get(who)
        return Principal(id=who, role=Role(asker.role), name=f"at {asker.level}") if asker is not None else None

    def judged(self, by: Principal, command: Command) -> Principal:
        """Return as whom somebody is judged by the doors of this level.

        People above may ask what their role may ask here. Systems, and the level above itself, have no doors: of them the policy
        of links says what they may ask, and that is all they need.
        """
        if by.id not in self or by.role in PEOPLE:
            return by
        number = CODEC.number(command)
        admitted = any(RIGHTS.classes(by.role, here, number) for here in (Role.LOCAL_CSMS, Role.CSMS))
        return msgspec.structs.replace(by, role=Role.ADMIN) if admitted else by

    def asker(self, order: Order, orders: Orders, level: str) -> Asker:
        """Return whom to name to a level below as the one who asks for an order.

        Args:
            order: of this level.
            orders: of this level.
            level: identity of this level.
        """
        known = self._askers.get(order.by)
        if known is not None:
            return known
        principal = orders.asker(order)
        return Asker(str(order.by)[:LONGEST_NAME], principal.role if principal else OURSELVES.role, level)
