# SPDX-License-Identifier: Apache-2.0
"""Have a charging station say now what it would say at its own time.

Clause:     8.3.5
Asked by:   CSMS, for an operator
Done by:    charging station
Leaves:     a message on its way, as if its time had come
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from open63110.kernel.errors import NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.kernel.messages import Command, Effect, Event
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import may_be_ordered
from open63110.model.station import Station


class Report(StrEnum):
    """What a station can be asked to say."""

    BOOT = "boot"
    HEARTBEAT = "heartbeat"
    STATUS = "status"
    READINGS = "meter-values"
    TRANSFER = "transfer"
    """An energy transfer that goes on; OCPP 1.6 tells that with its readings."""
    FIRMWARE = "firmware-status"
    PUBLISHING = "publish-firmware-status"
    LOG = "log-status"
    DIAGNOSTICS = "diagnostics-status"
    """The log of OCPP 1.6 without the security whitepaper."""
    STATION_CERTIFICATE = "sign-station-certificate"
    V2G_CERTIFICATE = "sign-v2g-certificate"
    V2G20_CERTIFICATE = "sign-v2g20-certificate"
    COMBINED_CERTIFICATE = "sign-combined-certificate"
    CUSTOM = "custom"
    """A trigger of a vendor's own; OCPP 2.1."""


class TriggerReport(Command, frozen=True, kw_only=True, gc=False):
    """Say that now."""

    report: Report
    evse: EvseNumber | None = None
    """None: of every EVSE, where it is about EVSEs."""
    connector: ConnectorNumber | None = None
    custom: str = ""
    """The vendor's name of a trigger of his own."""


class ReportTriggered(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked to say something, and will."""

    report: str
    evse: EvseNumber | None = None
    connector: ConnectorNumber | None = None


SAID: Final = frozenset(
    {
        *(Report.BOOT, Report.HEARTBEAT, Report.STATUS, Report.READINGS, Report.TRANSFER),
        *(Report.FIRMWARE, Report.LOG, Report.DIAGNOSTICS),
    }
)
"""What our own station says at any time; a flow for each leads to whoever says it."""

ABOUT_EVSES: Final = frozenset({Report.STATUS, Report.READINGS, Report.TRANSFER})


def ask(command: TriggerReport, station: Station) -> Iterator[Effect]:
    """Pass it on.

    Raises:
        Unknown: there is no such part.
        Refused: a trigger of a vendor has a name, and no other has one.
        Unavailable: the station is not there, or does not work here.
    """
    _check(command, station)
    if (command.report is Report.CUSTOM) != bool(command.custom):
        raise Refused("a trigger of a vendor, and no other, has a name", code="NoCustomTrigger", where="custom")
    if not may_be_ordered(station):
        raise Unavailable(f"{station.id} is not connected", code="StationOffline", where="station")
    yield command


def obey(command: TriggerReport, station: Station, now: datetime) -> Iterator[Effect]:
    """Say it, once the answer has gone.

    Raises:
        NotSupported: this station never says that.
        Unknown: there is no such part.
        Refused: no energy transfer goes on there.
    """
    if command.report not in SAID:
        raise NotSupported(f"nothing is said of {command.report} here", code="NotImplemented", where="report")
    _check(command, station)
    if command.report is Report.TRANSFER and not _flows(station, command.evse):
        raise Refused("no energy transfer goes on", code="NoTransaction", where="report")
    yield ReportTriggered(station=station.id, at=now, report=command.report, evse=command.evse, connector=command.connector)


def _flows(station: Station, evse: EvseNumber | None) -> bool:
    return any(one.ended is None and evse in {None, 0, one.evse} for one in station.transfers.values())


def _check(command: TriggerReport, station: Station) -> None:
    if command.connector and not command.evse:
        raise Unknown("a connector is one of an EVSE", code="UnknownEvse", where="evse")
    if command.evse and station.evses and command.report in ABOUT_EVSES:
        evse = station.evses.get(command.evse)
        if evse is None:
            raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
        if command.connector and evse.connectors and command.connector not in evse.connectors:
            words = f"EVSE {command.evse} has no connector {command.connector}"
            raise Unknown(words, code="UnknownConnector", where="connector")


USE_CASE = UseCase(
    clause="8.3.5",
    title="Monitor a CS: triggered reports",
    decide={(Role.CSMS, TriggerReport): ask, (Role.STATION, TriggerReport): obey},
    doors=(Door(command=TriggerReport, noun="station", verb="trigger", roles=frozenset({Role.OPERATOR})),),
)
