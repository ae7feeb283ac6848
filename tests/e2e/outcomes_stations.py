# SPDX-License-Identifier: Apache-2.0
"""Commands about a station as a whole for the catalogue of outcomes: who may use it, whether it may come, and where it goes."""

from datetime import timedelta
from typing import Any

from tests.e2e.house import House
from tests.e2e.link_player import AnyPlayer, LinkPlayer, played
from tests.e2e.outcomes_device import WAYS
from tests.e2e.scripted_device import Device

from open63110.model.network import MoveState
from open63110.usecases.sessions.energy_transfer import AskTransferStatus, TransferStatusReported
from open63110.usecases.stations.exchange_vendor_messages import VendorAnswer
from open63110.usecases.stations.reboot_station import RebootPlanned

VENDOR = "org.example"
"""Whose messages the operator has admitted."""
THERE = {"url": "wss://other.example/ocpp", "mandate": "other: contract 7"}
LEFT, NEVER_CAME = "CS-6", "CS-5"
"""A station that has left for another CSMS, where its wire has words for that; and one that was never here."""


async def station_cases(
    here: House, cs: AnyPlayer, wire: str, case: Any, moved: tuple[str, ...], told: tuple[str, ...]
) -> dict[str, Any]:
    """Return the commands, each with a good and a bad body.

    Args:
        here: the CSMS.
        cs: the station; energy flows at its EVSE 2.
        wire: what it speaks.
        case: makes a case.
        moved: the wires with words for another CSMS.
        told: the wires on which a station can be asked for what it has not told of a transfer.
    """
    for station in (NEVER_CAME, LEFT):
        await here.register(station)
    if isinstance(cs, LinkPlayer):
        cs.answers["SendVendorMessage"] = lambda _: (VendorAnswer(),)
        cs.answers["AskTransferStatus"] = lambda order: (_told_all(order, here),)
        cs.obey("ReserveEvse", "CancelReservation", "TriggerReport", "ChangeAvailability", "MigrateStation")
    else:
        cs.obey("ReserveNow", "CancelReservation", "TriggerMessage", "ChangeAvailability", "DataTransfer", "SetNetworkProfile")
        cs.answers["CostUpdated"] = lambda _: {}
        cs.answers["GetTransactionStatus"] = lambda _: {"messagesInQueue": False}
    if wire in moved:
        await _has_left(here, wire)
    reference = {"reference": cs.transactions[2]}
    until = (here.now() + timedelta(days=1)).isoformat()
    seat = {"subject": {"kind": "ISO14443", "value": "ANNA"}, "until": until, "reservation": 5}
    voucher = {"id": "v", "serial": "SN-9"}
    later = THERE | {"switch": until}
    return {
        "ReserveEvse": case(seat, seat | {"evse": 9}),
        "CancelReservation": case({"reservation": 5}, {"reservation": 6}),
        "TellCost": case(reference | {"total": "1.5"}, {"reference": "no such", "total": "1.5"}, wires=("v201", "v21")),
        "AskTransferStatus": case(reference, reference, elsewhere="CS-NONE", wires=told),
        "TriggerReport": case({"report": "heartbeat"}, {"report": "custom"}),
        "ChangeAvailability": case({"operative": True}, {"operative": True, "evse": 9}),
        "SendVendorMessage": case({"vendor": VENDOR}, {"vendor": "org.nobody"}),
        "PutVoucher": case(voucher, voucher | {"serial": ""}, station=""),
        "WithdrawVoucher": case({"id": "v"}, {"id": "none"}, station=""),
        "MigrateStation": case(later, later | {"mandate": ""}, wires=moved),
        "CancelMigration": case({}, {}, elsewhere="CS-NONE", wires=moved, elsewise="rejected"),  # it never began to move
        "FinishMigration": case({}, {}, station=LEFT, elsewhere="CS-1", wires=moved, elsewise="rejected"),  # it never left
        "DeregisterStation": case({"reason": "sold"}, {"reason": "sold", "within": -1}, station=NEVER_CAME),
        "RotateCredential": case(
            {}, {}, elsewhere="CS-NONE", wires=("v16", "v201", "v21"), elsewise="rejected"
        ),  # it shows a certificate
    }


def _told_all(order: AskTransferStatus, here: House) -> TransferStatusReported:
    """Say that the transfer goes on, and that nothing of it waits."""
    return TransferStatusReported(station=order.station, at=here.now(), reference=order.reference, ongoing=True, waiting=False)


async def _has_left(here: House, wire: str) -> None:
    """Have a station take the way to another CSMS, and go when it is to start again."""
    async with played(here, LEFT, wire) as cs:
        Device(cs, {WAYS: "0"})
        cs.obey("SetNetworkProfile", "MigrateStation", "Reset")
        if isinstance(cs, LinkPlayer):
            cs.answers["RebootStation"] = lambda _: (RebootPlanned(),)
        await here.on_board(cs)
        await here.ask(f"stations/{LEFT}/migrate", THERE)
        await cs.asked("RebootStation" if isinstance(cs, LinkPlayer) else "Reset")
    await here.until(lambda: (move := here.station(LEFT).move) is not None and move.state is MoveState.LEFT)
