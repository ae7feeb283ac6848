# SPDX-License-Identifier: Apache-2.0
"""What the displays of stations show (8.3.8): a real CSMS, a simulated station with a display, and one that is scripted."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House, house
from tests.e2e.player import Payload, Player, playing, stamp
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.display import MessageFormat, MessageReport, StationMessage
from open63110.model.order import Outcome
from open63110.model.policy import Screen
from open63110.ports import Where
from open63110.station.panel import shows

TALKING = ("v201", "v21", "link")
"""Wires with words for displays."""
OCPP = ("v201", "v21")


def seen(at: Standing, evse: int) -> list[str]:
    """What somebody reads who stands at an EVSE."""
    return [one.text for one in shows(at.engine, StationId("CS-1"))[EvseNumber(evse)]]


async def put(here: House, *, status: int = 200, **message: Any) -> Any:
    """Set a message at the station."""
    return await here.ask("stations/CS-1/messages/set", message, status=status)


async def listed(here: House) -> list[tuple[int, str]]:
    """The messages as REST lists them."""
    return [(one["number"], one["standing"]) for one in (await here.ask("messages", station="CS-1"))["items"]]


@pytest.mark.at("AT-8.3.8-1", *TALKING)
@pytest.mark.parametrize("wire", TALKING)
async def test_a_message_in_two_languages_is_read_in_the_users_own_and_only_while_he_charges(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        for tag, language in (("FRED", "fr"), ("DORA", "de")):
            await here.token(tag, language=language, local=False)
        texts = [{"language": "fr", "text": "Bonne route"}, {"language": "de", "text": "Gute Fahrt"}]
        order = await put(here, state="charging", contents=texts)
        assert order["outcome"] == "accepted"
        await here.until(lambda: [one.standing for one in here.rows(StationMessage)] == ["set"])
        assert (seen(at, 1), seen(at, 2)) == ([], [])

        await at.charge(1, "FRED")
        await at.charge(2, "DORA")
        assert (seen(at, 1), seen(at, 2)) == (["Bonne route"], ["Gute Fahrt"])

        at.present(1, "FRED")  # ends it
        await here.until(lambda: not seen(at, 1))
        assert seen(at, 2) == ["Gute Fahrt"]


@pytest.mark.at("AT-8.3.8-2", *TALKING)
@pytest.mark.parametrize("wire", TALKING)
async def test_a_message_with_times_is_seen_between_them_and_gone_from_the_list_afterwards(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 10.0)
    async with standing(tmp_path, wire) as at:
        here = at.here
        await put(here, contents=[{"text": "for ever"}])
        start = here.now() + timedelta(seconds=60)
        end = start + timedelta(seconds=60)
        message: dict[str, Any] = {"start": start.isoformat(), "end": end.isoformat(), "contents": [{"text": "for a minute"}]}
        assert (await put(here, **message))["replies"][0]["number"] == 2
        was_seen = False
        while here.now() < end + timedelta(seconds=10):
            before, words, after = here.now(), seen(at, 1), here.now()
            if (start <= before) == (start <= after) and (end <= before) == (end <= after):
                assert ("for a minute" in words) == (start <= before < end), (before, words)
                was_seen = was_seen or "for a minute" in words
            await asyncio.sleep(0.05)
        assert was_seen
        assert seen(at, 1) == ["for ever"]
        await here.until(lambda: [one.number for one in here.rows(StationMessage)] == [1])
        assert await listed(here) == [(1, "set")]
        await here.ask("stations/CS-1/messages/ask", {})  # the station has forgotten it, too
        await here.until(lambda: here.rows(MessageReport, Where("at", "not null")))
        assert await listed(here) == [(1, "set")]


@pytest.mark.at("AT-8.3.8-3", *TALKING)
@pytest.mark.parametrize("wire", TALKING)
async def test_a_format_that_the_display_does_not_know_is_refused_by_name_and_nothing_is_seen(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire, screen=Screen(formats=(MessageFormat.UTF8,))) as at:
        here = at.here
        refused = await here.admin.post(
            "stations/CS-1/messages/set", json={"contents": [{"format": "html", "text": "<b>Hello</b>"}]}
        )
        order = refused.json()["order"]
        assert (order["outcome"], order["reason"]) == (Outcome.NOT_SUPPORTED, "NotSupportedMessageFormat")
        await here.until(lambda: here.rows(StationMessage)[0].standing == "refused")
        assert here.rows(StationMessage)[0].reason == "NotSupportedMessageFormat"
        assert seen(at, 1) == []


@pytest.mark.parametrize("wire", TALKING)
async def test_what_was_set_while_the_station_was_away_is_seen_once_it_is_back_and_can_be_cleared(
    wire: str, tmp_path: Path
) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.lose_link(300)
        order = await put(here, contents=[{"text": "Closed on Sunday"}])
        assert (order["outcome"], order["reason"]) == ("accepted", "Kept")
        assert seen(at, 1) == []
        await here.until(lambda: seen(at, 1) == ["Closed on Sunday"])
        await here.until(lambda: [one.standing for one in here.rows(StationMessage)] == ["set"])

        order = await here.ask("stations/CS-1/messages/clear", {"number": 1})
        assert order["outcome"] == "accepted"
        await here.until(lambda: here.rows(StationMessage) == [])
        assert seen(at, 1) == []


@pytest.mark.parametrize("wire", ["v21", "link"])
async def test_a_message_for_a_transfer_is_gone_with_it_on_both_sides(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        (reference,) = here.station("CS-1").transfers
        await put(
            here, transfer=reference, contents=[{"text": "Hello Anna"}, {"format": "qr-code", "text": "https://pay.example"}]
        )
        assert (seen(at, 1), seen(at, 2)) == (["Hello Anna", "https://pay.example"], [])
        at.present(1, "ANNA")  # ends it
        await here.until(lambda: here.rows(StationMessage) == [])
        assert at.engine.known.under_way.load(StationMessage, (), {}) == []


async def test_of_a_station_of_1_6_nobody_can_say_what_it_shows(tmp_path: Path) -> None:
    async with standing(tmp_path, "v16") as at:
        here = at.here
        for verb, body in (("set", {"contents": [{"text": "Hello"}]}), ("ask", {})):
            refused = await here.admin.post(f"stations/CS-1/messages/{verb}", json=body)
            order = refused.json()["order"]
            assert (order["outcome"], order["reason"]) == (Outcome.NOT_SUPPORTED, "NoDisplay")
            assert "ocpp1.6 has no messages for displays" in order["detail"]
        assert here.rows(StationMessage) == []


# --- scripted ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", OCPP)
async def test_a_station_that_forgot_a_message_over_a_reboot_is_told_again(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path, factor=30.0) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", wire) as cs:
            cs.obey("SetDisplayMessage")
            await here.on_board(cs)
            await put(here, contents=[{"text": "Hello"}])
            await cs.asked("SetDisplayMessage")
            await here.until(lambda: here.rows(StationMessage)[0].standing == "set")
            cs.answers["GetDisplayMessages"] = lambda _: {"status": "Unknown"}
            assert await cs.boot("Watchdog") == "Accepted"
            await cs.asked("GetDisplayMessages")
            again = await cs.asked("SetDisplayMessage")
            assert (again["message"]["id"], again["message"]["message"]["content"]) == (1, "Hello")
            await here.until(lambda: here.rows(StationMessage)[0].standing == "set")


@pytest.mark.parametrize("wire", OCPP)
async def test_a_report_in_pages_is_put_together_and_shows_what_others_set(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", wire) as cs:
            cs.obey("GetDisplayMessages")
            await here.on_board(cs)
            await here.ask("stations/CS-1/messages/ask", {})
            request = (await cs.asked("GetDisplayMessages"))["requestId"]
            await page(cs, request, 5, more=True)
            await page(cs, request, 5, more=True)  # told twice
            assert await listed(here) == []
            await page(cs, request + 1, 8)  # of another question
            assert await listed(here) == []
            await page(cs, request, 6)
            assert await listed(here) == [(5, "found"), (6, "found")]


async def page(cs: Player, request: int, number: int, *, more: bool = False) -> None:
    """Tell one message."""
    info = {"id": number, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Hello"}}
    await cs.call("NotifyDisplayMessages", {"requestId": request, "messageInfo": [info], "tbc": more})


ANSWERS: list[tuple[Payload, str, str]] = [
    ({"status": "Rejected", "statusInfo": {"reasonCode": "OutOfStorage"}}, "rejected", "refused"),
    ({"status": "UnknownTransaction"}, "rejected", "refused"),
    ({"status": "NotSupportedPriority"}, "not-supported", "refused"),
    ({"status": "Perhaps"}, "failed", "wanted"),
    ({}, "failed", "wanted"),
]
"""What a station says, how the order ends, and how the message stands."""


@pytest.mark.parametrize("wire", OCPP)
async def test_each_answer_of_a_station_has_its_outcome(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", wire) as cs:
            await here.on_board(cs)
            for said, outcome, standing_ in ANSWERS:
                cs.answers["SetDisplayMessage"] = lambda _, said=said: said  # type: ignore[misc] # bound at once
                asked = await here.admin.post("stations/CS-1/messages/set", json={"number": 1, "contents": [{"text": "Hello"}]})
                assert asked.json()["order"]["outcome"] == outcome, said
                await here.until(lambda wanted=standing_: here.rows(StationMessage)[0].standing == wanted)  # type: ignore[misc] # bound at once
            over = await here.admin.post(
                "stations/CS-1/messages/set", json={"number": 2, "end": stamp(here.now()), "contents": [{"text": "x"}]}
            )
            assert (over.status_code, over.json()["code"]) == (409, "InvalidValue")
