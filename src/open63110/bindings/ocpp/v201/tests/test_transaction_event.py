# SPDX-License-Identifier: Apache-2.0
"""TransactionEvent where the golden frames do not reach: refusals, discharging, what the station hears."""

from typing import Any

import pytest
from tests.conformance.v201.golden import CS, NOW, door, plain

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.transaction_event import TRANSACTION_EVENT, from_wire, heard, to_wire
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, SubjectRef, TransferReference
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferUpdated
from open63110.usecases.services.authorize_locally import CredentialAnswered

DOOR = door(WIRE)
TX = TransferReference("tx1")


def request(transaction_id: str = "tx1", seq_no: int = 1, evse: int = 1) -> types.TransactionEventRequest:
    return types.TransactionEventRequest(
        event_type="Updated",
        timestamp=NOW,
        trigger_reason="MeterValuePeriodic",
        seq_no=seq_no,
        transaction_info=types.TransactionType(transaction_id=transaction_id),
        evse=types.EVSEType(id=evse),
    )


def updated(**more: Any) -> EnergyTransferUpdated:
    return EnergyTransferUpdated(station=CS, at=NOW, reference=TX, seq=1, evse=EvseNumber(1), **more)


@pytest.mark.parametrize("wrong", [{"transaction_id": ""}, {"seq_no": -1}, {"evse": -1}, {"evse": 1000}])
def test_what_the_inside_would_take_for_something_else_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        from_wire(request(**wrong), DOOR)


def test_what_cannot_be_understood_is_acknowledged_as_the_station_would_repeat_it_for_ever() -> None:
    assert TRANSACTION_EVENT.blank is not None
    assert plain(TRANSACTION_EVENT.blank(DOOR)) == {}


def test_discharging_is_charging_on_this_wire() -> None:
    assert to_wire(updated(state="discharging"), DOOR).transaction_info.charging_state == "Charging"


def test_an_event_without_a_trigger_is_a_periodic_one_and_an_end_without_a_reason_gives_none() -> None:
    sent = plain(to_wire(EnergyTransferEnded(station=CS, at=NOW, reference=TX, seq=2), DOOR))
    assert sent["triggerReason"] == "MeterValuePeriodic"
    assert "stoppedReason" not in sent["transactionInfo"]
    assert "evse" not in sent


def test_the_station_hears_what_its_credential_is_good_for() -> None:
    info = types.IdTokenInfoType(status="Blocked", group_id_token=types.IdTokenType(id_token="G1", type="Central"))
    response = types.TransactionEventResponse(id_token_info=info)
    (said,) = heard(response, updated(subject=SubjectRef("ISO14443:A1")), DOOR).messages
    assert isinstance(said, CredentialAnswered)
    assert (said.status, said.subject, said.evse, said.group, said.reference) == ("Blocked", "ISO14443:A1", 1, "Central:G1", TX)


def test_an_answer_without_a_credential_says_nothing_and_one_to_nobody_is_not_believed() -> None:
    info = types.IdTokenInfoType(status="Accepted")
    assert heard(types.TransactionEventResponse(), updated(subject=SubjectRef("ISO14443:A1")), DOOR).messages == ()
    assert heard(types.TransactionEventResponse(id_token_info=info), updated(), DOOR).messages == ()
