# SPDX-License-Identifier: Apache-2.0
"""Whatever a station sends on OCPP 2.1, reading it ends in messages or in a trouble, never in another error (I11)."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v201.broken import spoiled, survives
from tests.conformance.v201.golden import Case, cases

from open63110.bindings.ocpp.v21.wire import WIRE

CASES = [*cases(Path(__file__).parent / "frames"), *cases()]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_a_broken_request_is_trouble_at_most(case: Case, data: Any) -> None:
    survives(WIRE, case, json.dumps(spoiled(case.said["request"], data.draw)).encode())
