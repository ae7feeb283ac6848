# SPDX-License-Identifier: Apache-2.0
"""All links to local CSMSs; one of the bindings behind runtime.links."""

from collections.abc import Callable

from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.gate import Refusal, Shown
from open63110.bindings.link.levels.askers import Askers
from open63110.bindings.link.levels.branch import OF_PLACES, OF_ZONES, Branch, place_of
from open63110.bindings.link.levels.relay import Relay
from open63110.bindings.link.server import Server
from open63110.kernel.address import ROOT, Address
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order
from open63110.wire.ports import Peer


class Branches(Server):
    """All links to levels below; one of the bindings behind runtime.links."""

    relay: Relay
    askers: Askers
    place_of: Callable[[str], Address | None]

    @classmethod
    def beside(cls, server: Server, relay: Relay, askers: Askers, place_of: Callable[[str], Address | None]) -> "Branches":
        """Make it beside the server of the stations' own links.

        Args:
            server: from which it takes what it needs.
            relay: of this level.
            askers: who asks from above.
            place_of: tells what a level below answers for, as the operator says; None: it may not come.
        """
        made = server.sibling(cls)
        made.relay, made.askers, made.place_of = relay, askers, place_of
        return made

    def let_in(self, shown: Shown) -> Peer | Refusal:
        """Return the peer of a socket of a local CSMS, whichever end has dialled."""
        place = self.place_of(shown.identity)
        if place is None:
            return Refusal(kind="UnknownLevel", words=f"nobody said what {shown.identity} answers for")
        self.answers(shown.identity, place)
        branch = self.conversation(StationId(shown.identity))
        self._remember(branch, shown)
        return self.await_greeting(branch)

    def answers(self, identity: str, place: Address | None) -> None:
        """Know from now on what a level below answers for; a link that was opened for another place is ended.

        Args:
            identity: of the level.
            place: None: nothing; what is decided for its former place is decided here again.
        """
        before = self.relay.below.pop(identity, None)
        if place is not None:
            self.relay.below[identity] = place
        branch = self.conversations.get(StationId(identity))
        if not isinstance(branch, Branch) or place == before:
            return
        branch.answers_for = place
        branch.lines.end(
            ErrorCode.REVOKED, "it answers for something else here now" if place else "it answers for nothing here now"
        )

    def conversation(self, station: StationId) -> Branch:
        """Return the conversation with a local CSMS."""
        found = self.conversations.get(station)
        if found is None:
            found = Branch(self, station, self.ledger.marks(station), self.relay, self.askers, self.relay.below[station])
            self.conversations[station] = found
            found.lines = Correspondence(found, self._session(found), self._pace)
        assert isinstance(found, Branch)  # noqa: S101 - this class makes no others
        return found

    def branch(self, identity: str) -> Branch | None:
        """Return a branch that has a link now."""
        found = self.conversations.get(StationId(identity))
        return found if isinstance(found, Branch) and found.lines.open else None

    def via(self, station: StationId) -> Branch | None:
        """Return the branch over which a station, or a level, can be ordered something now."""
        found = (one for one in self.conversations.values() if isinstance(one, Branch) and one.admits(station))
        return next(found, None)

    def below(self, command: Command) -> StationId | None:
        """Return the level below that decides a command instead of this one; None: this one does."""
        if not isinstance(command, OF_ZONES | OF_PLACES):
            return None
        place = place_of(command)
        peer = self.relay.behind(place) if place != ROOT else None
        return StationId(peer) if peer is not None else None

    def _set_right(self, trouble: Unavailable | None) -> None:
        if trouble is None:
            for one in tuple(self.conversations.values()):
                one.tell_connected()

    # -- ports.Link --

    def connected(self, station: StationId) -> bool:
        """Tell whether an order could be sent now."""
        return self.via(station) is not None

    def send(self, order: Order, command: Command) -> None:
        """Send an order over the branch behind which its station is.

        Raises:
            Trouble: it cannot be sent at all.
        """
        branch = self.via(order.station)
        if branch is None:
            raise Unavailable(f"{order.station} is not connected")
        branch.order(order, command)
        self.orders.sent(order.id)
