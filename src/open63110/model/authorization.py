# SPDX-License-Identifier: Apache-2.0
"""Who may charge where: what local and external authorization share (8.4.4, 8.4.5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Event, Priority, Wake
from open63110.model.availability import ALL, WHOLE, operative
from open63110.model.reservation import Reservation
from open63110.model.station import Evse, Grant, Registration, Station
from open63110.model.token import AuthorizationStatus, Token
from open63110.model.transfer import EnergyTransfer


class StopRemotely(Command, frozen=True, kw_only=True, gc=False):
    """End an energy transfer."""

    priority: ClassVar[Priority] = Priority.CONTROL
    reference: TransferReference


class ReleaseGrant(Command, frozen=True, kw_only=True, gc=False):
    """Nobody plugged in in time (EVConnectionTimeOut)."""

    evse: EvseNumber


class GroupLearned(Event, frozen=True, kw_only=True, gc=False):
    """A station heard to which group a credential belongs."""

    subject: SubjectRef
    group: SubjectRef


def verdict(token: Token | None, station: StationId, now: datetime, running: int = 0) -> AuthorizationStatus:
    """Say what a credential is good for at a station.

    Args:
        token: None if the operator does not know it.
        station: where it was presented.
        now: when it counts.
        running: how many energy transfers run on it elsewhere.
    """
    if token is None:
        return AuthorizationStatus.UNKNOWN
    if token.blocked:
        return AuthorizationStatus.BLOCKED
    if token.valid_until is not None and token.valid_until <= now:
        return AuthorizationStatus.EXPIRED
    if token.no_credit:
        return AuthorizationStatus.NO_CREDIT
    if token.stations and not any(_covers(place, station) for place in token.stations):
        return AuthorizationStatus.NOT_AT_THIS_LOCATION
    if token.valid_from is not None and now < token.valid_from:
        return AuthorizationStatus.NOT_AT_THIS_TIME
    return AuthorizationStatus.CONCURRENT if 0 < token.concurrent <= running else AuthorizationStatus.ACCEPTED


def _covers(place: str, station: StationId) -> bool:
    return station.startswith(place[:-1]) if place.endswith("*") else station == place


def running_elsewhere(in_use: int, mine: Iterable[EnergyTransfer], subject: SubjectRef, evse: int, reference: str | None) -> int:
    """Return how many energy transfers of a credential count against it.

    One under the reference in question does not, nor one at the same EVSE: a station that asks again there wants it ended, or
    its end was lost. Without an EVSE (OCPP Authorize has none) no transfer at this station counts.
    """
    own = sum(
        1
        for transfer in mine
        if transfer.subject == subject
        and transfer.began is not None
        and transfer.ended is None
        and (transfer.reference == reference or transfer.evse == evse or (not evse and reference is None))
    )
    return max(0, in_use - own)


def open_transfer(station: Station, evse: int) -> EnergyTransfer | None:
    """Return the energy transfer that goes on at an EVSE; None when there is none, or none that began with anybody's right."""
    for transfer in station.transfers.values():
        unclaimed = transfer.subject is None and transfer.state == "pending"
        if transfer.evse == evse and transfer.ended is None and not unclaimed:
            return transfer
    return None


def live_grant(station: Station, evse: EvseNumber, now: datetime) -> Grant | None:
    """Return the right to charge at an EVSE that was given and neither used nor released."""
    noun = station.evses.get(evse)
    return noun.grant if noun is not None and noun.grant is not None and noun.grant.until > now else None


def hindrance(station: Station, evse: EvseNumber, connector: ConnectorNumber | None = None) -> str:
    """Return why nobody can start at an EVSE: UnknownEvse, UnknownConnector, Faulted, Unavailable, Occupied; empty: free."""
    noun = station.evses.get(evse)
    if noun is None:
        return "UnknownEvse"
    if connector and connector not in noun.connectors:
        return "UnknownConnector"
    states = {station.state, noun.state}
    for state in ("faulted", "unavailable"):
        if state in states or _all_are(state, noun, connector):
            return state.capitalize()
    if not operative(station.availability, evse, connector or ALL):
        return "Unavailable"
    return "Occupied" if open_transfer(station, evse) else ""


def reserved_for(station: Station, evse: EvseNumber, now: datetime) -> Reservation | None:
    """Return the reservation of an EVSE; one for any EVSE counts where as many are free as such reservations hold."""
    holding = [one for one in station.reservations if one.until > now]
    for one in holding:
        if one.evse == evse:
            return one
    anywhere = [one for one in holding if one.evse == WHOLE]
    if not anywhere:
        return None
    taken = {one.evse for one in holding}
    free = [number for number in station.evses if number and number not in taken and not _in_use(station, number, now)]
    return anywhere[0] if evse in free and len(free) <= len(anywhere) else None


def _in_use(station: Station, evse: EvseNumber, now: datetime) -> bool:
    return bool(hindrance(station, evse)) or live_grant(station, evse, now) is not None


def own_reservation(
    station: Station, evse: EvseNumber, subject: SubjectRef, group: SubjectRef | None, now: datetime
) -> Reservation | None:
    """Return the reservation that somebody uses when he starts at an EVSE, None if he has none for it."""
    mine = [one for one in station.reservations if one.until > now and one.serves(subject, group)]
    return next((one for place in (evse, WHOLE) for one in mine if one.evse == place), None)


def kept_from(
    station: Station, evse: EvseNumber, subject: SubjectRef, group: SubjectRef | None, now: datetime
) -> Reservation | None:
    """Return the reservation that keeps somebody from an EVSE, None if none does (8.4.3)."""
    if not station.reservations:
        return None
    other = reserved_for(station, evse, now)
    return None if other is None or own_reservation(station, evse, subject, group, now) is not None else other


def _all_are(state: str, evse: Evse, connector: ConnectorNumber | None) -> bool:
    plugs = [plug for number, plug in evse.connectors.items() if not connector or number == connector]
    return bool(plugs) and all(plug.state == state for plug in plugs)


def may_be_ordered(station: Station) -> bool:
    """Tell whether a station is here and admitted: only then do the two ends ask anything of each other."""
    return station.connected is not None and station.registration is Registration.ACCEPTED


def release_later(station: StationId, evse: EvseNumber, until: datetime) -> Wake:
    """Return the wakeup that ends a grant nobody used."""
    return Wake(name=f"release-grant:{evse}", at=until, command=ReleaseGrant(station=station, evse=evse))
