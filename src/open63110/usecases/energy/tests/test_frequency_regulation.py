# SPDX-License-Identifier: Apache-2.0
"""Clause 8.2.10 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.model.der import SINGLE, DerKind
from open63110.usecases.energy.frequency_regulation import USE_CASE, SetDerControl, field_of


def test_operators_of_stations_and_of_flexibility_ask() -> None:
    doors = {(one.command.__name__, one.noun, one.verb) for one in USE_CASE.doors}
    assert doors == {
        ("SetDerControl", "der-control", "set"),
        ("ClearDerControls", "der-control", "clear"),
        ("AskDerControls", "der-control", "ask"),
        ("SendGridSignal", "station", "send-grid-signal"),
    }
    assert {one.roles for one in USE_CASE.doors} == {frozenset({Role.OPERATOR, Role.FO})}


def test_both_ends_take_the_orders() -> None:
    decided = {(role, kind.__name__) for role, kind in USE_CASE.decide}
    orders = ("SetDerControl", "ClearDerControls", "AskDerControls", "SendGridSignal", "TendDerControls")
    assert {(role, kind) for role in (Role.CSMS, Role.STATION) for kind in orders} <= decided


def test_nobody_says_which_revision_it_is_or_whose() -> None:
    assert SetDerControl.unasked == {"revision", "by"}
    command = SetDerControl(station="CS-1", kind=DerKind.VOLT_VAR)  # type: ignore[arg-type] # a literal
    assert command.asked_by("ann", "operator").by == "ann"


def test_each_kind_is_said_by_one_field_of_a_control() -> None:
    assert {field_of(kind) for kind in DerKind} == {*SINGLE.values(), "curve"}
