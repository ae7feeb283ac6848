# SPDX-License-Identifier: Apache-2.0
"""What is told on 2.1 alone, over the real conversation and engine: a stream that nobody answers, a VAT number."""

from pathlib import Path

from tests.conformance.v201.golden import cases
from tests.conformance.v201.room import BOOT, room

from open63110.bindings.ocpp.v21.wire import WIRE

STREAMED = next(
    case.said["request"] for case in cases(Path(__file__).parent / "frames") if case.action == "NotifyPeriodicEventStream"
)


async def test_values_of_a_stream_are_kept_and_not_answered() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        waiting = csms.line.sent.qsize()
        await csms.tell("NotifyPeriodicEventStream", STREAMED)
        (chunk,) = csms.facts("StreamChunkChanged")
        assert (chunk.stream_chunk.offsets, chunk.stream_chunk.values) == ((0.0, 0.1), (21.0, "warm"))
        assert csms.line.sent.qsize() == waiting


async def test_values_of_a_stream_from_a_station_that_has_not_booted_are_not_kept() -> None:
    async with room(WIRE) as csms:
        await csms.tell("NotifyPeriodicEventStream", STREAMED)
        assert csms.facts("StreamChunkChanged") == []


async def test_a_vat_number_is_repeated_but_not_vouched_for_nor_in_the_journal() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        for number, reason in (("DE123456789", "NoRegister"), ("DE12", "InvalidVatNumber")):
            answer = await csms.call("VatNumberValidation", {"vatNumber": number})
            assert (answer[2]["status"], answer[2]["vatNumber"]) == ("Rejected", number)
            assert answer[2]["statusInfo"] == {"reasonCode": reason}
            assert number not in repr(csms.journal)
