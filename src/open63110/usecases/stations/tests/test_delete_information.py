# SPDX-License-Identifier: Apache-2.0
"""Information deletion (8.3.12): who may have what deleted, in which order, and what is made of each answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.deletions import CS, DAY, HERE, NOBODY, NOW, POLICY, S1, S2, Held, Register, Sites, item, request, transfer
from tests.literal import Ids

from open63110.kernel.errors import Malformed, NotAuthorized, Refused, Trouble, Unknown
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Effect
from open63110.model.deletion import (
    CERTIFICATE,
    CUSTOMER,
    DUE,
    FIRST,
    CustomerReport,
    CustomerReportChanged,
    DeletionChanged,
    DeletionItem,
    DeletionRequest,
    DeletionsDone,
    SubjectErased,
    SubjectNamed,
    digest_of,
)
from open63110.model.station import Evse, Grant, Judgement, LocalAuthorization, Station
from open63110.model.token import Credential, Subject, Token, TokenChanged
from open63110.usecases.stations.delete_information import (
    DeleteAgain,
    DeleteAtStation,
    DeletedHere,
    DeleteInformation,
    DeletionOrdered,
    HoldersFound,
    LiftDeletion,
    TendDeletions,
    asking,
    at_station,
    csms,
)


def ask(register: Register, rows: Held | None = None, **more: Any) -> list[Effect]:
    """Order a deletion as somebody."""
    command = DeleteInformation(station=NOBODY, **({"type": "token", "value": "A1", "by": "csp", "role": "csp"} | more))
    return list(asking.order(command, register, rows or Held(), Ids(), POLICY, NOW))


OWN = Token(ref=S1, kind="ISO14443", contract="C1", provider="csp")
KNOWN = Register(OWN, values={Credential(kind="ISO14443", value="A1"): S1})


def test_a_csp_orders_the_deletion_of_its_own_subject() -> None:
    changed, told = ask(KNOWN, request_id="d", legal_basis="GDPR 17", scope=("all",))
    assert isinstance(changed, DeletionChanged)
    assert changed.deletion is not None
    assert (changed.deletion.subjects, changed.deletion.state, changed.deletion.by) == ((S1,), "searching", "csp")
    assert told == DeletionOrdered(request_id="d", deadline=NOW + timedelta(days=POLICY.deletion_days))


def test_without_an_id_it_is_given_one() -> None:
    _, told = ask(KNOWN)
    assert isinstance(told, DeletionOrdered)
    assert told.request_id


def test_all_cards_of_a_contract_are_meant_and_the_contract_itself() -> None:
    register = Register(OWN, replace(OWN, ref=S2), values={Credential(kind="eMAID", value="C1"): SubjectRef("s3")})
    changed, _ = ask(register, type="contract", value="C1", by="ann", role="operator")
    assert isinstance(changed, DeletionChanged)
    assert changed.deletion is not None
    assert changed.deletion.subjects == (S1, S2, "s3")


@pytest.mark.parametrize("value", ["A1", "XX"])
def test_another_csp_is_refused_and_learns_nothing(value: str) -> None:
    with pytest.raises(NotAuthorized) as refused:
        ask(KNOWN, value=value, by="other")
    assert refused.value.code == "NotEntitled"
    assert value not in refused.value.message


def test_a_csp_may_not_speak_for_somebody_of_whom_only_a_part_is_its_own() -> None:
    values = {Credential(kind=kind, value="A1"): ref for kind, ref in (("ISO14443", S1), ("eMAID", S2))}
    with pytest.raises(NotAuthorized):
        ask(Register(OWN, replace(OWN, ref=S2, provider="other"), values=values))


@pytest.mark.parametrize(
    ("more", "kind", "code"),
    [
        ({"value": ""}, Malformed, "InvalidValue"),
        ({"value": "x" * 256}, Malformed, "InvalidValue"),
        ({"type": "certificate", "value": "SHA256:1"}, Malformed, "InvalidValue"),
        ({"kind": CUSTOMER}, Malformed, "InvalidValue"),
        ({"request_id": "a/b"}, Malformed, "InvalidValue"),
        ({"request_id": "a" * 65}, Malformed, "InvalidValue"),
        ({"request_id": ".."}, Malformed, "InvalidValue"),
        ({"request_id": "a b\n"}, Malformed, "InvalidValue"),
        ({"value": "ANNA-1", "request_id": "for-anna-1"}, Malformed, "NamesPerson"),
        ({"value": "ANNA-1", "legal_basis": "letter of Anna-1"}, Malformed, "NamesPerson"),
        ({"value": "ANNA-1", "scope": ("all", "ANNA-1")}, Malformed, "NamesPerson"),
        ({"due": NOW}, Malformed, "InvalidValue"),
        ({"due": NOW + 400 * DAY}, Malformed, "InvalidValue"),
        ({"value": "XX", "role": "operator"}, Unknown, "UnknownSubject"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: dict[str, Any], kind: type[Trouble], code: str) -> None:
    with pytest.raises(kind) as refused:
        ask(KNOWN, **more)
    assert refused.value.code == code


def test_who_was_deleted_already_is_unknown() -> None:
    register = Register(values={Credential(kind="ISO14443", value="A1"): S1}, stones=(S1,))
    with pytest.raises(Unknown):
        ask(register, role="operator")


def test_the_same_again_is_answered_as_before_and_another_under_its_id_is_refused() -> None:
    rows = Held(request())
    assert ask(KNOWN, rows, request_id="d") == [DeletionOrdered(request_id="d", deadline=NOW + DAY)]
    with pytest.raises(Refused) as refused:
        ask(KNOWN, rows, request_id="d", by="ann", role="operator")
    assert refused.value.code == "RequestIdTaken"


@pytest.mark.parametrize(
    ("type_", "value", "kind"), [("customer", "C-1", CUSTOMER), ("certificate", "SHA256:a:b:c", CERTIFICATE)]
)
def test_whom_only_stations_know_is_named_for_them(type_: str, value: str, kind: str) -> None:
    named, changed, _ = ask(Register(), type=type_, value=value, by="ann", role="operator")
    assert isinstance(named, SubjectNamed)
    assert (named.subject.kind, named.subject.value) == (kind, value)
    assert isinstance(changed, DeletionChanged)
    assert changed.deletion is not None
    assert changed.deletion.subjects == (named.subject.ref,)


def test_what_is_written_down_of_the_order_names_nobody() -> None:
    for command in (DeleteInformation(station=NOBODY, type="token", value="A1"), LiftDeletion(station=NOBODY, value="A1")):
        assert "A1" not in str(command.kept())


def test_a_deletion_can_be_lifted_once() -> None:
    command = LiftDeletion(station=NOBODY, value="A1")
    stone = Register(values={Credential(kind="ISO14443", value="A1"): S1}, stones=(S1,))
    assert list(asking.lift(command, stone, NOW)) == [SubjectErased(station=NOBODY, at=NOW, ref=S1)]
    for register in (KNOWN, Register()):
        with pytest.raises(Unknown):
            list(asking.lift(command, register, NOW))


# --- the way of a request ---------------------------------------------------------------------------------------------


def test_whoever_may_hold_something_is_written_down_first() -> None:
    judged = LocalAuthorization(judged=Judgement(subject=S1, status="Accepted", evse=1, at=NOW))
    granted = Evse(number=EvseNumber(1), grant=Grant(subject=S1, method="csms", at=NOW, until=NOW))
    stations = (
        HERE,
        Station(id=StationId("judged"), local=judged),
        Station(id=StationId("granted"), evses={EvseNumber(1): granted}),
        Station(id=StationId("charged"), transfers={TransferReference("r"): transfer()}),
        Station(id=StationId("cached"), local=LocalAuthorization(cache={S1: "Accepted"})),
        Station(id=StationId("never")),
    )
    rows = Held(request())
    command = HoldersFound(station=NOBODY, request="d", stations=(StationId("gone"),), counts={"records": 2, "sessions": 0})
    rows.play(csms.found(command, rows, Sites(*stations), NOW))
    holders = {one.holder for one in rows.load(DeletionItem)}
    assert holders == {CS, "judged", "granted", "charged", "cached", "gone", "csms"}
    assert rows.get(DeletionRequest, "d").state == "waiting"
    assert list(csms.found(command, rows, Sites(*stations), NOW)) == []
    assert list(csms.found(replace(command, request="other"), rows, Sites(), NOW)) == []


def test_where_only_stations_know_somebody_all_are_asked() -> None:
    rows = Held(request(type="customer"))
    rows.play(csms.found(HoldersFound(station=NOBODY, request="d"), rows, Sites(Station(id=CS)), NOW))
    assert [one.holder for one in rows.load(DeletionItem)] == [CS]


def tend(rows: Held, *stations: Station, now: datetime = NOW) -> list[Effect]:
    """Let time pass."""
    return rows.play(csms.tend(TendDeletions(station=NOBODY), rows, KNOWN, Sites(*stations), now))


def test_it_waits_for_the_end_of_a_session_but_not_beyond_the_deadline() -> None:
    charging = replace(HERE, transfers={TransferReference("r"): transfer()})
    rows = Held(request(state="waiting"), item())
    assert tend(rows, charging) == []
    gone, begun, there = tend(rows, charging, now=NOW + DAY)
    assert isinstance(gone, TokenChanged)
    assert isinstance(begun, DeletionChanged)
    assert there == DeleteAtStation(station=CS)


def test_the_credential_is_gone_before_a_station_is_told() -> None:
    ended = replace(HERE, transfers={TransferReference("r"): transfer(ended=True)})
    rows = Held(request(state="waiting", subjects=(S1, S2)), item())
    assert tend(rows, ended) == [
        TokenChanged(station=NOBODY, at=NOW, ref=S1, token=None),
        DeletionChanged(station=NOBODY, at=NOW, id="d", deletion=request(state="stations", subjects=(S1, S2))),
        DeleteAtStation(station=CS),
    ]


def test_what_did_not_succeed_is_ordered_again_after_a_while() -> None:
    rows = Held(request(state="stations"), item(tried=NOW))
    assert tend(rows, HERE) == []
    assert tend(rows, HERE, now=NOW + csms.AGAIN) == [DeleteAtStation(station=CS)]
    assert tend(rows, replace(HERE, connected=None), now=NOW + csms.AGAIN) == []
    assert tend(rows, now=NOW + csms.AGAIN) == []


def test_what_is_deleted_there_is_not_ordered_again_for_the_sake_of_another_station() -> None:
    rows = Held(request(state="stations"), item(result="deleted", tried=NOW), item(holder="CS2"))
    assert tend(rows, HERE, now=NOW + csms.AGAIN) == []


def test_at_the_deadline_a_station_is_free_for_other_orders() -> None:
    told, changed = replace(HERE, flags=(DUE, FIRST), connected=None), item(tried=NOW)
    rows = Held(request(state="stations"), changed)
    *_, last = tend(rows, told, now=NOW + DAY)
    assert last == DeleteAtStation(station=CS)
    assert list(at_station.begin(last, told, rows, NOW + DAY)) == [DeletionsDone(station=CS, at=NOW + DAY)]
    assert DeleteAtStation(station=CS) not in tend(
        Held(request(state="stations"), changed), replace(told, flags=()), now=NOW + DAY
    )


def test_at_the_deadline_what_is_left_has_failed_and_what_is_here_goes() -> None:
    rows = Held(
        request(state="stations"), item(), item(holder="CS2", reason="cache: Rejected"), item(holder="CS3", result="deleted")
    )
    tend(rows, now=NOW + DAY)
    found = {one.holder: (one.result, one.reason) for one in rows.load(DeletionItem)}
    assert found == {CS: ("failed", "Deadline"), "CS2": ("failed", "cache: Rejected"), "CS3": ("deleted", "")}
    assert rows.get(DeletionRequest, "d").state == "here"


def test_when_all_stations_are_done_what_is_here_goes() -> None:
    rows = Held(request(state="stations"), item(result="deleted"))
    tend(rows)
    assert rows.get(DeletionRequest, "d").state == "here"


def test_the_last_look_through_closes_it_with_a_report() -> None:
    report = CustomerReport(id="CS1/7", station=CS, subject=S1, request=7, asked=NOW, pages={0: SubjectRef("t"), 1: None})
    rows = Held(request(state="here"), item(result="deleted"), item(holder="csms", data="records", count=2), report)
    rows.play(csms.deleted_here(DeletedHere(station=NOBODY, request="d", counts={"journal": 3}), rows, NOW))
    stone = Subject(ref=SubjectRef("t9"), kind="Erased", value="f")
    last = DeletedHere(
        station=NOBODY, request="d", counts={"journal": 1}, left={"free-pages": "AtNextStart"}, last=True, tombstones=(stone,)
    )
    said = rows.play(csms.deleted_here(last, rows, NOW))
    assert [one.ref for one in said if isinstance(one, SubjectErased)] == ["t", S1, "t9"]
    assert [one.id for one in said if isinstance(one, CustomerReportChanged)] == ["CS1/7"]
    found = {one.data: (one.result, one.reason, one.count) for one in rows.load(DeletionItem)}
    assert found == {
        "personal-data": ("deleted", "", 0),
        "records": ("restricted", "RetainedByLaw", 2),
        "journal": ("deleted", "", 4),
        "free-pages": ("failed", "AtNextStart", 0),
    }
    over = rows.get(DeletionRequest, "d")
    assert (over.state, over.digest) == ("closed", digest_of(over, rows.load(DeletionItem)))
    assert list(csms.deleted_here(last, rows, NOW)) == []
    assert list(csms.deleted_here(replace(last, request="other"), rows, NOW)) == []


def test_a_report_that_was_changed_shows() -> None:
    assert digest_of(request(), [item()]) != digest_of(request(), [item(result="deleted")])


def test_what_a_backup_brings_back_is_deleted_again() -> None:
    stone = Subject(ref=SubjectRef("t"), kind="Erased", value="f")
    command = DeleteAgain(station=NOBODY, request="r", subjects=(S1,), tombstones=(stone,))
    rows = Held()
    first, second = rows.play(csms.again(command, rows, NOW))
    assert first == SubjectErased(station=NOBODY, at=NOW, ref=SubjectRef("t"), subject=stone)
    assert isinstance(second, DeletionChanged)
    assert list(csms.again(command, rows, NOW)) == [first]
    assert list(csms.again(replace(command, subjects=()), Held(), NOW)) == [first]
