# SPDX-License-Identifier: Apache-2.0
"""What is demanded at an upper CSMS of a site that a local CSMS looks after counts there (7.5): acknowledged, ending, audited."""

from pathlib import Path
from typing import Any

import httpx2
from tests.e2e.house import House
from tests.e2e.local_house import mall, until

from open63110.kernel.roles import Role
from open63110.model.order import OPEN, Order
from open63110.model.principal import AuditEntry

SITE = {"site": "mall"}


def order_in(said: dict[str, Any]) -> dict[str, Any]:
    """The order of an answer."""
    return dict(said.get("order", said))


async def asked(here: House, anna: httpx2.AsyncClient, verb: str, body: dict[str, Any]) -> Order:
    """Ask something of constraints; return the order once it is over."""
    known = order_in((await anna.post(f"constraints/{verb}", json=body)).json())

    def over() -> list[Order]:
        return [one for one in here.rows(Order) if one.id == known["id"] and one.outcome not in OPEN]

    await until(over, 30.0)
    return over()[0]


async def test_a_constraint_of_a_whole_site_goes_down_and_is_kept_and_taken_back_there(tmp_path: Path) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, there, _):
        there.charge("CS1", "ANNA")
        await until(lambda: there.charging("CS1"))
        async with await here.client("anna", Role.OPERATOR) as anna:
            order = await asked(here, anna, "put", {"id": "peak", "scope": SITE, "limit": 5_000.0, "silence": 3_600.0})
            assert order.outcome == "accepted"
            (kept,) = local.csms.engine.known.every_constraint()
            level = here.csms.level.relay.name
            assert (kept.id, kept.actor, kept.scope.site, kept.profile[0].import_max) == (
                "peak",
                f"anna@{level}",
                "mall",
                5_000.0,
            )
            assert here.csms.engine.known.every_constraint() == ()
            done = [one for one in local.csms.store.load(AuditEntry) if one.action == "PutConstraint"]
            assert [(one.by, one.role, one.outcome) for one in done] == [(f"anna@{level}", "operator", "accepted")]
            await until(lambda: any(one.limit <= 5_000.0 for one in there.noun("CS1").limits.desired.values()))

            order = await asked(here, anna, "withdraw", {"id": "peak"})
            assert (order.outcome, order.reason) == ("rejected", "UnknownConstraint")
            order = await asked(here, anna, "withdraw", {"id": "peak", "site": "mall"})
            assert order.outcome == "accepted"
            assert local.csms.engine.known.every_constraint() == ()


async def test_one_that_ends_ends_there_and_what_makes_no_sense_is_refused_by_whoever_looks_after_the_site(
    tmp_path: Path,
) -> None:
    async with mall(tmp_path, ["CS1"]) as (here, local, _, __):
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"scope": SITE, "limit": -1.0}, "InvalidValue"),
            ({"scope": SITE}, "InvalidValue"),
            ({"scope": SITE | {"zone": "moon"}, "limit": 5.0}, "UnknownZone"),
            ({"scope": SITE | {"feeder": "moon"}, "limit": 5.0}, "UnknownFeeder"),
            ({"scope": SITE, "limit": 5.0, "until": "2020-01-01T00:00:00Z"}, "InvalidSchedule"),
        ]
        async with await here.client("anna", Role.OPERATOR) as anna:
            for body, code in wrong:
                assert (await asked(here, anna, "put", {"id": "odd", **body})).reason == code, body
        assert local.csms.engine.known.every_constraint() == ()
        async with await here.client("ben", Role.VIEWER) as ben:
            assert (await ben.post("constraints/put", json={"id": "odd", "scope": SITE, "limit": 5.0})).status_code == 403


async def test_what_a_dso_orders_above_counts_at_the_level_that_looks_after_the_site_also_after_a_cut(tmp_path: Path) -> None:
    zone = {"id": "north", "import_max": 440_000.0, "stations": []}
    async with mall(tmp_path, ["CS1"], policy={"grid_restore": 1.0}) as (here, local, there, _):
        described = await here.admin.put("sites/mall", json={"id": "mall", "zones": [zone]})
        assert described.status_code == 200, described.text
        there.charge("CS1", "ANNA")
        await until(lambda: there.charging("CS1"))
        known = local.csms.engine.known

        def most() -> float:
            return min((one.limit for one in there.noun("CS1").limits.desired.values()), default=22_000.0)

        async with await here.client("grid", Role.DSO, "/mall") as grid:
            await here.ask("dso-groups/put", {"id": "feeder-12", "dso": "grid", "places": [SITE]})

            async def order(watts: float) -> None:
                said = {"order_id": "now", "group": "feeder-12", "p_max_import": watts, "duration": 36_000.0, "emergency": True}
                answer = await grid.post("dso-orders/put", json=said)
                assert answer.status_code == 200, answer.text

            await order(9_000.0)
            await until(lambda: most() <= 9_000.0, 30.0)
            (kept,) = known.every_constraint()
            level = here.csms.level.relay.name
            assert (kept.id, kept.source, kept.critical, kept.actor) == ("dso/order/now/mall", "dso", True, f"csms@{level}")
            done = [one for one in local.csms.store.load(AuditEntry) if one.action == "PutConstraint"]
            assert {(one.by, one.role, one.outcome) for one in done} == {(f"csms@{level}", "csms", "accepted")}

            await local.cut()
            await order(5_000.0)
            await local.mend()
            await until(lambda: most() <= 5_000.0, 30.0)

            await local.cut()
            assert (await grid.post("dso-orders/cancel", json={"order_id": "now"})).status_code == 200
            await until(lambda: here.csms.engine.known.every_constraint() == (), 30.0)
            assert known.every_constraint() != ()
            await local.mend()
            await until(lambda: known.every_constraint() == (), 30.0)
            await until(lambda: most() > 9_000.0, 30.0)


async def test_what_a_dso_takes_back_while_the_link_is_dead_and_nobody_knows_is_taken_back_with_the_next_one(
    tmp_path: Path,
) -> None:
    zone = {"id": "north", "import_max": 440_000.0, "stations": []}
    async with mall(tmp_path, ["CS1"], policy={"grid_restore": 1.0, "order_deadline": 20.0}) as (here, local, _, __):
        assert (await here.admin.put("sites/mall", json={"id": "mall", "zones": [zone]})).status_code == 200
        known = local.csms.engine.known
        async with await here.client("grid", Role.DSO, "/mall") as grid:
            await here.ask("dso-groups/put", {"id": "feeder-12", "dso": "grid", "places": [SITE]})
            said = {"order_id": "now", "group": "feeder-12", "p_max_import": 9_000.0, "duration": 36_000.0, "emergency": True}
            assert (await grid.post("dso-orders/put", json=said)).status_code == 200
            await until(lambda: known.every_constraint() != (), 30.0)

            local.tap.hold()
            assert (await grid.post("dso-orders/cancel", json={"order_id": "now"})).status_code == 200
            await until(
                lambda: any(one.kind == "WithdrawConstraint" and one.outcome not in OPEN for one in here.rows(Order)), 60.0
            )
            assert known.every_constraint() != ()
            await local.cut()
            local.tap.release()
            await local.mend()
            await until(lambda: known.every_constraint() == (), 30.0)
