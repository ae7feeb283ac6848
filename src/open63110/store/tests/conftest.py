# SPDX-License-Identifier: Apache-2.0
"""Every store there is, for the suite that all of them have to pass."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from open63110.ports import Store
from open63110.store.memory import MemoryStore
from open63110.store.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Open the same store again, as after a restart."""
    opened: list[Store] = []

    def reopen_sqlite() -> Store:
        while opened:
            opened.pop().close()
        opened.append(SqliteStore(tmp_path / "contract.sqlite"))
        return opened[0]

    def reopen_memory() -> Store:
        opened[:] = opened or [MemoryStore()]
        return opened[0]

    yield reopen_sqlite if request.param == "sqlite" else reopen_memory
    while opened:
        opened.pop().close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    """Open one."""
    return reopen()
