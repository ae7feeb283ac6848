# SPDX-License-Identifier: Apache-2.0
"""Authorization with locally presented credentials as a table (8.4.4); what it does is tested beside each part of it."""

from datetime import UTC, datetime

from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.messages import Command
from open63110.kernel.roles import Role
from open63110.model.token import AuthorizationStatus
from open63110.runtime.engine import decode_command, encode_command
from open63110.runtime.table import Table
from open63110.usecases.services.authorize_locally import (
    USE_CASE,
    AuthorizeCredential,
    CredentialAnswered,
    CredentialPresented,
    LocalListEntry,
    PutToken,
    RemoveToken,
    SendLocalList,
)

CS1 = StationId("CS1")


def test_each_end_decides_its_own_part() -> None:
    table = Table([USE_CASE])
    assert (Role.CSMS, AuthorizeCredential) in table.decide
    assert (Role.STATION, CredentialPresented) in table.decide
    assert (Role.CSMS, CredentialPresented) not in table.decide
    assert {role for role, kind in table.decide if kind is SendLocalList} == {Role.CSMS, Role.STATION}


def test_only_operators_keep_credentials() -> None:
    table = Table([USE_CASE])
    for kind in (PutToken, RemoveToken, SendLocalList):
        door = table.door(kind)
        assert door is not None
        assert door.roles == {Role.OPERATOR}
    assert table.door(AuthorizeCredential) is None, "asking for somebody else's rights is for stations"


def test_a_station_answer_is_heard_by_the_station_only() -> None:
    assert {role for role, kind in Table([USE_CASE]).decide if kind is CredentialAnswered} == {Role.STATION}


def test_a_list_on_its_way_survives_a_restart() -> None:
    lines = (LocalListEntry(subject=SubjectRef("a"), status=AuthorizationStatus.BLOCKED, group=SubjectRef("g")),)
    commands: tuple[Command, ...] = (
        SendLocalList(station=CS1, version=8, entries=lines),
        AuthorizeCredential(station=CS1, subject=SubjectRef("a"), presented=datetime(2026, 5, 1, tzinfo=UTC)),
    )
    assert [decode_command(encode_command(one)) for one in commands] == list(commands)
