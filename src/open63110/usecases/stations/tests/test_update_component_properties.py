# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.4 as a row of the table: who decides what, and through which doors."""

from open63110.kernel.roles import Role
from open63110.model.variables import Setting, SetVariables
from open63110.usecases.stations.update_component_properties import (
    USE_CASE,
    ApplySettings,
    PutTemplate,
    ReleaseSettings,
    RemoveTemplate,
    SettingsKept,
)


def test_the_operator_sets_stations_one_by_one_several_at_once_and_by_model() -> None:
    doors = {door.command: (door.noun, door.verb) for door in USE_CASE.doors}
    assert doors == {
        SetVariables: ("station", "set-variables"),
        ReleaseSettings: ("station", "release-settings"),
        ApplySettings: ("rollout", "apply"),
        PutTemplate: ("template", "put"),
        RemoveTemplate: ("template", "remove"),
    }
    assert {door.roles for door in USE_CASE.doors} == {frozenset({Role.OPERATOR})}


def test_both_ends_take_settings() -> None:
    assert {role for role, kind in USE_CASE.decide if kind is SetVariables} == {Role.CSMS, Role.STATION}


def test_the_asker_sees_that_yes_does_not_mean_now() -> None:
    assert SettingsKept().remark() == "Kept"


def test_nobody_says_himself_what_the_csms_knows() -> None:
    assert SetVariables.unasked == {"readable", "redacted", "per_message", "per_bytes", "rollout"}


def test_values_that_nobody_said_to_be_readable_are_not_written_down() -> None:
    said = SetVariables(station="CS-1", settings=(Setting(variable="A/Pin", value="1234"), Setting(variable="A/B", value="5")))  # type: ignore[arg-type] # a literal
    assert "1234" not in repr(said.kept())
    assert said.kept().redacted == ("A/B", "A/Pin")
