# SPDX-License-Identifier: Apache-2.0
"""AFRRSignal (2.1): the signal of the grid's operator, which a station maps to power by its own curve."""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v21.set_der_control import info
from open63110.bindings.ocpp.v201.status_info import judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.frequency_regulation import GridSignalTaken, SendGridSignal


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read it."""
    return (SendGridSignal(station=door.station, signal=request.signal, moment=utc(request.timestamp)),)


def answer(_: Sequence[Reply], __: Door) -> types.AFRRSignalResponse:
    """Say that it is followed."""
    return types.AFRRSignalResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.AFRRSignalResponse:
    """Say why not."""
    return types.AFRRSignalResponse(status="Rejected", status_info=info(trouble))


def to_wire(command: SendGridSignal, door: Door) -> types.AFRRSignalRequest:
    """Tell it."""
    return types.AFRRSignalRequest(timestamp=command.moment or door.now, signal=command.signal)


def heard(response: Any, command: SendGridSignal, door: Door) -> Verdict:
    """Understand whether the station follows it."""
    verdict = judged(response)
    moment = command.moment or door.now
    taken = GridSignalTaken(station=command.station, at=door.now, signal=command.signal, moment=moment)
    messages = (taken,) if verdict.outcome is Outcome.ACCEPTED else ()
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, messages=messages)


AFRR_SIGNAL = Translation(
    action="AFRRSignal",
    sender=Role.CSMS,
    carries=(SendGridSignal,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
