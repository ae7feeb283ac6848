# SPDX-License-Identifier: Apache-2.0
"""A link of one's own to a CSMS, with nothing behind it but somebody who looks: a subscription, told value by value (B.27)."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture
from open63110.bindings.link.carriers.websocket_carrier import client_tls
from open63110.bindings.link.client import Client
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.party import Party
from open63110.bindings.link.patterns.own_messages import Published, read_publication
from open63110.bindings.link.patterns.subscriptions import Wish
from open63110.kernel.errors import NotAuthorized, Refused, Trouble, Unavailable
from open63110.pki.identity import identity_of, party_in


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a CSMS is reached, and as whom."""

    to: str
    """wss://host:port/link"""
    certificate: Path
    key: Path
    authorities: Path
    server_name: str = ""
    """Verified against the certificate of the CSMS instead of the host; empty: the host."""


class _Watch:
    """One subscription, until it is over."""

    def __init__(self, client: Client, note: Callable[[str], None]) -> None:
        self._client, self._note = client, note
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[Trouble | None] = self._loop.create_future()
        self._said = ""

    def changed(self, party: Party) -> None:
        """Say that the CSMS cannot be reached, once for each reason; who is turned away need not knock again."""
        if not party.wanted:
            return
        reason = "" if party.open else party.ended or next(reversed(self._client.refusals), "")
        if reason and reason != self._said:
            self._note(f"{party.identity} has no link: {reason}; it is tried again")
        self._said = reason
        if reason[:1] == "4":
            self.end(
                NotAuthorized(f"{party.identity} is turned away: {reason}", remedy="a principal of its name and role lets it in")
            )

    def ended(self, ending: Ending) -> None:
        """Take the CSMS's word that there will be no more."""
        if ending.status == 0:
            self.end(None)
        elif ending.status == ErrorCode.NOT_AUTHORIZED:
            self.end(NotAuthorized(ending.words, code=ending.code or None))
        else:
            self.end(Refused(ending.words or "the subscription is over", code=ending.code or None))

    def end(self, trouble: Trouble | None) -> None:
        """Let it be over."""
        if not self.over.done():
            self.over.set_result(trouble)


async def watch(
    way: Way, wish: Wish, told: Callable[[Published], None], *, stop: asyncio.Event, note: Callable[[str], None]
) -> None:
    """Tell values as they come, over any number of links, until told to stop.

    Args:
        way: how the CSMS is reached, and as whom.
        wish: what is to be told.
        told: with each value.
        stop: set when nobody looks any more.
        note: told what whoever looks should know beside that.

    Raises:
        Malformed: the certificate does not say who holds it.
        TlsUnusable: one of the files is not what it should be.
        Refused: the CSMS does not tell, or not any more.
        Unavailable: a certificate cannot be read.
    """
    try:
        me = party_in(way.certificate.read_bytes())
    except OSError as fault:
        raise Unavailable(f"{way.certificate} cannot be read: {fault.strerror}") from fault
    clock = SystemClock()
    dialling = Dialling(
        endpoints=(way.to,), tls=client_tls(way.certificate, way.key, way.authorities), server_name=way.server_name or None
    )
    with Capture(None, clock) as frames:
        client = Client(frames, clock, identity_of, run_id=os.urandom(4))
        one = _Watch(client, note)
        party = client.party(me.identity, me.role, dialling, one.changed)
        party.subscriber.subscribe(wish, lambda body: told(read_publication(body)), one.ended, lasting=True)
        await _until_over(client, party, one, stop)


async def _until_over(client: Client, party: Party, one: _Watch, stop: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as tasks:
        running, stopped = tasks.create_task(client.run()), tasks.create_task(stop.wait())
        stopped.add_done_callback(lambda _: one.end(None))
        party.dial()
        trouble = await one.over
        running.cancel()
        stopped.cancel()
    if trouble is not None:
        raise trouble
