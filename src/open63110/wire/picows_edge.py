# SPDX-License-Identifier: Apache-2.0
"""The edge on picows: C framing, callbacks, no task, queue or timer per connection."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, WSUpgradeResponse
from picows.common import WSUpgradeResponseWithListener

from open63110.wire.conversation import COST_OF_BYTE, SLOTS, Conversation
from open63110.wire.doorway import Doorway, answer_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from open63110.wire.deflate import Deflate
    from open63110.wire.ports import Accept, Peer, Remote
    from open63110.wire.upgrade import Request
    from open63110.wire.watch import Watch

    class WSProtocol(asyncio.BufferedProtocol):
        """What picows does not declare."""

        listener: Any
        transport: WSTransport

        def get_buffer(self, sizehint: int) -> memoryview:
            """Free room of the read buffer."""

        def __init__(self, *settings: Any) -> None: ...
        async def wait_until_handshake_complete(self) -> None:
            """Return when the server has answered, or the connection is gone."""

else:
    from picows.picows import WSProtocol

TEXT, BINARY, CONTINUATION = WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION
PING, PONG, CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE
_READ_BUFFER = 2_304
"""As picows counts it; a frame of up to 1.7 kB is read at once, which holds a transaction event [B]."""
_ROOM = _READ_BUFFER - 256
"""What is free of it while nothing lies in it [B]."""
_USUAL = _ROOM - 257
"""What is read at once then [B]."""
_WIDE = 16_384
"""Free room in a read buffer from which on it is worth being exchanged for a small one [B]."""
_SMALL = 1_024
_HEADER_ROOM = bytes(14)
_NO_HEADERS = WSUpgradeResponse.create_101_response().headers
_NO_HEADERS.clear()


class _Silent(logging.LoggerAdapter[logging.Logger]):
    """Spares a logger per connection, and lines for what the peer is told anyway."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: ARG002, N802 - the name is logging's
        return False


SILENT = _Silent(logging.getLogger("open63110.wire.picows"), {})


class Connection(Conversation, WSListener):
    """One open WebSocket on picows, at either end."""

    __slots__ = (*SLOTS, "_wire", "wide")
    _wire: WSTransport | None
    wide: bool
    """The read buffer has grown for a large frame; picows never shrinks it."""

    def __init__(self, watch: Watch, peer: Peer, subprotocol: str | None, agreed: Deflate | None, remote: Remote) -> None:
        self._prepare(watch, peer, subprotocol, agreed)
        self._remote = remote
        self._wire = None
        self.wide = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The 101 response has gone out or come in, or the parser has been exchanged."""
        first, self._wire = self._wire is None, transport
        # parsed headers would be kept as long as the connection; whoever needed them has read them
        transport.request.headers = _NO_HEADERS
        transport.response.headers = _NO_HEADERS
        if first:
            self._transport = transport.underlying_transport
            self._open()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:  # noqa: ARG002
        """One frame, still in the read buffer."""
        self._bucket -= 1.0 + frame.payload_size * COST_OF_BYTE
        if self._bucket < 0.0:
            self._overdrawn()
        kind = frame.msg_type
        usual = (kind is TEXT or kind is BINARY) and frame.fin and not (frame.rsv1 or frame.rsv2 or frame.rsv3)
        if usual and self._parts is None and self._ending is None:
            if kind is TEXT:
                self._watch.put_by(self, frame.get_payload_as_bytes())
            else:
                self._watch.deliver()
                self.deliver(frame.get_payload_as_bytes(), True)
        elif not self._deaf:
            self._watch.deliver()
            self._unusual(frame, kind)
        if self.wide and frame.tail_size == 0 and frame.payload_size <= _SMALL:
            self._exchange_parser()

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """The transport is gone."""
        self._lost()

    def pause_writing(self) -> None:
        """See Conversation; named here because picows would find its own first."""
        Conversation.pause_writing(self)

    def resume_writing(self) -> None:
        """See Conversation."""
        Conversation.resume_writing(self)

    def heard(self) -> None:
        """Bytes came in, whether or not they made a frame."""
        self._heard = self._watch.time()
        wire = self._wire
        if wire is not None and wire.is_close_frame_sent and self._closing_since is None:
            self._parser_gave_up(wire)

    def ended(self) -> None:
        """The other end will send nothing more, so no close frame can come."""
        if not self._gone:
            self._watch.deliver()
            self._end(1006, "the other end hung up")

    @property
    def _open_wire(self) -> WSTransport:
        assert self._wire is not None, "nothing is heard or said before the upgrade"  # noqa: S101 - as it says
        return self._wire

    def _unusual(self, frame: WSFrame, kind: WSMsgType) -> None:
        compressed = frame.rsv1 and self._deflate is not None and kind in {TEXT, BINARY}
        if frame.rsv2 or frame.rsv3 or (frame.rsv1 and not compressed):
            self._violated(1002, "reserved bits are set")
        elif kind is CLOSE:
            self._asked_to_close(frame.get_payload_as_bytes())
        elif self._ending is None:
            self._still_open(frame, kind, compressed=compressed)

    def _still_open(self, frame: WSFrame, kind: WSMsgType, *, compressed: bool) -> None:
        if kind is PING:
            self._open_wire.send_pong(frame.get_payload_as_bytes())
        elif kind is CONTINUATION:
            self._continue(frame.get_payload_as_bytes(), final=frame.fin)
        elif kind is not PONG and frame.fin and not compressed and self._parts is None:
            self.deliver(frame.get_payload_as_bytes(), kind is BINARY)
        elif kind is not PONG:
            self._fragment(frame.get_payload_as_bytes(), binary=kind is BINARY, compressed=compressed, final=frame.fin)

    def _exchange_parser(self) -> None:
        """Go on with a small read buffer; the large one is empty at this moment."""
        self.wide = False
        if self._ending is None and not self._open_wire.is_client_side:
            wire = wire_for(lambda _: self, self._watch.limits.max_message)
            self._transport.pause_reading()
            self._transport.set_protocol(wire)
            muted = _Muted(self._transport)
            wire.connection_made(cast("asyncio.Transport", muted))
            _feed(wire, _shortest(_ANY_KEY))
            muted.speak()
            self._read_on()

    def _parser_gave_up(self, wire: WSTransport) -> None:
        """Picows has sent a close frame for what it could not parse, and hangs up in 10 ms."""
        sent = wire.close_handshake.sent
        self._deaf = True
        self._parts = None
        self._end(int(cast("int", sent.code)) if sent else 1002, sent.reason if sent else "")
        if wire.is_client_side:  # picows keeps the error for someone who waits; without one asyncio would log it
            self._watch.absorb(wire.wait_disconnected())

    def send(self, data: bytes) -> None:
        """Send one text message; most are short, and nothing stands in their way."""
        usual = self._ending is None and self._stalled_since is None and self._deflate is None and len(data) <= _SMALL
        wire = self._wire
        if usual and wire is not None and not self._transport.is_closing():
            wire.send(TEXT, data)
        else:
            Conversation.send(self, data)

    def _put(self, data: bytes, *, binary: bool, compressed: bool) -> None:
        if self._transport.is_closing():  # picows writes to the bare descriptor, which may be someone else's by now
            return
        kind = BINARY if binary else TEXT
        if len(data) <= _SMALL:
            self._open_wire.send(kind, data, fin=True, rsv1=compressed)
        else:  # picows would keep a write buffer of this size
            self._open_wire.send_reuse_external_bytearray(
                kind, bytearray(_HEADER_ROOM + data), len(_HEADER_ROOM), fin=True, rsv1=compressed
            )

    def _put_ping(self) -> None:
        if not self._transport.is_closing():
            self._open_wire.send_ping()

    def _put_close(self, code: int, reason: bytes) -> None:
        if self._transport.is_closing():
            return
        if code == 1005:
            self._open_wire.send(CLOSE, b"")
        else:
            self._open_wire.send_close(cast("WSCloseCode", code), reason)


# called for every read, so looked up once
_get_buffer: Callable[[WSProtocol, int], memoryview] = WSProtocol.get_buffer
_buffer_updated: Callable[[WSProtocol, int], None] = WSProtocol.buffer_updated


class Wire(WSProtocol):
    """The picows parser; tells its connection about every byte, and parses none for a deaf one."""

    __slots__ = ()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to read into: never quite all of it, because picows doubles a buffer that fills up, for good."""
        room = _get_buffer(self, sizehint)
        free = len(room)
        if free == _ROOM:
            return room[:_USUAL]
        if free > _WIDE and self.listener is not None:
            self.listener.wide = True
        spare = 257 if free < 2_570 else free // 10 + 1
        return room[:-spare] if free > spare + 16 else room

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have been read into the buffer."""
        connection = self.listener
        if connection is None:  # the opening handshake, and whatever comes in with its end
            _buffer_updated(self, nbytes)
            connection = self.listener
        elif connection._deaf:  # noqa: SLF001 - parser and connection are one thing in two objects
            return
        else:
            _buffer_updated(self, nbytes)
            if not self.transport.is_close_frame_sent:
                connection._heard = connection._watch.time()  # noqa: SLF001 - as above; this is heard, without the call
                return
        if connection is not None:
            connection.heard()

    def eof_received(self) -> bool | None:
        """The other end has closed its half; so do we, once everything is written."""
        if self.listener is not None:
            self.listener.ended()
        return super().eof_received()


class _Muted:
    """A transport that swallows what is written until it is told to speak."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._speaks = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def speak(self) -> None:
        self._speaks = True

    def write(self, data: bytes) -> None:
        if self._speaks:
            self._transport.write(data)


class Listener(Doorway):
    """A port for WebSockets; `await Listener.start(gate, host, port, ...)`."""

    def _adopt(
        self,
        transport: asyncio.Transport,
        remote: Remote,
        request: Request,
        accept: Accept,
        agreed: Deflate | None,
        tail: bytes,
    ) -> None:
        def answer(_: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            connection = Connection(self._watch, accept.peer, accept.subprotocol, agreed, remote)
            headers = answer_headers(accept.subprotocol, agreed)
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(headers), connection)

        wire = wire_for(answer, self.limits.max_message)
        transport.set_protocol(wire)
        wire.connection_made(transport)
        # picows answers requests itself; it gets the checked one again, without what it need not keep
        _feed(wire, _shortest(request.key) + tail)


# ruff: noqa: FBT003 - picows takes its settings by position
def wire_for(answer: Any, max_message: int, *, host: str | None = None, target: str | None = None, headers: Any = None) -> Wire:
    """Make a parser with everything off that costs memory; with `host` and `target` it is a client's."""
    return Wire(
        host, target, host is not None, answer, SILENT,
        True,  # a failing listener ends the connection
        None,  # the sweeper and the dialler time the handshake
        False, 1.0, 1.0, 1,  # no automatic ping: it would be a task
        False,  # no automatic pong: it would hide the ping from the rate limit
        max_message, headers, _READ_BUFFER,
    )  # fmt: skip


_ANY_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="


def _shortest(key: str) -> bytes:
    upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
    return f"GET / HTTP/1.1\r\n{upgrade}Sec-WebSocket-Key: {key}\r\n\r\n".encode()


def _feed(wire: Wire, data: bytes) -> None:
    while data:
        room = memoryview(wire.get_buffer(-1))
        size = min(len(room), len(data))
        room[:size] = data[:size]
        wire.buffer_updated(size)
        data = data[size:]
