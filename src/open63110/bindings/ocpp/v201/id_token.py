# SPDX-License-Identifier: Apache-2.0
"""IdToken and IdTokenInfo of OCPP 2.0.1: the only place where a credential's value meets this wire."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Unknown
from open63110.kernel.ids import SubjectRef
from open63110.model.token import Credential
from open63110.usecases.services.authorize_locally import AuthorizationAnswer


def subject(token: Any, door: Door) -> SubjectRef | None:
    """Return the reference of a token, None where none was on the wire."""
    if token is UNSET:
        return None
    return door.subjects.ref(Credential(kind=token.type, value=token.id_token))


def id_token(ref: SubjectRef, door: Door) -> types.IdTokenType:
    """Return the token a reference stands for.

    Raises:
        Unknown: its subject was erased.
    """
    credential = door.subjects.credential(ref)
    if credential is None:
        raise Unknown("the credential was erased", code="ErasedCredential")
    kind: Any = credential.kind
    return types.IdTokenType(id_token=credential.value, type=kind)


def id_token_info(answer: AuthorizationAnswer, door: Door) -> types.IdTokenInfoType:
    """Return the answer to a credential."""
    token = answer.token
    group = id_token(token.group, door) if token is not None and token.group else UNSET
    return types.IdTokenInfoType(
        status=answer.status.value,
        cache_expiry_date_time=token.valid_until if token is not None and token.valid_until else UNSET,
        group_id_token=group,
        language1=token.language if token is not None and token.language else UNSET,
    )
