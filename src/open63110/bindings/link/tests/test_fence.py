# SPDX-License-Identifier: Apache-2.0
"""Who obeys tells the authority of now from a former one (AT-B.18-3)."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.bindings.link.errors import BadFrame
from open63110.bindings.link.fence import Fence
from open63110.bindings.link.framing.header import Asker, Header, LeaseShown, decode_header, encode_header, milliseconds

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


def lease(epoch: int, seconds: float = 60.0) -> LeaseShown:
    return LeaseShown("mall-lc", epoch, milliseconds(NOW + timedelta(seconds=seconds)))


@pytest.mark.at("AT-B.18-3", "link")
def test_a_former_authority_is_not_obeyed_while_a_later_one_lasts() -> None:
    fence = Fence()
    assert fence.passes(lease(3), NOW)
    assert fence.passes(lease(4), NOW)
    assert not fence.passes(lease(3, 600.0), NOW)
    assert fence.passes(lease(4, 90.0), NOW)
    assert not fence.passes(lease(3, 600.0), NOW + timedelta(seconds=89))
    assert fence.passes(lease(3, 600.0), NOW + timedelta(seconds=90))


def test_what_bears_no_lease_passes() -> None:
    fence = Fence()
    fence.passes(lease(3), NOW)
    assert fence.passes(None, NOW)
    assert not fence.passes(lease(2), NOW)


def test_who_asks_and_the_lease_stand_in_the_header() -> None:
    header = Header(type=60, by=Asker("anna", "operator", "csms"), lease=lease(7))
    assert decode_header(encode_header(header)) == header


@pytest.mark.parametrize(
    "raw", ["a202183c0f8161610a", "a202183c0f83616161626163", "a202183c1083616101f5", "a202183c1083616101 21"]
)
def test_neither_is_taken_in_another_form(raw: str) -> None:
    data = bytes.fromhex(raw)
    if data == bytes.fromhex("a202183c0f83616161626163"):
        assert decode_header(data).by == Asker("a", "b", "c")
        return
    with pytest.raises(BadFrame):
        decode_header(data)
