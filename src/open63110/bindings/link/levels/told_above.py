# SPDX-License-Identifier: Apache-2.0
"""Which facts of its stations a local CSMS tells the level above, and how."""

from typing import Final

import msgspec

from open63110.bindings.link.framing.header import Priority
from open63110.bindings.link.messages.registry import REGISTRY
from open63110.bindings.link.messages.rights import RIGHTS
from open63110.kernel.messages import Event, Message
from open63110.kernel.roles import Role
from open63110.model.station import StationBooted, StationConnected, StationDisconnected
from open63110.usecases.energy.smart_charging import FailSafeEntered
from open63110.usecases.services.authorize_externally import RemoteStartAnswered
from open63110.usecases.services.authorize_locally import CacheCleared, LocalListReplaced, LocalListReported
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.reboot_station import RebootScheduled

COMINGS: Final = (StationConnected, StationDisconnected)
"""What is told as it is now, and not as it was."""

OWN: Final = frozenset(
    {StationBooted, RemoteStartAnswered, LocalListReported, LocalListReplaced, CacheCleared, RebootScheduled, *COMINGS}
)
"""Facts that go up in another way: as the answer to an order, with an acceptance, or as the present state of a link."""


def told_upwards() -> frozenset[type[Event]]:
    """Return the facts that a local CSMS passes on as they are: what it may say, but for what goes up in another way."""
    kinds = (
        one.kind
        for one in REGISTRY.messages
        if issubclass(one.kind, Event) and RIGHTS.classes(Role.LOCAL_CSMS, Role.CSMS, one.number)
    )
    return frozenset(kinds) - OWN


UPWARDS: Final = told_upwards()


def late(fact: Event) -> Event:
    """Say that a fact happened while the level above was away."""
    known = getattr(fact, "offline", None)
    return msgspec.structs.replace(fact, offline=True) if known is False else fact


def class_of(fact: Message) -> Priority:
    """Return how urgent a fact is: what is dangerous goes before everything else."""
    grave = isinstance(fact, FailSafeEntered) or (isinstance(fact, StationEventReported) and fact.severity == 0)
    return Priority.EMERGENCY if grave else Priority.NORMAL
