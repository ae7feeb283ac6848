# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong outside this program ends in sentences on stderr and an exit code; what goes wrong inside is shown."""

import json
from collections.abc import Callable

import pytest
from cyclopts import App

from open63110.cli.say import NotUnderstood, guarded, table, tell
from open63110.kernel.errors import Refused


def ending(fault: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise fault

    return command


def end(fault: BaseException) -> int:
    app = App(suppress_keyboard_interrupt=False)
    app.default(ending(fault))
    return guarded(app, [])


BUSY = OSError(98, "Address already in use", "/run/x")
TROUBLE = Refused("it is full", remedy="empty it")


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (TROUBLE, 1, "open63110: it is full\n  → empty it\n"),
        (Refused("full; empty it", remedy="empty it"), 1, "open63110: full; empty it\n"),
        (BUSY, 1, "open63110: Address already in use: /run/x\n"),
        (OSError("odd"), 1, "open63110: odd\n"),
        (ExceptionGroup("many", [BUSY, ExceptionGroup("more", [Refused("no")])]), 1, None),
        (NotUnderstood("what?"), 2, "open63110: what?\n  → add --help to see how it is used\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_a_fault_outside_ends_in_sentences(
    fault: BaseException, code: int, words: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(fault) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("open63110: Address already in use: /run/x\nopen63110: no\n" if words is None else words)


def test_several_lines_of_usage_become_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(NotUnderstood("one\n   two")) == 2
    assert capsys.readouterr().err.startswith("open63110: one two\n")


def test_a_fault_of_our_own_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        end(ZeroDivisionError())
    with pytest.raises(ExceptionGroup):
        end(ExceptionGroup("mixed", [BUSY, ZeroDivisionError()]))


def test_what_a_command_returns_is_the_exit_code() -> None:
    for returned, code in ((None, 0), (0, 0), (1, 1)):
        app = App()
        app.default(lambda said=returned: said)
        assert guarded(app, []) == code


def test_a_result_for_programs_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell({"a": "line\nbreak", "ü": [1]})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"a": "line\nbreak", "ü": [1]}


def test_a_table_away_from_a_terminal_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    table("", ["a", "b"], [["x" * 300, "[red]y[/red]"]])
    out = capsys.readouterr().out
    assert "x" * 300 in out
    assert "[red]y[/red]" in out
