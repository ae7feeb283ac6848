# SPDX-License-Identifier: Apache-2.0
"""Who does what about the charging profiles that stations hold (8.2.3): the part of the table that is about them."""

from typing import Any, Final

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.installed import ProfilesReported
from open63110.usecases.energy.smart_charging import installed, installing, station_profiles
from open63110.usecases.energy.smart_charging.profile_messages import (
    AskProfiles,
    ClearProfile,
    ClearProfiles,
    GiveUpProfiles,
    InstallProfile,
    ProfileCleared,
    ProfileInstalled,
    ProfilesAsked,
    ProfilesCleared,
    ProfilesUnreported,
    ProfileUpdated,
    UpdateProfile,
)

DECIDE: Final[dict[tuple[Role, type], Any]] = {
    (Role.CSMS, AskProfiles): installed.ask,
    (Role.CSMS, ClearProfile): installed.clear,
    (Role.CSMS, ClearProfiles): installed.clear_some,
    (Role.CSMS, GiveUpProfiles): installed.give_up,
    (Role.CSMS, ProfilesReported): installed.hear,
    (Role.CSMS, ProfileCleared): installed.hear_cleared,
    (Role.CSMS, ProfilesCleared): installed.hear_some_cleared,
    (Role.CSMS, InstallProfile): installing.ask,
    (Role.CSMS, ProfileInstalled): installing.hear,
    (Role.CSMS, UpdateProfile): installing.ask_update,
    (Role.CSMS, ProfileUpdated): installing.hear,
    (Role.STATION, InstallProfile): installing.obey,
    (Role.STATION, AskProfiles): station_profiles.tell,
    (Role.STATION, ClearProfile): station_profiles.clear,
    (Role.STATION, ClearProfiles): station_profiles.clear_some,
}

EVOLVE: Final[dict[type, Any]] = {
    ProfilesAsked: installed.asked,
    ProfileInstalled: installing.installed,
    ProfileUpdated: installing.updated,
    ProfilesReported: installed.reported,
    ProfilesUnreported: installed.unreported,
    ProfileCleared: installed.cleared,
    ProfilesCleared: installed.some_cleared,
}

_WHO = frozenset({Role.OPERATOR})

DOORS: Final = (
    Door(command=AskProfiles, noun="station", verb="ask-profiles", roles=_WHO),
    Door(command=InstallProfile, noun="station", verb="install-profile", roles=_WHO),
    Door(command=UpdateProfile, noun="station", verb="update-profile", roles=_WHO),
    Door(command=ClearProfile, noun="station", verb="clear-profile", roles=_WHO),
    Door(command=ClearProfiles, noun="station", verb="clear-profiles", roles=_WHO),
)
