# SPDX-License-Identifier: Apache-2.0
"""Update component properties of a charging station.

Clause:     8.3.4
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     variables that are as they are to be, or will be once the station has booted, and what came of each
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.variables import SetVariables, VariablesRead, VariablesSet
from open63110.usecases.stations.update_component_properties import csms, rollouts, station
from open63110.usecases.stations.update_component_properties.messages import (
    ApplySettings,
    CompareSettings,
    NoteUnset,
    PutTemplate,
    ReconcileSettings,
    ReleaseSettings,
    RemoveTemplate,
    SettingsApplied,
    SettingsKept,
    UseWaiting,
)

__all__ = [
    "USE_CASE",
    "ApplySettings",
    "CompareSettings",
    "NoteUnset",
    "PutTemplate",
    "ReconcileSettings",
    "ReleaseSettings",
    "RemoveTemplate",
    "SettingsApplied",
    "SettingsKept",
    "UseWaiting",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.4",
    title="Update a CS component properties",
    decide={
        (Role.CSMS, SetVariables): csms.ask,
        (Role.CSMS, VariablesSet): csms.hear_set,
        (Role.CSMS, VariablesRead): csms.hear_read,
        (Role.CSMS, ReleaseSettings): csms.release,
        (Role.CSMS, ReconcileSettings): csms.look_again,
        (Role.CSMS, CompareSettings): csms.compare,
        (Role.CSMS, NoteUnset): csms.note_unset,
        (Role.CSMS, ApplySettings): rollouts.apply,
        (Role.CSMS, PutTemplate): rollouts.put,
        (Role.CSMS, RemoveTemplate): rollouts.remove,
        (Role.STATION, SetVariables): station.obey,
        (Role.STATION, UseWaiting): station.use_waiting,
    },
    doors=(
        Door(command=SetVariables, noun="station", verb="set-variables", roles=_OPERATOR),
        Door(command=ReleaseSettings, noun="station", verb="release-settings", roles=_OPERATOR),
        Door(command=ApplySettings, noun="rollout", verb="apply", roles=_OPERATOR),
        Door(command=PutTemplate, noun="template", verb="put", roles=_OPERATOR),
        Door(command=RemoveTemplate, noun="template", verb="remove", roles=_OPERATOR),
    ),
)
