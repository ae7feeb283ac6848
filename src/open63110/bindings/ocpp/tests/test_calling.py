# SPDX-License-Identifier: Apache-2.0
"""The calling half of a conversation: what is written, and what an answer means."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from open63110.bindings.ocpp.calling import Ticket, Unusable, failed, understood, written
from open63110.bindings.ocpp.rpc.errors import ErrorCode
from open63110.bindings.ocpp.rpc.frames import Error, Result
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tolerance import Deviation
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.errors import NotSupported
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.token import Credential
from open63110.usecases.stations.monitor_station import Heartbeat
from open63110.usecases.stations.reboot_station import RebootStation

CS = StationId("CS-1")
WIRE = WIRES[Version.V201]
BEAT = Heartbeat(station=CS)


class Nobody:
    """Knows no credential."""

    def ref(self, credential: Credential) -> SubjectRef:
        return SubjectRef(credential.value)

    def named(self, value: str) -> SubjectRef:
        return SubjectRef(value)

    def credential(self, ref: SubjectRef) -> Credential | None:
        return None


def door(raw: bytes = b"") -> Door:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return Door(station=CS, version=Version.V201, subjects=Nobody(), now=now, raw=raw)


def meaning(ticket: Ticket, action: str, raw: bytes) -> tuple[Any, list[Deviation]]:
    bent: list[Deviation] = []
    answer = Result(id="1", payload=msgspec.Raw(raw))
    return understood(WIRE, ticket, action, answer, door(raw), bent.extend), bent


def test_each_end_writes_what_it_may_call_and_nothing_else() -> None:
    translation, _ = written(WIRE, Role.STATION, BEAT, door())
    assert translation.action == "Heartbeat"
    assert written(WIRE, Role.CSMS, RebootStation(station=CS), door())[0].action == "Reset"
    for role, message in ((Role.CSMS, BEAT), (Role.STATION, RebootStation(station=CS))):
        with pytest.raises(NotSupported):
            written(WIRE, role, message, door())


def test_an_answer_says_what_its_translation_hears_in_it() -> None:
    translation, _ = written(WIRE, Role.STATION, BEAT, door())
    verdict, bent = meaning(Ticket("k", BEAT, translation), "Heartbeat", b'{"currentTime":"2026-03-01 12:00:00","x":1}')
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.answer == '{"currentTime":"2026-03-01 12:00:00","x":1}'
    assert {one.code for one in bent} == {"timestamp", "unknown-field"}


def test_of_a_call_word_by_word_the_status_counts_if_there_is_one() -> None:
    raw = Ticket("k", BEAT, None)
    assert meaning(raw, "Reset", b'{"status":"Rejected"}')[0].outcome is Outcome.REJECTED
    assert meaning(raw, "Heartbeat", b'{"currentTime":"2026-03-01T12:00:00Z"}')[0].outcome is Outcome.ACCEPTED
    assert meaning(raw, "NobodyKnowsThis", b"5")[0].answer == "5"


def test_an_answer_that_breaks_its_schema_is_unusable() -> None:
    unusable = meaning(Ticket("k", BEAT, None), "Heartbeat", b"{}")[0]
    assert isinstance(unusable, Unusable)
    assert unusable.code is ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION


def test_an_error_is_an_outcome_with_its_code() -> None:
    error = Error(id="1", code="NotSupported", description="no")
    verdict = understood(WIRE, Ticket("k", BEAT, None), "Reset", error, door(), list[Any]().extend)
    assert (verdict.outcome, verdict.reason, verdict.detail) == (Outcome.NOT_SUPPORTED, "NotSupported", "no")
    assert failed("NoAnswer").outcome is Outcome.FAILED
