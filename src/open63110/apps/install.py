# SPDX-License-Identifier: Apache-2.0
"""What a fresh installation needs before it can serve: its folder, its database, its first administrator."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from open63110.apps.clock import SystemClock
from open63110.apps.folder import DATABASE, pepper, usable
from open63110.apps.ids import StoredIds
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.runtime.engine import Engine
from open63110.runtime.keys import Keys
from open63110.runtime.principals import Admitted, PrincipalChange, Principals
from open63110.runtime.table import discover
from open63110.store.sqlite import SqliteStore


def make_folder(folder: Path) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        Unavailable: it cannot be made or written.
    """
    with usable(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pepper(folder)


async def first_admin(folder: Path, name: str, password: str) -> Admitted:
    """Make the first administrator, with a password for the page and a key for programs.

    Raises:
        Refused: there is one already.
        Malformed: the name or the password will not do.
        Unavailable: the folder is in use or cannot be written.
    """
    make_folder(folder)
    async with _register(folder) as principals:
        admin = (await principals.first_admin(name, password)).principal
        return await principals.change(admin, admin.id, PrincipalChange(new_key=True))


@contextlib.asynccontextmanager
async def _register(folder: Path) -> AsyncIterator[Principals]:
    """Open the register of principals of a CSMS that does not run."""
    clock = SystemClock()
    store = SqliteStore(folder / DATABASE)
    ids = StoredIds(store)
    engine = Engine(Role.CSMS, discover(), store, clock, ids, Policy())
    principals = Principals(engine, Keys(pepper(folder)), ids)
    writer = asyncio.create_task(engine.commit.run())
    try:
        yield principals
    finally:
        await engine.commit.drain()
        writer.cancel()
        principals.close()
        store.close()
