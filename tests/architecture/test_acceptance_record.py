# SPDX-License-Identifier: Apache-2.0
"""A test run writes down which acceptance tests passed, on which wires, whoever of the workers ran them."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parents[2] / "conftest.py"
SETTINGS = "[pytest]\nmarkers =\n    at(id, *wires): an acceptance test\n"
TESTS = """
import pytest

@pytest.fixture
def grid():
    yield
    raise RuntimeError("it would not let go")

@pytest.mark.at("AT-6.2-1", "v16", "v201")
def test_passes(): pass

@pytest.mark.at("AT-7.1-1")
@pytest.mark.at("AT-7.2.2-1", "v21")
def test_fails(): assert not "this"

@pytest.mark.at("AT-8.3.7-1", "v201")
def test_fails_when_cleaning_up(grid): pass

@pytest.mark.at("AT-8.3.7-2", "v201")
def test_is_skipped(): pytest.skip("no peer")

def test_of_something_else(): pass
"""


def record(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the rows that a run left, by acceptance id."""
    rows = json.loads((folder / "build" / "acceptance.json").read_text(encoding="utf-8"))
    return {row["id"]: row for row in rows}


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini(SETTINGS)
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(TESTS)
    return pytester


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_acceptance_test_leaves_its_outcome(project: pytest.Pytester, workers: str) -> None:
    project.runpytest_subprocess("-n", workers)
    rows = record(project.path)
    assert {identifier: row["outcome"] for identifier, row in rows.items()} == {
        "AT-6.2-1": "passed",
        "AT-7.1-1": "failed",
        "AT-7.2.2-1": "failed",
        "AT-8.3.7-1": "failed",
        "AT-8.3.7-2": "skipped",
    }
    assert rows["AT-6.2-1"]["wires"] == ["v16", "v201"]
    assert rows["AT-6.2-1"]["test"].endswith("::test_passes")


def test_a_partial_run_keeps_what_other_tests_showed(project: pytest.Pytester) -> None:
    project.runpytest_subprocess()
    project.makepyfile(TESTS.replace('not "this"', '"this"'))
    project.runpytest_subprocess("-k", "test_fails and not cleaning")
    outcomes = {identifier: row["outcome"] for identifier, row in record(project.path).items()}
    assert outcomes["AT-7.1-1"] == "passed"
    assert outcomes["AT-6.2-1"] == "passed"
    assert outcomes["AT-8.3.7-1"] == "failed"


def test_a_run_without_acceptance_tests_leaves_the_record_alone(project: pytest.Pytester) -> None:
    project.runpytest_subprocess("-k", "something_else")
    assert not (project.path / "build").exists()
