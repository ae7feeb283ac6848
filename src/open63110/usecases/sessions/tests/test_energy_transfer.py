# SPDX-License-Identifier: Apache-2.0
"""Clause 6.1, energy transfer session: heard in any order, counted once, never refused."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import Ids
from tests.transfer_play import POLICY, Journal, Play, answer, facts, names
from tests.transfers import ANNA, BERT, CS, E1, E2, REF, begin, finish, minute, update, watts

from open63110.kernel.ids import EvseNumber, SessionNumber, SubjectRef, TransferReference
from open63110.kernel.messages import Wake
from open63110.model.register import imported
from open63110.model.session import SessionAdvanced, SessionClosed, SessionRecorded, SessionState
from open63110.model.station import Evse, Grant, Station
from open63110.model.transfer import (
    ESTIMATED,
    TransferFact,
    TransferSettled,
)
from open63110.usecases.sessions.energy_transfer import (
    AskTransferStatus,
    EndForgottenTransfer,
    TransferAnswer,
    TransferStatusReported,
    csms,
)
from open63110.usecases.sessions.energy_transfer.order import MOST_LOOSE, WINDOW, noted


@pytest.fixture
def play() -> Play:
    return Play()


# -- the CSMS hears ----------------------------------------------------------------------------------------------------


def test_a_start_gets_a_number_and_a_watch_over_its_end(play: Play) -> None:
    effects = play.hear(begin(minute(1), 1000.0))
    assert answer(effects) == TransferAnswer(reference=REF, number=1)
    assert names(effects) == ["forgotten:tx-1"]
    transfer = play["tx-1"]
    assert (transfer.number, transfer.began, transfer.subject, transfer.state) == (1, minute(1), ANNA, "pending")


def test_a_station_nobody_knows_is_heard_all_the_same() -> None:
    ids, journal = Ids(), Journal()
    for effects in (
        csms.hear_started(begin(minute(1), 0.0), None, minute(1), ids, POLICY),
        csms.hear_started(begin(minute(1), 0.0, seq=-4, reference=""), None, minute(1), ids, POLICY),
        csms.hear_updated(update(minute(1), 0.0, 4), None, minute(1), ids, POLICY, journal),
        csms.hear_ended(finish(minute(1), 0.0, 4), None, minute(1), ids, POLICY, journal),
        csms.hear_ended(finish(minute(1), 0.0, -4), None, minute(1), ids, POLICY, journal),
    ):
        assert len(facts(list(effects))) == 1


def test_a_repeated_fact_is_answered_and_not_kept(play: Play) -> None:
    told: list[TransferFact] = [begin(minute(1), 1000.0), update(minute(2), 1100.0, 1), finish(minute(3), 1200.0, 2)]
    for fact in told:
        play.hear(fact)
    before = play.station
    for fact in told:
        effects = play.hear(fact)
        assert answer(effects) == TransferAnswer(reference=REF, number=1, duplicate=True)
        assert facts(effects) == []
    assert play.station is before


def test_a_late_update_never_reopens_an_ended_transfer(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    play.hear(finish(minute(9), 2000.0, 2))
    play.hear(update(minute(5), 1500.0, 1, state="charging"))
    transfer = play["tx-1"]
    assert (transfer.state, transfer.ended, transfer.gaps, transfer.loose, transfer.base) == ("ended", minute(9), (), (), None)
    play.hear(update(minute(10), 2000.0, 3, state="charging", readings=(watts(minute(10), 900.0),)))
    assert (play["tx-1"].state, play["tx-1"].power) == ("ended", 0.0)


def test_what_came_before_the_start_is_kept(play: Play) -> None:
    effects = play.hear(update(minute(2), 1100.0, 1, state="charging"))
    assert names(effects) == ["forgotten:tx-1"]
    assert (play["tx-1"].began, play["tx-1"].gaps) == (None, ((0, 0),))
    play.hear(begin(minute(1), 1000.0))
    transfer = play["tx-1"]
    assert (transfer.began, transfer.gaps, transfer.state, imported(transfer)) == (minute(1), (), "charging", 100.0)


def test_missing_numbers_are_shown_as_ranges_and_closed_when_filled() -> None:
    seq, gaps = noted(-1, (), 0)
    for new, wanted in ((5, ((1, 4),)), (9, ((1, 4), (6, 8))), (2, ((1, 1), (3, 4), (6, 8))), (8, ((1, 1), (3, 4), (6, 7)))):
        seq, gaps = noted(seq, gaps, new)
        assert (seq, gaps) == (max(seq, new), wanted)
    for new in (1, 3, 4, 6, 7):
        seq, gaps = noted(seq, gaps, new)
    assert (seq, gaps) == (9, ())
    assert noted(9, ((1, 2),), -5) == (9, ((1, 2),))
    assert noted(-1, (), 3, first=True) == (3, ())


def test_an_end_with_a_gap_asks_for_what_is_missing(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    effects = play.hear(finish(minute(9), 2000.0, 3))
    assert names(effects) == ["status:tx-1"]
    assert names(effects, set_=False) == ["forgotten:tx-1"]
    ask = AskTransferStatus(station=CS, reference=REF)
    first = play.take(csms.ask_status(ask, play.station, minute(10), POLICY))
    assert [type(one) for one in first] == [AskTransferStatus, Wake]
    away = Station(id=CS, transfers=play.station.transfers)
    assert [type(one) for one in csms.ask_status(ask, away, minute(10), POLICY)] == [Wake]
    last = AskTransferStatus(station=CS, reference=REF, asked=60)
    play.take(csms.ask_status(last, play.station, minute(10), POLICY))
    assert play["tx-1"].complete
    assert "gap" in play["tx-1"].flags
    assert list(csms.ask_status(ask, play.station, minute(11), POLICY)) == []
    play.hear(update(minute(3), 1500.0, 1))
    play.hear(update(minute(4), 1600.0, 2))
    assert "gap" not in play["tx-1"].flags


def test_a_running_transfer_is_asked_for_once(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    ask = AskTransferStatus(station=CS, reference=REF)
    assert list(csms.ask_status(ask, play.station, minute(2), POLICY)) == [ask]


def test_the_word_of_a_station_that_nothing_waits_settles_a_gap(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    play.hear(finish(minute(9), 2000.0, 3))
    said = TransferStatusReported(station=CS, at=minute(10), reference=REF, ongoing=False, waiting=True)
    assert play.take(csms.hear_status(said, play.station, minute(10))) == []
    nothing = TransferStatusReported(station=CS, at=minute(10), reference=REF, ongoing=None, waiting=False)
    play.take(csms.hear_status(nothing, play.station, minute(10)))
    assert play["tx-1"].complete
    assert [type(one) for one in csms.hear_status(nothing, play.station, minute(11))] == [TransferStatusReported]
    stranger = TransferStatusReported(station=CS, at=minute(10), reference=TransferReference("x"), ongoing=None, waiting=False)
    assert list(csms.hear_status(stranger, play.station, minute(10))) == []


def test_a_transfer_that_its_station_does_not_know_is_ended_by_rule(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    nothing = TransferStatusReported(station=CS, at=minute(10), reference=REF, ongoing=False, waiting=False)
    play.take(csms.hear_status(nothing, play.station, minute(10)))
    assert ESTIMATED in play["tx-1"].flags


def test_a_counter_that_began_anew_loses_no_energy(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    for number in (1, 2, 3):
        play.hear(update(minute(1 + number), 1000.0 + 100 * number, number))
    effects = play.hear(update(minute(9), 1900.0, 1))
    assert not answer(effects).duplicate
    assert play["tx-1"].seq == 4
    assert answer(play.hear(update(minute(9), 1900.0, 1))).duplicate
    play.hear(finish(minute(10), 2000.0, 2))
    assert imported(play["tx-1"]) == 1000.0


# -- OCPP 1.6: no sequence numbers, and the names are ours --------------------------------------------------------------


def test_the_same_start_gets_the_same_name_for_ever(play: Play) -> None:
    first = answer(play.hear(begin(minute(1), 1000.0, seq=-9, reference="")))
    assert first == TransferAnswer(reference=TransferReference("1"), number=1)
    second = answer(play.hear(begin(minute(1), 1000.0, seq=-10, reference="")))
    assert second.number == 2
    again = answer(play.hear(begin(minute(1), 1000.0, seq=-9, reference="")))
    assert again == TransferAnswer(reference=TransferReference("1"), number=1, duplicate=True)


def test_what_happened_before_the_present_link_was_told_later(play: Play) -> None:
    play.station = replace(play.station, connected=minute(10))
    play.hear(begin(minute(1), 1000.0, seq=-9, reference=""), now=minute(11))
    assert play["1"].offline
    play.hear(begin(minute(11), 1000.0, seq=-10, reference="", evse=E2))
    assert not play["2"].offline
    play.hear(begin(minute(1), 1000.0, reference="tx-3"), now=minute(11))
    assert not play["tx-3"].offline  # whoever can say so is believed


@pytest.mark.parametrize(
    ("subject", "since", "number"),
    [(ANNA, 0, 7), (ANNA, 3, 7), (BERT, 0, None), (ANNA, 60, None)],
    ids=["who was let in", "by a clock a little behind", "somebody else", "long before"],
)
def test_a_start_carries_out_the_order_that_let_its_user_in(
    play: Play, subject: SubjectRef, since: int, number: int | None
) -> None:
    until = minute(since + 2)
    grant = Grant(subject=ANNA, method="remote", at=minute(since), until=until, remote_start=7)
    play.station = replace(play.station, evses={E1: Evse(number=E1, grant=grant)})
    play.hear(begin(minute(1), 1000.0, seq=-9, reference="", subject=subject), now=until)
    assert play["1"].remote_start == number


def test_a_repeated_reading_is_known_by_its_key_in_memory_and_in_the_journal(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0, seq=-9, reference=""))
    play.hear(update(minute(2), 1100.0, -20, reference="1"))
    assert answer(play.hear(update(minute(2), 1100.0, -20, reference="1"))).duplicate
    assert not answer(play.hear(update(minute(2), 1100.0, -21, reference="1"))).duplicate
    play.journal.facts.add((1, -19))
    assert answer(play.hear(update(minute(1.5), 1050.0, -19, reference="1"))).duplicate


def test_a_stop_is_known_by_its_transaction_whatever_else_it_says(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0, seq=-9, reference=""))
    play.hear(finish(minute(5), 2000.0, -30, reference="1"))
    assert answer(play.hear(finish(minute(7), 2100.0, -31, reference="1"))).duplicate
    assert imported(play["1"]) == 1000.0


def test_a_window_of_unnumbered_facts_stays_open_for_late_ones(play: Play) -> None:
    play.hear(begin(minute(0), 0.0, seq=-9, reference=""))
    for number in range(1, 3 * WINDOW):
        play.hear(update(minute(2 * number), 100.0 * number, -100 - number, reference="1"))
        assert len(play["1"].loose) <= WINDOW
    late = play.hear(update(minute(6 * WINDOW - 3), None, -50, reference="1", state="suspended-ev"))
    assert not answer(late).duplicate
    assert play["1"].state == "suspended-ev"
    assert imported(play["1"]) == 100.0 * (3 * WINDOW - 1)


def test_what_names_no_transfer_of_ours_gets_one_of_its_own(play: Play) -> None:
    play.hear(finish(minute(5), 7000.0, -31, reference="-1", evse=EvseNumber(0)))
    assert {"unknown-reference", "missing-start"} <= set(play["unknown-31"].flags)
    play.hear(update(minute(5), 7000.0, -40, reference="-1"))
    assert imported(play["unknown-e1"]) == 0.0
    play.hear(begin(minute(6), 0.0, seq=-9, reference="", evse=EvseNumber(2)))
    play.hear(update(minute(7), 500.0, -41, reference="0", evse=EvseNumber(2)))
    assert imported(next(one for one in play.station.transfers.values() if one.evse == 2)) == 500.0
    play.hear(update(minute(6), 100.0, -50, reference="4711"))
    play.hear(finish(minute(7), 300.0, -51, reference="4711"))
    assert (imported(play["unknown-4711"]), play["unknown-4711"].number) == (200.0, 4)


def test_a_foreign_reference_that_was_settled_is_not_written_over(play: Play) -> None:
    play.hear(finish(minute(5), 7000.0, -31, reference="4711"))
    play.journal.transfers["unknown-4711"] = play["unknown-4711"]
    play.station = Station(id=CS)
    assert answer(play.hear(finish(minute(5), 7000.0, -31, reference="4711"))).duplicate
    play.hear(update(minute(9), 9000.0, -77, reference="4711"))
    assert list(play.station.transfers) == ["unknown-4711-77"]


def test_a_clock_that_was_set_back_leaves_begin_and_end(play: Play) -> None:
    play.hear(begin(minute(60), 100.0, seq=-9, reference=""))
    play.hear(update(minute(70), 200.0, -10, reference="1"))
    play.hear(update(minute(0), 300.0, -11, reference="1"))
    play.hear(update(minute(10), 400.0, -12, reference="1"))
    play.hear(finish(minute(15), 450.0, -13, reference="1"))
    assert imported(play["1"]) == 350.0
    assert "clock" in play["1"].flags


def test_numbers_tell_the_order_when_the_clock_does_not(play: Play) -> None:
    play.hear(begin(minute(60), 100.0))
    play.hear(update(minute(70), 200.0, 1))
    play.hear(update(minute(0), 300.0, 2))
    play.hear(finish(minute(10), 450.0, 3))
    assert imported(play["tx-1"]) == 350.0
    assert "clock" in play["tx-1"].flags


# -- late, forgotten ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offline", "connected", "heard", "late"),
    [
        (True, minute(0), minute(90), True),
        (False, minute(80), minute(90), True),
        (False, None, minute(90), True),
        (False, minute(0), minute(90), False),
        (True, minute(0), minute(30), False),
    ],
)
def test_an_end_is_late_if_the_station_was_away_and_told_it_an_hour_after(
    play: Play, offline: bool, connected: datetime | None, heard: datetime, late: bool
) -> None:
    play.hear(begin(minute(1), 1000.0))
    play.station = Station(id=CS, connected=connected, transfers=play.station.transfers)
    play.hear(finish(minute(9), 2000.0, 1, offline=offline), heard)
    assert ("late" in play["tx-1"].flags) is late


def test_what_was_heard_of_lately_is_not_forgotten(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    forget = EndForgottenTransfer(station=CS, reference=REF, reason="PowerLoss")
    assert names(list(csms.end_forgotten(forget, play.station, minute(2), POLICY))) == ["forgotten:tx-1"]
    play.take(csms.end_forgotten(forget, play.station, minute(60 * 49), POLICY))
    transfer = play["tx-1"]
    assert (transfer.ended, transfer.end_reason, transfer.state) == (minute(1), "PowerLoss", "ended")
    assert {ESTIMATED, "missing-end"} <= set(transfer.flags)
    assert list(csms.end_forgotten(forget, play.station, minute(60 * 50), POLICY)) == []


def test_a_transfer_from_the_future_is_ended_at_once(play: Play) -> None:
    play.hear(begin(minute(600), 1000.0))
    forget = EndForgottenTransfer(station=CS, reference=REF, reason="PowerLoss")
    play.take(csms.end_forgotten(forget, play.station, minute(2), POLICY))
    assert play["tx-1"].ended == minute(2)


def test_a_real_fact_takes_the_place_of_an_estimate(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0))
    play.take(csms.end_forgotten(EndForgottenTransfer(station=CS, reference=REF, reason="x"), play.station, minute(9999), POLICY))
    effects = play.hear(update(minute(3), 1500.0, 1))
    assert names(effects) == ["forgotten:tx-1"]
    assert (play["tx-1"].ended, play["tx-1"].flags) == (None, ())
    play.take(csms.end_forgotten(EndForgottenTransfer(station=CS, reference=REF, reason="x"), play.station, minute(9999), POLICY))
    assert names(play.hear(update(minute(4), 1600.0, 3))) == ["forgotten:tx-1"]
    play.hear(finish(minute(5), 1700.0, 4))
    play.hear(update(minute(3.5), 1550.0, 2))
    assert (imported(play["tx-1"]), play["tx-1"].flags, play["tx-1"].loose) == (700.0, (), ())


def test_a_start_that_comes_after_an_estimate_is_watched_again(play: Play) -> None:
    play.hear(update(minute(3), 1500.0, 1))
    play.take(csms.end_forgotten(EndForgottenTransfer(station=CS, reference=REF, reason="x"), play.station, minute(9999), POLICY))
    assert names(play.hear(begin(minute(1), 1000.0))) == ["forgotten:tx-1"]
    assert (play["tx-1"].ended, imported(play["tx-1"])) == (None, 500.0)


def test_a_gap_that_stays_open_keeps_a_bounded_number_of_facts(play: Play) -> None:
    play.hear(begin(minute(0), 0.0))
    for number in range(2, MOST_LOOSE + 50):
        play.hear(update(minute(number), 10.0 * number, number))
        assert len(play["tx-1"].loose) <= MOST_LOOSE
    play.hear(update(minute(1), 10.0, 1))
    assert imported(play["tx-1"]) == 10.0 * (MOST_LOOSE + 49)
    assert (play["tx-1"].gaps, play["tx-1"].loose) == ((), ())


def test_what_others_flagged_survives_a_new_folding(play: Play) -> None:
    play.hear(begin(minute(1), 1000.0, flags=("unknown-token",)))
    play.hear(finish(minute(5), 2000.0, 2))
    play.take([TransferSettled(station=CS, at=minute(6), reference=REF, flags=("blocked-token",))])
    play.hear(update(minute(3), 1500.0, 1))
    assert set(play["tx-1"].flags) == {"unknown-token", "blocked-token"}


def test_sessions_and_transfers_let_go_of_each_other(play: Play) -> None:
    number = SessionNumber(8)
    play.hear(begin(minute(1), 1000.0))
    told: dict[str, Any] = {"station": CS, "at": minute(2), "session": number}
    play.take([SessionAdvanced(state=SessionState.PENDING, transfer=REF, **told)])
    assert play["tx-1"].session == number
    before = play.station
    play.take([SessionAdvanced(state=SessionState.PENDING, **told), SessionClosed(state=SessionState.CLOSED, **told)])
    play.take([SessionAdvanced(state=SessionState.PENDING, transfer=TransferReference("x"), **told)])
    assert play.station is before
    play.take([TransferSettled(station=CS, at=minute(2), reference=TransferReference("x"))])
    assert play.station is before
    play.hear(finish(minute(3), 1500.0, 1))
    play.take([SessionRecorded(record="a", digest=1, **told)])
    assert play["tx-1"].settled
