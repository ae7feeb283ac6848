# SPDX-License-Identifier: Apache-2.0
"""Principals: one role each, secrets hashed, keys shown once, every change audited, never without an administrator."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher
from tests.literal import Clock, Ids

from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Unavailable, Unknown
from open63110.kernel.ids import PrincipalId
from open63110.kernel.roles import PEOPLE, Role
from open63110.model.policy import Policy
from open63110.model.principal import AuditEntry, Principal
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.principals import NewPrincipal, PrincipalChange, Principals
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore

PASSWORD = "correct horse battery"
ANN, BERT = PrincipalId("ann"), PrincipalId("bert")


class Register:
    """Principals over a store, and what a test looks at."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.engine = Engine(Role.CSMS, Table([]), self.store, Clock(), Ids(), Policy(), linger=0.0)
        self.keys = Keys(b"p" * 32)
        self.principals = Principals(self.engine, self.keys, Ids(), hasher=PasswordHasher(time_cost=1, memory_cost=64))

    @property
    def ann(self) -> Principal:
        return self.engine.known.principals[ANN]

    def stored(self, principal: PrincipalId) -> Principal:
        found = self.store.get(Principal, principal)
        assert found is not None
        return found

    def audit(self) -> list[tuple[str, str, str]]:
        return [(one.action, one.target, one.outcome) for one in self.store.load(AuditEntry)]


@pytest.fixture
async def register_of() -> Register:
    return Register()


@pytest.fixture
async def register() -> AsyncIterator[Register]:
    one = Register()
    running = asyncio.ensure_future(one.engine.commit.run())
    await one.principals.first_admin("ann", PASSWORD)
    yield one
    running.cancel()
    one.principals.close()


async def test_the_first_administrator_is_made_once(register: Register) -> None:
    assert register.stored(ANN).role is Role.ADMIN
    with pytest.raises(Refused) as refused:
        await register.principals.first_admin("eve", PASSWORD)
    assert refused.value.code == "NotTheFirst"


def test_a_guess_at_a_password_is_dear_unless_chosen_otherwise(register_of: Register) -> None:
    principals = Principals(register_of.engine, register_of.keys, Ids())
    assert principals._hasher.memory_cost >= 19_456
    principals.close()


async def test_a_password_is_kept_as_argon2_and_known_again(register: Register) -> None:
    assert register.stored(ANN).password.startswith("$argon2id$")
    assert await register.principals.check(ANN, PASSWORD)
    assert not await register.principals.check(ANN, "wrong")
    assert not await register.principals.check(ANN, "")
    assert not await register.principals.check(BERT, PASSWORD)


@pytest.mark.parametrize("role", [Role.DSO, Role.FO])
async def test_who_answers_for_places_speaks_of_all_only_if_somebody_says_so(register: Register, role: Role) -> None:
    with pytest.raises(Malformed) as caught:
        await register.principals.create(register.ann, NewPrincipal(id="m", role=role))
    assert (caught.value.code, "--scope /SITE" in caught.value.remedy) == ("ScopeMissing", True)
    for scope in (("/mall", "/park/deck"), ("*",)):
        admitted = await register.principals.create(register.ann, NewPrincipal(id=f"m{len(scope)}", role=role, scope=scope))
        assert admitted.principal.scope == scope


async def test_who_becomes_a_dso_does_not_keep_a_scope_of_all(register: Register) -> None:
    await register.principals.create(register.ann, NewPrincipal(id="m", role=Role.RM))
    with pytest.raises(Malformed, match="no scope"):
        await register.principals.change(register.ann, PrincipalId("m"), PrincipalChange(role=Role.DSO))
    changed = PrincipalChange(role=Role.DSO, scope=("/mall",))
    assert (await register.principals.change(register.ann, PrincipalId("m"), changed)).principal.scope == ("/mall",)
    assert (await register.principals.change(register.ann, PrincipalId("m"), PrincipalChange(role=Role.FO))).principal.scope == (
        "/mall",
    )


@pytest.mark.parametrize("role", [role for role in Role if role not in PEOPLE])
async def test_a_machine_gets_a_key_that_only_its_holder_knows(register: Register, role: Role) -> None:
    admitted = await register.principals.create(register.ann, NewPrincipal(id="m", role=role, scope=("m",)))
    identity, _, secret = admitted.key.partition(".")
    assert identity == "m"
    stored = register.stored(PrincipalId("m"))
    assert secret not in repr(stored)
    assert register.keys.matches("m", secret, stored.key)
    with pytest.raises(Refused, match="not a password"):
        await register.principals.change(register.ann, stored.id, PrincipalChange(password=PASSWORD))
    assert not await register.principals.check(stored.id, secret)


async def test_a_person_may_have_both_or_just_one(register: Register) -> None:
    with_password = await register.principals.create(register.ann, NewPrincipal(id="p", role=Role.VIEWER, password=PASSWORD))
    assert (with_password.key, with_password.principal.key) == ("", "")
    with_key = await register.principals.create(register.ann, NewPrincipal(id="k", role=Role.VIEWER))
    assert with_key.key
    both = await register.principals.change(register.ann, with_password.principal.id, PrincipalChange(new_key=True))
    assert both.key.startswith("p.")
    assert await register.principals.check(both.principal.id, PASSWORD)


async def test_a_key_that_a_station_has_already_is_taken_if_it_is_strong(register: Register) -> None:
    strong = "wQ8-kfPz71mXbYv3Rt"
    admitted = await register.principals.create(register.ann, NewPrincipal(id="CS-1", role=Role.STATION, secret=strong))
    assert register.keys.matches("CS-1", strong, admitted.principal.key)
    for weak in ("short", "a" * 30):
        with pytest.raises(Malformed):
            await register.principals.create(register.ann, NewPrincipal(id="CS-2", role=Role.STATION, secret=weak))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_administrators_change_principals_and_others_are_audited(register: Register, role: Role) -> None:
    by = Principal(id=BERT, role=role)
    with pytest.raises(NotAuthorized):
        await register.principals.create(by, NewPrincipal(id="x", role=Role.ADMIN))
    with pytest.raises(NotAuthorized):
        await register.principals.change(by, ANN, PrincipalChange(disabled=True))
    assert register.audit()[-2:] == [("CreatePrincipal", "x", "not-authorized"), ("ChangePrincipal", "ann", "not-authorized")]
    assert set(register.engine.known.principals) == {ANN}


async def test_an_administrator_that_was_shut_out_may_not_either(register: Register) -> None:
    with pytest.raises(NotAuthorized):
        await register.principals.create(Principal(id=BERT, role=Role.ADMIN, disabled=True), NewPrincipal(id="x", role=Role.EV))


async def test_changes_change_what_they_name_and_are_audited_without_secrets(register: Register) -> None:
    await register.principals.create(register.ann, NewPrincipal(id="bert", role=Role.VIEWER, password=PASSWORD))
    change = PrincipalChange(
        role=Role.OPERATOR, name="Bert", scope=("A-*",), disabled=True, password="another long one", new_key=True
    )
    admitted = await register.principals.change(register.ann, BERT, change)
    stored = register.stored(BERT)
    assert (stored.role, stored.name, stored.scope, stored.disabled) == (Role.OPERATOR, "Bert", ("A-*",), True)
    (entry,) = [one for one in register.store.load(AuditEntry) if one.action == "ChangePrincipal"]
    assert "operator" in entry.detail
    assert "another long one" not in entry.detail
    assert admitted.key.partition(".")[2] not in entry.detail
    again = await register.principals.change(register.ann, BERT, PrincipalChange(disabled=False))
    assert (again.principal.name, again.principal.key, again.key) == ("Bert", stored.key, "")
    assert await register.principals.check(BERT, "another long one")


async def test_whoever_is_shut_out_does_not_log_in(register: Register) -> None:
    await register.principals.create(register.ann, NewPrincipal(id="bert", role=Role.VIEWER, password=PASSWORD))
    await register.principals.change(register.ann, BERT, PrincipalChange(disabled=True))
    assert not await register.principals.check(BERT, PASSWORD)


@pytest.mark.parametrize(
    "change", [PrincipalChange(disabled=True), PrincipalChange(role=Role.VIEWER), PrincipalChange(password="")]
)
async def test_the_last_administrator_stays(register: Register, change: PrincipalChange) -> None:
    with pytest.raises(Refused) as refused:
        await register.principals.change(register.ann, ANN, change)
    assert refused.value.code == "LastAdministrator"
    await register.principals.create(register.ann, NewPrincipal(id="bert", role=Role.ADMIN, password=PASSWORD))
    await register.principals.change(register.ann, ANN, change)


@pytest.mark.parametrize(
    "new",
    [
        NewPrincipal(id="", role=Role.EV),
        NewPrincipal(id="a:b", role=Role.EV),
        NewPrincipal(id="x" * 49, role=Role.EV),
        NewPrincipal(id="x", role=Role.EV, scope=()),
        NewPrincipal(id="x", role=Role.EV, scope=(" ",)),
        NewPrincipal(id="x", role=Role.VIEWER, password="short"),
        NewPrincipal(id="x", role=Role.VIEWER, password="x" * 1025),
    ],
)
async def test_nonsense_is_malformed(register: Register, new: NewPrincipal) -> None:
    with pytest.raises(Malformed):
        await register.principals.create(register.ann, new)


async def test_an_id_is_given_once_even_to_two_at_the_same_time(register: Register) -> None:
    new = NewPrincipal(id="bert", role=Role.VIEWER, password=PASSWORD)
    both = await asyncio.gather(*(register.principals.create(register.ann, new) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Admitted", "Refused"]
    with pytest.raises(Refused):
        await register.principals.create(register.ann, new)


async def test_nobody_is_changed_who_is_not_there(register: Register) -> None:
    with pytest.raises(Unknown):
        await register.principals.change(register.ann, BERT, PrincipalChange())


async def test_people_change_their_own_password_if_they_know_it(register: Register) -> None:
    with pytest.raises(NotAuthorized):
        await register.principals.change_own_password(ANN, "wrong", "another long one")
    with pytest.raises(NotAuthorized):
        await register.principals.change_own_password(BERT, "wrong", "another long one")
    await register.principals.change_own_password(ANN, PASSWORD, "another long one")
    assert await register.principals.check(ANN, "another long one")
    assert register.audit()[-3:] == [
        ("ChangeOwnPassword", "ann", "not-authorized"),
        ("ChangeOwnPassword", "bert", "not-authorized"),
        ("ChangeOwnPassword", "ann", "accepted"),
    ]


async def test_what_could_not_be_stored_did_not_happen(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail() -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(register.store, "commit", fail)
    with pytest.raises(Unavailable):
        await register.principals.create(register.ann, NewPrincipal(id="bert", role=Role.VIEWER))
    assert BERT not in register.engine.known.principals


async def test_a_broken_hash_lets_nobody_in(register: Register) -> None:
    broken = Principal(id=BERT, role=Role.VIEWER, password="not a hash")
    register.engine.known.principals[BERT] = broken
    assert not await register.principals.check(BERT, "not a hash")
