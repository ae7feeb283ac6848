# SPDX-License-Identifier: Apache-2.0
"""Whatever a peer sends on OCPP 1.6, reading it ends in messages or in a trouble, never in another error (I11)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v201.broken import spoiled, survives, survives_answer
from tests.conformance.v201.golden import Case, cases

from open63110.bindings.ocpp.v16.wire import WIRE

CASES = cases(Path(__file__).parent / "frames")
HEARS = [case for case in CASES if "hears" in case.said]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_a_broken_request_is_trouble_at_most(case: Case, data: Any) -> None:
    survives(WIRE, case, json.dumps(spoiled(case.said["request"], data.draw)).encode())


@pytest.mark.parametrize("case", HEARS, ids=str)
def test_a_broken_response_is_trouble_at_most(case: Case) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(case.said["hears"]), st.data())
    def is_survived(hears: Any, data: Any) -> None:
        survives_answer(WIRE, case, json.dumps(spoiled(hears["response"], data.draw)).encode())

    is_survived()
