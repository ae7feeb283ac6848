# SPDX-License-Identifier: Apache-2.0
"""permessage-deflate without takeover."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.wire.deflate import OFFER, Corrupt, Deflate, TooBig, agreed, deflate, inflate, negotiate


@given(data=st.binary(max_size=5_000), bits=st.integers(9, 15))
def test_what_was_deflated_inflates_to_itself_at_its_exact_bound(data: bytes, bits: int) -> None:
    packed = deflate(data, bits)
    assert inflate(packed, len(data)) == data
    if data:
        with pytest.raises(TooBig):
            inflate(packed, len(data) - 1)


@given(data=st.binary(max_size=200))
def test_any_bytes_inflate_within_the_bound_or_are_refused(data: bytes) -> None:
    with suppress(TooBig, Corrupt):
        assert len(inflate(data, 1_000)) <= 1_000


@pytest.mark.parametrize(
    ("offers", "bits"),
    [
        ("permessage-deflate", 15),
        ("permessage-deflate; client_max_window_bits", 15),
        ('x-unknown, Permessage-Deflate; server_max_window_bits="12"', 12),
        ("permessage-deflate; server_max_window_bits=8, permessage-deflate", 15),
        ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", 15),
        ("permessage-deflate; server_max_window_bits=8", None),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; surprise", None),
        ("x-webkit-deflate-frame", None),
        (";;,,=", None),
        ("", None),
    ],
)
def test_the_first_offer_that_can_be_met_is_taken(offers: str, bits: int | None) -> None:
    assert negotiate(offers) == (None if bits is None else Deflate(window_bits=bits))


def test_the_answer_names_a_window_only_when_it_was_asked_for() -> None:
    assert Deflate().answer == OFFER
    assert Deflate(window_bits=10).answer == f"{OFFER}; server_max_window_bits=10"


def test_a_client_accepts_what_it_offered_and_nothing_else() -> None:
    assert agreed("") is None
    assert agreed(OFFER) == Deflate()
    for answer in ("permessage-deflate", "other", f"{OFFER}, other"):
        with pytest.raises(ValueError, match="not offered"):
            agreed(answer)
