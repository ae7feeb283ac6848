# SPDX-License-Identifier: Apache-2.0
"""The session layer stays small enough to be read in one go: under 900 lines of code, docstrings and comments left out."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parents[1]


def lines_of_code(text: str) -> int:
    words = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = enumerate((line.strip() for line in text.splitlines()), start=1)
    return sum(bool(line) and not line.startswith("#") and number not in words for number, line in code)


def test_the_session_layer_is_small() -> None:
    assert 600 < sum(lines_of_code(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")) < 900


def test_words_and_blank_lines_do_not_count() -> None:
    assert lines_of_code('"""Doc."""\n\n# why\na = 1  # how\n"""Two\nlines."""\nb = """text\nmore"""\n') == 3
