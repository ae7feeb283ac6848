# SPDX-License-Identifier: Apache-2.0
"""SendLocalList (2.0.1): the CSMS gives a station a list of credentials."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.local_list import here
from open63110.bindings.ocpp.translation import Door, Translation, text
from open63110.bindings.ocpp.v201.id_token import LONGEST_LANGUAGE, group, id_token, subject
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import Malformed, NotSupported, Trouble, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.token import AuthorizationStatus
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AskLocalListVersion, LocalListEntry, LocalListReported, SendLocalList

DROPPED = ("entries whose credential was erased or has no name here",)
"""The station asks online for what does not stand on its list."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read the list; of a differential one, what the whole will be.

    Raises:
        Malformed: the version is none that a list can have.
    """
    if request.version_number < 1:
        raise Malformed("a list has a version above 0", code="OutOfRange", where="versionNumber")
    lines = {} if request.update_type == "Full" else {line.subject: line for line in here(door)}
    for said in () if request.local_authorization_list is UNSET else request.local_authorization_list:
        ref = subject(said.id_token, door) or SubjectRef("")
        lines.pop(ref, None)
        if said.id_token_info is not UNSET:
            lines[ref] = _line(ref, said.id_token_info, door)
    return (SendLocalList(station=door.station, version=request.version_number, entries=tuple(lines.values())),)


def _line(ref: SubjectRef, info: Any, door: Door) -> LocalListEntry:
    return LocalListEntry(
        subject=ref,
        status=AuthorizationStatus(info.status),
        group=subject(info.group_id_token, door),
        language=text(info.language1),
    )


def answer(_: Sequence[Reply], __: Door) -> types.SendLocalListResponse:
    """Take it."""
    return types.SendLocalListResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.SendLocalListResponse:
    """Say why not."""
    status: Any = "VersionMismatch" if trouble.code == "VersionMismatch" else "Failed"
    return types.SendLocalListResponse(status=status, status_info=because(trouble.code))


def to_wire(command: SendLocalList, door: Door, words: Words = WORDS) -> types.SendLocalListRequest:
    """Send the list, or what changes of it.

    Raises:
        Malformed: the use case has not filled it in.
    """
    if command.entries is None or command.version < 1:
        raise Malformed("a list goes out with its entries and a version above 0", code="NoList", where="entries")
    lines = [line for entry in command.entries for line in _data(entry, door, words)]
    lines += [types.AuthorizationData(id_token=token) for ref in command.removed for token in _named(ref, door, words)]
    return types.SendLocalListRequest(
        version_number=command.version,
        update_type="Differential" if command.differential else "Full",
        local_authorization_list=tuple(lines) or UNSET,
    )


def _named(ref: SubjectRef, door: Door, words: Words) -> Iterator[types.IdTokenType]:
    try:
        yield id_token(ref, door, words)
    except (Unknown, NotSupported):
        return


def _data(entry: LocalListEntry, door: Door, words: Words) -> Iterator[types.AuthorizationData]:
    for token in _named(entry.subject, door, words):
        info = types.IdTokenInfoType(
            status=entry.status.value,
            group_id_token=group(entry.group, door, words),
            language1=entry.language if 0 < len(entry.language) <= LONGEST_LANGUAGE else UNSET,
        )
        yield types.AuthorizationData(id_token=token, id_token_info=info)


def heard(response: Any, command: SendLocalList, door: Door) -> Verdict:
    """Hear that the station has it; after a mismatch, ask what it has instead."""
    if response.status == "VersionMismatch":
        ask = AskLocalListVersion(station=command.station)
        return Verdict(outcome=Outcome.REJECTED, reason="VersionMismatch", messages=(ask,))
    return judged(response, LocalListReported(station=command.station, at=door.now, version=command.version))


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
