# SPDX-License-Identifier: Apache-2.0
"""One conversation: what is answered, kept, quarantined or dropped; how orders end (I3, I7, I11)."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from open63110.bindings.ocpp.raw_call import RawCall
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.tests.desk import BOOT, CS, desk
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.model.order import Outcome
from open63110.model.policy import Policy
from open63110.usecases.services.authorize_locally import AskLocalListVersion
from open63110.usecases.stations.monitor_station import Heartbeat
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation

CLEAR = RawCall(station=CS, action="ClearCache")
REBOOT = RebootStation(station=CS, mode=RebootMode.IMMEDIATE)
EVENT = b'{"type":"MemoryExhaustion","timestamp":"2026-01-01T00:00:00Z"}'
START = {"connectorId": 1, "idTag": "A1", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}


# -- the station calls --


async def test_a_station_that_is_not_accepted_is_told_to_boot_and_nothing_of_it_is_kept() -> None:
    async with desk(Policy()) as csms:
        plug = await csms.connects()
        assert (await plug.calls("Heartbeat", {}))[2] == "SecurityError"
        assert (await plug.calls("BootNotification", BOOT))[2]["status"] == "Pending"
        assert (await plug.calls("StartTransaction", START))[2] == "SecurityError"
        assert csms.facts("EnergyTransferStarted") == []


async def test_a_station_that_only_reconnects_may_go_on() -> None:
    async with desk() as csms:
        await (await csms.connects()).boots()
        plug = await csms.connects()
        assert (await plug.calls("Heartbeat", {}))[0] == 3


@pytest.mark.parametrize(("action", "code"), [("Reset", "NotSupported"), ("Juggle", "NotImplemented")])
async def test_what_is_not_for_us_is_refused_and_not_kept(action: str, code: str) -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        assert (await plug.calls(action, {}))[2] == code
        assert csms.quarantined() == []


async def test_nothing_is_answered_before_it_is_durable_and_nothing_at_all_if_it_never_is() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        csms.disk.full = True
        assert await plug.calls("StartTransaction", START) is None
        csms.disk.full = False
        again = await plug.calls("StartTransaction", START)
        assert again[2]["transactionId"] > 0
        assert len(csms.facts("EnergyTransferStarted")) == 1


async def test_what_cannot_be_quarantined_is_not_acknowledged() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        csms.disk.full = True
        assert await plug.calls("StopTransaction", {"meterStop": "much"}) is None


async def test_what_would_be_repeated_for_ever_is_acknowledged_and_kept_raw() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        assert (await plug.calls("StopTransaction", {"meterStop": "much"}))[::2] == [3, {}]
        (item,) = csms.quarantined()
        assert (item.action, item.wire, item.raw) == ("StopTransaction", "ocpp1.6", b'{"meterStop": "much"}')


async def test_what_was_read_in_one_go_and_makes_no_sense_is_kept_raw_as_well() -> None:
    async with desk() as csms:
        plug = await (await csms.connects(Version.V201)).boots()
        moment = '"timestamp":"2026-01-01T00:00:00Z"'
        event = (
            f'{{"eventType":"Updated",{moment},"triggerReason":"Trigger","seqNo":-1,"transactionInfo":{{"transactionId":"T1"}}}}'
        )
        await plug.says(f'[2,"1","TransactionEvent",{event}]'.encode())
        assert plug.sent[-1] == [3, "1", {}]
        (item,) = csms.quarantined()
        assert (item.action, item.raw) == ("TransactionEvent", event.encode())
        assert item.reason == "OutOfRange: the sequence number is negative"


async def test_what_is_answered_with_an_error_is_kept_as_a_specimen_and_a_flood_of_it_is_not() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        for _ in range(30):
            assert (await plug.calls("StatusNotification", {"connectorId": 1}))[2] == "OccurenceConstraintViolation"
        assert 1 <= len(csms.quarantined()) < 30


async def test_what_is_no_frame_is_counted_and_kept_but_a_binary_frame_is_only_refused() -> None:
    async with desk() as csms:
        plug = await (await csms.connects(Version.V201)).boots()
        await plug.says(b"{}")
        await plug.says(b"\x00", binary=True)
        assert plug.sent[-1][:3] == [4, "-1", "RpcFrameworkError"]
        assert [(one.action, one.raw) for one in csms.quarantined()] == [("", b"{}")]
        assert csms.server.counters()["ocpp_frames_malformed_total"] == 2


async def test_how_a_station_bends_the_schema_is_counted() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        assert (await plug.calls("StartTransaction", START | {"meterStart": 2.0}))[0] == 3
        assert csms.server.deviations[CS] == {"integer-as-float": 1}


async def test_a_message_without_an_answer_gets_none_understood_or_not() -> None:
    async with desk() as csms:
        plug = await (await csms.connects(Version.V21)).boots()
        before = len(plug.sent)
        await plug.says([6, "s1", "NotifyPeriodicEventStream", {"nonsense": 1}])
        await plug.says([6, "s2", "Juggle", {}])
        assert len(plug.sent) == before
        assert [one.action for one in csms.quarantined()] == ["NotifyPeriodicEventStream"]


@pytest.mark.parametrize("broken", ["from_wire", "decide"])
async def test_a_fault_of_ours_does_not_make_a_station_repeat_itself_for_ever(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Iterable[Message]:
        raise ZeroDivisionError

    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        if broken == "from_wire":
            translation = replace(plug.talk.wire.by_action["StartTransaction"], from_wire=fails)
            monkeypatch.setitem(plug.talk.wire.by_action, "StartTransaction", translation)
        else:
            monkeypatch.setattr(csms.engine.ids, "transfer", fails)
        assert (await plug.calls("StartTransaction", START))[2]["idTagInfo"]["status"] == "Invalid"
        assert [one.reason for one in csms.quarantined()] == ["InternalError: ZeroDivisionError"]


async def test_who_keeps_calling_without_waiting_for_answers_is_closed() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        for number in range(2000):
            plug.talk.received(b'[2,"h%d","SecurityEventNotification",%s]' % (number, EVENT), False)
        assert plug.closes[0][0] == 1008
        await csms.settle()


# -- we call --


async def test_only_one_order_is_under_way_and_a_station_is_heard_meanwhile() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        first, second = await csms.orders_of(CLEAR), await csms.orders_of(REBOOT)
        assert [one[2] for one in plug.asked] == ["ClearCache"]
        assert (await plug.calls("Heartbeat", {}))[0] == 3
        await plug.answers({"status": "Accepted"})
        assert [one[2] for one in plug.asked] == ["ClearCache", "Reset"]
        await plug.answers({"status": "Rejected"})
        assert [csms.order(one).outcome for one in (first, second)] == [Outcome.ACCEPTED, Outcome.REJECTED]


async def test_an_order_waits_until_its_station_is_accepted() -> None:
    async with desk() as csms:
        plug = await csms.connects()
        order = await csms.orders_of(CLEAR)
        assert (plug.asked, csms.order(order).outcome) == ([], Outcome.WAITING)
        await plug.boots()
        assert [one[2] for one in plug.asked] == ["ClearCache"]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ([3, {"status": "Accepted"}], Outcome.ACCEPTED, "NoError"),
        ([3, {"status": "Rejected"}], Outcome.REJECTED, "Rejected"),
        ([3, {"status": "Perhaps"}], Outcome.FAILED, "BrokenAnswer"),
        ([3, {}], Outcome.FAILED, "BrokenAnswer"),
        ([3], Outcome.FAILED, "BrokenAnswer"),
        ([4, "NotImplemented", "no", {}], Outcome.NOT_SUPPORTED, "NotImplemented"),
        ([4, "SecurityError", "", {}], Outcome.NOT_AUTHORIZED, "SecurityError"),
        ([4, "Nonsense", "", {}], Outcome.FAILED, "Nonsense"),
    ],
)
@pytest.mark.parametrize("version", [Version.V16, Version.V21])
async def test_an_order_ends_as_it_is_answered(version: Version, answer: list[Any], outcome: Outcome, reason: str) -> None:
    async with desk() as csms:
        plug = await (await csms.connects(version)).boots()
        order = await csms.orders_of(RawCall(station=CS, action="ClearCache"))
        kind, *rest = answer
        await plug.says([kind, plug.asked[-1][1], *rest])
        ended = csms.order(order)
        assert (ended.outcome, ended.reason) == (outcome, reason)
        refused = [one for one in plug.sent if one[0] == 5]
        assert bool(refused) == (version is Version.V21 and reason == "BrokenAnswer")


async def test_an_order_that_is_not_answered_fails_and_a_late_answer_changes_nothing() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        order = await csms.orders_of(CLEAR, deadline=100)
        await csms.later(31)
        assert (csms.order(order).outcome, csms.order(order).reason) == (Outcome.FAILED, "NoAnswer")
        await plug.answers({"status": "Accepted"})
        assert csms.order(order).outcome is Outcome.FAILED
        assert csms.server.strays == 1


async def test_an_order_behind_a_busy_station_expires() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        await csms.orders_of(CLEAR, deadline=100)
        second = await csms.orders_of(REBOOT, deadline=10)
        await csms.later(11)
        assert csms.order(second).outcome is Outcome.EXPIRED
        await plug.answers({"status": "Accepted"})
        assert len(plug.asked) == 1


async def test_when_the_connection_is_lost_a_sent_order_fails_and_an_unsent_one_goes_over_the_next() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        sent, unsent = await csms.orders_of(CLEAR), await csms.orders_of(REBOOT)
        await plug.gone()
        assert (csms.order(sent).outcome, csms.order(sent).reason) == (Outcome.FAILED, "ConnectionLost")
        assert csms.order(unsent).outcome is Outcome.WAITING
        again = await csms.connects()
        assert [one[2] for one in again.asked] == ["Reset"]


async def test_what_an_answer_says_is_heard_by_the_use_cases() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        csms.orders._from_use_case(AskLocalListVersion(station=CS))
        await csms.settle()
        await plug.answers({"listVersion": 7})
        assert csms.engine.stations[CS].local.version == 7


async def test_a_reset_a_version_cannot_carry_is_not_sent() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        order = await csms.orders_of(RebootStation(station=CS, mode=RebootMode.IMMEDIATE_AND_RESUME))
        assert (csms.order(order).outcome, csms.order(order).reason) == (Outcome.NOT_SUPPORTED, "NoResume")
        assert plug.asked == []


async def test_a_raw_call_is_checked_against_the_schema_unless_that_is_not_wanted() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        wrong = RawCall(station=CS, action="Reset", payload={"type": "Gentle"})
        order = await csms.orders_of(wrong)
        assert csms.order(order).outcome is Outcome.REJECTED
        assert plug.asked == []
        await csms.orders_of(replace(wrong, unchecked=True))
        assert plug.asked[-1][2:] == ["Reset", {"type": "Gentle"}]


async def test_a_raw_call_of_no_action_goes_out_unchecked_only_and_any_answer_will_do() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        juggle = RawCall(station=CS, action="Juggle", payload={"balls": 3})
        assert csms.order(await csms.orders_of(juggle)).reason == "NoAction"
        order = await csms.orders_of(replace(juggle, unchecked=True))
        await plug.answers({"dropped": 1})
        ended = csms.order(order)
        assert (ended.outcome, ended.answer, ended.kind) == (Outcome.ACCEPTED, '{"dropped": 1}', "ocpp:Juggle")


async def test_what_a_station_tells_cannot_be_asked_of_it() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        order = csms.order(await csms.orders_of(CLEAR))
        await plug.answers({"status": "Accepted"})
        with pytest.raises(NotSupported):
            plug.talk.call(order, Heartbeat(station=CS))


async def test_every_frame_is_noted_both_ways() -> None:
    async with desk() as csms:
        plug = await (await csms.connects()).boots()
        await csms.orders_of(CLEAR)
        assert [sent for sent, _ in csms.frames.seen] == [False, True, True]
        assert len(plug.sent) == 2
