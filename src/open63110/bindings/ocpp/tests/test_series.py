# SPDX-License-Identifier: Apache-2.0
"""One order in several calls ends once, as the worst of them, with all that was said (8.3.4)."""

from datetime import UTC, datetime, timedelta

from open63110.bindings.ocpp.series import Series
from open63110.bindings.ocpp.v201.variables import FRAME, filled
from open63110.kernel.ids import OrderId, PrincipalId, StationId
from open63110.kernel.messages import Command
from open63110.model.order import Order, Outcome
from open63110.model.variables import (
    ReadVariables,
    SettingResult,
    SettingStatus,
    VariablesRead,
    VariablesSet,
    VariableValue,
    VariableWish,
)
from open63110.runtime.orders import Verdict

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")


def series(count: int) -> Series:
    """An order of so many calls, of which the first is under way."""
    order = Order(
        id=OrderId("o"),
        station=CS,
        kind="ReadVariables",
        by=PrincipalId("ann"),
        asked=NOW,
        deadline=NOW + timedelta(minutes=1),
        outcome=Outcome.SENT,
    )
    left: list[Command] = [
        ReadVariables(station=CS, variables=(VariableWish(variable=f"A/{number}"),)) for number in range(1, count)
    ]
    return Series(order=order, left=left)


def answered(name: str, status: SettingStatus = SettingStatus.ACCEPTED) -> Verdict:
    """A call that set one variable."""
    said = VariablesSet(station=CS, at=NOW, results=(SettingResult(variable=name, status=status),))
    yes = status is SettingStatus.ACCEPTED
    return Verdict(outcome=Outcome.ACCEPTED if yes else Outcome.REJECTED, messages=(said,), answer=f'"{name}"')


def test_calls_follow_each_other_and_the_order_ends_after_the_last() -> None:
    one = series(3)
    first, second = one.over(answered("A/0")), one.over(answered("A/1", SettingStatus.REJECTED))
    assert isinstance(first, ReadVariables)
    assert isinstance(second, ReadVariables)
    assert one.over(answered("A/2")) is None
    verdict = one.verdict()
    assert (verdict.outcome, verdict.reason) == (Outcome.REJECTED, "PartlyRefused")
    assert verdict.detail == "2 of 3 were taken; not A/1: rejected"
    (told,) = verdict.messages
    assert isinstance(told, VariablesSet)
    assert [each.variable for each in told.results] == ["A/0", "A/1", "A/2"]
    assert verdict.answer == '["A/0","A/1","A/2"]'


def test_after_a_call_without_an_answer_nothing_more_is_asked_and_what_was_said_counts() -> None:
    one = series(3)
    one.over(answered("A/0"))
    assert one.over(Verdict(outcome=Outcome.FAILED, reason="NoAnswer")) is None
    verdict = one.verdict()
    assert (verdict.outcome, verdict.reason, len(verdict.messages)) == (Outcome.FAILED, "NoAnswer", 1)


def test_values_that_were_read_in_parts_are_one_answer() -> None:
    one = series(2)
    for name in ("A/0", "A/1"):
        said = VariablesRead(station=CS, at=NOW, values=(VariableValue(variable=name, value="1"),))
        one.over(Verdict(outcome=Outcome.ACCEPTED, messages=(said,)))
    (told,) = one.verdict().messages
    assert isinstance(told, VariablesRead)
    assert len(told.values) == 2
    assert one.verdict().outcome is Outcome.ACCEPTED


def test_what_says_nothing_of_variables_is_left_as_it_is() -> None:
    one = series(1)
    one.over(Verdict(outcome=Outcome.ACCEPTED, reason="Fine"))
    assert one.verdict().reason == "Fine"


def test_messages_hold_no_more_items_and_bytes_than_their_receiver_takes() -> None:
    items = [f"item {number}" for number in range(10)]
    assert [len(part) for part in filled(items, 4, 0, str)] == [4, 4, 2]
    assert [len(part) for part in filled(items, 0, 0, str)] == [10]
    assert [len(part) for part in filled(items, 0, FRAME + 21, str)] == [2] * 5
    assert [len(part) for part in filled(items, 0, 1, str)] == [1] * 10  # what is too long goes alone
    assert sum(filled(items, 3, FRAME + 21, str), ()) == tuple(items)
