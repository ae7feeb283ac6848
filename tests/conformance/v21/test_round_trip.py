# SPDX-License-Identifier: Apache-2.0
"""What goes out on OCPP 2.1 comes in the same at the other end; it carries what 2.0.1 carries, and severities."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v201.golden import CS, NOW
from tests.conformance.v201.messages import ANY, LOST, there_and_back, without, words

from open63110.bindings.ocpp.v21.wire import WIRE
from open63110.model.needs import PriorityChanged
from open63110.usecases.energy.smart_charging import PrioritizeTransfer

CARRIED: dict[Any, st.SearchStrategy[Any]] = {
    **ANY,
    PriorityChanged: st.builds(
        PriorityChanged, station=st.just(CS), at=st.just(NOW), reference=words(36, 1), active=st.booleans()
    ),
    PrioritizeTransfer: st.builds(PrioritizeTransfer, station=st.just(CS), reference=words(36, 1), active=st.booleans()),
}


def test_every_message_that_can_be_carried_is_tried() -> None:
    assert CARRIED.keys() == WIRE.by_message.keys()


@pytest.mark.parametrize("kind", CARRIED, ids=lambda kind: kind.__name__)
def test_what_is_sent_is_understood(kind: Any) -> None:
    lost = LOST.get(kind, set()) - {"severity"}

    @settings(max_examples=40, deadline=None)
    @given(CARRIED[kind])
    def comes_back(message: Any) -> None:
        *_, back = there_and_back(WIRE, message)
        assert type(back) is kind
        assert without(back, lost) == without(message, lost)

    comes_back()
