# SPDX-License-Identifier: Apache-2.0
"""Power variation triggered by a DSO: who may ask what; what comes of it is tested beside the parts (8.2.7)."""

from open63110.kernel.roles import Role
from open63110.usecases.energy.dso_power_variation import (
    USE_CASE,
    CancelDsoOrder,
    KeepDsoLink,
    PutDsoForecast,
    PutDsoGroup,
    PutDsoOrder,
    RemoveDsoForecast,
    RemoveDsoGroup,
    TendDsoOrders,
)
from open63110.usecases.energy.dso_power_variation.messages import NOBODY


def test_the_operator_makes_groups_and_a_dso_orders_for_its_own() -> None:
    doors = {door.command: door for door in USE_CASE.doors}
    of_operator = {command for command, door in doors.items() if door.roles == {Role.OPERATOR} and not door.owned}
    of_dso = {command for command, door in doors.items() if door.roles == {Role.DSO} and door.owned}
    assert of_operator == {PutDsoGroup, RemoveDsoGroup}
    assert of_dso == {PutDsoOrder, CancelDsoOrder, PutDsoForecast, RemoveDsoForecast, KeepDsoLink}
    assert TendDsoOrders not in doors


def test_whoever_asks_cannot_say_that_he_is_somebody_else() -> None:
    asked = PutDsoOrder(station=NOBODY, group="feeder-12", by="other", role=Role.ADMIN).asked_by("grid", Role.DSO)
    assert (asked.by, asked.role) == ("grid", "dso")
    assert PutDsoOrder.unasked == {"by", "role"}
