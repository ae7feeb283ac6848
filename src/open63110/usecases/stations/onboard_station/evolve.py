# SPDX-License-Identifier: Apache-2.0
"""What coming on board changes in a station; the same at the CSMS and in the station itself."""

from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.model.availability import operative
from open63110.model.station import (
    CLOCK,
    TRIGGERED,
    Connector,
    Evse,
    Identity,
    Registration,
    RegistrationDecided,
    Station,
    StationBooted,
    StationConnected,
    StationDisconnected,
)
from open63110.usecases.stations.onboard_station.messages import (
    CloneRefused,
    LinkContested,
    PoweredUp,
    RegistrationAnswered,
    StationRegistered,
)

CLONE = "clone"
"""Flag: somebody else used the identity of this station."""

RESUMING = "resuming"
"""Flag: the station went down in order to go on with its energy transfers. The one flag that outlives a power-up."""


def connected(event: StationConnected, station: Station) -> Station:
    """There is a link now."""
    return replace(station, connected=event.at, wire=event.wire, lacks=event.lacks, via=event.via)


def disconnected(event: StationDisconnected, station: Station) -> Station:
    """There is none any more."""
    return replace(station, connected=None)


def booted(event: StationBooted, station: Station) -> Station:
    """It says who it is; doubts about its clock start afresh, since it is being told the time."""
    identity = recognised(station.identity, event.identity)
    flags = without(station.flags, CLOCK)
    if event.reason == TRIGGERED and station.booted is not None:
        return replace(station, identity=identity, flags=flags, clock_ahead=0.0)
    return replace(station, identity=identity, booted=event.at, boot_reason=event.reason, flags=flags, clock_ahead=0.0)


def recognised(known: Identity, said: Identity) -> Identity:
    """Take what a station says of itself, but keep a serial number that it leaves out this time."""
    return said if said.serial else replace(said, serial=known.serial)


def registered(event: StationRegistered, station: Station) -> Station:
    """It is expected; one that works here already goes on doing so."""
    accepted = station.registration is Registration.ACCEPTED
    return replace(
        station,
        registration=Registration.ACCEPTED if accepted else Registration.NEW,
        note=event.note,
        identity=replace(station.identity, serial=event.serial),
        flags=without(station.flags, CLONE),
    )


def decided(event: RegistrationDecided, station: Station) -> Station:
    """It may work here, or not."""
    return replace(station, registration=event.registration, flags=(*without(station.flags, *event.flags), *event.flags))


def clone_seen(event: CloneRefused | LinkContested, station: Station) -> Station:
    """The known station stays as it is, with a mark."""
    return replace(station, flags=(*without(station.flags, CLONE), CLONE))


def answered(event: RegistrationAnswered, station: Station) -> Station:
    """The station knows whether it may work."""
    return replace(station, registration=event.registration)


def powered_up(event: PoweredUp, station: Station) -> Station:
    """Everything starts again but the energy transfers: whether those end is decided by what leads on from here."""
    return replace(
        station,
        registration=Registration.NEW,
        identity=station.identity if event.identity == Identity() else event.identity,
        booted=event.at,
        boot_reason=event.reason,
        evses=_fresh(event, station),
        blocked_by="",
        flags=tuple(flag for flag in station.flags if flag == RESUMING),
    )


def _fresh(event: PoweredUp, station: Station) -> dict[EvseNumber, Evse]:
    """Lay out the EVSEs as built, every connector in use free until the hardware says otherwise."""
    layout = event.connectors or tuple(len(evse.connectors) for evse in station.evses.values())
    free, shut = Connector(state="available", at=event.at), Connector(state="unavailable", at=event.at)
    fresh: dict[EvseNumber, Evse] = {}
    for number, count in enumerate(layout, start=1):
        evse = EvseNumber(number)
        numbers = (ConnectorNumber(one) for one in range(1, count + 1))
        connectors = {one: free if operative(station.availability, evse, one) else shut for one in numbers}
        known = station.evses.get(evse) or Evse(number=evse)
        fresh[evse] = replace(known, connectors=connectors, state=None, grant=None)
    return fresh


def without(flags: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    """Leave some flags out."""
    return tuple(flag for flag in flags if flag not in gone)
