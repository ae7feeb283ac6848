# SPDX-License-Identifier: Apache-2.0
"""Fields that stand in many messages of OCPP 1.6: connectors, idTags, natural keys."""

from hashlib import blake2b
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import MOST
from open63110.bindings.ocpp.translation import Door
from open63110.kernel.errors import Malformed, NotSupported, Unknown
from open63110.kernel.ids import ConnectorNumber, EvseNumber, SubjectRef
from open63110.model.token import AuthorizationStatus
from open63110.usecases.services.authorize_locally import AuthorizationAnswer

LONGEST: Final = 20
"""Characters of an idTag."""

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
    """Return the reference of an idTag; 1.6 does not say what kind of credential it is.

    Raises:
        Malformed: it is empty.
    """
    if id_tag:
        return door.subjects.named(id_tag)
    raise Malformed("the idTag is empty", code="NoIdTag", where="idTag")


def presented(id_tag: Any, door: Door) -> SubjectRef | None:
    """Return the reference of an idTag in what has happened already; None where nobody is named: it happened all the same."""
    return None if id_tag is UNSET or not id_tag else subject(id_tag, door)


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


def id_tag_if_any(ref: SubjectRef | None, door: Door) -> str:
    """Return the idTag of whom a fact names, empty if it cannot be named here: the fact has to be told all the same."""
    try:
        return id_tag(ref, door) if ref else ""
    except (Unknown, NotSupported):
        return ""


def id_tag_info(answer: AuthorizationAnswer | None, door: Door) -> types.IdTagInfo:
    """Return the answer to an idTag; without one it is invalid."""
    if answer is None:
        return types.IdTagInfo(status="Invalid")
    token = answer.token
    return types.IdTagInfo(
        status=STATUS[answer.status],
        expiry_date=token.valid_until if token is not None and token.valid_until else UNSET,
        parent_id_tag=(token is not None and id_tag_if_any(token.group, door)) or UNSET,
    )


def status_of(info: types.IdTagInfo) -> AuthorizationStatus:
    """Return what an idTagInfo says."""
    return AuthorizationStatus(info.status)


def group_of(info: types.IdTagInfo, door: Door) -> SubjectRef | None:
    """Return the group that an idTagInfo names."""
    return presented(info.parent_id_tag, door)


def natural(*parts: object) -> int:
    """Return a negative number that names a message by its content, the same after every restart (I8).

    1.6 numbers nothing, so equal content is the same message.
    """
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 1)
