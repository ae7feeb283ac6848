# SPDX-License-Identifier: Apache-2.0
"""Stations get secrets of their own for those they came with; a new one counts beside the old until it is seen (8.3.15).

Whether a station has taken a secret is not known before it shows it: an answer may be lost, an order cut by a restart, another
secret may be on its way already. So each that was given counts until the station shows it or a later one, or says that it does
not take it.
"""

import secrets
from datetime import timedelta

import structlog
from msgspec.structs import replace

from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.journal import Entry
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.model.principal import AuditEntry, Principal, PrincipalChanged
from open63110.model.rotation import SECRET, RotationWanted
from open63110.model.station import Registration, RegistrationDecided
from open63110.model.variables import Setting, SetVariables
from open63110.ports import Ids
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.keys import Keys
from open63110.runtime.orders import OURSELVES, Asked, Orders

log = structlog.get_logger(__name__)

BYTES = 15
"""Of chance in a secret: twenty letters and digits, as many as every version of OCPP takes."""

WITHIN = timedelta(minutes=5)
"""A station that has just come on board has other things to do first."""

MOST = 8
"""Secrets that were given and not shown: with one more, one that the station may have would have to be forgotten."""

TAKES_ALL = f"it was given {MOST} secrets and shows none of them; give it a new key, and set that at the station"

_ASKER = replace(OURSELVES, role=Role.ADMIN)
"""As whom the doors judge this CSMS."""


class Rotation:
    """Of the secrets of one node's stations."""

    def __init__(self, engine: Engine, orders: Orders, keys: Keys, ids: Ids) -> None:
        """Listen for stations that are accepted with a secret of somebody else's choice, and for operators."""
        self._engine, self._orders, self._keys, self._ids = engine, orders, keys, ids
        self._asked: set[StationId] = set()
        """That were told of a secret and have not answered."""
        engine.commit.follow((RotationWanted, RegistrationDecided), self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is RotationWanted:
                self._begin(one.event.station)
            elif one.kind is RegistrationDecided:
                fact = one.event
                known = self._principal(fact.station)
                accepted = isinstance(fact, RegistrationDecided) and fact.registration is Registration.ACCEPTED
                if accepted and known is not None and known.factory and fact.station not in self._asked:
                    self._begin(fact.station)

    def _principal(self, station: StationId) -> Principal | None:
        known = self._engine.known.principals.get(PrincipalId(station))
        return known if known is not None and known.role is Role.STATION and not known.disabled else None

    def _begin(self, station: StationId) -> None:
        known = self._principal(station)
        if known is None:
            return
        if len(known.given) >= MOST:
            log.warning("a station takes secrets and shows none of them", station=station, given=len(known.given))
            self._audit(station, Outcome.REJECTED, TAKES_ALL)
            return
        secret = secrets.token_urlsafe(BYTES)
        hashed = self._keys.hash(station, secret)
        self._keep(known.to_show((*known.given, hashed)))
        self._asked.add(station)
        command = SetVariables(station=station, settings=(Setting(variable=SECRET, value=secret),))
        deadline = self._engine.clock.now() + WITHIN
        asked = self._orders.ask(command, OURSELVES, deadline=deadline, judged=_ASKER)
        asked.add_done_callback(lambda done: self._follow(station, hashed, None if done.cancelled() else done.result()))

    def _follow(self, station: StationId, hashed: str, asked: Asked | None) -> None:
        if asked is None:
            self._asked.discard(station)
        elif asked.order.ended is not None:
            self._over(asked.order, hashed)
        else:
            self._orders.watch(asked.order.id, lambda order: self._over(order, hashed))

    def _over(self, order: Order, hashed: str) -> None:
        """Forget the new secret only if the station said that it does not take it: an answer that was lost may be a yes."""
        self._asked.discard(order.station)
        known = self._principal(order.station)
        taken = order.outcome in {Outcome.ACCEPTED, Outcome.FAILED}
        log.info("a station was given a secret of its own", station=order.station, outcome=order.outcome, reason=order.reason)
        if known is not None and not taken:
            self._keep(known.to_show(tuple(one for one in known.given if one != hashed)))

    def seen(self, station: StationId, shown: str) -> None:
        """Let a new secret take the place of the old one, and of those given before it: the station has shown it.

        Args:
            station: that comes.
            shown: the hash of what it shows.
        """
        known = self._principal(station)
        if known is not None and shown in known.given:
            later = known.given[known.given.index(shown) + 1 :]
            self._keep(replace(known, key=shown, factory=False).to_show(later))
            self._audit(station, Outcome.ACCEPTED, "the station shows its new secret; the old one is void")

    def _keep(self, principal: Principal) -> None:
        now = self._engine.clock.now()
        turn = Turn(self._engine, StationId(""), now)
        turn.fact(PrincipalChanged(station=StationId(""), at=now, id=principal.id, principal=principal))
        turn.keep()
        self._engine.commit.after(_nobody_waits)

    def _audit(self, station: StationId, outcome: Outcome, detail: str) -> None:
        entry = AuditEntry(
            id=self._ids.row(AuditEntry),
            at=self._engine.clock.now(),
            by=OURSELVES.id,
            role=OURSELVES.role,
            action="RotateCredential",
            target=station,
            outcome=outcome,
            detail=detail,
        )
        self._engine.known.keep("audit", entry.id, entry)
        self._engine.commit.after(_nobody_waits)


def _nobody_waits(_: object) -> None:
    """Wake the writer for what answers nobody."""
