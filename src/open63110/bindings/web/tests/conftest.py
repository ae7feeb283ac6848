# SPDX-License-Identifier: Apache-2.0
"""A node with its web door, running while a test does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from open63110.bindings.web.tests.ground import Ground


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    one = Ground(tmp_path)
    async with one.running():
        yield one
