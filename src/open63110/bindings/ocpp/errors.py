# SPDX-License-Identifier: Apache-2.0
"""From our errors to the error codes of OCPP-J, and back: total in both directions."""

from open63110.bindings.ocpp.rpc.errors import ErrorCode
from open63110.kernel.errors import Expired, Malformed, NotAuthorized, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.model.order import Outcome

_CODES: tuple[tuple[type[Trouble], ErrorCode], ...] = (
    (NotAuthorized, ErrorCode.SECURITY_ERROR),
    (NotSupported, ErrorCode.NOT_SUPPORTED),
    (Expired, ErrorCode.GENERIC_ERROR),
    (Refused, ErrorCode.GENERIC_ERROR),
    (Unknown, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION),
    (Malformed, ErrorCode.FORMAT_VIOLATION),
    (Unavailable, ErrorCode.INTERNAL_ERROR),
    (Trouble, ErrorCode.GENERIC_ERROR),
)


def code_of(trouble: Trouble) -> ErrorCode:
    """Return the error code that tells a peer about a trouble."""
    return next(code for kind, code in _CODES if isinstance(trouble, kind))


def outcome_of(code: ErrorCode) -> Outcome:
    """Return what an error answer to our call means for the order."""
    if code in {ErrorCode.NOT_IMPLEMENTED, ErrorCode.NOT_SUPPORTED}:
        return Outcome.NOT_SUPPORTED
    if code is ErrorCode.SECURITY_ERROR:
        return Outcome.NOT_AUTHORIZED
    return Outcome.FAILED
