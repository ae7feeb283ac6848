# SPDX-License-Identifier: Apache-2.0
"""What a person or a program is told: results on stdout, as text or JSON, and troubles in one sentence on stderr."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from open63110.kernel.errors import Trouble

DONE, NOT_DONE, NOT_UNDERSTOOD = 0, 1, 2

AsJson = Annotated[bool, Parameter(name="--json", negative=(), show_default=False, help="As JSON, for programs.")]
"""Whether the result is printed as JSON."""


class NotUnderstood(Exception):
    """The arguments contradict each other or are of no known form."""


def guarded(app: App, arguments: list[str]) -> int:
    """Run a command; whatever goes wrong for a reason outside this program ends in one sentence, not in a traceback."""
    try:
        result = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as fault:
        return _misunderstood(str(fault))
    except NotUnderstood as fault:
        return _misunderstood(str(fault))
    except BrokenPipeError:  # whoever read the result has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130
    except (Trouble, OSError, ExceptionGroup) as fault:
        return _not_done(fault)
    return result if isinstance(result, int) else DONE


def _misunderstood(words: str) -> int:
    complain(" ".join(words.split()), "add --help to see how it is used")
    return NOT_UNDERSTOOD


def _not_done(fault: Exception) -> int:
    reasons = list(_leaves(fault))
    if not all(isinstance(one, Trouble | OSError) for one in reasons):
        raise fault
    for one in reasons:
        if isinstance(one, Trouble):
            complain(one.message, "" if one.remedy in one.message else one.remedy)
        elif isinstance(one, OSError):
            complain(f"{one.strerror or one}{f': {one.filename}' if one.filename else ''}")
    return NOT_DONE


def _leaves(fault: Exception) -> Iterator[Exception]:
    if isinstance(fault, ExceptionGroup):
        for one in fault.exceptions:
            yield from _leaves(one)
    else:
        yield fault


def complain(words: str, remedy: str = "") -> None:
    """Say what is wrong, and what to do about it, on stderr."""
    note(f"open63110: {words}")
    if remedy:
        note(f"  → {remedy}")


def note(words: str) -> None:
    """Say something to a person, on stderr."""
    with contextlib.suppress(BrokenPipeError):
        print(words, file=sys.stderr, flush=True)


def tell(result: Any) -> None:
    """Print a result as one line of JSON."""
    print(json.dumps(result, default=str, ensure_ascii=False), flush=True)


def say(words: str = "") -> None:
    """Print a line of a result for people."""
    print(words, flush=True)


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print rows for people: as wide as the terminal, or as wide as needed where there is none."""
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*columns, title=title or None, box=None, title_justify="left", header_style="bold", pad_edge=False)
    for row in rows:
        drawn.add_row(*row)

    class Pipe(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the program as failed

    console = Pipe(width=None if sys.stdout.isatty() else 10_000, highlight=False, markup=False)
    console.print(drawn)
