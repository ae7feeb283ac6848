# SPDX-License-Identifier: Apache-2.0
"""Who asks: keys, cookies, forged requests, guessing, and that every refusal stands in the audit (7.9.4)."""

import re
from datetime import timedelta

import httpx2
import pytest

from open63110.bindings.web.access import COOKIE, LASTS
from open63110.bindings.web.app import create
from open63110.bindings.web.tests.ground import CS, PASSWORD, Ground
from open63110.kernel.ids import PrincipalId
from open63110.kernel.roles import Role
from open63110.model.principal import Principal
from open63110.runtime.principals import PrincipalChange


async def log_in(ground: Ground, name: str = "ann", password: str = PASSWORD, **headers: str) -> httpx2.AsyncClient:
    client = ground.client(**headers)
    await client.post("/login", data={"name": name, "password": password})
    return client


async def csrf_of(client: httpx2.AsyncClient) -> str:
    page = (await client.get("/account")).text
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


@pytest.fixture
async def ann(ground: Ground) -> Principal:
    return (await ground.principals.first_admin("ann", PASSWORD)).principal


async def test_nobody_unknown_gets_in(ground: Ground) -> None:
    answer = await ground.client().get("/api/v1/stations")
    assert (answer.status_code, answer.json()["code"]) == (401, "Unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("key", ["", "ann", "a-viewer.wrong", "nobody.secret", "....", "a-viewer."])
async def test_a_wrong_key_is_refused_and_audited(ground: Ground, key: str) -> None:
    await ground.admit(Role.VIEWER)
    answer = await ground.client().get("/api/v1/stations", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    await ground.settle()
    assert ground.audit()[-1].action == "Authenticate"
    assert ground.audit()[-1].outcome == "not-authorized"


async def test_a_key_that_was_shut_out_or_replaced_is_void_at_once(ground: Ground, ann: Principal) -> None:
    key = await ground.admit(Role.VIEWER)
    client = ground.client(key)
    assert (await client.get("/api/v1/stations")).status_code == 200
    await ground.principals.change(ann, PrincipalId("a-viewer"), PrincipalChange(disabled=True))
    assert (await client.get("/api/v1/stations")).status_code == 401
    admitted = await ground.principals.change(ann, PrincipalId("a-viewer"), PrincipalChange(disabled=False, new_key=True))
    assert (await client.get("/api/v1/stations")).status_code == 401
    assert (await ground.client(admitted.key).get("/api/v1/stations")).status_code == 200


async def test_a_person_logs_in_with_a_cookie_that_scripts_and_other_sites_cannot_use(ground: Ground, ann: Principal) -> None:
    answer = await ground.client().post("/login", data={"name": "ann", "password": PASSWORD, "next": "/tokens"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tokens")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert PASSWORD not in cookie


@pytest.mark.parametrize("there", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "nowhere"])
async def test_logging_in_never_leads_elsewhere(ground: Ground, ann: Principal, there: str) -> None:
    answer = await ground.client().post("/login", data={"name": "ann", "password": PASSWORD, "next": there})
    assert answer.headers["location"] == "/"


async def test_another_site_cannot_log_us_in(ground: Ground, ann: Principal) -> None:
    client = ground.client(**{"Sec-Fetch-Site": "cross-site"})
    answer = await client.post("/login", data={"name": "ann", "password": PASSWORD})
    assert answer.status_code == 403
    assert COOKIE not in client.cookies


async def test_a_cookie_serves_rest_too_but_changes_need_the_token_of_our_own_page(ground: Ground, ann: Principal) -> None:
    await ground.station()
    client = await log_in(ground)
    assert (await client.get("/api/v1/stations")).status_code == 200
    refused = await client.post(f"/api/v1/stations/{CS}/reboot", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "Forged")
    token = await csrf_of(client)
    done = await client.post(f"/api/v1/stations/{CS}/reboot", json={}, headers={"X-CSRF-Token": token})
    assert done.status_code == 200
    assert "ForgedRequest" in [one.action for one in ground.audit()]


async def test_a_token_of_another_session_does_not_serve(ground: Ground, ann: Principal) -> None:
    await ground.station()
    one, other = await log_in(ground), await log_in(ground)
    token = await csrf_of(other)
    answer = await one.post(f"/api/v1/stations/{CS}/reboot", json={}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 403


@pytest.mark.parametrize("harm", ["x", "", "AAAA.bbbb", "é"])
async def test_a_cookie_that_is_not_ours_is_nobody(ground: Ground, ann: Principal, harm: str) -> None:
    client = ground.client()
    headers = [(b"Cookie", f"{COOKIE}={harm}".encode("latin-1"))]
    assert (await client.get("/api/v1/stations", headers=headers)).status_code == 401


async def test_a_cookie_that_was_altered_is_nobody(ground: Ground, ann: Principal) -> None:
    client = await log_in(ground)
    cookie = client.cookies[COOKIE]
    altered = ("B" if cookie[0] == "A" else "A") + cookie[1:]
    answer = await ground.client().get("/api/v1/stations", headers={"Cookie": f"{COOKIE}={altered}"})
    assert answer.status_code == 401


async def test_a_session_ends_after_its_time(ground: Ground, ann: Principal) -> None:
    client = await log_in(ground)
    ground.later(seconds=(LASTS - timedelta(seconds=1)).total_seconds())
    assert (await client.get("/api/v1/stations")).status_code == 200
    ground.later(seconds=2)
    assert (await client.get("/api/v1/stations")).status_code == 401


async def test_a_new_password_ends_every_other_session(ground: Ground, ann: Principal) -> None:
    here, there = await log_in(ground), await log_in(ground)
    form = {"old": PASSWORD, "new": "another long one", "again": "another long one", "csrf": await csrf_of(here)}
    answer = await here.post("/do/account", data=form)
    assert answer.status_code == 303
    assert (await here.get("/api/v1/stations")).status_code == 200
    assert (await there.get("/api/v1/stations")).status_code == 401


async def test_changing_a_password_needs_the_present_one(ground: Ground, ann: Principal) -> None:
    client = await log_in(ground)
    form = {"old": "wrong", "new": "another long one", "again": "another long one", "csrf": await csrf_of(client)}
    answer = await client.post("/do/account", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "the present password is another" in answer.text
    differ = {**form, "old": PASSWORD, "again": "typed otherwise"}
    assert (await client.post("/do/account", data=differ, headers={"HX-Request": "true"})).status_code == 400


async def test_a_wrong_password_says_no_more_than_that(ground: Ground, ann: Principal) -> None:
    known = await ground.client().post("/login", data={"name": "ann", "password": "wrong"})
    stranger = await ground.client().post("/login", data={"name": "nobody", "password": "wrong"})
    assert known.status_code == stranger.status_code == 401
    assert known.text == stranger.text
    await ground.settle()
    assert [one.by for one in ground.audit() if one.outcome == "not-authorized"] == ["ann", "nobody"]


async def test_guessing_is_stopped_for_a_name_and_comes_back_later(ground: Ground, ann: Principal) -> None:
    client = ground.client()
    tries = [(await client.post("/login", data={"name": "ann", "password": str(n)})).status_code for n in range(11)]
    assert tries == [401] * 10 + [429]
    right = {"name": "ann", "password": PASSWORD}
    assert (await client.post("/login", data=right)).status_code == 429
    ground.later(seconds=301)
    assert (await client.post("/login", data=right)).status_code == 303


async def test_guessing_is_stopped_for_an_address_whatever_the_names(ground: Ground, ann: Principal) -> None:
    limit = ground.app.state.door.access._by_address._most
    client = ground.client()
    for number in range(limit):
        ground.app.state.door.access._by_address.count("127.0.0.1", ground.clock.now())
        assert number < limit
    assert (await client.post("/login", data={"name": "ann", "password": PASSWORD})).status_code == 429


async def test_machines_do_not_log_in(ground: Ground) -> None:
    key = await ground.admit(Role.CSP)
    answer = await ground.client().post("/login", data={"name": "a-csp", "password": key})
    assert answer.status_code == 401


async def test_logging_out_takes_the_cookie_back(ground: Ground, ann: Principal) -> None:
    client = await log_in(ground)
    answer = await client.post("/logout", data={"csrf": await csrf_of(client)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert (await client.get("/api/v1/stations")).status_code == 401


async def test_a_flood_of_refusals_does_not_fill_the_audit(ground: Ground) -> None:
    client = await ground.as_(Role.CSP)
    before = len(ground.audit())
    for _ in range(20):
        assert (await client.get("/api/v1/stations")).status_code == 403
        assert (await ground.client("x.y").get("/api/v1/stations")).status_code == 401
    await ground.settle()
    assert 2 <= len(ground.audit()) - before <= 11


async def test_cookies_are_bound_to_tls_where_people_come_by_it(ground: Ground, ann: Principal) -> None:
    app = create(ground.node, secure=True)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://test") as client:
        answer = await client.post("/login", data={"name": "ann", "password": PASSWORD})
    app.state.door.end()
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
