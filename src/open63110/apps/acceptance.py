# SPDX-License-Identifier: Apache-2.0
"""What the last recorded run of the acceptance tests showed, and the state of each clause that follows from it."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec

from open63110.apps.clauses import CONTENTS, Clause, Wires
from open63110.runtime.table import discover

RECORDED = "acceptance.json"
"""The last recorded run, beside this module so that an installed program knows it too."""

State = Literal["carried", "partial", "planned", "out"]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One acceptance test as it ended in the recorded run."""

    id: str
    wires: Wires
    test: str
    """Node id: file, function, parameters."""
    outcome: Literal["passed", "skipped", "failed"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded run."""

    date: str = ""
    """ISO 8601; empty: nothing was recorded yet."""
    results: tuple[Result, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a clause stands."""

    clause: str
    title: str
    state: State
    file: str | None
    """Where its use case is; None where it has none."""
    tests: tuple[str, ...]
    """The twin of its file and the acceptance tests that ran."""
    wires: Wires
    """On which at least one of its acceptance tests passed."""
    missing: Mapping[str, Wires] = {}
    """Acceptance test → wires on which it did not pass; none named: it did not pass at all."""
    short: Mapping[str, str] = {}
    """Acceptance test → what its tests leave out so far."""
    reason: str = ""
    """Why it is out."""


def recorded() -> Record:
    """Read the last recorded run."""
    text = files("open63110.apps").joinpath(RECORDED).read_text(encoding="utf-8")
    return msgspec.json.decode(text, type=Record)


def record(run: Path, root: Path, date: str) -> Record:
    """Make a record of a run, without tests that no longer exist.

    Args:
        run: what the tests wrote, a list of results.
        root: of the source tree.
        date: when it ran.
    """
    results = msgspec.json.decode(run.read_bytes(), type=tuple[Result, ...])
    return Record(date=date, results=tuple(sorted((narrowed(one) for one in results if exists(one, root)), key=_by_test)))


def narrowed(result: Result) -> Result:
    """Let a test that has a wire among its parameters speak for that wire only."""
    parameters = re.split(r"[\[\]-]", result.test.partition("[")[2])
    named = tuple(wire for wire in result.wires if wire in parameters)
    return msgspec.structs.replace(result, wires=named or result.wires)


def _by_test(result: Result) -> tuple[str, str]:
    return result.id, result.test


def exists(result: Result, root: Path) -> bool:
    """Tell whether the tree still holds a test of this name that claims this id."""
    file, *names = result.test.split("::")
    path = root / file
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    function = names[-1].partition("[")[0]
    return result.id in text and re.search(rf"def {re.escape(function)}\b", text) is not None


def write(record: Record, path: Path) -> None:
    """Write a record, one result a line, so that a change shows as what it is."""
    rows = ",\n  ".join(msgspec.json.encode(one).decode() for one in record.results)
    path.write_text(f'{{\n "date": {json.dumps(record.date)},\n "results": [\n  {rows}\n ]\n}}\n', encoding="utf-8")


def standings(record: Record) -> list[Standing]:
    """Return how every clause of the contents page stands."""
    homes = use_case_files()
    found = [_standing(clause, homes.get(clause.number, ()), record.results) for clause in CONTENTS]
    return [_with_parts(one, found) for one in found]


def _standing(clause: Clause, homes: Sequence[str], results: Iterable[Result]) -> Standing:
    mine = [one for one in results if one.id in clause.tests]
    missing = {at: lack for at, wires in clause.tests.items() if (lack := _lacking(at, wires, mine)) is not None}
    return Standing(
        clause=clause.number,
        title=clause.title,
        state=_state(clause, missing, begun=bool(homes or mine)),
        file=", ".join(homes) or None,
        tests=(*map(twin, homes), *dict.fromkeys(one.test.partition("[")[0] for one in mine)),
        wires=tuple(sorted({wire for one in mine for wire in one.wires if _passed(one.id, wire, mine)})),
        missing=missing,
        short=clause.short,
        reason=clause.out,
    )


def _state(clause: Clause, missing: Mapping[str, Wires], *, begun: bool) -> State:
    if clause.out:
        return "out"
    if not begun:
        return "planned"
    return "carried" if clause.tests and not missing and not clause.short else "partial"


def _lacking(at: str, wires: Wires, results: Sequence[Result]) -> Wires | None:
    """Return the wires on which a test did not pass; None if nothing is missing."""
    if not wires:
        return None if _passed(at, None, results) else ()
    lack = tuple(wire for wire in wires if not _passed(at, wire, results))
    return lack or None


def _passed(at: str, wire: str | None, results: Iterable[Result]) -> bool:
    """Tell whether a test ran, and every time it ran, passed, on a wire; None: on whichever."""
    outcomes = [one.outcome for one in results if one.id == at and (wire is None or wire in one.wires)]
    return bool(outcomes) and all(outcome == "passed" for outcome in outcomes)


def _with_parts(one: Standing, every: Sequence[Standing]) -> Standing:
    """Let a clause that only holds others stand as they do."""
    parts = [part.state for part in every if part.clause.startswith(f"{one.clause}.")]
    if not parts or one.missing or one.tests:
        return one
    state: State = "partial"
    for whole in ("carried", "planned", "out"):
        state = whole if set(parts) == {whole} else state
    return msgspec.structs.replace(one, state=state)


def use_case_files() -> dict[str, tuple[str, ...]]:
    """Return the files of the use cases of each clause, from the root of the source tree."""
    discover()
    found: dict[str, tuple[str, ...]] = {}
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("open63110.usecases.") or ".tests." in name or "USE_CASE" not in vars(module):
            continue
        place = f"src/{name.replace('.', '/')}"
        file = f"{place}/__init__.py" if hasattr(module, "__path__") else f"{place}.py"
        clause = module.USE_CASE.clause
        found[clause] = (*found.get(clause, ()), file)
    return found


def twin(file: str) -> str:
    """Return the test that stands beside a use case."""
    path = Path(file.removesuffix("/__init__.py")).with_suffix("")
    return str(path.parent / "tests" / f"test_{path.name}.py")


def lack(one: Standing) -> str:
    """Say what a clause lacks, for people."""
    missing = [f"{at} ({' '.join(wires)})" if wires else at for at, wires in one.missing.items()]
    return ", ".join([*missing, *(f"{at}: {words}" for at, words in one.short.items())])


HEAD = (
    "# Clauses",
    "",
    "Every clause of the contents page of IEC 63110-1:2022, and how it stands. Written by `open63110 clauses --write`: *file*",
    "from the use-case table, the rest from the acceptance tests of the last recorded run. *carried*: every acceptance test",
    "passed on every wire it must pass on; *partial*: those under *missing* did not, or leave out what is said there;",
    "*planned*: not begun; *out*: not ours, for the reason given.",
    "Numbers and titles are the standard's, meanings are our interpretation; the project claims no conformity.",
    "",
)
COLUMNS = ("| clause | title | state | file | tests | wires | missing |", "|---|---|---|---|---|---|---|")


def page(record: Record) -> str:
    """Return docs/clauses.md."""
    lines = [*HEAD, f"Last recorded run: {record.date or 'none so far'}.", "", *COLUMNS]
    lines += [_row(one) for one in standings(record)]
    return "\n".join(lines) + "\n"


def _row(one: Standing) -> str:
    tests = "<br>".join(f"`{test.removeprefix('src/open63110/')}`" for test in dict.fromkeys(map(_file, one.tests)))
    file = "<br>".join(f"`{file.removeprefix('src/open63110/')}`" for file in (one.file or "").split(", ") if file)
    missing = lack(one) if one.state == "partial" else one.reason
    cells: list[Any] = [one.clause, one.title, one.state, file, tests, ", ".join(one.wires), missing]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def _file(test: str) -> str:
    return test.partition("::")[0]
