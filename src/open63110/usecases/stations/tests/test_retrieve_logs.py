# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.10 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.usecases.stations.retrieve_logs import USE_CASE, RetrieveLog


def test_the_operator_asks_and_nobody_says_himself_where_it_goes() -> None:
    assert [(one.noun, one.verb, one.roles) for one in USE_CASE.doors] == [
        ("log", "retrieve", frozenset({Role.OPERATOR})),
        ("log", "remove", frozenset({Role.OPERATOR})),
    ]
    assert RetrieveLog.unasked == {"request", "location"}


def test_both_ends_take_the_order_and_hear_how_far_it_is() -> None:
    both = {(role, kind) for role in (Role.CSMS, Role.STATION) for kind in ("RetrieveLog", "LogProgressed")}
    assert both <= {(role, kind.__name__) for role, kind in USE_CASE.decide}
