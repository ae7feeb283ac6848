# SPDX-License-Identifier: Apache-2.0
"""Write what is published of the messages of the 63110 link: schema, table, golden vectors, and the lock of the registry."""

from __future__ import annotations

import random
import sys
import textwrap
from pathlib import Path
from typing import Any, Final

import msgspec
from tools.link_samples import STATION, Wallet, sample, typical

from open63110.bindings.link.messages import json_form
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import REQUIRED, Record, Slot
from open63110.bindings.link.messages.registry import Definition
from open63110.bindings.link.messages.rights import RIGHTS
from open63110.bindings.link.messages.shapes import rule_name
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.runtime.table import discover

ROOT: Final = Path(__file__).parent.parent
LOCK: Final = ROOT / "src/open63110/bindings/link/messages/registry.lock"
SCHEMA: Final = ROOT / "docs/bindings/link.cddl"
TABLE: Final = ROOT / "docs/bindings/messages.md"
VECTORS: Final = ROOT / "docs/bindings/vectors/messages.json"

PRELUDE: Final = """\
; What stands for what. No tags, no items of unstated length, no key twice, at most 16 containers within each other.
int64 = -9223372036854775808..9223372036854775807
uint63 = 0..9223372036854775807
moment = -253402300799999..253402300799999 ; milliseconds since 1970-01-01T00:00:00Z
decimal = [exponent: -9..-1, mantissa: int64] ; mantissa * 10^exponent; the mantissa is below 2^53
quantity = int64 / decimal / float ; finite
credential = [kind: (credential-kind / tstr), value: tstr]
subject = credential / tstr ; alone: a reference to a credential that was erased
readings = [* reading-group]
reading-group = [since: int64, channels: [+ uint63], values: [+ thousandths]]
  / [since: int64, channels: [+ uint63], values: [+ thousandths], details: {+ uint => reading}]
; since: milliseconds after the moment of the message. A channel: measurand + 32 * phase + 512 * context + 8192 * location.
; As many values as channels. Details: what else there is to a reading, by its place in the group from 0 on.
thousandths = int64 / float ; an integer counts thousandths, a float is the value itself; finite
others = (* int => any) ; of newer versions; below 0: of vendors
"""

INTRODUCTION: Final = """\
# Messages of the link

Written by `tools/generate_cddl.py` from the registry (`src/open63110/bindings/link/messages/registry.toml`) and the use cases;
the schema is [link.cddl](link.cddl), golden vectors are in [vectors/messages.json](vectors/messages.json).

A message is the body of DATA: one CBOR map with the keys below. Its number stands in the header.

* **Left out** is what holds its default. A field without a default (marked with *) is always there.
* **The station** (key 1) is left out where the address of the message names it; if both are there, they have to agree.
* **Keys that are not known** are passed over. A newer minor version only adds; keys below 0 belong to vendors, and whoever
  passes a message on passes them on in the bytes they came in.
* **Moments** are whole milliseconds since 1970 in UTC, without a tag. **Quantities** are SI: an integer, `[exponent, mantissa]`
  with a power of ten where that is exact, or a float of any size.
* **Words** are numbers from the tables at the end. Where a table is open, any other word goes as text.
* **People** go as `[kind, value]` of their credential. A text alone is a reference whose credential was erased at the sender.
* **Readings** go in groups of one moment: `[since, channels, values]`, with details behind if a reading has more to it. `since`
  counts milliseconds from the moment of the message. A channel is measurand + 32 × phase + 512 × context + 8192 × location; one
  of a newer version is a reading of measurand `other`. There are as many values as channels; a value counts thousandths, and one
  that is no whole number of them is a float and the value itself. Details are a map from the reading's place in the group, from
  0 on, to a map of name (1), signed reading (2), and the words for phase (3) and location (4) that have no number.

A body has at most 1 MiB, 16 containers within each other, no tag, no item of unstated length and no key twice.
"""


def main() -> None:
    """Write all files, unless something published would be lost."""
    gone = lost(LOCK.read_text(encoding="utf-8")) if LOCK.exists() else []
    if gone:
        sys.exit("registry.toml only ever grows; these were published:\n" + "\n".join(gone))
    for path, text in outputs().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def outputs() -> dict[Path, str]:
    """Return every file with what it should hold."""
    return {LOCK: lock(), SCHEMA: schema(), TABLE: table(), VECTORS: vectors()}


def lost(published: str) -> list[str]:
    """Return the lines of a published lock that the registry does not keep any more."""
    now = set(lock().splitlines())
    return [line for line in published.splitlines() if line not in now]


def ordered() -> list[Definition]:
    """Return all messages by number."""
    return sorted(CODEC.registry.messages, key=lambda one: one.number)


def records() -> dict[str, Record]:
    """Return every record by name, messages and what is inside them."""
    inside = {**CODEC.shapes.records, "Reading": CODEC.readings.details}
    return {one.name: CODEC.records[one.number] for one in ordered()} | dict(sorted(inside.items()))


def lock() -> str:
    """Return one line for everything that was given a number."""
    lines = [f"message {one.number} {one.name}" for one in ordered()]
    for name, record in records().items():
        lines += [f"field {name} {slot.key} {slot.name}: {slot.shape.cddl}{_must(slot)}" for slot in record.slots]
    for name, words in CODEC.registry.words.items():
        lines += [f"word {name} {number} {word}" for word, number in words.items()]
    return "\n".join(lines) + "\n"


def _must(slot: Slot) -> str:
    return " required" if slot.default is REQUIRED else ""


def schema() -> str:
    """Return the CDDL (RFC 8610) of all messages."""
    choice = "\n  / ".join(f"[{one.number}, {rule_name(one.name)}]" for one in ordered())
    parts = [
        "; Messages of the 63110 link; written by tools/generate_cddl.py, not by hand. SPDX-License-Identifier: Apache-2.0\n",
        "; A message: its number, which stands in the header of DATA, and its body.\n" + f"message = {choice}\n",
        PRELUDE,
    ]
    numbers = {one.name: one for one in ordered()}
    for name, record in records().items():
        definition = numbers.get(name)
        title = (
            f"; {definition.number} {name}, version {definition.version}: {_sentence(definition.kind)}"
            if definition
            else f"; {name}"
        )
        parts.append(f"{title}\n{_rule(name, record)}")
    parts += [_words(name, words) for name, words in CODEC.registry.words.items()]
    return "\n".join(parts)


def _rule(name: str, record: Record) -> str:
    lines = [f"{rule_name(name)} = {{"]
    for slot in record.slots:
        optional = slot.default is not REQUIRED or slot.name == "station"
        lines.append(f"  {'? ' if optional else ''}{slot.key}: {slot.shape.cddl}, ; {slot.name}")
    return "\n".join([*lines, "  others", "}", ""])


def _words(name: str, words: dict[str, int]) -> str:
    lines = [f"{number} ; {word or '(none)'}" for word, number in words.items()]
    return f"{rule_name(name)} = " + "\n  / ".join(lines) + "\n"


def _sentence(kind: type[Any]) -> str:
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


def table() -> str:
    """Return the page of all messages."""
    parts = [INTRODUCTION, _overview()]
    parts += [_chapter(one) for one in ordered()]
    parts.append("## Parts of messages\n")
    for name, record in records().items():
        if name not in CODEC.registry.by_name:
            parts.append(f"### {name}\n\n{_fields(record)}")
    parts.append("## Words\n")
    for name, words in CODEC.registry.words.items():
        listed = " · ".join(f"{number} {word or '(none)'}" for word, number in words.items())
        parts.append(f"**{name}**: {listed}\n")
    return "\n".join(parts)


def _overview() -> str:
    rows = ["| Number | Message | Kind | Clause | Said by → to |", "|---|---|---|---|---|"]
    for one in ordered():
        link = f"[{one.name}](#{one.number}-{one.name.lower()})"
        rows.append(f"| {one.number} | {link} | {_kind(one)} | {clause(one.kind)} | {_ways(one)} |")
    return "\n".join([*rows, ""])


def _kind(definition: Definition) -> str:
    if definition.reply:
        return "reply"
    return "fact" if issubclass(definition.kind, Event) else "frame" if clause(definition.kind) == "B" else "request"


def _ways(definition: Definition) -> str:
    return ", ".join(f"{sender} → {receiver}" for sender, receiver in ways(definition))


def ways(definition: Definition) -> list[tuple[Role, Role]]:
    """Return who says a message to whom, without what a local CSMS only passes on."""
    if definition.only:
        cells = sorted((sender, to) for sender, to, number in RIGHTS.table if number == definition.number)
        return [(sender, to) for sender, to in cells if to in definition.to]
    return [(Role.STATION if to is Role.CSMS else Role.CSMS, to) for to in sorted(definition.to)]


def clause(kind: type[Any]) -> str:
    """Return the clause of the use case that a message belongs to."""
    cases = discover().cases
    for case in cases:
        if any(kind is message for _, message in case.decide):
            return case.clause
    module = kind.__module__
    for case in cases:
        homes = {function.__module__.rsplit(".", 1)[0] for function in (*case.decide.values(), *case.evolve.values())}
        if any(module.startswith(home) and home.count(".") > 2 for home in homes) or kind in case.evolve:
            return case.clause
    return "B"


def _chapter(definition: Definition) -> str:
    record = CODEC.records[definition.number]
    words = textwrap.fill(_sentence(definition.kind), 130)
    return f"## {definition.number} {definition.name}\n\n{words} Version {definition.version}.\n\n{_fields(record)}"


def _fields(record: Record) -> str:
    if not record.slots:
        return "No fields.\n"
    rows = ["| Key | Field | Type | Left out: |", "|---|---|---|---|"]
    for slot in record.slots:
        star = "*" if slot.default is REQUIRED else ""
        rows.append(f"| {slot.key} | {slot.name}{star} | `{slot.shape.cddl}` | {_left_out(slot)} |")
    return "\n".join([*rows, ""])


def _left_out(slot: Slot) -> str:
    """Say what a field is that is not there."""
    if slot.default is REQUIRED:
        return "as addressed" if slot.name == "station" else "never"
    if isinstance(slot.default, msgspec.Struct):
        return "all its defaults"
    return f"`{msgspec.json.encode(slot.default).decode()}`"


def vectors() -> str:
    """Return golden vectors: every message, sparse and full, as hex and in the debug form, credentials shown."""
    chance, wallet = random.Random(1), Wallet()  # noqa: S311 - a sample is no secret
    found = [vector(typical(), wallet)]
    for one in ordered():
        found += [vector(sample(one.name, chance, full=full), wallet) for full in (False, True)]
    return msgspec.json.format(msgspec.json.encode({"station": STATION, "vectors": found}), indent=1).decode() + "\n"


def vector(message: Any, wallet: Wallet) -> dict[str, Any]:
    """Return one message as a golden vector."""
    number = CODEC.number(message)
    return {
        "number": number,
        "version": CODEC.definition(number).version,
        "hex": CODEC.encode(message, subjects=wallet).hex(),
        "form": json_form.show(message, subjects=wallet),
    }


if __name__ == "__main__":
    main()
