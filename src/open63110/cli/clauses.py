# SPDX-License-Identifier: Apache-2.0
"""`open63110 clauses`: every clause of the standard and how it stands, derived from code and recorded test runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from open63110.cli.say import AsJson, note, table, tell

if TYPE_CHECKING:
    from open63110.apps.acceptance import Standing


def clauses(
    *,
    json: AsJson = False,
    write: Path | None = None,
    record: Annotated[Path | None, Parameter(name="--record")] = None,
) -> None:
    """Print every clause of the contents page of IEC 63110-1 as carried, partial, planned or out.

    Args:
        json: Print a list of `{"clause", "title", "state", "file", "tests", "wires", "missing", "reason"}`.
        write: Write the page of clauses to this file, for docs/clauses.md.
        record: Take the results of a test run (build/acceptance.json) as the last recorded run first; in a source tree only.
    """
    import msgspec

    from open63110.apps import acceptance

    if record is not None:
        _record(record)
    last = acceptance.recorded()
    if write is not None:
        write.write_text(acceptance.page(last), encoding="utf-8")
    found = acceptance.standings(last)
    if json:
        tell(msgspec.to_builtins(found))
        return
    rows = [[one.clause, one.title, one.state, one.file or "", " ".join(one.wires), _why(one)] for one in found]
    table("", ["clause", "title", "state", "file", "wires", "missing"], rows)
    note(f"Tests as of {last.date or 'never'}; --json names them.")


def _why(one: "Standing") -> str:
    from open63110.apps.acceptance import lack

    return one.reason or (lack(one) if one.state == "partial" else "")


def _record(run: Path) -> None:
    from open63110.apps import acceptance, clock
    from open63110.kernel.errors import Refused

    home = Path(acceptance.__file__).parent
    root = home.parents[2]
    if not (root / "pyproject.toml").is_file():
        raise Refused("a run is recorded in a source tree, not in an installed program", code="NoSourceTree")
    now = clock.SystemClock().now()
    acceptance.write(acceptance.record(run, root, f"{now:%Y-%m-%d}"), home / acceptance.RECORDED)
