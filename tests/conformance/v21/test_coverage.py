# SPDX-License-Identifier: Apache-2.0
"""coverage.toml of OCPP 2.1 names every action and every message without an answer, and agrees with what is translated."""

from pathlib import Path

import open63110.bindings.ocpp.v21 as folder
from open63110.bindings.ocpp.v21.wire import WIRE
from tests.conformance.v201.coverage_table import breaches


def test_the_table_is_true():
    assert list(breaches(Path(folder.__file__).parent, WIRE)) == []
