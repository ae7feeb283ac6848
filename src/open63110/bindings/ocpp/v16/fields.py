# SPDX-License-Identifier: Apache-2.0
"""Fields that stand in many messages of OCPP 1.6: connectors, idTags, moments, natural keys."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from msgspec import UNSET, Raw

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Malformed, NotSupported, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, SubjectRef
from open63110.model.token import AuthorizationStatus, Credential
from open63110.usecases.services.authorize_locally import AuthorizationAnswer

EMPTY: Final = Raw(b"{}")
"""The response that has no fields."""

KIND: Final = "ISO14443"
"""1.6 does not say what an idTag is; nearly all are cards, and so a card is the same person on 1.6 and 2.x."""

LONGEST: Final = 20
"""Characters of an idTag."""

MOST: Final = 999
"""Connectors of a station; a higher number is an attack on memory, not a picture."""

STATUS: Final[dict[AuthorizationStatus, Any]] = {
    AuthorizationStatus.ACCEPTED: "Accepted",
    AuthorizationStatus.BLOCKED: "Blocked",
    AuthorizationStatus.CONCURRENT: "ConcurrentTx",
    AuthorizationStatus.EXPIRED: "Expired",
    AuthorizationStatus.INVALID: "Invalid",
    AuthorizationStatus.NO_CREDIT: "Blocked",
    AuthorizationStatus.NOT_ALLOWED_TYPE: "Blocked",
    AuthorizationStatus.NOT_AT_THIS_LOCATION: "Blocked",
    AuthorizationStatus.NOT_AT_THIS_TIME: "Blocked",
    AuthorizationStatus.UNKNOWN: "Invalid",
}
"""Ten of ours, five of theirs."""


def utc(at: datetime) -> datetime:
    """Return a moment in UTC.

    Raises:
        Malformed: it lies outside of the calendar there.
    """
    try:
        return at if at.tzinfo is UTC else at.astimezone(UTC)
    except (OverflowError, ValueError) as fault:
        raise Malformed("a moment outside of the calendar", code="BadTimestamp", where="timestamp") from fault


def evse_number(connector: int) -> EvseNumber:
    """Return which EVSE a connector of 1.6 is: it has no EVSEs, so each connector is one. 0 is the station.

    Raises:
        Malformed: no station has such a connector.
    """
    if 0 <= connector <= MOST:
        return EvseNumber(connector)
    raise Malformed(f"there is no connector {connector}", code="OutOfRange", where="connectorId")


def connector_number(connector: int) -> ConnectorNumber:
    """Return the connector's number within its EVSE."""
    return ConnectorNumber(1 if connector else 0)


def subject(id_tag: str, door: Door) -> SubjectRef:
    """Return the reference of an idTag; 1.6 compares them without case.

    Raises:
        Malformed: it is empty.
    """
    if not id_tag:
        raise Malformed("the idTag is empty", code="NoIdTag", where="idTag")
    return door.subjects.ref(Credential(kind=KIND, value=id_tag.upper()))


def id_tag(ref: SubjectRef, door: Door) -> str:
    """Return the idTag a reference stands for.

    Raises:
        Unknown: its subject was erased.
        NotSupported: an idTag has at most twenty characters.
    """
    credential = door.subjects.credential(ref)
    if credential is None:
        raise Unknown("the credential was erased", code="ErasedCredential")
    if not 0 < len(credential.value) <= LONGEST:
        raise NotSupported("OCPP 1.6 names credentials of 1 to 20 characters", code="NoSuchTokenType", where="subject")
    return credential.value


def id_tag_info(answer: AuthorizationAnswer | None, door: Door) -> types.IdTagInfo:
    """Return the answer to an idTag; without one it is invalid."""
    if answer is None:
        return types.IdTagInfo(status="Invalid")
    token = answer.token
    return types.IdTagInfo(
        status=STATUS[answer.status],
        expiry_date=token.valid_until if token is not None and token.valid_until else UNSET,
        parent_id_tag=_parent(token.group, door) if token is not None and token.group else UNSET,
    )


def _parent(group: SubjectRef, door: Door) -> Any:
    """Name a group; one that cannot be named is left out, the answer counts without it."""
    try:
        return id_tag(group, door)
    except (Unknown, NotSupported):
        return UNSET


def status_of(info: types.IdTagInfo) -> AuthorizationStatus:
    """Return what an idTagInfo says."""
    return AuthorizationStatus(info.status)


def natural(*parts: object) -> int:
    """Return a negative number that names a message by its content, the same after every restart (I8).

    1.6 numbers nothing, so equal content is the same message.
    """
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 1)
