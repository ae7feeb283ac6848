# SPDX-License-Identifier: Apache-2.0
"""SetDisplayMessage (2.0.1): the CSMS has a text shown; one in several languages goes as several, with numbers of their own."""

from collections.abc import Sequence
from typing import Any, Final, get_args

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v201 import display_message
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.set_displayed_information import (
    LONG_TEXTS,
    MORE_STATES,
    QR_CODES,
    SEVERAL_CONTENTS,
    MessageAnswered,
    SetMessage,
)

DROPPED = ("instance of a display, and its connector", "a tag of a language beyond 8 characters")
"""From the wire; towards it."""

STATUSES: Final = frozenset(get_args(types.DisplayMessageStatusEnumType))
UNABLE: Final = frozenset({"NotSupportedMessageFormat", "NotSupportedPriority", "NotSupportedState", "LanguageNotSupported"})
"""Of the statuses, those of a display that cannot do what it was asked."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read what is to be shown."""
    return (display_message.order(request.message, door.station),)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Say that it is kept."""
    return types.SetDisplayMessageResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not, where there is a word for it."""
    return refusal(trouble, STATUSES)


def refusal(trouble: Trouble, statuses: frozenset[str]) -> types.SetDisplayMessageResponse:
    """Return a no, in the words of a version."""
    status: Any = trouble.code if trouble.code in statuses else "Rejected"
    return types.SetDisplayMessageResponse(status=status, status_info=because(trouble.code))


def to_wire(command: SetMessage, _: Door) -> Any:
    """Have a text shown.

    Raises:
        NotSupported: there is more in it than 2.0.1 can say.
    """
    return types.SetDisplayMessageRequest(message=display_message.info(command.wanted(), command.part))


def heard(response: Any, command: SetMessage, door: Door) -> Verdict:
    """Understand whether the station keeps it, and if not, why."""
    verdict = judged(response)
    yes = verdict.outcome is Outcome.ACCEPTED
    reason = "" if yes else response.status if response.status != "Rejected" else verdict.reason
    said = MessageAnswered(
        station=command.station,
        at=door.now,
        number=command.number,
        part=command.part,
        revision=command.revision,
        reason=reason,
    )
    outcome = Outcome.NOT_SUPPORTED if response.status in UNABLE else verdict.outcome
    return Verdict(outcome=outcome, reason=verdict.reason if yes else reason, messages=(said,))


SET_DISPLAY_MESSAGE = Translation(
    action="SetDisplayMessage",
    sender=Role.CSMS,
    carries=(SetMessage,),
    lacks=(SEVERAL_CONTENTS, QR_CODES, MORE_STATES, LONG_TEXTS),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
