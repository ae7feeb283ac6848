# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5, reports that somebody asks for: both ends, and where the station's fact leads."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.flows.report_when_triggered import then
from open63110.kernel.errors import NotSupported, Refused, Unavailable, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.roles import Role
from open63110.model.station import Connector, Evse, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.trigger_report import SAID, USE_CASE, Report, ReportTriggered, TriggerReport, ask, obey

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, E2, C1, C2 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1), ConnectorNumber(2)
PLUGS = {C1: Connector(state="available", at=NOW)}
IDLE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW, evses={E1: Evse(number=E1, connectors=PLUGS)})
REF = TransferReference("t1")
BUSY = replace(IDLE, transfers={REF: EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=E1, began=NOW)})


def wish(
    report: Report = Report.STATUS, evse: int | None = None, connector: int | None = None, custom: str = ""
) -> TriggerReport:
    number = None if evse is None else EvseNumber(evse)
    plug = None if connector is None else ConnectorNumber(connector)
    return TriggerReport(station=CS, report=report, evse=number, connector=plug, custom=custom)


def test_the_wish_is_passed_on() -> None:
    assert list(ask(wish(), IDLE)) == [wish()]


@pytest.mark.parametrize(
    "changes", [{"connected": None}, {"registration": Registration.QUARANTINED}, {"registration": Registration.REJECTED}]
)
def test_who_is_away_or_was_never_let_in_is_not_asked(changes: dict[str, object]) -> None:
    with pytest.raises(Unavailable):
        list(ask(wish(), replace(IDLE, **changes)))


@pytest.mark.parametrize("part", [(2, None), (1, 2), (None, 1), (0, 1)])
def test_a_part_that_is_not_there_is_unknown_at_both_ends(part: tuple[int | None, int | None]) -> None:
    with pytest.raises(Unknown):
        list(ask(wish(Report.STATUS, *part), IDLE))
    with pytest.raises(Unknown):
        list(obey(wish(Report.STATUS, *part), IDLE, NOW))


def test_a_trigger_of_a_vendor_and_no_other_has_a_name() -> None:
    assert list(ask(wish(Report.CUSTOM, custom="SelfTest"), IDLE))
    for wrong in (wish(Report.CUSTOM), wish(Report.BOOT, custom="SelfTest")):
        with pytest.raises(Refused):
            list(ask(wrong, IDLE))


@pytest.mark.parametrize("report", sorted(set(Report) - SAID))
def test_what_a_station_never_says_it_does_not_promise(report: Report) -> None:
    with pytest.raises(NotSupported):
        list(obey(wish(report), IDLE, NOW))


def test_of_a_transfer_that_does_not_go_on_nothing_is_said() -> None:
    for station, evse in ((IDLE, None), (IDLE, 1), (replace(BUSY, evses={}), 2)):
        with pytest.raises(Refused):
            list(obey(wish(Report.TRANSFER, evse), station, NOW))
    assert list(obey(wish(Report.TRANSFER, 1), BUSY, NOW))


@pytest.mark.parametrize(
    ("report", "leads"),
    [
        (Report.BOOT, "ReportBoot"),
        (Report.HEARTBEAT, "BeatOnce"),
        (Report.STATUS, "ReportStatus"),
        (Report.READINGS, "ReportReadings"),
        (Report.TRANSFER, "ReportTransfer"),
        (Report.FIRMWARE, "ReportFirmware"),
        (Report.LOG, "LogProgressed"),
        (Report.DIAGNOSTICS, "LogProgressed"),
    ],
)
def test_what_it_promises_leads_to_whoever_says_it(report: Report, leads: str) -> None:
    (fact,) = obey(wish(report, 1), BUSY, NOW)
    assert isinstance(fact, ReportTriggered)
    (command,) = then(fact, BUSY, KeptRows(), NOW)
    assert type(command).__name__ == leads
    assert getattr(command, "evse", E1) == E1


def test_all_that_is_promised_leads_somewhere() -> None:
    for report in SAID:
        assert list(then(ReportTriggered(station=CS, at=NOW, report=report), BUSY, KeptRows(), NOW))


def test_the_operator_asks() -> None:
    (door,) = USE_CASE.doors
    assert (door.noun, door.verb, door.roles) == ("station", "trigger", frozenset({Role.OPERATOR}))
