# SPDX-License-Identifier: Apache-2.0
"""All conversations of a node: who owns a station, what lies in quarantine, who has fallen silent (I1, I2, I11)."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

import pytest

from open63110.bindings.ocpp import server as module
from open63110.bindings.ocpp.contest import RETURNS, WITHIN
from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tests.desk import CS, Desk, Plug, desk
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Seconds
from open63110.model.order import Outcome
from open63110.model.policy import Policy
from open63110.model.quarantine import QuarantinedInput
from open63110.usecases.stations.onboard_station import RegisterStation

CLEAR = RawCall(station=CS, action="ClearCache")
RESET = RawCall(station=CS, action="Reset", payload={"type": "Soft"})
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": "2026-01-01T00:00:00Z"}
START = {"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}


def is_connected(csms: Desk) -> bool:
    return csms.engine.stations[CS].connected is not None


# -- who owns a station --


async def test_the_newest_connection_of_a_station_wins() -> None:
    async with desk() as csms:
        older = await (await csms.connects()).boots()
        newer = await csms.connects()
        assert older.closes == [(1001, "a newer connection of this station took over")]
        await csms.orders_of(CLEAR)
        assert (len(older.asked), len(newer.asked)) == (0, 1)


async def test_a_dying_connection_only_removes_itself() -> None:
    async with desk() as csms:
        older = await (await csms.connects()).boots()
        newer = await csms.connects()
        await older.gone()
        assert is_connected(csms)
        assert csms.server.connected(CS)
        await newer.gone()
        assert not is_connected(csms)
        assert csms.server.counters()["ocpp_connections"] == 0


async def test_links_that_push_each_other_out_are_told_and_the_station_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    async with desk() as csms:
        csms.server.suspected = lambda station, words: told.append((station, words))
        for n in range(RETURNS + 2):
            assert told == []
            monkeypatch.setattr(Plug, "remote", (f"10.0.0.{n % 2}", n))
            newest = await csms.connects()
        assert told == [(CS, "links from 10.0.0.0 and 10.0.0.1 push each other out")]
        assert csms.engine.stations[CS].flags == ("clone",)
        assert csms.facts("LinkContested")[0].remotes == (f"10.0.0.1:{n - 1}", f"10.0.0.0:{n}")
        assert newest.closes == []


@pytest.mark.usefixtures("quick")
async def test_who_took_whose_place_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CURIOUS_AGAIN", 1)
    async with desk() as csms:
        for n in range(2):
            monkeypatch.setattr(Plug, "remote", (f"10.0.0.{n}", n))
            await csms.connects()
        assert csms.server._contests._turns
        csms.clock.at += timedelta(seconds=WITHIN + 1)
        await _ticks(csms)
        assert not csms.server._contests._turns


async def test_what_an_older_connection_still_says_changes_nothing() -> None:
    async with desk() as csms:
        older = await (await csms.connects()).boots()
        order = await csms.orders_of(CLEAR)
        await csms.connects()
        await older.answers({"status": "Accepted"})
        assert await older.calls("StartTransaction", START) is None
        assert csms.order(order).outcome is Outcome.FAILED
        assert csms.facts("EnergyTransferStarted") == []


async def test_an_order_that_waited_on_an_older_connection_goes_over_the_newer_at_once() -> None:
    async with desk() as csms:
        older = await (await csms.connects()).boots()
        await csms.orders_of(CLEAR)
        await csms.orders_of(RESET)
        newer = await csms.connects()
        assert [one[2] for one in newer.asked] == ["Reset"]
        assert len(older.asked) == 1


async def test_an_answer_that_became_durable_after_its_connection_died_goes_nowhere_and_the_repeat_is_the_same() -> None:
    async with desk() as csms:
        older = await (await csms.connects()).boots()
        older.talk.received(
            b'[2,"x","StartTransaction",{"connectorId":1,"idTag":"A1","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}]', False
        )
        newer = await csms.connects()
        assert [one for one in older.sent if one[1] == "x"] == []
        assert (await newer.calls("StartTransaction", START))[2]["transactionId"] > 0
        assert len(csms.facts("EnergyTransferStarted")) == 1


async def test_message_ids_do_not_repeat_over_connections() -> None:
    async with desk() as csms:
        plugs = []
        for _ in range(2):
            plugs.append(await (await csms.connects()).boots())
            await csms.orders_of(CLEAR)
        assert len({plug.asked[0][1] for plug in plugs}) == 2


async def test_an_order_for_a_station_that_is_not_there_is_unavailable() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        order = csms.order(await csms.orders_of(CLEAR))
        await plug.gone()
        assert not csms.server.connected(CS)
        with pytest.raises(Unavailable):
            csms.server.send(order, CLEAR)


async def test_a_registered_station_gets_no_order_before_it_has_booted() -> None:
    async with desk() as csms:
        csms.engine.hear((RegisterStation(station=CS),))
        await csms.connects()
        assert not csms.server.connected(CS)


async def test_links_that_changed_while_nothing_could_be_stored_are_set_right_afterwards() -> None:
    other = StationId("CS2")
    async with desk() as csms:
        gone = await (await csms.connects()).boots()
        csms.disk.full = True
        await csms.connects(station=other)
        await gone.gone()
        assert is_connected(csms)
        csms.disk.full = False
        csms.engine.hear((RegisterStation(station=StationId("CS3")),))
        await csms.settle()
        assert not is_connected(csms)
        assert csms.engine.stations[other].connected is not None


# -- quarantine --


async def test_what_could_not_be_stored_by_a_fault_of_ours_can_be_fed_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Any:
        raise ZeroDivisionError

    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        with monkeypatch.context() as broken:
            broken.setattr(csms.engine.ids, "transfer", fails)
            await plug.calls("StartTransaction", START)
        (item,) = csms.quarantined()
        assert csms.server.replay(item) == ""
        await csms.settle()
        assert len(csms.facts("EnergyTransferStarted")) == 1
        assert csms.quarantined()[0].replayed == csms.clock.at


async def test_feeding_in_twice_counts_once() -> None:
    async with desk() as csms:
        await (await csms.connects()).boots()
        item = _item(csms, "StatusNotification", b'{"connectorId":1,"errorCode":"NoError","status":"Faulted"}')
        assert [csms.server.replay(item) for _ in range(2)] == ["", ""]
        await csms.settle()
        assert csms.engine.stations[CS].evses[EvseNumber(1)].connectors
        assert len(csms.facts("ConnectorReported")) == 1


@pytest.mark.parametrize(
    ("action", "raw", "words"),
    [
        ("Juggle", b"{}", "names no message"),
        ("", b"[", "names no message"),
        ("StatusNotification", b"{", "no JSON"),
        ("StartTransaction", b'{"connectorId":5000,"idTag":"A1","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}', "connector"),
    ],
)
async def test_what_is_still_not_understood_stays_in_quarantine(action: str, raw: bytes, words: str) -> None:
    async with desk() as csms:
        await (await csms.connects()).boots()
        assert words in csms.server.replay(_item(csms, action, raw))
        await csms.settle()
        assert csms.facts("InputQuarantined") == []


async def test_input_of_a_wire_nobody_speaks_any_more_stays() -> None:
    async with desk() as csms:
        item = _item(csms, "Heartbeat", b"{}", wire="ocpp1.5")
        assert "no message of a version spoken here" in csms.server.replay(item)


def _item(csms: Desk, action: str, raw: bytes, wire: str = "ocpp1.6") -> QuarantinedInput:
    return QuarantinedInput(id=99, station=CS, at=csms.clock.at, wire=wire, action=action, reason="", raw=raw)


# -- looking after all of them --


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at everybody at every tick, and tick at once."""
    monkeypatch.setattr(module, "LISTEN_EVERY", 1)
    monkeypatch.setattr("tests.literal.Clock.real", lambda _, seconds: seconds / 1000)


async def _ticks(csms: Desk) -> None:
    loop = asyncio.create_task(csms.server.run())
    for _ in range(3):
        await asyncio.sleep(0.002)
    loop.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await loop
    await csms.settle()


@pytest.mark.usefixtures("quick")
async def test_a_station_that_is_not_heard_for_long_has_fallen_silent_and_one_that_is_has_not() -> None:
    async with desk(Policy(unknown_stations="accept", local_lists=False, silent_after=Seconds(900.0))) as csms:
        plug = await (await csms.connects()).boots()
        await _ticks(csms)
        assert csms.facts("StationFellSilent") == []
        csms.clock.at += timedelta(seconds=1000)
        plug.last_heard = csms.seconds() - 1.0  # seconds of the loop: a thousand of the clock
        await _ticks(csms)
        assert len(csms.facts("StationFellSilent")) == 1


@pytest.mark.usefixtures("quick")
async def test_the_loop_gives_up_what_was_not_answered_in_time() -> None:
    async with desk() as csms:
        await (await csms.connects()).boots()
        order = await csms.orders_of(CLEAR, deadline=100)
        csms.clock.at += timedelta(seconds=31)
        await _ticks(csms)
        assert csms.order(order).reason == "NoAnswer"


@pytest.mark.usefixtures("quick")
async def test_nobody_is_asked_about_a_station_nobody_knows() -> None:
    async with desk(Policy(unknown_stations="refuse")) as csms:
        await csms.connects()
        await _ticks(csms)
        assert csms.journal == []


async def test_counters_count_what_came_in() -> None:
    async with desk() as csms:
        plug = await (await csms.connects(Version.V16)).boots()
        await plug.calls("StatusNotification", STATUS | {"connectorId": 1.0})
        await plug.says([3, "nothing", {}])
        counted = csms.server.counters()
    assert (counted["ocpp_connections"], counted["ocpp_frames_received_total"]) == (1, 3)
    assert (counted["ocpp_frames_stray_total"], counted["ocpp_deviations_total"]) == (1, 1)
