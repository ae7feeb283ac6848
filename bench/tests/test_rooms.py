# SPDX-License-Identifier: Apache-2.0
"""Every place of the source has its room, and seconds add up."""

import pytest
from bench.rooms import COMMIT, FACTS, LOOP, ROWS, STORE, WRITERS, by_room, room
from bench.sampled import Spent

from open63110.store.writer import Writer


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("", "", LOOP),
        ("apps/process.py:run", "cli/csms.py:run", LOOP),
        ("wire/picows_edge.py:_put", "wire/conversation.py:send", "wire"),
        ("bindings/ocpp/v201/readings.py:from_wire", "", "bindings/ocpp: decode and translate"),
        ("bindings/web/metrics.py:count", "", "bindings/web"),
        ("runtime/engine.py:hear", "", "runtime"),
        ("flows/correct_record.py:then", "runtime/engine.py:fact", "use cases, flows, model"),
        ("kernel/journal.py:written", "runtime/engine.py:keep", FACTS),
        ("kernel/units.py:watts", "", "use cases, flows, model"),
        ("store/frames.py:flush", "", "frames log"),
        ("store/writer.py:_write_entries", "store/sqlite.py:stage", FACTS),
        ("store/codec.py:milliseconds", "store/writer.py:_note_stretches", FACTS),
        ("store/codec.py:row", "store/writer.py:_write_nouns", ROWS),
        ("store/codec.py:row", "runtime/engine.py:keep", STORE),
        ("store/writer.py:stage", "", STORE),
        ("apps/clock.py:now", "", "everything else"),
    ],
)
def test_a_place_has_its_room(inner: str, outer: str, expected: str) -> None:
    assert room(inner, outer) == expected


@pytest.mark.parametrize("name", WRITERS)
def test_the_writer_still_has_the_functions_that_are_told_apart(name: str) -> None:
    assert callable(getattr(Writer, name))


def test_seconds_add_up_over_the_rounds_dearest_first() -> None:
    one = Spent(places=[("wire/a.py:f", "", 1.0), ("", "", 0.5), ("wire/b.py:g", "", 0.25)], threads=4.0, samples=3)
    two = Spent(places=[("", "", 2.0)], threads=1.0, samples=1)
    assert list(by_room([one, two]).items()) == [(COMMIT, 5.0), (LOOP, 2.5), ("wire", 1.25)]
