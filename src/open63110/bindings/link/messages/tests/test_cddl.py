# SPDX-License-Identifier: Apache-2.0
"""The published schema admits what is sent, as another implementation of CDDL reads it (B.15, B.19)."""

import fcntl
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cbor2
import pytest
from tools import generate_cddl
from tools.link_samples import Wallet, corpus

from open63110.bindings.link.messages.codec import CODEC, encode
from open63110.bindings.link.messages.shapes import rule_name

HOME = Path(__file__).parents[6] / "build" / "cddl-peer"
PEER = ("zcbor==0.9.1", "cbor2<6")
JUDGE = """
import json, pathlib, sys, zcbor
asked = json.load(sys.stdin)
prelude = pathlib.Path(zcbor.__file__).with_name("zcbor") / "prelude.cddl"
rules = zcbor.DataTranslator.from_cddl(asked["schema"] + prelude.read_text(), 1_000_000).my_types
def judged(rule, body):
    try:
        return bool(rules[rule].validate_str(bytes.fromhex(body)))
    except Exception: # it says no in many ways
        return False
print(json.dumps([judged(*one) for one in asked["bodies"]]))
"""


def python() -> Path:
    """The other implementation's own environment, made once; without the package index this fails."""
    HOME.parent.mkdir(exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = HOME / ".made"
        if not stamp.exists():
            uv = shutil.which("uv", path=f"{Path(sys.executable).parent}") or "uv"
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME], check=True)
            subprocess.run([uv, "pip", "install", "--quiet", "--python", HOME / "bin/python", *PEER], check=True)
            stamp.touch()
    return HOME / "bin" / "python"


def judged(bodies: list[tuple[str, bytes]]) -> list[bool]:
    """What the other implementation says of bodies, each with its rule.

    It names what it reads by type, so that two fields of one type are one too many for it: each gets a rule of its own.
    """
    rules: list[str] = []

    def named(field: re.Match[str]) -> str:
        rules.append(f"field{len(rules)} = {field[2]}")
        return f"{field[1]}: field{len(rules) - 1}, ;"

    schema = re.sub(r"^(  (?:\? )?\d+): (.*), ;", named, generate_cddl.SCHEMA.read_text(encoding="utf-8"), flags=re.MULTILINE)
    asked = {"schema": "\n".join([schema, *rules, ""]), "bodies": [(rule, body.hex()) for rule, body in bodies]}
    done = subprocess.run([python(), "-c", JUDGE], input=json.dumps(asked), capture_output=True, text=True, check=True)
    found: list[bool] = json.loads(done.stdout)
    return found


def test_every_golden_vector_fits_the_schema() -> None:
    vectors = json.loads(generate_cddl.VECTORS.read_text(encoding="utf-8"))["vectors"]
    bodies = [(rule_name(next(iter(one["form"]))), bytes.fromhex(one["hex"])) for one in vectors]
    assert [body for body, fits in zip(bodies, judged(bodies), strict=True) if not fits] == []


def test_messages_of_a_working_day_fit_the_schema() -> None:
    wallet = Wallet()
    bodies = [(rule_name(type(one).__name__), encode(one, subjects=wallet)) for one in corpus()]
    assert len(bodies) == 200
    assert all(judged(bodies))


WRONG: list[tuple[str, Any]] = [
    ("stop-remotely", {2: 5}),
    ("stop-remotely", {}),
    ("stop-remotely", []),
    ("connector-reported", {2: 1, 3: 1, 4: 1, 5: 77}),
    ("connector-reported", {2: 1, 3: -1, 4: 1, 5: 0}),
    ("connector-reported", {2: 10**16, 3: 1, 4: 1, 5: 0}),
    ("meter-values-reported", {2: 1, 3: 1, 4: [[0, [1], ["a"]]]}),
    ("meter-values-reported", {2: 1, 3: 1, 4: [[0, [-1], [1]]]}),
    ("start-remotely", {2: [0], 3: 1}),
    ("start-remotely", {2: [99, "a"], 3: 1}),
]


@pytest.mark.parametrize(("rule", "tree"), WRONG)
def test_the_schema_admits_nothing_that_the_codec_refuses(rule: str, tree: Any) -> None:
    body = cbor2.dumps(tree)
    number = next(one.number for one in CODEC.registry.messages if rule_name(one.name) == rule)
    with pytest.raises(Exception, match="wanted"):
        CODEC.decode(number, body, subjects=Wallet())
    assert judged([(rule, body)]) == [False]


def test_the_schema_lets_newer_versions_and_vendors_add() -> None:
    assert judged([("heartbeat", cbor2.dumps({1: "a", 99: [1], -5: "x"}))]) == [True]
