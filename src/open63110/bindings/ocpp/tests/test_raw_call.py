# SPDX-License-Identifier: Apache-2.0
"""Any call, word by word."""

from open63110.bindings.ocpp.raw_call import MAY_CALL, RawCall
from open63110.kernel.ids import StationId
from open63110.runtime.engine import decode_command, encode_command

CALL = RawCall(station=StationId("CS1"), action="Reset", payload={"type": "Soft"})


def test_nobody_but_the_administrator_may_call_raw() -> None:
    assert frozenset() == MAY_CALL


def test_orders_and_audit_show_its_action() -> None:
    assert CALL.named() == "ocpp:Reset"


def test_it_goes_out_without_a_space_for_some_peers_need_that() -> None:
    assert CALL.text() == b'{"type":"Soft"}'


def test_it_survives_a_restart_while_it_waits() -> None:
    assert decode_command(encode_command(CALL)) == CALL
