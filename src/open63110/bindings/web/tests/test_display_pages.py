# SPDX-License-Identifier: Apache-2.0
"""The pages of displays and of fault codes, and one text for many stations (8.3.8, 8.3.11)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.display import StationMessage
from open63110.model.fault import FaultCatalogue, UnknownFault
from open63110.runtime.principals import durable
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.set_displayed_information import SetMessage

OTHER = StationId("CS-2")


def messages(ground: Ground) -> list[StationMessage]:
    return ground.engine.known.under_way.load(StationMessage, (), {})


async def reported(ground: Ground, code: str) -> None:
    """Let a station have a fault."""
    ground.hear(StationEventReported(station=CS, component="EVSE", severity=2, evse=1, at=ground.clock.now(), code=code))
    await durable(ground.engine)


def catalogue(ground: Ground, **more: Any) -> str:
    identity = ground.engine.stations[CS].identity
    entry = {
        "code": "F-17",
        "text": {"en": "Too hot", "de": "Zu warm"},
        "remedy": {"en": "Clean the filter"},
        "std_code": "CX003",
        "blocking": True,
    }
    said = {"vendor": identity.vendor, "model": identity.model, "version": "1", "entries": [entry]}
    return json.dumps(said | more)


async def test_a_message_is_set_shown_and_cleared_from_the_page(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    end = ground.clock.now() + timedelta(days=1)
    form = {"stations": CS, "text__en": "Hello", "text__de": "Hallo", "code": "https://pay.example", "rank": "in-front"}
    told = await send(client, "/do/displays/set", **form, end=f"{end:%Y-%m-%dT%H:%M}", text__fr="")
    assert "Set message at 1 stations: 1 sent." in told.text
    (sent,) = [one for one in ground.link.got if isinstance(one, SetMessage)]
    assert [(one.language, one.format.value, one.text) for one in sent.contents] == [
        ("en", "utf8", "Hello"),
        ("de", "utf8", "Hallo"),
        ("", "qr-code", "https://pay.example"),
    ]
    assert sent.end == end.replace(second=0, microsecond=0)
    page = (await client.get("/displays")).text
    check(page)
    for words in ("Hello", "Hallo", "https://pay.example", "in-front", "always", "by p-operator"):
        assert words in page
    assert "cleared" not in (await client.get("/displays?station=CS-9")).text
    told = await send(client, f"/do/stations/{CS}/messages/clear", number="1")
    assert "accepted" in told.text
    assert [type(one).__name__ for one in ground.link.got][-1] == "ClearMessage"


async def test_what_cannot_be_shown_is_said_where_it_was_typed(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    assert "say which stations" in (await send(client, "/do/displays/set", text__en="Hello")).text
    assert "no station is meant" in (await send(client, "/do/displays/set", stations="CS-9", text__en="Hello")).text
    told = await send(client, "/do/displays/set", stations="*", rank="in-front")
    assert "1 refused: InvalidValue" in told.text
    assert "a message has a number" in (await send(client, "/do/displays/clear", stations="*", number="x")).text
    assert messages(ground) == []


async def test_one_text_for_many_goes_to_those_that_are_meant_in_the_name_of_whoever_asks(ground: Ground) -> None:
    await ground.station()
    await ground.station(OTHER)
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann")) as client:
        body = {"which": {"stations": ["CS-*"]}, "message": {"contents": [{"text": "Hello"}]}}
        said = await client.post("/api/v1/messages/set", json=body)
        assert said.status_code == 202
        assert (said.json()["stations"], said.json()["refused"]) == (2, {})
        assert [(one.station, one.by) for one in messages(ground)] == [(CS, "ann"), (OTHER, "ann")]
        orders = {one["station"]: (one["by"], one["kind"]) for one in said.json()["orders"]}
        assert orders == {CS: ("ann", "SetMessage"), OTHER: ("ann", "SetMessage")}
        none = await client.post("/api/v1/messages/set", json={**body, "which": {"model": "another"}})
        assert none.json()["stations"] == 0
        everybody = await client.post("/api/v1/messages/set", json={**body, "which": {}})
        assert (everybody.status_code, everybody.json()["code"]) == (400, "NoStations")
        wrong = await client.post("/api/v1/messages/set", json={"which": {"stations": ["*"]}, "message": {"text": "Hello"}})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "UnknownField")
    async with ground.client(await ground.admit(Role.OPERATOR, name="bob", scope=("CS-2",))) as client:
        said = await client.post("/api/v1/messages/clear", json={"which": {"stations": ["*"]}, "message": {"number": 1}})
        assert [one["station"] for one in said.json()["orders"]] == [OTHER]
    async with ground.client(await ground.admit(Role.VIEWER, name="vera")) as client:
        said = await client.post("/api/v1/messages/set", json=body)
        assert said.json()["stations"] == 0


async def test_a_catalogue_is_imported_looked_at_and_removed_from_the_page(ground: Ground) -> None:
    await ground.station()
    ground.hear(
        StationEventReported(
            station=CS, component="EVSE", variable="Problem", severity=2, evse=1, at=ground.clock.now(), code="F-17"
        )
    )
    await durable(ground.engine)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/fault-codes")).text
    check(page)
    assert "F-17" in page
    assert ground.engine.known.under_way.load(UnknownFault, (), {})
    told = await send(client, "/do/fault-codes/import", content="{", signature="")
    assert "that is no catalogue" in told.text
    told = await send(client, "/do/fault-codes/import", content=catalogue(ground))
    assert "taken in" in told.text
    (kept,) = ground.engine.known.under_way.load(FaultCatalogue, (), {})
    identity = ground.engine.stations[CS].identity
    where = {"code": "F-17", "vendor": identity.vendor, "model": identity.model, "catalogue": kept.key, "language": "de"}
    page = (await client.get("/fault-codes", params=where)).text
    check(page)
    for words in ("Zu warm", "Clean the filter", "CX003 HighTemperature", "nobody can charge", "p-operator"):
        assert words in page
    assert f"{kept.key.replace(':', ' ').strip()}, version" in page  # whose catalogue it is, in words
    alarms = (await client.get("/alarms", headers={"Accept-Language": "de"})).text
    check(alarms)
    for words in ("Zu warm", "CX003", "Clean the filter"):
        assert words in alarms
    assert "accepted" in (await send(client, "/do/catalogues/remove", catalogue=kept.key)).text
    assert ground.engine.known.under_way.load(FaultCatalogue, (), {}) == []
    assert "Nothing here explains it" in (await client.get("/fault-codes?code=F-17")).text


@pytest.mark.parametrize("path", ["/displays", "/fault-codes", "/alarms"])
async def test_nothing_that_makers_or_stations_say_is_executed_and_viewers_find_no_forms(ground: Ground, path: str) -> None:
    await ground.station()
    nasty = {"code": "F-1", "text": {"en": NASTY}, "remedy": {"en": NASTY}, "component": "EVSE"}
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann")) as client:
        said = catalogue(ground, entries=[nasty])
        assert (await client.post("/api/v1/catalogues/import", json={"content": said})).status_code == 200
        text = {"contents": [{"text": NASTY}]}
        assert (await client.post(f"/api/v1/stations/{CS}/messages/set", json=text)).status_code == 200
    await reported(ground, "F-1")
    viewer = await logged_in(ground, Role.VIEWER)
    (kept,) = ground.engine.known.under_way.load(FaultCatalogue, (), {})
    page = (await viewer.get(path, params={"catalogue": kept.key} if path == "/fault-codes" else {})).text
    check(page)
    assert "alert" in page
    assert "<script>alert" not in page
    for word in ("Import a catalogue", "Show a message", "Remove", ">Clear<"):
        assert word not in page


async def test_what_is_wrong_with_a_station_is_told_in_the_language_that_is_asked_for(ground: Ground) -> None:
    await ground.station()
    await reported(ground, "F-17")
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann")) as client:
        assert (await client.post("/api/v1/catalogues/import", json={"content": catalogue(ground)})).status_code == 200
        found = (await client.get(f"/api/v1/stations/{CS}/faults", params={"language": "de"})).json()["items"]
        assert [(one["alarm"]["code"], one["meaning"]["text"], one["meaning"]["blocking"]) for one in found] == [
            ("F-17", "Zu warm", True)
        ]
        standard = (await client.get("/api/v1/fault-codes/CX004", headers={"Accept-Language": "de"})).json()
        assert (standard["standard_name"], standard["catalogue"]) == ("OverCurrentFailure", "")
        unknown = await client.get("/api/v1/fault-codes/F-17")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "UnknownFaultCode")
