# SPDX-License-Identifier: Apache-2.0
"""One contract for outboxes in memory and on the disk, and a session over the latter that loses and repeats nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from open63110.bindings.link.carriers.memory_carrier import Line
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Outbox, Session
from open63110.store.outbox import OutboxFile

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("make", [lambda path: MemoryOutbox(b"one"), lambda path: OutboxFile(path / "outbox").outbox("csms")])
def test_what_is_put_waits_in_order_until_it_is_delivered(make: Callable[[Path], Outbox], tmp_path: Path) -> None:
    outbox = make(tmp_path)
    assert outbox.waiting() == []
    ids = [outbox.next_id() for _ in range(3)]
    assert ids == [1, 2, 3]
    assert outbox.issued >= 3
    outbox.put([(2, b"b"), (1, b"a")])
    outbox.put([(3, b"c")])
    outbox.delivered([2, 77])
    assert outbox.waiting() == [(1, b"a"), (3, b"c")]
    assert outbox.id


def test_both_ends_may_end_at_any_time_and_every_message_is_journalled_once(tmp_path: Path) -> None:
    journal: list[bytes] = []

    def take(of: Line) -> Callable[[int, Arrived], None]:
        def journalled(end: int, message: Arrived) -> None:
            journal.append(message.body)
            of.journal(end, message)

        return journalled

    def ends() -> tuple[OutboxFile, OutboxFile, Line]:
        near, far = OutboxFile(tmp_path / "near"), OutboxFile(tmp_path / "far")
        left = Session(Hello(identity="cs"), near.outbox("csms"), MemorySeen(*near.seen("csms")), clock=LocalClock(NOON, 0.0))
        right = Session(Hello(identity="csms"), far.outbox("cs"), MemorySeen(*far.seen("cs")), clock=LocalClock(NOON, 0.0))
        of = Line(left, right)
        of.takes[1] = take(of)
        return near, far, of

    sent = []
    for turn in range(12):
        near, far, of = ends()
        for number in range(5):
            sent.append(f"{turn}.{number}".encode())
            of.ends[0].send(Header(type=1, priority=Priority(number % 4), dst=f"/{number % 2}"), sent[-1], of.now)
        if turn % 3:
            of.connect()
            of.run(0.5 if turn % 2 else 5.0)
        near.close()
        far.close()
    near, far, of = ends()
    of.connect()
    of.run(5.0)
    assert sorted(journal) == sorted(sent)
    assert of.ends[0].waiting == 0
    near.close()
    far.close()
