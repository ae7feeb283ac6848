# SPDX-License-Identifier: Apache-2.0
"""The judge lets right records pass and catches every kind of wrong one."""

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from open63110.apps import judge

JUDGE = Path(judge.__file__)
Json = Any


class Tape:
    """Frames as a capture holds them."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.count = 0

    def frame(self, station: str, version: str, up: bool, frame: Json) -> None:
        said = {"t": "2026-03-01T12:00:00Z", "station": station, "dir": "up" if up else "down", "version": version}
        self.lines.append({**said, "frame": json.dumps(frame)})

    def call(self, station: str, version: str, action: str, payload: Json, answer: Json = None, *, answered: bool = True) -> None:
        self.count += 1
        self.frame(station, version, True, [2, f"m{self.count}", action, payload])
        if answered:
            self.frame(station, version, False, [3, f"m{self.count}", answer or {}])


def sample(value: Json, context: str, **more: Json) -> Json:
    unit = {"unitOfMeasure": {"unit": "kWh"}} if isinstance(value, float) else {}
    return {"value": value, "context": context, **unit, **more}


def event(kind: str, seq: int, minute: int, value: Json, context: str, **more: Json) -> Json:
    at = f"2026-03-01T12:{minute:02d}:00Z"
    signed = more.pop("signed", None)
    proof = {"signedMeterValue": {"signedMeterData": signed, "signingMethod": "", "encodingMethod": "OCMF", "publicKey": "K"}}
    sampled = sample(value, context, **(proof if signed else {}))
    return {
        "eventType": kind,
        "timestamp": at,
        "triggerReason": "Authorized",
        "seqNo": seq,
        "transactionInfo": {"transactionId": "B-1"},
        "evse": {"id": 2, "connectorId": 1},
        "meterValue": [{"timestamp": at, "sampledValue": [sampled]}],
        **more,
    }


STARTED = event("Started", 0, 0, 7000, "Transaction.Begin", idToken={"idToken": "04A1", "type": "ISO14443"}, signed="b")
UPDATED = event("Updated", 1, 5, 7.4005, "Sample.Periodic", signed="p")
ENDED = event("Ended", 2, 10, 7.8125, "Transaction.End", signed="e")
START = {"connectorId": 1, "idTag": "04A1", "timestamp": "2026-03-01T12:00:00Z", "meterStart": 1000}
STOP = {"transactionId": 17, "timestamp": "2026-03-01T12:30:00Z", "meterStop": 3500, "idTag": "04A1"}
DATA = [
    {
        "timestamp": "2026-03-01T12:30:00Z",
        "sampledValue": [{"value": "sig", "format": "SignedData", "context": "Transaction.End"}],
    }
]
VALUES = {
    "connectorId": 1,
    "transactionId": 17,
    "meterValue": [
        {"timestamp": "2026-03-01T12:15:00Z", "sampledValue": [{"value": "2000", "unit": "Wh"}, {"value": "9", "phase": "L1"}]}
    ],
}


def tape() -> Tape:
    """Two sessions, told late, twice and in the wrong order where that may be."""
    made = Tape()
    made.call("A", "ocpp1.6", "BootNotification", {"chargePointVendor": "V"})
    made.call("A", "ocpp1.6", "StartTransaction", START, answered=False)
    made.call("A", "ocpp1.6", "StartTransaction", START, {"transactionId": 17, "idTagInfo": {"status": "Accepted"}})
    made.call("A", "ocpp1.6", "MeterValues", VALUES)
    made.call("A", "ocpp1.6", "StopTransaction", {**STOP, "transactionData": DATA})
    made.call("A", "ocpp1.6", "StopTransaction", {**STOP, "transactionData": DATA})
    made.call("B", "ocpp2.0.1", "TransactionEvent", ENDED)
    made.call("B", "ocpp2.0.1", "TransactionEvent", UPDATED)
    made.call("B", "ocpp2.0.1", "TransactionEvent", STARTED)
    made.call("B", "ocpp2.0.1", "TransactionEvent", STARTED)
    made.frame("B", "ocpp2.0.1", False, [2, "x", "GetLocalListVersion", {}])
    made.frame("B", "ocpp2.0.1", True, [3, "x", {"versionNumber": 0}])
    return made


def proof(data: str, encoding: str = "", key: str = "") -> Json:
    return {"data": data, "method": "", "encoding": encoding, "public_key": key}


def record(name: str, station: str, evse: int, transfer: str, energy: float, minutes: int, meter: Json, signed: Json) -> Json:
    times = {"began": "2026-03-01T12:00:00Z", "ended": f"2026-03-01T12:{minutes:02d}:00Z"}
    part = {"kind": "energy_import", **times, "quantity": energy, "unit": "Wh", "transaction": f"{transfer}/1"}
    parking = {"kind": "parking", **times, "quantity": 60.0, "unit": "s", "transaction": ""}
    return {
        "id": name,
        "session": 1,
        "station": station,
        "evse": evse,
        **times,
        "energy": energy,
        "exported": 0.0,
        "subject": {"ref": "s1", "kind": "ISO14443", "value": "04a1"},
        "services": [parking, part],
        "meter": {"id": "", "start": meter[0], "stop": meter[1]},
        "signed": signed,
        "transfers": [transfer],
        "flags": [],
        "corrects": "",
    }


def records() -> list[Json]:
    return [
        record("r1", "A", 1, "17", 2500.0, 30, (1000.0, 3500.0), [proof("sig")]),
        record("r2", "B", 2, "B-1", 812.5, 10, (7000.0, 7812.5), [proof("b", "OCMF", "K"), proof("e", "OCMF", "K")]),
    ]


METERS = {"A/1": {"begin": 1000.0, "end": 3500.0}, "A/2": {"begin": 5.0, "end": 5.0}, "B/2": {"begin": 7000.0, "end": 7812.5}}


def judged(folder: Path, lines: list[Json], found: Json, meters: Json = None, *words: str) -> tuple[int, str]:
    """Run the judge the way anybody would: another interpreter that finds nothing of ours."""
    capture, exported, shown = folder / "frames.jsonl", folder / "records.json", folder / "meters.json"
    capture.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    exported.write_text(json.dumps(found), encoding="utf-8")
    shown.write_text(json.dumps(METERS if meters is None else meters), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(JUDGE), str(capture), str(exported), "--meters", str(shown), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_right_records_pass(tmp_path: Path) -> None:
    code, said = judged(tmp_path, tape().lines, records(), None, "--one-each")
    assert said == "2 transactions, 2 records, 3312.5000 Wh, 0 differences\n"
    assert code == 0


def test_the_verdict_can_be_had_for_programs(tmp_path: Path) -> None:
    code, said = judged(tmp_path, tape().lines, records(), None, "--json")
    told = json.loads(said)
    assert (code, told["transactions"], told["energy_Wh"], told["signed"], told["differences"]) == (0, 2, 3312.5, 3, [])


def test_a_correction_takes_the_place_of_what_it_corrects(tmp_path: Path) -> None:
    found = records()
    wrong = {**copy.deepcopy(found[0]), "energy": 1.0}
    found[0] |= {"id": "r1-c1", "corrects": "r1"}
    assert judged(tmp_path, tape().lines, [wrong, *found])[0] == 0


def put(place: int, **fields: Json) -> Callable[[list[Json]], Json]:
    return lambda found: found[place].update(fields)


def part(place: int, **fields: Json) -> Callable[[list[Json]], Json]:
    return lambda found: found[place]["services"][1].update(fields)


CORRUPTIONS: list[tuple[str, Callable[[list[Json]], Json]]] = [
    ("stands in 0 records", lambda found: found.pop()),
    ("there are 2 of it", lambda found: found.append(copy.deepcopy(found[0]))),
    ("stands in 2 records", lambda found: found.append({**copy.deepcopy(found[0]), "id": "r9"})),
    ("energy 2500.001 Wh", put(0, energy=2500.001)),
    ("energy 0.0 Wh", put(1, energy=0.0)),
    ("exported 1.0 Wh", put(0, exported=1.0)),
    ("begins at", put(0, began="2026-03-01T12:00:01Z")),
    ("ends at", put(0, ended="2026-03-01T12:29:59Z")),
    ("took another time", part(0, began="2026-03-01T12:00:01Z")),
    ("took another time", part(1, ended="2026-03-01T12:11:00Z")),
    ("services of 17 add up to 2499.0", part(0, quantity=2499.0)),
    ("nobody told of A 18", put(0, transfers=["18"])),
    ("holds no transaction", put(0, transfers=[])),
    ("it holds 2 transactions", put(0, transfers=["17", "17"])),
    ("nobody told of C 17", put(0, station="C")),
    ("at EVSE 2", put(0, evse=2)),
    ("another credential", put(0, subject={"ref": "s", "kind": "ISO14443", "value": "04FF"})),
    ("signed readings", put(0, signed=[])),
    ("signed readings", put(0, signed=[proof("sig ")])),
    ("signed readings", put(1, signed=[proof("e", "OCMF", "K"), proof("b", "OCMF", "K")])),
    ("signed readings", put(1, signed=[proof("b", "OCMF", "K"), proof("e", "OCMF", "L")])),
    ("meter start", put(0, meter={"id": "", "start": 999.0, "stop": 3500.0})),
    ("meter stop", put(1, meter={"id": "", "start": 7000.0, "stop": None})),
    ("corrected, but not there", put(0, corrects="r0")),
]


@pytest.mark.parametrize(("words", "corrupt"), CORRUPTIONS)
def test_a_wrong_record_is_caught(words: str, corrupt: Callable[[list[Json]], Json], tmp_path: Path) -> None:
    found = records()
    corrupt(found)
    code, said = judged(tmp_path, tape().lines, found, None, "--one-each")
    assert words in said
    assert code == 1


def test_meters_that_counted_more_than_was_recorded_are_caught(tmp_path: Path) -> None:
    meters = {**METERS, "A/2": {"begin": 5.0, "end": 6.0}}
    code, said = judged(tmp_path, tape().lines, records(), meters)
    assert "meter A/2 counted 1.0 Wh, its records say 0 Wh" in said
    assert code == 1


def change(made: Tape, action: str, **fields: Json) -> None:
    """Let a station tell something of its own once more, with another content."""
    told = next(json.loads(line["frame"]) for line in made.lines if f'"{action}"' in line["frame"])
    line = next(line for line in made.lines if f'"{action}"' in line["frame"])
    made.call(line["station"], line["version"], action, {**told[3], **fields}, {"transactionId": 18})


@pytest.mark.parametrize(
    ("words", "action", "fields"),
    [
        ("two contents", "TransactionEvent", {"timestamp": "2026-03-01T12:59:00Z"}),
        ("named 17 and then 18", "StartTransaction", {}),
        ("end was never told", "StartTransaction", {"meterStart": 3500}),
        ("two stops that differ", "StopTransaction", {"timestamp": "2026-03-01T12:31:00Z"}),
        ("start was never told", "StopTransaction", {"transactionId": 99}),
    ],
)
def test_what_was_told_in_two_ways_or_by_half_is_caught(words: str, action: str, fields: Json, tmp_path: Path) -> None:
    made = tape()
    change(made, action, **fields)
    code, said = judged(tmp_path, made.lines, records())
    assert words in said
    assert code == 1


def test_two_starts_under_one_number_are_caught(tmp_path: Path) -> None:
    made = tape()
    made.call("A", "ocpp1.6", "StartTransaction", {**START, "timestamp": "2026-03-01T13:00:00Z"}, {"transactionId": 17})
    assert "two starts under one transaction id" in judged(tmp_path, made.lines, records())[1]


def test_what_was_never_acknowledged_is_caught(tmp_path: Path) -> None:
    made = tape()
    made.call("B", "ocpp2.0.1", "TransactionEvent", event("Updated", 3, 8, 7500, "Sample.Periodic"), answered=False)
    assert "TransactionEvent B-1 3: told 1 times, never acknowledged" in judged(tmp_path, made.lines, records())[1]


def test_what_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    assert judged(tmp_path, [{"station": "A"}], records())[0] == 2
    assert judged(tmp_path, tape().lines, [{"id": "r1"}])[0] == 2


def test_the_judge_imports_nothing_but_the_standard_library() -> None:
    imports = [name.partition(".")[0] for name in imported(ast.parse(JUDGE.read_text(encoding="utf-8")))]
    assert set(imports) <= sys.stdlib_module_names


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is named in an import, wherever it stands; a relative one as nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "" if node.level else node.module or ""
