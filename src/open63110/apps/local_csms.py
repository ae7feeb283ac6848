# SPDX-License-Identifier: Apache-2.0
"""A local CSMS: all that a CSMS is to the stations of a site, with one link to the level above (7.3, B.25)."""

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from open63110.apps.csms import Csms
from open63110.apps.folder import usable
from open63110.apps.levels import Level
from open63110.apps.local_config import LocalConfig, ZonePlan
from open63110.apps.local_say import Masters
from open63110.apps.local_wallet import Wallet
from open63110.bindings.link.carriers.websocket_carrier import Papers
from open63110.bindings.link.client import NOTHING, Client
from open63110.bindings.link.conversation import WIRE as LINK
from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.levels.downward import Downward
from open63110.bindings.link.levels.onward import Onward
from open63110.bindings.link.levels.passing import Passing
from open63110.bindings.link.levels.places import put_in_zone
from open63110.bindings.link.levels.upward import Upward
from open63110.bindings.link.patterns.tariffs import Tariffs, keep_tariff
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.address import ANY, NONE, Address
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber, PrincipalId, StationId
from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds, Watts
from open63110.model.site import EvsePlan, Site, SiteChanged, SiteId, Zone, ZoneChanged, ZoneId, zone_key
from open63110.model.station import Evse, Station
from open63110.model.tariff import Tariff, TariffKey
from open63110.pki.identity import identity_of
from open63110.runtime.engine import Answer, Engine, Turn
from open63110.runtime.ways import Way, Ways
from open63110.store.outbox import DiskOutbox, OutboxFile
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential
from open63110.usecases.stations.onboard_station import RegisterStation

log = structlog.get_logger(__name__)

OUTBOX, ABOVE, JOURNAL, LEASE = "upward.db", "above", "journal", "lease"

NOBODY = StationId("")


class AskingEngine(Engine):
    """Lets the level above judge the credentials that are its own, if it hears, before this level decides."""

    above: Upward | None = None
    wallet: Wallet
    within: float = 2.0
    """How long its answer is awaited [s]."""

    def hear(self, messages: Sequence[Message], answer: Answer | None = None, *, now: datetime | None = None) -> Trouble | None:
        """Take what one wire message said; a card at a reader may have to wait for the level above."""
        one = messages[0]
        if answer is None or len(messages) > 1 or not isinstance(one, AuthorizeCredential) or not self._asks(one):
            return super().hear(messages, answer, now=now)
        above = self.above
        if above is not None:
            came = getattr(answer, "message", None)  # only a link has one
            above.authorize(one, self.within, lambda said: self._judged(one, answer, said), came)
        return None

    def _asks(self, command: AuthorizeCredential) -> bool:
        """Tell a card at a reader from what is told with energy; of that the level above hears anyway."""
        at_reader = command.reference is None and command.presented is None
        return at_reader and self.above is not None and self.above.open and self.wallet.foreign(command.subject)

    def _judged(self, command: AuthorizeCredential, answer: Answer, said: AuthorizationAnswer | None) -> None:
        if said is None:  # it does not hear, or not in time: what is known here decides
            super().hear((command,), answer)
            return
        self.wallet.answered(said, command.station)
        if said.status == "Accepted":
            super().hear((command,), answer)
        else:
            self.commit.after(answer, (said,), None)


class Mark:
    """Implements upward.Mark beside the messages in the outbox."""

    def __init__(self, file: OutboxFile, outbox: DiskOutbox) -> None:
        """Read it."""
        kept, _ = file.seen(JOURNAL)
        self.value, self._outbox = int.from_bytes(kept or b"", "big"), outbox

    @contextmanager
    def moving(self, value: int) -> Iterator[None]:
        """Write a new one together with what is put into the outbox meanwhile."""
        with self._outbox.beside(JOURNAL, value.to_bytes(8, "big")):
            yield
        self.value = value


class LocalCsms(Csms):
    """One local CSMS, wired."""

    ENGINE = AskingEngine
    config: LocalConfig
    engine: AskingEngine

    def __init__(self, config: LocalConfig) -> None:
        """Open the data folder and read what must be in memory; nothing listens yet.

        Raises:
            Unavailable: another process owns the folder, or it cannot be written.
            TlsUnusable: a certificate of the link upwards is not what it should be.
        """
        super().__init__(config)
        self.wallet = self.engine.wallet = Wallet(self.engine)
        self.engine.within = config.upper.answer_within
        self.above: Upward | None = None
        self.level.lookout.read = self._ways
        upper = config.upper
        taken_back = Revoked(Path(upper.revoked), Path(upper.authorities)) if upper.revoked else NOTHING
        self.client = Client(
            self.frames, self.clock, identity_of, run_id=os.urandom(4), revoked=taken_back, security=self.refusals
        )
        if config.upper.endpoints:
            with usable(Path(config.data)):
                self.outbox = OutboxFile(Path(config.data) / OUTBOX)
            self.above = self.engine.above = self.level.ways.above = self._upward()
            self.above.services = self.streams
        self.masters = self.orders.say = self._masters()

    @property
    def _identity(self) -> str:
        return self.config.identity

    def _level(self) -> Level:
        upper = ABOVE if self.config.upper.endpoints else None
        place = Address((self.config.site,))
        level = Level(self.engine, self.orders, self.link, pseudonym=self.keys.pseudonym, place=place, upper=upper)
        level.guests.acts = Role.LOCAL_CSMS
        return level

    def _masters(self) -> Masters:
        config, kept, keep = self.config, None, None
        if config.upper.endpoints:
            kept, keep = self.outbox.seen(LEASE)
        above = self.orders.askers.__contains__
        return Masters(
            config.say, config.lease, here=config.identity, above=above, heard=self._heard, kept=kept or b"", keep=keep
        )

    def _has_the_say(self, action: str, by: PrincipalId, now: datetime) -> None:
        self.masters.check(action, by, now)

    def _heard(self) -> bool:
        return self.above is not None and self.above.open

    def _upward(self) -> Upward:
        config, level = self.config.upper, self.level
        onward = Onward(
            self.engine,
            self.orders,
            level.relay,
            guard=self.guard,
            way=self._way,
            say=self._has_the_say,
            security=self.refusals,
        )
        desk = Downward(
            self.engine,
            self.orders,
            level.relay,
            level.spreading,
            self.wallet,
            self.orders.askers,
            onward=onward,
            changed=self._upper_changed,
        )
        outbox = self.outbox.outbox(ABOVE)
        papers = Papers(Path(config.certificate), Path(config.key), Path(config.authorities))
        made = Upward(
            self.client,
            self.config.identity,
            self.engine,
            Dialling(
                endpoints=config.endpoints,
                tls=papers.tls,
                renewed=papers.renewed,
                renew_after=config.renew_after,
                server_name=config.server_name or None,
                longest_pause=config.longest_pause,
                handshake=config.handshake,
                return_after=config.return_after,
            ),
            outbox,
            relay=level.relay,
            desk=desk,
            mark=Mark(self.outbox, outbox),
            pace=1.0 / self.clock.real(1.0),
        )
        self.client.lines[StationId(self.config.identity)] = made
        made.guard = self.guard
        made.tariffs = Tariffs(made.subscriber, level.relay.place, self._tariff_told)
        made.passing = self.link.passing = level.branches.passing = Passing(self.engine, made)
        return made

    def _way(self, station: StationId) -> Correspondence | None:
        """Return the link over which messages go to a station, or on towards it, as they came."""
        branch = self.level.branches.via(station)
        if branch is not None:
            return branch.lines
        noun = self.engine.stations.get(station)
        by_link = noun is not None and noun.wire == LINK and not noun.via
        return self.link.conversation(station).lines if by_link else None

    def _tariff_told(self, key: TariffKey, tariff: Tariff | None) -> None:
        """Have a tariff of the level above count here, and for the stations below; without one, what was set here goes on."""
        site, _, zone = key.partition(":")
        known = self.engine.known.tariff(key)
        if zone == NONE or not site or (tariff is None and not (known is not None and known.above)):
            return
        told = None if tariff is None else msgspec.structs.replace(tariff, above=True)
        keep_tariff(self.engine, NOBODY, key, told)

    def _upper_changed(self, heard: bool) -> None:  # noqa: FBT001 - the shape of a callback
        self.level.lookout.changed()
        log.info("the level above hears" if heard else "the level above does not hear", site=self.config.site)

    def _ways(self) -> Ways:
        """Return the link upwards as well, and who has the say of power."""
        above, now = self.above, self.clock.now()
        way = None
        if above is not None:
            waiting = above.lines.session.waiting
            endpoint = self.config.upper.endpoints[0]
            way = Way(name=endpoint, role=Role.CSMS, open=above.open, since=above.since, waiting=waiting, told=above.told)
        say = self.masters.standing(now) if above is not None else None
        return msgspec.structs.replace(self.level.links(), above=way, say=say)

    # -- life --

    def _parts(self) -> tuple[Any, ...]:
        return (*super()._parts(), self.client, *((self.above,) if self.above is not None else ()))

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LocalCsms"]:
        """Work until the block is left."""
        self._found()
        try:
            async with super().running():
                if self.above is not None:
                    self.above.dial()
                yield self
        finally:
            if self.above is not None:
                self.outbox.close()

    def _found(self) -> None:
        """Lay the site out as the settings have it."""
        config, site = self.config, SiteId(self.config.site)
        if site != ANY and self.store.get(Site, site) is None:
            self._note(SiteChanged(station=NOBODY, at=self.clock.now(), id=site, site=Site(id=site)))
        for name, plan in config.zones.items():
            key = zone_key(site, name)
            known = self.store.get(Zone, key) or Zone(id=ZoneId(name), site=site, import_max=Watts(0.0))
            zone = msgspec.structs.replace(
                known,
                import_max=Watts(plan.import_max),
                failsafe=None if plan.failsafe < 0 else Watts(plan.failsafe),
                failsafe_after=Seconds(plan.failsafe_after),
                priority=plan.priority,
            )
            self._note(ZoneChanged(station=NOBODY, at=self.clock.now(), key=key, zone=zone))
            for station in map(StationId, plan.stations):
                if station not in self.engine.stations:
                    self.engine.hear((RegisterStation(station=station, note=f"zone {name}"),))
                there = self.engine.stations[station]
                evses = rated(there, plan)
                if there.zone != key or evses is not None:
                    put_in_zone(self.engine, station, key, evses)
                self.level.places.follow(self.engine.stations[station])

    def _note(self, fact: Event) -> None:
        turn = Turn(self.engine, fact.station, fact.at)
        turn.fact(fact)
        turn.keep()
        self.engine.commit.after(lambda _: None)


def rated(station: Station, plan: ZonePlan) -> tuple[EvsePlan, ...] | None:
    """Return the EVSEs of a station with what the settings say they can draw; what else was said of them stays.

    Args:
        station: as it is known.
        plan: of its zone.

    Returns:
        None: there is nothing to change.
    """
    if not plan.evse_max:
        return None
    said = range(1, plan.evses + 1)
    every = [station.evses.get(EvseNumber(one), Evse(number=EvseNumber(one))) for one in sorted({*said, *station.evses})]
    if all(one.number in station.evses and one.import_max == plan.evse_max for one in every if one.number in said):
        return None
    return tuple(
        EvsePlan(
            number=one.number,
            evse_id=one.evse_id,
            import_max=Watts(plan.evse_max) if one.number in said else one.import_max,
            export_max=one.export_max,
            wiring=one.wiring,
            pilots=one.pilots,
        )
        for one in every
    )
