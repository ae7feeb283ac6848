# SPDX-License-Identifier: Apache-2.0
"""Acceptance of 8.3.5 with both ends real: monitors that are set, seen to tell, read and cleared; alarms; streams of values."""

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_at_simulated import Standing, standing

from open63110.model.alarm import AlarmKind, StationAlarm
from open63110.model.monitor import Monitor, Monitoring
from open63110.model.stream import EventStream, StreamChunk
from open63110.ports import Where
from open63110.usecases.stations.monitor_station import StationEventReported

HOT = {"variable": "EVSE@1/Temperature", "kind": "upper-threshold", "value": 60.0, "severity": 2}


def monitoring(at: Standing) -> Monitoring:
    """What the CSMS knows of the monitors of the station."""
    (found,) = at.here.rows(Monitoring)
    return found


def installed(at: Standing) -> tuple[Monitor, ...]:
    """What the station itself has."""
    found: list[Monitoring] = at.engine.store.load(Monitoring)
    return found[0].installed if found else ()


async def wait_for(at: Standing, seen: Any) -> list[StationEventReported]:
    """Wait until events of the station fulfil something, and return them."""
    found: list[StationEventReported] = []
    for _ in range(200):
        found = await at.here.facts(StationEventReported, "CS-1")
        if seen(found):
            return found
        await at.here.pass_by(1)
    raise AssertionError(f"only {found}")


@pytest.mark.at("AT-8.3.5-1", "v201", "v21", "link")
@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_a_threshold_is_told_once_when_it_is_passed_and_once_when_that_is_over(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here, evse = at.here, at.hardware.evses[1]
        evse.heat = 30.0
        order = await here.ask("stations/CS-1/set-monitor", HOT)
        assert order["outcome"] == "accepted", order
        (wish,) = monitoring(at).wishes
        assert (wish.state, wish.monitor.id) == ("set", installed(at)[0].id)
        await here.pass_by(10)
        assert await here.facts(StationEventReported, "CS-1") == []

        begin, evse.heat = here.now(), 61.5
        (crossing,) = await wait_for(at, lambda found: len(found) == 1)
        evse.heat = 75.0
        await here.pass_by(20)
        back, evse.heat = here.now(), 45.0
        await wait_for(at, lambda found: len(found) == 2)
        await here.pass_by(20)

        first, last = await here.facts(StationEventReported, "CS-1")
        assert first == crossing
        assert (first.actual, first.severity in {2, 5}, first.cleared, first.trigger) == ("61.5", True, False, "alerting")
        assert (last.actual, last.cleared, last.monitor, last.evse) == ("45", True, wish.monitor.id, 1)
        assert begin <= first.at <= back <= last.at
        alarm = next(one for one in here.rows(StationAlarm) if one.kind is AlarmKind.EVENT)
        assert (alarm.severity, alarm.state, alarm.component, alarm.variable) == (2, "cleared", "EVSE@1", "Temperature")
        (shown,) = (await here.ask("station-alarms", None, open="true"))["items"]
        await here.ask("stations/CS-1/station-alarms/acknowledge", {"ids": [shown["id"]]})
        assert (await here.ask("station-alarms", None, open="true"))["items"] == []


@pytest.mark.at("AT-8.3.5-1", "v201", "v21", "link")
@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_monitors_are_read_in_parts_changed_and_cleared(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        for evse, severity in itertools.product((1, 2), range(6)):
            said = {**HOT, "variable": f"EVSE@{evse}/Temperature", "severity": severity + 3, "value": 50.0 + severity}
            assert (await here.ask("stations/CS-1/set-monitor", said))["outcome"] == "accepted"
        changed = {**HOT, "severity": 3, "value": 99.0}
        assert (await here.ask("stations/CS-1/set-monitor", changed))["outcome"] == "accepted"
        assert len(installed(at)) == 12
        assert [one.value for one in installed(at) if one.severity == 3 and one.address.component.evse == 1] == [99.0]

        assert (await here.ask("stations/CS-1/ask-monitors", {}))["outcome"] == "accepted"
        await here.until(lambda: monitoring(at).reported is not None and monitoring(at).asked is None)
        assert {one.id for one in monitoring(at).installed} == {one.id for one in installed(at)}
        assert {one.state for one in monitoring(at).wishes} == {"set"}

        order = await here.ask("stations/CS-1/clear-monitors", {"variable": "EVSE@1/Temperature"})
        assert order["outcome"] == "accepted", order
        assert {one.address.component.evse for one in installed(at)} == {2}
        assert {one.monitor.address.component.evse for one in monitoring(at).wishes} == {2}
        unknown = await here.ask("stations/CS-1/clear-monitors", {"variable": "EVSE@1/Temperature"}, status=409)
        assert unknown["code"] == "UnknownMonitor"
        assert (await here.ask("stations/CS-1/set-monitoring-base", {"base": "factory-default"}))["outcome"] == "accepted"
        assert installed(at) == ()
        assert monitoring(at).wishes == ()


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_a_station_says_why_it_will_not_watch_and_is_not_asked_again(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        for variable, reason in (("Fridge@1/Temperature", "omponent"), ("EVSE@1/Mood", "ariable")):
            refused = await here.ask("stations/CS-1/set-monitor", {**HOT, "variable": variable}, status=409)
            assert refused["order"]["outcome"] == "rejected", refused
            assert reason in refused["order"]["reason"]
        assert {one.state for one in monitoring(at).wishes} == {"refused"}
        for wrong in ({"severity": 10}, {"variable": "Temperature"}, {"kind": "delta", "value": 0.0}):
            await here.ask("stations/CS-1/set-monitor", {**HOT, **wrong}, status=409)
        await here.ask("stations/CS-1/set-monitoring-level", {"severity": 10}, status=409)


async def test_a_station_on_ocpp_16_has_no_monitors_and_that_is_said(tmp_path: Path) -> None:
    async with standing(tmp_path, "v16") as at:
        for verb, body in (
            ("set-monitor", HOT),
            ("clear-monitors", {"ids": [1]}),
            ("ask-monitors", {}),
            ("set-monitoring-base", {"base": "all"}),
            ("set-monitoring-level", {"severity": 3}),
            ("ask-streams", {}),
        ):
            order = (await at.here.ask(f"stations/CS-1/{verb}", body, status=501))["order"]
            assert order["outcome"] == "not-supported", order


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_what_was_wanted_while_a_station_was_away_is_set_when_it_is_back(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await here.ask("stations/CS-1/set-monitor", HOT)
        await at.lose_link(120)
        cold = {"variable": "EVSE@2/Temperature", "kind": "lower-threshold", "value": -10.0, "severity": 6}
        late = await here.ask("stations/CS-1/set-monitor", cold, status=202, wait=0, deadline=5)
        gone = await here.ask("stations/CS-1/clear-monitors", {"variable": "EVSE@1/Temperature"}, status=202, wait=0, deadline=5)
        await at.link_is_back()
        await here.until(lambda: [one.value for one in installed(at)] == [-10.0])
        await here.until(lambda: [one.state for one in monitoring(at).wishes] == ["set"])
        for one in (late, gone):
            assert (await here.ask(f"orders/{one['id']}"))["outcome"] == "expired"


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_what_a_station_has_forgotten_over_a_boot_is_found_and_set_again(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await here.ask("stations/CS-1/set-monitor", HOT)
        await here.ask("stations/CS-1/set-monitor", {**HOT, "variable": "EVSE@2/Temperature"})
        await here.ask("stations/CS-1/set-monitoring-level", {"severity": 8})
        at.engine.known.keep("monitoring", at.controller.id, None)
        at.engine.commit.after(lambda _: None)
        await here.until(lambda: installed(at) == ())
        booted = here.station("CS-1").booted
        at.hardware.crash()
        await here.until(lambda: here.station("CS-1").booted != booted)
        await here.until(lambda: len(installed(at)) == 2, within=60)
        await here.until(lambda: {one.state for one in monitoring(at).wishes} == {"set"})
        (own,) = at.engine.store.load(Monitoring)
        assert own.level == 8


@pytest.mark.parametrize("wire", ["v21", "link"])
async def test_events_are_told_up_to_the_level_and_deltas_belong_to_their_transaction(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        power = {"variable": "EVSE@1/Power", "kind": "delta", "value": 5_000.0, "severity": 8, "transaction": True}
        await here.ask("stations/CS-1/set-monitor", power)
        await here.ask("stations/CS-1/set-monitor", {**power, "severity": 7, "kind": "periodic", "value": 30.0})
        await here.ask("stations/CS-1/set-monitoring-level", {"severity": 7})
        await at.charge(1, "ANNA")
        (first, *_) = await wait_for(at, lambda found: len(found) >= 2)
        reference = next(iter(here.station("CS-1").transfers))
        assert (first.trigger, first.severity, first.transfer) == ("periodic", 7, reference)
        found = await here.facts(StationEventReported, "CS-1")
        assert {one.severity for one in found} == {7}
        assert here.rows(StationAlarm) == []
        await here.ask("stations/CS-1/set-monitoring-level", {"severity": 9})
        at.hardware.leave(1)
        await here.until(lambda: not here.station("CS-1").transfers)
        before = len(await here.facts(StationEventReported, "CS-1"))
        await here.pass_by(120)
        assert len(await here.facts(StationEventReported, "CS-1")) <= before + 1


STREAM = {"variable": "EVSE@1/Power", "kind": "periodic", "value": 0.1, "severity": 8, "stream_every": 1.0}


@pytest.mark.at("AT-8.3.5-4", "v21", "link")
@pytest.mark.parametrize("wire", ["v21", "link"])
async def test_ten_values_a_second_for_a_minute_are_all_there_in_order_and_orders_do_not_wait(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock runs six times as fast; of several orders the best counts, since the machine may have other things to do."""
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 6.0)
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        assert (await here.ask("stations/CS-1/set-monitor", STREAM))["outcome"] == "accepted"
        await here.until(lambda: [one.open for one in here.rows(EventStream)] == [True])
        loop = asyncio.get_running_loop()
        took = []
        for level in (8, 9) * 5:
            begin = loop.time()
            assert (await here.ask("stations/CS-1/set-monitoring-level", {"severity": level}))["outcome"] == "accepted"
            took.append(loop.time() - begin)
        assert min(took) < 0.2
        await here.until(lambda: here.rows(EventStream)[0].samples >= 600, within=180)

        (stream,) = here.rows(EventStream)
        assert (stream.variable, stream.terms.interval) == ("EVSE@1/Power", 1.0)
        chunks = sorted(here.rows(StreamChunk, Where("stream", "=", stream.id)), key=lambda one: one.begin)
        times = [one.begin + timedelta(seconds=offset) for one in chunks for offset in one.offsets]
        assert len(times) >= 600
        assert all(one < other for one, other in itertools.pairwise(times))
        assert times[599] - times[0] >= timedelta(seconds=59.8)
        assert {value for one in chunks for value in one.values} >= {11_000.0}
        assert await here.facts(StationEventReported, "CS-1") == []
        shown = await here.ask(f"event-streams/{stream.id}/samples")
        assert len(shown["times"]) == len(shown["values"]) >= 600

        if wire == "v21":
            adjusted = await here.ask("stations/CS-1/adjust-stream", {"number": stream.number, "every": 5.0})
            assert adjusted["outcome"] == "accepted"
            await here.until(lambda: here.rows(EventStream)[0].terms.interval == 5.0)
            assert (await here.ask("stations/CS-1/ask-streams", {}))["outcome"] == "accepted"
        assert (await here.ask("stations/CS-1/clear-monitors", {"variable": "EVSE@1/Power"}))["outcome"] == "accepted"
        await here.until(lambda: not here.rows(EventStream)[0].open)
