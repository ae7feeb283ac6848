# SPDX-License-Identifier: Apache-2.0
"""Whatever a peer sends on OCPP, reading it ends in messages or in a trouble, never in another error (I11)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v201.broken import spoiled, survives, survives_answer
from tests.conformance.v201.golden import Case
from tests.conformance.wires import FRAMES, OF_21, each

from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v21.wire import WIRE as V21


@pytest.mark.parametrize("wire", FRAMES, ids=lambda wire: wire.version)
def test_a_broken_request_is_trouble_at_most(wire: Wire) -> None:
    @settings(max_examples=500, deadline=None)
    @given(st.sampled_from(FRAMES[wire]), st.data())
    def is_survived(case: Case, data: Any) -> None:
        survives(wire, case, json.dumps(spoiled(case.said["request"], data.draw)).encode())

    is_survived()


def is_own(wire: Wire, case: Case) -> bool:
    """Tell whether a frame is of this version, and not one that 2.1 took over."""
    return wire is not V21 or case in OF_21


@pytest.mark.parametrize(("wire", "case"), each(lambda wire, case: "hears" in case.said and is_own(wire, case)))
def test_a_broken_response_is_trouble_at_most(wire: Wire, case: Case) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(case.said["hears"]), st.data())
    def is_survived(hears: Any, data: Any) -> None:
        survives_answer(wire, case, json.dumps(spoiled(hears["response"], data.draw)).encode())

    is_survived()
