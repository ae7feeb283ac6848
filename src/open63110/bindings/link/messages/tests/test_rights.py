# SPDX-License-Identifier: Apache-2.0
"""Who may say what over a link, cell by cell (B.22, AT-B.8-2)."""

import itertools

import pytest

from open63110.bindings.link.messages.registry import REGISTRY, Definition
from open63110.bindings.link.messages.rights import EVERYWHERE, RIGHTS, Sender
from open63110.kernel.address import parse
from open63110.kernel.errors import NotAuthorized, NotSupported
from open63110.kernel.messages import Priority
from open63110.kernel.roles import Role

E, C, N, B = Priority
HERE, ELSEWHERE = parse("/north/z1/CS1"), parse("/north/z1/CS2")
UP, DOWN = {Role.CSMS, Role.LOCAL_CSMS}, {Role.STATION, Role.LOCAL_CSMS}
URGENT = {"StationEventReported", "EnergyTransferEnded", "FailSafeEntered"}
SITE_ORDERS = {"LimitPower", "WithdrawLimit", "StopRemotely"}
ZONE = {"LimitZone", "WithdrawZoneLimit"}
SITE = {"PutConstraint", "WithdrawConstraint", "KeepConstraints"}
GRID = {"PutDsoOrder", "CancelDsoOrder", "PutDsoForecast", "RemoveDsoForecast", "KeepDsoLink", "AskDsoCompliance"}


def expected(sender: Role, receiver: Role, one: Definition) -> set[Priority]:
    """The policy once more, in other words: what a cell should hold."""
    upward, downward = Role.CSMS in one.to, Role.STATION in one.to
    zone, answer, told = one.name in ZONE, one.name == "ZoneLimitAnswer", {Role.DSO, Role.FO, Role.RM}
    match sender:
        case Role.STATION if receiver in UP and upward and not one.only:
            return {E, C, N, B} if one.name in URGENT else {C, N, B}
        case Role.LOCAL_CSMS if receiver in UP and upward and not zone and one.name not in GRID | SITE:
            return {E, C, N, B} if one.name in URGENT else {C, N, B}
        case Role.LOCAL_CSMS if receiver is Role.STATION and downward:
            return {E, C, N, B} if one.name in SITE_ORDERS else {C, N, B}
        case Role.CSMS if (receiver in DOWN and downward) or (receiver is Role.LOCAL_CSMS and (zone or one.name in SITE)):
            return {E, C, N, B}
        case Role.CSMS if receiver in (told if answer else one.to & {Role.DSO}):
            return {C, N, B}
        case Role.DSO if receiver is Role.CSMS and (zone or one.name in GRID):
            return {E, C} if zone else {E, C, N}
        case Role.FO if receiver is Role.CSMS and zone:
            return {C}
        case Role.RM if receiver in UP and zone:
            return {E, C}
    return set()


@pytest.mark.parametrize("definition", REGISTRY.messages, ids=lambda one: one.name)
def test_every_cell_is_as_the_policy_says(definition: Definition) -> None:
    for sender, receiver in itertools.product(Role, Role):
        found = RIGHTS.classes(sender, receiver, definition.number)
        assert found == expected(sender, receiver, definition), (sender, receiver)


@pytest.mark.parametrize("definition", REGISTRY.messages, ids=lambda one: one.name)
def test_every_cell_is_enforced_for_every_class(definition: Definition) -> None:
    for role, receiver, priority in itertools.product(Role, Role, Priority):
        sender = Sender(role=role, places=EVERYWHERE)
        if priority in RIGHTS.classes(role, receiver, definition.number):
            RIGHTS.check(sender, receiver, definition.number, HERE, priority)
        else:
            with pytest.raises(NotAuthorized):
                RIGHTS.check(sender, receiver, definition.number, HERE, priority)


def test_the_policy_as_a_list_holds_every_cell_once() -> None:
    cells = {(one.sender, one.receiver, one.number): {*one.classes} for one in RIGHTS.cells()}
    assert cells == RIGHTS.table
    assert len(RIGHTS.cells()) == len(cells)
    assert all(REGISTRY.by_name[one.message].number == one.number for one in RIGHTS.cells())


def test_every_message_can_be_said_by_somebody() -> None:
    said = {number for _, _, number in RIGHTS.table}
    assert [one.name for one in REGISTRY.messages if one.number not in said] == []


@pytest.mark.parametrize(
    ("sender", "receiver", "name", "priority", "about", "code"),
    [
        (Sender(role=Role.STATION, places=(HERE,)), Role.CSMS, "MeterValuesReported", E, HERE, "PriorityNotAllowed"),
        (Sender(role=Role.STATION, places=(HERE,)), Role.CSMS, "MeterValuesReported", N, ELSEWHERE, "AddressNotAllowed"),
        (Sender(role=Role.STATION, places=(HERE,)), Role.CSMS, "LimitZone", E, HERE, "NotAuthorized"),
        (Sender(role=Role.STATION, places=()), Role.CSMS, "MeterValuesReported", N, HERE, "AddressNotAllowed"),
        (Sender(role=Role.CSP, places=EVERYWHERE), Role.CSMS, "LimitZone", C, HERE, "NotAuthorized"),
        (Sender(role=Role.FO, places=EVERYWHERE), Role.CSMS, "LimitZone", E, HERE, "PriorityNotAllowed"),
        (Sender(role=Role.DSO, places=(parse("/north"),)), Role.CSMS, "LimitZone", E, parse("/south/z1"), "AddressNotAllowed"),
        (Sender(role=Role.DSO, places=(parse("/north"),)), Role.CSMS, "LimitZone", E, parse("/*/z1"), "AddressNotAllowed"),
        (Sender(role=Role.FO, places=EVERYWHERE), Role.CSMS, "PutDsoOrder", C, HERE, "NotAuthorized"),
        (Sender(role=Role.RM, places=EVERYWHERE), Role.CSMS, "AskDsoCompliance", N, HERE, "NotAuthorized"),
        (Sender(role=Role.LOCAL_CSMS, places=EVERYWHERE), Role.LOCAL_CSMS, "LimitPower", C, HERE, "NotAuthorized"),
    ],
)
def test_what_is_not_admitted_is_refused_and_not_made_less(
    sender: Sender, receiver: Role, name: str, priority: Priority, about: object, code: str
) -> None:
    with pytest.raises(NotAuthorized) as caught:
        RIGHTS.check(sender, receiver, REGISTRY.by_name[name].number, about, priority)  # type: ignore[arg-type]  # all are addresses
    assert caught.value.code == code


def test_a_local_csms_above_is_a_csms() -> None:
    above = Sender(role=Role.LOCAL_CSMS, places=EVERYWHERE, above=True)
    RIGHTS.check(above, Role.LOCAL_CSMS, REGISTRY.by_name["LimitZone"].number, parse("/north/z1"), E)
    with pytest.raises(NotAuthorized):
        RIGHTS.check(above, Role.LOCAL_CSMS, REGISTRY.by_name["StationBooted"].number, HERE, N)


def test_a_message_that_nobody_knows_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        RIGHTS.check(Sender(role=Role.CSMS, places=EVERYWHERE), Role.STATION, 9999, HERE, N)
