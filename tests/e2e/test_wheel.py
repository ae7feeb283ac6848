# SPDX-License-Identifier: Apache-2.0
"""The wheel holds all that the program needs: it is built, unpacked far from the source tree, and runs there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "open63110"


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    built = run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    assert built.returncode == 0, built.stderr
    [found] = folder.glob("*.whl")
    return found


def shipped(path: PurePosixPath) -> bool:
    """Tests stay at home, and so does what tools leave behind."""
    return not any(part in {"tests", "__pycache__"} or part.startswith(".") for part in path.parts)


def test_it_holds_the_whole_package_and_nothing_of_its_tests(wheel: Path) -> None:
    ours = {PurePosixPath("open63110", *path.relative_to(PACKAGE).parts) for path in PACKAGE.rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as content:
        held = {PurePosixPath(name) for name in content.namelist()}
    assert {path for path in held if ".dist-info" not in path.parts[0]} == {path for path in ours if shipped(path)}
    needed = ("apps/acceptance.json", "apps/judge.py", "bindings/web/templates/base.html", "store/migrations/env.py", "py.typed")
    assert {PurePosixPath("open63110", name) for name in needed} < held


def test_what_it_holds_plays_the_demo_and_judges_it(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as content:
        content.extractall(place)
    where = run("-c", "import open63110; print(open63110.__file__)", cwd=tmp_path, PYTHONPATH=str(place))
    assert where.stdout.strip() == str(place / "open63110" / "__init__.py")
    words = ("--headless", "--for", "12", "--clock-factor", "60", "--web-port", "0")
    done = run("-m", "open63110", "demo", *words, cwd=tmp_path, PYTHONPATH=str(place))
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 differences" in done.stdout
    assert "every record is right" in done.stdout
