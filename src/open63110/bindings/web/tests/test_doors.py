# SPDX-License-Identifier: Apache-2.0
"""Commands through the web: role by door by outcome, from the table (4.1, 7.1, 7.9.4)."""

import asyncio
from typing import Any

import httpx2
import pytest

from open63110.bindings.web.commands import path_of
from open63110.bindings.web.errors import status_of_order
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door
from open63110.model.order import Order, Outcome
from open63110.ports import Batch
from open63110.runtime.orders import Verdict
from open63110.runtime.table import discover
from open63110.usecases.services.authorize_externally import StartRemotely

DOORS = discover().doors
CARD = {"kind": "ISO14443", "value": "04A2B3C4D5"}
BODIES: dict[str, dict[str, Any]] = {
    "PutToken": {"token": CARD},
    "RemoveToken": {"subject": CARD},
    "StartRemotely": {"subject": CARD, "evse": 1},
    "StopRemotely": {"reference": "tx-1"},
    "UnlockConnector": {"evse": 1},
    "ChangeAvailability": {"operative": False},
    "TriggerReport": {"report": "heartbeat"},
    "SetDefaultTariff": {"tariff": {"id": "T", "currency": "EUR"}},
    "ChangeTransferTariff": {"reference": "tx-1", "tariff": {"id": "T", "currency": "EUR"}},
    "TellCost": {"reference": "tx-1", "total": "4.35"},
    "PutVoucher": {"id": "v1", "serial": "S-1"},
    "WithdrawVoucher": {"id": "v1"},
    "MigrateStation": {"url": "wss://b.example/ocpp", "mandate": "contract 7"},
    "AskTransferStatus": {"reference": ""},
    "SendVendorMessage": {"vendor": "com.example"},
    "ReserveEvse": {"subject": CARD, "evse": 1, "until": "2100-01-01T00:00:00Z"},
    "CancelReservation": {"reservation": 1},
}
"""What a door needs to be asked at all; others take an empty body."""


PASSED_ON = {
    "RebootStation",
    "StartRemotely",
    "UnlockConnector",
    "ChangeAvailability",
    "TriggerReport",
    "MigrateStation",
    "AskTransferStatus",
    "ReserveEvse",
    "SendLocalList",
    "AskLocalListVersion",
    "ClearAuthorizationCache",
}
"""Commands that a station has the last word on."""


def path(door: Door, station: str = CS) -> str:
    return f"/api/v1/{path_of(door)}".replace("{station}", station)


def body(door: Door) -> dict[str, Any]:
    return BODIES.get(door.command.__name__, {})


async def ask(client: httpx2.AsyncClient, door: Door, query: str = "") -> httpx2.Response:
    return await client.post(path(door) + query, json=body(door))


def test_paths_are_derived_from_noun_and_verb() -> None:
    assert {door.command.__name__: path_of(door) for door in DOORS}.items() >= {
        "RebootStation": "stations/{station}/reboot",
        "StartRemotely": "stations/{station}/sessions/start",
        "PutToken": "tokens/put",
    }.items()
    assert len({path_of(door) for door in DOORS}) == len(DOORS)


@pytest.mark.parametrize("role", list(Role))
async def test_each_door_opens_to_its_roles_and_the_administrator_and_to_nobody_else(ground: Ground, role: Role) -> None:
    await ground.station()
    await ground.token()
    client = await ground.as_(role)
    for door in DOORS:
        before = len(ground.audit())
        answer = await ask(client, door)
        await ground.settle()
        new = [entry for entry in ground.audit()[before:] if entry.by == f"a-{role}"]
        if role is Role.ADMIN or role in door.roles:
            own = door.command.__name__ == "StopRemotely" and role is not Role.ADMIN and role is not Role.OPERATOR
            assert (answer.status_code == 403) == own, (door.command.__name__, answer.text)
        else:
            assert answer.status_code == 403, door.command.__name__
            assert answer.json()["code"] == "NotAuthorized"
            assert [(one.action, one.outcome, one.role) for one in new] == [(door.command.__name__, "not-authorized", str(role))]
            assert ground.link.got == [] or type(ground.link.got[-1]) is not door.command


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in {Outcome.WAITING, Outcome.SENT}])
@pytest.mark.parametrize("door", [door for door in DOORS if door.command.__name__ in PASSED_ON], ids=lambda door: door.verb)
async def test_what_the_station_says_becomes_the_status(ground: Ground, door: Door, outcome: Outcome) -> None:
    await ground.station()
    await ground.token()
    ground.link.says = Verdict(outcome=outcome, reason="BecauseISaySo", detail="as it pleases", answer='{"status":"x"}')
    answer = await ask(await ground.as_(Role.OPERATOR), door)
    said = answer.json() if outcome is Outcome.ACCEPTED else answer.json()["order"]
    assert said["outcome"] == outcome
    assert said["answer"] == '{"status":"x"}'
    stored = ground.store.get(Order, said["id"])
    assert stored is not None
    assert answer.status_code == status_of_order(stored)
    if outcome is not Outcome.ACCEPTED:
        assert (answer.json()["code"], answer.json()["message"]) == ("BecauseISaySo", "as it pleases")
    assert ground.audit()[-1].outcome == outcome


@pytest.mark.at("AT-4.1-1")
async def test_every_system_actor_can_be_a_principal_with_exactly_one_role(ground: Ground) -> None:
    admin = await ground.as_(Role.ADMIN)
    for role in Role:
        made = await admin.post("/api/v1/principals", json={"id": f"one-{role}", "role": role, "scope": ["*"]})
        assert made.status_code == 201, made.text
        assert made.json()["principal"]["role"] == role
        assert made.json()["key"].startswith(f"one-{role}.")
    listed = (await admin.get("/api/v1/principals?limit=1000")).json()["items"]
    assert {one["role"] for one in listed if one["id"].startswith("one-")} == {str(role) for role in Role}
    assert all(isinstance(one["role"], str) for one in listed)
    for several in (["csp", "dso"], "csp,dso", "", None):
        refused = await admin.post("/api/v1/principals", json={"id": "two", "role": several})
        assert refused.status_code == 400


@pytest.mark.at("AT-4.1-1")
async def test_a_csp_that_sends_a_power_limit_is_not_authorized_and_that_stands_in_the_audit(ground: Ground) -> None:
    await ground.station()
    limit = {"evseId": 1, "chargingProfile": {"id": 1, "chargingSchedule": [{"chargingSchedulePeriod": [{"limit": 4140}]}]}}
    client = await ground.as_(Role.CSP)
    answer = await client.post(f"/api/v1/stations/{CS}/ocpp", json={"action": "SetChargingProfile", "payload": limit})
    assert (answer.status_code, answer.json()["code"]) == (403, "NotAuthorized")
    await ground.settle()
    entry = ground.audit()[-1]
    assert (entry.by, entry.role, entry.action, entry.target, entry.outcome) == (
        "a-csp",
        "csp",
        "ocpp:SetChargingProfile",
        CS,
        "not-authorized",
    )
    assert ground.link.got == []


@pytest.mark.parametrize("role", list(Role))
async def test_raw_calls_are_the_administrators_alone(ground: Ground, role: Role) -> None:
    await ground.station()
    answer = await (await ground.as_(role)).post(f"/api/v1/stations/{CS}/ocpp", json={"action": "Reset"})
    assert answer.status_code == (200 if role is Role.ADMIN else 403)
    assert [getattr(one, "action", "") for one in ground.link.got] == (["Reset"] if role is Role.ADMIN else [])


async def test_a_raw_call_that_no_link_can_carry_is_not_supported(ground: Ground) -> None:
    await ground.station()
    answer = await (await ground.as_(Role.ADMIN)).post(f"/api/v1/stations/{CS}/ocpp", json={"action": "Impossible"})
    assert (answer.status_code, answer.json()["code"]) == (501, "NotSupported")


async def test_a_station_that_does_not_answer_in_time_leaves_the_asker_with_a_place_to_look(ground: Ground) -> None:
    await ground.station()
    ground.link.says = None
    client = await ground.as_(Role.OPERATOR)
    answer = await client.post(f"/api/v1/stations/{CS}/reboot?wait=0.05", json={})
    assert answer.status_code == 202
    assert answer.json()["outcome"] == "sent"
    place = answer.headers["location"]
    assert (await client.get(place)).json()["outcome"] == "sent"
    ground.orders.ended(answer.json()["id"], Verdict(outcome=Outcome.ACCEPTED))
    await ground.settle()
    assert (await client.get(place)).json()["outcome"] == "accepted"


async def test_an_answer_that_comes_while_one_waits_is_told(ground: Ground) -> None:
    await ground.station()
    ground.link.says = None
    client = await ground.as_(Role.OPERATOR)
    waiting = asyncio.ensure_future(client.post(f"/api/v1/stations/{CS}/reboot", json={}))
    await asyncio.wait_for(ground.link.asked.wait(), 5)
    (order,) = ground.engine.known.orders.values()
    ground.orders.ended(order.id, Verdict(outcome=Outcome.REJECTED, reason="Busy"))
    answer = await asyncio.wait_for(waiting, 5)
    assert (answer.status_code, answer.json()["code"]) == (409, "Busy")


async def test_an_order_for_a_station_that_is_away_expires_with_its_deadline(ground: Ground) -> None:
    await ground.station()
    ground.link.online.clear()
    client = await ground.as_(Role.OPERATOR)
    answer = await client.post(f"/api/v1/stations/{CS}/reboot?deadline=5&wait=0", json={})
    assert (answer.status_code, answer.json()["outcome"]) == (202, "waiting")
    ground.later(seconds=6)
    ground.orders.expire()
    await ground.settle()
    assert (await client.get(answer.headers["location"])).json()["outcome"] == "expired"


@pytest.mark.parametrize("query", ["?wait=soon", "?wait=-1", "?deadline=nan", "?deadline=inf"])
async def test_nonsense_patience_is_malformed(ground: Ground, query: str) -> None:
    await ground.station()
    answer = await (await ground.as_(Role.OPERATOR)).post(f"/api/v1/stations/{CS}/reboot{query}", json={})
    assert (answer.status_code, ground.link.got) == (400, [])


async def test_a_deadline_that_has_passed_already_is_told_as_such(ground: Ground) -> None:
    await ground.station()
    answer = await (await ground.as_(Role.OPERATOR)).post(f"/api/v1/stations/{CS}/reboot?deadline=0", json={})
    assert (answer.status_code, answer.json()["code"]) == (504, "Expired")


@pytest.mark.parametrize(
    ("station", "status", "code"),
    [("CS-none", 404, "UnknownStation"), ("a:b", 400, "BadStationId"), ("x" * 49, 400, "BadStationId")],
)
async def test_a_station_that_is_not_there_is_told_as_such(ground: Ground, station: str, status: int, code: str) -> None:
    answer = await (await ground.as_(Role.OPERATOR)).post(f"/api/v1/stations/{station}/reboot", json={})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("raw", [b"{", b"[1]", b'{"mod": 1}', b'{"mode": "now"}'])
async def test_a_body_that_cannot_be_understood_says_where_and_changes_nothing(ground: Ground, raw: bytes) -> None:
    await ground.station()
    answer = await (await ground.as_(Role.OPERATOR)).post(f"/api/v1/stations/{CS}/reboot", content=raw)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "where", "remedy"}
    assert ground.link.got == []


async def test_a_body_without_measure_is_refused(ground: Ground) -> None:
    answer = await (await ground.as_(Role.OPERATOR)).post("/api/v1/tokens/put", content=b" " * 5_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "TooLarge")


async def test_who_may_not_ask_learns_nothing_about_the_body(ground: Ground) -> None:
    answer = await (await ground.as_(Role.VIEWER)).post(f"/api/v1/stations/{CS}/reboot", content=b"{")
    assert answer.status_code == 403


async def test_a_scope_ends_at_its_stations(ground: Ground) -> None:
    await ground.station(StationId("A-1"))
    await ground.station(StationId("B-1"))
    client = ground.client(await ground.admit(Role.OPERATOR, name="op-a", scope=("A-*",)))
    assert (await client.post("/api/v1/stations/A-1/reboot", json={})).status_code == 200
    assert (await client.post("/api/v1/stations/B-1/reboot", json={})).status_code == 403
    assert (await client.post("/api/v1/tokens/put", json={"token": CARD})).status_code == 403


async def test_a_csp_ends_what_it_started_and_nothing_else(ground: Ground) -> None:
    await ground.station()
    await ground.token(concurrent=0)
    mine, other = await ground.as_(Role.CSP), ground.client(await ground.admit(Role.CSP, name="other-csp"))
    started = await mine.post(f"/api/v1/stations/{CS}/sessions/start", json={"subject": CARD, "evse": 1})
    assert started.status_code == 200
    (start,) = ground.link.got
    assert isinstance(start, StartRemotely)
    await ground.charge("tx-1", minutes=1, end=False, remote_start=start.remote_start)
    stop = {"reference": "tx-1"}
    refused = await other.post(f"/api/v1/stations/{CS}/sessions/stop", json=stop)
    assert (refused.status_code, len(ground.link.got)) == (403, 1)
    await ground.settle()
    assert ground.audit()[-1].by == "other-csp"
    assert (await mine.post(f"/api/v1/stations/{CS}/sessions/stop", json=stop)).status_code == 200
    assert (await mine.get(f"/api/v1/orders/{started.json()['id']}")).json()["outcome"] == "accepted"
    assert (await other.get(f"/api/v1/orders/{started.json()['id']}")).status_code == 403


async def test_whoever_ordered_a_start_is_told_what_came_of_it(ground: Ground) -> None:
    await ground.station()
    await ground.token(concurrent=0)
    csp = await ground.as_(Role.CSP)
    started = (await csp.post(f"/api/v1/stations/{CS}/sessions/start", json={"subject": CARD, "evse": 1})).json()
    place = f"/api/v1/orders/{started['id']}"
    assert (await csp.get(place)).json()["led_to"] is None
    (start,) = ground.link.got
    assert isinstance(start, StartRemotely)
    await ground.charge("tx-other", minutes=1, remote_start=start.remote_start + 1)
    assert (await csp.get(place)).json()["led_to"] is None
    await ground.charge("tx-1", minutes=1, remote_start=start.remote_start)
    led_to = (await csp.get(place)).json()["led_to"]
    assert (led_to["reference"], led_to["state"]) == ("tx-1", "ended")
    admin = await ground.as_(Role.ADMIN)
    reboot = (await admin.post(f"/api/v1/stations/{CS}/reboot", json={})).json()
    assert (await admin.get(f"/api/v1/orders/{reboot['id']}")).json()["led_to"] is None


async def test_what_could_not_be_understood_stands_in_the_audit_once_a_minute(ground: Ground) -> None:
    await ground.station()
    client = await ground.as_(Role.OPERATOR)
    for _ in range(2):
        assert (await client.post(f"/api/v1/stations/{CS}/reboot", json={"mode": "never"})).status_code == 400
    await ground.settle()
    (entry,) = [one for one in ground.audit() if one.action == "RebootStation"]
    assert (entry.by, entry.target, entry.outcome, entry.reason) == ("a-operator", CS, "rejected", "Malformed")


async def test_what_cannot_be_stored_is_not_promised(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await ground.station()
    client = await ground.as_(Role.OPERATOR)
    stage = ground.store.stage

    def full(batch: Batch, heard: Any) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(ground.store, "stage", full)
    answer = await client.post(f"/api/v1/stations/{CS}/reboot", json={})
    assert (answer.status_code, ground.link.got) == (503, [])
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "the disk is full\n")
    monkeypatch.setattr(ground.store, "stage", stage)
    assert (await client.post(f"/api/v1/stations/{CS}/reboot", json={})).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_replies_of_use_cases_stand_beside_the_order(ground: Ground) -> None:
    answer = await (await ground.as_(Role.OPERATOR)).post("/api/v1/tokens/put", json={"token": CARD})
    assert answer.json()["replies"] == []
    assert answer.json()["outcome"] == "accepted"
