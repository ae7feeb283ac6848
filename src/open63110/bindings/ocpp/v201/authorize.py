# SPDX-License-Identifier: Apache-2.0
"""Authorize (2.0.1): may this credential charge here?"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.kept import keeping
from open63110.bindings.ocpp.translation import Door, Translation, find, text
from open63110.bindings.ocpp.v201.id_token import id_token, id_token_info, subject
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.token import AuthorizationStatus
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential, CredentialAnswered
from open63110.usecases.stations.keep_unplaced import Kept

DROPPED = ("evse", "reference", "presented")
"""The wire asks for a credential alone: not where, not for which transfer, and always now."""

_KEPT = keeping("Authorize", personal=("idToken", "certificate", "iso15118CertificateHashData"))


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the credential; a contract certificate or its hashes are kept beside it."""
    judged = AuthorizeCredential(station=door.station, subject=subject(request.id_token, door) or SubjectRef(""))
    if request.certificate is UNSET and request.iso15118_certificate_hash_data is UNSET:
        return (judged,)
    return (judged, *_KEPT.from_wire(request, door))


def answer(replies: Sequence[Reply], door: Door, words: Words = WORDS) -> types.AuthorizeResponse:
    """Say what the credential is good for, and of a certificate no more than is known.

    A chain that came to be checked ends in no root this CSMS has, and that is said. Of hashes, whose chain the station has
    checked itself, nothing is: nobody was asked whether it is revoked.
    """
    judged = find(replies, AuthorizationAnswer)
    if judged is None:
        return types.AuthorizeResponse(id_token_info=types.IdTokenInfoType(status="Unknown"))
    return types.AuthorizeResponse(
        id_token_info=id_token_info(judged, door, words),
        certificate_status="CertChainError" if _sent_a_chain(replies) else UNSET,
    )


def _sent_a_chain(replies: Sequence[Reply]) -> bool:
    kept = find(replies, Kept)
    return kept is not None and "certificate" in msgspec.json.decode(kept.message.payload)


def to_wire(command: AuthorizeCredential, door: Door, words: Words = WORDS) -> types.AuthorizeRequest:
    """Ask."""
    return types.AuthorizeRequest(id_token=id_token(command.subject, door, words))


def heard(response: Any, command: AuthorizeCredential, door: Door) -> Verdict:
    """Tell the station what the credential is good for. A certificate that failed makes it invalid, whatever else is said."""
    info = response.id_token_info
    proven = response.certificate_status is UNSET or response.certificate_status == "Accepted"
    status = AuthorizationStatus(info.status)
    if status is AuthorizationStatus.ACCEPTED and not proven:
        status = AuthorizationStatus.INVALID
    said = CredentialAnswered(
        station=command.station,
        at=door.now,
        subject=command.subject,
        status=status,
        evse=command.evse,
        group=subject(info.group_id_token, door),
        reference=command.reference,
        language=text(info.language1),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


AUTHORIZE = Translation(
    action="Authorize",
    sender=Role.STATION,
    carries=(AuthorizeCredential,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
