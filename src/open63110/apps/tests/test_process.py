# SPDX-License-Identifier: Apache-2.0
"""A process of ours runs on the fast loop, may open what the system permits, and tells its collector what stays."""

import asyncio
import gc
import resource
import sys

import pytest
import uvloop

from open63110.apps.process import open_files, run, settle


async def loop_of() -> type[asyncio.AbstractEventLoop]:
    return type(asyncio.get_running_loop())


def test_work_runs_on_uvloop_where_it_can_be_had() -> None:
    assert run(loop_of()) is uvloop.Loop


def test_work_runs_without_uvloop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(loop_of()) is not uvloop.Loop


def test_as_many_files_as_the_system_permits() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
    try:
        assert open_files() == before[1]
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
        assert open_files() == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_was_made_at_start_is_not_collected_again() -> None:
    try:
        settle()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
