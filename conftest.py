# SPDX-License-Identifier: Apache-2.0
"""Writes down which acceptance tests of the standard passed, so that documents state results and not hopes.

After a run, build/acceptance.json holds one row for each test marked `at`:
`{"id": "AT-8.3.7-1", "wires": ["v201"], "test": "<node id>", "outcome": "passed"}`.
A run of a part of the tests renews the rows of that part only.
"""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

hypothesis.settings.register_profile("here", deadline=None)  # a busy machine is no counterexample; pytest's timeout holds
hypothesis.settings.load_profile("here")

T = TypeVar("T")

ROOT = Path(__file__).parent
RECORD = ROOT / "build" / "acceptance.json"
PROPERTY = "acceptance"
WORSE = {"passed": 0, "skipped": 1, "failed": 2}


BEFORE_OTHERS = -15
"""The priority of tests that hold times against bounds; less is more."""


@pytest.fixture(scope="module")
def first_served() -> Iterator[None]:
    """Let the tests of a file, and what they start, run before those beside them: a time that is measured must be their own.

    Only root may; elsewhere such tests want a quiet machine.
    """
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, BEFORE_OTHERS)
    yield
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, usual)


@pytest.fixture
def by_turns() -> Iterator[None]:
    """Let no two tests that hold times against bounds be under way at once, in whatever processes the tests run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with (Path(tempfile.gettempdir()) / f"open63110-by-turns-{run}").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


class AcceptanceRecord:
    """Collects outcomes in the process that reports them (under xdist: the one that sees every worker's reports)."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst outcome of set-up, call and tear-down."""
        for name, value in report.user_properties:
            if name == PROPERTY:
                self.note(report.nodeid, str(value), report.outcome)

    def note(self, test: str, value: str, outcome: str) -> None:
        """Merge one phase of one test into its row."""
        identifier, *wires = value.split()
        row = self.rows.setdefault((identifier, test), {"id": identifier, "wires": wires, "test": test, "outcome": "passed"})
        row["outcome"] = max(row["outcome"], outcome, key=WORSE.__getitem__)

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        """Write the record, if any acceptance test ran."""
        if self.rows:
            write_record(RECORD, self.rows)


def write_record(path: Path, rows: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Replace the rows of the tests that ran and keep the others, in a stable order."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    merged = {(row["id"], row["test"]): row for row in before} | rows
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([merged[key] for key in sorted(merged)], indent=1) + "\n"
    path.write_text(text, encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Record in the main process only."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(AcceptanceRecord(), "acceptance-record")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Attach each test's acceptance ids to its reports; where several processes share the work, deal it out."""
    for item in items:
        for mark in item.iter_markers("at"):
            item.user_properties.append((PROPERTY, " ".join(mark.args)))
    if hasattr(config, "workerinput"):
        waiting = sorted((item for item in items if waits(item.path)), key=lambda item: rank(item.path))
        busy = [item for item in items if not waits(item.path)]
        items[:] = dealt(waiting, busy, config.workerinput["workercount"], os.cpu_count() or 2)


PLAYS = ("tests/e2e", "tests/conformance/clients", "tests/conformance/faults", "bench/tests")
"""Folders of tests that play whole programs, and mostly wait."""

LONGEST = (
    *("kill", "bulk", "station", "link_soak", "cli_csms", "invariants_billing", "bulk_levels", "at_dso", "site_soak"),
    *("local_kill", "station_small", "firmware", "ocpp_in_link", "at_schedules", "at_sessions", "test_ocpp", "local_cut"),
    *("at_parking_lot", "demo", "wheel", "simulate", "link_protected", "replay", "link_transport", "at_kill", "link_networks"),
)
"""Files of those that are begun first, the one with the longest test first: what is begun last is what all wait for."""


def waits(path: Path) -> bool:
    """Tell whether the tests of a file mostly wait, so that others go on beside them."""
    return path.parent in {ROOT / one for one in PLAYS}


def rank(path: Path) -> int:
    """Return the place of a file among those."""
    name = path.stem.removeprefix("test_")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def dealt(waiting: Sequence[T], busy: Sequence[T], workers: int, cores: int) -> list[T]:
    """Return tests in an order of which each worker first gets an equal part: all but one per core begin with those that wait."""
    players, found = max(1, workers - cores), list[T]()
    left, rest = len(waiting) + len(busy), list(busy)
    for worker in range(workers):
        size = left // (workers - worker)
        left -= size
        own = waiting[worker::players] if worker < players else ()
        count = max(0, size - len(own))
        found += [*own, *rest[:count]]
        del rest[:count]
    return found + rest
