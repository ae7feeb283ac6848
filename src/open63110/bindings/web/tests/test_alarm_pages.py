# SPDX-License-Identifier: Apache-2.0
"""The page of alarms: the gravest first, what follows from another below it, and two buttons that do what they say."""

from datetime import timedelta
from typing import Any

import pytest

from open63110.bindings.web.alarm_pages import grouped
from open63110.bindings.web.alarms import alarms, words_of
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.model.alarm import AlarmKind, StationAlarm
from open63110.model.site import SiteId
from open63110.model.station import Connector, Evse, Station
from open63110.runtime.alarms import Alarms
from open63110.runtime.principals import durable
from open63110.usecases.stations.monitor_station import StationEventReported

OTHER = StationId("CS-2")


async def raised(ground: Ground, **more: Any) -> None:
    said = {"component": "EVSE", "variable": "Problem", "severity": 2, "evse": 1, "at": ground.clock.now(), **more}
    ground.hear(StationEventReported(station=CS, **said))
    await durable(ground.engine)


async def test_an_alarm_is_shown_acknowledged_and_resolved(ground: Ground) -> None:
    await ground.station()
    await raised(ground, code="F-17", text="too hot", actual="61.5", event_id=1)
    await raised(ground, code="OPEN", variable="Contactor", event_id=2, cause=1, severity=3)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/alarms")).text
    check(page)
    assert "system failure" in page
    assert "EVSE@1 F-17: too hot" in page
    assert "1 follows from it" in page
    assert page.count('<tr id="alarm-') == 1
    assert "1–2 of 2" in page
    path, key = f"/do/stations/{CS}/station-alarms", f"{CS}:event:1:EVSE:Problem:F-17"
    assert "accepted" in (await send(client, f"{path}/acknowledge", ids=key)).text
    assert "by p-operator" in (await client.get("/alarms?state=acknowledged")).text
    assert "accepted" in (await send(client, f"{path}/resolve", ids=key)).text
    assert "F-17" not in (await client.get("/alarms")).text
    over = (await client.get("/alarms?state=over&station=CS-1")).text
    assert "F-17" in over
    assert f"{path}/resolve" not in over
    assert "No alarm matches" in (await client.get("/alarms?station=nobody")).text


async def test_who_only_looks_finds_no_buttons_and_nothing_a_station_says_is_executed(ground: Ground) -> None:
    await ground.station()
    await raised(ground, code=NASTY, text=NASTY, actual=NASTY, component=NASTY)
    client = await logged_in(ground, Role.VIEWER)
    for path in ("/alarms", "/"):
        page = (await client.get(path)).text
        check(page)
        assert "<script>alert" not in page
        assert "Resolve" not in page


def power_alarm(ground: Ground) -> None:
    Alarms(ground.engine).raised(SiteId("north"), "Excess", "g1", "too much", ground.clock.now())


async def test_alarms_about_power_stand_on_the_same_page(ground: Ground) -> None:
    await ground.station()
    power_alarm(ground)
    Alarms(ground.engine).raised(SiteId("north"), "PlannerAway", "g1", "too much", ground.clock.now())
    client = await logged_in(ground, Role.VIEWER)
    page = (await client.get("/alarms")).text
    check(page)
    assert "too much" in page
    assert "All is well" not in page
    assert "Planner away at g1: too much" in (await client.get("/")).text


async def test_whoever_knows_of_an_alarm_about_power_says_so_and_it_lasts(ground: Ground) -> None:
    power_alarm(ground)
    watches, client = await logged_in(ground, Role.VIEWER), await logged_in(ground, Role.OPERATOR)
    assert "/do/alarms/acknowledge" not in (await watches.get("/alarms")).text
    assert "/do/alarms/acknowledge" in (await client.get("/alarms")).text
    assert "accepted" in (await send(client, "/do/alarms/acknowledge", ids="north/Excess/g1")).text
    page = (await client.get("/alarms")).text
    check(page)
    assert "p-operator knows" in page
    assert "/do/alarms/acknowledge" not in page
    assert "too much" in page
    system = await ground.as_(Role.OPERATOR)
    (one,) = (await system.get("/api/v1/alarms")).json()["items"]
    assert (one["acknowledged_by"], one["cleared"]) == ("p-operator", None)
    for body, code in (({"ids": ["north/Excess/g2"]}, "UnknownAlarm"), ({"ids": []}, "InvalidValue")):
        wrong = await system.post("/api/v1/alarms/acknowledge", json=body)
        assert wrong.json()["code"] == code
    denied = await (await ground.as_(Role.VIEWER)).post("/api/v1/alarms/acknowledge", json={"ids": [one["id"]]})
    assert denied.status_code == 403


async def test_systems_ask_the_same_by_rest(ground: Ground) -> None:
    await ground.station()
    await raised(ground)
    await raised(ground, severity=4, variable="Fan")
    client = await ground.as_(Role.OPERATOR)
    found = (await client.get("/api/v1/station-alarms", params={"open": "true", "order": "severity"})).json()["items"]
    assert [one["severity"] for one in found] == [2, 4]
    answer = await client.post(f"/api/v1/stations/{CS}/station-alarms/resolve", json={"ids": [found[0]["id"]], "note": "done"})
    assert answer.status_code == 200
    assert [one["variable"] for one in (await client.get("/api/v1/station-alarms?open=true")).json()["items"]] == ["Fan"]
    one = (await client.get(f"/api/v1/station-alarms/{found[0]['id']}")).json()
    assert (one["resolved"] is not None, one["note"]) == (True, "done")
    wrong = await client.post(f"/api/v1/stations/{CS}/station-alarms/resolve", json={"ids": ["nothing"]})
    assert wrong.json()["code"] == "UnknownAlarm"


def alarm(severity: int, **more: Any) -> StationAlarm:
    at = more.pop("at")
    known = {"id": f"{CS}:{severity}", "station": CS, "kind": AlarmKind.EVENT, "since": at, "last": at, **more}
    return StationAlarm(severity=severity, **known)


@pytest.fixture
def at(ground: Ground) -> Any:
    return ground.clock.now()


def test_the_gravest_come_first_and_of_equal_ones_the_newest(at: Any) -> None:
    newer = alarm(3, at=at + timedelta(seconds=1), id="newer")
    follows = alarm(1, at=at, id="follows", cause="newer")
    lost = alarm(5, at=at, id="lost", cause="resolved already")
    shown = list(grouped([lost, alarm(3, at=at), follows, newer]))
    assert [one.alarm.id for one in shown] == ["newer", f"{CS}:3", "lost"]
    assert [one.follow for one in shown] == [(follows,), (), ()]
    assert [one.tone for one in shown] == ["bad", "bad", "warn"]


def test_what_an_alarm_says_is_not_said_twice_at_a_glance(at: Any) -> None:
    plug = Connector(state="faulted", at=at, error="GroundFailure")
    evses = {EvseNumber(1): Evse(number=EvseNumber(1), connectors={ConnectorNumber(1): plug})}
    station = Station(id=CS, evses=evses, state="faulted", flags=("silent", "clone"), connected=at)
    fault = alarm(1, at=at, kind=AlarmKind.FAULT, evse=EvseNumber(1), component="Connector@1.1", code="GroundFailure", count=3)
    whole = alarm(3, at=at, kind=AlarmKind.FAULT, component="ChargingStation", code="OtherError", id="whole")
    known = alarm(2, at=at, acknowledged=at, id="known")
    over = alarm(2, at=at, cleared=at, id="over")
    follows = alarm(2, at=at, cause="known", id="follows")
    found = list(alarms([station], None, 0, (), [fault, whole, known, over, follows]))
    assert [(one.tone, one.detail) for one in found] == [
        ("bad", "Connector@1.1 GroundFailure (3 times)"),
        ("bad", "OtherError"),
        ("warn", "clone"),
        ("warn", "event"),
        ("warn", "is over: event"),
    ]
    assert words_of(alarm(2, at=at, variable="Fan", vendor_code="E7", text="stuck")) == "Fan E7: stuck"
