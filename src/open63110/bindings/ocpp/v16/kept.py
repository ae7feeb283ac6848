# SPDX-License-Identifier: Apache-2.0
"""Messages of OCPP 1.6 whose use case is not carried yet: journalled word by word."""

from collections.abc import Callable, Sequence
from typing import Any

from open63110.bindings.ocpp.translation import Door, Translation
from open63110.bindings.ocpp.v16.fields import EMPTY
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.quarantine import MessageKept


def nothing_to_say(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def keeping(
    action: str,
    *,
    request: str = "",
    answer: Callable[[Sequence[Reply], Door], Any] = nothing_to_say,
    refuse: Callable[[Trouble, Door], Any] | None = None,
) -> Translation:
    """Return the translation of a message that is kept, not understood. Only the called end: this product never sends it.

    Args:
        action: its name.
        request: which attribute names the request it answers; empty: none does.
        answer: what the station is told; nothing where the response is empty.
        refuse: … where it has a status.
    """

    def from_wire(said: Any, door: Door) -> tuple[Message, ...]:
        number = getattr(said, request) if request else None
        return (
            MessageKept(
                station=door.station,
                at=door.now,
                wire=door.version.value,
                action=action,
                payload=door.raw.decode("utf-8", "replace"),
                request=number if isinstance(number, int) else None,
            ),
        )

    return Translation(action=action, sender=Role.STATION, from_wire=from_wire, answer=answer, refuse=refuse)
