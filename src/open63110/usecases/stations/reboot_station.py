# SPDX-License-Identifier: Apache-2.0
"""Reboot a charging station or one EVSE.

Clause:     8.3.7
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a station that has come up again and says why, or will reboot once it is idle
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec.structs import replace

from open63110.kernel.errors import Refused, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Effect, Event, Priority, Reply
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.policy import Policy
from open63110.model.station import Station, StationBooted

REBOOT = "reboot"
"""Station.blocked_by while a reboot is under way or waits for idle."""

SCHEDULED = "reboot-scheduled"
"""Begin of the flag of a station whose reboot waits for idle; of one EVSE its number follows."""

FIRMWARE = "firmware"
"""Begin of Station.blocked_by while firmware is being installed (8.3.6)."""

RESUMING = "resuming"
"""Flag: the station went down in order to go on with its energy transfers afterwards."""


class RebootMode(StrEnum):
    """When to reboot."""

    IMMEDIATE = "immediate"
    ON_IDLE = "on-idle"
    IMMEDIATE_AND_RESUME = "immediate-and-resume"
    """OCPP 2.1 only: transactions go on afterwards."""


class RebootStation(Command, frozen=True, kw_only=True, gc=False):
    """Start again."""

    priority: ClassVar[Priority] = Priority.CONTROL
    mode: RebootMode = RebootMode.ON_IDLE
    evse: EvseNumber | None = None
    """None: the whole station."""


class RebootIfIdle(Command, frozen=True, kw_only=True, gc=False):
    """At the station: carry out the reboot that waits, if nothing holds it up any more."""


class RebootScheduled(Event, frozen=True, kw_only=True, gc=False):
    """The station will reboot once it is idle."""

    evse: EvseNumber | None = None
    admit: bool = False
    """New sessions are admitted meanwhile: by policy, or because it is for the station to guard its EVSE."""


class RebootPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker of a reboot is told: it happens now, or once the station is idle."""

    scheduled: bool = False


class RebootBegun(Event, frozen=True, kw_only=True, gc=False):
    """The station is about to go down; what runs is ended first, in the same turn."""

    evse: EvseNumber | None = None


class StationRebooting(Event, frozen=True, kw_only=True, gc=False):
    """The station goes down now; its hardware follows this fact, and repeats the reason when it powers up."""

    reason: str = "RemoteReset"
    evse: EvseNumber | None = None
    resume: bool = False
    """Energy transfers go on afterwards."""


def ask(command: RebootStation, station: Station) -> Iterator[Effect]:
    """Pass the wish on. That the station accepts it does not promise that it comes up again: its boot does."""
    _check(command, station)
    yield command


def hear_scheduled(event: RebootScheduled, station: Station, policy: Policy) -> Iterator[Effect]:
    """Admit no new session until it has booted, unless the operator chose otherwise (AT-8.3.7-2)."""
    yield replace(event, admit=policy.admit_while_reset_pending or event.evse is not None)


def hear_rebooting(event: StationRebooting, station: Station) -> Iterator[Effect]:
    """Keep it."""
    yield event


def obey(command: RebootStation, station: Station, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Go down at once, or as soon as nothing runs."""
    _check(command, station)
    evse = command.evse
    if command.mode is RebootMode.ON_IDLE and _busy(station, evse):
        yield RebootScheduled(station=station.id, at=now, evse=evse, admit=policy.admit_while_reset_pending)
        yield RebootPlanned(scheduled=True)
        return
    resume = command.mode is RebootMode.IMMEDIATE_AND_RESUME
    if not resume:
        yield RebootBegun(station=station.id, at=now, evse=evse)
    yield StationRebooting(station=station.id, at=now, evse=evse, resume=resume)
    yield RebootPlanned()


def reboot_if_idle(command: RebootIfIdle, station: Station, now: datetime) -> Iterator[Effect]:
    """Carry out what was scheduled."""
    for flag in _waiting(station, None):
        number = flag.removeprefix(SCHEDULED)
        evse = EvseNumber(int(number)) if number else None
        if not _busy(station, evse):
            yield StationRebooting(station=station.id, at=now, reason="ScheduledReset", evse=evse)


def _check(command: RebootStation, station: Station) -> None:
    if station.blocked_by.startswith(FIRMWARE):
        raise Refused("firmware is being installed", code="FwUpdateInProgress", remedy="wait until it is done")
    if command.evse is not None and station.evses and command.evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")


def _busy(station: Station, evse: EvseNumber | None) -> bool:
    """Tell whether energy may flow at an EVSE, at any with None."""
    return any(transfer.ended is None and evse in {None, transfer.evse} for transfer in station.transfers.values())


def scheduled(event: RebootScheduled, station: Station) -> Station:
    """It waits, and no new session is admitted."""
    flag = _flag(event.evse)
    marked = replace(station, flags=(*_without(station, flag), flag))
    return marked if event.admit else replace(marked, blocked_by=REBOOT)


def begun(event: RebootBegun, station: Station) -> Station:
    """It waits no longer, so that the end of a transfer does not set it off once more."""
    return replace(station, flags=_without(station, *_waiting(station, event.evse)))


def rebooting(event: StationRebooting, station: Station) -> Station:
    """The whole is blocked until it has booted; one EVSE is back when its hardware says so."""
    left = replace(station, flags=_without(station, RESUMING, *_waiting(station, event.evse)))
    if event.evse is None:
        return replace(left, blocked_by=REBOOT, flags=(*left.flags, RESUMING) if event.resume else left.flags)
    over = station.blocked_by == REBOOT and not _waiting(left, None)
    return replace(left, blocked_by="") if over else left


def booted(event: StationBooted, station: Station) -> Station:
    """Whatever reboot was wanted has happened."""
    flags = _without(station, RESUMING, *_waiting(station, None))
    return replace(station, flags=flags, blocked_by="" if station.blocked_by == REBOOT else station.blocked_by)


def _flag(evse: EvseNumber | None) -> str:
    return SCHEDULED if evse is None else f"{SCHEDULED} {evse}"


def _waiting(station: Station, evse: EvseNumber | None) -> tuple[str, ...]:
    """Return the flags of reboots that wait at an EVSE, of all with None."""
    return tuple(flag for flag in station.flags if flag.startswith(SCHEDULED) and (evse is None or flag == _flag(evse)))


def _without(station: Station, *gone: str) -> tuple[str, ...]:
    return tuple(flag for flag in station.flags if flag not in gone)


USE_CASE = UseCase(
    clause="8.3.7",
    title="Reboot a CS",
    decide={
        (Role.CSMS, RebootStation): ask,
        (Role.CSMS, RebootScheduled): hear_scheduled,
        (Role.CSMS, StationRebooting): hear_rebooting,
        (Role.STATION, RebootStation): obey,
        (Role.STATION, RebootIfIdle): reboot_if_idle,
    },
    evolve={RebootScheduled: scheduled, RebootBegun: begun, StationRebooting: rebooting, StationBooted: booted},
    doors=(Door(command=RebootStation, noun="station", verb="reboot", roles=frozenset({Role.OPERATOR})),),
)
