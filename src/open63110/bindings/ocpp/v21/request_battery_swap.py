# SPDX-License-Identifier: Apache-2.0
"""RequestBatterySwap (2.1): the CSMS lets somebody swap batteries."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.battery_swap import DROPPED, token
from open63110.bindings.ocpp.v21.set_der_control import info
from open63110.bindings.ocpp.v201.id_token import subject
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.swap_batteries import BatterySwapAnswered, RequestBatterySwap

__all__ = ["DROPPED"]


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read who."""
    who = subject(request.id_token, door) or SubjectRef("")
    return (RequestBatterySwap(station=door.station, subject=who, request=request.request_id),)


def answer(_: Sequence[Reply], __: Door) -> types.RequestBatterySwapResponse:
    """Say that they will be given out."""
    return types.RequestBatterySwapResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.RequestBatterySwapResponse:
    """Say why not."""
    return types.RequestBatterySwapResponse(status="Rejected", status_info=info(trouble))


def to_wire(command: RequestBatterySwap, door: Door) -> types.RequestBatterySwapRequest:
    """Ask.

    Raises:
        Unknown: the credential was erased.
        NotSupported: the wire cannot name it.
    """
    return types.RequestBatterySwapRequest(id_token=token(command.subject, door), request_id=command.request)


def heard(response: Any, command: RequestBatterySwap, door: Door) -> Verdict:
    """Understand whether the station will."""
    verdict = judged(response)
    reason = "" if verdict.outcome is Outcome.ACCEPTED else verdict.reason
    said = BatterySwapAnswered(station=command.station, at=door.now, request=command.request, reason=reason)
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, messages=(said,))


REQUEST_BATTERY_SWAP = Translation(
    action="RequestBatterySwap",
    sender=Role.CSMS,
    carries=(RequestBatterySwap,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
