# SPDX-License-Identifier: Apache-2.0
"""Information deletion (8.3.12) at one station: what is ordered of it, what its answers come to, and what it does itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.deletions import CS, HERE, NOBODY, NOW, S1, S2, Held, item, request, transfer
from tests.literal import Ids

from open63110.flows import delete_at_arrival, delete_credentials_at_station, deletion_follows_orders
from open63110.kernel.errors import Malformed, Refused, Unavailable
from open63110.kernel.ids import OrderId, PrincipalId, SubjectRef, TransferReference
from open63110.kernel.messages import Effect, Priority
from open63110.model.deletion import (
    DUE,
    FIRST,
    CustomerReport,
    CustomerReportChanged,
    DeletionItem,
    DeletionItemChanged,
    DeletionRequest,
    DeletionsDone,
    DeletionsDue,
    DeletionsPaused,
    StationDeletes,
    SubjectErased,
    goes_now,
)
from open63110.model.order import Order, OrderChanged, Outcome
from open63110.model.station import Judgement, LocalAuthorization, Registration, Station, StationConnected
from open63110.usecases.services.authorize_locally import ClearAuthorizationCache, SendLocalList
from open63110.usecases.stations.delete_information import (
    USE_CASE,
    AskCustomerInformation,
    CustomerForgotten,
    CustomerInformationReported,
    DeleteAtStation,
    DeletionStepEnded,
    at_station,
    csms,
    station,
)

# --- one station ------------------------------------------------------------------------------------------------------


def begin(rows: Held, there: Station, now: datetime = NOW) -> list[Effect]:
    """Have a station delete."""
    return rows.play(at_station.begin(DeleteAtStation(station=CS), there, rows, now))


def test_a_station_is_told_all_at_once() -> None:
    rows = Held(request(state="stations", subjects=(S1, S2)), item())
    begun, changed, *questions = begin(rows, HERE)
    assert begun == StationDeletes(station=CS, at=NOW, requests=("d",))
    assert isinstance(changed, DeletionItemChanged)
    assert rows.load(DeletionItem)[0].steps == dict.fromkeys(("cache", "list", "customer 40", "customer 41"), "sent")
    assert questions == [
        AskCustomerInformation(station=CS, subject=subject, report=False, clear=True, request=number)
        for number, subject in ((40, S1), (41, S2))
    ]


def test_a_station_without_lists_gets_none() -> None:
    for local in (LocalAuthorization(version=-1, digest=7), LocalAuthorization()):
        rows = Held(request(state="stations"), item())
        bare = replace(HERE, local=local)
        begin(rows, bare)
        assert "list" not in rows.load(DeletionItem)[0].steps
        event = StationDeletes(station=CS, at=NOW, requests=("d",))
        assert list(delete_credentials_at_station.then(event, bare)) == [ClearAuthorizationCache(station=CS)]
    both = list(delete_credentials_at_station.then(event, HERE))
    assert both == [ClearAuthorizationCache(station=CS), SendLocalList(station=CS)]


def test_one_that_is_away_is_marked_once_and_one_without_anything_loses_its_mark() -> None:
    away, rows = replace(HERE, connected=None), Held(request(state="stations"), item())
    assert begin(rows, away) == [DeletionsDue(station=CS, at=NOW)]
    assert begin(rows, replace(away, flags=(DUE,))) == []
    assert begin(Held(), HERE) == []
    assert begin(Held(), replace(HERE, flags=(DUE,))) == [DeletionsDone(station=CS, at=NOW)]
    assert begin(Held(request(state="waiting"), item()), HERE) == []


def test_what_is_under_way_is_not_ordered_twice_but_again_when_no_answer_can_come() -> None:
    rows, told = Held(request(state="stations"), item()), replace(HERE, flags=(DUE, FIRST))
    begin(rows, HERE)
    up = StationConnected(station=CS, at=NOW, wire="ocpp2.1")
    assert list(delete_at_arrival.then(up, told)) == [DeleteAtStation(station=CS)]
    assert begin(rows, told, NOW + csms.AGAIN - timedelta(seconds=1)) == []
    assert StationDeletes(station=CS, at=NOW + csms.AGAIN, requests=("d",)) in begin(rows, told, NOW + csms.AGAIN)


def test_a_station_that_was_being_told_before_a_restart_is_told_anew() -> None:
    rows, told = Held(request(state="stations"), item(steps={"cache": "done"}, tried=NOW)), replace(HERE, flags=(DUE, FIRST))
    assert StationDeletes(station=CS, at=NOW, requests=("d",)) in begin(rows, told)


def end(rows: Held, step: str, word: str = "", **more: Any) -> list[Effect]:
    """Let a step end."""
    command = DeletionStepEnded(station=CS, step=step, done=not word, reason=word, **more)
    return rows.play(at_station.ended(command, replace(HERE, flags=(DUE, FIRST)), rows, NOW))


@pytest.mark.parametrize(
    ("words", "result", "reason"),
    [
        (("", "", ""), "deleted", ""),
        (("Rejected", "", ""), "deleted", ""),  # who has cleared all of a customer need not have a cache
        (("", "VersionMismatch", ""), "pending", "list: VersionMismatch"),
        (("", "", "Rejected"), "pending", "customer 40: Rejected"),
    ],
)
def test_what_the_answers_come_to(words: tuple[str, str, str], result: str, reason: str) -> None:
    rows = Held(request(state="stations"), item())
    begin(rows, HERE)
    end(rows, "cache", words[0])
    end(rows, "list", words[1])
    *_, last = end(rows, "customer", words[2], number=40)
    assert (rows.load(DeletionItem)[0].result, rows.load(DeletionItem)[0].reason) == (result, reason)
    assert isinstance(last, DeletionsDone if result == "deleted" else DeletionsPaused)


def test_a_wire_without_the_words_has_deleted_what_it_can() -> None:
    rows = Held(request(state="stations"), item())
    begin(rows, HERE)
    end(rows, "cache")
    end(rows, "list")
    end(rows, "customer", "NoMessage", number=40, supported=False)
    assert rows.load(DeletionItem)[0].result == "deleted"


def test_where_nothing_can_be_deleted_at_all_that_is_said() -> None:
    rows = Held(request(state="stations"), item())
    begin(rows, HERE)
    for step, number in (("cache", None), ("list", None), ("customer", 40)):
        end(rows, step, "NotSupported", number=number, supported=False)
    assert (rows.load(DeletionItem)[0].result, rows.load(DeletionItem)[0].reason) == ("pending", "NotSupported")


def test_an_order_from_before_is_no_step() -> None:
    rows = Held(request(state="stations"), item())
    begin(rows, HERE)
    assert end(rows, "cache", asked=NOW - timedelta(seconds=1)) == []
    assert rows.load(DeletionItem)[0].steps["cache"] == "sent"
    assert end(rows, "customer", number=99) == []


def test_the_end_of_an_order_leads_to_its_step() -> None:
    deleting = replace(HERE, flags=(DUE, FIRST))
    body = '["AskCustomerInformation", {"station": "CS1", "subject": "s1", "request": 40}]'
    order = Order(
        id=OrderId("o"),
        station=CS,
        kind="AskCustomerInformation",
        by=PrincipalId("csms"),
        asked=NOW,
        deadline=NOW,
        outcome=Outcome.NOT_SUPPORTED,
        body=body,
    )
    event = OrderChanged(station=CS, at=NOW, orders=order)
    assert list(deletion_follows_orders.then(event, deleting)) == [
        DeletionStepEnded(station=CS, step="customer", done=False, supported=False, reason="not-supported", asked=NOW, number=40)
    ]
    cache = replace(event, orders=replace(order, kind="ClearAuthorizationCache", outcome=Outcome.ACCEPTED, reason="NoError"))
    assert list(deletion_follows_orders.then(cache, deleting)) == [
        DeletionStepEnded(station=CS, step="cache", done=True, reason="NoError", asked=NOW)
    ]
    for other, there in ((replace(event, orders=replace(order, outcome=Outcome.SENT)), deleting), (event, HERE), (event, None)):
        assert list(deletion_follows_orders.then(other, there)) == []
    assert list(deletion_follows_orders.then(replace(event, orders=replace(order, kind="RebootStation")), deleting)) == []


def test_what_can_wait_waits_for_a_deletion() -> None:
    deleting = replace(HERE, flags=(DUE, FIRST))
    assert not goes_now(deleting, "RebootStation", Priority.CONTROL)
    assert goes_now(deleting, "ClearAuthorizationCache", Priority.NORMAL)
    assert goes_now(deleting, "LimitPower", Priority.CONTROL)
    assert goes_now(deleting, "Anything", Priority.EMERGENCY)
    assert goes_now(HERE, "RebootStation", Priority.CONTROL)
    assert goes_now(None, "RebootStation", Priority.CONTROL)


def test_who_comes_back_is_told_first() -> None:
    up = StationConnected(station=CS, at=NOW, wire="ocpp2.1")
    assert list(delete_at_arrival.then(up, replace(HERE, flags=(DUE,)))) == [DeleteAtStation(station=CS)]
    for other in (HERE, replace(HERE, flags=(DUE,), registration=Registration.PENDING)):
        assert list(delete_at_arrival.then(up, other)) == []


# --- questions about customers ----------------------------------------------------------------------------------------


def test_a_question_is_numbered_and_its_answer_awaited() -> None:
    rows = Held()
    changed, sent = rows.play(at_station.ask(AskCustomerInformation(station=CS, subject=S1), HERE, rows, Ids(), NOW))
    assert isinstance(changed, CustomerReportChanged)
    assert isinstance(sent, AskCustomerInformation)
    assert changed.id == f"CS1/{sent.request}"
    silent = AskCustomerInformation(station=CS, subject=S1, report=False, clear=True, request=4)
    assert list(at_station.ask(silent, HERE, rows, Ids(), NOW)) == [silent]


def test_a_question_for_nothing_or_to_nobody_is_refused() -> None:
    nothing = AskCustomerInformation(station=CS, subject=S1, report=False)
    with pytest.raises(Malformed):
        list(at_station.ask(nothing, HERE, Held(), Ids(), NOW))
    with pytest.raises(Malformed):
        list(station.obey(nothing, HERE, NOW))
    with pytest.raises(Unavailable):
        list(at_station.ask(replace(nothing, clear=True), replace(HERE, connected=None), Held(), Ids(), NOW))


def test_what_a_level_above_has_a_station_delete_is_deleted_at_this_level_too() -> None:
    rows = Held()
    command = AskCustomerInformation(station=CS, subject=S1, report=False, clear=True, request=4).asked_by("csms@north", "csms")
    rows.play(at_station.ask(command, HERE, rows, Ids(), NOW))
    assert rows.get(DeletionRequest, "above-4").subjects == (S1,)
    assert len(list(at_station.ask(command, HERE, rows, Ids(), NOW))) == 1  # for the next station it is asked already


def page(number: int, *, more: bool, text: str | None = None) -> CustomerInformationReported:
    """A part of a report."""
    return CustomerInformationReported(
        station=CS, at=NOW, request=7, page=number, more=more, text=SubjectRef(text) if text else None, lines=(f"l{number}",)
    )


def test_pages_are_put_together_in_whatever_order_they_come() -> None:
    rows = Held(CustomerReport(id="CS1/7", station=CS, subject=S1, request=7, asked=NOW))
    for one in (page(1, more=False, text="b"), page(0, more=True, text="a"), page(1, more=False, text="b")):
        rows.play(at_station.hear_report(one, HERE, rows, NOW))
    report = rows.get(CustomerReport, "CS1/7")
    assert (report.pages, report.last, report.complete) == ({0: "a", 1: "b"}, 1, True)
    assert not replace(report, pages={1: SubjectRef("b")}).complete


def test_what_nobody_asked_for_is_not_kept() -> None:
    erased = [SubjectErased(station=NOBODY, at=NOW, ref=SubjectRef("x"))]
    assert list(at_station.hear_report(page(0, more=False, text="x"), HERE, Held(), NOW)) == erased
    assert list(at_station.hear_report(page(0, more=False), HERE, Held(), NOW)) == []
    rows = Held(CustomerReport(id="CS1/7", station=CS, subject=S1, request=7, asked=NOW))
    assert list(at_station.hear_report(page(at_station.MOST_PAGES, more=False, text="x"), HERE, rows, NOW)) == erased


# --- the station ------------------------------------------------------------------------------------------------------


def test_a_station_says_what_it_keeps_and_forgets_it() -> None:
    local = LocalAuthorization(
        version=3, entries={S1: "Accepted", S2: "Accepted"}, cache={S1: "Accepted"}, groups={S2: S1, S1: "g"},
        unproven=frozenset({S1}), judged=Judgement(subject=S1, status="Accepted", evse=1, at=NOW),
    )  # fmt: skip
    holder = replace(HERE, local=local, transfers={TransferReference("r"): transfer(ended=True)})
    command = AskCustomerInformation(station=CS, subject=S1, report=True, clear=True, request=7)
    told, forgot = station.obey(command, holder, NOW)
    assert isinstance(told, CustomerInformationReported)
    assert told.lines == (
        "local list: Accepted",
        "authorization cache: Accepted",
        "charged offline, not proven yet",
        "transfer r",
    )
    left = USE_CASE.evolve[CustomerForgotten](forgot, holder).local
    assert left == LocalAuthorization(version=3, entries={S2: "Accepted"})
    (nothing,) = station.obey(replace(command, clear=False), replace(holder, local=left, transfers={}), NOW)
    assert isinstance(nothing, CustomerInformationReported)
    assert nothing.lines == ("nothing",)
    kept = USE_CASE.evolve[CustomerForgotten](CustomerForgotten(station=CS, at=NOW, subject=S2), holder).local
    assert kept.judged is not None


def test_who_charges_is_not_forgotten_now() -> None:
    holder = replace(HERE, transfers={TransferReference("r"): transfer()})
    with pytest.raises(Refused) as refused:
        list(station.obey(AskCustomerInformation(station=CS, subject=S1, clear=True), holder, NOW))
    assert refused.value.code == "TxInProgress"


def test_marks_come_and_go() -> None:
    evolve = USE_CASE.evolve
    due = evolve[DeletionsDue](DeletionsDue(station=CS, at=NOW), replace(HERE, flags=("clock",)))
    assert due.flags == ("clock", DUE)
    begun = evolve[StationDeletes](StationDeletes(station=CS, at=NOW, requests=()), due)
    assert begun.flags == ("clock", DUE, FIRST)
    assert evolve[DeletionsPaused](DeletionsPaused(station=CS, at=NOW), begun).flags == ("clock", DUE)
    assert evolve[DeletionsDone](DeletionsDone(station=CS, at=NOW), begun).flags == ("clock",)


def test_what_follows_from_a_request_is_no_order_of_its_own() -> None:
    assert DeleteAtStation(station=CS).follows()
