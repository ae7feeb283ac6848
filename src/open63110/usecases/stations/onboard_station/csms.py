# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does while a charging station comes on board.

Bootstrap-time rule (AT-8.3.15-4): a wrong clock keeps nobody out. What a station with a wrong clock says while it boots counts
from the moment it is heard, the station is marked, and the time in the answer is the station's time from then on.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.ids import station_id
from open63110.kernel.messages import Effect
from open63110.model.policy import Policy
from open63110.model.quirk import seconds_of
from open63110.model.station import (
    CLOCK,
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.ports import Rows
from open63110.usecases.stations.onboard_station import vouchers
from open63110.usecases.stations.onboard_station.evolve import CLONE, recognised
from open63110.usecases.stations.onboard_station.messages import (
    AdmitStation,
    CloneRefused,
    LinkContested,
    RegisterStation,
    RegistrationAnswer,
    RejectStation,
    StationRegistered,
)

_ACCEPTED = Registration.ACCEPTED  # looked up once, for every message asks
KEPT_OUT = frozenset({Registration.REJECTED, Registration.DEREGISTERED})
"""Who is never accepted, whatever is done with strangers."""

_BY_POLICY = {
    "accept": Registration.ACCEPTED,
    "quarantine": Registration.PENDING,
    "refuse": Registration.REJECTED,
}


def may_speak(station: Station | None, told: Registration | None = None) -> bool:
    """Tell whether anything but a boot is listened to on a link.

    Args:
        station: None if nobody knows it.
        told: what the last boot over this very link was answered; None if it only reconnected. A clone has the identity of an
            accepted station, so what it was told on its own link goes first; and a station that is rejected while it works
            may finish what it has begun.
    """
    if told is not None:
        return told is _ACCEPTED
    return station is not None and station.registration is _ACCEPTED


def link_up(event: StationConnected, station: Station | None, policy: Policy) -> Iterator[Effect]:
    """Note the link; a stranger is kept apart before its first word.

    Raises:
        Refused: nobody registered it, and strangers are refused; or it has left for good.
    """
    if station is None and policy.unknown_stations == "refuse":
        raise Refused(f"nobody registered {event.station!r}", code="UnknownStation", remedy="register the station first")
    if station is not None and station.registration is Registration.DEREGISTERED:
        raise Refused(f"{event.station!r} has left for good", code="Deregistered", remedy="register it anew")
    yield event
    if station is None and policy.unknown_stations == "quarantine":
        yield RegistrationDecided(
            station=event.station, at=event.at, registration=Registration.QUARANTINED, reason="nobody registered it"
        )


def link_down(event: StationDisconnected, station: Station | None) -> Iterator[Effect]:
    """Note that the link is gone; sessions go on without it."""
    if station is not None:
        yield event


def hear_contest(event: LinkContested, station: Station | None) -> Iterator[Effect]:
    """Mark the station once; the operator finds out which of the two is the right one, and registers it again."""
    if station is not None and CLONE not in station.flags:
        yield event


def hear_boot(event: StationBooted, station: Station | None, now: datetime, policy: Policy, rows: Rows) -> Iterator[Effect]:
    """Find out who is there, and say whether it may work here. A stranger whom the operator expects is none."""
    if station is not None and _is_other_device(station.identity, event.identity):
        if CLONE not in station.flags:
            yield CloneRefused(station=station.id, at=now, identity=event.identity)
        yield _answer(event, Registration.REJECTED, now, policy, CLONE)
        return
    verdict = _verdict(station, policy)
    if verdict is not Registration.ACCEPTED and (station is None or station.registration is Registration.QUARANTINED):
        registered = tuple(vouchers.expected(event, rows, policy, now))
        yield from registered
        verdict = Registration.ACCEPTED if registered else verdict
    if verdict is Registration.ACCEPTED:
        yield from _note(event, verdict, now, policy)
    elif verdict is Registration.PENDING and _says_something_new(event, station):
        yield from _note(event, Registration.QUARANTINED, now, policy)
    yield _answer(event, verdict, now, policy)


def _is_other_device(known: Identity, said: Identity) -> bool:
    """Compare serial numbers; a device that has none cannot be told apart."""
    return bool(known.serial and said.serial) and known.serial.strip() != said.serial.strip()


def _verdict(station: Station | None, policy: Policy) -> Registration:
    """Choose by what the operator said of this station, else of strangers."""
    if station is None or station.registration is Registration.QUARANTINED:
        return _BY_POLICY[policy.unknown_stations]
    return Registration.REJECTED if station.registration in KEPT_OUT else Registration.ACCEPTED


def _says_something_new(event: StationBooted, station: Station | None) -> bool:
    """Tell whether a boot is worth a fact: who waits in quarantine knocks every minute."""
    return station is None or station.booted is None or recognised(station.identity, event.identity) != station.identity


def _note(event: StationBooted, registration: Registration, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Keep the boot, by our clock where the station's is wrong."""
    wrong = abs((event.at - now).total_seconds()) > policy.clock_tolerance
    yield replace(event, at=now) if wrong else event
    flags = (CLOCK,) if wrong else ()
    yield RegistrationDecided(station=event.station, at=now, registration=registration, reason="booted", flags=flags)


def _answer(event: StationBooted, verdict: Registration, now: datetime, policy: Policy, reason: str = "") -> RegistrationAnswer:
    heartbeat = seconds_of("heartbeat", policy.heartbeat, policy.quirks, event.station, event.identity)
    interval = heartbeat if verdict is Registration.ACCEPTED else policy.retry
    return RegistrationAnswer(registration=verdict, interval=interval, now=now, reason=reason)


def register(command: RegisterStation, now: datetime) -> Iterator[Effect]:
    """Expect it.

    Raises:
        Malformed: no station can have this identity.
    """
    try:
        station_id(command.station)
    except ValueError as error:
        raise Malformed(str(error), code="BadStationId", where="station") from error
    yield StationRegistered(station=command.station, at=now, note=command.note, serial=command.serial)


def admit(command: AdmitStation, station: Station, now: datetime) -> Iterator[Effect]:
    """Let it in at its next boot; one that is in already stays in."""
    if station.registration in {Registration.QUARANTINED, Registration.REJECTED}:
        yield RegistrationDecided(station=station.id, at=now, registration=Registration.NEW, reason="admitted")


def reject(command: RejectStation, station: Station, now: datetime) -> Iterator[Effect]:
    """Keep it out from its next boot on."""
    yield RegistrationDecided(station=station.id, at=now, registration=Registration.REJECTED, reason=command.reason)
