# SPDX-License-Identifier: Apache-2.0
"""The list of credentials a station holds now, as the ground that a differential list builds on, in every version of OCPP."""

from collections.abc import Iterator

from open63110.bindings.ocpp.translation import Door
from open63110.kernel.ids import SubjectRef
from open63110.model.token import AuthorizationStatus
from open63110.usecases.services.authorize_locally import LocalListEntry


def here(door: Door) -> Iterator[LocalListEntry]:
    """Return the lines of the list that the station has now."""
    local = None if door.noun is None else door.noun.local
    for ref, status in local.entries.items() if local else ():
        named = local.groups.get(ref) if local else None
        yield LocalListEntry(
            subject=SubjectRef(ref),
            status=AuthorizationStatus(status),
            group=SubjectRef(named) if named else None,
            language=local.languages.get(ref, "") if local else "",
        )
