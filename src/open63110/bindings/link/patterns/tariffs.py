# SPDX-License-Identifier: Apache-2.0
"""Tariffs over a link: what is published of one, what is read from that, and who keeps asking (8.4.7, B.27)."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
import structlog

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.framing.header import moment as read_moment
from open63110.bindings.link.patterns.own_messages import Published, read_publication
from open63110.bindings.link.patterns.subscriber import Subscriber, Subscription
from open63110.bindings.link.patterns.subscriptions import Wish
from open63110.bindings.link.patterns.topics import Topic, Value
from open63110.bindings.link.patterns.values import Fields, moment
from open63110.kernel.address import NONE, SITE, ZONE, Address
from open63110.kernel.errors import Malformed, Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.model.site import SiteId, zone_key
from open63110.model.tariff import Tariff, TariffChanged, TariffElement, TariffId, TariffKey, check_tariff, tariff_key
from open63110.runtime.engine import Engine, Turn

log = structlog.get_logger(__name__)

AGAIN: Final = 1.0
"""When to ask once more what was refused, or is over; each time that happens again, twice as late [s, real]."""

SELDOM: Final = 60.0
"""But no later than this [s, real]."""

LEASE: Final = 43_200.0
"""Renewed at half of it [s]: of thousands of stations, one now and then."""

Heard = Callable[[TariffKey, Tariff | None], None]
"""With what counts in a place now; None: nothing does."""


def tariff_fields(tariff: Tariff | None) -> Fields:
    """Return what is published of a tariff; a place without one says so, with no more than an empty id."""
    if tariff is None:
        return {"id": None}
    prices = {(one.dimension, one.direction): format(one.price, "f") for one in tariff.elements}
    return {
        "id": tariff.id,
        "currency": tariff.currency,
        "since": moment(tariff.valid_from),
        "price": prices.get(("energy", "import")),
        "elements": ",".join(f"{dimension}:{direction}:{price}" for (dimension, direction), price in prices.items()),
        "text": "\n".join(f"{language}: {words}" for language, words in tariff.texts.items()),
    }


def read_tariff(said: Published) -> tuple[TariffKey, Tariff | None] | None:
    """Read what counts where.

    Returns:
        None: it is of no zone and no site.

    Raises:
        Malformed: that is no tariff.
        Refused: it says what no tariff can.
    """
    key = key_of(said.address)
    if key is None:
        return None
    if said.at is None or said.fields.get("id") is None:
        return key, None
    tariff = _tariff(key, said)
    check_tariff(tariff)
    return key, tariff


def key_of(place: Address) -> TariffKey | None:
    """Return by what the tariff of a place is known; None: it is of no site or zone."""
    if place.depth not in {SITE, ZONE}:
        return None
    site = SiteId(place.segments[0])
    return tariff_key(site, zone_key(site, place.segments[1]) if place.depth == ZONE else None)


def _tariff(key: TariffKey, said: Published) -> Tariff:
    fields = said.fields
    try:
        return Tariff(
            key=key,
            id=TariffId(str(fields["id"])),
            currency=str(fields["currency"]),
            valid_from=_since(fields["since"]),
            elements=tuple(map(_element, str(fields["elements"]).split(","))),
            texts=dict(map(_text, str(fields.get("text") or "").splitlines())),
        )
    except (KeyError, ValueError, OverflowError, InvalidOperation, msgspec.ValidationError) as fault:
        raise Malformed(f"what is told of {said.address} is no tariff", code="BadTariff", where=str(said.address)) from fault


def _since(value: Value) -> datetime:
    if not isinstance(value, int) or value < 0:
        raise ValueError
    return read_moment(value)


def _element(word: str) -> TariffElement:
    dimension, direction, price = word.split(":")
    said = {"dimension": dimension, "direction": direction, "price": Decimal(price)}
    return msgspec.convert(list(said.values()), TariffElement)


def _text(line: str) -> tuple[str, str]:
    language, _, words = line.partition(": ")
    return language, words


class Tariffs:
    """Reads the tariffs of a place for as long as its link is there, and asks again where that was refused or is over."""

    def __init__(self, subscriber: Subscriber, place: Address, heard: Heard) -> None:
        """Ask nobody yet.

        Args:
            subscriber: of the link.
            place: of which, and of all below it.
            heard: with each value, the first ones included; one that is as before may come again.
        """
        self._subscriber, self._heard = subscriber, heard
        self._wish = Wish(address=place, topic=Topic.TARIFF, lease=LEASE)
        self._timer: asyncio.TimerHandle | None = None
        self._one: Subscription | None = None
        self._pause = AGAIN

    def ask(self) -> None:
        """Begin, unless it has begun; to be called when the link has come up, too."""
        self.stop()
        if self._one is not None:
            return
        try:
            self._one = self._subscriber.subscribe(self._wish, self._told, self._over, lasting=True)
        except Unavailable:
            self._later()

    def stop(self) -> None:
        """Ask nobody again by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._pause, self.ask)
        self._pause = min(SELDOM, 2 * self._pause)

    def _over(self, ending: Ending) -> None:
        log.info("tariffs are not told", place=str(self._wish.address), code=ending.status, reason=ending.words)
        self._one = None
        self._later()

    def _told(self, body: bytes) -> None:
        try:
            found = read_tariff(read_publication(body))
        except Trouble as trouble:
            log.warning("a tariff is passed over", reason=trouble.message)
            return
        self._pause = AGAIN
        if found is not None:
            self._heard(*found)


def keep_tariff(engine: Engine, station: StationId, key: TariffKey, tariff: Tariff | None) -> None:
    """Have what was told count here, in the journal; what is as before changes nothing.

    Args:
        engine: of a station, or of a level.
        station: empty at a level.
        key: where it counts.
        tariff: None: nothing does any more.
    """
    if engine.known.tariff(key) == tariff:
        return
    now = engine.clock.now()
    turn = Turn(engine, station, now)
    turn.fact(TariffChanged(station=station, at=now, key=key, tariff=tariff))
    turn.keep()
    engine.commit.after(lambda _: None)


def places_of(site: SiteId) -> tuple[Address, Address]:
    """Return where the tariff of a whole site is published beside its zones: there, and where stations in no zone stand."""
    return Address((site,)), Address((site, NONE))
