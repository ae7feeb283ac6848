# SPDX-License-Identifier: Apache-2.0
"""`open63110 bench`: the measurements of a source tree, beside the usual Python stack on the same machine."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from open63110.kernel.errors import Refused


def bench(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> int:
    """Measure: open63110 bench throughput --short. Everything behind bench is handed on; bench --short for a quick look.

    Args:
        arguments: throughput, tls, rate, memory, storm, link, planner or all, and options of `python -m bench.run`.

    Raises:
        Refused: this is an installed program, without the source tree.
    """
    root = Path(__file__).parents[3]
    if not (root / "bench" / "run.py").is_file():
        raise Refused("bench is part of the source tree, not of an installed program", code="NoSourceTree", remedy="clone it")
    done = subprocess.run([sys.executable, "-m", "bench.run", *arguments], cwd=root, check=False)  # noqa: S603 - our own
    return done.returncode
