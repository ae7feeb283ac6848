# SPDX-License-Identifier: Apache-2.0
"""Every message of a station over the real conversation and engine: answered by the schema, kept, or refused by state."""

from typing import Any

import pytest
from tests.conformance.v201.golden import Case, validator
from tests.conformance.v201.room import BOOT, BOOT_16, room
from tests.conformance.wires import each

from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v16.wire import WIRE as V16
from open63110.bindings.ocpp.v21.wire import SENDS
from open63110.kernel.roles import Role


def is_a_call(wire: Wire, case: Case) -> bool:
    """Tell whether a station asks this, and waits for an answer."""
    return wire.by_action[case.action].sender is Role.STATION and case.action not in SENDS


def comes_later(wire: Wire, case: Case) -> bool:
    """Tell whether a station must have booted before it asks this."""
    return is_a_call(wire, case) and case.action != "BootNotification"


def is_kept(wire: Wire, case: Case) -> bool:
    """Tell whether no use case carries this yet."""
    return is_a_call(wire, case) and case.said.get("says", [[""]])[-1][0] == "MessageKept"


def boot(wire: Wire) -> dict[str, Any]:
    """Return what a station says first."""
    return BOOT_16 if wire is V16 else BOOT


@pytest.mark.parametrize(("wire", "case"), each(is_a_call))
async def test_every_request_of_an_accepted_station_is_answered_by_the_schema(wire: Wire, case: Case) -> None:
    async with room(wire) as csms:
        await csms.call("BootNotification", boot(wire))
        kind, _, *answer = await csms.call(case.action, case.said["request"])
        assert (kind, len(answer)) == (3, 1), answer
        validator(wire, f"{case.action}Response").validate(answer[0])
        assert csms.facts("InputQuarantined") == []


@pytest.mark.parametrize(("wire", "case"), each(comes_later))
async def test_no_request_of_a_station_that_has_not_booted_is_answered_or_kept(wire: Wire, case: Case) -> None:
    async with room(wire) as csms:
        kind, _, code, *_ = await csms.call(case.action, case.said["request"])
        assert (kind, code) == (4, "SecurityError")
        assert {type(one).__name__ for one in csms.journal} <= {"StationConnected"}


@pytest.mark.parametrize(("wire", "case"), each(is_kept))
async def test_what_no_use_case_carries_is_in_the_journal(wire: Wire, case: Case) -> None:
    async with room(wire) as csms:
        await csms.call("BootNotification", boot(wire))
        await csms.call(case.action, case.said["request"])
        (kept,) = csms.facts("MessageKept")
        assert (kept.action, kept.wire) == (case.action, wire.version.value)
