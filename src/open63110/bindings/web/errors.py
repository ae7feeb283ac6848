# SPDX-License-Identifier: Apache-2.0
"""From our errors and outcomes to HTTP: total, and the only place that knows status codes of troubles.

========================  ======  ===========================================================
Trouble                   status  Outcome of an order
========================  ======  ===========================================================
Malformed                 400
Unauthenticated           401
NotAuthorized             403     not-authorized
Unknown                   404     rejected, when the reason is that the station is unknown
Refused                   409     rejected
TooLarge                  413
TooOften                  429
NotSupported              501     not-supported
..                        502     failed: answered in a way nobody understands, or not at all
Unavailable               503     rejected, when the reason is that the station is away
Expired                   504     expired
..                        200     accepted
..                        202     waiting, sent: see ``Location``
anything else             500
========================  ======  ===========================================================
"""

from typing import Any

from open63110.kernel.errors import Expired, Malformed, NotAuthorized, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.model.order import Order, Outcome


class Unauthenticated(Trouble):
    """Nobody knows who asks."""

    code = "Unauthenticated"


class TooOften(Trouble):
    """Asked more often than anybody needs to."""

    code = "TooOften"


class TooLarge(Malformed):
    """More than this door takes at a time."""

    code = "TooLarge"


_STATUS: tuple[tuple[type[Trouble], int], ...] = (
    (TooLarge, 413),
    (Malformed, 400),
    (Unauthenticated, 401),
    (TooOften, 429),
    (NotAuthorized, 403),
    (NotSupported, 501),
    (Expired, 504),
    (Refused, 409),
    (Unknown, 404),
    (Unavailable, 503),
    (Trouble, 500),
)

_OUTCOME: dict[Outcome, int] = {
    Outcome.ACCEPTED: 200,
    Outcome.WAITING: 202,
    Outcome.SENT: 202,
    Outcome.NOT_AUTHORIZED: 403,
    Outcome.REJECTED: 409,
    Outcome.NOT_SUPPORTED: 501,
    Outcome.FAILED: 502,
    Outcome.EXPIRED: 504,
}

_REASON: dict[str, int] = {"UnknownStation": 404, "StationOffline": 503}
"""Reasons of a rejection by ourselves that HTTP has a better word for."""


def status_of(trouble: Trouble) -> int:
    """Return the status that tells a client about a trouble."""
    return next(status for kind, status in _STATUS if isinstance(trouble, kind))


def status_of_order(order: Order) -> int:
    """Return the status that tells a client where its order stands."""
    if order.outcome is Outcome.REJECTED:
        return _REASON.get(order.reason, 409)
    return _OUTCOME[order.outcome]


def body_of(trouble: Trouble) -> dict[str, Any]:
    """Return what a client is told beside the status."""
    return {"code": trouble.code, "message": trouble.message, "where": trouble.where, "remedy": trouble.remedy}


def body_of_order(order: Order) -> dict[str, Any]:
    """Return the same for an order that ended otherwise than accepted."""
    message = order.detail or f"{order.kind} ended as {order.outcome}"
    return {"code": order.reason or str(order.outcome), "message": message, "where": order.where, "remedy": order.remedy}
