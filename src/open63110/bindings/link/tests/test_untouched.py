# SPDX-License-Identifier: Apache-2.0
"""Bodies of which a level writes anew only what it changes (B.14, B.15)."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from open63110.bindings.link.framing.header import Extension, Header, Kind, Priority
from open63110.bindings.link.messages import items
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.rights import Sender
from open63110.bindings.link.untouched import goes_up, plain, rewritten
from open63110.kernel.address import parse
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.usecases.energy.smart_charging import LimitPower
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS1")
AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EVENT = StationEventReported(station=CS1, at=AT, component="Lock", severity=3, code="A")
LIMIT = LimitPower(station=CS1, evse=EvseNumber(1), limit=Watts(7_000.0))
NOBODY: Any = None
"""The other end shares the references to people."""
MORE = {-7: items.blob(b"a vendor's"), 900: b"\x82\x01\xa1\x05\x61x"}


def values(body: bytes) -> dict[int, bytes]:
    return {key: body[begin:end] for key, begin, end in items.spans(body)}


def with_more(body: bytes) -> bytes:
    found = MORE | values(body)
    return items.head(items.MAP, len(found)) + b"".join(items.integer(key) + value for key, value in found.items())


def test_what_this_level_would_write_is_plain_and_nothing_else_is() -> None:
    number, body = CODEC.number(EVENT), CODEC.encode(EVENT, station=CS1)
    assert plain(Header(type=number), body, EVENT, NOBODY)
    assert not plain(Header(type=number), with_more(body), EVENT, NOBODY)
    assert not plain(Header(type=number, version=99), body, EVENT, NOBODY)
    assert not plain(Header(type=number, extensions={"org.example.x": Extension()}), body, EVENT, NOBODY)


def test_a_body_of_which_nothing_changes_stays_byte_for_byte() -> None:
    came = with_more(CODEC.encode(LIMIT, station=CS1))
    assert rewritten(came, LIMIT, LIMIT, NOBODY) is came


def test_only_what_changes_is_written_anew() -> None:
    less = msgspec.structs.replace(LIMIT, limit=Watts(6_000.5))
    came = with_more(CODEC.encode(LIMIT, station=CS1))
    made = rewritten(came, LIMIT, less, NOBODY)
    assert values(made) == MORE | values(CODEC.encode(less, station=CS1))
    assert CODEC.decode(CODEC.number(LIMIT), made, station=CS1) == less
    again = rewritten(made, less, LIMIT, NOBODY)
    assert values(again) == values(came)


def test_what_is_taken_away_and_what_is_added_comes_and_goes() -> None:
    whole = msgspec.structs.replace(EVENT, text="words")
    came = with_more(CODEC.encode(whole, station=CS1))
    assert values(rewritten(came, whole, EVENT, NOBODY)) == MORE | values(CODEC.encode(EVENT, station=CS1))
    late = msgspec.structs.replace(whole, offline=True)
    assert values(rewritten(came, whole, late, NOBODY)) == MORE | values(CODEC.encode(late, station=CS1))


STRANGE = 700
SITE = Sender(role=Role.LOCAL_CSMS, places=(parse("/mall"),))


@pytest.mark.parametrize(
    ("header", "goes"),
    [
        (Header(type=STRANGE, src="/mall/north/CS1"), True),
        (Header(type=STRANGE, src="/mall/north/CS1", kind=Kind.REQUEST, priority=Priority.CONTROL), True),
        (Header(type=STRANGE, src="/mall/north/CS1", priority=Priority.EMERGENCY), False),
        (Header(type=STRANGE, src="/mall/north/CS1", kind=Kind.SUBSCRIBE), False),
        (Header(type=STRANGE, src="/other/north/CS1"), False),
        (Header(type=STRANGE, src="no address"), False),
        (Header(type=CODEC.number(EVENT), src="/mall/north/CS1"), False),
    ],
)
def test_a_message_of_an_unknown_type_goes_up_only_about_what_its_sender_may_speak_of(header: Header, goes: bool) -> None:
    assert goes_up(header, lambda one: parse(one.src), SITE) is goes
