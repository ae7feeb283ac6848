# SPDX-License-Identifier: Apache-2.0
"""Both dialects say the same, and each is understood by those who speak it."""

import json
from datetime import UTC, datetime
from importlib.resources import files

from bench.link.dialects import Link, Ocpp, samples
from jsonschema import Draft4Validator

from open63110.bindings.link.framing.happenings import Arrived, Violated
from open63110.bindings.link.framing.header import Header, Kind
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.kernel.ids import StationId
from open63110.model.transfer import EnergyTransferUpdated

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Csms:
    """A session that takes what a dialect says."""

    def __init__(self) -> None:
        clock = LocalClock(datetime.fromtimestamp(0, UTC), 0.0)
        self.session = Session(Hello(identity="csms"), MemoryOutbox(b"csms"), MemorySeen(), clock=clock, peer="L1")
        self.session.opened(0.0)
        self.taken: list[Arrived] = []

    def hear(self, messages: list[bytes]) -> list[bytes]:
        for message in messages:
            for one in self.session.received(message, 0.0):
                assert not isinstance(one, Violated), one
                if isinstance(one, Arrived):
                    self.take(one)
        return self.session.frames(0.0, 65_536)

    def take(self, message: Arrived) -> None:
        self.taken.append(message)
        self.session.delivered(message, 0.0)
        if message.header.kind is Kind.REQUEST:
            self.session.send(Header(type=1, kind=Kind.REPLY, reply_to=message.id), b"", 0.0, durable=False)


def play(link: Link, csms: Csms, messages: list[bytes]) -> bool:
    """Let both speak until nobody has anything to say; tell whether the dialect thinks that what it told is kept."""
    done = False
    while messages:
        answers = [link.heard(one) for one in csms.hear(messages)]
        messages = [one for more, _ in answers for one in more]
        done = done or any(kept for _, kept in answers)
    return done


def test_a_session_of_the_link_takes_what_the_replay_says() -> None:
    link, csms = Link("L1", start=True), Csms()
    assert play(link, csms, link.greet())
    for _ in range(30):
        assert play(link, csms, link.update())
    said = [CODEC.decode(one.header.type, one.body, station=StationId("L1")) for one in csms.taken]
    updates = [one for one in said if isinstance(one, EnergyTransferUpdated)]
    assert [type(one).__name__ for one in said[:2]] == ["StationBooted", "EnergyTransferStarted"]
    assert [one.seq for one in updates] == list(range(1, 31))
    assert all(len(one.readings) == 10 for one in updates)


def test_an_update_is_not_kept_before_it_is_confirmed() -> None:
    link, csms = Link("L1", start=True), Csms()
    play(link, csms, link.greet())
    link.update()
    assert link.heard(b"\xa2\x00\x02\x01\x82\x01\x02") == ([], False)


def test_events_under_ocpp_are_valid_and_hold_the_same_readings() -> None:
    schema = json.loads((files("ocpp.v201") / "schemas" / "TransactionEventRequest.json").read_text(encoding="utf-8-sig"))
    ocpp = Ocpp("O1", start=True)
    number = json.loads(ocpp.greet()[0])[1]
    (started,), kept = ocpp.heard(json.dumps([3, number, {"status": "Accepted"}]).encode())
    assert not kept
    events = [json.loads(one) for one in (started, *(ocpp.update()[0] for _ in range(3)))]
    for event in events:
        Draft4Validator(schema).validate(event[3])
    assert [one[3]["seqNo"] for one in events] == [0, 1, 2, 3]
    values = [one["value"] for one in events[1][3]["meterValue"][0]["sampledValue"]]
    assert values == [one.value for one in samples(NOON, 1)]


def test_calls_are_refused_and_answers_to_them_are_not_events() -> None:
    ocpp = Ocpp("O1", start=False)
    ocpp.greet()
    answers, kept = ocpp.heard(b'[2,"x","GetLocalListVersion",{}]')
    assert (json.loads(answers[0]), kept) == ([4, "x", "NotSupported", "", {}], False)
