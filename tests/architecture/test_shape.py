# SPDX-License-Identifier: Apache-2.0
"""The shape of the tree: twins, clauses, names, sizes and reasons; each rule is also seen to catch a breach."""

import ast
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("src", "tests", "bench", "tools")
SPDX = "# SPDX-License-Identifier: Apache-2.0"
FIELDS = ("Clause", "Asked by", "Done by", "Leaves")
BANNED_FOLDERS = {"utils", "util", "common", "helpers", "helper", "core", "manager", "managers", "misc", "shared"}
BANNED_FILES = {f"{name}.py" for name in BANNED_FOLDERS} | {"services.py"}
LONGEST_FILE = 400
LONGEST_USE_CASE = 200
BROAD_EXCEPT = re.compile(r"^\s*except(\s+\(?(Base)?Exception\b.*)?:")
TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore")
RULE_CODES = re.compile(r"#\s*(type:\s*ignore(\[[^\]]*\])?|noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?)")

Rule = Callable[[Path], Iterator[str]]


def sources(root: Path) -> Iterator[Path]:
    """Every Python file of ours that a person wrote."""
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            if "_generated" not in path.parts:
                yield path


def use_cases(root: Path) -> Iterator[Path]:
    """Every use case: a file of a use-case folder, or a folder of the same name once it has outgrown its file."""
    for domain in sorted((root / "src/open63110/usecases").glob("*/")):
        for path in sorted(domain.iterdir()):
            if path.suffix == ".py" and path.stem != "__init__":
                yield path
            elif (path / "__init__.py").exists():
                yield path / "__init__.py"


def name_of(path: Path) -> str:
    """Name the use case that a file holds."""
    return path.parent.name if path.stem == "__init__" else path.stem


def lines(path: Path) -> list[str]:
    """Read a file as lines."""
    return path.read_text(encoding="utf-8").splitlines()


def clause_in_table(tree: ast.Module) -> str | None:
    """Read the clause that a module's `USE_CASE` states; None without such a table."""
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "USE_CASE" for target in targets):
            return next((str(ast.literal_eval(word.value)) for word in node.value.keywords if word.arg == "clause"), None)
    return None


def every_use_case_has_a_twin(root: Path) -> Iterator[str]:
    """A test stands beside each use case."""
    for path in use_cases(root):
        folder = path.parents[1] if path.stem == "__init__" else path.parent
        if not (folder / "tests" / f"test_{name_of(path)}.py").exists():
            yield f"{path}: no tests/test_{name_of(path)}.py beside it"


def every_use_case_states_its_clause(root: Path) -> Iterator[str]:
    """Docstring and table of a use case name the same clause, and who does what."""
    for path in use_cases(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        stated = dict(re.findall(r"^([A-Z][a-z ]+):\s+(\S.*)$", ast.get_docstring(tree) or "", re.MULTILINE))
        for field in FIELDS:
            if field not in stated:
                yield f"{path}: the docstring lacks '{field}:'"
        clause = clause_in_table(tree)
        if clause is None:
            yield f"{path}: no USE_CASE that states a clause"
        elif clause != stated.get("Clause", "").split(" ")[0]:
            yield f"{path}: USE_CASE is of clause {clause}, the docstring says otherwise"


def every_source_names_its_licence(root: Path) -> Iterator[str]:
    """The first line is the licence, in generated files too."""
    for folder in CODE:
        for path in sorted((root / folder).rglob("*.py")):
            if lines(path)[:1] != [SPDX]:
                yield f"{path}: first line is not {SPDX}"


def names_say_what_is_inside(root: Path) -> Iterator[str]:
    """No drawer for everything."""
    for path in sources(root):
        parts = set(path.relative_to(root).parts[:-1])
        if parts & BANNED_FOLDERS or path.name in BANNED_FILES:
            yield f"{path}: name it for what it holds"


def files_fit_the_eye(root: Path) -> Iterator[str]:
    """No file and no use case outgrows its limit."""
    small = set(use_cases(root))
    for path in sources(root):
        limit = LONGEST_USE_CASE if path in small else LONGEST_FILE
        if len(lines(path)) > limit:
            yield f"{path}: {len(lines(path))} lines, the limit is {limit}"


def no_tests_folder_is_a_package(root: Path) -> Iterator[str]:
    """Tests stay outside the import graph and the wheel."""
    for path in sources(root):
        if path.name == "__init__.py" and "tests" in path.parent.relative_to(root).parts:
            yield f"{path}: a tests folder has no __init__.py"


def exceptions_to_the_rules_give_a_reason(root: Path) -> Iterator[str]:
    """A broad except and a silenced type error say why, on the line or the one above."""
    for path in sources(root):
        text = ["", *lines(path)]
        for number, (above, line) in enumerate(itertools.pairwise(text), start=1):
            if not (BROAD_EXCEPT.match(line) or TYPE_IGNORE.search(line)):
                continue
            if not above.strip().startswith("#") and not reason(line):
                yield f"{path}:{number}: say why"


def reason(line: str) -> bool:
    """Tell whether a line's comment holds words beside the codes of the tools."""
    _, _, comment = RULE_CODES.sub("#", line).partition("#")
    return re.search(r"[A-Za-z]{3}", comment) is not None


GOOD = f'''{SPDX}
"""Reboot a CS.

Clause:     8.3.7
Asked by:   CSMS
Done by:    charging station
Leaves:     a station that has come up again
"""

USE_CASE = UseCase(clause="8.3.7", title="Reboot a CS")
'''
HEAD = f'{SPDX}\n"""A breach."""\n'
HOME = "src/open63110/usecases/stations"

BREACHES: list[tuple[Rule, str, str]] = [
    (every_use_case_has_a_twin, f"{HOME}/lonely.py", GOOD),
    (every_use_case_has_a_twin, f"{HOME}/grown/__init__.py", GOOD),
    (every_use_case_states_its_clause, f"{HOME}/reboot_station.py", GOOD.replace("Asked by", "Wanted by")),
    (every_use_case_states_its_clause, f"{HOME}/reboot_station.py", GOOD.replace('clause="8.3.7"', 'clause="8.3.8"')),
    (every_use_case_states_its_clause, f"{HOME}/reboot_station.py", GOOD.replace("USE_CASE", "TABLE")),
    (every_source_names_its_licence, "src/open63110/store/rows.py", '"""Rows."""\n'),
    (every_source_names_its_licence, "src/open63110/bindings/ocpp/_generated/v16.py", ""),
    (names_say_what_is_inside, "src/open63110/model/utils.py", HEAD),
    (names_say_what_is_inside, "src/open63110/helpers/station.py", HEAD),
    (files_fit_the_eye, "src/open63110/store/rows.py", HEAD + "A = 1\n" * LONGEST_FILE),
    (files_fit_the_eye, f"{HOME}/reboot_station.py", GOOD + "A = 1\n" * LONGEST_USE_CASE),
    (no_tests_folder_is_a_package, f"{HOME}/tests/__init__.py", HEAD),
    (
        exceptions_to_the_rules_give_a_reason,
        "src/open63110/store/rows.py",
        HEAD + "try:\n    pass\nexcept Exception:\n    pass\n",
    ),
    (exceptions_to_the_rules_give_a_reason, "src/open63110/store/rows.py", HEAD + "try:\n    pass\nexcept:\n    pass\n"),
    (
        exceptions_to_the_rules_give_a_reason,
        "src/open63110/store/rows.py",
        HEAD + "try:\n    pass\nexcept BaseException as error:  # noqa: BLE001\n    pass\n",
    ),
    (exceptions_to_the_rules_give_a_reason, "src/open63110/store/rows.py", HEAD + "a: int = f()  # type" + ": ignore[no-any]\n"),
]
RULES = list(dict.fromkeys(rule for rule, _, _ in BREACHES))


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_of_the_rule_is_caught(rule: Rule, path: str, text: str, tmp_path: Path) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    assert [problem for problem in rule(tmp_path) if str(place) in problem]


@pytest.mark.parametrize("rule", RULES)
def test_a_tree_in_good_shape_is_left_alone(rule: Rule, tmp_path: Path) -> None:
    home = tmp_path / HOME
    (home / "tests").mkdir(parents=True)
    (home / "reboot_station.py").write_text(GOOD, encoding="utf-8")
    (home / "tests" / "test_reboot_station.py").write_text(
        HEAD + "try:\n    pass\nexcept Exception:  # noqa: BLE001 - a peer may raise anything\n    pass\n", encoding="utf-8"
    )
    assert list(rule(tmp_path)) == []


def test_tests_and_generators_stay_out_of_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["src/open63110"]
    assert "**/tests/**" in wheel["exclude"]


def test_every_direct_dependency_is_locked_and_explained() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]
    names = [re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in wanted]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    page = (ROOT / "docs/decisions/0002-stack.md").read_text(encoding="utf-8")
    assert [name for name in names if name not in locked] == []
    assert [name for name in names if f"`{name}`" not in page] == []
