# SPDX-License-Identifier: Apache-2.0
"""A DSO through REST: its groups and orders and nobody else's, what came of them, and nothing of people (7.8, 8.2.7)."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.ids import EvseNumber
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.dso import DsoOrder
from open63110.model.power import EvsePower, NodePower, PowerSample, SitePower
from open63110.model.site import SiteId
from open63110.usecases.energy.dso_power_variation import TendDsoOrders

API = "/api/v1"
SITE = SiteId("mall")
PLAN: dict[str, Any] = {
    "id": "mall",
    "connections": [{"id": "g1", "import_max": 100_000.0}],
    "zones": [{"id": "north", "import_max": 60_000.0, "stations": [{"id": CS, "evses": [{"number": 1}]}]}],
}


class House:
    """A site with one station, a DSO with a group, and another DSO without one."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    async def set_up(self) -> None:
        self.operator = await self.ground.as_(Role.OPERATOR)
        self.grid = self.ground.client(await self.ground.admit(Role.DSO, name="grid", scope=("/mall",)))
        self.other = self.ground.client(await self.ground.admit(Role.DSO, name="other", scope=("/park",)))
        assert (await self.operator.put(f"{API}/sites/mall", json=PLAN)).status_code == 200
        group = {"id": "feeder-12", "dso": "grid", "places": [{"site": "mall"}]}
        assert (await self.operator.post(f"{API}/dso-groups/put", json=group)).status_code == 200
        self.draws(7_000.0)

    def draws(self, power: float) -> None:
        """Let the station draw so much, and keep to it."""
        drawn = Watts(power)
        evse = EvsePower(station=CS, evse=EvseNumber(1), node="site", state="active", setpoint=drawn, most=drawn, measured=drawn)
        node = NodePower(id="site", kind="site", limit=Watts(5_000.0), load=drawn, most=drawn, planned=drawn)
        seen = SitePower(site=SITE, at=self.ground.clock.at, nodes=(node,), evses=(evse,))
        self.ground.engine.known.keep("power", SITE, seen)

    async def order(self, client: httpx2.AsyncClient | None = None, **said: Any) -> httpx2.Response:
        body = {"order_id": "o-1", "group": "feeder-12", "p_max_import": 5_000.0, "duration": 600.0, **said}
        return await (client or self.grid).post(f"{API}/dso-orders/put", json=body)

    async def pass_(self, seconds: int) -> None:
        """Let time pass, second by second."""
        for _ in range(seconds):
            last = self.ground.clock.at
            self.ground.later(seconds=1)
            assert self.ground.engine.hear((TendDsoOrders(last=last),)) is None
        await self.ground.settle()


@pytest.fixture
async def house(ground: Ground) -> House:
    made = House(ground)
    await made.set_up()
    return made


async def test_a_dso_orders_and_is_told_what_will_be_reached(house: House) -> None:
    answer = await house.order(emergency=True)
    assert answer.status_code == 200, answer.text
    order = answer.json()
    assert (order["outcome"], order["by"]) == ("accepted", "grid")
    (reply,) = order["replies"]
    assert (reply["order_id"], reply["state"], reply["reachable"], reply["stations"]) == ("o-1", "active", 5_000.0, 1)
    (listed,) = (await house.grid.get(f"{API}/dso-orders")).json()["items"]
    assert (listed["order_id"], listed["dso"], listed["emergency"]) == ("o-1", "grid", True)
    assert (await house.grid.post(f"{API}/dso-orders/cancel", json={"order_id": "o-1"})).status_code == 200


@pytest.mark.at("AT-8.2.7-3")
async def test_an_order_for_a_group_of_another_dso_is_refused_with_a_security_event(house: House) -> None:
    for said in ({}, {"group": "", "scope": {"site": "mall"}}, {"group": "no-such"}):
        refused = await house.order(house.other, **said)
        assert (refused.status_code, refused.json()["code"]) == (403, "NotYourGroup")
        assert "mall" not in refused.json()["message"]
        entry = house.ground.audit()[-1]
        assert (entry.by, entry.role, entry.action) == ("other", "dso", "PutDsoOrder")
        assert (entry.outcome, entry.reason) == ("not-authorized", "NotYourGroup")
    assert house.ground.engine.known.every_constraint() == ()


async def test_a_dso_sees_what_is_its_own_and_nothing_else(house: House) -> None:
    await house.order()
    for path in ("dso-orders", "dso-groups", "dso-forecasts"):
        assert (await house.other.get(f"{API}/{path}")).json()["items"] == []
    for path in ("dso-orders/o-1", "dso-orders/o-1/compliance", "dso-groups/feeder-12", "dso-groups/feeder-12/load"):
        assert (await house.other.get(f"{API}/{path}")).status_code == 404
        assert (await house.grid.get(f"{API}/{path}")).status_code == 200
        assert (await house.operator.get(f"{API}/{path}")).status_code == 200
    closed = (
        "stations",
        "sessions",
        "transfers",
        "tokens",
        "powers",
        "samples",
        "constraints",
        "alarms",
        "facts",
        "sites",
        "audit",
    )
    for path in closed:
        assert (await house.grid.get(f"{API}/{path}")).status_code == 403, path


async def test_even_a_dso_that_speaks_of_all_learns_nothing_of_single_evs(house: House) -> None:
    everywhere = await house.ground.as_(Role.DSO)
    assert (await everywhere.get(f"{API}/sites/mall")).status_code == 200
    for path in ("sites/mall/power", "sites/mall/curve", "sites/mall/history", "sites/mall/promises", "powers", "samples"):
        assert (await everywhere.get(f"{API}/{path}")).status_code == 403, path


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.OPERATOR, Role.DSO}])
async def test_nobody_else_orders_for_the_grid_or_makes_groups(house: House, role: Role) -> None:
    client = await house.ground.as_(role)
    assert (await house.order(client)).status_code == 403
    group = {"id": "mine", "dso": "grid", "places": [{"site": "mall"}]}
    assert (await client.post(f"{API}/dso-groups/put", json=group)).status_code == 403
    reads = 200 if role is Role.VIEWER else 403
    assert (await client.get(f"{API}/dso-orders")).status_code == reads


async def test_the_operator_makes_groups_and_gives_no_orders_for_a_dso(house: House) -> None:
    assert (await house.order(house.operator)).status_code == 403
    assert (await house.order(await house.ground.as_(Role.ADMIN))).status_code == 403
    assert (await house.grid.post(f"{API}/dso-groups/remove", json={"id": "feeder-12"})).status_code == 403


async def test_the_report_names_stations_to_the_operator_and_pseudonyms_to_the_dso(house: House) -> None:
    await house.order(emergency=True)
    house.draws(5_000.0)
    await house.pass_(12)
    mine = (await house.operator.get(f"{API}/dso-orders/o-1/compliance")).json()
    theirs = (await house.grid.get(f"{API}/dso-orders/o-1/compliance")).json()
    assert (mine["status"], mine["p_before"], mine["p_after"], mine["missing"]) == ("compliant", 7_000.0, 5_000.0, [])
    (station,) = mine["stations"]
    assert (station["station"], station["limit"], station["p_before"], station["p_after"]) == (CS, 5_000.0, 7_000.0, 5_000.0)
    assert station["t_effect"] is not None
    (hidden,) = theirs["stations"]
    assert (hidden["t_effect"], hidden["limit"], hidden["p_before"]) == (station["t_effect"], None, None)
    assert hidden["station"].startswith("cs-")
    again = (await house.grid.get(f"{API}/dso-orders/o-1/compliance")).json()["stations"]
    assert again == [hidden]
    assert [one["power"] for one in theirs["samples"]] == [7_000.0, *[5_000.0] * 12]
    assert CS not in str(theirs)


async def test_the_report_looks_back_at_what_was_measured_before(house: House) -> None:
    begin = house.ground.clock.at
    node = NodePower(id="site", kind="site", load=Watts(6_500.0))
    for number, site in ((1, SITE), (2, SiteId("park"))):
        sample = PowerSample(id=number, site=site, at=begin, nodes=(node,))
        house.ground.engine.known.keep("sample", number, sample)
    house.ground.later(minutes=2)
    await house.order()
    report = (await house.grid.get(f"{API}/dso-orders/o-1/compliance")).json()
    assert [(one["place"], one["power"]) for one in report["before"]] == [("/mall", 6_500.0)]


async def test_the_report_can_be_had_as_csv(house: House) -> None:
    await house.order()
    answer = await house.operator.get(f"{API}/dso-orders/o-1/compliance?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(answer.text.splitlines())
    assert (row["order_id"], row["station"], row["p_max_import_W"], row["missing"]) == ("o-1", CS, "5000.0", "no")
    by_header = await house.grid.get(f"{API}/dso-orders/o-1/compliance", headers={"accept": "text/csv"})
    assert "cs-" in by_header.text
    assert (await house.grid.get(f"{API}/dso-orders/o-1/compliance?format=xml")).status_code == 400


async def test_a_planned_order_has_an_empty_report(house: House) -> None:
    await house.order(start="2099-01-01T00:00:00Z")
    report = (await house.grid.get(f"{API}/dso-orders/o-1/compliance")).json()
    assert (report["state"], report["status"], report["stations"], report["samples"]) == ("planned", "pending", [], [])


async def test_orders_groups_and_reports_are_there_after_a_restart(house: House) -> None:
    await house.order(duration=3.0)
    heartbeat = await house.grid.post(f"{API}/dso-links/heartbeat", json={"offline_after": 600})
    assert heartbeat.json()["replies"][0]["groups"] == ["feeder-12"]
    block = {"type": "CONSUMPTION", "start": "2026-01-01T00:00:00Z", "end": "2099-01-01T00:00:00Z", "capacity": 9_000}
    published = await house.grid.post(f"{API}/dso-forecasts/put", json={"group": "feeder-12", "blocks": [block]})
    assert published.status_code == 200, published.text
    await house.ground.settle()
    now, then = house.ground.engine.known, house.ground.again().known
    assert (then.groups, then.all_dso_orders, then.compliances) == (now.groups, now.all_dso_orders, now.compliances)
    assert (then.forecasts, then.dso_links) == (now.forecasts, now.dso_links)
    await house.pass_(70)
    then = house.ground.again().known
    assert (then.all_dso_orders, then.compliances) == ({}, {})
    over = then.dso_order("o-1")
    assert isinstance(over, DsoOrder)
    assert over.state == "over"
    report = (await house.grid.get(f"{API}/dso-orders/o-1/compliance")).json()
    assert (report["state"], len(report["stations"])) == ("over", 1)
    assert (await house.order()).json()["code"] == "OrderOver"


async def test_the_power_of_a_group_is_summed(house: House) -> None:
    load = (await house.grid.get(f"{API}/dso-groups/feeder-12/load")).json()
    assert (load["group"], load["power"], load["most"]) == ("feeder-12", 7_000.0, 7_000.0)
    assert load["places"] == [{"place": "/mall", "power": 7_000.0, "most": 7_000.0, "stations": 1, "missing": 0}]
    house.ground.engine.known.keep("power", SITE, None)
    (place,) = (await house.grid.get(f"{API}/dso-groups/feeder-12/load")).json()["places"]
    assert (place["power"], place["stations"], place["missing"]) == (0.0, 1, 1)
    assert place["most"] > 0.0


async def test_who_was_shut_out_orders_and_reads_nothing(house: House) -> None:
    await house.order()
    admin = await house.ground.as_(Role.ADMIN)
    assert (await admin.patch(f"{API}/principals/grid", json={"disabled": True})).status_code == 200
    assert (await house.order(order_id="o-2")).status_code == 401
    assert (await house.grid.get(f"{API}/dso-orders")).status_code == 401


async def test_the_examples_of_the_documentation_work_word_by_word(house: House) -> None:
    page = (Path(__file__).parents[5] / "docs" / "dso.md").read_text(encoding="utf-8")
    calls = re.findall(r"http://127\.0\.0\.1:8880(/api/v1/\S+) *\\?\n?\s*(?:-d '(.*?)')?\n", page, re.DOTALL)
    assert [path.rpartition("/")[2] for path, _ in calls] == ["put", "compliance", "put", "heartbeat"]
    for path, body in calls:
        answer = await (house.grid.post(path, json=json.loads(body)) if body else house.grid.get(path))
        assert answer.status_code == 200, (path, answer.text)
    assert (await house.grid.get(f"{API}/dso-orders/2026-117")).json()["p_max_import"] == 100_000.0
