# SPDX-License-Identifier: Apache-2.0
"""Our OCPP types against the schemas: both judge the same valid and broken messages, and must say the same.

Each schema is turned into one full and one minimal message; each field of the full one is broken in every way its type
allows. Where the two may differ is listed in `ours`, and nowhere else.
"""

from __future__ import annotations

import copy
import importlib
import json
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import msgspec
import ocpp
import pytest

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.schema import decoder

SCHEMAS = Path(ocpp.__file__).parent
VERSIONS = ("v16", "v201", "v21")
STEMS = [(v, file.stem) for v in VERSIONS for file in sorted((SCHEMAS / v / "schemas").glob("*.json"))]
SHARE = 12
"""One case in so many runs in every test run, chosen by checksum; all of them run in soak."""

TIME = "2026-01-02T03:04:05Z"
TIMES = {
    "2026-01-02T03:04:05.123Z": True,
    "2026-01-02T03:04:05+02:00": True,
    "2026-01-02T03:04:05.123456789Z": True,
    "2026-01-02 03:04:05Z": True,
    "2026-01-02T03:04:05+0200": True,
    "2026-01-02T03:04:05": False,
    "2026-01-02T03:04:60Z": False,
    "2026-01-02T24:00:00Z": False,
    "2026-01-02": False,
    "2026-01-02T03:04Z": False,
    "2026-13-02T03:04:05Z": False,
    "soon": False,
    "": False,
}
"""jsonschema takes any string for a date-time; what we take of them stands here."""


FREE_FORMS: tuple[Any, ...] = (None, 1.5, "x", [], {"a": {"b": []}})
WRONG_TYPES: tuple[Any, ...] = (None, 5, -5, 1.5, True, [], {}, ["x"], [{}], {"x": 1})


class Case(NamedTuple):
    """A message, how it was made, and our verdict where it is known to differ from the schema's."""

    label: str
    message: Any
    ours: bool | None = None


@cache
def schema(version: str, stem: str) -> dict[str, Any]:
    text = (SCHEMAS / version / "schemas" / f"{stem}.json").read_text("utf-8-sig")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: dict[str, Any] = root["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return found


def sample(node: dict[str, Any], root: dict[str, Any], *, full: bool) -> Any:
    """Return a valid value: with every property, or with the required ones only."""
    node = resolve(node, root)
    match node.get("type"):
        case "object":
            names = node.get("properties", {}) if full else node.get("required", ())
            return {name: sample(node["properties"][name], root, full=full) for name in names}
        case "array":
            return [sample(node["items"], root, full=full) for _ in range(max(1, node.get("minItems", 0)))]
        case "string" if "enum" in node:
            return node["enum"][0]
        case "string":
            return TIME if node.get("format") == "date-time" else "abcde"[: node.get("maxLength", 5)]
        case "integer" | "number":
            return int(node.get("minimum", node.get("maximum", 7)))
        case "boolean":
            return True
    return {"free": [1, "form", None]}


def broken(value: Any, node: dict[str, Any], root: dict[str, Any]) -> Iterator[Case]:
    """Yield other values for one field; `ours` is None where the schema's verdict must be ours."""
    node = resolve(node, root)
    if "type" not in node:
        yield from (Case("free form", other) for other in FREE_FORMS)
        yield Case("too deep", json.loads("[" * 40 + "]" * 40), ours=False)
        return
    if node.get("format") != "date-time":
        yield Case("wrong type 'x'", "x")
    yield from (Case(f"wrong type {other!r}", other) for other in WRONG_TYPES)
    yield from PROBES[node["type"]](value, node, root)


def of_string(_: Any, node: dict[str, Any], __: dict[str, Any]) -> Iterator[Case]:
    if "enum" in node:
        words = node["enum"]
        yield from (Case(f"word {word}", word) for word in [*words, words[0].lower() + " ", words[0].swapcase(), "Bogus", ""])
    elif node.get("format") == "date-time":
        yield from (Case(f"time {text}", text, ours=verdict) for text, verdict in TIMES.items())
    else:
        limit = node.get("maxLength", 100)
        lengths = (0, limit, limit + 1)
        yield from (Case(f"{n} of {char!a}", char * n) for char in ("x", "é", "\U0001f50c", '"', "\x00") for n in lengths)


def of_integer(_: Any, node: dict[str, Any], __: dict[str, Any]) -> Iterator[Case]:
    edges = [int(node[key]) for key in ("minimum", "maximum") if key in node]
    near = [edge + step for edge in edges for step in (-1, 0, 1)]
    yield from (Case(f"integer {n}", n) for n in [*near, 0, 1, -1, 2**31, 2**53 + 1, "7", "", 7.25, -0.5])
    yield Case("7.0", 7.0, ours=False)
    yield Case("1e2", 1e2, ours=False)
    yield from (Case("beyond 64 bits", n, ours=False) for n in (2**63, -(2**63) - 1, 10**400))


def of_number(_: Any, node: dict[str, Any], __: dict[str, Any]) -> Iterator[Case]:
    edges = [node[key] for key in ("minimum", "maximum") if key in node]
    near = [edge + step for edge in edges for step in (-0.5, 0, 0.5)]
    yield from (Case(f"number {n}", n) for n in [*near, 0, 1.5, -1.5, 20000.0, 2**40, 1e300, "7", ""])
    if "multipleOf" in node:
        tenths = {0.1: True, 0.3: True, 16.7: True, 32: True, 123456.7: True, 0.15: False, 0.01: False, 16.71: False}
        yield from (Case(f"tenths {n}", n, ours=verdict) for n, verdict in tenths.items())


def of_boolean(*_: Any) -> Iterator[Case]:
    yield from (Case(f"boolean {other!r}", other) for other in (False, 0, 1, "true", "True", ""))


def of_array(value: list[Any], node: dict[str, Any], _: dict[str, Any]) -> Iterator[Case]:
    yield Case("no item", [])
    yield Case("null item", [*value, None])
    limit = node.get("maxItems", 3)
    yield from (Case(f"{n} items", value[:1] * n) for n in (limit, limit + 1))


def of_object(value: dict[str, Any], node: dict[str, Any], _: dict[str, Any]) -> Iterator[Case]:
    yield Case("unknown field", {**value, "bogusField": 1})
    yield from (Case(f"no {name}", {k: v for k, v in value.items() if k != name}) for name in value)
    if node.get("additionalProperties", True):
        yield Case("open data", {**value, "RFID_Tag": {"association_id": [1.25, None, {"camelCase": "€"}]}})
        yield Case("too deep", {**value, "deep": json.loads("[" * 40 + "]" * 40)}, ours=False)


PROBES = {
    "string": of_string,
    "integer": of_integer,
    "number": of_number,
    "boolean": of_boolean,
    "array": of_array,
    "object": of_object,
}


def cases(version: str, stem: str) -> Iterator[Case]:
    """Yield every case of one message."""
    root = schema(version, stem)
    full = sample(root, root, full=True)
    yield Case("full", full)
    yield Case("minimal", sample(root, root, full=False))
    yield from (Case(f"root {other!r}", other) for other in WRONG_TYPES if other != {})
    yield from of_object(full, root, root)
    for path, node in fields(full, root, root):
        for label, other, ours in broken(at(full, path), node, root):
            yield Case(f"{path} {label}", replaced(full, path, other), ours)


def fields(value: Any, node: dict[str, Any], root: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield the path of each field of a full sample, with its schema."""
    node = resolve(node, root)
    below: list[tuple[str | int, dict[str, Any]]] = []
    if isinstance(value, dict):
        below = [(name, sub) for name, sub in node.get("properties", {}).items()]
    elif isinstance(value, list) and "items" in node:
        below = [(0, node["items"])]
    for step, sub in below:
        yield (step,), sub
        yield from (((step, *rest), last) for rest, last in fields(value[step], sub, root))


def at(message: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        message = message[step]
    return message


def replaced(message: Any, path: tuple[str | int, ...], other: Any) -> Any:
    """Return a copy with another value at a path."""
    if not path:
        return other
    out = copy.copy(message)
    out[path[0]] = replaced(message[path[0]], path[1:], other)
    return out


def ours(version: str, stem: str) -> type[msgspec.Struct]:
    """Return our type of a message file."""
    module = importlib.import_module(f"open63110.bindings.ocpp._generated.{version}")
    found: type[msgspec.Struct] = getattr(module, stem if stem.endswith(("Request", "Response")) else f"{stem}Request")
    return found


def oracle(version: str, stem: str) -> Any:
    judge = jsonschema.Draft4Validator if version == "v16" else jsonschema.Draft6Validator
    return judge(schema(version, stem)).is_valid


def expected(case: Case, stem: str, by_schema: bool) -> bool:
    """Return what we should say: what the schema says, but for the differences that are meant."""
    if case.ours is not None:
        return case.ours
    if stem == "StopTransaction" and case.label.endswith("word Celsius"):
        return True
    return by_schema


def chosen(version: str, stem: str, label: str) -> bool:
    return zlib.crc32(f"{version}{stem}{label}".encode()) % SHARE == 0 or label in {"full", "minimal"}


def disagreements(version: str, stem: str, *, every: bool) -> list[str]:
    """Return what our type and the schema, or our decoder and encoder, do not agree on."""
    judge, type_ = oracle(version, stem), ours(version, stem)
    found = []
    for case in cases(version, stem):
        if not every and not chosen(version, stem, case.label):
            continue
        raw = json.dumps(case.message, ensure_ascii=False).encode()
        verdict = expected(case, stem, judge(case.message))
        try:
            message = decoder(type_).decode(raw)
        except msgspec.ValidationError:
            if verdict:
                found.append(f"{case.label}: refused")
            continue
        if not verdict:
            found.append(f"{case.label}: taken")
        if "time " not in case.label and json.loads(msgspec.json.encode(message)) != case.message:
            found.append(f"{case.label}: changed on the way through")
        if tolerance.repaired(case.message, type_) != (case.message, ()):
            found.append(f"{case.label}: repaired without need")
    return found


@pytest.mark.parametrize(("version", "stem"), STEMS)
def test_a_share_of_broken_messages_is_judged_as_by_the_schema(version: str, stem: str) -> None:
    assert disagreements(version, stem, every=False) == []


@pytest.mark.soak
@pytest.mark.parametrize(("version", "stem"), STEMS)
def test_every_broken_message_is_judged_as_by_the_schema(version: str, stem: str) -> None:
    assert disagreements(version, stem, every=True) == []


def test_there_are_so_many_cases_that_agreement_means_something() -> None:
    assert len(STEMS) == 387
    assert sum(1 for _ in cases("v201", "TransactionEventRequest")) > 700
