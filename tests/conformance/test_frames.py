# SPDX-License-Identifier: Apache-2.0
"""OCPP frame by frame: what each means, what is answered, what we send."""

import pytest
from tests.conformance.v201.golden import Case, is_answered, is_called, is_heard, is_understood
from tests.conformance.wires import FRAMES, each

from open63110.bindings.ocpp.translation import Wire


@pytest.mark.parametrize("wire", FRAMES, ids=lambda wire: wire.version)
def test_every_translation_has_a_golden_frame(wire: Wire) -> None:
    assert {case.action for case in FRAMES[wire]} == set(wire.by_action)


@pytest.mark.parametrize(("wire", "case"), each(lambda _, case: "says" in case.said))
def test_a_request_means(wire: Wire, case: Case) -> None:
    is_understood(wire, case)


@pytest.mark.parametrize(("wire", "case"), each(lambda _, case: "answers" in case.said))
def test_a_request_is_answered(wire: Wire, case: Case) -> None:
    is_answered(wire, case)


@pytest.mark.parametrize(("wire", "case"), each(lambda _, case: "message" in case.said))
def test_our_message_becomes_the_request(wire: Wire, case: Case) -> None:
    is_called(wire, case)


@pytest.mark.parametrize(("wire", "case"), each(lambda _, case: {"message", "hears"} <= case.said.keys()))
def test_the_response_to_ours_means(wire: Wire, case: Case) -> None:
    is_heard(wire, case)
