# SPDX-License-Identifier: Apache-2.0
"""A credential that is not accepted marks the transfer that runs on it, and ends it (8.4.4 → 6.1, I10)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.literal import T0, Clock, Ids

from open63110.flows import doubt_a_transfer
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Message
from open63110.kernel.roles import Role
from open63110.model.authorization import StopRemotely
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.model.token import CredentialJudged, Token
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted, EnergyTransferUpdated
from open63110.runtime.engine import Engine
from open63110.runtime.table import Table
from open63110.store.memory import MemoryStore
from open63110.usecases.services import authorize_externally, authorize_locally
from open63110.usecases.services.authorize_locally import AuthorizeCredential, TransferDoubted
from open63110.usecases.sessions import energy_transfer

CS1, ONE = StationId("CS1"), EvseNumber(1)
ANNA, EVA = SubjectRef("anna"), SubjectRef("eva")
T1 = TransferReference("t1")
TABLE = Table(
    [authorize_locally.USE_CASE, authorize_externally.USE_CASE, energy_transfer.USE_CASE],
    [doubt_a_transfer.FLOW],
)
MOMENT = timedelta(seconds=Policy().rejection_grace)


class Csms:
    """A CSMS over the memory store, with what it orders."""

    def __init__(self, *tokens: Token, policy: Policy | None = None) -> None:
        self.clock = Clock()
        self.engine = Engine(Role.CSMS, TABLE, MemoryStore(), self.clock, Ids(), policy or Policy())
        self.orders: list[Command] = []
        self.engine.send = self.orders.append
        self.engine.stations[CS1] = Station(id=CS1, connected=T0, registration=Registration.ACCEPTED)
        self.engine.known.tokens.update({one.ref: one for one in tokens})

    def hear(self, *messages: Message) -> None:
        troubles: list[Any] = []
        self.engine.hear(messages, troubles.append)
        assert troubles == [], "nothing is answered before it is durable"

    def wait(self, more: timedelta) -> None:
        self.clock.at += more
        self.engine.timers.fire_due()

    @property
    def flags(self) -> tuple[str, ...]:
        return self.engine.stations[CS1].transfers[T1].flags

    def facts(self, kind: type) -> int:
        return sum(isinstance(one, kind) for one in self.engine.commit.batch.facts)


def judged(subject: SubjectRef = ANNA) -> AuthorizeCredential:
    return AuthorizeCredential(station=CS1, subject=subject, evse=ONE, reference=T1)


def started(subject: SubjectRef | None = ANNA, at: datetime = T0, *, offline: bool = False) -> EnergyTransferStarted:
    return EnergyTransferStarted(
        station=CS1, at=at, reference=T1, seq=0, evse=ONE, subject=subject, state="charging", offline=offline
    )


def updated(seq: int, subject: SubjectRef | None = None) -> EnergyTransferUpdated:
    return EnergyTransferUpdated(station=CS1, at=T0, reference=T1, seq=seq, evse=ONE, subject=subject)


ENDED = EnergyTransferEnded(station=CS1, at=T0, reference=T1, seq=1, evse=ONE, reason="Local")


def token(**more: Any) -> Token:
    return Token(ref=ANNA, kind="ISO14443", **more)


@pytest.mark.parametrize(
    ("known", "flag"),
    [
        ((), "unknown-token"),
        ((token(blocked=True),), "blocked-token"),
        ((token(valid_until=T0 - MOMENT),), "expired-token"),
        ((token(stations=("CS9",)),), "misplaced-token"),
    ],
)
def test_what_was_consumed_on_a_bad_credential_is_stored_flagged_and_stopped(known: tuple[Token, ...], flag: str) -> None:
    csms = Csms(*known)
    csms.hear(judged(), started(offline=True))
    assert csms.flags == (flag,)
    assert csms.engine.stations[CS1].transfers[T1].began == T0
    assert csms.orders == []
    csms.wait(MOMENT)
    assert csms.orders == [StopRemotely(station=CS1, reference=T1)]
    csms.wait(timedelta(hours=1))
    assert len(csms.orders) == 1, "once is enough"


def test_a_session_that_was_over_when_it_is_told_is_flagged_but_not_stopped() -> None:
    csms = Csms()
    csms.hear(judged(), started(offline=True))
    csms.hear(ENDED)
    csms.wait(MOMENT)
    assert "unknown-token" in csms.flags
    assert csms.orders == []


def test_a_good_credential_raises_no_doubt() -> None:
    csms = Csms(token())
    csms.hear(judged(), started())
    csms.hear(updated(1))
    assert csms.flags == ()
    assert csms.engine.stations[CS1].wakeups.keys() == {"forgotten:t1"}


def test_a_credential_that_expired_after_the_start_was_good() -> None:
    csms = Csms(token(valid_until=T0))
    csms.hear(judged(), started(at=T0 - MOMENT, offline=True))
    assert csms.flags == ()


def test_a_repeated_start_is_doubted_once() -> None:
    csms = Csms()
    for _ in range(3):
        csms.hear(judged(), started())
    assert csms.facts(TransferDoubted) == 1
    assert csms.facts(CredentialJudged) == 1


def test_a_credential_that_comes_after_the_start_is_doubted_too() -> None:
    csms = Csms()
    csms.hear(started(None))
    assert not csms.flags
    csms.hear(judged(), updated(1, ANNA))
    assert csms.flags == ("unknown-token",)


def test_a_strangers_card_at_the_reader_says_nothing_about_the_session() -> None:
    csms = Csms(token())
    csms.hear(judged(), started())
    csms.hear(judged(EVA))
    assert csms.flags == ()


def test_a_second_session_on_a_single_credential_is_doubted() -> None:
    csms = Csms(token())
    csms.hear(judged(), started())
    other = TransferReference("t2")
    csms.hear(
        AuthorizeCredential(station=CS1, subject=ANNA, evse=EvseNumber(2), reference=other),
        EnergyTransferStarted(station=CS1, at=T0, reference=other, seq=0, evse=EvseNumber(2), subject=ANNA, state="charging"),
    )
    assert csms.flags == ()
    assert csms.engine.stations[CS1].transfers[other].flags == ("concurrent-token",)


def test_an_operator_may_want_flags_only() -> None:
    csms = Csms(policy=Policy(late_rejection="flag"))
    csms.hear(judged(), started())
    csms.wait(MOMENT)
    assert csms.flags == ("unknown-token",)
    assert csms.orders == []


@given(st.permutations([0, 1, 2]), st.lists(st.integers(0, 2), max_size=4))
def test_in_whatever_order_and_however_often_it_is_told_it_is_flagged_once(order: list[int], again: list[int]) -> None:
    csms = Csms()
    end = EnergyTransferEnded(station=CS1, at=T0, reference=T1, seq=2, evse=ONE, reason="Local")
    told: list[tuple[Message, ...]] = [(judged(), started(offline=True)), (updated(1),), (end,)]
    for number in [*order, *again]:
        csms.hear(*told[number])
    csms.wait(MOMENT)
    assert csms.flags.count("unknown-token") == 1
    assert csms.facts(TransferDoubted) == 1
    assert csms.orders == [], "it is over"
