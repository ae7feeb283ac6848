# SPDX-License-Identifier: Apache-2.0
"""coverage.toml of OCPP 2.1 names every action and every message without an answer, and agrees with what is translated."""

from pathlib import Path

from tests.conformance.v201.coverage_table import breaches

import open63110.bindings.ocpp.v21 as folder
from open63110.bindings.ocpp.v21.wire import WIRE


def test_the_table_is_true() -> None:
    assert list(breaches(Path(folder.__file__).parent, WIRE)) == []
