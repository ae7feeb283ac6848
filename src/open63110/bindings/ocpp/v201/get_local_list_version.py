# SPDX-License-Identifier: Apache-2.0
"""GetLocalListVersion (2.0.1): which list of credentials does a station have?"""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListReported, LocalListVersionAnswer


def from_wire(_: Any, door: Door) -> tuple[Message, ...]:
    """Hear the question."""
    return (AskLocalListVersion(station=door.station),)


def answer(replies: Sequence[Reply], _: Door) -> types.GetLocalListVersionResponse:
    """Tell the version; 2.x has no word for a station without lists, so that is 0 as well."""
    reply = find(replies, LocalListVersionAnswer)
    return types.GetLocalListVersionResponse(version_number=max(0, reply.version) if reply else 0)


def to_wire(_: AskLocalListVersion, __: Door) -> Any:
    """Ask."""
    return EMPTY


def heard(response: Any, command: AskLocalListVersion, door: Door) -> Verdict:
    """Hear the version; a negative one, as 1.6 has it, means that there are no lists."""
    said = LocalListReported(station=command.station, at=door.now, version=max(-1, response.version_number))
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


GET_LOCAL_LIST_VERSION = Translation(
    action="GetLocalListVersion",
    sender=Role.CSMS,
    carries=(AskLocalListVersion,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
