# SPDX-License-Identifier: Apache-2.0
"""Clause 8.2.10 at the CSMS: a control is wanted until its station has it, whenever it comes, and what it says is compared."""

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Refused, Unavailable, Unknown
from open63110.model.der import DerKind, DerReport, DerStanding, ReportedDerControl, StationDerControl
from open63110.model.policy import Policy
from open63110.model.station import Station
from open63110.usecases.energy.frequency_regulation import (
    TENDING,
    AskDerControls,
    ClearDerControls,
    DerControlAnswer,
    DerControlAnswered,
    DerControlsAnswer,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
    GiveUpDerReport,
    ReconcileDerControls,
    SendGridSignal,
    SetDerControl,
    TendDerControls,
    csms,
    report,
    tending,
)
from open63110.usecases.energy.frequency_regulation.csms import AGAIN
from open63110.usecases.energy.frequency_regulation.tending import SETTLING
from open63110.usecases.energy.frequency_regulation.tests.ground import (
    AWAY,
    CS,
    CURVE,
    HOUR,
    MINUTE,
    NOON,
    OLDER,
    STATION,
    Table,
    planned,
    usual,
)


def put(table: Table, command: SetDerControl, station: Station = STATION, at: datetime = NOON) -> None:
    table.play(csms.put(command, station, table.rows, at))


def answer(table: Table, id: str = "vv", reason: str = "", revision: int = 1, superseded: tuple[str, ...] = ()) -> None:
    said = DerControlAnswered(station=CS, at=NOON, id=id, revision=revision, reason=reason, superseded=superseded)
    table.play(csms.hear_answer(said, STATION, table.rows, NOON))


def clear(table: Table, station: Station = STATION, **which: Any) -> None:
    table.play(csms.clear(ClearDerControls(station=CS, **which), station, table.rows, NOON))


def tend(table: Table, station: Station = STATION, at: datetime = NOON, *, ask: bool = False) -> None:
    table.play(tending.tend(TendDerControls(station=CS, ask=ask), station, table.rows, Policy(), at))


def asked(table: Table, **which: Any) -> int:
    """Ask the station; return the number of the question."""
    table.play(report.ask(AskDerControls(station=CS, **which), STATION, table.rows, Policy(), NOON + MINUTE))
    number: int = table.told()[-1].request
    return number


def told(table: Table, request: int, *controls: SetDerControl, more: bool = False) -> None:
    said = tuple(ReportedDerControl(control=one.wanted()) for one in controls)
    event = DerControlsReported(station=CS, at=NOON + MINUTE, request=request, controls=said, more=more)
    table.play(report.hear(event, STATION, table.rows, Policy(), NOON + MINUTE))


def only(table: Table) -> StationDerControl:
    (one,) = table.controls().values()
    return one


# -- set --


def test_a_control_is_wanted_until_the_station_has_it() -> None:
    table = Table()
    put(table, usual())
    assert [(type(one), one.id, one.revision) for one in table.told()] == [(SetDerControl, "vv", 1)]
    assert table.replies == [DerControlAnswer(id="vv")]
    assert only(table).by == "ann"
    assert table.standings() == {"vv": ("wanted", "")}
    assert table.wakes[TENDING].at == NOON + AGAIN
    answer(table)
    assert table.standings() == {"vv": ("set", "")}


def test_an_answer_to_an_earlier_one_counts_for_nothing() -> None:
    table = Table()
    put(table, usual())
    put(table, usual(rank=2))
    answer(table, revision=1)
    assert table.standings() == {"vv": ("wanted", "")}
    answer(table, revision=2, reason="UnsupportedControl")
    assert table.standings() == {"vv": ("refused", "UnsupportedControl")}
    answer(table, "other")
    assert set(table.controls()) == {"vv"}


def test_what_gives_way_is_shown() -> None:
    table = Table()
    put(table, usual("a"))
    answer(table, "a")
    put(table, usual("b"))
    answer(table, "b", superseded=("a", "unheard-of"))
    assert {id: one.superseded for id, one in table.controls().items()} == {"a": True, "b": False}


def test_ids_are_made_up_one_default_of_a_kind_and_any_number_of_others() -> None:
    table = Table()
    for command in (usual(""), usual("", rank=1), planned(""), planned("", NOON + 5 * HOUR)):
        put(table, command)
    assert set(table.controls()) == {"volt-var-default", "volt-var-1", "volt-var-2"}
    assert table.controls()["volt-var-default"].revision == 2


def test_a_station_that_is_away_is_told_when_it_comes() -> None:
    table = Table()
    put(table, usual(), AWAY)
    assert (table.told(), table.replies) == ([], [DerControlAnswer(id="vv", kept=True)])
    assert table.replies[0].remark() == "Kept"
    tend(table, AWAY)
    assert table.told() == []
    table.play(tending.reconcile(ReconcileDerControls(station=CS), STATION, table.rows, NOON))
    assert table.wakes[TENDING].at == NOON + SETTLING
    tend(table)
    assert [one.id for one in table.told()] == ["vv"]
    tend(table, at=NOON + MINUTE)
    assert table.told() == []
    tend(table, at=NOON + AGAIN)
    assert [one.id for one in table.told()] == ["vv"]


def test_one_that_comes_back_on_a_wire_without_words_cannot_be_told() -> None:
    table = Table()
    put(table, usual(), AWAY)
    tend(table, OLDER)
    assert table.standings() == {"vv": ("refused", "NoDerControl")}


def test_wires_without_words_and_bad_values_are_refused_at_once() -> None:
    table = Table()
    for wire in ("ocpp1.6", "ocpp2.0.1"):
        older = replace(STATION, wire=wire)
        with pytest.raises(NotSupported) as refused:
            put(table, usual(), older)
        assert refused.value.code == "NoDerControl"
        with pytest.raises(NotSupported):
            table.play(report.ask(AskDerControls(station=CS), older, table.rows, Policy(), NOON))
        with pytest.raises(NotSupported):
            list(csms.send_signal(SendGridSignal(station=CS, signal=1), older, NOON))
    with pytest.raises(Malformed):
        put(table, usual(curve=None))
    assert table.controls() == {}


def test_there_is_room_for_so_many_and_no_more() -> None:
    table = Table()
    told(table, asked(table), *(usual(f"x{one}") for one in range(500)))
    with pytest.raises(Refused):
        put(table, usual("one-more"))
    put(table, usual("x7"))
    assert table.controls()["x7"].standing is DerStanding.WANTED


# -- clear --


def test_a_control_is_cleared_once_the_station_says_so() -> None:
    table = Table()
    put(table, usual())
    answer(table)
    table.told()
    clear(table, id="vv")
    assert [(one.id, one.default) for one in table.told()] == [("vv", True)]
    assert table.standings() == {"vv": ("leaving", "")}
    said = DerControlsCleared(station=CS, at=NOON, default=True, id="vv", reason="Rejected")
    table.play(csms.hear_cleared(said, STATION, table.rows, NOON))
    assert table.standings() == {"vv": ("set", "Rejected")}
    clear(table, default=True)
    table.play(csms.hear_cleared(replace(said, id="", reason="NotFound"), STATION, table.rows, NOON))
    assert table.controls() == {}


def test_what_the_station_never_heard_of_is_gone_at_once_and_the_rest_when_it_comes() -> None:
    table = Table()
    put(table, planned("never"), AWAY)
    put(table, planned("known", NOON + 3 * HOUR))
    table.told()
    clear(table, AWAY)
    assert table.standings() == {"known": ("leaving", "")}
    assert table.replies[-1] == DerControlsAnswer(count=2)
    assert table.told() == []
    tend(table)
    assert [(type(one), one.id, one.default) for one in table.told()] == [(ClearDerControls, "known", False)]
    with pytest.raises(Unknown):
        clear(table, id="nothing")


def test_one_whose_time_is_over_is_gone() -> None:
    table = Table()
    put(table, planned())
    answer(table, "plan")
    tend(table, at=NOON + 2 * HOUR)
    assert table.controls() == {}


# -- in force --


def test_what_is_in_force_is_what_the_station_says() -> None:
    table = Table()
    for id, rank in (("a", 1), ("b", 0)):
        put(table, planned(id, NOON, rank=rank))
        answer(table, id)

    def switched(id: str, at: datetime, *below: str, started: bool = True) -> None:
        event = DerControlSwitched(station=CS, at=at, id=id, started=started, superseded=below)
        table.play(csms.hear_switched(event, STATION, table.rows, at))

    switched("a", NOON)
    switched("b", NOON + MINUTE, "a", "unheard-of")
    assert {id: one.active for id, one in table.controls().items()} == {"a": None, "b": NOON + MINUTE}
    switched("b", NOON + 2 * MINUTE, started=False)
    assert table.controls()["b"].active is None
    switched("b", NOON + 2 * HOUR, started=False)
    assert set(table.controls()) == {"a"}
    switched("unheard-of", NOON)
    assert set(table.controls()) == {"a"}


# -- reports --


def test_a_report_is_compared_found_is_shown_and_lost_is_told_again() -> None:
    table = Table()
    put(table, usual())
    answer(table)
    put(table, planned())
    answer(table, "plan")
    table.told()
    number = asked(table)
    told(table, number, usual("grid-code", kind=DerKind.VOLT_WATT), more=True)
    assert set(table.controls()) == {"vv", "plan"}
    told(table, number, usual(rank=9))
    assert {id: one.standing for id, one in table.controls().items()} == {
        "vv": DerStanding.WANTED,
        "plan": DerStanding.WANTED,
        "grid-code": DerStanding.FOUND,
    }
    assert sorted(one.id for one in table.told()) == ["plan", "vv"]
    (kept,) = table.rows.load(DerReport)
    assert (kept.since, kept.at, kept.trouble) == (None, NOON + MINUTE, "")


def test_what_the_station_has_as_it_should_is_confirmed_whatever_fractions_of_a_second() -> None:
    table = Table()
    put(table, planned(start=NOON + HOUR + MINUTE / 100))
    told(table, asked(table), planned(start=NOON + HOUR))
    assert table.standings() == {"plan": ("set", "")}
    assert table.told() == []


def test_a_report_of_some_says_nothing_of_the_others() -> None:
    table = Table()
    put(table, usual())
    answer(table)
    told(table, asked(table, default=False))
    assert table.standings() == {"vv": ("set", "")}


def test_what_others_set_is_followed_and_what_leaves_is_gone_when_it_is_missing() -> None:
    table = Table()
    told(table, asked(table), usual("x"), usual("y"))
    assert {one.standing for one in table.controls().values()} == {DerStanding.FOUND}
    told(table, asked(table), usual("x", rank=3), usual("y"))
    assert table.controls()["x"].control.priority == 3
    clear(table, id="y")
    told(table, asked(table), usual("x"))
    assert set(table.controls()) == {"x"}
    told(table, asked(table))
    assert table.controls() == {}


def test_what_answers_no_question_counts_for_nothing_and_patience_ends() -> None:
    table = Table()
    told(table, 99, usual())
    assert table.controls() == {}
    number = asked(table)
    table.play(report.give_up(GiveUpDerReport(station=CS, request=number + 1), STATION, table.rows, NOON))
    assert table.rows.load(DerReport)[0].since is not None
    table.play(report.give_up(GiveUpDerReport(station=CS, request=number), STATION, table.rows, NOON))
    assert table.rows.load(DerReport)[0].trouble == "NoReport"
    told(table, number, usual())
    assert table.controls() == {}


def test_a_report_without_end_is_let_go() -> None:
    table = Table()
    number = asked(table)
    told(table, number, *(usual(f"x{one}") for one in range(501)), more=True)
    assert table.rows.load(DerReport)[0].trouble == "TooMany"
    assert table.controls() == {}


def test_after_a_boot_the_station_is_asked() -> None:
    table = Table()
    put(table, usual())
    answer(table)
    table.told()
    tend(table, ask=True)
    assert [type(one) for one in table.told()] == [AskDerControls]
    assert table.controls()["vv"].control.curve == CURVE


# -- signals --


def test_a_signal_goes_out_with_its_moment_or_not_at_all() -> None:
    (sent,) = csms.send_signal(SendGridSignal(station=CS, signal=-50), STATION, NOON)
    assert sent == SendGridSignal(station=CS, signal=-50, moment=NOON)
    with pytest.raises(Unavailable):
        list(csms.send_signal(SendGridSignal(station=CS, signal=-50), AWAY, NOON))
