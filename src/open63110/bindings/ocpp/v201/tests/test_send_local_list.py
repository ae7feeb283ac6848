# SPDX-License-Identifier: Apache-2.0
"""SendLocalList where the golden frames do not reach: differential lists, and credentials without a name."""

from typing import Any

import pytest
from tests.conformance.v201.golden import CS, door

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.send_local_list import from_wire, to_wire
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import SubjectRef
from open63110.model.station import LocalAuthorization, Station
from open63110.model.token import AuthorizationStatus
from open63110.usecases.services.authorize_locally import LocalListEntry, SendLocalList

ACCEPTED, BLOCKED = AuthorizationStatus.ACCEPTED, AuthorizationStatus.BLOCKED


def line(value: str, status: Any = None) -> types.AuthorizationData:
    token = types.IdTokenType(id_token=value, type="ISO14443")
    if status is None:
        return types.AuthorizationData(id_token=token)
    return types.AuthorizationData(id_token=token, id_token_info=types.IdTokenInfoType(status=status))


def entry(ref: str, status: AuthorizationStatus = ACCEPTED, group: str | None = None) -> LocalListEntry:
    return LocalListEntry(subject=SubjectRef(ref), status=status, group=SubjectRef(group) if group else None)


def understood(kind: Any, *lines: types.AuthorizationData, local: LocalAuthorization | None = None) -> Any:
    where = door(WIRE)
    where.noun = None if local is None else Station(id=CS, local=local)
    said = types.SendLocalListRequest(version_number=2, update_type=kind, local_authorization_list=lines)
    (command,) = from_wire(said, where)
    assert isinstance(command, SendLocalList)
    return command.entries


HERE = LocalAuthorization(
    version=1, entries={"ISO14443:A1": "Accepted", "ISO14443:B2": "Accepted"}, groups={"ISO14443:A1": "Central:G1"}
)


def test_a_differential_list_is_read_as_the_whole_it_makes() -> None:
    entries = understood("Differential", line("B2"), line("C3", "Blocked"), local=HERE)
    assert entries == (entry("ISO14443:A1", group="Central:G1"), entry("ISO14443:C3", BLOCKED))


def test_a_differential_list_changes_what_is_there() -> None:
    assert understood("Differential", line("B2", "Blocked"), local=HERE)[1] == entry("ISO14443:B2", BLOCKED)


def test_a_differential_list_on_nothing_is_the_list() -> None:
    assert understood("Differential", line("C3", "Accepted")) == (entry("ISO14443:C3"),)


def test_a_full_list_forgets_what_was_there_and_lines_without_a_status() -> None:
    assert understood("Full", line("C3", "Accepted"), line("D4"), local=HERE) == (entry("ISO14443:C3"),)


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_no_list_can_have_is_refused(version: int) -> None:
    with pytest.raises(Malformed):
        from_wire(types.SendLocalListRequest(version_number=version, update_type="Full"), door(WIRE))


@pytest.mark.parametrize(
    "command", [SendLocalList(station=CS, version=1), SendLocalList(station=CS, entries=(entry("ISO14443:A1"),))]
)
def test_a_list_that_was_not_filled_in_does_not_go_out(command: SendLocalList) -> None:
    with pytest.raises(Malformed):
        to_wire(command, door(WIRE))


def test_credentials_without_a_name_stay_off_the_list() -> None:
    entries = (entry("ISO14443:erased"), entry("VIN:WAUZZZ8K9BA123456"), entry("ISO14443:A1", group="Central:erased"))
    sent = to_wire(SendLocalList(station=CS, version=1, entries=entries), door(WIRE))
    assert sent.local_authorization_list == (line("A1", "Accepted"),)
