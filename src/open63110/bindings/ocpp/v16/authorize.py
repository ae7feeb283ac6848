# SPDX-License-Identifier: Apache-2.0
"""Authorize (1.6): may this idTag charge here?"""

from collections.abc import Sequence

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, find
from open63110.bindings.ocpp.v16.fields import group_of, id_tag, id_tag_info, status_of, subject
from open63110.kernel.ids import EvseNumber, SubjectRef, TransferReference
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential, CredentialAnswered

DROPPED = ("evse", "reference", "presented")
"""The wire asks for an idTag alone: not where, not for which transfer, and always now."""


def from_wire(request: types.AuthorizeRequest, door: Door) -> tuple[Message, ...]:
    """Read the idTag."""
    return (AuthorizeCredential(station=door.station, subject=subject(request.id_tag, door)),)


def answer(replies: Sequence[Reply], door: Door) -> types.AuthorizeResponse:
    """Say what it is good for."""
    return types.AuthorizeResponse(id_tag_info=id_tag_info(find(replies, AuthorizationAnswer), door))


def to_wire(command: AuthorizeCredential, door: Door) -> types.AuthorizeRequest:
    """Ask."""
    return types.AuthorizeRequest(id_tag=id_tag(command.subject, door))


def heard(response: types.AuthorizeResponse, command: AuthorizeCredential, door: Door) -> Verdict:
    """Tell the station what it is good for."""
    said = answered(response.id_tag_info, command.subject, command.evse, command.reference, door)
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


def answered(
    info: types.IdTagInfo, who: SubjectRef, evse: EvseNumber, reference: TransferReference | None, door: Door
) -> CredentialAnswered:
    """Return an idTagInfo as the fact that a station hears."""
    return CredentialAnswered(
        station=door.station,
        at=door.now,
        subject=who,
        status=status_of(info),
        evse=evse,
        group=group_of(info, door),
        reference=reference,
    )


AUTHORIZE = Translation(
    action="Authorize",
    sender=Role.STATION,
    carries=(AuthorizeCredential,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
