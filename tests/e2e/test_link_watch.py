# SPDX-License-Identifier: Apache-2.0
"""`open63110 link watch`: what a person sees of a CSMS over a link (B.27)."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_house import LinkStation, linked, url
from tests.e2e.parties import admit, zoned

from open63110.kernel.roles import Role


async def run(at: LinkStation, name: str, role: Role, *more: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run `open63110 link watch` as somebody, and return how it ended, what it printed, and what it complained of."""
    own = at.pki.give(name, role)
    files = ("--certificate", str(own.certificate), "--key", str(own.key), "--authorities", str(own.authority))
    pipes = asyncio.subprocess.PIPE
    program = str(Path(sys.executable).with_name("open63110"))
    found = await asyncio.create_subprocess_exec(
        program, "link", "watch", url(at.here), "--json", *files, *more, stdout=pipes, stderr=pipes
    )
    out, err = await asyncio.wait_for(found.communicate(), 60.0)
    assert found.returncode is not None
    return found.returncode, [json.loads(one) for one in out.splitlines()], err.decode()


async def test_a_person_watches_power_from_the_command_line(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall/north")
        await at.charge(1, "ANNA")
        code, values, complaint = await run(at, "flex", Role.FO, "--topic", "power", "--at", "/mall/north", "--for", "3s")
        assert (code, complaint) == (0, "")
        assert {one["address"] for one in values} >= {"/mall/north", "/mall/north/CS-1", "/mall/north/CS-1/1"}
        assert any(one["fields"]["import_w"] > 10_000.0 for one in values if one["address"] == "/mall/north")


@pytest.mark.parametrize(
    ("who", "topic", "words"),
    [
        ("flex", "tariff", "may not read tariff"),
        ("flex", "state", ""),
        ("other", "power", "turned away"),
        ("town", "power", "may not read of"),
    ],
)
async def test_the_command_line_says_why_nothing_is_told(tmp_path: Path, who: str, topic: str, words: str) -> None:
    async with linked(tmp_path) as at:
        await zoned(at)
        await admit(at.here, "flex", Role.FO, "/mall")
        await admit(at.here, "town", Role.FO, "/town")
        code, values, complaint = await run(at, who, Role.FO, "--topic", topic, "--at", "/mall/north", "--for", "2s")
        assert (code, bool(values)) == ((1, False) if words else (0, True)), complaint
        assert words in complaint
