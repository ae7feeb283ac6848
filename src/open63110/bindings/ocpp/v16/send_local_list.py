# SPDX-License-Identifier: Apache-2.0
"""SendLocalList (1.6): a station's local authorization list, replaced as a whole."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v16.fields import STATUS, id_tag, status_of, subject
from open63110.kernel.errors import NotSupported, Trouble, Unknown
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import LocalListEntry, LocalListReported, SendLocalList

DROPPED = ("entries whose credential 1.6 cannot name", "expiryDate", "finer statuses")
"""A longer credential than twenty characters cannot be presented to such a station either."""


def from_wire(request: types.SendLocalListRequest, door: Door) -> tuple[Message, ...]:
    """Read the list.

    Raises:
        NotSupported: it is a difference to a list before it, which this product neither sends nor takes.
    """
    if request.update_type != "Full":
        raise NotSupported("only whole lists are taken", code="NotSupported", where="updateType")
    listed = () if request.local_authorization_list is UNSET else request.local_authorization_list
    entries = tuple(_entry(one, door) for one in listed if one.id_tag_info is not UNSET)
    return (SendLocalList(station=door.station, version=request.list_version, entries=entries),)


def _entry(item: Any, door: Door) -> LocalListEntry:
    info = item.id_tag_info
    group = subject(info.parent_id_tag, door) if info.parent_id_tag is not UNSET and info.parent_id_tag else None
    return LocalListEntry(subject=subject(item.id_tag, door), status=status_of(info), group=group)


def answer(_: Sequence[Reply], __: Door) -> types.SendLocalListResponse:
    """Say that it was taken."""
    return types.SendLocalListResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SendLocalListResponse:
    """Say why it was not."""
    if isinstance(trouble, NotSupported):
        return types.SendLocalListResponse(status="NotSupported")
    return types.SendLocalListResponse(status="VersionMismatch" if trouble.code == "VersionMismatch" else "Failed")


def to_wire(command: SendLocalList, door: Door) -> types.SendLocalListRequest:
    """Send the whole list; what 1.6 cannot name stays behind."""
    items = tuple(item for one in command.entries or () if (item := _item(one, door)) is not None)
    return types.SendLocalListRequest(list_version=command.version, update_type="Full", local_authorization_list=items or UNSET)


def _item(entry: LocalListEntry, door: Door) -> Any:
    try:
        tag = id_tag(entry.subject, door)
        parent: Any = id_tag(entry.group, door) if entry.group else UNSET
    except (Unknown, NotSupported):
        return None
    info = types.IdTagInfo(status=STATUS[entry.status], parent_id_tag=parent)
    return types.AuthorizationData(id_tag=tag, id_tag_info=info)


def heard(response: types.SendLocalListResponse, command: SendLocalList, door: Door) -> Verdict:
    """Know which version is there now; a station without lists says so."""
    if response.status == "NotSupported":
        none = LocalListReported(station=command.station, at=door.now, version=-1)
        return Verdict(outcome=Outcome.NOT_SUPPORTED, reason=response.status, messages=(none,))
    there = LocalListReported(station=command.station, at=door.now, version=command.version)
    return verdict_of(response.status, there)


SEND_LOCAL_LIST = Translation(
    action="SendLocalList",
    sender=Role.CSMS,
    carries=(SendLocalList,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
