# SPDX-License-Identifier: Apache-2.0
"""GetLocalListVersion (1.6): which local authorization list is there?"""

from collections.abc import Sequence
from typing import Any

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListReported, LocalListVersionAnswer


def from_wire(_: types.GetLocalListVersionRequest, door: Door) -> tuple[Message, ...]:
    """There is nothing in it but the question."""
    return (AskLocalListVersion(station=door.station),)


def answer(replies: Sequence[Reply], _: Door) -> types.GetLocalListVersionResponse:
    """Say which; −1 means that there are no lists."""
    told = find(replies, LocalListVersionAnswer)
    return types.GetLocalListVersionResponse(list_version=told.version if told else -1)


def to_wire(_: AskLocalListVersion, __: Door) -> Any:
    """Ask."""
    return types.GetLocalListVersionRequest()


def heard(response: types.GetLocalListVersionResponse, command: AskLocalListVersion, door: Door) -> Verdict:
    """Tell the use case which."""
    said = LocalListReported(station=command.station, at=door.now, version=max(-1, response.list_version))
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
