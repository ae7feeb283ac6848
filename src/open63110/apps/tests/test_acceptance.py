# SPDX-License-Identifier: Apache-2.0
"""The state of a clause follows from recorded results alone, and the record agrees with the tree and with the document."""

import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from open63110.apps.acceptance import (
    Record,
    Result,
    Standing,
    exists,
    lack,
    narrowed,
    page,
    record,
    recorded,
    standings,
    twin,
    use_case_files,
    write,
)
from open63110.apps.clauses import CONTENTS
from open63110.runtime.table import discover

ROOT = Path(__file__).parents[4]
OCPP = ("v16", "v201", "v21")
TEST = "src/open63110/apps/tests/test_acceptance.py::test_a_clause_is_partial_until_every_test_passed_on_every_wire"


def result(at: str, *wires: str, outcome: str = "passed", test: str = TEST) -> Result:
    return msgspec.convert({"id": at, "wires": wires, "test": test, "outcome": outcome}, Result)


def standing(clause: str, *results: Result) -> Standing:
    return next(one for one in standings(Record(results=results)) if one.clause == clause)


def test_a_clause_nobody_began_is_planned() -> None:
    one = standing("8.3.21")
    assert (one.state, one.file, one.tests, one.wires) == ("planned", None, (), ())


def test_a_clause_with_a_file_and_no_results_is_partial_and_names_what_is_missing() -> None:
    one = standing("8.3.7")
    assert one.state == "partial"
    assert one.file == "src/open63110/usecases/stations/reboot_station/__init__.py"
    assert one.tests == ("src/open63110/usecases/stations/tests/test_reboot_station.py",)
    every = (*OCPP, "link")
    newer = ("v201", "v21", "link")
    assert one.missing == {"AT-8.3.7-1": newer, "AT-8.3.7-2": every, "AT-8.3.7-3": ("v21", "link"), "AT-8.3.7-4": every}


def test_a_clause_is_partial_until_every_test_passed_on_every_wire() -> None:
    first, second = result("AT-6.2-1", *OCPP), result("AT-6.2-2", "v21")
    one = standing("6.1", first, second)
    assert (one.state, one.missing, one.wires) == ("partial", {"AT-6.2-2": ("v201",)}, OCPP)
    assert standing("6.1", first, second, result("AT-6.2-2", "v201", test=f"{TEST}[v201]")).state == "carried"


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_one_bad_run_outweighs_good_ones(outcome: str) -> None:
    good = (result("AT-6.2-1", *OCPP), result("AT-6.2-2", *OCPP))
    bad = result("AT-6.2-2", "v201", outcome=outcome, test=f"{TEST}[again]")
    one = standing("6.1", *good, bad)
    assert (one.state, one.missing) == ("partial", {"AT-6.2-2": ("v201",)})


def test_a_test_without_wires_must_have_run_all_the_same() -> None:
    assert standing("7.9.4").state == "planned"
    assert standing("7.9.4", result("AT-7.9.4-1", outcome="failed")).state == "partial"
    assert standing("7.9.4", result("AT-7.9.4-1")).state == "carried"
    assert standing("7.9.4", result("AT-7.9.4-1", "v201")).state == "carried"


def test_a_clause_whose_tests_leave_something_out_is_not_carried() -> None:
    one = standing("6.2", result("AT-6.2-1", *OCPP), result("AT-6.2-2", *OCPP))
    assert (one.state, one.missing, one.short) == ("partial", {}, {"AT-6.2-1": "reservation and parking"})
    assert lack(one) == "AT-6.2-1: reservation and parking"


def test_a_clause_that_holds_others_stands_as_they_do() -> None:
    states = {one.clause: one.state for one in standings(Record())}
    assert (states["7.9"], states["8.3"]) == ("planned", "partial")


def test_the_contents_page_is_whole_and_in_order() -> None:
    numbers = [clause.number for clause in CONTENTS]
    assert len(set(numbers)) == len(numbers)
    assert {f"8.2.{n}" for n in range(3, 11)} <= set(numbers)
    assert {f"8.3.{n}" for n in range(3, 22)} <= set(numbers)
    assert {f"8.4.{n}" for n in range(3, 10)} <= set(numbers)
    assert {f"B.{n}" for n in range(1, 28)} <= set(numbers)
    assert {"6.1", "6.2", "6.3", *(f"7.{n}" for n in range(1, 11)), *(f"A.{n}" for n in range(2, 6)), "C", "D", "E"} <= set(
        numbers
    )
    assert all(before < after for before, after in pairwise(map(_rank, numbers)))
    assert all(set(clause.short) <= set(clause.tests) for clause in CONTENTS)
    assert all(clause.tests or any(n.startswith(f"{clause.number}.") for n in numbers) for clause in CONTENTS)


def _rank(number: str) -> tuple[tuple[int, str, int], ...]:
    return tuple(
        (int(not part.isdigit()), "" if part.isdigit() else part, int(part) if part.isdigit() else 0)
        for part in number.split(".")
    )


def test_every_use_case_stands_in_the_contents_page_and_its_file_and_twin_exist() -> None:
    homes = use_case_files()
    assert {case.clause for case in discover().cases} == set(homes)
    assert set(homes) <= {clause.number for clause in CONTENTS}
    files = [file for many in homes.values() for file in many]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert [twin(file) for file in files if not (ROOT / twin(file)).is_file()] == []


def marked() -> set[str]:
    """Every id that a test in the tree claims."""
    found: set[str] = set()
    for folder in ("src", "tests", "bench"):
        for path in (ROOT / folder).rglob("test_*.py"):
            if path.name not in {"test_acceptance.py", "test_acceptance_record.py"}:
                found |= set(re.findall(r"mark\.at\(\s*[\"'](AT-[^\"']+)", path.read_text(encoding="utf-8")))
    return found


def test_every_marked_test_is_one_the_contents_page_knows() -> None:
    known = {at for clause in CONTENTS for at in clause.tests}
    assert {at for at in marked() if not at.startswith("AT-4.")} - known == set()


def test_every_recorded_test_is_in_the_tree() -> None:
    assert [one.test for one in recorded().results if not exists(one, ROOT)] == []


def test_the_document_says_what_the_record_and_the_tree_say() -> None:
    said = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert said == page(recorded()), "run: open63110 clauses --write docs/clauses.md"


def test_a_record_forgets_tests_that_are_gone(tmp_path: Path) -> None:
    here = result("AT-6.2-1", "v16")
    gone = [
        result("AT-6.2-1", "v16", test="src/nowhere/test_none.py::test_x"),
        result("AT-6.2-1", "v16", test=f"{TEST.partition('::')[0]}::test_that_was_renamed"),
        result("AT-99-1", "v16", test=TEST.replace("acceptance.py::", "config.py::")),
    ]
    run = tmp_path / "run.json"
    run.write_bytes(msgspec.json.encode([*gone, here]))
    assert record(run, ROOT, "2026-11-23") == Record(date="2026-11-23", results=(here,))


@pytest.mark.parametrize(
    ("parameters", "wires"), [("", OCPP), ("[v201]", ("v201",)), ("[offline-v16-2]", ("v16",)), ("[7]", OCPP)]
)
def test_a_test_that_ran_on_one_wire_speaks_for_that_one_only(parameters: str, wires: tuple[str, ...]) -> None:
    assert narrowed(result("AT-6.2-1", *OCPP, test=TEST + parameters)).wires == wires


def test_a_record_is_written_one_result_a_line_and_read_back(tmp_path: Path) -> None:
    made = Record(date="2026-11-23", results=(result("AT-6.2-1", "v16"), result("AT-6.2-2", "v21", outcome="failed")))
    write(made, tmp_path / "record.json")
    text = (tmp_path / "record.json").read_text(encoding="utf-8")
    assert msgspec.json.decode(text, type=Record) == made
    assert sum('"id"' in line for line in text.splitlines()) == 2


def test_the_page_names_missing_tests_with_their_wires() -> None:
    text = page(Record(date="2026-11-23", results=(result("AT-6.2-1", *OCPP), result("AT-6.2-2", "v16", "v21"))))
    row = next(line for line in text.splitlines() if line.startswith("| 6.1 |"))
    assert "| partial |" in row
    assert row.endswith("| v16, v201, v21 | AT-6.2-2 (v201) |")
    assert "2026-11-23" in text
