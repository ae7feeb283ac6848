# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.11 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.usecases.stations.provision_fault_codes import (
    USE_CASE,
    ImportFaultCatalogue,
    MapFaultCodes,
    RemoveFaultCatalogue,
)


def test_the_operator_gives_removes_and_names() -> None:
    doors = [(one.command, one.noun, one.verb) for one in USE_CASE.doors]
    assert doors == [
        (ImportFaultCatalogue, "catalogue", "import"),
        (RemoveFaultCatalogue, "catalogue", "remove"),
        (MapFaultCodes, "station", "map-fault-codes"),
    ]
    assert {one.roles for one in USE_CASE.doors} == {frozenset({Role.OPERATOR})}


def test_an_order_does_not_hold_the_catalogue_once_more() -> None:
    command = ImportFaultCatalogue(station="CS-1", content="{}", signature="x")  # type: ignore[arg-type] # a literal
    assert (command.kept().content, command.kept().signature) == ("", "")
    assert command.asked_by("ann", "operator").by == "ann"


def test_both_ends_know_how_faults_are_called() -> None:
    decided = {(role, kind.__name__) for role, kind in USE_CASE.decide}
    assert {(Role.CSMS, "MapFaultCodes"), (Role.STATION, "MapFaultCodes")} <= decided
