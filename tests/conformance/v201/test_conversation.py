# SPDX-License-Identifier: Apache-2.0
"""What a 2.0.1 station is told over the real conversation and engine, and what becomes of its words."""

from typing import Any

from tests.conformance.v201.golden import cases
from tests.conformance.v201.room import BOOT, room

from open63110.bindings.ocpp.v201.wire import WIRE

CASES = cases()
CONNECTOR = {"timestamp": "2026-05-01T12:00:00Z", "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
NEEDS = next(case.said["request"] for case in CASES if case.action == "NotifyEVChargingNeeds")
SCHEDULE = next(case.said["request"] for case in CASES if case.action == "NotifyEVChargingSchedule")
WISHES: tuple[tuple[str, Any], ...] = (("NotifyEVChargingNeeds", NEEDS), ("NotifyEVChargingSchedule", SCHEDULE))
PROFILES = next(case.said["request"] for case in CASES if case.action == "ReportChargingProfiles")
START = {
    "eventType": "Started",
    "timestamp": "2026-05-01T12:00:00Z",
    "triggerReason": "CablePluggedIn",
    "seqNo": 0,
    "transactionInfo": {"transactionId": "tx1", "chargingState": "Charging"},
    "evse": {"id": 1, "connectorId": 1},
    "idToken": {"idToken": "", "type": "NoAuthorization"},
}


async def test_what_nobody_asked_for_and_an_evse_nobody_knows_are_flagged() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("ReportChargingProfiles", PROFILES)
        await csms.call("StatusNotification", CONNECTOR)
        await csms.call("ReportChargingProfiles", PROFILES)
        assert [one.flags for one in csms.facts("MessageKept")] == [("unknown-evse", "unasked"), ("unasked",)]


async def test_needs_and_schedules_of_an_ev_are_answered_by_what_goes_on() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        before = [(await csms.call(action, said))[2] for action, said in WISHES]
        await csms.call("TransactionEvent", START)
        after = [(await csms.call(action, said))[2] for action, said in WISHES]
    found = [(one["status"], one["statusInfo"]["reasonCode"]) for one in before]
    assert found == [("Rejected", "NoPlanner"), ("Rejected", "NoTransaction")]
    assert [one["status"] for one in after] == ["Rejected", "Accepted"]
    assert after[0]["statusInfo"]["reasonCode"] == "NoPlanner"


async def test_a_broken_transaction_event_is_acknowledged_and_quarantined() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        broken = {**START, "transactionInfo": {"transactionId": ""}}
        assert (await csms.call("TransactionEvent", broken))[::2] == [3, {}]
        (fact,) = csms.facts("InputQuarantined")
        assert fact.quarantine.reason.startswith("NoTransactionId")


async def test_a_credential_nobody_knows_is_not_accepted() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        answer = await csms.call("Authorize", {"idToken": {"idToken": "A1", "type": "ISO14443"}})
    assert answer[2]["idTokenInfo"]["status"] in {"Unknown", "Invalid"}


async def test_the_journal_names_nobody() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("Authorize", {"idToken": {"idToken": "SECRET1", "type": "eMAID"}, "certificate": "SECRET2"})
        said = {"data": "SECRET3", "seqNo": 0, "generatedAt": "2026-05-01T12:00:00Z", "requestId": 9}
        await csms.call("NotifyCustomerInformation", said)
        assert len(csms.facts("MessageKept")) == 1  # what nobody asked for is not kept
        assert "SECRET" not in repr(csms.journal)
