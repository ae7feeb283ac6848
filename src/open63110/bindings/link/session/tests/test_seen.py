# SPDX-License-Identifier: Apache-2.0
"""What was seen is known by outbox and id, survives in its export, and is kept before it counts."""

from open63110.bindings.link.session.seen import MemorySeen


def test_it_knows_by_outbox_and_goes_on_from_its_export() -> None:
    kept: list[bytes] = []
    seen = MemorySeen(keep=kept.append)
    seen.add(b"a", ((1, 3), (7, 7)))
    seen.add(b"b", ((2, 2),))
    assert [seen.has(b"a", number) for number in (3, 4, 7)] == [True, False, True]
    assert not seen.has(b"c", 1)
    again = MemorySeen(kept[-1])
    assert again.export() == seen.export()
    assert again.known()[b"a"].contiguous == 3


def test_of_many_outboxes_the_latest_are_remembered() -> None:
    seen = MemorySeen()
    for name in b"abcd":
        seen.add(bytes([name]), ((1, 1),))
    seen.add(b"a", ((2, 2),))
    seen.add(b"e", ((1, 1),))
    assert list(seen.known()) == [b"c", b"d", b"a", b"e"]
