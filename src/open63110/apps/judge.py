# SPDX-License-Identifier: Apache-2.0
"""Recomputes sessions and energy from captured OCPP frames and compares them with exported service detail records.

Standard library only, and nothing of the program it judges:

    python src/open63110/apps/judge.py CAPTURE.jsonl RECORDS.json [--meters METERS.json] [--one-each] [--json]

CAPTURE holds one object a line, {"t", "station", "dir": "up"|"down", "version", "frame"}, the frame as text; RECORDS is the
array that /api/v1/records exports; METERS is {"<station>/<evse>": {"begin": Wh, "end": Wh}}.

What it holds true: the same fact may be told any number of times, and counts once (2.x: transaction id and seqNo; 1.6: the
content of a start, the transaction id of a stop); the order is that of seqNo; energy is end register minus begin register;
every transaction that was told belongs to exactly one record that no other corrects; signed readings are there byte by byte.

Exit code: 0 no difference, 1 at least one (each is printed), 2 the input cannot be read.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = Any
FACTOR = {"kWh": Decimal(1000)}
QUANTUM = Decimal("0.001")
"""Records tell energy in thousandths of a watt-hour."""
BETWEEN = {"Sample.Periodic", "Sample.Clock"}
"""Contexts of readings that are neither begin nor end."""


@dataclass
class Transaction:
    """What the frames say of one energy transfer."""

    station: str
    reference: str
    evse: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    token: str = ""
    registers: list[tuple[tuple[int, int], str, Decimal]] = field(default_factory=list)
    """(place in order, context, Wh)."""
    signed: list[tuple[tuple[int, int], tuple[str, str, str, str]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return station and reference."""
        return f"{self.station} {self.reference}"

    @property
    def begin(self) -> Decimal | None:
        """The register at its begin [Wh]."""
        values = [(place, value) for place, context, value in self.registers if context == "Transaction.Begin"]
        ordered = sorted(values or [(place, value) for place, _, value in self.registers])
        return ordered[0][1] if ordered else None

    @property
    def end(self) -> Decimal | None:
        """The register at its end [Wh]."""
        values = [(place, value) for place, context, value in self.registers if context == "Transaction.End"]
        ordered = sorted(values or [(place, value) for place, _, value in self.registers])
        return ordered[-1][1] if ordered else None

    @property
    def energy(self) -> Decimal:
        """End minus begin [Wh]."""
        return Decimal(0) if self.begin is None or self.end is None else self.end - self.begin

    @property
    def proofs(self) -> list[tuple[str, str, str, str]]:
        """Signed readings of begin and end, in their order, each once."""
        return list(dict.fromkeys(proof for _, proof in sorted(self.signed)))


@dataclass
class Call:
    """One call and what became of it."""

    station: str
    version: str
    action: str
    payload: Json
    answer: Json = None
    answered: bool = False


class Problem(Exception):
    """The input is not what it should be."""


# -- reading ------------------------------------------------------------------------------------------------------------


def calls_of(lines: Iterator[str]) -> list[Call]:
    """Return the calls of stations in their order, with their answers."""
    calls: list[Call] = []
    waiting: dict[tuple[str, str], Call] = {}
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            frame = json.loads(entry["frame"], parse_float=Decimal)
            kind, name, up = frame[0], frame[1], entry["dir"] == "up"
        except (ValueError, KeyError, IndexError, TypeError) as fault:
            raise Problem(f"line {number} of the capture: {fault}") from fault
        key = (entry["station"], name)
        if up and kind == 2:
            calls.append(Call(entry["station"], entry["version"], frame[2], frame[3]))
            waiting[key] = calls[-1]
        elif not up and kind == 3 and (call := waiting.pop(key, None)):
            call.answer, call.answered = frame[2], True
    return calls


def moment(text: str) -> datetime:
    """Read a time stamp."""
    return datetime.fromisoformat(text)


class Frames:
    """Transactions, put together from calls."""

    def __init__(self) -> None:
        self.transactions: dict[tuple[str, str], Transaction] = {}
        self.differences: list[str] = []
        self._told: dict[tuple[str, str, int], Json] = {}
        self._starts: dict[tuple[str, ...], str] = {}
        self._answers: dict[tuple[str, ...], tuple[int, bool]] = {}

    def take(self, calls: list[Call]) -> None:
        """Sort calls in."""
        for call in calls:
            if call.version == "ocpp1.6":
                self._take_16(call)
            elif call.action == "TransactionEvent":
                self._take_event(call)
        for key, (told, answered) in self._answers.items():
            if not answered:
                self.differences.append(f"{' '.join(key)}: told {told} times, never acknowledged")

    def _transaction(self, station: str, reference: str) -> Transaction:
        return self.transactions.setdefault((station, reference), Transaction(station, reference))

    def _acknowledged(self, call: Call, *key: str) -> None:
        """Remember whether a fact was ever answered, under the name that its repetition has too."""
        told, answered = self._answers.get((call.station, *key), (0, False))
        self._answers[(call.station, *key)] = told + 1, answered or call.answered

    # OCPP 1.6

    def _take_16(self, call: Call) -> None:
        said = call.payload
        if call.action == "StartTransaction":
            self._start_16(call, said)
        elif call.action == "StopTransaction":
            self._acknowledged(call, "StopTransaction", str(said["transactionId"]))
            self._stop_16(self._transaction(call.station, str(said["transactionId"])), said)
        elif call.action == "MeterValues" and said.get("transactionId", 0) > 0:
            one = self._transaction(call.station, str(said["transactionId"]))
            self._values(one, (1, len(one.registers)), said["meterValue"], updates=True)

    def _start_16(self, call: Call, said: Json) -> None:
        key = (call.station, *(str(said[name]) for name in ("connectorId", "idTag", "timestamp", "meterStart")))
        self._acknowledged(call, "StartTransaction", *key[1:])
        if not call.answered:
            return
        reference = str(call.answer["transactionId"])
        if self._starts.setdefault(key, reference) != reference:
            self.differences.append(f"{call.station}: one start was named {self._starts[key]} and then {reference}")
            return
        one = self._transaction(call.station, reference)
        if one.began is not None and one.began != moment(said["timestamp"]):
            self.differences.append(f"{one.name}: two starts under one transaction id")
        one.evse, one.token, one.began = said["connectorId"], said["idTag"], moment(said["timestamp"])
        one.registers.append(((0, 0), "Transaction.Begin", Decimal(said["meterStart"])))

    def _stop_16(self, one: Transaction, said: Json) -> None:
        at = moment(said["timestamp"])
        if one.ended is not None and one.ended != at:
            self.differences.append(f"{one.name}: two stops that differ")
            return
        one.ended = at
        one.registers.append(((3, 0), "Transaction.End", Decimal(said["meterStop"])))
        self._values(one, (2, 0), said.get("transactionData", ()), updates=False)

    # OCPP 2.x

    def _take_event(self, call: Call) -> None:
        said = call.payload
        reference, seq = said["transactionInfo"]["transactionId"], said["seqNo"]
        self._acknowledged(call, "TransactionEvent", reference, str(seq))
        known = self._told.get((call.station, reference, seq))
        if known is not None:
            if known != said:
                self.differences.append(f"{call.station} {reference}: seqNo {seq} was told with two contents")
            return
        self._told[call.station, reference, seq] = said
        one = self._transaction(call.station, reference)
        one.evse = said.get("evse", {}).get("id", one.evse)
        kind, at = said["eventType"], moment(said["timestamp"])
        if kind == "Started":
            one.began, one.token = at, said.get("idToken", {}).get("idToken", "")
        if kind == "Ended":
            one.ended = at
        self._values(one, (1, seq), said.get("meterValue", ()), updates=kind == "Updated")

    # both

    def _values(self, one: Transaction, place: tuple[int, int], values: Json, *, updates: bool) -> None:
        for value in values:
            for sample in value["sampledValue"]:
                context = sample.get("context", "Sample.Periodic")
                proof = _proof(sample)
                if proof is not None and (
                    context in {"Transaction.Begin", "Transaction.End"} if updates else context not in BETWEEN
                ):
                    one.signed.append((place, proof))
                energy = _energy(sample)
                if energy is not None:
                    one.registers.append((place, context, energy))


def _energy(sample: Json) -> Decimal | None:
    """Return the import register that a sample shows [Wh], None if it shows something else."""
    total = sample.get("measurand", "Energy.Active.Import.Register") == "Energy.Active.Import.Register"
    if not total or "phase" in sample or sample.get("location", "Outlet") != "Outlet" or sample.get("format") == "SignedData":
        return None
    unit = sample.get("unitOfMeasure", {"unit": sample.get("unit", "Wh")})
    scale = FACTOR.get(unit.get("unit", "Wh"), Decimal(1)) * Decimal(10) ** int(unit.get("multiplier", 0))
    return Decimal(sample["value"]) * scale


def _proof(sample: Json) -> tuple[str, str, str, str] | None:
    if sample.get("format") == "SignedData":
        return sample["value"], "", "", ""
    signed = sample.get("signedMeterValue")
    if signed is None:
        return None
    names = ("signedMeterData", "signingMethod", "encodingMethod", "publicKey")
    data, method, encoding, key = (str(signed.get(name, "")) for name in names)
    return data, method, encoding, key


# -- judging ------------------------------------------------------------------------------------------------------------


def judge(transactions: dict[tuple[str, str], Transaction], records: list[Json], *, one_each: bool) -> Iterator[str]:
    """Yield every difference between what was told and what was recorded."""
    corrected = {record["corrects"] for record in records if record.get("corrects")}
    names = Counter(record["id"] for record in records)
    yield from (f"record {name}: there are {count} of it" for name, count in names.items() if count > 1)
    yield from (f"record {name}: corrected, but not there" for name in sorted(corrected - set(names)))
    valid = [record for record in records if record["id"] not in corrected]
    held: Counter[tuple[str, str]] = Counter()
    for record in valid:
        mine = [transactions.get((record["station"], reference)) for reference in record["transfers"]]
        held.update((record["station"], reference) for reference in record["transfers"])
        yield from _judge_record(record, mine, one_each=one_each)
    for key, one in transactions.items():
        if one.began is None or one.ended is None:
            yield f"{one.name}: {'start' if one.began is None else 'end'} was never told"
        if held[key] != 1 and (one.token or one.energy or held[key]):
            yield f"{one.name}: stands in {held[key]} records, energy {one.energy} Wh"


def _judge_record(record: Json, mine: list[Transaction | None], *, one_each: bool) -> Iterator[str]:
    name = f"record {record['id']}"
    known = [one for one in mine if one is not None]
    for reference, one in zip(record["transfers"], mine, strict=True):
        if one is None:
            yield f"{name}: nobody told of {record['station']} {reference}"
    if not known:
        yield f"{name}: it holds no transaction"
        return
    if one_each and len(mine) != 1:
        yield f"{name}: it holds {len(mine)} transactions"
    energy = sum((one.energy for one in known), Decimal(0))
    if _rounded(record["energy"]) != _rounded(energy):
        yield f"{name}: energy {record['energy']} Wh, the frames say {energy} Wh"
    if record.get("exported"):
        yield f"{name}: exported {record['exported']} Wh, the frames say nothing of it"
    yield from _judge_times(name, record, known)
    yield from _judge_services(name, record, known)
    yield from _judge_identity(name, record, known)
    yield from _judge_meter(name, record, known)


def _rounded(value: Json) -> Decimal:
    return Decimal(value).quantize(QUANTUM)


def _judge_times(name: str, record: Json, known: list[Transaction]) -> Iterator[str]:
    began, ended = moment(record["began"]), moment(record["ended"])
    first = min((one.began for one in known if one.began), default=began)
    last = max((one.ended for one in known if one.ended), default=ended)
    if began > first:
        yield f"{name}: begins at {began}, after its transaction ({first})"
    if ended < last:
        yield f"{name}: ends at {ended}, before its transaction ({last})"


def _judge_services(name: str, record: Json, known: list[Transaction]) -> Iterator[str]:
    for one in known:
        parts = [part for part in record["services"] if part["transaction"].rpartition("/")[0] == one.reference]
        parts = [part for part in parts if part["kind"] == "energy_import"]
        told = sum((Decimal(part["quantity"]) for part in parts), Decimal(0))
        if _rounded(told) != _rounded(one.energy):
            yield f"{name}: services of {one.reference} add up to {told} Wh, the frames say {one.energy} Wh"
        if parts and (moment(parts[0]["began"]), moment(parts[-1]["ended"])) != (one.began, one.ended):
            yield f"{name}: the services of {one.reference} took another time than {one.began} – {one.ended}"


def _judge_identity(name: str, record: Json, known: list[Transaction]) -> Iterator[str]:
    if any(one.evse not in {0, record["evse"]} for one in known):
        yield f"{name}: at EVSE {record['evse']}, the frames say {sorted({one.evse for one in known})}"
    value = (record.get("subject") or {}).get("value", "")
    tokens = {one.token.casefold() for one in known if one.token}
    if "•" not in value and tokens and value.casefold() not in tokens:
        yield f"{name}: of another credential than the frames say"
    proofs = [proof for one in known for proof in one.proofs]
    kept = [tuple(signed[part] for part in ("data", "method", "encoding", "public_key")) for signed in record["signed"]]
    if kept != proofs:
        yield f"{name}: {len(kept)} signed readings, which are not the {len(proofs)} of the frames byte by byte"


def _judge_meter(name: str, record: Json, known: list[Transaction]) -> Iterator[str]:
    meter = record["meter"]
    for what, said, told in (("start", meter["start"], known[0].begin), ("stop", meter["stop"], known[-1].end)):
        if told is not None and (said is None or _rounded(said) != _rounded(told)):
            yield f"{name}: meter {what} {said} Wh, the frames say {told} Wh"


def judge_meters(meters: Json, records: list[Json]) -> Iterator[str]:
    """Yield where the sum of the records of an EVSE is not what its meter counted."""
    corrected = {record["corrects"] for record in records if record.get("corrects")}
    sums: dict[str, Decimal] = dict.fromkeys(meters, Decimal(0))
    for record in records:
        if record["id"] not in corrected:
            place = f"{record['station']}/{record['evse']}"
            sums[place] = sums.get(place, Decimal(0)) + Decimal(record["energy"])
    for place, energy in sums.items():
        shown = meters.get(place, {"begin": Decimal(0), "end": Decimal(0)})
        counted = Decimal(shown["end"]) - Decimal(shown["begin"])
        if _rounded(counted) != _rounded(energy):
            yield f"meter {place} counted {counted} Wh, its records say {energy} Wh"


def main(arguments: list[str] | None = None) -> int:
    """Judge the files that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("capture", type=Path)
    parser.add_argument("records", type=Path)
    parser.add_argument("--meters", type=Path, help="what the meters showed before and after")
    parser.add_argument("--one-each", action="store_true", help="a record holds exactly one transaction")
    parser.add_argument("--json", action="store_true", help="print the verdict as one line of JSON")
    chosen = parser.parse_args(arguments)
    frames = Frames()
    try:
        with chosen.capture.open(encoding="utf-8") as lines:
            calls = calls_of(lines)
        frames.take(calls)
        records = json.loads(chosen.records.read_text(encoding="utf-8"), parse_float=Decimal)
        differences = [*frames.differences, *judge(frames.transactions, records, one_each=chosen.one_each)]
        if chosen.meters:
            meters = json.loads(chosen.meters.read_text(encoding="utf-8"), parse_float=Decimal)
            differences += judge_meters(meters, records)
    except (OSError, ValueError, KeyError, TypeError, Problem) as fault:
        print(f"judge: cannot read the input: {type(fault).__name__}: {fault}", file=sys.stderr)
        return 2
    _report(frames, records, differences, as_json=chosen.json)
    return 1 if differences else 0


def _report(frames: Frames, records: list[Json], differences: list[str], *, as_json: bool) -> None:
    told = frames.transactions.values()
    energy = sum((one.energy for one in told), Decimal(0))
    corrected = {record["corrects"] for record in records if record.get("corrects")}
    summary = {
        "transactions": len(frames.transactions),
        "records": len([record for record in records if record["id"] not in corrected]),
        "corrected": len(corrected),
        "energy_Wh": float(energy),
        "signed": sum(len(one.proofs) for one in told),
        "differences": differences,
    }
    if as_json:
        print(json.dumps(summary))
        return
    for difference in differences:
        print(difference)
    print(f"{summary['transactions']} transactions, {summary['records']} records, {energy} Wh, {len(differences)} differences")


if __name__ == "__main__":
    sys.exit(main())
