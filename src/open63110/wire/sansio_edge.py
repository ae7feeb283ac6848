# SPDX-License-Identifier: Apache-2.0
"""The portable edge: the same listener on the sans-I/O core of the websockets package."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from websockets.exceptions import ProtocolError
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from open63110.wire import upgrade
from open63110.wire.conversation import COST_OF_BYTE, LINGER_SECONDS, SLOTS, Conversation
from open63110.wire.doorway import Doorway, answer_headers

if TYPE_CHECKING:
    from open63110.wire.deflate import Deflate
    from open63110.wire.ports import Accept, Peer, Remote
    from open63110.wire.upgrade import Request
    from open63110.wire.watch import Watch

_CONTROL = 125
"""Most bytes of a control frame; the core counts one between two fragments as part of the message."""
_LOG = logging.getLogger("open63110.wire.websockets")
_LOG.setLevel(logging.ERROR)


class _Compressing(PerMessageDeflate):
    """Inflates what comes in; sends small messages as they are."""

    def __init__(self, agreed: Deflate, above: int) -> None:
        super().__init__(
            remote_no_context_takeover=True,
            local_no_context_takeover=True,
            remote_max_window_bits=15,
            local_max_window_bits=agreed.window_bits,
            compress_settings={"level": 1, "memLevel": 5},
        )
        self._above = above

    def encode(self, frame: Frame) -> Frame:
        """Compress a message that is worth it; ours are never fragmented."""
        return super().encode(frame) if len(frame.data) >= self._above else frame


class Connection(Conversation, asyncio.Protocol):
    """One open WebSocket on the core of websockets."""

    __slots__ = (*SLOTS, "_core", "_held")
    _held: list[Frame]
    """Parsed while the rate allowed no more."""

    def __init__(self, watch: Watch, peer: Peer, subprotocol: str | None, agreed: Deflate | None, remote: Remote) -> None:
        self._prepare(watch, peer, subprotocol, agreed)
        self._remote = remote
        self._held = []
        self._core = ServerProtocol(state=State.OPEN, max_size=watch.limits.max_message + _CONTROL, logger=_LOG)
        if agreed is not None:
            self._core.extensions = [_Compressing(agreed, watch.limits.deflate_above)]

    def begin(self, transport: asyncio.Transport, response: bytes, tail: bytes) -> None:
        """Answer the request, then take what came behind it."""
        self._transport = transport
        transport.set_protocol(self)
        transport.write(response)
        self._open()
        if tail:
            self.data_received(tail)

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        if self._deaf:
            return
        self._heard = self._watch.time()
        self._core.receive_data(data)
        self._held += cast("list[Frame]", self._core.events_received())  # an open core has no other events
        self._take_held()

    def thaw(self, now: float) -> bool:
        """Read on if the rate allows it again, from what was held back first."""
        thawed = super().thaw(now)
        if thawed and self._held:
            self._take_held()
        return thawed and not self._frozen

    def eof_received(self) -> None:
        """The other end has closed its half; so does the transport, once everything is written."""
        self._end(1006, "the other end hung up")

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """The transport is gone."""
        self._lost()

    def _take_held(self) -> None:
        held, self._held = self._held, []
        for position, frame in enumerate(held):
            self._take(frame)
            if self._frozen:
                self._held = held[position + 1 :]
                break
        self._flush()
        if not self._held:
            self._judge()

    def _take(self, frame: Frame) -> None:
        self._bucket -= 1.0 + len(frame.data) * COST_OF_BYTE
        if self._bucket < 0.0:
            self._overdrawn()
        if self._ending is not None:
            return
        if frame.opcode is Opcode.CONT:
            self._continue(bytes(frame.data), final=frame.fin)
        elif frame.opcode in {Opcode.TEXT, Opcode.BINARY}:
            self._begin_message(frame, binary=frame.opcode is Opcode.BINARY)

    def _begin_message(self, frame: Frame, *, binary: bool) -> None:
        if frame.fin and self._parts is None and len(frame.data) <= self._watch.limits.max_message:
            self.deliver(bytes(frame.data), binary)
        else:
            self._fragment(bytes(frame.data), binary=binary, compressed=False, final=frame.fin)

    def _judge(self) -> None:
        """Follow the core when it has seen a close frame or a violation."""
        core = self._core
        if core.state is State.OPEN or self._deaf:
            return
        if core.close_rcvd is not None and core.parser_exc is None:
            self._end(core.close_rcvd.code, core.close_rcvd.reason)
            self._deaf = True
            self._transport.close()
        elif core.parser_exc is not None:
            sent = core.close_sent
            self._end(sent.code if sent else 1002, sent.reason if sent else "")
            self._deaf = True
            self._parts = None
            self._watch.loop.call_later(LINGER_SECONDS, self._transport.close)

    def _put(self, data: bytes, *, binary: bool, compressed: bool) -> None:  # noqa: ARG002
        if self._core.state is State.OPEN:
            (self._core.send_binary if binary else self._core.send_text)(data)
            self._flush()

    def _write(self, data: bytes, *, binary: bool) -> None:
        self._put(data, binary=binary, compressed=False)  # the core compresses by itself

    def _put_ping(self) -> None:
        if self._core.state is State.OPEN:
            self._core.send_ping(b"")
            self._flush()

    def _put_close(self, code: int, reason: bytes) -> None:
        if self._core.state is State.OPEN:
            try:
                self._core.send_close(None if code == 1005 else code, reason.decode())
            except ProtocolError:  # a code that may not be sent
                self._core.send_close(1011)
            self._flush()

    def _flush(self) -> None:
        for data in self._core.data_to_send():
            if data and not self._transport.is_closing():  # the end of the stream is for the closing timer
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
        connection = Connection(self._watch, accept.peer, accept.subprotocol, agreed, remote)
        response = upgrade.switching(request.key, answer_headers(accept.subprotocol, agreed))
        connection.begin(transport, response, tail)
