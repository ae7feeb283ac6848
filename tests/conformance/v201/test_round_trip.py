# SPDX-License-Identifier: Apache-2.0
"""What goes out on OCPP 2.0.1 comes in the same at the other end, but for what the wire has no field for."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v201.messages import ANY, LOST, there_and_back, without

from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.model.transfer import TransferFact
from open63110.usecases.services.authorize_locally import AuthorizeCredential


def test_every_message_that_can_be_carried_is_tried() -> None:
    assert ANY.keys() == WIRE.by_message.keys()


@pytest.mark.parametrize("kind", ANY, ids=lambda kind: kind.__name__)
def test_what_is_sent_is_understood(kind: Any) -> None:
    lost = LOST.get(kind, set())

    @settings(max_examples=40, deadline=None)
    @given(ANY[kind])
    def comes_back(message: Any) -> None:
        *_, back = there_and_back(WIRE, message)
        assert type(back) is kind
        assert without(back, lost) == without(message, lost)

    comes_back()


@settings(max_examples=40, deadline=None)
@given(st.one_of(*(ANY[kind] for kind in get_args(TransferFact))))
def test_a_credential_is_judged_before_the_fact_it_came_with(message: Any) -> None:
    *first, _ = there_and_back(WIRE, message)
    judged = () if message.subject is None else (message.subject,)
    assert tuple(one.subject for one in first if isinstance(one, AuthorizeCredential)) == judged
    assert len(first) == len(judged)
