# SPDX-License-Identifier: Apache-2.0
"""A public function that raises a trouble says so under `Raises:`; that it has a docstring at all is for ruff to see."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "open63110"
Function = ast.FunctionDef | ast.AsyncFunctionDef
HEADING = re.compile(r"^Raises:\n((?:[ \t]+.*\n?|\n)+)", re.MULTILINE)
ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*):", re.MULTILINE)


def sources() -> Iterator[Path]:
    """Every file of the package that a person wrote, but for tests."""
    return (path for path in sorted(PACKAGE.rglob("*.py")) if not {"tests", "_generated"} & set(path.parts))


def troubles(trees: list[ast.Module]) -> dict[str, str]:
    """Every class of the tree of troubles, with the class above it."""
    above = {
        node.name: base.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    return {name: above[name] for name in above if "Trouble" in line(name, above)}


def line(name: str, above: dict[str, str]) -> list[str]:
    """A class and those it descends from."""
    found = [name]
    while found[-1] in above and above[found[-1]] not in found:
        found.append(above[found[-1]])
    return found


def functions(place: ast.AST) -> Iterator[Function]:
    """Functions and methods that others may call: of public classes, and not hidden in another function."""
    for node in ast.iter_child_nodes(place):
        if isinstance(node, Function):
            if not node.name.startswith("_") or node.name == "__init__":
                yield node
        elif not (isinstance(node, ast.ClassDef) and node.name.startswith("_")):
            yield from functions(node)


def raised(body: ast.AST) -> Iterator[str]:
    """Names of what is raised right here, not in functions that are made here."""
    for node in ast.iter_child_nodes(body):
        if isinstance(node, Function | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield made.id if isinstance(made, ast.Name) else ""
        yield from raised(node)


def said(function: Function) -> set[str]:
    """Names that stand under `Raises:`."""
    return {
        name
        for part in HEADING.findall(ast.get_docstring(function) or "")
        for entry in ENTRY.findall(part)
        for name in entry.split(", ")
    }


def silent(tree: ast.Module, above: dict[str, str]) -> Iterator[str]:
    """What is raised and not said, as line, function and trouble; a trouble may go by the name of one above it."""
    for function in functions(tree):
        names = said(function)
        for name in dict.fromkeys(raised(function)):
            if name in above and not names & set(line(name, above)):
                yield f"{function.lineno}: {function.name} raises {name}"


def test_every_trouble_that_a_public_function_raises_is_said() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    above = troubles(list(trees.values()))
    assert {"Refused", "Expired", "MalformedFrame"} <= above.keys()
    assert [f"{path.relative_to(ROOT)}:{one}" for path, tree in trees.items() for one in silent(tree, above)] == []


def test_ruff_demands_a_docstring_of_everything_public() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    places = [place for place, codes in lint["per-file-ignores"].items() if any(code.startswith("D") for code in codes)]
    assert lint["select"] == ["ALL"]
    assert [code for code in lint["ignore"] if re.fullmatch(r"D\d*", code)] == ["D105", "D107"]
    assert places == ["**/tests/**"]


ABOVE = {"Refused": "Trouble", "Expired": "Refused"}
SAID = '''
def f():
    """Do it.

    Raises:
        Refused: it will not be done,
            whatever is said: here.
        OSError: it cannot.
    """
'''


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('def f():\n    """Do it."""\n    raise Refused("no")', ["1: f raises Refused"]),
        ('async def f():\n    if a:\n        raise Expired\n    raise Expired("late") from b', ["1: f raises Expired"]),
        ('class A:\n    def __init__(self):\n        raise Refused("no")', ["2: __init__ raises Refused"]),
        (f"{SAID}    raise Refused('no')", []),
        (f"{SAID}    raise Expired('late')", []),
        ('def f():\n    """Raises: nothing."""\n    raise Refused("no")', ["1: f raises Refused"]),
        ('def _f():\n    raise Refused("no")', []),
        ('class _A:\n    def f(self):\n        raise Refused("no")', []),
        ('def f():\n    def g():\n        raise Refused("no")\n    return g', []),
        ("def f():\n    raise OSError", []),
    ],
)
def test_silence_is_heard(text: str, found: list[str]) -> None:
    assert list(silent(ast.parse(text), ABOVE)) == found
