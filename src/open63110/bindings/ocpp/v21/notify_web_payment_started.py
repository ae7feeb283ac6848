# SPDX-License-Identifier: Apache-2.0
"""NotifyWebPaymentStarted (2.1): somebody pays for an EVSE on a web page. The response has no way to say no."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.announce_web_payment import AnnounceWebPayment, WebPaymentAwaited


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read where, and for how long."""
    return (AnnounceWebPayment(station=door.station, evse=evse_number(request.evse_id), timeout=request.timeout),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def to_wire(command: AnnounceWebPayment, _: Door) -> types.NotifyWebPaymentStartedRequest:
    """Say it."""
    return types.NotifyWebPaymentStartedRequest(evse_id=command.evse, timeout=command.timeout)


def heard(_: Any, command: AnnounceWebPayment, door: Door) -> Verdict:
    """Know that the station waits."""
    until = door.now + timedelta(seconds=command.timeout)
    waits = WebPaymentAwaited(station=command.station, at=door.now, evse=command.evse, until=until)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(waits,))


NOTIFY_WEB_PAYMENT_STARTED = Translation(
    action="NotifyWebPaymentStarted",
    sender=Role.CSMS,
    carries=(AnnounceWebPayment,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
