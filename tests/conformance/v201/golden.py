# SPDX-License-Identifier: Apache-2.0
"""Golden frames: payloads written by hand from the schemas, with what they mean inside, in JSON files by action.

A case holds what was called (`request`), what it means (`says`: our messages, each with the fields that matter), and what is
answered to what (`answers`: `replies` or a `trouble`, then the `response`). Where we call, it also holds our `message`, which
must give just that request, and what responses mean (`hears`); `names` are transaction ids of 1.6 by our reference.
"""

import json
import typing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import msgspec
import ocpp

from open63110.bindings.ocpp import tolerance
from open63110.bindings.ocpp.translation import Door, Translation, Wire
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command, Event, Message, Reply
from open63110.model.quarantine import MessageKept
from open63110.model.token import Credential
from open63110.runtime.table import discover
from open63110.usecases.stations.keep_unplaced import Kept

NOW = datetime(2026, 5, 1, 12, 0, 5, tzinfo=UTC)
CS = StationId("cs1")
FRAMES = Path(__file__).parent / "frames"
SCHEMAS = Path(ocpp.__file__).parent


class Names:
    """References one can read: kind and value with a colon between."""

    def ref(self, credential: Credential) -> SubjectRef:
        return SubjectRef(f"{credential.kind}:{credential.value}")

    def named(self, value: str) -> SubjectRef:
        return SubjectRef(f"ISO14443:{value}")

    def credential(self, ref: SubjectRef) -> Credential | None:
        kind, _, value = ref.partition(":")
        return Credential(kind=kind, value=value) if value != "erased" else None


class Case(NamedTuple):
    """One case of one action."""

    action: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.action} {self.said['it']}"


def cases(folder: Path = FRAMES) -> list[Case]:
    """Read every golden frame of a folder."""
    return [Case(path.stem, said) for path in sorted(folder.glob("*.json")) for said in json.loads(path.read_text())]


def door(wire: Wire, raw: bytes = b"{}", names: dict[str, Any] | None = None) -> Door:
    """Return a door as a conversation would hold it; at the station end also with the names the CSMS gave."""
    return Door(station=CS, version=wire.version, subjects=Names(), now=NOW, raw=raw, names=dict(names or {}))


@cache
def _kinds() -> dict[str, Any]:
    discover()
    found: dict[str, Any] = {}
    todo: list[Any] = [Command, Event, Reply]
    while todo:
        kind = todo.pop()
        found[kind.__name__] = kind
        todo.extend(kind.__subclasses__())
    return found


def build(spelled: list[Any]) -> Any:
    """Make one of our messages out of its name and fields."""
    name, fields = spelled
    kind = _kinds()[name]
    hints = typing.get_type_hints(kind)
    for key, value in fields.items():
        assert key in hints, f"{name} has no {key}"
        if key == "token" and isinstance(value, dict):  # a noun is an array in the journal, which nobody can write by hand
            fields = fields | {key: _noun(typing.get_args(hints[key])[0], value)}
        else:
            fields = fields | {key: msgspec.convert(value, hints[key])}
    return kind(**fields)


def _noun(kind: Any, fields: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(**{key: msgspec.convert(value, hints[key]) for key, value in fields.items()})


def agree(messages: typing.Iterable[Message], spelled: list[Any]) -> None:
    """Check messages against their names and the fields that are spelled out."""
    messages = tuple(messages)
    assert [type(one).__name__ for one in messages] == [name for name, _ in spelled]
    for message, (_, fields) in zip(messages, spelled, strict=True):
        found = {key: plain(getattr(message, key)) for key in fields}
        assert found == fields, f"{found} is not {fields}"


def _validator(wire: Wire, stem: str) -> Any:
    folder = {"ocpp1.6": "v16", "ocpp2.0.1": "v201", "ocpp2.1": "v21"}[wire.version]
    name = stem.removesuffix("Request") if folder == "v16" else stem
    file = SCHEMAS / folder / "schemas" / f"{name}.json"
    return jsonschema_rs.validator_for(json.loads(file.read_text("utf-8-sig")))


@cache
def validator(wire: Wire, stem: str) -> Any:
    """Return the judge of a schema: by action, with Request or Response behind it."""
    return _validator(wire, stem)


def plain(payload: Any) -> Any:
    """Return a payload as the peer would read it."""
    return json.loads(msgspec.json.encode(payload))


def read(wire: Wire, action: str, payload: Any, end: int = 0) -> tuple[Any, Door]:
    """Decode a payload by the strict types, and return it with the door it came through."""
    raw = json.dumps(payload).encode()
    decoded: Any
    decoded, deviations = tolerance.decode(wire.types[action][end], raw)
    assert deviations == ()
    return decoded, door(wire, raw)


def stem_of(action: str) -> str:
    """Return what the schema of a request is called: one that nobody answers is none."""
    return action if action == "NotifyPeriodicEventStream" else f"{action}Request"


def is_understood(wire: Wire, case: Case) -> None:
    """Check what a request means."""
    validator(wire, stem_of(case.action)).validate(case.said["request"])
    request, where = read(wire, case.action, case.said["request"])
    agree(wire.by_action[case.action].from_wire(request, where), case.said["says"])


def is_answered(wire: Wire, case: Case) -> None:
    """Check what is answered to what."""
    translation = wire.by_action[case.action]
    request, where = read(wire, case.action, case.said["request"])
    messages = translation.from_wire(request, where)
    for answer in case.said.get("answers", ()):
        response = plain(_response(translation, answer, messages, where))
        assert response == answer["response"]
        validator(wire, f"{case.action}Response").validate(response)


def _response(translation: Translation, answer: dict[str, Any], messages: tuple[Message, ...], where: Door) -> Any:
    if "trouble" in answer:
        assert translation.refuse is not None
        return translation.refuse(Trouble("no", code=answer["trouble"]), where)
    kept = [one for one in messages if isinstance(one, MessageKept)]
    replies = [Kept(message=kept[0], **fields) if name == "Kept" else build([name, fields]) for name, fields in answer["replies"]]
    return translation.answer(replies, where)


def is_called(wire: Wire, case: Case) -> None:
    """Check that our message gives just this request."""
    translation = wire.by_action[case.action]
    message = build(case.said["message"])
    assert wire.carrier(message) is translation
    assert translation.to_wire is not None
    request = plain(translation.to_wire(message, door(wire, names=case.said.get("names"))))
    assert request == case.said["request"]
    validator(wire, stem_of(case.action)).validate(request)


def is_heard(wire: Wire, case: Case) -> None:
    """Check what responses to our message mean."""
    translation = wire.by_action[case.action]
    assert translation.heard is not None
    message = build(case.said["message"])
    for hears in case.said.get("hears", ()):
        response, where = read(wire, case.action, hears["response"], end=1)
        verdict = translation.heard(response, message, where)
        assert (verdict.outcome, verdict.reason) == (hears["outcome"], hears.get("reason", ""))
        agree(verdict.messages, hears["messages"])
