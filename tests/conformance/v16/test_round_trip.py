# SPDX-License-Identifier: Apache-2.0
"""What goes out on OCPP 1.6 comes in the same at the other end, but for what the wire has no field for."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.conformance.v16.messages import ANY, LOST, NAMES, NUMBER
from tests.conformance.v201.messages import there_and_back, without

from open63110.bindings.ocpp.v16.wire import WIRE
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, TransferFact
from open63110.usecases.services.authorize_locally import AuthorizeCredential


def named(message: Any) -> Any:
    """Return a message with the transfer called as the CSMS calls it."""
    return replace(message, reference=str(NUMBER)) if isinstance(message, TransferFact) else message


def test_every_message_that_can_be_carried_is_tried() -> None:
    assert ANY.keys() == WIRE.by_message.keys()


@pytest.mark.parametrize("kind", ANY, ids=lambda kind: kind.__name__)
def test_what_is_sent_is_understood(kind: Any) -> None:
    lost = LOST.get(kind, set())

    @settings(max_examples=60, deadline=None)
    @given(ANY[kind])
    def comes_back(message: Any) -> None:
        *_, back = there_and_back(WIRE, message, NAMES)
        assert type(back) is kind
        assert without(back, lost) == without(named(message), lost)

    comes_back()


@settings(max_examples=40, deadline=None)
@given(st.one_of(*(ANY[kind] for kind in (EnergyTransferStarted, EnergyTransferEnded))))
def test_a_credential_is_judged_before_the_fact_it_came_with(message: Any) -> None:
    *first, _ = there_and_back(WIRE, message, NAMES)
    judged = () if message.subject is None else (message.subject,)
    assert tuple(one.subject for one in first if isinstance(one, AuthorizeCredential)) == judged


@settings(max_examples=40, deadline=None)
@given(st.one_of(*(ANY[kind] for kind in get_args(TransferFact))))
def test_a_repeated_message_has_the_same_natural_key_and_no_sequence_number(message: Any) -> None:
    *_, one = there_and_back(WIRE, message, NAMES)
    *_, again = there_and_back(WIRE, message, NAMES)
    assert one == again
    assert isinstance(one, TransferFact)
    assert one.seq < 0
