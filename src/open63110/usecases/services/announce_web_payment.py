# SPDX-License-Identifier: Apache-2.0
"""Tell a station that somebody pays for one of its EVSEs on a web page, so that it waits for him and shows so.

Clause:     8.4.5
Asked by:   CSMS, for an operator or whoever runs the page
Done by:    charging station
Leaves:     a station that knows for whose start it waits, and for how long
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Final

from open63110.kernel.errors import Malformed, NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Command, Effect, Event, Priority
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered, open_transfer
from open63110.model.station import Station

MUTE: Final = frozenset({"ocpp1.6", "ocpp2.0.1"})
"""Wires that have no words for it."""

LONGEST: Final = 3_600
"""Nobody pays for longer than this [s]."""


class AnnounceWebPayment(Command, frozen=True, kw_only=True, gc=False):
    """Say that somebody has begun to pay for an EVSE on a web page."""

    priority: ClassVar[Priority] = Priority.CONTROL
    evse: EvseNumber
    timeout: int = 120
    """For how long he has; then the station waits no more [s]."""


class WebPaymentAwaited(Event, frozen=True, kw_only=True, gc=False):
    """A station knows that somebody pays on a web page for one of its EVSEs."""

    evse: EvseNumber
    until: datetime


def ask(command: AnnounceWebPayment, station: Station) -> Iterator[Effect]:
    """Pass it on; it is worth nothing later.

    Raises:
        Malformed: that is no time to wait.
        NotSupported: the wire has no words for it.
        Unknown: there is no such EVSE.
        Refused: energy flows there.
        Unavailable: the station is not there.
    """
    _check(command, station)
    if station.wire in MUTE:
        raise NotSupported(f"{station.wire} knows nothing of web payments", code="NoWebPayment", remedy="OCPP 2.1, or the link")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def _check(command: AnnounceWebPayment, station: Station) -> None:
    if not 0 < command.timeout <= LONGEST:
        raise Malformed(f"a time lies between 1 and {LONGEST} s", code="OutOfRange", where="timeout")
    if command.evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
    if open_transfer(station, command.evse) is not None:
        raise Refused(f"energy flows at EVSE {command.evse}", code="Occupied", where="evse")


def hear(event: WebPaymentAwaited) -> Iterator[Effect]:
    """Keep that the station knows."""
    yield event


def obey(command: AnnounceWebPayment, station: Station, now: datetime) -> Iterator[Effect]:
    """At the station: wait for him.

    Raises:
        Malformed: that is no time to wait.
        Unknown: there is no such EVSE.
        Refused: energy flows there.
    """
    _check(command, station)
    until = now + timedelta(seconds=command.timeout)
    yield WebPaymentAwaited(station=station.id, at=now, evse=command.evse, until=until)


USE_CASE = UseCase(
    clause="8.4.5",
    title="Authorization by external means: somebody pays on a web page",
    decide={
        (Role.CSMS, AnnounceWebPayment): ask,
        (Role.CSMS, WebPaymentAwaited): hear,
        (Role.STATION, AnnounceWebPayment): obey,
    },
    doors=(
        Door(
            command=AnnounceWebPayment,
            noun="station",
            verb="announce-web-payment",
            roles=frozenset({Role.OPERATOR, Role.CSP, Role.EVU_DEVICE}),
        ),
    ),
)
