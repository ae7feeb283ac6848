# SPDX-License-Identifier: Apache-2.0
"""Who asks: API keys for programs, signed cookies for people; deny by default, every refusal audited (7.9.4)."""

import base64
import binascii
import secrets
from datetime import timedelta

import msgspec
from starlette.requests import Request

from open63110.bindings.web.errors import TooOften, Unauthenticated
from open63110.bindings.web.limiter import Limiter
from open63110.bindings.web.shapes import Seer
from open63110.kernel.errors import NotAuthorized, Trouble, Unknown
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.principal import AuditEntry, Principal
from open63110.runtime.node import Node
from open63110.runtime.permissions import PERSONAL, in_scope, may_read
from open63110.runtime.principals import Principals

COOKIE = "open63110_session"
LASTS = timedelta(hours=12)
"""How long people stay logged in."""

ADMINISTRATORS = frozenset({Role.ADMIN})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and how we know."""

    principal: Principal
    address: str
    csrf: str = ""
    """What a change must repeat, for people; empty for holders of a key, whose requests no other page can forge."""

    @property
    def personal(self) -> bool:
        """Sees credentials and names of EV users."""
        return self.principal.role in PERSONAL


class _Ticket(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    principal: str
    until: float
    nonce: str


class Access:
    """The one place where a request becomes a principal."""

    def __init__(self, node: Node, principals: Principals) -> None:
        """Check against what the node knows."""
        self._node, self._principals = node, principals
        self._by_address, self._by_name = Limiter(30, 300.0), Limiter(10, 300.0)
        self._audited, self._strangers = Limiter(1, 60.0), Limiter(10, 60.0)

    # -- who --

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            Unauthenticated: nobody we know.
            NotAuthorized: a change without the token that proves that our own page asked for it.
        """
        header = request.headers.get("authorization", "")
        if header:
            return self._by_key(header, address_of(request))
        found = self.person(request)
        if found is None:
            raise Unauthenticated("log in, or send Authorization: Bearer <id>.<secret>", where="Authorization")
        if request.method not in SAFE:
            self.demand_csrf(found, request.headers.get("x-csrf-token", ""))
        return found

    def _by_key(self, header: str, address: str) -> Caller:
        scheme, _, token = header.partition(" ")
        identity, _, secret = token.strip().rpartition(".")
        principal = self._node.engine.known.principals.get(PrincipalId(identity))
        usable = scheme.lower() == "bearer" and principal is not None and not principal.disabled
        if principal is not None and usable and self._node.keys.matches(identity, secret, principal.key):
            return Caller(principal=principal, address=address)
        self.refuse(identity, "", "Authenticate", address, "the key is wrong")
        raise Unauthenticated("the key is unknown, or void", where="Authorization")

    def person(self, request: Request) -> Caller | None:
        """Return who is logged in, None if nobody is."""
        text, _, mac = request.cookies.get(COOKIE, "").rpartition(".")
        ticket = _opened(text)
        principal = self._node.engine.known.principals.get(PrincipalId(ticket.principal)) if ticket else None
        if ticket is None or principal is None or principal.disabled or not principal.password:
            return None
        if not self._node.keys.matches(_session(principal), text, mac) or ticket.until <= self._node.clock.now().timestamp():
            return None
        return Caller(principal=principal, address=address_of(request), csrf=self._node.keys.hash("csrf", mac))

    def demand_csrf(self, caller: Caller, said: str) -> None:
        """Refuse a change that another site made our reader's browser send.

        Raises:
            NotAuthorized: it is not what this caller was given.
        """
        if not secrets.compare_digest(caller.csrf.encode(), said.encode()):
            self.refuse(caller.principal.id, caller.principal.role, "ForgedRequest", caller.address, "no CSRF token")
            raise NotAuthorized("the page is out of date", code="Forged", remedy="load it again")

    # -- logging in --

    async def log_in(self, name: str, password: str, address: str) -> str:
        """Return the cookie of a person.

        Raises:
            TooOften: too many wrong tries for this name, or from this address.
            Unauthenticated: name or password is wrong; not said which.
        """
        now = self._node.clock.now()
        if self._by_address.full(address, now) or self._by_name.full(name, now):
            self.refuse(name, "", "Login", address, "too many tries")
            raise TooOften("too many tries; wait five minutes", remedy="an administrator can set a new password")
        self._by_address.count(address, now)
        self._by_name.count(name, now)
        if not await self._principals.check(PrincipalId(name), password):
            self.refuse(name, "", "Login", address, "name or password is wrong")
            raise Unauthenticated("name or password is wrong", code="WrongPassword")
        self._by_name.forget(name)
        self._by_address.forget(address)
        principal = self._node.engine.known.principals[PrincipalId(name)]
        self._write(principal.id, principal.role, "Login", address, "accepted", "")
        return self.cookie(principal)

    def cookie(self, principal: Principal) -> str:
        """Return a session of this person, void once the password changes."""
        until = (self._node.clock.now() + LASTS).timestamp()
        ticket = _Ticket(principal=principal.id, until=until, nonce=secrets.token_hex(8))
        text = base64.urlsafe_b64encode(msgspec.msgpack.encode(ticket)).decode().rstrip("=")
        return f"{text}.{self._node.keys.hash(_session(principal), text)}"

    # -- what --

    def demand_reader(self, caller: Caller, station: StationId | None = None, *, roles: frozenset[Role] | None = None) -> None:
        """Refuse whoever may not read.

        Args:
            caller: who asks.
            station: about which; None: a list, narrowed later; empty: what belongs to no station.
            roles: who may; None: every reader.

        Raises:
            NotAuthorized: the role may not.
            Unknown: it is another's station; whether it exists is not said (I17).
        """
        principal = caller.principal
        allowed = may_read(principal) if roles is None else principal.role in roles and not principal.disabled
        if not allowed:
            self.refuse(principal.id, principal.role, "Read", station or "", "the role may not read this")
            raise NotAuthorized(f"{principal.id} ({principal.role}) may not read this")
        if station and not in_scope(principal, station):
            self.refuse(principal.id, principal.role, "Read", station, "outside the scope")
            raise Unknown(f"there is no station {station!r}", code="UnknownStation", where="station")
        if station is not None and not station and not in_scope(principal, station):
            self.refuse(principal.id, principal.role, "Read", "", "outside the scope")
            raise NotAuthorized(f"{principal.id} may read about its stations only")

    def seer(self, caller: Caller) -> Seer:
        """Return for whom answers are shown."""
        return Seer(self._node.engine.known, caller.personal)

    # -- audit --

    def refuse(self, by: str, role: str, action: str, target: str, detail: str) -> None:
        """Write a refusal into the audit: the same once a minute, of strangers (no role) few: a flood must not fill the disk."""
        by, now = by[:64], self._node.clock.now()
        known = self._audited.count(f"{by}\0{action}\0{target}\0{detail}", now) if role else False
        if known or (not role and self._strangers.count(target, now)):
            self._write(by, role, action, target, "not-authorized", detail, reason=NotAuthorized.code)

    def reject(self, by: Principal, action: str, target: str, fault: Trouble) -> None:
        """Write what somebody asked that could not be understood into the audit, the same once a minute."""
        if self._audited.count(f"{by.id}\0{action}\0{target}\0{fault.message}", self._node.clock.now()):
            self._write(by.id, by.role, action, target[:64], "rejected", fault.message[:500], reason=fault.code)

    def note(self, by: Principal, action: str, target: str, outcome: str, detail: str) -> None:
        """Write what somebody did into the audit."""
        self._write(by.id, by.role, action, target, outcome, detail)

    def _write(self, by: str, role: str, action: str, target: str, outcome: str, detail: str, *, reason: str = "") -> None:
        entry = AuditEntry(
            id=self._node.ids.row(AuditEntry),
            at=self._node.clock.now(),
            by=PrincipalId(by),
            role=role,
            action=action,
            target=target,
            outcome=outcome,
            reason=reason,
            detail=detail,
        )
        self._node.engine.known.keep("audit", entry.id, entry)
        self._node.engine.commit.after(_nobody_waits)


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else ""


def _session(principal: Principal) -> str:
    """Name the owner of a session so that a new password voids it."""
    return f"session {principal.id} {principal.password}"


def _opened(text: str) -> _Ticket | None:
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Ticket)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None


def _nobody_waits(_: bool) -> None:  # noqa: FBT001 - the shape of Done
    """Wake the writer; nobody waits."""
