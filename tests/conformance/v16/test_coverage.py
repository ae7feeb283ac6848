# SPDX-License-Identifier: Apache-2.0
"""coverage.toml of OCPP 1.6 names every action, and agrees with what is translated."""

from pathlib import Path

from tests.conformance.v201.coverage_table import breaches

import open63110.bindings.ocpp.v16 as folder
from open63110.bindings.ocpp.v16.wire import WIRE


def test_the_table_is_true() -> None:
    assert list(breaches(Path(folder.__file__).parent, WIRE)) == []
