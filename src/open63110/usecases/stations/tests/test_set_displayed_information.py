# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.8 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.usecases.stations.set_displayed_information import USE_CASE, AskMessages, ClearMessage, SetMessage


def test_the_operator_sets_clears_and_asks() -> None:
    doors = [(one.command, one.noun, one.verb) for one in USE_CASE.doors]
    assert doors == [(SetMessage, "message", "set"), (ClearMessage, "message", "clear"), (AskMessages, "message", "ask")]
    assert {one.roles for one in USE_CASE.doors} == {frozenset({Role.OPERATOR})}


def test_both_ends_take_the_orders_and_look_after_what_ends() -> None:
    orders = ("SetMessage", "ClearMessage", "AskMessages", "TendMessages", "ForgetMessagesOf")
    decided = {(role, kind.__name__) for role, kind in USE_CASE.decide}
    assert {(role, kind) for role in (Role.CSMS, Role.STATION) for kind in orders} <= decided


def test_nobody_says_which_part_it_is_or_whose() -> None:
    assert SetMessage.unasked == {"part", "revision", "by"}
    assert SetMessage(station="CS-1", contents=()).asked_by("ann", "operator").by == "ann"  # type: ignore[arg-type] # a literal
