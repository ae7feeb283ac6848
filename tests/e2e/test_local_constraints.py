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
