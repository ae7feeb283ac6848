# SPDX-License-Identifier: Apache-2.0
"""Every message of a 2.1 station over the real conversation and engine, and one that nobody answers."""

from pathlib import Path

import pytest
from tests.conformance.v201.golden import Case, cases, validator
from tests.conformance.v201.room import BOOT, room

from open63110.bindings.ocpp.v21.wire import SENDS, WIRE
from open63110.kernel.roles import Role

CASES = [*cases(Path(__file__).parent / "frames"), *cases()]
CALLS = [case for case in CASES if WIRE.by_action[case.action].sender is Role.STATION and case.action not in SENDS]
STREAMED = next(case.said["request"] for case in CASES if case.action == "NotifyPeriodicEventStream")


@pytest.mark.parametrize("case", CALLS, ids=str)
async def test_every_request_of_an_accepted_station_is_answered_by_the_schema(case: Case) -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        kind, _, *answer = await csms.call(case.action, case.said["request"])
        assert (kind, len(answer)) == (3, 1), answer
        validator(WIRE, f"{case.action}Response").validate(answer[0])
        assert csms.facts("InputQuarantined") == []


async def test_values_of_a_stream_are_kept_and_not_answered() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        waiting = csms.line.sent.qsize()
        await csms.tell("NotifyPeriodicEventStream", STREAMED)
        assert [one.action for one in csms.facts("MessageKept")] == ["NotifyPeriodicEventStream"]
        assert csms.line.sent.qsize() == waiting


async def test_values_of_a_stream_from_a_station_that_has_not_booted_are_not_kept() -> None:
    async with room(WIRE) as csms:
        await csms.tell("NotifyPeriodicEventStream", STREAMED)
        assert csms.facts("MessageKept") == []


async def test_a_vat_number_is_repeated_but_not_vouched_for_nor_in_the_journal() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        answer = await csms.call("VatNumberValidation", {"vatNumber": "DE123456"})
        assert (answer[2]["status"], answer[2]["vatNumber"]) == ("Rejected", "DE123456")
        assert "DE123456" not in repr(csms.journal)
