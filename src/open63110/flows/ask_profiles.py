# SPDX-License-Identifier: Apache-2.0
"""From a station that is there again (8.3.15) to the question which charging profiles it holds (8.2.3)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import may_be_ordered
from open63110.model.station import RegistrationDecided, Station, StationConnected
from open63110.usecases.energy.smart_charging import TELLING, AskProfiles


def then(_: RegistrationDecided | StationConnected, station: Station) -> Iterator[Message]:
    """Ask, where somebody looks after its power, and it is not asked already over this connection."""
    if station.wire in TELLING and not station.via and may_be_ordered(station) and _powered(station) and not _under_way(station):
        yield AskProfiles(station=station.id)


def _powered(station: Station) -> bool:
    limits = station.limits
    return bool(station.zone or limits.desired or limits.in_force or limits.asked or station.profiles.known)


def _under_way(station: Station) -> bool:
    since, connected = station.profiles.since, station.connected
    return since is not None and connected is not None and since >= connected


FLOW = Flow(role=Role.CSMS, on=(RegistrationDecided, StationConnected), then=then)
