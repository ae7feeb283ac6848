# SPDX-License-Identifier: Apache-2.0
"""Authorization by external means as a table (8.4.5); what it does is tested beside each part of it."""

import pytest

from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Command, Priority
from open63110.kernel.roles import Role
from open63110.runtime.engine import decode_command, encode_command
from open63110.runtime.table import Table
from open63110.usecases.services.authorize_externally import (
    USE_CASE,
    ReleaseGrant,
    StartRemotely,
    StopRemotely,
    UnlockConnector,
)

CS1, ONE = StationId("CS1"), EvseNumber(1)
START = StartRemotely(station=CS1, subject=SubjectRef("anna"), evse=ONE, connector=ConnectorNumber(2))
STOP = StopRemotely(station=CS1, reference=TransferReference("t1"))
UNLOCK = UnlockConnector(station=CS1, evse=ONE)


@pytest.mark.parametrize("command", [START, STOP, UNLOCK])
def test_both_ends_know_each_wish_and_it_overtakes_lists_and_logs(command: Command) -> None:
    assert {role for role, kind in Table([USE_CASE]).decide if kind is type(command)} == {Role.CSMS, Role.STATION}
    assert command.priority is Priority.CONTROL


@pytest.mark.parametrize("command", [START, STOP, UNLOCK, ReleaseGrant(station=CS1, evse=ONE)])
def test_a_wish_on_its_way_survives_a_restart(command: Command) -> None:
    assert decode_command(encode_command(command)) == command


def test_providers_and_drivers_start_and_stop_but_only_operators_unlock() -> None:
    table = Table([USE_CASE])
    for kind in (StartRemotely, StopRemotely):
        door = table.door(kind)
        assert door is not None
        assert door.roles == {Role.OPERATOR, Role.CSP, Role.EVU_DEVICE}
    unlock = table.door(UnlockConnector)
    assert unlock is not None
    assert unlock.roles == {Role.OPERATOR}
    assert table.door(ReleaseGrant) is None
