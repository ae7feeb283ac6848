# SPDX-License-Identifier: Apache-2.0
"""A reader's end of subscriptions: asks for them, keeps them up, and gives what comes to whoever wanted it (B.27)."""

import asyncio
import contextlib
from collections.abc import Callable

import msgspec

from open63110.bindings.link.correspondence import Correspondence, Ending
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.patterns.own_messages import PUBLICATION, SUBSCRIPTION, write_wish
from open63110.bindings.link.patterns.subscriptions import LONGEST_LEASE, Wish
from open63110.kernel.errors import Trouble

Told = Callable[[bytes], None]
"""With the body of each value."""

Over = Callable[[Ending], None]
"""Once, when there will be no more of a subscription."""


class Subscription:
    """One of them, as its reader knows it."""

    __slots__ = ("lasting", "number", "over", "timer", "told", "wish")

    def __init__(self, wish: Wish, told: Told, over: Over, *, lasting: bool) -> None:
        """Be none yet."""
        self.wish, self.told, self.over, self.lasting = wish, told, over, lasting
        self.number = 0
        """Message id of what it was asked with last."""
        self.timer: asyncio.TimerHandle | None = None


class Subscriber:
    """The subscriptions of one end of a link; they outlive its sockets, and the other end's restarts."""

    __slots__ = ("_lines", "_met", "_open", "_path")

    def __init__(self, lines: Correspondence, path: tuple[str, ...] = ()) -> None:
        """Begin with none.

        Args:
            lines: to the other end.
            path: what headers say of the levels passed: this one, if it is a level.
        """
        self._lines, self._path = lines, path
        self._open: dict[int, Subscription] = {}
        self._met = b""

    def subscribe(self, wish: Wish, told: Told, over: Over, *, lasting: bool = False) -> Subscription:
        """Be told of what the other end knows.

        Args:
            wish: what.
            told: with each value, the snapshot first.
            over: once, when there will be no more; also where it was never granted.
            lasting: renew it in time, for ever.

        Raises:
            Unavailable: too much waits already.
        """
        one = Subscription(wish, told, over, lasting=lasting)
        self._ask(one)
        return one

    def unsubscribe(self, one: Subscription) -> None:
        """Have it end; its ``over`` is told when it has."""
        if one.number in self._open:
            self._say(one.number, b"", Kind.UNSUBSCRIBE)

    def met(self, outbox: bytes) -> None:
        """Ask for everything again if the other end has begun anew: it remembers no subscriptions."""
        anew, self._met = bool(self._met) and self._met != outbox, outbox
        for one in tuple(self._open.values()) if anew else ():
            del self._open[one.number]
            self._lines.cancel(one.number)
            self._ask(one)

    def takes(self, header: Header) -> bool:
        """Tell whether a message is a value that was subscribed to."""
        return header.kind is Kind.PUBLISH and header.type == PUBLICATION

    def take(self, message: Arrived) -> None:
        """Give a value to whoever wanted it; one that comes after the end is let go."""
        self._lines.delivered(message)
        one = self._open.get(message.header.reply_to or 0)
        if one is not None:
            one.told(message.body)

    # -- inside --

    def _ask(self, one: Subscription) -> None:
        def ended(ending: Ending) -> None:
            if self._open.get(number) is not one:
                return  # asked again since, or over
            del self._open[number]
            if one.timer is not None:
                one.timer.cancel()
            one.over(ending)

        header = Header(type=SUBSCRIPTION, kind=Kind.SUBSCRIBE, path=self._path)
        number = self._lines.send(header, write_wish(one.wish), durable=False, over=ended, patience=LONGEST_LEASE)
        one.number, self._open[number] = number, one
        self._renew_later(one)

    def _renew_later(self, one: Subscription) -> None:
        if one.timer is not None:
            one.timer.cancel()
        if one.lasting:
            one.timer = asyncio.get_running_loop().call_later(one.wish.lease / 2, self._renew, one)

    def _renew(self, one: Subscription) -> None:
        if one.number not in self._open:
            return
        with contextlib.suppress(Trouble):  # too much waits: there is time for another attempt, or the other end says it is over
            self._say(one.number, write_wish(msgspec.structs.replace(one.wish, snapshot=False)), Kind.SUBSCRIBE)
        self._renew_later(one)

    def _say(self, number: int, body: bytes, kind: Kind) -> None:
        self._lines.send(Header(type=SUBSCRIPTION, kind=kind, reply_to=number, path=self._path), body, durable=False)
