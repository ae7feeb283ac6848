# SPDX-License-Identifier: Apache-2.0
"""What translations share, and that no wire says a thing in two ways."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire, find, given, text, verdict_of
from open63110.bindings.ocpp.v16.heartbeat import HEARTBEAT
from open63110.bindings.ocpp.wires import WIRES
from open63110.kernel.ids import StationId
from open63110.model.order import Outcome
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListVersionAnswer
from open63110.usecases.stations.monitor_station import Heartbeat


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("Accepted", Outcome.ACCEPTED, ""),
        ("Scheduled", Outcome.ACCEPTED, "Scheduled"),
        ("Rejected", Outcome.REJECTED, "Rejected"),
        ("Anything", Outcome.REJECTED, "Anything"),
        ("NotSupported", Outcome.NOT_SUPPORTED, "NotSupported"),
        ("NotImplemented", Outcome.NOT_SUPPORTED, "NotImplemented"),
    ],
)
def test_a_status_word_is_an_outcome_and_only_a_yes_is_heard_further(status: str, outcome: Outcome, reason: str) -> None:
    verdict = verdict_of(status, Heartbeat(station=StationId("CS1")), answer="{}")
    assert (verdict.outcome, verdict.reason, verdict.answer) == (outcome, reason, "{}")
    assert bool(verdict.messages) == (outcome is Outcome.ACCEPTED)


def test_a_reason_goes_before_the_status_word() -> None:
    assert verdict_of("Rejected", reason="Occupied").reason == "Occupied"


def test_an_absent_field_is_no_text_and_no_value() -> None:
    assert (text(UNSET), given(UNSET)) == ("", None)
    assert (text(0), given(0)) == ("0", 0)


def test_a_reply_of_another_kind_is_none() -> None:
    told = LocalListVersionAnswer(version=1)
    assert find((told,), LocalListVersionAnswer) is told
    assert find((), LocalListVersionAnswer) is None


def test_a_message_of_ours_goes_out_one_way_only() -> None:
    with pytest.raises(TypeError, match="carried by"):
        Wire(Version.V16, {}, (HEARTBEAT, replace(HEARTBEAT, action="Pulse")))


def test_some_messages_of_a_kind_can_go_their_own_way() -> None:
    slow = replace(HEARTBEAT, action="Pulse", only=lambda beat: beat.every > 60)
    wire = Wire(Version.V16, {}, (HEARTBEAT, slow))
    cs1 = StationId("CS1")
    assert wire.carrier(Heartbeat(station=cs1)) is HEARTBEAT
    assert wire.carrier(Heartbeat(station=cs1, every=300)) is slow
    assert wire.carrier(AskLocalListVersion(station=cs1)) is None
    with pytest.raises(TypeError, match="carried by"):
        Wire(Version.V16, {}, (slow, replace(slow, action="Beat")))


def test_what_no_action_can_say_is_lacking_on_the_wire() -> None:
    assert Wire(Version.V16, {}, (replace(HEARTBEAT, lacks=("b", "a")),)).lacks == ("a", "b")


def test_an_action_is_translated_once() -> None:
    with pytest.raises(TypeError, match="translated twice"):
        Wire(Version.V16, {}, (HEARTBEAT, replace(HEARTBEAT, carries=())))


def test_every_version_is_spoken_newest_first() -> None:
    assert list(WIRES) == [Version.V21, Version.V201, Version.V16]
    assert all(wire.version is version for version, wire in WIRES.items())


@pytest.mark.parametrize("version", list(WIRES))
def test_what_is_translated_is_an_action_of_the_version(version: Version) -> None:
    assert WIRES[version].by_action.keys() <= WIRES[version].types.keys()
