# SPDX-License-Identifier: Apache-2.0
"""SendLocalList (1.6): a station's local authorization list."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.local_list import here
from open63110.bindings.ocpp.translation import Door, Translation, verdict_of
from open63110.bindings.ocpp.v16.fields import STATUS, group_of, id_tag_if_any, status_of, subject
from open63110.kernel.errors import Malformed, NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListEntry, LocalListReported, SendLocalList

DROPPED = ("entries whose credential 1.6 cannot name", "all but one of those with the same idTag", "expiryDate", "finer statuses")
"""A longer credential than twenty characters cannot be presented to such a station either."""


def from_wire(request: types.SendLocalListRequest, door: Door) -> tuple[Message, ...]:
    """Read the list; of a differential one, what the whole will be.

    Raises:
        Malformed: the version is none that a list can have.
    """
    if request.list_version < 1:
        raise Malformed("a list has a version above 0", code="OutOfRange", where="listVersion")
    lines = {} if request.update_type == "Full" else {line.subject: line for line in here(door)}
    for said in () if request.local_authorization_list is UNSET else request.local_authorization_list:
        ref = subject(said.id_tag, door)
        lines.pop(ref, None)
        if said.id_tag_info is not UNSET:
            info = said.id_tag_info
            lines[ref] = LocalListEntry(subject=ref, status=status_of(info), group=group_of(info, door))
    return (SendLocalList(station=door.station, version=request.list_version, entries=tuple(lines.values())),)


def answer(_: Sequence[Reply], __: Door) -> types.SendLocalListResponse:
    """Say that it was taken."""
    return types.SendLocalListResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SendLocalListResponse:
    """Say why it was not."""
    if isinstance(trouble, NotSupported):
        return types.SendLocalListResponse(status="NotSupported")
    return types.SendLocalListResponse(status="VersionMismatch" if trouble.code == "VersionMismatch" else "Failed")


def to_wire(command: SendLocalList, door: Door) -> types.SendLocalListRequest:
    """Send the list, or what changes of it.

    Of several kinds of credentials with the same idTag, one line goes out, for a station may refuse a list with two.

    Raises:
        Malformed: the use case has not filled it in.
    """
    if command.entries is None or command.version < 1:
        raise Malformed("a list goes out with its entries and a version above 0", code="NoList", where="entries")
    lines: dict[str, Any] = {}
    for entry in command.entries:
        tag = id_tag_if_any(entry.subject, door)
        if tag:
            lines.setdefault(tag.upper(), _data(tag, entry, door))
    for tag in filter(None, (id_tag_if_any(ref, door) for ref in command.removed)):
        lines.setdefault(tag.upper(), types.AuthorizationData(id_tag=tag))
    return types.SendLocalListRequest(
        list_version=command.version,
        update_type="Differential" if command.differential else "Full",
        local_authorization_list=tuple(lines.values()) or UNSET,
    )


def _data(tag: str, entry: LocalListEntry, door: Door) -> types.AuthorizationData:
    info = types.IdTagInfo(status=STATUS[entry.status], parent_id_tag=id_tag_if_any(entry.group, door) or UNSET)
    return types.AuthorizationData(id_tag=tag, id_tag_info=info)


def heard(response: types.SendLocalListResponse, command: SendLocalList, door: Door) -> Verdict:
    """Know which version is there now; a station without lists says so; after a mismatch, ask what it has instead."""
    if response.status == "NotSupported":
        none = LocalListReported(station=command.station, at=door.now, version=-1)
        return Verdict(outcome=Outcome.NOT_SUPPORTED, reason=response.status, messages=(none,))
    if response.status == "VersionMismatch":
        ask = AskLocalListVersion(station=command.station)
        return Verdict(outcome=Outcome.REJECTED, reason=response.status, messages=(ask,))
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
