# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5 in the station: who may use a connector shows in its state, and what it is asked to say it says."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferNumber, TransferReference
from open63110.kernel.messages import Effect, Wake
from open63110.model.availability import Availability
from open63110.model.reading import Reading
from open63110.model.reservation import Reservation
from open63110.model.station import Connector, ConnectorReported, EvPluggedIn, Evse, EvUnplugged, Registration, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.monitor_station import (
    BeatOnce,
    Heartbeat,
    MeterValuesReported,
    ReportReadings,
    ReportStanding,
    ReportStatus,
    station,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
E1, E2, C1, C2 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1), ConnectorNumber(2)
FREE = Connector(state="available", at=NOW)
HELD = Connector(state="occupied", at=NOW, detail="Charging")
REF = TransferReference("t1")
RUNNING = EnergyTransfer(station=CS, number=TransferNumber(1), reference=REF, evse=E1, connector=C1, began=NOW)
OUT = Availability(evse=E1, operative=False, at=NOW)
ALL_OUT = Availability(operative=False, at=NOW)
LOOK = ReportStanding(station=CS)


def here(first: Connector = FREE, **more: Any) -> Station:
    return Station(
        id=CS,
        registration=Registration.ACCEPTED,
        connected=NOW,
        evses={E1: Evse(number=E1, connectors={C1: first, C2: FREE}), E2: Evse(number=E2, connectors={C1: FREE})},
        **more,
    )


def told(effects: Iterable[Effect]) -> list[tuple[int, int, str]]:
    return [(int(one.evse), int(one.connector), one.state) for one in effects if isinstance(one, ConnectorReported)]


def test_what_is_out_of_use_is_unavailable_and_the_rest_is_as_it_was() -> None:
    assert told(station.report_standing(LOOK, here(availability=(OUT,)), NOW)) == [(1, 1, "unavailable"), (1, 2, "unavailable")]
    assert told(station.report_standing(LOOK, here(), NOW)) == []
    whole = told(station.report_standing(LOOK, here(availability=(ALL_OUT,)), NOW))
    assert whole == [(0, 0, "unavailable"), (1, 1, "unavailable"), (1, 2, "unavailable"), (2, 1, "unavailable")]
    back = told(station.report_standing(LOOK, here(replace(FREE, state="unavailable"), state="unavailable"), NOW))
    assert back == [(0, 0, "available"), (1, 1, "available")]


def test_where_energy_flows_it_stays_as_it_is_until_that_has_ended() -> None:
    busy = here(HELD, availability=(ALL_OUT,), transfers={REF: RUNNING})
    assert told(station.report_standing(LOOK, busy, NOW)) == [(1, 2, "unavailable"), (2, 1, "unavailable")]


def test_a_cable_that_was_in_it_is_there_still_when_it_is_in_use_again() -> None:
    shut = next(one for one in station.report_standing(LOOK, here(HELD, availability=(OUT,)), NOW))
    assert isinstance(shut, ConnectorReported)
    kept = Connector(state=shut.state, at=NOW, info=shut.info)
    assert told(station.report_standing(LOOK, here(kept), NOW)) == [(1, 1, "occupied")]


def test_an_ev_that_leaves_or_comes_where_nobody_may_charge_leaves_it_out_of_use() -> None:
    """The transfer that its leaving ends is in the picture still: all of this is decided at once."""
    busy = here(HELD, availability=(OUT,), transfers={REF: RUNNING})
    assert told(station.unplugged(EvUnplugged(station=CS, at=NOW, evse=E1), busy)) == [(1, 1, "unavailable")]
    shut = here(availability=(OUT,))
    assert told(station.plugged_in(EvPluggedIn(station=CS, at=NOW, evse=E1), shut)) == [(1, 1, "unavailable")]


def test_what_is_kept_for_somebody_is_reserved_until_he_comes() -> None:
    kept = (Reservation(id=7, evse=E1, subject=SubjectRef("anna"), until=NOW + timedelta(hours=1)),)
    assert told(station.report_standing(LOOK, here(reservations=kept), NOW)) == [(1, 1, "reserved"), (1, 2, "reserved")]
    over = NOW + timedelta(hours=2)
    shown = here(replace(FREE, state="reserved"), reservations=kept)
    assert told(station.report_standing(LOOK, shown, over)) == [(1, 1, "available")]
    assert told(station.plugged_in(EvPluggedIn(station=CS, at=NOW, evse=E1), shown)) == [(1, 1, "occupied")]


def test_states_are_told_once_more_of_just_what_was_asked() -> None:
    assert len(told(station.report_status(ReportStatus(station=CS), here(), NOW))) == 3
    assert told(station.report_status(ReportStatus(station=CS, evse=E1), here(HELD), NOW)) == [
        (1, 1, "occupied"),
        (1, 2, "available"),
    ]
    assert told(station.report_status(ReportStatus(station=CS, evse=E1, connector=C2), here(), NOW)) == [(1, 2, "available")]


def test_readings_are_told_with_why() -> None:
    shown = Reading(at=NOW, measurand="energy.import.register", value=12.0)
    there = here()
    there = replace(there, evses=there.evses | {E2: replace(there.evses[E2], readings=(shown,))})
    (said,) = station.report_readings(ReportReadings(station=CS), there, NOW)
    assert isinstance(said, MeterValuesReported)
    assert (said.evse, said.readings) == (E2, (replace(shown, context="trigger"),))
    assert list(station.report_readings(ReportReadings(station=CS, evse=E1), there, NOW)) == []


def test_a_sign_of_life_that_was_asked_for_follows_the_answer() -> None:
    (wake,) = station.beat_once(BeatOnce(station=CS), here(), NOW)
    assert isinstance(wake, Wake)
    assert (wake.at, wake.command) == (NOW, BeatOnce(station=CS, due=True))
    assert list(station.beat_once(BeatOnce(station=CS, due=True), here(), NOW)) == [Heartbeat(station=CS)]
    assert list(station.beat_once(BeatOnce(station=CS, due=True), replace(here(), connected=None), NOW)) == []
