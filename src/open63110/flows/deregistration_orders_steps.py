# SPDX-License-Identifier: Apache-2.0
"""From a step of a station on its way out (8.3.13) to the orders of other use cases that it consists of."""

from collections.abc import Iterator

from open63110.kernel.ids import TransferReference
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.authorization import StopRemotely
from open63110.model.deregistration import DeregistrationStep
from open63110.model.station import Station
from open63110.usecases.energy.smart_charging import ClearProfile, WithdrawLimit
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache, SendLocalList
from open63110.usecases.sessions.energy_transfer import AskTransferStatus
from open63110.usecases.stations.change_availability import ChangeAvailability
from open63110.usecases.stations.deregister_station import DeregistrationStepEnded


def then(event: DeregistrationStep, station: Station) -> Iterator[Message]:
    """Order what a step consists of; one that consists of nothing has ended."""
    orders = list(_orders(event, station))
    yield from orders
    if not orders and event.step != "wipe":
        yield DeregistrationStepEnded(station=station.id, step=event.step, word="none")


def _orders(event: DeregistrationStep, station: Station) -> Iterator[Command]:
    match event.step:
        case "inoperative":
            yield ChangeAvailability(station=station.id, operative=False)
        case "transfers":
            for one in station.transfers.values():
                if one.ended is None:
                    yield StopRemotely(station=station.id, reference=one.reference)
        case "queue":
            yield AskTransferStatus(station=station.id, reference=TransferReference(""))
        case "cache":
            yield ClearAuthorizationCache(station=station.id)
        case "list" if station.local.version >= 0:
            yield SendLocalList(station=station.id, entries=())
        case "profiles":
            yield from _profiles(station)
        case _:
            return


def _profiles(station: Station) -> Iterator[Command]:
    """Take back what was wanted here, and clear what others set as far as the station has told of it."""
    for one in station.limits.desired.values():
        yield WithdrawLimit(station=station.id, evse=one.evse, source=one.source, scope=one.scope)
    for profile in station.profiles.foreign():
        yield ClearProfile(station=station.id, profile=profile.id)


FLOW = Flow(role=Role.CSMS, on=(DeregistrationStep,), then=then)
