# SPDX-License-Identifier: Apache-2.0
"""Error codes of the 63110 link, and the trouble that bytes of a peer can make."""

from enum import IntEnum, unique

from open63110.kernel.errors import Malformed


@unique
class ErrorCode(IntEnum):
    """What a NACK says; the numbers are frozen, new ones are added at the end of their block."""

    MALFORMED = 1
    """Bytes that are no frame, no header or no message of this specification."""
    TOO_LARGE = 2
    """A frame or message beyond what was advertised, or more at once than was."""
    PROTOCOL = 3
    """A frame that has no place here: before HELLO, twice, or with numbers that contradict earlier ones."""
    UNSUPPORTED_VERSION = 4
    """No major version in common; the words name those that are supported."""
    UNSUPPORTED_EXTENSION = 5
    """A critical extension that is not understood; nothing was applied."""
    IDENTITY_MISMATCH = 6
    """HELLO names another identity than the certificate."""
    SILENT = 7
    """Nothing was heard for longer than the link allows."""
    SUPERSEDED = 8
    """A newer link of the same identity has taken over."""
    REVOKED = 9
    """The certificate or the grant is no longer valid."""
    SESSION_EXPIRED = 10
    """The session is older than its lifetime; open a link anew, nothing is lost."""
    OUTBOX_RESTORED = 11
    """The peer has seen messages that this outbox never gave out: its file is an old copy."""

    EXPIRED = 32
    """The deadline of the message has passed; it was not applied."""
    CANCELLED = 33
    """The sender has taken the message back before it was given up."""
    NOT_AUTHORIZED = 34
    """The sender may not say this, or not with this priority."""
    NOT_SUPPORTED = 35
    """The receiver does not do this."""
    UNKNOWN_ADDRESS = 36
    """The last level that could resolve the destination does not know it."""
    UNKNOWN_TYPE = 37
    """No message of this number and major version."""
    LOOP_DETECTED = 38
    """The message has passed here before."""
    RATE_LIMITED = 39
    """Too many of this class; told again after the time that the NACK names."""
    OVERLOADED = 40
    """No room or no time now; told again after the time that the NACK names."""
    UNREACHABLE = 41
    """The destination is known and has no link."""
    REFUSED = 42
    """It was understood and will not be done."""
    BAD_SIGNATURE = 43
    """A protected element does not carry the signature it claims."""
    UNKNOWN_KEY = 44
    """A protected element names a key that is not known."""
    UNDECRYPTABLE = 45
    """A protected element cannot be opened with the key it names."""
    INTERNAL = 46
    """The receiver failed; the message may be told again."""

    @property
    def ends_link(self) -> bool:
        """Whether the carrier is closed after it."""
        return self < ErrorCode.EXPIRED


def camel(code: int) -> str:
    """Return a code as security events are called: LoopDetected; one of a later version by its number."""
    try:
        return "".join(part.capitalize() for part in ErrorCode(code).name.split("_"))
    except ValueError:
        return f"Error{code}"


HARMLESS = frozenset({ErrorCode.SILENT, ErrorCode.SUPERSEDED, ErrorCode.SESSION_EXPIRED})
"""Ends of a link that nobody has to look into."""

WORDS = 200
"""Longest words of a NACK [characters]."""


class BadFrame(Malformed):
    """Bytes of a peer that break the specification; ``error`` is what the peer is told."""

    code = "BadFrame"

    def __init__(self, words: str, error: ErrorCode = ErrorCode.MALFORMED) -> None:
        """Say what was wrong, without repeating the bytes."""
        super().__init__(words[:WORDS])
        self.error = error
