# SPDX-License-Identifier: Apache-2.0
"""The page of grid controls of a station, and the form that sets one (8.2.10)."""

import pytest

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import NASTY, check, logged_in, send
from open63110.kernel.roles import Role
from open63110.model.der import CurvePoint, DerKind, DerUnit, StationDerControl
from open63110.model.station import StationConnected
from open63110.runtime.principals import durable
from open63110.usecases.energy.frequency_regulation import DerControlAnswered


async def talking(ground: Ground) -> None:
    """Have a station on a wire with words for it."""
    await ground.station()
    ground.hear(StationConnected(station=CS, at=ground.clock.now(), wire="ocpp2.1"))
    await ground.settle()


def rows(ground: Ground) -> dict[str, StationDerControl]:
    return {one.id: one for one in ground.engine.known.under_way.load(StationDerControl, (), {})}


async def test_a_curve_is_set_by_its_points_shown_and_cleared(ground: Ground) -> None:
    await talking(ground)
    client = await logged_in(ground, Role.OPERATOR)
    form = {"kind": "volt-var", "default": "true", "rank": "2", "points": "92 44\n108 -44", "unit": "pct-max-var"}
    told = await send(client, f"/do/grid/{CS}/set", **form)
    assert "accepted" in told.text
    one = rows(ground)["volt-var-default"]
    assert (one.control.priority, one.control.default) == (2, True)
    assert one.control.curve is not None
    assert (one.control.curve.points[1], one.control.curve.unit) == (CurvePoint(x=108.0, y=-44.0), DerUnit.PCT_MAX_VAR)
    ground.hear(DerControlAnswered(station=CS, at=ground.clock.now(), id=one.id, revision=1, reason=NASTY))
    await durable(ground.engine)
    page = (await client.get(f"/stations/{CS}/grid")).text
    check(page)
    for words in ("92→44", "108→-44", "refused", "rank 2", "always"):
        assert words in page
    assert f'href="/stations/{CS}/grid"' in (await client.get(f"/stations/{CS}")).text
    assert "accepted" in (await send(client, f"/do/stations/{CS}/der-controls/clear", id=one.id, default="true")).text
    assert rows(ground) == {}


async def test_what_is_no_curve_is_set_as_json_at_its_time(ground: Ground) -> None:
    await talking(ground)
    client = await logged_in(ground, Role.OPERATOR)
    form = {"id": "pf", "kind": "fixed-pf-absorb", "start": "2099-12-31T23:00", "duration": "60"}
    await send(client, f"/do/grid/{CS}/set", **form, says='{"displacement": 0.95, "absorbs": true}')
    one = rows(ground)["pf"]
    assert one.kind is DerKind.FIXED_PF_ABSORB
    assert one.control.start is not None
    await durable(ground.engine)
    page = (await client.get(f"/stations/{CS}/grid")).text
    assert "displacement 0.95" in page
    assert "by " in page


@pytest.mark.parametrize(("form", "words"), [({"points": "92"}, "no pair"), ({"says": "{"}, "no JSON"), ({}, "points")])
async def test_what_cannot_be_read_is_refused_with_its_place(ground: Ground, form: dict[str, str], words: str) -> None:
    await talking(ground)
    client = await logged_in(ground, Role.OPERATOR)
    assert words in (await send(client, f"/do/grid/{CS}/set", kind="volt-var", **form)).text
    assert rows(ground) == {}


async def test_who_only_looks_finds_no_forms_and_wires_without_words_say_so(ground: Ground) -> None:
    await ground.station()
    viewer = await logged_in(ground, Role.VIEWER)
    page = (await viewer.get(f"/stations/{CS}/grid")).text
    assert "has no words for them" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    client = await logged_in(ground, Role.OPERATOR)
    told = await send(client, f"/do/grid/{CS}/set", kind="volt-var", default="true", points="92 44")
    assert "NoDerControl" in told.text


async def test_what_came_with_21_is_offered_where_there_are_words_for_it(ground: Ground) -> None:
    await talking(ground)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get(f"/stations/{CS}")).text
    check(page)
    assert "Somebody pays on a web page" in page
    told = await send(client, f"/do/stations/{CS}/announce-web-payment", evse="1", timeout="90")
    assert "accepted" in told.text
    assert "OutOfRange" in (await send(client, f"/do/stations/{CS}/announce-web-payment", evse="1", timeout="0")).text
    told = await send(client, f"/do/stations/{CS}/transfers/allow", reference="t9", modes="DC DC_BPT")
    assert "UnknownTransaction" in told.text
