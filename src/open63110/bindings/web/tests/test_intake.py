# SPDX-License-Identifier: Apache-2.0
"""Bodies derived from commands: unknown fields refused with a suggestion, credentials by value made references."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from open63110.bindings.web import intake
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.messages import Command
from open63110.model.token import Credential
from open63110.runtime.table import discover
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.services.authorize_locally import PutToken, SendLocalList
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

CS = StationId("CS-1")


class Subjects:
    """References are the value behind a star."""

    def __init__(self) -> None:
        self.known: dict[SubjectRef, Credential] = {}

    def ref(self, credential: Credential) -> SubjectRef:
        ref = SubjectRef(f"*{credential.value}")
        self.known[ref] = credential
        return ref

    def credential(self, ref: SubjectRef) -> Credential | None:
        return self.known.get(ref)


def command(kind: type[Command], **said: Any) -> Any:
    body = intake.read(msgspec.json.encode(said), intake.body_of(kind))
    return intake.command(kind, body, CS, Subjects())


def test_an_empty_body_stands_for_the_defaults() -> None:
    body = intake.read(b"", intake.body_of(RebootStation))
    assert intake.command(RebootStation, body, CS, Subjects()) == RebootStation(station=CS)


def test_fields_are_taken_over_by_name() -> None:
    assert command(RebootStation, mode="immediate", evse=2) == RebootStation(
        station=CS, mode=RebootMode.IMMEDIATE, evse=EvseNumber(2)
    )


def test_a_credential_by_value_becomes_a_reference_and_goes_no_further() -> None:
    started = command(StartRemotely, subject={"kind": "ISO14443", "value": "04A2"}, evse=1)
    assert started.subject == "*04A2"
    assert "ISO14443" not in repr(started)


def test_a_credential_may_be_named_by_the_reference_an_answer_showed() -> None:
    subjects = Subjects()
    ref = subjects.ref(Credential(kind="Central", value="app"))
    body = intake.read(b'{"subject": "*app", "evse": 1}', intake.body_of(StartRemotely))
    assert intake.command(StartRemotely, body, CS, subjects).subject == ref


def test_a_reference_to_nothing_is_refused() -> None:
    with pytest.raises(Malformed, match="refers to no credential"):
        command(StartRemotely, subject="s123", evse=1)


def test_a_credential_needs_kind_and_value() -> None:
    with pytest.raises(Malformed, match="kind and a value"):
        command(StartRemotely, subject={"kind": "", "value": "04"}, evse=1)


def test_a_token_is_named_by_its_own_kind_and_value_and_its_group_by_those_of_another() -> None:
    put = command(
        PutToken, token={"kind": "ISO14443", "value": "04", "group": {"kind": "Central", "value": "fleet"}, "concurrent": 0}
    )
    assert (put.token.ref, put.token.kind, put.token.group, put.token.concurrent) == ("*04", "ISO14443", "*fleet", 0)


def test_lists_of_structs_are_taken_element_by_element() -> None:
    sent = command(SendLocalList, version=3, entries=[{"subject": {"kind": "ISO14443", "value": "04"}, "status": "Accepted"}])
    assert sent.entries[0].subject == "*04"
    assert sent.entries[0].group is None
    assert command(SendLocalList).entries is None


def test_a_time_without_zone_is_utc() -> None:
    put = command(PutToken, token={"kind": "Central", "value": "x", "valid_until": "2027-01-01T00:00:00"})
    assert put.token.valid_until == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "said", "hint"),
    [
        (RebootStation, {"mod": "immediate"}, "did you mean mode?"),
        (RebootStation, {"station": "CS-2"}, "known here: evse, mode"),
        (PutToken, {"token": {"kind": "x", "value": "y", "blockedd": True}}, "did you mean blocked?"),
    ],
)
def test_an_unknown_field_is_refused_with_what_was_probably_meant(kind: type[Command], said: dict[str, Any], hint: str) -> None:
    with pytest.raises(Malformed, match="is no field") as refused:
        command(kind, **said)
    assert refused.value.remedy == hint
    assert refused.value.code == "UnknownField"


@pytest.mark.parametrize("raw", [b"{", b"[]", b"null", b"\xff\xfe", b'{"evse": "one"}', b'{"mode": "now"}', b'{"evse": 1.5}'])
def test_what_is_no_body_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        intake.read(raw, intake.body_of(RebootStation))


def test_a_form_may_say_numbers_as_text_where_json_may_not() -> None:
    assert intake.taken({"evse": "2"}, intake.body_of(RebootStation)).evse == 2
    with pytest.raises(Malformed):
        intake.taken({"evse": "two"}, intake.body_of(RebootStation))


@pytest.mark.parametrize("door", discover().doors, ids=lambda door: door.command.__name__)
def test_every_door_has_a_body_without_the_station_that_describes_itself(door: Any) -> None:
    body = intake.body_of(door.command)
    assert "station" not in body.__struct_fields__
    (schema,), components = msgspec.json.schema_components([body])
    assert schema["$ref"].rpartition("/")[2] in components
