# SPDX-License-Identifier: Apache-2.0
"""Principals: created, changed and shut out by administrators, each with exactly one role; every change is audited (7.9.4)."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Unavailable, Unknown
from open63110.kernel.ids import PrincipalId, StationId, station_id
from open63110.kernel.roles import PEOPLE, Role
from open63110.model.principal import AuditEntry, Principal, PrincipalChanged
from open63110.ports import Ids
from open63110.runtime.engine import Engine, Turn
from open63110.runtime.keys import Keys, weakness
from open63110.runtime.orders import OURSELVES

SHORTEST_PASSWORD = 10
"""Characters of a person's password."""

LONGEST_PASSWORD = 1024
"""More is no password; it would only cost time."""

R = TypeVar("R")

PLACED: Final = frozenset({Role.DSO, Role.FO})
"""Roles that answer for places, never for all unless somebody says so."""

_NOWHERE = StationId("")


UNSAID: Final = ("*",)
"""The scope of somebody for whom nobody said one, known by identity: one that was said to be all is another tuple."""


class NewPrincipal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to be admitted."""

    id: str
    role: Role
    """Exactly one."""
    name: str = ""
    scope: tuple[str, ...] = UNSAID
    """Stations it may speak of: ids, or prefixes that end in an asterisk; places (``/mall``) of a DSO or FO, and of who comes by
    link. All unless said; of a DSO or FO it has to be said."""
    password: str = ""
    """Of a person; empty: this person uses keys only."""
    secret: str = ""
    """A key chosen elsewhere (the password a station has already); empty: one is made for whoever has no password."""
    factory: bool = False
    """Whoever made the station chose that key: once on board it is given another (8.3.15)."""


class PrincipalChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; None leaves it as it is."""

    role: Role | None = None
    name: str | None = None
    scope: tuple[str, ...] | None = None
    disabled: bool | None = None
    password: str | None = None
    """A new one; empty takes it away."""
    new_key: bool = False
    """Replace the key; the old one is void at once."""


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A principal, and its new key."""

    principal: Principal
    key: str = ""
    """``id.secret``, shown this once; empty if no key was made."""


class Principals:
    """The register of who may ask."""

    def __init__(self, engine: Engine, keys: Keys, ids: Ids, *, hasher: PasswordHasher | None = None) -> None:
        """Work on what the engine knows.

        Args:
            engine: knows principals, and keeps them.
            keys: hash secrets of machines.
            ids: number audit entries.
            hasher: how dear a guess at a password is; None: as the library recommends.
        """
        self._engine, self._keys, self._ids = engine, keys, ids
        self._hasher = hasher or PasswordHasher()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="password")  # one: a flood of logins must not take every core
        self._decoy = ""

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=False)

    # -- asking --

    async def create(self, by: Principal, new: NewPrincipal) -> Admitted:
        """Admit somebody.

        Raises:
            NotAuthorized: only administrators may.
            Malformed: the id or the secret will not do.
            Refused: there is one of this id.
            Unavailable: it could not be stored.
        """
        await self._demand_admin(by, "CreatePrincipal", new.id)
        return await self._create(by, new)

    async def first_admin(self, name: str, password: str) -> Admitted:
        """Make the administrator of a fresh installation; nobody has to ask for that.

        Raises:
            Refused: there is an administrator already.
        """
        if any(one.role is Role.ADMIN for one in self._engine.known.principals.values()):
            raise Refused("there is an administrator already", code="NotTheFirst", remedy="log in as that one")
        return await self._create(OURSELVES, NewPrincipal(id=name, role=Role.ADMIN, password=password))

    async def change(self, by: Principal, principal: PrincipalId, change: PrincipalChange) -> Admitted:
        """Change somebody.

        Raises:
            NotAuthorized: only administrators may.
            Unknown: nobody has this id.
            Refused: no administrator would be left, or a machine would get a password.
        """
        await self._demand_admin(by, "ChangePrincipal", principal)
        old = self._get(principal)
        key = self._key(change.new_key)
        hashed = old.password if change.password is None else await self._hashed(change.password, change.role or old.role)
        old = self._get(principal)  # it may have changed while the password was hashed
        new = msgspec.structs.replace(
            old,
            role=change.role or old.role,
            name=old.name if change.name is None else change.name,
            scope=_changed_scope(old, change),
            disabled=old.disabled if change.disabled is None else change.disabled,
            password=hashed,
            key=self._keys.hash(principal, key) if key else old.key,
            factory=old.factory and not key,
            next_key="" if key else old.next_key,
        )
        self._demand_an_admin(old, new)
        await self._store(by, "ChangePrincipal", new, _said(change))
        return Admitted(principal=new, key=f"{principal}.{key}" if key else "")

    async def change_own_password(self, principal: PrincipalId, old: str, new: str) -> None:
        """Let people change their own password, which ends their other sessions.

        Raises:
            NotAuthorized: the old one is wrong.
        """
        known = self._engine.known.principals.get(principal)
        if known is None or not await self.check(principal, old):
            await self._audit(principal, known.role if known else "", "ChangeOwnPassword", principal, "not-authorized")
            raise NotAuthorized("the present password is another", where="old")
        hashed = await self._hashed(new, known.role)
        known = self._get(principal)
        await self._store(known, "ChangeOwnPassword", msgspec.structs.replace(known, password=hashed), "password")

    async def check(self, principal: PrincipalId, password: str) -> bool:
        """Tell whether this is a person's password; takes as long for somebody unknown."""
        known = self._engine.known.principals.get(principal)
        usable = known is not None and not known.disabled and known.role in PEOPLE
        stored = known.password if known is not None and usable else ""
        right = await self._aside(self._verify, stored, password[:LONGEST_PASSWORD])
        return right and bool(stored)

    # -- inside --

    def _verify(self, stored: str, password: str) -> bool:
        if not stored:
            self._decoy = self._decoy or self._hasher.hash(secrets.token_hex(16))
        try:
            return self._hasher.verify(stored or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _create(self, by: Principal, new: NewPrincipal) -> Admitted:
        identity = _identity(new.id)
        if identity in self._engine.known.principals:
            raise Refused(f"there is a principal {identity} already", code="Exists", where="id")
        wish = new.secret or self._key(not new.password)
        if (words := weakness(wish)) and wish:
            raise Malformed(words, code="WeakSecret", where="secret")
        hashed = await self._hashed(new.password, new.role)
        principal = Principal(
            id=identity,
            role=new.role,
            name=new.name,
            scope=_scope_of(new.role, None if new.scope is UNSAID else new.scope),
            password=hashed,
            key=self._keys.hash(identity, wish) if wish else "",
            created=self._engine.clock.now(),
            factory=new.factory and new.role is Role.STATION and bool(new.secret),
        )
        if identity in self._engine.known.principals:
            raise Refused(f"there is a principal {identity} already", code="Exists", where="id")
        await self._store(by, "CreatePrincipal", principal, f"role {new.role}")
        return Admitted(principal=principal, key=f"{identity}.{wish}" if wish else "")

    def _key(self, wanted: bool) -> str:  # noqa: FBT001 - reads as a sentence where it is called
        return secrets.token_urlsafe(24) if wanted else ""

    async def _hashed(self, password: str, role: Role) -> str:
        if not password:
            return ""
        if role not in PEOPLE:
            raise Refused(f"a {role} presents a key, not a password", code="NoPerson", where="password")
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise Malformed(f"a password has at least {SHORTEST_PASSWORD} characters", code="WeakPassword", where="password")
        return await self._aside(self._hasher.hash, password)

    async def _aside(self, work: Callable[..., R], *args: str) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _get(self, principal: PrincipalId) -> Principal:
        known = self._engine.known.principals.get(principal)
        if known is None:
            raise Unknown(f"there is no principal {principal}", code="UnknownPrincipal", where="id")
        return known

    def _demand_an_admin(self, old: Principal, new: Principal) -> None:
        others = [one for one in self._engine.known.principals.values() if one.id != new.id]
        able = [one for one in (*others, new) if one.role is Role.ADMIN and not one.disabled and (one.password or one.key)]
        if old.role is Role.ADMIN and not able:
            raise Refused("this is the last administrator", code="LastAdministrator", remedy="make another one first")

    async def _demand_admin(self, by: Principal, action: str, target: str) -> None:
        if by.role is Role.ADMIN and not by.disabled:
            return
        await self._audit(by.id, by.role, action, target, "not-authorized")
        raise NotAuthorized(f"{by.id} ({by.role}) may not change principals")

    async def _store(self, by: Principal, action: str, principal: Principal, said: str) -> None:
        turn = Turn(self._engine, _NOWHERE, self._engine.clock.now())
        turn.fact(PrincipalChanged(station=_NOWHERE, at=turn.now, id=principal.id, principal=principal))
        turn.keep()
        await self._audit(by.id, by.role, action, principal.id, "accepted", said)

    async def _audit(self, by: PrincipalId, role: str, action: str, target: str, outcome: str, detail: str = "") -> None:
        """Write one entry and wait until it, and what went before, is durable."""
        entry = AuditEntry(
            id=self._ids.row(AuditEntry),
            at=self._engine.clock.now(),
            by=by,
            role=role,
            action=action,
            target=target,
            outcome=outcome,
            detail=detail,
        )
        self._engine.known.keep("audit", entry.id, entry)
        await durable(self._engine)


async def durable(engine: Engine) -> None:
    """Wait until everything up to now is on the disk.

    Raises:
        Unavailable: it never will be; memory is back at the last durable state.
    """
    future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    engine.commit.after(lambda stored: None if future.done() else future.set_result(stored))
    if not await future:
        raise Unavailable("it could not be stored", remedy="try again once there is room on the disk")


def _identity(text: str) -> PrincipalId:
    try:
        return PrincipalId(station_id(text))
    except ValueError as fault:
        raise Malformed(str(fault).replace("a station id", "an id"), where="id") from fault


def _scope(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if not patterns or not all(pattern.strip() for pattern in patterns):
        raise Malformed("a scope names at least one station or prefix", where="scope", remedy="* stands for all")
    return tuple(pattern.strip() for pattern in patterns)


def _changed_scope(old: Principal, change: PrincipalChange) -> tuple[str, ...]:
    """Return the new scope: who becomes a DSO or FO does not keep one that stood for all."""
    kept = None if change.role in PLACED - {old.role} and "*" in old.scope else old.scope
    return _scope_of(change.role or old.role, kept if change.scope is None else change.scope)


def _scope_of(role: Role, said: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the scope of a principal of a role.

    Raises:
        Malformed: it names nothing, or nobody said what a DSO or FO answers for: that is never everything by mistake.
    """
    if said is None and role in PLACED:
        remedy = "name the places it answers for: --scope /SITE or /SITE/ZONE, repeatable; --scope '*' stands for all"
        raise Malformed(f"a {role} has no scope unless it is given one", code="ScopeMissing", where="scope", remedy=remedy)
    return _scope(UNSAID if said is None else said)


def _said(change: PrincipalChange) -> str:
    """Name what was changed, without secrets."""
    words = [name for name in ("name", "password") if getattr(change, name) is not None]
    words += [f"role {change.role}"] if change.role else []
    words += [f"scope {' '.join(change.scope)}"] if change.scope else []
    words += [] if change.disabled is None else ["disabled" if change.disabled else "enabled"]
    words += ["new key"] if change.new_key else []
    return ", ".join(words)
