# SPDX-License-Identifier: Apache-2.0
"""The description of REST: complete, valid, and changed by additions only."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.routing import Route

from open63110.bindings.web.commands import path_of
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.roles import Role

SNAPSHOT = Path(__file__).parents[5] / "docs" / "openapi.json"
RENEW = "OPEN63110_RENEW_OPENAPI"


@pytest.fixture
def described(ground: Ground) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(ground.app.state.door.description))
    return found


def breaks(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """Say what a client of the old description would miss in the new one."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() - WORDS:
            if name not in new:
                yield f"{at}/{name} is gone"
            else:
                yield from breaks(old[name], new[name], f"{at}/{name}")
        yield from demands(old, new, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from (f"{at}: {one} is gone" for one in old if key_of(one) not in map(key_of, new))
    elif old != new:
        yield f"{at} was {old!r} and is {new!r}"


WORDS = {"description", "summary", "version", "title", "tags", "required"}


def demands(old: dict[str, Any], new: dict[str, Any], at: str) -> Iterator[str]:
    """Say which known fields a client now has to send."""
    if isinstance(old.get("required", []), list) and "properties" in old:
        known = set(old["properties"])
        added = (set(new.get("required", ())) - set(old.get("required", ()))) & known
        if added:
            yield f"{at} demands {sorted(added)} now"


def key_of(one: Any) -> str:
    """Name an element of a list so that it is found again."""
    return str(one.get("name", one.get("$ref", ""))) if isinstance(one, dict) else json.dumps(one)


def test_the_description_is_the_committed_one(described: dict[str, Any]) -> None:
    """Run with OPEN63110_RENEW_OPENAPI=1 to write it anew; what is not additive fails all the same."""
    old = json.loads(SNAPSHOT.read_text(encoding="utf-8")) if SNAPSHOT.exists() else {}
    assert list(breaks(old, described)) == []
    if os.environ.get(RENEW) == "1":
        SNAPSHOT.write_text(json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == described, f"it grew: run again with {RENEW}=1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"paths": {"/a": {"get": {}}}}, {"paths": {}}),
        ({"schemas": {"A": {"type": "string"}}}, {"schemas": {"A": {"type": "integer"}}}),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}),
        ({"parameters": [{"name": "limit"}]}, {"parameters": []}),
        (
            {"components": {"schemas": {"A": {"properties": {"x": {}}, "required": []}}}},
            {"components": {"schemas": {"A": {"properties": {"x": {}}, "required": ["x"]}}}},
        ),
    ],
)
def test_a_change_that_is_not_additive_is_caught(old: Any, new: Any) -> None:
    assert list(breaks(old, new))


def test_an_addition_is_none() -> None:
    old = {"paths": {"/a": {}}, "enum": ["a"], "schemas": {"A": {"properties": {}, "required": []}}}
    new = {"paths": {"/a": {}, "/b": {}}, "enum": ["a", "b"], "schemas": {"A": {"properties": {"x": {}}, "required": ["x"]}}}
    assert list(breaks(old, new)) == []


def test_every_route_and_every_door_is_described(ground: Ground, described: dict[str, Any]) -> None:
    routes = {(one.path, method) for one in ground.app.routes if isinstance(one, Route) for method in one.methods or ()}
    api = {(path, method.lower()) for path, method in routes if path.startswith("/api/v1") and method != "HEAD"}
    assert api == {(path, method) for path, item in described["paths"].items() for method in item}
    for door in ground.engine.table.doors:
        assert described["paths"][f"/api/v1/{path_of(door)}"]["post"]["operationId"] == door.command.__name__


def test_references_lead_somewhere_and_names_are_unique(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    schemas = described["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= set(schemas)
    ids = [one["operationId"] for item in described["paths"].values() for one in item.values()]
    assert len(ids) == len(set(ids))
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_answers_are_what_the_description_says(ground: Ground, described: dict[str, Any]) -> None:
    await ground.station()
    await ground.token(name="Ann")
    await ground.charge(minutes=2)
    await ground.quarantine()
    client = await ground.as_(Role.ADMIN)
    await client.post(f"/api/v1/stations/{CS}/reboot", json={})
    for path in ("stations", "sessions", "transfers", "sdrs", "tokens", "orders", "quarantine", "audit", "principals", "facts"):
        answer = (await client.get(f"/api/v1/{path}?limit=5")).json()
        assert answer["items"], path
        response = described["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]
        schema = {**response["content"]["application/json"]["schema"], "components": described["components"]}
        jsonschema.validate(answer, schema)
    refused = (await client.get("/api/v1/sessions/999")).json()
    jsonschema.validate(refused, {"$ref": "#/components/schemas/Fault", "components": described["components"]})


async def test_the_description_is_open_to_everybody(ground: Ground) -> None:
    answer = await ground.client().get("/api/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
