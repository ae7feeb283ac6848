# SPDX-License-Identifier: Apache-2.0
"""The page of what is watched at a station, and the series of what came by streams."""

from datetime import timedelta

import pytest

from open63110.bindings.web import series
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.ids import EvseNumber
from open63110.kernel.roles import Role
from open63110.model.device import of_evse
from open63110.model.monitor import Monitor, Monitoring, MonitorKind, MonitorWish, StreamTerms
from open63110.runtime.principals import durable
from open63110.usecases.stations.monitor_station.streams import CloseStream, OpenStream, StreamSampled

HEAT = of_evse(EvseNumber(1), "Temperature")
POWER = of_evse(EvseNumber(1), "Power")


async def watched(ground: Ground, reason: str = "") -> None:
    """Have one monitor that is refused, one that is set, and one that is built in."""
    now = ground.clock.now()
    hot = Monitor(address=HEAT, kind=MonitorKind.UPPER, value=60.0, severity=2)
    flow = Monitor(
        address=POWER, kind=MonitorKind.PERIODIC, value=1.0, severity=8, id=7, stream=StreamTerms(interval=None, values=5)
    )
    built_in = Monitor(address=HEAT, kind=MonitorKind.UPPER, value=90.0, severity=0, id=1, origin="hard-wired")
    wishes = (
        MonitorWish(monitor=hot, state="refused", reason=reason or "UnknownVariable", by="ann", at=now),
        MonitorWish(monitor=flow, state="set", at=now),
    )
    row = Monitoring(station=CS, at=now, wishes=wishes, installed=(flow, built_in), reported=now, asked=now, level=5, base="all")
    ground.engine.known.keep("monitoring", CS, row)
    await durable(ground.engine)


async def test_what_is_wanted_and_what_is_there_is_shown_with_its_state(ground: Ground) -> None:
    await ground.station()
    await watched(ground)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get(f"/stations/{CS}/monitors")).text
    check(page)
    for words in (
        "EVSE@1/Temperature",
        "UnknownVariable",
        "hard-wired",
        "It tells up to alert",
        "A report is awaited",
        "as a stream",
    ):
        assert words in page
    assert page.count(">Clear<") == 2
    assert f'href="/stations/{CS}/monitors"' in (await client.get(f"/stations/{CS}")).text


async def test_who_only_looks_finds_no_forms_and_nothing_a_station_says_is_executed(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.VIEWER)
    assert "Nothing is watched" in (await client.get(f"/stations/{CS}/monitors")).text
    await watched(ground, NASTY)
    page = (await client.get(f"/stations/{CS}/monitors")).text
    check(page)
    assert "Set a monitor" not in page
    assert "<script>alert" not in page


async def test_a_monitor_is_set_by_the_form(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    fields = {"variable": "EVSE@1/Temperature", "kind": "upper-threshold", "value": "60", "severity": "2", "stream_every": ""}
    assert "accepted" in (await send(client, f"/do/stations/{CS}/set-monitor", **fields)).text
    (wish,) = ground.store.get(Monitoring, CS).wishes  # type: ignore[union-attr]  # it was just wanted
    assert (wish.monitor.address, wish.monitor.value, wish.by) == (HEAT, 60.0, "p-operator")


async def test_what_came_by_a_stream_is_told_in_order_and_no_more_than_is_wanted(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "CHUNK", 2)
    await ground.station()
    await watched(ground)
    begin = ground.clock.now()
    ground.hear(OpenStream(station=CS, number=3, monitor=7, terms=StreamTerms(values=2)))
    for second in range(5):
        at = begin + timedelta(seconds=second)
        ground.hear(StreamSampled(station=CS, at=at, number=3, offsets=(0.0, 0.5), values=(str(second), "off")))
    ground.hear(CloseStream(station=CS, number=3))
    await durable(ground.engine)
    client = await ground.as_(Role.VIEWER)
    (stream,) = (await client.get("/api/v1/event-streams")).json()["items"]
    assert (stream["variable"], stream["samples"], stream["closed"] is not None) == ("EVSE@1/Power", 10, True)
    told = (await client.get("/api/v1/event-streams/CS-1:3/samples")).json()
    assert told["values"] == [0.0, "off", 1.0, "off", 2.0, "off", 3.0, "off", 4.0, "off"]
    assert told["times"] == [begin.timestamp() + half / 2 for half in range(10)]
    assert (await client.get("/api/v1/event-streams/CS-1:3/samples?limit=3")).json()["values"] == ["off", 4.0, "off"]
    page = (await (await logged_in(ground, Role.VIEWER)).get(f"/stations/{CS}/monitors")).text
    check(page)
    assert 'data-series="/api/v1/event-streams/CS-1%3A3/samples?limit=3000"' in page
