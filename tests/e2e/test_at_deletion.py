# SPDX-License-Identifier: Apache-2.0
"""Personal data are deleted wherever they are, and a report says so (8.3.12); the stations are scripted, the CSMS is real."""

import contextlib
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tests.e2e.house import House, house
from tests.e2e.link_player import BEHIND, EVERY, AnyPlayer, home, played
from tests.e2e.player import Player, stamp

from open63110.kernel.roles import Role
from open63110.kernel.units import WattHours
from open63110.model.deletion import DeletionItem, DeletionRequest
from open63110.model.order import Order, Outcome
from open63110.model.principal import AuditEntry
from open63110.model.sdr import Sdr
from open63110.model.token import Subject, Token
from open63110.ports import Where
from open63110.store.backup import backup, restore
from open63110.store.frames import _walk

CARD = "ANNA-CARD-4711"
CONTRACT = "DE-TCS-C00047110-X"
NAME = "Anna Example"


async def known(here: House, **more: Any) -> None:
    """Let the operator know Anna's card."""
    await here.token(CARD, contract=CONTRACT, name=NAME, provider="t-csp", **more)


def obeys(cs: AnyPlayer) -> AnyPlayer:
    """Have a station do all that deletions ask."""
    if isinstance(cs, Player):
        cs.obey("ClearCache", "SendLocalList", "CustomerInformation")
        cs.answers["GetLocalListVersion"] = lambda _: {"listVersion": 0} if cs.is_16 else {"versionNumber": 0}
    else:
        cs.obey("ClearAuthorizationCache", "SendLocalList", "AskCustomerInformation")
    return cs


FIRST = {
    "v16": {"ClearCache", "SendLocalList"},
    "v201": {"CustomerInformation", "ClearCache", "SendLocalList"},
    "v21": {"CustomerInformation", "ClearCache", "SendLocalList"},
    "link": {"AskCustomerInformation", "ClearAuthorizationCache", "SendLocalList"},
}
"""By what a station is made to delete."""


async def charged(here: House, cs: AnyPlayer) -> None:
    """Let Anna charge there from plug to record."""
    before = len(here.rows(Sdr))
    assert await cs.authorize(CARD) == "Accepted"
    await cs.status(1, "Occupied", here.now())
    assert await cs.begin(1, CARD, 1_000, here.now()) == "Accepted"
    await cs.sample(1, 5_000, here.now())
    await cs.end(1, 9_000, here.now(), tag=CARD)
    await cs.status(1, "Available", here.now())
    await here.until(lambda: len(here.rows(Sdr)) > before)


async def report(here: House, key: str) -> dict[str, dict[str, Any]]:
    """What became of a deletion, by holder and kind of data."""
    said = await here.ask(f"deletions/{key}/report")
    return {f"{one['holder']} {one['class']}": one for one in said["items"]}


def state(here: House, key: str) -> str:
    """How far a deletion has come, on the disk."""
    return next((one.state for one in here.rows(DeletionRequest) if one.id == key), "")


def result(here: House, holder: str) -> str:
    """What became of what a holder has."""
    return next((one.result for one in here.rows(DeletionItem) if one.holder == holder), "")


def naming(folder: Path, *words: str) -> list[str]:
    """The files of a data folder in which somebody is named, raw frames unpacked."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            raw = file.read_bytes()
        except FileNotFoundError:  # it was written anew, and has taken its place by now
            continue
        if file.suffix == ".frames":
            parts = [(begin, length) for _, begin, length in _walk(io.BytesIO(raw))]
            raw = b"".join(zstandard.ZstdDecompressor().decompress(raw[begin : begin + length]) for begin, length in parts)
        found += [f"{file.name}: {word}" for word in words if word.encode().upper() in raw.upper()]
    return found


@contextlib.asynccontextmanager
async def used(tmp_path: Path, wire: str, **policy: Any) -> AsyncIterator[tuple[House, AnyPlayer, AnyPlayer]]:
    """Two stations at which Anna has charged."""
    async with (
        home(tmp_path, wire, factor=20.0, **policy) as here,
        played(here, "CS1", wire) as one,
        played(here, "CS2", wire) as two,
    ):
        for cs in (obeys(one), obeys(two)):
            await here.register(cs.station)
            await here.on_board(cs)
        await known(here)
        for cs in (one, two):
            assert (await here.ask(f"stations/{cs.station}/send-local-list", {}))["outcome"] == "accepted"
        await charged(here, one)
        await charged(here, two)
        yield here, one, two


def ordered(key: str, **more: Any) -> dict[str, Any]:
    """What a CSP says."""
    return {"type": "contract", "value": CONTRACT, "request_id": key, "legal_basis": "GDPR 17"} | more


@pytest.mark.at("AT-8.3.12-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_csp_has_a_contract_deleted_wherever_it_was_used(wire: str, tmp_path: Path) -> None:
    async with used(tmp_path, wire) as (here, one, two), await here.client("t-csp", Role.CSP) as csp:
        await two.cut()
        await here.until(lambda: here.station("CS2").connected is None)
        said = await csp.post("deletions/order", json=ordered("erase-1"))
        assert said.status_code == 200, said.text
        assert said.json()["replies"][0]["request_id"] == "erase-1"
        await here.until(lambda: result(here, "CS1") == "deleted")
        items = await report(here, "erase-1")
        assert items["CS2 personal-data"]["result"] == "pending"
        assert items["csms records"]["count"] == 2
        if wire in {"v201", "v21"}:
            asked = await one.asked("CustomerInformation")
            assert (asked["clear"], asked["report"], asked["idToken"]["idToken"]) == (True, False, CARD)

        two.obey("Reset", "RebootStation")
        waiting = await here.ask("stations/CS2/reboot", {"mode": "immediate"}, status=202, wait=0, deadline=600)
        before = len(two.heard_calls())
        await two.connect()
        await here.until(lambda: state(here, "erase-1") == "closed")
        await here.until(lambda: {"Reset", "RebootStation"} & set(two.heard_calls()))
        calls = two.heard_calls()[before:]
        other = next(place for place, name in enumerate(calls) if name not in FIRST[wire])
        assert set(calls[:other]) == FIRST[wire]  # all of it before anything else, though that was ordered earlier
        await here.until(lambda: here.rows(Order, Where("id", "=", waiting["id"]))[0].outcome is Outcome.ACCEPTED)

        items = await report(here, "erase-1")
        assert items["CS2 personal-data"]["result"] == "deleted"
        assert {items[f"csms {data}"]["result"] for data in ("records", "sessions", "transfers")} == {"restricted"}
        raw = (await csp.get("deletions/erase-1/report")).content
        assert hashlib.sha256(raw).hexdigest() == (await csp.get("deletions/erase-1")).json()["digest"]
        bills = here.rows(Sdr)
        assert [one.energy for one in bills] == [WattHours(8_000)] * 2
        journal = await here.csms.store.facts(limit=100_000)
        assert [one.id for one in journal] == list(range(1, len(journal) + 1))  # every fact still stands where it stood
    assert naming(tmp_path / "data", CARD, CONTRACT, NAME) == []


@pytest.mark.at("AT-8.3.12-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_another_csp_is_refused_whether_the_person_is_known_or_not(wire: str, tmp_path: Path) -> None:
    async with used(tmp_path, wire) as (here, one, _), await here.client("other-csp", Role.CSP) as other:
        for value in (CONTRACT, "DE-TCS-C00000000-0"):
            said = await other.post("deletions/order", json=ordered("erase-2", value=value))
            assert (said.status_code, said.json()["code"]) == (403, "NotEntitled"), said.text
        assert here.rows(DeletionRequest) == []
        assert (await other.get("deletions/erase-2")).status_code == 404
        assert await one.authorize(CARD) == "Accepted"
        refused = [entry for entry in here.rows(AuditEntry) if entry.action == "DeleteInformation"]
        assert [(entry.by, entry.outcome) for entry in refused] == [("other-csp", "not-authorized")] * 2
        for entry in refused:
            assert CONTRACT not in str(entry)


@pytest.mark.at("AT-8.3.12-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_token_is_unknown_after_its_deletion_and_leaves_no_name_when_it_is_shown(wire: str, tmp_path: Path) -> None:
    async with used(tmp_path, wire) as (here, one, _):
        await here.ask("deletions/order", {"type": "token", "value": CARD, "request_id": "erase-3"})
        await here.until(lambda: state(here, "erase-3") == "closed")
        assert await one.authorize(CARD) in {"Invalid", "Unknown"}
        assert await one.begin(1, CARD, 9_000, here.now()) in {"Invalid", "Unknown"}
        await here.until(lambda: here.station("CS1").transfers)
        assert [row for row in here.rows(Subject) if CARD in row.value] == []
        assert here.rows(Token) == []
        (transfer,) = here.station("CS1").transfers.values()
        assert transfer.subject not in here.rows(DeletionRequest)[0].subjects  # who comes again is not who was there before

        put = await here.admin.post("tokens/put", json={"token": {"kind": "ISO14443", "value": CARD}})
        assert (put.status_code, put.json()["code"]) == (409, "ErasedSubject")
        await here.ask("deletions/lift", {"value": CARD})
        await known(here)


async def test_a_deletion_waits_for_the_end_of_a_session(tmp_path: Path) -> None:
    async with used(tmp_path, "v201") as (here, one, _):
        assert await one.begin(1, CARD, 9_000, here.now()) == "Accepted"
        await here.ask("deletions/order", {"type": "token", "value": CARD, "request_id": "late"})
        await here.until(lambda: state(here, "late") == "waiting")
        await here.pass_by(60)
        assert state(here, "late") == "waiting"
        assert here.rows(Token)
        await one.end(1, 12_000, here.now(), tag=CARD)
        await one.status(1, "Available", here.now())
        await here.until(lambda: state(here, "late") == "closed")
        assert len(here.rows(Sdr)) == 3


async def test_who_does_not_come_until_the_deadline_is_reported(tmp_path: Path) -> None:
    async with used(tmp_path, "v201") as (here, _, two):
        await two.cut()
        await here.until(lambda: here.station("CS2").connected is None)
        deadline = (here.now() + timedelta(seconds=100)).isoformat()
        await here.ask("deletions/order", {"type": "token", "value": CARD, "request_id": "away", "due": deadline})
        await here.until(lambda: state(here, "away") == "closed", 60)
        items = await report(here, "away")
        assert items["CS2 personal-data"] | {"t": ""} == {
            "holder": "CS2", "class": "personal-data", "result": "failed", "t": "", "reason": "Deadline", "count": 0
        }  # fmt: skip
        assert items["csms credentials"]["result"] == "deleted"


async def test_a_restored_backup_brings_nobody_back(tmp_path: Path) -> None:
    database = tmp_path / "data" / "open63110.db"
    async with used(tmp_path, "v201") as (here, *_):
        backup(database, tmp_path / "old.db")
        await here.ask("deletions/order", {"type": "token", "value": CARD, "request_id": "gone"})
        await here.until(lambda: state(here, "gone") == "closed")
    restore(tmp_path / "old.db", database)
    assert naming(tmp_path / "data", CARD)
    async with house(tmp_path, factor=20.0, admin="second-admin") as here:
        # its stations are not here, so it goes on at the deadline; what is here and can go already goes at once
        await here.until(lambda: [one for one in here.rows(DeletionRequest) if one.state == "stations"])
        assert here.rows(Token) == []
        (back,) = here.rows(DeletionRequest)
        assert back.id.startswith("restored-")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"type": "token", "value": "NOBODY-KNOWS"}, "UnknownSubject"),
        ({"type": "certificate", "value": "SHA256:xyz"}, "InvalidValue"),
        ({"type": "token", "value": ""}, "InvalidValue"),
        ({"type": "token", "value": CARD, "due": "2020-01-01T00:00:00Z"}, "InvalidValue"),
        ({"type": "token", "value": CARD, "request_id": "a/b"}, "InvalidValue"),
    ],
)
async def test_what_cannot_be_deleted_is_refused_with_a_reason(said: dict[str, Any], code: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await known(here)
        answer = await here.admin.post("deletions/order", json=said)
        assert (answer.status_code >= 400, answer.json()["code"]) == (True, code), answer.text
        assert here.rows(DeletionRequest) == []
        assert [one.value for one in here.rows(Subject)] == [CARD]  # nobody becomes known by being asked about


async def test_a_station_tells_page_by_page_what_it_keeps_of_a_customer(tmp_path: Path) -> None:
    async with used(tmp_path, "v201") as (here, one, _):
        assert isinstance(one, Player)
        order = await here.ask("stations/CS1/ask-customer-information", {"subject": {"kind": "ISO14443", "value": CARD}})
        assert order["outcome"] == "accepted"
        number = (await one.asked("CustomerInformation"))["requestId"]
        for page, text in ((1, "second"), (0, "first"), (1, "second")):  # in any order, and twice
            said = {"requestId": number, "seqNo": page, "tbc": page == 0, "data": text, "generatedAt": stamp(here.now())}
            await one.call("NotifyCustomerInformation", said)
        (shown,) = (await here.ask("customer-reports"))["items"]
        assert shown["last"] == 1
        assert [shown["pages"][page]["value"].splitlines()[1] for page in ("0", "1")] == ["first", "second"]
        viewer = await here.client("viewer", Role.VIEWER)
        async with viewer:
            assert (await viewer.get("customer-reports")).status_code == 403
        await one.call(
            "NotifyCustomerInformation", {"requestId": 1, "seqNo": 0, "data": "unasked", "generatedAt": stamp(here.now())}
        )
        assert not [row for row in here.rows(Subject) if "unasked" in row.value]


async def test_a_local_csms_passes_a_deletion_on_and_keeps_nothing_itself(tmp_path: Path) -> None:
    async with home(tmp_path, BEHIND, factor=20.0) as here, played(here, "CS1", BEHIND) as one:
        obeys(one)
        await here.register("CS1")
        await here.on_board(one)
        await known(here)
        await charged(here, one)
        assert naming(tmp_path, CARD)
        await here.ask("deletions/order", {"type": "token", "value": CARD, "request_id": "below"})
        await here.until(lambda: state(here, "below") == "closed")
        assert "AskCustomerInformation" in one.heard_calls()
        # what is on its way up lies in a log of its own until that is written back
        await here.until(lambda: {name.partition(":")[0] for name in naming(tmp_path, CARD)} <= {"upward.db-wal"})
    assert naming(tmp_path, CARD) == []
