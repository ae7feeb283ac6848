# SPDX-License-Identifier: Apache-2.0
"""What docs tell people to type is there to be typed: nouns, verbs and options of `open63110`."""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rich.console import Console

from open63110.cli.root import app

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
TYPED = re.compile(r"\bopen63110 ([a-z][a-z0-9-]+)(?: ([a-z][a-z0-9-]+))?([^`\n]*)")
END = re.compile(r"[|#;]| && |\. [A-Z]")
PASSING_ON = frozenset({"bench"})
"""Nouns that hand what follows to programs of their own."""

OPTION = re.compile(r"(?<![\w-])--(?:no-)?([a-z][a-z0-9-]*)")


@cache
def shown(*words: str) -> str:
    """What --help says of a command; empty: there is none."""
    out = io.StringIO()
    app.help_print(list(words), console=Console(file=out, width=400))
    text = out.getvalue()
    return text if text.startswith(f"Usage: open63110 {' '.join(words)} ") else ""


def amiss(text: str) -> Iterator[str]:
    """Yield what a text tells people to type and is not there."""
    for typed in TYPED.finditer(text):
        noun, verb, rest = typed[1], typed[2] or "", END.split(typed[3])[0]
        known = (verb and shown(noun, verb)) or shown(noun)
        if noun in PASSING_ON:
            continue
        if not known or (verb and "Usage: open63110 " + noun + " COMMAND" in known):
            yield f"{noun} {verb}"
            continue
        yield from (f"{noun} {verb} --{one}" for one in OPTION.findall(rest) if f"--{one}" not in known)


def test_docs_name_commands_and_options_that_exist() -> None:
    found = {f"{page.relative_to(ROOT)}: {one}" for page in PAGES for one in amiss(page.read_text("utf-8"))}
    assert found == set()


def test_a_command_or_option_that_is_none_is_found() -> None:
    said = "`open63110 station teleport CS-1`, `open63110 station migrate CS-1 --to-url x --colour red`, `open63110 station list`"
    assert list(amiss(said)) == ["station teleport", "station migrate --colour"]
