# SPDX-License-Identifier: Apache-2.0
"""IdToken and IdTokenInfo of OCPP 2.x: the only place where a credential's value meets this wire."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import NotSupported, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.model.token import Credential
from open63110.usecases.services.authorize_locally import AuthorizationAnswer

DROPPED = ("IdToken.additionalInfo", "IdTokenInfo.chargingPriority", "IdTokenInfo.evseId", "IdTokenInfo.personalMessage")
"""No use case has them yet; what was sent lies in the day's raw frames."""

LONGEST_LANGUAGE = 8
"""Characters of a language tag."""


def subject(token: Any, door: Door) -> SubjectRef | None:
    """Return the reference of a token, None where none was on the wire."""
    if token is UNSET:
        return None
    return door.subjects.ref(Credential(kind=token.type, value=token.id_token))


def id_token(ref: SubjectRef, door: Door, words: Words = WORDS) -> types.IdTokenType:
    """Return the token a reference stands for.

    Raises:
        Unknown: its subject was erased.
        NotSupported: this version cannot name such a credential.
    """
    credential = door.subjects.credential(ref)
    if credential is None:
        raise Unknown("the credential was erased", code="ErasedCredential")
    if not words.names(credential):
        raise NotSupported(f"{door.version} cannot name such a credential", code="NoSuchTokenType", where="subject")
    kind: Any = credential.kind
    return types.IdTokenType(id_token=credential.value, type=kind)


def id_token_info(answer: AuthorizationAnswer, door: Door, words: Words = WORDS) -> types.IdTokenInfoType:
    """Return the answer to a credential. A group that cannot be named is left out: the answer counts without it."""
    token = answer.token
    if token is None:
        return types.IdTokenInfoType(status=answer.status.value)
    return types.IdTokenInfoType(
        status=answer.status.value,
        cache_expiry_date_time=token.valid_until or UNSET,
        group_id_token=group(token.group, door, words),
        language1=token.language if 0 < len(token.language) <= LONGEST_LANGUAGE else UNSET,
    )


def group(ref: SubjectRef | None, door: Door, words: Words = WORDS) -> Any:
    """Return a group's token, absent where there is none or none that can be named."""
    try:
        return UNSET if ref is None else id_token(ref, door, words)
    except (Unknown, NotSupported):
        return UNSET
