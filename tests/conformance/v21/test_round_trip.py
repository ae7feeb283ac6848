# SPDX-License-Identifier: Apache-2.0
"""What goes out on OCPP 2.1 comes in the same at the other end; it carries what 2.0.1 carries, and severities."""

from typing import Any

import pytest
from hypothesis import given, settings
from tests.conformance.v201.messages import ANY, LOST, there_and_back, without

from open63110.bindings.ocpp.v21.wire import WIRE


@pytest.mark.parametrize("kind", ANY, ids=lambda kind: kind.__name__)
def test_what_is_sent_is_understood(kind: Any) -> None:
    lost = LOST.get(kind, set()) - {"severity"}

    @settings(max_examples=40, deadline=None)
    @given(ANY[kind])
    def comes_back(message: Any) -> None:
        *_, back = there_and_back(WIRE, message)
        assert type(back) is kind
        assert without(back, lost) == without(message, lost)

    comes_back()
