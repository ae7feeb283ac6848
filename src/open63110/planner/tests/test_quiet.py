# SPDX-License-Identifier: Apache-2.0
"""Standard output stays as it was."""

import subprocess
import sys

SOLVE = """
from open63110.planner.quiet import Quiet
solver = Quiet()
solver.addVar(0.0, 1.0)
solver.changeColCost(0, -1.0)
solver.run()
assert solver.getInfo().objective_function_value == -1.0
"""


def test_a_solver_that_is_made_and_used_writes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
