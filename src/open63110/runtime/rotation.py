# SPDX-License-Identifier: Apache-2.0
"""Stations get secrets of their own for those they came with; the new one counts beside the old until it is seen (8.3.15)."""

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

_ASKER = replace(OURSELVES, role=Role.ADMIN)
"""As whom the doors judge this CSMS."""


class Rotation:
    """Of the secrets of one node's stations."""

    def __init__(self, engine: Engine, orders: Orders, keys: Keys, ids: Ids) -> None:
        """Listen for stations that are accepted with a secret of somebody else's choice, and for operators."""
        self._engine, self._orders, self._keys, self._ids = engine, orders, keys, ids
        engine.commit.follow((RotationWanted, RegistrationDecided), self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is RotationWanted:
                self._begin(one.event.station)
            elif one.kind is RegistrationDecided:
                fact = one.event
                known = self._principal(fact.station)
                accepted = isinstance(fact, RegistrationDecided) and fact.registration is Registration.ACCEPTED
                if accepted and known is not None and known.factory and not known.next_key:
                    self._begin(fact.station)

    def _principal(self, station: StationId) -> Principal | None:
        known = self._engine.known.principals.get(PrincipalId(station))
        return known if known is not None and known.role is Role.STATION and not known.disabled else None

    def _begin(self, station: StationId) -> None:
        known = self._principal(station)
        if known is None:
            return
        secret = secrets.token_urlsafe(BYTES)
        self._keep(replace(known, next_key=self._keys.hash(station, secret)))
        command = SetVariables(station=station, settings=(Setting(variable=SECRET, value=secret),))
        deadline = self._engine.clock.now() + WITHIN
        asked = self._orders.ask(command, OURSELVES, deadline=deadline, judged=_ASKER)
        asked.add_done_callback(lambda done: None if done.cancelled() else self._follow(done.result()))

    def _follow(self, asked: Asked) -> None:
        if asked.order.ended is not None:
            self._over(asked.order)
        else:
            self._orders.watch(asked.order.id, self._over)

    def _over(self, order: Order) -> None:
        """Forget the new secret only if the station said that it does not take it: an answer that was lost may be a yes."""
        known = self._principal(order.station)
        taken = order.outcome in {Outcome.ACCEPTED, Outcome.FAILED}
        log.info("a station was given a secret of its own", station=order.station, outcome=order.outcome, reason=order.reason)
        if known is not None and not taken:
            self._keep(replace(known, next_key=""))

    def seen(self, station: StationId) -> None:
        """Let the new secret take the place of the old one: the station has shown it."""
        known = self._principal(station)
        if known is not None and known.next_key:
            self._keep(replace(known, key=known.next_key, next_key="", factory=False))
            self._audit(station)

    def _keep(self, principal: Principal) -> None:
        now = self._engine.clock.now()
        turn = Turn(self._engine, StationId(""), now)
        turn.fact(PrincipalChanged(station=StationId(""), at=now, id=principal.id, principal=principal))
        turn.keep()
        self._engine.commit.after(_nobody_waits)

    def _audit(self, station: StationId) -> None:
        entry = AuditEntry(
            id=self._ids.row(AuditEntry),
            at=self._engine.clock.now(),
            by=OURSELVES.id,
            role=OURSELVES.role,
            action="RotateCredential",
            target=station,
            outcome=Outcome.ACCEPTED,
            detail="the station shows its new secret; the old one is void",
        )
        self._engine.known.keep("audit", entry.id, entry)
        self._engine.commit.after(_nobody_waits)


def _nobody_waits(_: object) -> None:
    """Wake the writer for what answers nobody."""
