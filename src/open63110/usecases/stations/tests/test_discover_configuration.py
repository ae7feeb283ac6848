# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.3 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.messages import Priority
from open63110.kernel.roles import Role
from open63110.model.inventory import InventoryReported, TakeInventory
from open63110.model.variables import ReadVariables
from open63110.usecases.stations.discover_configuration import USE_CASE


def test_the_operator_asks_for_inventories_and_values() -> None:
    doors = {door.command: (door.noun, door.verb, door.roles) for door in USE_CASE.doors}
    assert doors == {
        TakeInventory: ("station", "take-inventory", frozenset({Role.OPERATOR})),
        ReadVariables: ("station", "read-variables", frozenset({Role.OPERATOR})),
    }


def test_both_ends_know_both_questions_and_the_csms_hears_the_parts() -> None:
    for kind in (TakeInventory, ReadVariables):
        assert {role for role, one in USE_CASE.decide if one is kind} == {Role.CSMS, Role.STATION}
    assert (Role.CSMS, InventoryReported) in USE_CASE.decide


def test_inventories_go_behind_everything_else() -> None:
    assert TakeInventory.priority is Priority.BULK
