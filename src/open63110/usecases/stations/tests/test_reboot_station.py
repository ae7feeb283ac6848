# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.7 as a row of the table: who decides what, and through which door."""

from open63110.kernel.messages import Command, Priority
from open63110.kernel.roles import Role
from open63110.usecases.stations.reboot_station import USE_CASE, RebootPlanned, RebootStation


def test_the_operator_asks_and_it_goes_before_ordinary_orders() -> None:
    (door,) = USE_CASE.doors
    assert (door.command, door.noun, door.verb, door.roles) == (RebootStation, "station", "reboot", frozenset({Role.OPERATOR}))
    assert RebootStation.priority is Priority.CONTROL


def test_both_ends_take_the_order_and_look_at_one_that_waits() -> None:
    commands = {(role, kind.__name__) for role, kind in USE_CASE.decide if issubclass(kind, Command)}
    both = {(role, kind) for role in (Role.CSMS, Role.STATION) for kind in ("RebootStation", "RebootIfIdle")}
    assert commands == both | {(Role.CSMS, "OrderKeptReboot")}


def test_the_asker_sees_whether_yes_means_now() -> None:
    assert (RebootPlanned().remark(), RebootPlanned(scheduled=True).remark()) == ("", "Scheduled")
