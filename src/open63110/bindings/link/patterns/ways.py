# SPDX-License-Identifier: Apache-2.0
"""What streams need of the node that they are at: ways to the next one, somebody who is told, and words for what went wrong."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple, Protocol

from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.patterns import streams
from open63110.bindings.link.patterns.streams import Sending
from open63110.kernel.errors import Malformed, Trouble, Unavailable
from open63110.kernel.ids import StationId
from open63110.model.bulk import BulkStream, Side, StreamState

EVERY: Final = 0.5
"""Between two looks at what can go on [s, real]."""

LASTS: Final = timedelta(days=7)
"""From when a stream was asked for; one that is not over by then fails: its other end may have gone another way, or for good."""

QUICK: Final = 1024 * 1024
"""As much is read at once; more of it beside everything else [bytes]."""

MOST_OPEN: Final = 200
"""Streams that are not over, at one node."""


class Speaker(Protocol):
    """The other end of a link."""

    station: StationId

    @property
    def lines(self) -> Correspondence:
        """What is said with it."""


class Way(NamedTuple):
    """A link that is up, and how messages about a station are addressed there."""

    speaker: Any
    src: str = ""
    dst: str = ""
    path: tuple[str, ...] = ()
    """Levels that it has passed, this one included."""


class Ways(Protocol):
    """What a node knows of the links that lead to and from it."""

    def side(self, speaker: Any) -> Side:
        """Tell where the other end of a link is."""

    def way(self, side: Side, station: StationId) -> Way | None:
        """Return the link over which streams of a station go; None: it is not up."""

    def addressed(self, header: Header) -> tuple[StationId, Side]:
        """Return which station a message from above is about, and where what is for it goes.

        Raises:
            Unknown: nobody here is called so.
        """


class Watch(Protocol):
    """Is told what somebody should look into."""

    def ended(self, stream: BulkStream) -> None:
        """A stream is over, well or not."""

    def refused(self, who: str, kind: str, words: str) -> None:
        """Something was offered, or asked for, that is not taken."""


class Leg:
    """A stream on its way out."""

    def __init__(self, way: Way, sending: Sending) -> None:
        """Go out over a link."""
        self.way, self.sending = way, sending
        self.socket: object = None


CODES: Final[Mapping[str, ErrorCode]] = {
    "TooLarge": ErrorCode.TOO_LARGE,
    "NoRoom": ErrorCode.OVERLOADED,
    "NotAsked": ErrorCode.NOT_AUTHORIZED,
    "UnknownAddress": ErrorCode.UNKNOWN_ADDRESS,
    "TooManyStreams": ErrorCode.OVERLOADED,
}
"""Troubles of streams that have a code of their own on the link."""


def code_of(trouble: Trouble) -> ErrorCode:
    """Return the error code that tells a peer why a stream is not taken."""
    if trouble.code in CODES:
        return CODES[trouble.code]
    if isinstance(trouble, Malformed):
        return ErrorCode.MALFORMED
    return ErrorCode.OVERLOADED if isinstance(trouble, Unavailable) else ErrorCode.REFUSED


def known(code: int) -> ErrorCode:
    """Return an error code, though a later version may have more of them."""
    return ErrorCode(code) if code in set(ErrorCode) else ErrorCode.REFUSED


def last_word(stream: BulkStream) -> bytes:
    """Say again how a stream ended, to whoever has not heard it."""
    if stream.state is StreamState.DONE:
        return streams.done(stream.key)
    code = ErrorCode.__members__.get(stream.reason, ErrorCode.REFUSED)
    return streams.refused(stream.key, code, stream.words)


def judged(header: Header) -> tuple[ErrorCode, str] | None:
    """Look at the header of a message of a stream; None: it may be said."""
    if header.kind is not Kind.STREAM:
        return ErrorCode.UNKNOWN_TYPE, "no such service here"
    if header.priority is not Priority.BULK:
        return ErrorCode.NOT_AUTHORIZED, "streams go with priority B"
    return None
