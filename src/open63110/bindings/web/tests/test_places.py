# SPDX-License-Identifier: Apache-2.0
"""Sites through REST: a whole graph in and out, zones limited together with one result (4.3, B.11)."""

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.order import Order, Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import LimitInForce, LimitPower, LimitRefused

API = "/api/v1"
OTHER = StationId("CS-2")
PLAIN: dict[str, Any] = {"wiring": "", "pilots": []}
SITE: dict[str, Any] = {
    "id": "north",
    "address": "Elbe 1",
    "connections": [{"id": "g1", "import_max": 100_000.0, "export_max": 0.0, "amperes": [160.0, 160.0, 160.0], "volts": 230.0}],
    "feeders": [
        {
            "id": "pillar",
            "parent": "T1",
            "amperes": [0.0, 100.0, 100.0],
            "import_max": None,
            "volts": None,
            "winding": "",
        },
        {
            "id": "T1",
            "parent": "g1",
            "amperes": [80.0, 80.0, 80.0],
            "import_max": 75_000.0,
            "volts": 120.0,
            "winding": "delta-wye",
        },
    ],
    "assets": [
        {
            "id": "roof",
            "kind": "pv",
            "feeder": "",
            "wiring": "L1",
            "assumed": [-4_000.0],
            "stale_after": 60.0,
            "import_max": None,
            "export_max": 5_000.0,
            "capacity": None,
            "efficiency": 1.0,
        },
    ],
    "zones": [
        {
            "id": "deck",
            "feeder": "T1",
            "import_max": 60_000.0,
            "export_max": 0.0,
            "failsafe": 10_000.0,
            "failsafe_after": 60.0,
            "priority": 2,
            "stations": [
                {
                    "id": "S1",
                    "feeder": "",
                    "evses": [
                        {"number": 1, "evse_id": "DE*ONE*E1", "import_max": 22_000.0, "export_max": None, **PLAIN},
                        {"number": 2, "evse_id": "DE*ONE*E2", "import_max": 22_000.0, "export_max": 11_000.0, **PLAIN},
                    ],
                },
                {
                    "id": "S2",
                    "feeder": "pillar",
                    "evses": [
                        {"number": 1, "evse_id": "", "import_max": None, "export_max": None, "wiring": "L2-L3", "pilots": [16.0]},
                        {"number": 2, "evse_id": "", "import_max": None, "export_max": None, "wiring": "L3", "pilots": []},
                    ],
                },
            ],
        },
        {
            "id": "yard",
            "feeder": "",
            "import_max": 40_000.0,
            "export_max": 0.0,
            "failsafe": None,
            "failsafe_after": 60.0,
            "priority": 0,
            "stations": [
                {
                    "id": "S3",
                    "feeder": "",
                    "evses": [{"number": 1, "evse_id": "", "import_max": 50_000.0, "export_max": None, **PLAIN}],
                }
            ],
        },
    ],
    "rules": None,
}
"""One site, a tree of feeders behind a transformer, two zones, three stations, five EVSEs on phases of their own."""


def without(site: dict[str, Any], *, zone: int | None = None, **more: Any) -> dict[str, Any]:
    zones = [one for place, one in enumerate(site["zones"]) if place != zone]
    return {**site, "zones": zones, **more}


@pytest.mark.at("AT-4.3-1")
async def test_a_site_reads_back_as_it_was_described(ground: Ground) -> None:
    client = await ground.as_(Role.OPERATOR)
    for _ in range(2):
        answer = await client.put(f"{API}/sites/north", json=SITE)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted"), answer.text
        assert (await client.get(f"{API}/sites/north")).json() == SITE
    stations = (await client.get(f"{API}/stations")).json()["items"]
    assert {one["id"]: one["zone"] for one in stations} == {"S1": "north:deck", "S2": "north:deck", "S3": "north:yard"}
    zones = (await client.get(f"{API}/zones?site=north")).json()["items"]
    assert [(one["id"], one["limit"]) for one in zones] == [("deck", None), ("yard", None)]


@pytest.mark.at("AT-4.3-1")
async def test_a_zone_that_owns_a_station_is_not_removed(ground: Ground) -> None:
    client = await ground.as_(Role.OPERATOR)
    await client.put(f"{API}/sites/north", json=SITE)
    for path, body, code in (
        ("zones/remove", {"site": "north", "id": "yard"}, "ZoneNotEmpty"),
        ("sites/remove", {"id": "north"}, "SiteNotEmpty"),
    ):
        refused = await client.post(f"{API}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    left_out = await client.put(f"{API}/sites/north", json=without(SITE, zone=1))
    assert (left_out.status_code, left_out.json()["code"]) == (409, "StationLeftOut")
    assert (await client.get(f"{API}/sites/north")).json() == SITE
    assert (await client.post(f"{API}/stations/S3/place", json={})).status_code == 200
    assert (await client.post(f"{API}/zones/remove", json={"site": "north", "id": "yard"})).status_code == 200
    assert (await client.get(f"{API}/sites/north")).json() == without(SITE, zone=1)


async def test_what_was_described_is_there_after_a_restart(ground: Ground) -> None:
    client = await ground.as_(Role.ADMIN)
    await client.put(f"{API}/sites/north", json=SITE)
    known = ground.again().known
    assert (known.sites, known.all_zones) == (ground.engine.known.sites, ground.engine.known.all_zones)
    assert {one.id: one.zone for one in known.stations.values()} == {"S1": "north:deck", "S2": "north:deck", "S3": "north:yard"}


async def test_all_or_nothing_and_what_is_not_known_is_refused_with_a_suggestion(ground: Ground) -> None:
    client = await ground.as_(Role.OPERATOR)
    wrong = await client.post(f"{API}/sites/import", json={"sites": [SITE, without(SITE, id="south", addresses="Elbe 2")]})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["where"]) == (400, "UnknownField", "sites[1].addresses")
    assert "did you mean address?" in wrong.json()["message"]
    twice = await client.post(f"{API}/sites/import", json={"sites": [SITE, without(SITE, id="south")]})
    assert (twice.status_code, twice.json()["code"]) == (409, "Twice")
    loop = without(SITE, feeders=[{"id": "T1", "parent": "T1"}, {"id": "pillar"}])
    circle = await client.put(f"{API}/sites/north", json=loop)
    assert (circle.status_code, circle.json()["code"], circle.json()["where"]) == (
        400,
        "FeederLoop",
        "feeders[0].parent",
    )
    wired = await client.post(f"{API}/sites/import", json={"sites": [loop]})
    assert (wired.status_code, wired.json()["code"]) == (409, "FeederLoop")
    assert wired.json()["message"].startswith("sites[0].feeders[0].parent: feeders feed each other in a circle: T1")
    kind = await client.put(f"{API}/sites/north", json=without(SITE, assets=[{"id": "roof", "kind": "solar"}]))
    assert (kind.status_code, kind.json()["where"]) == (400, "assets[0].kind")
    elsewhere = await client.put(f"{API}/sites/south", json=SITE)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "WrongId")
    await ground.settle()
    assert {one.action for one in ground.audit() if one.outcome == "rejected"} == {"ImportSites"}
    assert (await client.get(f"{API}/sites")).json()["items"] == []
    assert (await client.get(f"{API}/sites/north")).status_code == 404


async def test_the_sites_of_the_documentation_can_be_had(ground: Ground) -> None:
    page = (Path(__file__).parents[5] / "docs" / "sites.md").read_text(encoding="utf-8")
    described = [tomllib.loads(one) for one in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
    client = await ground.as_(Role.OPERATOR)
    for one in described:
        answer = await client.put(f"{API}/sites/{one['id']}", json=one)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted"), answer.text
    assert [one["id"] for one in described] == ["north", "rotated", "garage-208"]


@pytest.mark.parametrize("role", list(Role))
async def test_sites_are_changed_by_the_operator_and_read_by_whoever_may_limit_them(ground: Ground, role: Role) -> None:
    await (await ground.as_(Role.OPERATOR)).put(f"{API}/sites/north", json=SITE)
    client = await ground.as_(role)
    reads = role in {Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.DSO}
    for path in ("sites", "sites/north", "zones", "zones/north:deck"):
        assert (await client.get(f"{API}/{path}")).status_code == (200 if reads else 403), path
    changes = role in {Role.ADMIN, Role.OPERATOR}
    assert (await client.put(f"{API}/sites/north", json=SITE)).status_code == (200 if changes else 403)
    await ground.settle()
    assert ground.audit()[-1].outcome == ("accepted" if changes else "not-authorized")


class Answering:
    """Stations that confirm limits, or do not take them."""

    def __init__(self, ground: Ground, refusing: set[StationId]) -> None:
        self.ground, self.refusing = ground, refusing
        self.got: list[LimitPower] = []

    def connected(self, station: StationId) -> bool:
        return station in self.ground.link.online

    def send(self, order: Order, command: Command) -> None:
        assert isinstance(command, LimitPower)
        self.got.append(command)
        self.ground.orders.sent(order.id)
        asyncio.get_running_loop().call_soon(self.answer, order, command)

    def answer(self, order: Order, command: LimitPower) -> None:
        whole, at = EvseNumber(0), self.ground.clock.now()
        if order.station in self.refusing:
            no = LimitRefused(station=order.station, at=at, evse=whole, reason="NotSupported")
            self.ground.orders.ended(order.id, Verdict(outcome=Outcome.REJECTED, reason="NotSupported", messages=(no,)))
            return
        sent = self.ground.engine.stations[order.station].limits.asked[whole]
        yes = LimitInForce(station=order.station, at=at, evse=whole, limit=command.limit, asked=replace(sent, evse=whole))
        self.ground.orders.ended(order.id, Verdict(outcome=Outcome.ACCEPTED, messages=(yes,)))


async def zone_of(ground: Ground, *stations: StationId) -> None:
    client = await ground.as_(Role.OPERATOR)
    await client.post(f"{API}/sites/put", json={"id": "north"})
    await client.post(f"{API}/zones/put", json={"site": "north", "id": "deck", "import_max": 60_000})
    for one in stations:
        if one != "gone":
            await ground.station(one)
        await client.post(f"{API}/stations/{one}/place", json={"site": "north", "zone": "deck"})


async def test_whoever_limits_a_zone_is_told_the_result_of_all_stations_together(ground: Ground) -> None:
    await zone_of(ground, CS, OTHER, StationId("gone"))
    link = ground.orders.link = Answering(ground, {OTHER})
    limit = {"site": "north", "zone": "deck", "limit": 30_000}
    answer = await (await ground.as_(Role.DSO)).post(f"{API}/zones/limit?wait=5", json={**limit, "source": "dso"})
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["replies"]
    assert (result["kind"], result["ok"], result["failed"]) == ("ZoneLimitAnswer", [CS], [OTHER])
    assert (result["reasons"], result["unreachable"], result["waiting"]) == ({OTHER: "NotSupported"}, ["gone"], [])
    assert {one.station for one in link.got} == {CS, OTHER}
    shown = (await (await ground.as_(Role.VIEWER)).get(f"{API}/zones/north:deck")).json()["limit"]
    assert (shown["ok"], shown["reasons"], shown["asked"]["source"]) == ([CS], {OTHER: "NotSupported"}, "dso")


async def test_a_result_is_told_as_far_as_it_has_come(ground: Ground) -> None:
    await zone_of(ground, CS)
    ground.link.says = None
    limit = {"site": "north", "zone": "deck", "limit": 30_000}
    client = await ground.as_(Role.OPERATOR)
    for wait in ("0", "0.05"):
        answer = await client.post(f"{API}/zones/limit?wait={wait}", json=limit)
        assert answer.json()["replies"][0]["waiting"] == [CS]
    no_zone = await client.post(f"{API}/zones/limit", json={**limit, "zone": "yard"})
    assert (no_zone.status_code, no_zone.json()["code"]) == (409, "UnknownZone")
    gone, back = await asyncio.gather(
        client.post(f"{API}/zones/limit?wait=5", json=limit),
        client.post(f"{API}/zones/withdraw-limit", json={"site": "north", "zone": "deck"}),
    )
    assert (gone.status_code, back.status_code) == (200, 200)
    assert (await client.get(f"{API}/zones/north:deck")).json()["limit"] is None
