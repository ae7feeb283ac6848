# SPDX-License-Identifier: Apache-2.0
"""Every trouble and every outcome has one HTTP status."""

import pytest
from tests.literal import T0

from open63110.bindings.web.errors import (
    TooLarge,
    TooOften,
    Unauthenticated,
    body_of,
    body_of_order,
    status_of,
    status_of_order,
)
from open63110.kernel.errors import Expired, Malformed, NotAuthorized, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.model.order import Order, Outcome


def order(outcome: Outcome, reason: str = "", detail: str = "") -> Order:
    return Order(
        id=OrderId("o1"),
        station=StationId("CS-1"),
        kind="RebootStation",
        by=PrincipalId("ann"),
        asked=T0,
        deadline=T0,
        outcome=outcome,
        reason=reason,
        detail=detail,
    )


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Malformed, 400),
        (Unauthenticated, 401),
        (NotAuthorized, 403),
        (Unknown, 404),
        (Refused, 409),
        (TooLarge, 413),
        (TooOften, 429),
        (Trouble, 500),
        (NotSupported, 501),
        (Unavailable, 503),
        (Expired, 504),
    ],
)
def test_a_trouble_has_its_status_and_so_has_whatever_is_derived_from_it(kind: type[Trouble], status: int) -> None:
    assert status_of(kind("no")) == status
    assert status_of(type("Finer", (kind,), {})("no")) == status


def test_every_outcome_has_a_status_of_its_class() -> None:
    classes = {outcome: status_of_order(order(outcome)) // 100 for outcome in Outcome}
    good = {Outcome.ACCEPTED, Outcome.WAITING, Outcome.SENT}
    assert {outcome for outcome, kind in classes.items() if kind == 2} == good
    assert {kind for outcome, kind in classes.items() if outcome not in good} == {4, 5}


def test_a_rejection_by_ourselves_says_what_http_has_a_word_for() -> None:
    assert status_of_order(order(Outcome.REJECTED, "UnknownStation")) == 404
    assert status_of_order(order(Outcome.REJECTED, "StationOffline")) == 503
    assert status_of_order(order(Outcome.REJECTED, "Occupied")) == 409


def test_a_body_says_what_was_wrong_where_and_what_to_do() -> None:
    assert body_of(Malformed("no", where="evse", remedy="say 1")) == {
        "code": "Malformed",
        "message": "no",
        "where": "evse",
        "remedy": "say 1",
    }


def test_a_body_of_an_order_that_was_refused_here_says_the_same() -> None:
    trouble = Refused("no", code="Occupied", where="evse", remedy="wait")
    assert body_of_order(order(Outcome.WAITING).ended_by(trouble, Outcome.REJECTED, T0)) == body_of(trouble)


def test_a_body_of_an_order_falls_back_on_its_outcome() -> None:
    assert body_of_order(order(Outcome.FAILED))["code"] == "failed"
    assert body_of_order(order(Outcome.REJECTED, "Occupied", "an EV is there"))["message"] == "an EV is there"
