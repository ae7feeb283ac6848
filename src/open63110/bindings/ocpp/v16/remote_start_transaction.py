# SPDX-License-Identifier: Apache-2.0
"""RemoteStartTransaction (1.6): the CSMS lets somebody charge at a connector."""

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, given, verdict_of
from open63110.bindings.ocpp.v16.fields import evse_number, id_tag, subject
from open63110.bindings.ocpp.v16.whole_profile import profile_of, worded
from open63110.bindings.ocpp.whole_profile import for_the_next, holding
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.ids import EvseNumber
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_externally import RemoteStartAnswered, StartRemotely

DROPPED = ("connector", "group", "remote_start")
"""A connector is an EVSE here; the group comes with the answer to StartTransaction; nothing correlates a start."""


def from_wire(request: types.RemoteStartTransactionRequest, door: Door) -> tuple[Message, ...]:
    """Read who may charge where, and by which profile the transaction that begins is to go.

    Raises:
        NotSupported: it leaves the choice among several connectors to the station.
        Malformed: the profile is for another transaction.
    """
    evse = evse_number(request.connector_id) if request.connector_id is not UNSET else EvseNumber(0)
    start = StartRemotely(station=door.station, subject=subject(request.id_tag, door), evse=evse or _only(door))
    profile = given(request.charging_profile)
    if profile is None:
        return (start,)
    transaction = "" if profile.transaction_id is UNSET else str(profile.transaction_id)
    return for_the_next(profile_of(profile, transaction), start.evse, door), start


def _only(door: Door) -> EvseNumber:
    """Return the one EVSE of a station that has no other."""
    there = tuple(door.noun.evses) if door.noun else ()
    if len(there) == 1:
        return there[0]
    raise NotSupported("say at which connector", code="NoConnector", where="connectorId")


def answer(_: Sequence[Reply], __: Door) -> types.RemoteStartTransactionResponse:
    """Say yes."""
    return types.RemoteStartTransactionResponse(status="Accepted")


def refuse(_: Trouble, __: Door) -> types.RemoteStartTransactionResponse:
    """Say no; 1.6 has no word for why."""
    return types.RemoteStartTransactionResponse(status="Rejected")


def to_wire(command: StartRemotely, door: Door) -> types.RemoteStartTransactionRequest:
    """Order a start; EVSE 0 leaves the choice to the station.

    Raises:
        NotSupported: the profile says what this version does not know.
    """
    return types.RemoteStartTransactionRequest(
        connector_id=command.evse or UNSET,
        id_tag=id_tag(command.subject, door),
        charging_profile=UNSET if command.profile is None else worded(command.profile, None),
    )


def heard(response: types.RemoteStartTransactionResponse, command: StartRemotely, door: Door) -> Verdict:
    """Tell the use case whether the station takes it."""
    said = RemoteStartAnswered(
        station=command.station,
        at=door.now,
        subject=command.subject,
        evse=command.evse,
        accepted=response.status == "Accepted",
        remote_start=command.remote_start,
        group=command.group,
        reason="" if response.status == "Accepted" else response.status,
    )
    return replace(verdict_of(response.status), messages=(said, *holding(command, door)) if said.accepted else (said,))


REMOTE_START_TRANSACTION = Translation(
    action="RemoteStartTransaction",
    sender=Role.CSMS,
    carries=(StartRemotely,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
