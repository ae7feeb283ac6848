# SPDX-License-Identifier: Apache-2.0
"""Bulk streams (B.26, R-7.2.2-3)."""

import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.carriers.memory_carrier import Line, Way
from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.happenings import Arrived, Delivered
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.patterns.files import FileSink, FileSource
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.patterns.streams import (
    LARGEST,
    PIECE,
    UNDER_WAY,
    Offer,
    Receiving,
    Said,
    Sending,
    Verb,
    never_offered,
    read,
    write,
)
from open63110.bindings.link.session.clocks import LocalClock
from open63110.bindings.link.session.outbox import MemoryOutbox
from open63110.bindings.link.session.peer import Session
from open63110.bindings.link.session.seen import MemorySeen
from open63110.kernel.errors import Unavailable

ID = b"stream-1"


class Held:
    """A source and a sink in memory."""

    def __init__(self, content: bytes = b"", *, room: int = 10**9) -> None:
        self.content, self.room, self.whole = bytearray(content), room, False

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, offset: int, size: int) -> bytes:
        return bytes(self.content[offset : offset + size])

    def write(self, content: bytes) -> None:
        if self.size + len(content) > self.room:
            raise Unavailable("the disk is full")
        self.content += content

    def finish(self, sha256: bytes) -> bool:
        self.whole = hashlib.sha256(self.content).digest() == sha256
        if not self.whole:
            self.content.clear()
        return self.whole


def offered(content: bytes) -> Offer:
    return Offer(id=ID, name="log:test", total=len(content), sha256=hashlib.sha256(content).digest())


def play(sending: Sending, receiving: Receiving, *, lose: int = -1) -> int:
    """Let both ends talk until nothing is left to say; return how many pieces went. One piece may be lost."""
    there, pieces = receiving.started(), 0
    while True:
        for body in there:
            sending.heard(read(body))
        more = sending.more()
        if not more:
            return pieces
        assert len(more) <= UNDER_WAY
        there = []
        for body in more:
            if pieces != lose:
                there += receiving.piece(read(body))
            sending.taken()
            pieces += 1


def test_a_stream_arrives_whole_in_pieces() -> None:
    content = random.Random(1).randbytes(PIECE * 5 + 17)
    sending, sink = Sending(offered(content), Held(content)), Held()
    receiving = Receiving(offered(content), sink)
    assert read(sending.started()).offer == offered(content)
    assert sending.more() == []
    assert play(sending, receiving) == 6
    assert (sending.over, receiving.over, bytes(sink.content), sink.whole) == (0, 0, content, True)
    assert sending.progress == receiving.progress == (len(content), len(content))


def test_an_empty_stream_is_whole_at_once() -> None:
    sending, receiving = Sending(offered(b""), Held()), Receiving(offered(b""), Held())
    assert play(sending, receiving) == 0
    assert (sending.over, receiving.over) == (0, 0)


def test_it_goes_on_where_it_was_left() -> None:
    content = random.Random(2).randbytes(PIECE * 4)
    sending, sink = Sending(offered(content), Held(content)), Held(content[: PIECE + 100])
    assert play(sending, Receiving(offered(content), sink)) == 3
    assert sink.whole


def test_a_piece_that_is_lost_is_asked_for_again_just_once() -> None:
    content = random.Random(3).randbytes(PIECE * 8)
    sending, sink = Sending(offered(content), Held(content)), Held()
    assert play(sending, Receiving(offered(content), sink), lose=1) == 8 + 3
    assert sink.whole


def test_content_with_another_hash_is_fetched_anew_once_and_then_refused() -> None:
    content = b"right" * 100
    wrong = Held(b"wrong" * 100)
    sending, sink = Sending(offered(content), wrong), Held()
    receiving = Receiving(offered(content), sink)
    assert play(sending, receiving) == 2
    assert (sending.over, receiving.over, sink.size) == (ErrorCode.BAD_SIGNATURE, ErrorCode.BAD_SIGNATURE, 0)
    assert "hash" in sending.words
    assert sending.heard(Said(id=ID, verb=Verb.DONE)) == []
    assert sending.over == ErrorCode.BAD_SIGNATURE


def test_what_does_not_fit_on_the_disk_fails() -> None:
    content = bytes(PIECE * 3)
    sending = Sending(offered(content), Held(content))
    play(sending, Receiving(offered(content), Held(room=PIECE)))
    assert (sending.over, sending.words) == (ErrorCode.OVERLOADED, "the disk is full")


@pytest.mark.parametrize("bad", [Offer(id=ID, name="x", total=LARGEST + 1, sha256=bytes(32)), offered(b"x")])
def test_what_is_too_large_or_has_no_hash_is_not_taken(bad: Offer) -> None:
    if bad.total == 1:
        bad = Offer(id=ID, name="x", total=1, sha256=b"")
    receiving = Receiving(bad, Held())
    (answer,) = receiving.started()
    assert read(answer).code == ErrorCode.REFUSED


def test_either_end_may_give_up() -> None:
    content = bytes(PIECE * 3)
    sending, receiving = Sending(offered(content), Held(content)), Receiving(offered(content), Held())
    for body in receiving.started():
        sending.heard(read(body))
    first, *_ = sending.more()
    receiving.heard(read(sending.cancel("not needed")))
    receiving.heard(Said(id=ID, verb=Verb.FAILED, code=ErrorCode.REFUSED))
    assert (sending.over, receiving.over) == (ErrorCode.CANCELLED, ErrorCode.CANCELLED)
    assert receiving.piece(read(first)) == []
    assert sending.more() == []
    other = Receiving(offered(content), Held())
    other.heard(Said(id=ID, verb=Verb.DONE))
    other.heard(Said(id=ID, verb=Verb.FAILED, code=999))
    assert other.over == ErrorCode.CANCELLED
    again = Sending(offered(content), Held(content))
    again.heard(Said(id=ID, verb=Verb.FAILED))
    assert again.over == ErrorCode.REFUSED


def test_a_receiver_that_was_restarted_has_it_offered_again() -> None:
    content = bytes(PIECE * 3)
    sending, sink = Sending(offered(content), Held(content)), Held()
    first = Receiving(offered(content), sink)
    for body in first.started():
        sending.heard(read(body))
    one, *_ = sending.more()
    first.piece(read(one))
    (offer,) = sending.heard(read(never_offered(read(one))))
    assert sending.heard(read(never_offered(read(one)))) == []
    sending.taken()
    assert read(offer).offer == offered(content)
    assert play(sending, Receiving(offered(content), sink)) == 2
    assert sink.whole


def test_ready_for_what_is_beyond_the_end_moves_nothing() -> None:
    sending = Sending(offered(b"abc"), Held(b"abc"))
    sending.heard(Said(id=ID, verb=Verb.READY, offset=4))
    assert sending.more() == []


def test_a_source_that_shrank_cannot_be_read() -> None:
    sending = Sending(offered(b"abc"), Held(b""))
    sending.heard(Said(id=ID, verb=Verb.READY))
    with pytest.raises(Unavailable):
        sending.more()


def test_a_sink_that_cannot_finish_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Held, sha256: bytes) -> bool:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(Held, "finish", full)
    sending = Sending(offered(b"abc"), Held(b"abc"))
    play(sending, Receiving(offered(b"abc"), Held()))
    assert sending.over == ErrorCode.OVERLOADED


# -- files --


def test_files_go_from_disk_to_disk_and_appear_only_when_they_are_right(tmp_path: Path) -> None:
    content = random.Random(4).randbytes(PIECE * 6 + 5)
    (tmp_path / "image").write_bytes(content)
    source, target = FileSource(tmp_path / "image"), tmp_path / "copy"
    offer = source.offer(ID, "firmware:2")
    assert offer.sha256 == hashlib.sha256(content).digest()
    sending, half = Sending(offer, source), FileSink(target)
    receiving = Receiving(offer, half)
    for body in receiving.started():
        sending.heard(read(body))
    for body in sending.more():
        receiving.piece(read(body))
    assert not target.exists()
    sending = Sending(offer, source)
    assert play(sending, Receiving(offer, FileSink(target))) == 3
    assert target.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []


def test_a_wrong_file_is_thrown_away(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "copy")
    sink.write(b"abc")
    assert not sink.finish(bytes(32))
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_not_there_are_unavailable(tmp_path: Path) -> None:
    source, sink = FileSource(tmp_path / "none"), FileSink(tmp_path / "no" / "copy")
    for attempt in (lambda: source.offer(ID, "x"), lambda: source.read(0, 1), lambda: sink.write(b""), lambda: sink.finish(b"")):
        with pytest.raises(Unavailable):
            attempt()


# -- over a link --


def over_a_link(content: bytes, *cuts: float) -> tuple[Held, Way]:
    """Carry a stream over two sessions, cut now and then; return the sink and the way there."""
    ends = [
        Session(
            Hello(identity=name),
            MemoryOutbox(name.encode()),
            MemorySeen(),
            clock=LocalClock(datetime(2026, 5, 4, tzinfo=UTC), 0.0, 0.01),
        )
        for name in ("left", "right")
    ]
    there = Way(delay=lambda: 0.02, rate=4_000_000.0)
    line = Line(ends[0], ends[1], there, Way(delay=lambda: 0.02, rate=4_000_000.0))
    sink, source = Held(), Held(content)
    sending, receiving = Sending(offered(content), source), Receiving(offered(content), sink)
    pieces: set[int] = set()

    def tell(end: int, body: bytes) -> int:
        header = Header(type=STREAM, kind=Kind.STREAM, priority=Priority.BULK, about="stream")
        return ends[end].send(header, body, line.now, durable=False)

    def at_right(end: int, message: Arrived) -> None:
        said = read(message.body)
        answers = receiving.started() if said.verb is Verb.OFFER else receiving.piece(said)
        line.journal(end, message)
        for body in answers:
            tell(end, body)

    def at_left(end: int, message: Arrived) -> None:
        sending.heard(read(message.body))
        line.journal(end, message)
        go_on()

    def go_on() -> None:
        done = {one.id for one in line.happened(0, Delivered) if isinstance(one, Delivered)} & pieces
        for number in done:
            pieces.discard(number)
            sending.taken()
        pieces.update(tell(0, body) for body in sending.more())

    line.takes = [at_left, at_right]
    tell(0, sending.started())
    line.connect()
    for when in cuts:
        line.at(when, line.cut)
        line.at(when + 1.0, line.connect)
    step = 0.0
    while sending.over is None and step < 600.0:
        step += 0.05
        line.run(step)
        go_on()
    assert (sending.over, receiving.over) == (0, 0)
    return sink, there


@pytest.mark.at("AT-B.26-1", "link")
def test_random_bytes_cost_hardly_more_than_themselves() -> None:
    content = random.Random(5).randbytes(100_000)
    sink, there = over_a_link(content)
    assert bytes(sink.content) == content
    assert there.carried <= 1.02 * len(content)


@pytest.mark.at("AT-B.26-1", "link")
def test_sixteen_megabytes_arrive_intact_though_the_link_is_cut() -> None:
    content = random.Random(6).randbytes(16 * 1024 * 1024)
    sink, there = over_a_link(content, 1.0, 3.0, 4.5)
    assert bytes(sink.content) == content
    assert there.carried <= 1.1 * len(content)


# -- bodies --

ids = st.binary(max_size=16)
words = st.text(max_size=200)
messages = st.one_of(
    st.builds(Said, id=ids, verb=st.just(Verb.READY), offset=st.integers(0, 2**40)),
    st.builds(Said, id=ids, verb=st.just(Verb.PIECE), offset=st.integers(0, 2**40), content=st.binary(max_size=100)),
    st.builds(Said, id=ids, verb=st.sampled_from([Verb.DONE, Verb.UNKNOWN])),
    st.builds(Said, id=ids, verb=st.just(Verb.FAILED), code=st.integers(1, 99), words=words),
)


@given(messages)
def test_what_is_said_comes_out_as_it_went_in(said: Said) -> None:
    assert read(write(said)) == said


@pytest.mark.parametrize("fields", [[], {}, {1: b"", 2: 99}, {1: b"", 2: 2, 6: 0}, {1: b"", 2: 0}, {1: b"x" * 17, 2: 3}])
def test_what_is_no_stream_is_refused(fields: object) -> None:
    with pytest.raises(BadFrame):
        read(cbor2.dumps(fields))
