# SPDX-License-Identifier: Apache-2.0
"""OCPP 1.6, frame by frame: what each means, what is answered, what we send."""

from pathlib import Path

import pytest
from tests.conformance.v201.golden import Case, cases, is_answered, is_called, is_heard, is_understood

from open63110.bindings.ocpp.v16.wire import WIRE

CASES = cases(Path(__file__).parent / "frames")
OURS = [case for case in CASES if "message" in case.said]


def test_every_translation_has_a_golden_frame() -> None:
    assert {case.action for case in CASES} == set(WIRE.by_action)


@pytest.mark.parametrize("case", [case for case in CASES if "says" in case.said], ids=str)
def test_a_request_means(case: Case) -> None:
    is_understood(WIRE, case)


@pytest.mark.parametrize("case", [case for case in CASES if "answers" in case.said], ids=str)
def test_a_request_is_answered(case: Case) -> None:
    is_answered(WIRE, case)


@pytest.mark.parametrize("case", OURS, ids=str)
def test_our_message_becomes_the_request(case: Case) -> None:
    is_called(WIRE, case)


@pytest.mark.parametrize("case", [case for case in OURS if "hears" in case.said], ids=str)
def test_the_response_to_ours_means(case: Case) -> None:
    is_heard(WIRE, case)
