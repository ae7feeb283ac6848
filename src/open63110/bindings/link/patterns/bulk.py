# SPDX-License-Identifier: Apache-2.0
"""Bulk streams of one node: from its disk or onto it, and through it to the next, over any number of links and restarts (B.26).

Each node takes a stream whole, onto its own disk, before it sends it on. It says DONE only once the node after it has said so:
whoever asked hears that the file is where it was to go, and not that somebody passed it on.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import BadFrame, ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.patterns import streams
from open63110.bindings.link.patterns import ways as bounds
from open63110.bindings.link.patterns.files import FileSink
from open63110.bindings.link.patterns.own_messages import STREAM
from open63110.bindings.link.patterns.spool import Spool, prune
from open63110.bindings.link.patterns.streams import Offer, Receiving, Said, Sending, Verb
from open63110.bindings.link.patterns.ways import Leg, Watch, Way, Ways, code_of, judged, known, last_word
from open63110.kernel.errors import Refused, Trouble, Unavailable, Unknown
from open63110.model.bulk import OVER, BulkStream, Side, StreamState, file_name


class Streams:
    """Implements conversation.Services for streams."""

    def __init__(
        self,
        spool: Spool,
        ways: Ways,
        watch: Watch,
        *,
        now: Callable[[], datetime],
        logs: Mapping[str, Path | None] | None = None,
    ) -> None:
        """Go on with what the disk has.

        Args:
            spool: on the disk.
            ways: of this node.
            watch: told what happened.
            now: the time.
            logs: what may be fetched from here, by name; None for a path: it is being written.
        """
        self.spool, self._ways, self._watch, self._now = spool, ways, watch, now
        self._logs: Mapping[str, Path | None] = {} if logs is None else logs
        self.records = spool.records()
        self._legs: dict[bytes, Leg] = {}
        self._receiving: dict[bytes, Receiving] = {}
        self._asked: dict[bytes, object] = {}
        self._reading: dict[bytes, Offer] = {}
        """Offers of what lies here in part; that is read first, for its hash."""

    # -- what people and programs ask --

    def begin(self, stream: BulkStream, offer: Offer | None) -> BulkStream:
        """Take a new stream up: send what lies here, or fetch what lies there.

        Args:
            stream: with its id.
            offer: of what lies here; None: it is fetched.

        Raises:
            Refused: too many are under way.
            Unavailable: it cannot be written down.
        """
        if sum(one.state not in OVER for one in self.records.values()) >= bounds.MOST_OPEN:
            raise Refused(f"{bounds.MOST_OPEN} streams are under way already", code="TooManyStreams")
        if offer is not None:
            stream = msgspec.structs.replace(stream, total=offer.total, sha256=offer.sha256.hex(), whole=True)
        self._keep(stream)
        prune(self.spool, self.records)
        self.look()
        return self.records[stream.key]

    def cancel(self, key: bytes) -> BulkStream:
        """Give a stream up.

        Raises:
            Unknown: there is none of this id.
            Refused: it is over.
        """
        stream = self.records.get(key)
        if stream is None:
            raise Unknown("no stream has this id", code="UnknownStream", where="id")
        if stream.state in OVER:
            raise Refused(f"it is {stream.state} already", code="StreamOver", where="id")
        self._fail(stream, ErrorCode.CANCELLED, "it was taken back")
        return self.records[key]

    # -- time and links --

    def look(self) -> None:
        """Go on with whatever can go on: links have come up, this node or its peer was restarted."""
        for stream in [one for one in self.records.values() if one.state not in OVER]:
            if self._now() - stream.asked > bounds.LASTS:
                self._fail(stream, ErrorCode.EXPIRED, "nothing has come of it in a week")
                continue
            try:
                self._go_on(stream)
            except Trouble as trouble:
                self._fail(stream, ErrorCode.OVERLOADED, trouble.message)

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(bounds.EVERY)
            for stream in [one for one in self.records.values() if one.state not in OVER]:
                await self._read_beside(stream)
            self.look()

    async def _read_beside(self, stream: BulkStream) -> None:
        """Read what is large beside everything else: an EVSE must not wait for it."""
        offer, log = self._reading.pop(stream.key, None), self._logs.get(stream.name, Path())
        try:
            if offer is not None:
                sink = await asyncio.to_thread(self.spool.caught_up, stream, offer.sha256)
                way = self._ways.way(stream.incoming, stream.station)
                if self.records[stream.key].state not in OVER and way is not None:
                    for body in self._read(self.records[stream.key], offer, sink):
                        self._say(way, stream.key, body)
            elif stream.incoming is Side.HERE and not stream.whole and log is not None:
                copied = await asyncio.to_thread(self.spool.copied, stream, log)
                if self.records[stream.key].state not in OVER:
                    self._keep(copied)
        except Trouble as trouble:
            self._fail(self.records[stream.key], code_of(trouble), trouble.message)

    def _go_on(self, stream: BulkStream) -> None:
        if stream.whole and stream.outgoing is not Side.HERE:
            self._push(stream)
        elif stream.incoming is Side.DOWN:
            self._want(stream)

    def _want(self, stream: BulkStream) -> None:
        way = self._ways.way(Side.DOWN, stream.station)
        if way is None or self._asked.get(stream.key) is way.speaker.lines.socket:
            return
        self._asked[stream.key] = way.speaker.lines.socket
        self._say(way, stream.key, streams.wanted(stream.key, stream.name), self._refusing(stream.key))

    def _push(self, stream: BulkStream) -> None:
        way, leg = self._ways.way(stream.outgoing, stream.station), self._legs.get(stream.key)
        if way is None:
            return
        if leg is None or leg.way.speaker is not way.speaker:
            if any(other.way.speaker is way.speaker for key, other in self._legs.items() if key != stream.key):
                return  # one at a time over each link: the others wait for their turn
            offer = Offer(id=stream.key, name=stream.name, total=stream.total or 0, sha256=bytes.fromhex(stream.sha256))
            leg = self._legs[stream.key] = Leg(way, Sending(offer, self.spool.source(stream)))
        elif leg.socket is way.speaker.lines.socket or not leg.sending.idle:
            return
        leg.way, leg.socket = way, way.speaker.lines.socket
        self._change(stream, state=StreamState.MOVING)
        self._say(way, stream.key, leg.sending.started(), self._refusing(stream.key))

    def _refusing(self, key: bytes) -> Callable[[Ending], None]:
        def over(ending: Ending) -> None:
            stream = self.records.get(key)
            if ending.status and stream is not None and stream.state not in OVER:
                self._fail(stream, ending.status, ending.words)

        return over

    # -- what peers say --

    def judge(self, speaker: Any, header: Header) -> tuple[ErrorCode, str] | None:
        """Look at a header: streams are never more urgent than bulk."""
        del speaker
        return judged(header)

    def take(self, speaker: Any, message: Arrived) -> None:
        """Take a message; a piece is confirmed once it is written."""
        try:
            said = streams.read(message.body)
            answers = self._heard(speaker, message.header, said)
        except BadFrame as fault:
            speaker.lines.refuse(message, ErrorCode.MALFORMED, fault.message)
            return
        except Trouble as trouble:
            code = code_of(trouble)
            self._watch.refused(speaker.station, f"Stream{trouble.code}", trouble.message)
            answers = [streams.refused(said.id, code, trouble.message)]
        speaker.lines.delivered(message)
        asked = message.header
        for body in answers:
            self._say(Way(speaker, asked.dst, asked.src), said.id, body)

    def forget(self, reader: str) -> None:
        """Drop nothing: streams wait until somebody comes back, or takes them back."""

    def _heard(self, speaker: Any, header: Header, said: Said) -> list[bytes]:
        stream = self.records.get(said.id)
        match said.verb:
            case Verb.OFFER:
                return self._offered(speaker, header, said.offer, stream)  # type: ignore[arg-type] # an OFFER holds one
            case Verb.WANT:
                return self._wanted(speaker, header, said, stream)
            case Verb.PIECE:
                return self._piece(stream, speaker, said)
            case _ if stream is not None:
                return self._answered(stream, speaker, said)
        return []

    def _is(self, side: Side, stream: BulkStream, speaker: Any) -> bool:
        way = self._ways.way(side, stream.station)
        return way is not None and way.speaker is speaker

    # -- in --

    def _offered(self, speaker: Any, header: Header, offer: Offer, stream: BulkStream | None) -> list[bytes]:
        if stream is None:
            stream = self._new(speaker, header, offer)
        elif not self._is(stream.incoming, stream, speaker):
            raise Refused("it was asked for elsewhere", code="NotAsked")
        if stream.state in OVER:
            return [last_word(stream)]
        if stream.whole:
            return []  # it goes on from here
        return self._begin(stream, offer)

    def _new(self, speaker: Any, header: Header, offer: Offer) -> BulkStream:
        if self._ways.side(speaker) is not Side.UP:
            raise Refused("nobody has asked for it", code="NotAsked")
        station, outgoing = self._ways.addressed(header)
        if sum(one.state not in OVER for one in self.records.values()) >= bounds.MOST_OPEN:
            raise Unavailable(f"{bounds.MOST_OPEN} streams are under way already", code="TooManyStreams")
        id, name = offer.id.hex(), file_name(offer.name)
        return BulkStream(
            id=id, name=name, station=station, fetched=False, incoming=Side.UP, outgoing=outgoing, asked=self._now()
        )

    def _begin(self, stream: BulkStream, offer: Offer) -> list[bytes]:
        digest = offer.sha256.hex()
        if stream.sha256 not in {"", digest}:
            self.spool.let_go(stream)  # it is another one by now
        told = msgspec.structs.replace(stream, total=offer.total, sha256=digest, state=StreamState.MOVING)
        try:
            self.spool.check_room(told, offer.total)
        except Trouble as trouble:
            if told.key not in self.records:
                raise
            self._fail(told, code_of(trouble), trouble.message, tell=False)
            return [last_word(self.records[told.key])]
        if told != stream or told.key not in self.records:
            self._keep(told)
            prune(self.spool, self.records)
        if self.spool.lies(told) > bounds.QUICK:
            self._reading[told.key] = offer
            return []
        return self._read(told, offer, self.spool.caught_up(told, offer.sha256))

    def _read(self, stream: BulkStream, offer: Offer, sink: FileSink | None) -> list[bytes]:
        if sink is None:
            return self._arrived(stream)
        receiving = self._receiving[stream.key] = Receiving(offer, sink)
        return self._received(stream, receiving, receiving.started())

    def _received(self, stream: BulkStream, receiving: Receiving, answers: list[bytes]) -> list[bytes]:
        self._change(stream, received=receiving.progress[0])
        if receiving.over is None:
            return answers
        del self._receiving[stream.key]
        if receiving.over == 0:
            return self._arrived(self.records[stream.key])
        words = streams.read(answers[-1]).words if answers else ""
        self._fail(self.records[stream.key], receiving.over, words, tell=False)
        return answers

    def _arrived(self, stream: BulkStream) -> list[bytes]:
        if stream.outgoing is Side.HERE:
            self._end(stream, StreamState.DONE, whole=True, received=stream.total)
            return [streams.done(stream.key)]
        self._keep(msgspec.structs.replace(stream, whole=True, received=stream.total or 0))
        self._push(self.records[stream.key])
        return []

    def _piece(self, stream: BulkStream | None, speaker: Any, said: Said) -> list[bytes]:
        if stream is None or not self._is(stream.incoming, stream, speaker):
            return [streams.never_offered(said)]
        receiving = self._receiving.get(said.id)
        if receiving is None:
            return [] if stream.state in OVER or stream.whole else [streams.never_offered(said)]
        return self._received(stream, receiving, receiving.piece(said))

    # -- out --

    def _wanted(self, speaker: Any, header: Header, said: Said, stream: BulkStream | None) -> list[bytes]:
        if stream is not None:
            return [last_word(stream)] if stream.state in OVER else []
        if self._ways.side(speaker) is not Side.UP:
            raise Refused("nothing is fetched from above", code="NotAsked")
        station, beyond = self._ways.addressed(header)
        name = file_name(said.name)
        stream = BulkStream(
            id=said.id.hex(), name=name, station=station, fetched=True, incoming=beyond, outgoing=Side.UP, asked=self._now()
        )
        if beyond is not Side.HERE:
            self._keep(stream)
            self._want(stream)
            return []
        if name not in self._logs:
            raise Unknown(f"nothing here is called {name}", code="UnknownLog")
        self._keep(stream)  # it is copied in a moment
        return []

    def _answered(self, stream: BulkStream, speaker: Any, said: Said) -> list[bytes]:
        leg = self._legs.get(stream.key)
        if leg is None or leg.way.speaker is not speaker:
            if said.verb is Verb.FAILED and stream.state not in OVER and self._is(stream.incoming, stream, speaker):
                self._fail(stream, said.code or ErrorCode.REFUSED, said.words, told=stream.incoming)
            return []
        answers = leg.sending.heard(said)
        if leg.sending.over == 0:
            self._end(stream, StreamState.DONE, sent=stream.total)
        elif leg.sending.over is not None:
            self._fail(stream, leg.sending.over, leg.sending.words, told=stream.outgoing)
        else:
            self._more(stream.key, leg)
        return answers

    def _more(self, key: bytes, leg: Leg) -> None:
        stream = self.records[key]
        self._change(stream, sent=leg.sending.confirmed)
        try:
            for body in leg.sending.more():
                self._say(leg.way, key, body, lambda ending: self._taken(key, leg, ending))
        except Trouble as trouble:  # the source cannot be read, or too much waits for the link
            self._fail(stream, ErrorCode.INTERNAL, trouble.message)

    def _taken(self, key: bytes, leg: Leg, ending: Ending) -> None:
        stream = self.records.get(key)
        if stream is None or self._legs.get(key) is not leg:
            return
        if ending.status:
            self._fail(stream, ending.status, ending.words)
        else:
            leg.sending.taken()
            self._more(key, leg)

    # -- the end --

    def _fail(self, stream: BulkStream, code: int, words: str, *, told: Side | None = None, tell: bool = True) -> None:
        """End a stream; both other ends are told, but the one that said so."""
        reason = ErrorCode(code).name if code in set(ErrorCode) else str(code)
        for side in {stream.incoming, stream.outgoing} - {Side.HERE, told} if tell else ():
            way = self._ways.way(side, stream.station)
            if way is not None:
                self._say(way, stream.key, streams.refused(stream.key, known(code), words))
        self._end(stream, StreamState.FAILED, reason=reason, words=words)

    def _end(self, stream: BulkStream, state: StreamState, **more: Any) -> None:
        self._legs.pop(stream.key, None)
        self._receiving.pop(stream.key, None)
        self._asked.pop(stream.key, None)
        self._reading.pop(stream.key, None)
        ended = msgspec.structs.replace(self.records.get(stream.key, stream), state=state, ended=self._now(), **more)
        self.records[stream.key] = ended
        with suppress(Unavailable):  # where nothing can be written any more, it ends again after a restart
            self.spool.keep(ended)
        self.spool.let_go(ended)
        if state is StreamState.DONE and stream.incoming is not Side.HERE and stream.outgoing is not Side.HERE:
            way = self._ways.way(stream.incoming, stream.station)
            if way is not None:
                self._say(way, stream.key, streams.done(stream.key))
        self._watch.ended(ended)

    def _keep(self, stream: BulkStream) -> None:
        self.spool.keep(stream)
        self.records[stream.key] = stream

    def _change(self, stream: BulkStream, **more: Any) -> None:
        self.records[stream.key] = msgspec.structs.replace(self.records.get(stream.key, stream), **more)

    def _say(self, way: Way, key: bytes, body: bytes, over: Callable[[Ending], None] | None = None) -> None:
        header = Header(
            src=way.src,
            dst=way.dst,
            type=STREAM,
            kind=Kind.STREAM,
            priority=Priority.BULK,
            path=way.path,
            about=f"stream:{key.hex()}",
        )
        way.speaker.lines.send(header, body, durable=False, over=over)
