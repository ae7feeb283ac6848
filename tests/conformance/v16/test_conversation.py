# SPDX-License-Identifier: Apache-2.0
"""What a 1.6 station is told over the real conversation and engine, and what becomes of its words."""

from typing import Any

import pytest
from tests.conformance.v201.room import BOOT_16 as BOOT
from tests.conformance.v201.room import Room, room

from open63110.bindings.ocpp.v16.wire import WIRE
from open63110.model.token import Credential, Token

START = {"connectorId": 1, "idTag": "A1", "meterStart": 1000, "timestamp": "2026-05-01T12:00:00Z"}
STOP = {"transactionId": 0, "meterStop": 3000, "timestamp": "2026-05-01T12:00:04Z"}


def values(at: str = "2026-05-01T12:00:02Z", number: int = 1) -> dict[str, Any]:
    return {"connectorId": number, "meterValue": [{"timestamp": at, "sampledValue": [{"value": "2000"}]}]}


def connector(status: str, at: str = "2026-05-01T12:00:02Z", number: int = 1) -> dict[str, Any]:
    return {"connectorId": number, "errorCode": "NoError", "status": status, "timestamp": at}


def admit(csms: Room, kind: str, value: str) -> None:
    """Let the operator know a credential."""
    known = csms.engine.known
    ref = known.ref(Credential(kind=kind, value=value))
    known.keep("token", ref, Token(ref=ref, kind=kind))


async def test_what_nobody_asked_for_is_flagged() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("SignedFirmwareStatusNotification", {"status": "Downloaded", "requestId": 3})
        (kept,) = csms.facts("FirmwareStatusReported")
        assert kept.unasked


async def test_a_card_nobody_knows_is_invalid_and_its_transfer_is_kept_all_the_same() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        asked = (await csms.call("Authorize", {"idTag": "A1"}))[2]
        started = (await csms.call("StartTransaction", START))[2]
        assert asked["idTagInfo"]["status"] == started["idTagInfo"]["status"] == "Invalid"
        assert started["transactionId"] > 0
        assert len(csms.facts("EnergyTransferStarted")) == 1


async def test_a_card_is_accepted_in_small_letters_too() -> None:
    async with room(WIRE) as csms:
        admit(csms, "ISO14443", "a1")
        await csms.call("BootNotification", BOOT)
        assert (await csms.call("Authorize", {"idTag": "A1"}))[2]["idTagInfo"]["status"] == "Accepted"


async def test_the_token_of_an_app_is_accepted_though_16_cannot_say_what_it_is() -> None:
    async with room(WIRE) as csms:
        admit(csms, "Central", "APP7")
        await csms.call("BootNotification", BOOT)
        assert (await csms.call("StartTransaction", START | {"idTag": "app7"}))[2]["idTagInfo"]["status"] == "Accepted"


async def test_a_start_that_comes_twice_is_one_transfer_and_gets_one_number() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        first = (await csms.call("StartTransaction", START))[2]["transactionId"]
        await csms.call("BootNotification", BOOT)
        again = (await csms.call("StartTransaction", START | {"idTag": "a1"}))[2]["transactionId"]
        other = (await csms.call("StartTransaction", START | {"connectorId": 2}))[2]["transactionId"]
        assert first == again != other
        assert len(csms.facts("EnergyTransferStarted")) == 2


async def test_a_stop_that_comes_twice_ends_once() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        number = (await csms.call("StartTransaction", START))[2]["transactionId"]
        await csms.call("StopTransaction", STOP | {"transactionId": number})
        later = STOP | {"transactionId": number, "timestamp": "2026-05-01T12:09:00Z", "reason": "PowerLoss"}
        assert (await csms.call("StopTransaction", later))[0] == 3
        (ended,) = csms.facts("EnergyTransferEnded")
        assert ended.reason == "Local"


@pytest.mark.parametrize("number", [-1, 0, 987654])
async def test_the_end_of_a_transfer_nobody_knows_is_kept_once_and_flagged(number: int) -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        for _ in range(2):
            assert (await csms.call("StopTransaction", STOP | {"transactionId": number}))[::2] == [3, {}]
        (ended,) = csms.facts("EnergyTransferEnded")
        assert "unknown-reference" in ended.flags


async def test_values_without_a_transaction_id_belong_to_what_runs_at_their_connector() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        first = (await csms.call("StartTransaction", START))[2]["transactionId"]
        await csms.call("StartTransaction", START | {"connectorId": 2})
        await csms.call("MeterValues", values())
        await csms.call("MeterValues", values(number=3))
        (value,) = csms.facts("EnergyTransferUpdated")
        assert (value.reference, value.evse) == (str(first), 1)
        assert [one.evse for one in csms.facts("MeterValuesReported")] == [3]


async def test_values_that_come_twice_count_once() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("StartTransaction", START)
        await csms.call("MeterValues", values())
        await csms.call("MeterValues", values())
        assert len(csms.facts("EnergyTransferUpdated")) == 1


async def test_the_state_of_a_connector_is_that_of_its_transfer() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("StartTransaction", START)
        for status in ("Charging", "Charging", "SuspendedEV", "Finishing"):
            await csms.call("StatusNotification", connector(status))
        await csms.call("StatusNotification", connector("Charging", number=2))
        assert [one.state for one in csms.facts("EnergyTransferUpdated")] == ["charging", "suspended-ev"]
        plug = csms.engine.stations[csms.conversation.station].evses[1].connectors[1]  # type: ignore[index]  # ids as numbers
        assert plug.detail == "Finishing"


async def test_what_a_connector_was_before_its_transfer_began_is_not_the_transfers_state() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("StartTransaction", START)
        await csms.call("StatusNotification", connector("Charging", at="2026-05-01T11:00:00Z"))
        await csms.call("MeterValues", values("2026-05-01T11:00:00Z"))
        assert csms.facts("EnergyTransferUpdated") == []
        assert len(csms.facts("MeterValuesReported")) == 1


async def test_a_start_that_cannot_be_understood_is_acknowledged_without_a_right_and_quarantined() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        answer = (await csms.call("StartTransaction", START | {"connectorId": 5000}))[2]
        assert answer == {"transactionId": 0, "idTagInfo": {"status": "Invalid"}}
        (fact,) = csms.facts("InputQuarantined")
        assert fact.quarantine.reason.startswith("OutOfRange")


@pytest.mark.parametrize(("action", "broken"), [("StopTransaction", {"meterStop": "much"}), ("MeterValues", values(number=-1))])
async def test_what_cannot_be_understood_of_a_transfer_is_acknowledged_and_quarantined(action: str, broken: Any) -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        assert (await csms.call(action, broken))[::2] == [3, {}]
        assert [one.quarantine.action for one in csms.facts("InputQuarantined")] == [action]


async def test_an_empty_id_tag_is_nobody_to_authorize() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        assert (await csms.call("Authorize", {"idTag": ""}))[:3:2] == [4, "FormationViolation"]


async def test_the_journal_names_nobody() -> None:
    async with room(WIRE) as csms:
        await csms.call("BootNotification", BOOT)
        await csms.call("Authorize", {"idTag": "SECRET"})
        number = (await csms.call("StartTransaction", START | {"idTag": "SECRET"}))[2]["transactionId"]
        await csms.call("StopTransaction", STOP | {"transactionId": number, "idTag": "SECRET"})
        assert "SECRET" not in repr(csms.journal)
