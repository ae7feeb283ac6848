# SPDX-License-Identifier: Apache-2.0
"""The five messages of OCPP-J as bytes: payloads stay raw until their action is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec
from msgspec import Meta, Raw, Struct

from open63110.bindings.ocpp.rpc.errors import UNREAD_ID, ErrorCode, MalformedFrame

MAX_BYTES: Final = 1 << 20
"""Size of the largest frame that is looked at."""

MAX_DESCRIPTION: Final = 255
"""Characters of an error description (2.0.1 part 4, 4.2.3)."""

Id = Annotated[str, Meta(max_length=36)]
Action = Annotated[str, Meta(max_length=64)]


class Call(Struct, array_like=True, tag=2, frozen=True, gc=False, forbid_unknown_fields=True):
    """A request. Its raw payload is a view into the received bytes and keeps them alive."""

    id: Id
    action: Action
    payload: Raw


class Result(Struct, array_like=True, tag=3, frozen=True, gc=False, forbid_unknown_fields=True):
    """The answer to a request."""

    id: Id
    payload: Raw


class Error(Struct, array_like=True, tag=4, frozen=True, gc=False, forbid_unknown_fields=True):
    """The refusal of a request; `code` is the peer's word, see `errors.read`."""

    id: Id
    code: str
    description: str = ""
    details: Raw = Raw(b"{}")


class ResultError(Struct, array_like=True, tag=5, frozen=True, gc=False, forbid_unknown_fields=True):
    """The refusal of an answer (2.1)."""

    id: Id
    code: str
    description: str = ""
    details: Raw = Raw(b"{}")


class Send(Struct, array_like=True, tag=6, frozen=True, gc=False, forbid_unknown_fields=True):
    """A message that gets no answer (2.1)."""

    id: Id
    action: Action
    payload: Raw


class Read(Struct, gc=False):
    """A request that was understood together with its frame: see `read`."""

    id: str
    action: str
    request: Struct | None
    """None: it was taken out."""
    frame: bytes

    def taken(self) -> Struct | None:
        """Take the request out: its call is known until the answer is sent, and thousands of requests would wait with it."""
        request, self.request = self.request, None
        return request

    @property
    def payload(self) -> Raw:
        """The payload as it came, found again: hardly anybody asks."""
        return _CALL(self.frame).payload


Readers = Mapping[bytes, Callable[[bytes], "Typed"]]
"""By action: what reads a whole frame of it."""


class Typed(Protocol):
    """What such a reader makes of a frame."""

    id: str
    action: str
    payload: Struct


def reader(action: str, decoder: Callable[[type], msgspec.json.Decoder[Any]], request: type[Struct]) -> Callable[[bytes], Typed]:
    """Return what reads whole frames of one action; `decoder` makes a strict decoder."""
    fields = [("id", Id), ("action", Literal[action]), ("payload", request)]
    kind = msgspec.defstruct("Typed", fields, array_like=True, tag=2, frozen=True, gc=False, forbid_unknown_fields=True)
    return decoder(kind).decode


Frame = Call | Result | Error | ResultError | Send
Outgoing = Struct | Raw | bytes
"""A payload to be sent: a typed message, or JSON as it is."""

_DECODE: Final[Callable[[bytes], Frame]] = msgspec.json.Decoder(Frame).decode
_CALL: Final = msgspec.json.Decoder(Call).decode
_ENCODE: Final = msgspec.json.Encoder().encode
_HEAD: Final = re.compile(rb'\s*\[\s*(\d{1,9})\s*,(?:\s*"([^"\\\x00-\x1f]*)"\s*(,\s*"[^"\\]*"\s*,)?)?')
_LINES: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_HEAD_BYTES: Final = 128
"""Of a frame: message type, message id and action of whoever writes them without blanks."""
_TYPES: Final = frozenset({2, 3, 4, 5, 6})


def decode(raw: bytes, limit: int = MAX_BYTES) -> Frame:
    """Return the message in a text frame.

    Raises:
        MalformedFrame: it is none; nothing else is ever raised, whatever the bytes.
    """
    if len(raw) > limit:
        raise _rejection(raw, f"Larger than {limit} bytes", ErrorCode.RPC_FRAMEWORK_ERROR)
    try:
        return _DECODE(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        return _recover(raw, fault)


def read(raw: bytes, readers: Readers) -> Read | None:
    """Read a call in one go, where its action has a reader; None: `decode` is to look at it, and says what is wrong, if so.

    A payload that is kept raw until its action is known is gone through twice; of frames that come all the time that shows.
    """
    parts = raw[:_HEAD_BYTES].split(b'"', 4)
    known = readers.get(parts[3]) if len(parts) == 5 and parts[0] == b"[2," and parts[2] == b"," else None
    if known is None or len(raw) > MAX_BYTES:
        return None
    try:
        call = known(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return Read(call.id, call.action, call.payload, raw)


def encode_call(id: str, action: str, payload: Outgoing) -> bytes:
    """Return a CALL."""
    return _ENCODE((2, id, action, _json(payload)))


def encode_result(id: str, payload: Outgoing) -> bytes:
    """Return a CALLRESULT."""
    return _ENCODE((3, id, Raw(payload) if isinstance(payload, bytes) else payload))  # _json, without the call


def encode_error(id: str, code: str, description: str = "", details: Outgoing = b"{}") -> bytes:
    """Return a CALLERROR; the description is cut to one line of MAX_DESCRIPTION characters."""
    return _ENCODE((4, id, code, one_line(description), _json(details)))


def encode_result_error(id: str, code: str, description: str = "", details: Outgoing = b"{}") -> bytes:
    """Return a CALLRESULTERROR (2.1)."""
    return _ENCODE((5, id, code, one_line(description), _json(details)))


def encode_send(id: str, action: str, payload: Outgoing) -> bytes:
    """Return a SEND (2.1)."""
    return _ENCODE((6, id, action, _json(payload)))


def one_line(text: str) -> str:
    """Return text that any peer takes as a description: no line ends, no lone surrogates, not too long."""
    text = text.encode("utf-8", "replace").decode()
    return _LINES.sub(" ", text).strip()[:MAX_DESCRIPTION]


def _json(payload: Outgoing) -> Struct | Raw:
    return Raw(payload) if isinstance(payload, bytes) else payload


def _recover(raw: bytes, fault: Exception) -> Frame:
    """Read an error frame of a sloppy peer all the same; say of any other what is wrong."""
    if isinstance(fault, RecursionError):
        raise _rejection(raw, "Nested too deep", ErrorCode.RPC_FRAMEWORK_ERROR)
    if not isinstance(fault, msgspec.ValidationError):
        raise _rejection(raw, "No JSON that can be read", ErrorCode.FORMAT_VIOLATION)
    kind, id, _ = _head(raw)
    if kind in {4, 5} and id != UNREAD_ID:
        return _sloppy_error(raw, kind, id)
    if kind is not None and kind not in _TYPES:
        raise _rejection(raw, "A message type that is not known", ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED)
    raise _rejection(raw, "No message of OCPP-J", ErrorCode.RPC_FRAMEWORK_ERROR)


def _sloppy_error(raw: bytes, kind: int, id: str) -> Error | ResultError:
    try:
        parts: list[object] = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        raise _rejection(raw, "No JSON that can be read", ErrorCode.RPC_FRAMEWORK_ERROR) from fault
    code, description = (part if isinstance(part, str) else "" for part in [*parts[2:4], "", ""][:2])
    frame = Error if kind == 4 else ResultError
    return frame(id, code or ErrorCode.GENERIC_ERROR.value, description)


def _rejection(raw: bytes, message: str, code: ErrorCode) -> MalformedFrame:
    kind, id, has_action = _head(raw)
    if code is ErrorCode.FORMAT_VIOLATION and not has_action:
        code = ErrorCode.RPC_FRAMEWORK_ERROR
    return MalformedFrame(message, code, id=id, message_type=kind)


def _head(raw: bytes) -> tuple[int | None, str, bool]:
    """Return message type, message id and whether an action follows, as far as the first bytes show them."""
    found = _HEAD.match(bytes(raw[:512]))
    if found is None:
        return None, UNREAD_ID, False
    return int(found[1]), _id(found[2]), found[3] is not None


def _id(text: bytes | None) -> str:
    try:
        id = (text or b"").decode()
    except UnicodeDecodeError:
        return UNREAD_ID
    return id if 0 < len(id) <= 36 else UNREAD_ID
