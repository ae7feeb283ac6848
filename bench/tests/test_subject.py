# SPDX-License-Identifier: Apache-2.0
"""The yardstick does the job it is measured at, and the table judges."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bench.figure import Figure
from bench.load import build
from bench.subject import USUAL, Subject


@pytest.mark.parametrize("secure", [False, True])
def test_the_usual_stack_keeps_every_event_it_answered(tmp_path: Path, *, secure: bool) -> None:
    with Subject(USUAL, tmp_path / "usual", build(tmp_path)) as usual, usual.fleet("U", 5, tls=secure) as fleet:
        outcome = fleet.run(0.5)
    with closing(sqlite3.connect(tmp_path / "usual" / "usual.db")) as store:
        (events,) = store.execute("SELECT count(*) FROM transaction_event WHERE event_type = 'Updated'").fetchone()
        (transactions,) = store.execute('SELECT count(*) FROM "transaction"').fetchone()
        (journal,) = store.execute("PRAGMA journal_mode").fetchone()
    assert fleet.faults == 0
    assert (events, transactions, journal) == (outcome.run.results, 5, "wal")
    assert outcome.cpu_us > 0


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    subject = Subject("{python} -c raise(SystemExit('no_such_door'))", tmp_path / "none", build(tmp_path))
    with pytest.raises(SystemExit, match="no_such_door"), subject:
        pass


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        (Figure(name="x", value=79.9, at_least=80), True),
        (Figure(name="x", value=80, at_least=80), False),
        (Figure(name="x", value=1.41, at_most=1.4), True),
        (Figure(name="x", value=0, at_most=0), False),
        (Figure(name="x", value=1e9), False),
    ],
)
def test_a_target_is_missed_beyond_its_bound_only(figure: Figure, *, missed: bool) -> None:
    assert figure.missed is missed
    assert ("MISSED" in str(figure)) is missed
