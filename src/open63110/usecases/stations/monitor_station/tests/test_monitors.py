# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.5 at the CSMS, beyond what both ends show together: reports in any order, answers that come twice, bad input."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import T0
from tests.rows import KeptRows

from open63110.kernel.errors import Malformed, NotSupported, Refused, Trouble, Unknown
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Effect, Wake
from open63110.model.device import of_evse
from open63110.model.monitor import Monitor, Monitoring, MonitorKind, MonitorPageChanged, MonitorWish
from open63110.model.policy import Policy
from open63110.model.station import Evse, Registration, Station
from open63110.model.stream import EventStream, StreamChunkChanged
from open63110.usecases.stations.monitor_station import installing, inventorying, levels, reconciling, streaming, watching
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearMonitors,
    GiveUpMonitorReport,
    MonitorAnswer,
    MonitorRefused,
    MonitorReportLost,
    MonitorSet,
    MonitorsReported,
    ReconcileMonitors,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from open63110.usecases.stations.monitor_station.streams import (
    AdjustStream,
    AskStreams,
    OpenStream,
    ShownStream,
    StreamSampled,
    StreamsReported,
)

CS, E1 = StationId("CS-1"), EvseNumber(1)
STATION = Station(id=CS, registration=Registration.ACCEPTED, connected=T0 - timedelta(minutes=5), evses={E1: Evse(number=E1)})
OLD = replace(STATION, wire="ocpp1.6", lacks=(watching.MONITORS, watching.TARGETS, watching.STREAMS))
HEAT = of_evse(E1, "Temperature")


def monitor(number: int = 0, value: float = 60.0, severity: int = 2, **more: Any) -> Monitor:
    return Monitor(address=HEAT, kind=MonitorKind.UPPER, value=value, severity=severity, id=number, **more)


def wanted(**more: Any) -> SetMonitor:
    said: dict[str, Any] = {"variable": "EVSE@1/Temperature", "kind": MonitorKind.UPPER, "value": 60.0, "severity": 2}
    return SetMonitor(station=CS, **(said | more))


def row(*wishes: MonitorWish, **more: Any) -> KeptRows:
    return KeptRows(Monitoring(station=CS, at=T0, wishes=wishes, **more))


def wish(state: Any, number: int = 7, **more: Any) -> MonitorWish:
    return MonitorWish(monitor=monitor(number), state=state, at=T0, **more)


def known(rows: KeptRows) -> Monitoring:
    found = rows.get(Monitoring, CS)
    assert found is not None
    return found


def page(seq: int, *monitors: Monitor, more: bool = True, request: int = 4) -> MonitorsReported:
    return MonitorsReported(station=CS, at=T0, request=request, seq=seq, more=more, monitors=monitors)


def hear(rows: KeptRows, event: MonitorsReported) -> list[Effect]:
    return rows.take(list(inventorying.hear(event, STATION, rows, T0)))


def test_a_report_is_whole_whatever_the_order_of_its_parts_and_however_often_they_come() -> None:
    rows = row(request=4, asked=T0)
    for one in (page(2, monitor(3), more=False), page(0, monitor(1)), page(0, monitor(1))):
        hear(rows, one)
        assert known(rows).installed == ()
    effects = hear(rows, page(1, monitor(2)))
    assert [one.id for one in known(rows).installed] == [1, 2, 3]
    assert (known(rows).asked, known(rows).reported) == (None, T0)
    assert any(isinstance(one, Wake) and one.command is None for one in effects)
    gone = [one for one in effects if isinstance(one, MonitorPageChanged)]
    assert {(one.id, one.monitor_page) for one in gone} == {("CS-1:0", None), ("CS-1:2", None)}


def test_a_part_of_another_report_or_of_one_that_is_over_changes_nothing() -> None:
    rows = row(request=4, asked=T0)
    before = known(rows)
    hear(rows, page(0, monitor(1), more=False, request=3))
    hear(rows, page(9_999, monitor(1)))
    assert known(rows) == before
    over = row(request=4)
    hear(over, page(0, monitor(1), more=False))
    assert known(over).installed == ()


def test_a_report_that_does_not_become_whole_is_given_up_and_its_parts_are_forgotten() -> None:
    rows = row(request=4, asked=T0, installed=(monitor(9),))
    hear(rows, page(0, monitor(1)))
    assert list(inventorying.give_up(GiveUpMonitorReport(station=CS, request=3), STATION, rows, T0)) == []
    effects = rows.take(list(inventorying.give_up(GiveUpMonitorReport(station=CS, request=4), STATION, rows, T0)))
    assert isinstance(effects[0], MonitorReportLost)
    assert isinstance(effects[1], MonitorPageChanged)
    assert (known(rows).asked, known(rows).installed) == (None, (monitor(9),))


def test_a_report_of_some_leaves_the_others() -> None:
    rows = row(installed=(monitor(1), monitor(2, severity=3)))
    asked = AskMonitors(station=CS, variables=("EVSE@1/Temperature",))
    *_, sent = rows.take(list(inventorying.ask(asked, STATION, rows, T0)))
    assert isinstance(sent, AskMonitors)
    hear(rows, page(0, monitor(1, 70.0), more=False, request=sent.request))
    assert sorted((one.id, one.value) for one in known(rows).installed) == [(1, 70.0), (2, 60.0)]
    with pytest.raises(Malformed):
        list(inventorying.ask(AskMonitors(station=CS, variables=("nonsense",)), STATION, rows, T0))


def test_what_was_set_and_is_missing_or_other_is_set_again_and_only_if_that_is_wanted() -> None:
    for compare, states in ((True, ["wanted"]), (False, ["set"])):
        for found in ((), (monitor(8, 99.0),)):
            rows = row(wish("set"), request=4, asked=T0, compare=compare)
            effects = hear(rows, page(0, *found, more=False))
            assert [one.state for one in known(rows).wishes] == states
            sent = [one for one in effects if isinstance(one, SetMonitor)]
            assert [one.id for one in sent] == ([found[0].id if found else 0] if compare else [])


def test_a_comparison_that_is_due_outlives_a_report_that_was_lost_and_a_question_of_somebody_else() -> None:
    rows = row(wish("set"), request=4, asked=T0, compare=True)
    asked = AskMonitors(station=CS, kinds=("delta",))
    *_, sent = rows.take(list(inventorying.ask(asked, STATION, rows, T0)))
    assert sent == AskMonitors(station=CS, request=5, compare=True)
    rows.take(list(inventorying.give_up(GiveUpMonitorReport(station=CS, request=5), STATION, rows, T0)))
    back = ReconcileMonitors(station=CS)
    *_, sent = rows.take(list(reconciling.reconcile(back, STATION, rows, T0)))
    assert sent == AskMonitors(station=CS, request=6, compare=True)
    effects = hear(rows, page(0, more=False, request=6))
    assert [one.variable for one in effects if isinstance(one, SetMonitor)] == ["EVSE@1/Temperature"]
    assert not known(rows).compare


def test_of_a_station_that_gives_no_report_nothing_is_compared_when_it_is_back() -> None:
    rows = row(wish("set"), request=4, asked=T0, compare=True)
    refused = GiveUpMonitorReport(station=CS, request=4, refused=True)
    rows.take(list(inventorying.give_up(refused, STATION, rows, T0)))
    assert list(reconciling.reconcile(ReconcileMonitors(station=CS), STATION, rows, T0)) == []


def test_an_answer_that_comes_twice_undoes_nothing() -> None:
    rows = row(wish("set"))
    refused = MonitorRefused(station=CS, at=T0, monitor=monitor(), reason="Duplicate")
    rows.take(list(watching.monitor_refused(refused, STATION, rows, T0)))
    assert known(rows).wishes[0].state == "set"
    rows = row(wish("wanted", 0))
    rows.take(list(watching.monitor_refused(refused, STATION, rows, T0)))
    assert (known(rows).wishes[0].state, known(rows).wishes[0].reason) == ("refused", "Duplicate")
    rows.take(list(watching.monitor_set(MonitorSet(station=CS, at=T0, monitor=monitor(7)), STATION, rows, T0)))
    assert (known(rows).wishes[0].state, known(rows).wishes[0].monitor.id) == ("set", 7)


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ({"variable": "Temperature"}, Malformed),
        ({"severity": 10}, Malformed),
        ({"value": float("nan")}, Malformed),
        ({"kind": MonitorKind.PERIODIC, "value": 0.0}, Malformed),
        ({"stream_every": 5.0}, Malformed),
        ({"kind": MonitorKind.PERIODIC, "stream_values": 0}, Malformed),
    ],
)
def test_no_monitor_is_wanted_that_cannot_be(said: dict[str, Any], trouble: type[Trouble]) -> None:
    with pytest.raises(trouble):
        list(watching.ask(wanted(**said), STATION, KeptRows(), T0))


def test_a_station_that_has_none_of_it_is_not_asked() -> None:
    part = replace(OLD, lacks=(watching.TARGETS, watching.STREAMS))
    asks: list[Any] = [
        lambda: watching.ask(wanted(), OLD, KeptRows(), T0),
        lambda: watching.ask(wanted(kind=MonitorKind.TARGET_DELTA), part, KeptRows(), T0),
        lambda: watching.ask(wanted(kind=MonitorKind.PERIODIC, stream_every=5.0), part, KeptRows(), T0),
        lambda: watching.clear(ClearMonitors(station=CS, ids=(1,)), OLD, KeptRows(), T0),
        lambda: inventorying.ask(AskMonitors(station=CS), OLD, KeptRows(), T0),
        lambda: levels.set_base(SetMonitoringBase(station=CS, base="all"), OLD),
        lambda: levels.set_level(SetMonitoringLevel(station=CS, severity=3), OLD),
        lambda: streaming.adjust(AdjustStream(station=CS, number=1, values=3), OLD),
        lambda: streaming.ask(AskStreams(station=CS), OLD),
    ]
    for one in asks:
        with pytest.raises(NotSupported):
            list(one())
    with pytest.raises(Malformed):
        list(streaming.adjust(AdjustStream(station=CS, number=1), STATION))
    with pytest.raises(Unknown):
        list(watching.clear(ClearMonitors(station=CS, variable="EVSE@1/Power"), STATION, KeptRows(), T0))


def test_too_many_monitors_are_refused_at_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST", 1)
    with pytest.raises(Refused):
        list(watching.ask(wanted(severity=3), STATION, row(wish("set")), T0))
    monkeypatch.setattr(installing, "MOST", 1)
    (answer,) = installing.install(wanted(severity=3), STATION, row(installed=(monitor(1),)), T0)
    assert isinstance(answer, MonitorAnswer)
    assert (answer.status, answer.reason) == ("rejected", "TooManyElements")


def test_a_station_refuses_what_it_has_already_does_not_know_or_has_built_in() -> None:
    rows = row(installed=(monitor(1), monitor(2, severity=0, origin="hard-wired")))
    for said, status in (({}, "duplicate"), ({"id": 9}, "rejected"), ({"id": 2, "severity": 0}, "rejected")):
        (answer,) = installing.install(wanted(**said), STATION, rows, T0)
        assert isinstance(answer, MonitorAnswer)
        assert answer.status == status
    *_, cleared = installing.uninstall(ClearMonitors(station=CS, ids=(1, 2, 3)), STATION, rows, T0)
    assert (cleared.cleared, cleared.stay, cleared.unknown) == ((1,), (2,), (3,))  # type: ignore[union-attr]  # its answer


def test_a_station_that_is_back_takes_a_breath_and_one_without_wishes_is_left_alone() -> None:
    fresh = replace(STATION, connected=T0)
    for booted, name in ((True, "monitors-booted"), (False, "monitors")):
        command = ReconcileMonitors(station=CS, booted=booted)
        (wake,) = reconciling.reconcile(command, fresh, row(wish("wanted")), T0)
        assert wake == Wake(name=name, at=T0 + reconciling.BREATH, command=command)
        for station, rows in ((STATION, KeptRows()), (replace(STATION, connected=None), row(wish("wanted"))), (OLD, row())):
            assert list(reconciling.reconcile(command, station, rows, T0)) == []
    sent = list(reconciling.reconcile(ReconcileMonitors(station=CS), STATION, row(wish("wanted", 0), wish("unwanted")), T0))
    assert [type(one) for one in sent] == [SetMonitor, ClearMonitors]


def test_values_of_a_stream_only_ever_rise_in_time_and_one_nobody_opened_is_one_all_the_same() -> None:
    rows = KeptRows()
    said = StreamSampled(station=CS, at=T0, number=3, offsets=(0.2, 0.1, 0.1, float("inf")), values=("2", "1", "1", "9"))
    effects = rows.take(list(streaming.hear_samples(said, STATION, rows, T0, Policy())))
    (chunk,) = [one.stream_chunk for one in effects if isinstance(one, StreamChunkChanged)]
    assert chunk is not None
    assert (chunk.begin, chunk.values) == (T0 + timedelta(seconds=0.1), (1.0, 2.0))
    assert [type(one).__name__ for one in streaming.hear_samples(said, STATION, rows, T0, Policy())] == ["Acknowledged"]
    with pytest.raises(Malformed):
        list(streaming.hear_samples(replace(said, values=("1",)), STATION, rows, T0, Policy()))


@pytest.mark.parametrize(
    ("at", "offset"),
    [(T0, 1e300), (T0, -1e300), (T0, 86_400.0), (T0.replace(year=2106), 0.0), (T0.replace(year=9999), 1e9)],
)
def test_values_of_moments_that_cannot_be_keep_no_later_ones_away(at: datetime, offset: float) -> None:
    rows = KeptRows()
    odd = StreamSampled(station=CS, at=at, number=3, offsets=(offset,), values=("9",))
    rows.take(list(streaming.hear_samples(odd, STATION, rows, T0, Policy())))
    said = StreamSampled(station=CS, at=T0, number=3, offsets=(0.0,), values=("1",))
    effects = rows.take(list(streaming.hear_samples(said, STATION, rows, T0, Policy())))
    assert [one.stream_chunk.values for one in effects if isinstance(one, StreamChunkChanged) and one.stream_chunk] == [(1.0,)]


def test_streams_are_bounded_and_what_a_station_sends_is_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MOST", 1)
    rows = KeptRows()
    rows.take(list(streaming.open_stream(OpenStream(station=CS, number=1, monitor=7), STATION, rows, T0)))
    rows.take(list(streaming.open_stream(OpenStream(station=CS, number=1, monitor=7), STATION, rows, T0)))
    with pytest.raises(Refused):
        list(streaming.open_stream(OpenStream(station=CS, number=2, monitor=8), STATION, rows, T0))
    sampled = StreamSampled(station=CS, at=T0, number=2, offsets=(0.0,), values=("1",))
    with pytest.raises(Refused):
        list(streaming.hear_samples(sampled, STATION, rows, T0, Policy()))
    reported = StreamsReported(station=CS, at=T0, streams=(ShownStream(number=5, monitor=9),))
    rows.take(list(streaming.reported(reported, STATION, rows)))
    assert {one.number: one.open for one in rows.load(EventStream)} == {1: False, 5: True}
