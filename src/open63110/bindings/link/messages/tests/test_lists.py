# SPDX-License-Identifier: Apache-2.0
"""Long messages item by item: what it costs, and what strangers may try (AT-B.7-2)."""

import random
import time
import tracemalloc
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from tools.link_samples import NOON, STATION, Wallet, ten

from open63110.bindings.link.messages.codec import CODEC, decode, encode
from open63110.bindings.link.messages.items import MOST
from open63110.bindings.link.messages.lists import LONGEST_ITEM, LONGEST_REST, Opened, opened
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.model.reading import Reading
from open63110.usecases.services.authorize_locally import SendLocalList
from open63110.usecases.stations.monitor_station import MeterValuesReported

READINGS, LIST = REGISTRY.by_name["MeterValuesReported"].number, REGISTRY.by_name["SendLocalList"].number
MEGABYTE, ALLOWED = 1_000_000, 256 * 1024


def report(groups: int) -> MeterValuesReported:
    """What a meter has seen for hours: ten readings a second."""
    readings = [one for count in range(groups) for one in ten(NOON + timedelta(seconds=count), count)]
    return MeterValuesReported(station=STATION, at=NOON, evse=EvseNumber(1), readings=tuple(readings))


def open_report(body: bytes) -> Opened[Any]:
    return opened(CODEC, READINGS, "readings", body, station=STATION)


def spent(body: bytes) -> tuple[int, int, float]:
    """Read a report to its end; return how many readings there were, the most heap beside the body, and the sum of values."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        count, total = 0, 0.0
        for one in open_report(body):
            count, total = count + 1, total + one.value
        return count, tracemalloc.get_traced_memory()[1] - before, total
    finally:
        tracemalloc.stop()


@pytest.mark.at("AT-B.7-2", "link")
def test_a_report_of_a_megabyte_is_read_with_a_quarter_of_that_beside_it() -> None:
    message = report(13_800)
    body = encode(message, station=STATION)
    count, total = len(message.readings), sum(one.value for one in message.readings)
    del message
    assert MEGABYTE <= len(body) <= MOST
    open_report(encode(report(1), station=STATION))  # what is made once for all messages
    found, heap, values = spent(body)
    assert found == count
    assert values == pytest.approx(total)
    assert heap <= ALLOWED


def test_item_by_item_gives_what_reading_it_at_once_gives() -> None:
    body = encode(report(40), station=STATION)
    whole, piecewise = decode(READINGS, body, station=STATION), open_report(body)
    assert tuple(piecewise) == tuple(piecewise) == whole.readings
    assert (piecewise.message.station, piecewise.message.at, piecewise.message.evse) == (STATION, NOON, EvseNumber(1))
    assert (piecewise.message.readings, piecewise.count) == ((), 40)


def test_a_local_list_is_read_entry_by_entry() -> None:
    from tools.link_samples import sample  # noqa: PLC0415 - of this test alone

    wallet, message = Wallet(), sample("SendLocalList", random.Random(3), full=True)
    body = encode(message, station=STATION, subjects=wallet)
    found = opened(CODEC, LIST, "entries", body, station=STATION, subjects=wallet)
    assert tuple(found) == message.entries != ()
    assert isinstance(found.message, SendLocalList)
    assert found.message.entries == ()


def test_a_message_without_its_list_has_none() -> None:
    found = open_report(cbor2.dumps({2: 0, 3: 1, 4: []}))
    assert (list(found), found.count) == ([], 0)


GROUP: list[Any] = [0, [1], [1]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x80",
        b"\xa1",
        b"\xbf\xff",
        b"\xa1\x04\x9f\xff",
        b"\xa1\x04\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\xa1\x05\x5b\x7f" + b"\xff" * 7,
        b"\xa1\x05" + b"\x81" * 17 + b"\x00",
        b"\xa1\x05" + b"\x81" * 60_000,
        b"\xa1\x05\xc1\x00",
        cbor2.dumps({2: 0, 3: 1, 4: 7}),
        cbor2.dumps({2: 0, 3: 1, 4: [GROUP]}) + b"\x00",
        cbor2.dumps({2: 0, 3: 1, 4: [GROUP], 99: b"x" * LONGEST_REST}),
        cbor2.dumps({2: 0, 3: "one", 4: [GROUP]}),
        b"\xa4\x02\x00\x03\x01\x04\x80\x04\x80",
        b"\xa1\x05" + b"x" * (MOST + 1),
    ],
)
def test_what_is_no_message_is_refused_before_its_list(body: bytes) -> None:
    with pytest.raises(Malformed):
        open_report(body)


@pytest.mark.parametrize(
    "group", [7, [0, [1]], [0, [1], []], [0, [1], [1], {9: {}}], [0, [1] * LONGEST_ITEM, [1] * LONGEST_ITEM]]
)
def test_an_item_that_does_not_fit_is_refused_where_it_stands(group: Any) -> None:
    found = iter(open_report(cbor2.dumps({2: 0, 3: 1, 4: [GROUP, group]})))
    assert isinstance(next(found), Reading)
    with pytest.raises(Malformed):
        next(found)


def test_a_number_that_nobody_has_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        opened(CODEC, 9999, "readings", b"\xa0")


def test_spoilt_bodies_are_read_or_refused_as_they_are_at_once() -> None:
    chance, good = random.Random(7), encode(report(3), station=STATION)
    for _ in range(3_000):
        body = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        begun = time.thread_time()
        assert outcome(bytes(body), one_by_one=True) == outcome(bytes(body), one_by_one=False)
        assert time.thread_time() - begun < 1.0


def outcome(body: bytes, *, one_by_one: bool) -> Any:
    """Return the readings, or that it was refused."""
    try:
        return tuple(open_report(body)) if one_by_one else decode(READINGS, body, station=STATION).readings
    except Trouble:
        return "refused"
