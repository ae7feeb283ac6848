# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a message, and the word each version of OCPP-J has for it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Self

import msgspec

from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Malformed, Unavailable

UNREAD_ID: Final = "-1"
"""Message id of an answer to a message whose own id could not be read (2.0.1 and 2.1)."""


class ErrorCode(StrEnum):
    """Error codes in the spelling of 2.0.1 and 2.1; `spelled` gives those of 1.6."""

    FORMAT_VIOLATION = "FormatViolation"
    GENERIC_ERROR = "GenericError"
    INTERNAL_ERROR = "InternalError"
    MESSAGE_TYPE_NOT_SUPPORTED = "MessageTypeNotSupported"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    OCCURRENCE_CONSTRAINT_VIOLATION = "OccurrenceConstraintViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    PROTOCOL_ERROR = "ProtocolError"
    RPC_FRAMEWORK_ERROR = "RpcFrameworkError"
    SECURITY_ERROR = "SecurityError"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"


_SPELLED_16: Final = {
    ErrorCode.FORMAT_VIOLATION: "FormationViolation",
    ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED: "ProtocolError",
    ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION: "OccurenceConstraintViolation",
    ErrorCode.RPC_FRAMEWORK_ERROR: "FormationViolation",
}

_READ: Final = {code.value: code for code in ErrorCode} | {
    "FormationViolation": ErrorCode.FORMAT_VIOLATION,
    "OccurenceConstraintViolation": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
}


def spelled(code: ErrorCode, version: Version) -> str:
    """Return the word of `version` for `code`; 1.6 has its own spelling, and fewer words."""
    return _SPELLED_16.get(code, code.value) if version is Version.V16 else code.value


def read(word: str) -> ErrorCode:
    """Return the code a peer meant, in any version's spelling; GENERIC_ERROR for a word that is none."""
    return _READ.get(word, ErrorCode.GENERIC_ERROR)


class MalformedFrame(Malformed):
    """The bytes are no message of OCPP-J."""

    def __init__(self, message: str, code: ErrorCode, *, id: str = UNREAD_ID, message_type: int | None = None) -> None:
        """Say what is wrong with a frame.

        Args:
            message: one sentence, with nothing of the frame's content in it.
            code: what to answer with.
            id: of the message, UNREAD_ID where it could not be read.
            message_type: first number of the frame, None where it could not be read.
        """
        super().__init__(message, code=code)
        self.error = code
        self.id = id
        self.message_type = message_type


class SchemaFault(Malformed):
    """A payload that is not what the schema of its action asks for; it quotes no value, as one may be a secret."""

    def __init__(self, message: str, code: ErrorCode, *, path: str = "$") -> None:
        """Say which rule was broken.

        Args:
            message: one sentence, with names of the schema only.
            code: what to answer with.
            path: of the field at fault, `$` for the payload as a whole.
        """
        super().__init__(message, code=code, where=path)
        self.error = code
        self.path = path

    @classmethod
    def of(cls, fault: Exception) -> Self:
        """Return the fault that a decoder's error means."""
        if not isinstance(fault, msgspec.ValidationError):
            return cls("The payload is no JSON that can be read", ErrorCode.FORMAT_VIOLATION)
        text, _, path = str(fault).partition(" - at `")
        path = path.removesuffix("`") or "$"
        for pattern, code, message in _RULES:
            if found := pattern.match(text):
                return cls(f"{found.expand(message)} at {path}", code, path=path)
        return cls(f"An invalid value at {path}", ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, path=path)


class QueueFull(Unavailable):
    """So many calls wait for this connection that another is not taken."""

    code = "QueueFull"


class Closed(Unavailable):
    """The connection has ended."""

    code = "Closed"


_RULES: Final = tuple(
    (re.compile(pattern), code, message)
    for pattern, code, message in (
        (r"Object missing required field `(\w{1,64})`$", ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, r"\1 is missing"),
        (r"Expected `(array)` of length", ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, r"An \1 of a wrong length"),
        (r"Object contains unknown field", ErrorCode.FORMAT_VIOLATION, "A field that is not in the schema"),
        (r"Expected `(\w+)`(?:, got `(\w+)`)?$", ErrorCode.TYPE_CONSTRAINT_VIOLATION, r"No \1"),
        (r"Expected `(str)` of length <= (\d+)$", ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, r"Longer than \2 characters"),
        (r"Invalid enum value", ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "A word that is not in the list"),
        (r"Invalid RFC3339|Expected `datetime` with", ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "No date-time of RFC 3339"),
        (r"(?:Integer|Number) value out of range|Number out of range", ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "Too large"),
    )
)
