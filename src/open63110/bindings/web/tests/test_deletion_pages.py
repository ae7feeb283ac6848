# SPDX-License-Identifier: Apache-2.0
"""Deletions on the page and in REST: ordered by a form, shown item by item, with a report to be had word by word (8.3.12)."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import httpx2

from open63110.bindings.web.tests.ground import CS, PASSWORD, Ground
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.deletion import (
    DeletionChanged,
    DeletionItem,
    DeletionItemChanged,
    DeletionRequest,
    digest_of,
)
from open63110.model.deregistration import Deregistration, DeregistrationChanged
from open63110.model.order import Order
from open63110.runtime.engine import Turn
from open63110.runtime.principals import NewPrincipal, durable

NOW, NOBODY = datetime(2026, 3, 4, 12, tzinfo=UTC), StationId("")
ITEM = DeletionItem(id="d-1/CS1/x", request="d-1", holder="CS1", data="personal-data", result="failed", at=NOW, reason="Deadline")


async def logged_in(ground: Ground, role: Role) -> httpx2.AsyncClient:
    """Return somebody's browser."""
    admin = (await ground.principals.first_admin("root", PASSWORD)).principal
    await ground.principals.create(admin, NewPrincipal(id=f"p-{role}", role=role, password=PASSWORD))
    client = ground.client()
    assert (await client.post("/login", data={"name": f"p-{role}", "password": PASSWORD})).status_code == 303
    return client


async def send(client: httpx2.AsyncClient, page: str, path: str, **form: str) -> str:
    """Send a form of a page; return what is told."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await client.get(page)).text)
    assert found
    return (await client.post(path, data={**form, "csrf": found[1]}, headers={"HX-Request": "true"})).text


async def test_a_deletion_is_ordered_by_a_form_and_its_value_stands_in_no_order(ground: Ground) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    form = {"type": "customer", "kind": "ISO14443", "value": "CUSTOMER-4711", "request_id": "r-1", "legal_basis": "", "due": ""}
    assert "accepted" in await send(client, "/deletions", "/do/deletions/order", **form)
    assert "r-1" in (await client.get("/deletions")).text
    day = (ground.engine.clock.now() + timedelta(days=40)).date()
    assert "accepted" in await send(client, "/deletions", "/do/deletions/order", **form | {"request_id": "r-2", "due": str(day)})
    assert (await client.get("/api/v1/deletions/r-2")).json()["deadline"] == f"{day}T00:00:00Z"
    order, _ = [one for one in ground.store.load(Order) if one.kind == "DeleteInformation"]
    assert "CUSTOMER-4711" not in order.body


async def test_a_deletion_is_shown_item_by_item_and_its_report_is_what_was_digested(ground: Ground) -> None:
    done = DeletionRequest(
        id="d-1", by=PrincipalId("csp"), type="token", subjects=(), asked=NOW, deadline=NOW + timedelta(days=1), state="closed"
    )
    turn = Turn(ground.engine, NOBODY, NOW)
    turn.fact(DeletionChanged(station=NOBODY, at=NOW, id="d-1", deletion=done))
    turn.fact(DeletionItemChanged(station=NOBODY, at=NOW, id=ITEM.id, deletion_item=ITEM))
    turn.keep()
    await durable(ground.engine)
    client = await logged_in(ground, Role.VIEWER)
    page = (await client.get("/deletions/d-1")).text
    assert "personal data" in page
    assert "Deadline" in page
    raw = (await client.get("/api/v1/deletions/d-1/report")).content
    assert hashlib.sha256(raw).hexdigest() == digest_of(done, [ITEM])
    assert (await client.get("/deletions/other")).status_code == 404
    assert "Delete what is known" not in (await client.get("/deletions")).text


async def test_a_station_is_let_go_by_a_form_that_asks_first(ground: Ground) -> None:
    await ground.station()
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get(f"/stations/{CS}")).text
    assert "leave for good?" in page
    told = await send(client, f"/stations/{CS}", f"/do/stations/{CS}/deregister", reason="stolen", within="300")
    assert "accepted" in told
    assert "leave for good?" not in (await client.get(f"/stations/{CS}")).text


async def test_how_a_station_left_is_shown_step_by_step(ground: Ground) -> None:
    await ground.station()
    steps = {"inoperative": "done", "transfers": "none", "queue": "NoAnswer", "cache": "absent", "wipe": "WipeFailed"}
    left = Deregistration(
        station=CS, reason="sold", by=PrincipalId("ann"), asked=NOW, deadline=NOW, steps=steps, done=NOW + timedelta(minutes=1)
    )
    turn = Turn(ground.engine, CS, NOW)
    turn.fact(DeregistrationChanged(station=CS, at=NOW, deregistration=left))
    turn.keep()
    await durable(ground.engine)
    client = await logged_in(ground, Role.VIEWER)
    page = (await client.get(f"/stations/{CS}")).text
    shown = page[page.index('id="leaving"') :]
    for words in ("It has left for good", "sold", "no answer", "cannot be told so on its wire", "WipeFailed", "to come"):
        assert words in shown
