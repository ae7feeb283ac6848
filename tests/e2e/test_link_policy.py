# SPDX-License-Identifier: Apache-2.0
"""The exported policy, cell by cell: what it lists is let through at the real doors, and all else is refused (B.22, 7.9.4)."""

import asyncio
import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house

from open63110.kernel.roles import Role

PROGRAM = str(Path(sys.executable).with_name("open63110"))


@functools.cache
def exported() -> dict[str, list[dict[str, Any]]]:
    """The policy as people and programs get it."""
    done = subprocess.run([PROGRAM, "policy", "--json"], capture_output=True, check=True, timeout=30)
    return dict(json.loads(done.stdout))


async def let_through(here: House, role: Role, paths: list[str]) -> set[str]:
    """Ask everything once, saying nothing that could be understood, and return what was not refused for the role."""
    found = set()
    name = f"a-{role}"
    async with await here.client(name, role) as client:
        for path in paths:
            said = await client.post(path.replace("{station}", "CS-1"), content=b"[]", params={"wait": 0})
            assert said.status_code in {400, 403, 422}, (role, path, said.status_code, said.text)
            if said.status_code != 403:
                found.add(path)
    return found


@pytest.mark.at("AT-B.22-1")
@pytest.mark.at("AT-7.9.4-1")
async def test_every_cell_of_the_exported_policy_is_enforced_at_the_doors(tmp_path: Path) -> None:
    policy = exported()
    paths = sorted({one["path"] for one in policy["doors"]})
    async with house(tmp_path) as here:
        await here.register("CS-1")
        found = await asyncio.gather(*(let_through(here, role, paths) for role in Role))
        for role, through in zip(Role, found, strict=True):
            assert through == {one["path"] for one in policy["doors"] if one["role"] == role}, role
