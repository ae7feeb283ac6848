# SPDX-License-Identifier: Apache-2.0
"""RequestStartTransaction: a station refuses what it would not carry out as a whole."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.conformance.v201.golden import CS, door

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.request_start_transaction import from_wire, to_wire
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.usecases.services.authorize_externally import StartRemotely

PROFILE = types.ChargingProfileType(
    id=1,
    stack_level=0,
    charging_profile_purpose="TxProfile",
    charging_profile_kind="Relative",
    charging_schedule=(
        types.ChargingScheduleType(
            id=1,
            charging_rate_unit="A",
            charging_schedule_period=(types.ChargingSchedulePeriodType(start_period=0, limit=6.0),),
        ),
    ),
)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"evse_id": 1, "charging_profile": replace(PROFILE, charging_profile_purpose="TxDefaultProfile")}, "InvalidProfile"),
        ({"evse_id": 1, "charging_profile": replace(PROFILE, transaction_id="another")}, "InvalidProfile"),
        ({}, "NoEvse"),
    ],
)
def test_a_start_that_cannot_be_carried_out_as_a_whole_is_refused(more: dict[str, Any], code: str) -> None:
    token = types.IdTokenType(id_token="A1", type="Central")
    with pytest.raises(Trouble) as caught:
        from_wire(types.RequestStartTransactionRequest(id_token=token, remote_start_id=1, **more), door(WIRE))
    assert caught.value.code == code


def test_a_credential_201_cannot_name_does_not_start_there() -> None:
    command = StartRemotely(station=CS, subject=SubjectRef("DirectPayment:p1"), evse=EvseNumber(1))
    with pytest.raises(NotSupported):
        to_wire(command, door(WIRE))
