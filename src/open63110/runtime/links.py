# SPDX-License-Identifier: Apache-2.0
"""All ways to the stations as one: whichever binding has a station's link takes its orders."""

from open63110.kernel.errors import NotSupported, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order
from open63110.ports import Link


class Links:
    """Implements ports.Link over those of several bindings."""

    def __init__(self, *links: Link) -> None:
        """Ask them in this order."""
        self._links = list(links)

    def add(self, link: Link) -> None:
        """Ask another one, too."""
        self._links.append(link)

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return any(one.connected(station) for one in self._links)

    def send(self, order: Order, command: Command) -> None:
        """Send an order where its station is.

        Raises:
            Trouble: it cannot be sent at all.
        """
        for one in self._links:
            if one.connected(order.station):
                one.send(order, command)
                return
        raise Unavailable(f"{order.station} is not connected")


class NoLink:
    """Leads nowhere: what orders have until there is a way."""

    def connected(self, station: StationId) -> bool:
        """Nothing is connected."""
        return not station and False

    def send(self, order: Order, command: Command) -> None:
        """Nothing can be sent.

        Raises:
            NotSupported: always.
        """
        raise NotSupported(f"there is no link for {type(command).__name__} to {order.station}")
