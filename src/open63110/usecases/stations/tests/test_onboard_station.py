# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.15 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.runtime.table import Table
from open63110.usecases.stations.onboard_station import USE_CASE, AdmitStation, RegisterStation, RejectStation


def test_the_operator_registers_admits_and_rejects_stations() -> None:
    table = Table([USE_CASE])
    verbs = {command: (door.noun, door.verb, door.roles) for command in table_commands() if (door := table.door(command))}
    assert verbs == {
        RegisterStation: ("station", "register", frozenset({Role.OPERATOR})),
        AdmitStation: ("station", "admit", frozenset({Role.OPERATOR})),
        RejectStation: ("station", "reject", frozenset({Role.OPERATOR})),
    }


def table_commands() -> list[type]:
    return [AdmitStation, RegisterStation, RejectStation]


def test_admission_needs_a_known_station_and_registration_does_not() -> None:
    table = Table([USE_CASE])
    assert table.decide[Role.CSMS, AdmitStation].must_exist
    assert not table.decide[Role.CSMS, RegisterStation].must_exist
