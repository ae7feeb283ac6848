# SPDX-License-Identifier: Apache-2.0
"""Each import contract of pyproject.toml is broken on purpose in a copy of the tree, and seen caught."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HEAD = '# SPDX-License-Identifier: Apache-2.0\n"""A breach."""\n'
INNER = ("kernel", "model", "ports", "planner", "usecases", "flows")

BREACHES = {
    "an inner ring imports an outer one": (
        "rings",
        {"kernel/breach": "import open63110.model.breach_target", "model/breach_target": ""},
    ),
    "a use case imports the runtime": (
        "rings",
        {"usecases/stations/breach": "import open63110.runtime.breach_target", "runtime/breach_target": ""},
    ),
    "the store imports a binding": (
        "rings",
        {"store/breach": "import open63110.bindings.breach_target", "bindings/breach_target": ""},
    ),
    "the simulator imports a binding": (
        "rings",
        {"simulator/breach": "import open63110.bindings.breach_target", "bindings/breach_target": ""},
    ),
    "a new name appears beside the rings": ("rings", {"breach": ""}),
    "a use case imports another": (
        "usecases",
        {"usecases/stations/breach": "import open63110.usecases.services.breach_target", "usecases/services/breach_target": ""},
    ),
    "a use case reaches another through a third module": (
        "usecases",
        {
            "usecases/stations/breach": "import open63110.model.breach_between",
            "model/breach_between": "import open63110.usecases.services.breach_target",
            "usecases/services/breach_target": "",
        },
    ),
    "a flow imports another": ("flows", {"flows/breach": "import open63110.flows.breach_target", "flows/breach_target": ""}),
    "a binding imports another": (
        "bindings",
        {"bindings/breach/__init__": "import open63110.bindings.breach_target", "bindings/breach_target": ""},
    ),
    "framing imports a version": (
        "ocpp",
        {"bindings/ocpp/rpc/breach": "import open63110.bindings.ocpp.v16.breach_target", "bindings/ocpp/v16/breach_target": ""},
    ),
    "OCPP 1.6 imports 2.0.1": (
        "ocpp",
        {"bindings/ocpp/v16/breach": "import open63110.bindings.ocpp.v201.breach_target", "bindings/ocpp/v201/breach_target": ""},
    ),
    "OCPP 2.0.1 imports 2.1": (
        "ocpp",
        {"bindings/ocpp/v201/breach": "import open63110.bindings.ocpp.v21.breach_target", "bindings/ocpp/v21/breach_target": ""},
    ),
    "the model waits": ("pure", {"model/breach": "import asyncio"}),
    "a use case reads the clock": ("pure", {"usecases/stations/breach": "import time"}),
    "the kernel speaks SQL": ("pure", {"kernel/breach": "import sqlalchemy"}),
    "a flow logs": ("pure", {"flows/breach": "import structlog"}),
    "the planner opens a socket": ("pure", {"planner/breach": "import socket"}),
    "two siblings import each other": (
        "cycles",
        {"store/breach": "import open63110.store.breach_target", "store/breach_target": "import open63110.store.breach"},
    ),
}


def contracts() -> list[dict[str, Any]]:
    """Every import contract of the project."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["importlinter"]["contracts"])


def copy_of_the_tree(folder: Path) -> Path:
    """Copy what the linter reads, without tests."""
    skip = shutil.ignore_patterns("tests", "__pycache__", "_generated", "static", "templates")
    shutil.copytree(ROOT / "src", folder / "src", ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "src" / "open63110"


def add_module(package: Path, name: str, body: str) -> None:
    """Write one module and the `__init__` of every package on the way to it."""
    path = package / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.parents:
        if folder == package:
            break
        if not (folder / "__init__.py").exists():
            (folder / "__init__.py").write_text(HEAD, encoding="utf-8")
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Check contracts as `make check` does; all of them unless told which."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_tree_as_it_stands_keeps_every_contract(tmp_path: Path) -> None:
    copy_of_the_tree(tmp_path)
    result = lint(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(contracts())} kept, 0 broken" in result.stdout


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_caught(breach: str, tmp_path: Path) -> None:
    contract, modules = BREACHES[breach]
    package = copy_of_the_tree(tmp_path)
    for name, body in modules.items():
        add_module(package, name, body)
    result = lint(tmp_path, "--contract", contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "0 kept, 1 broken" in result.stdout
    assert "breach" in result.stdout


def test_every_contract_is_broken_on_purpose_somewhere() -> None:
    assert {contract["id"] for contract in contracts()} == {contract for contract, _ in BREACHES.values()}


def test_every_inner_ring_is_under_the_purity_contract() -> None:
    pure = next(contract for contract in contracts() if contract["id"] == "pure")
    assert {name.split(".")[1] for name in pure["source_modules"]} == set(INNER)
