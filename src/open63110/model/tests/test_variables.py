# SPDX-License-Identifier: Apache-2.0
"""What stations say of variables is laid beside what they were asked (8.3.3, 8.3.4)."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.model.device import AttributeKind
from open63110.model.variables import (
    ReadStatus,
    ReadVariables,
    Setting,
    SettingResult,
    SettingStatus,
    SetVariables,
    VariableValue,
    VariableWish,
    answered,
    demand_settings,
    readable,
    told_of,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
PIN = "SecurityCtrlr/BasicAuthPassword"


def test_a_station_may_write_names_in_its_own_way() -> None:
    """OCPP compares them without regard to case."""
    wish = ReadVariables(station=CS, variables=(VariableWish(variable="ConfigurationKey/lightintensity"),))
    (value,) = told_of(wish, [VariableValue(variable="ConfigurationKey/LightIntensity", value="5")], NOW).values
    assert (value.variable, value.value, value.status) == ("ConfigurationKey/lightintensity", "5", ReadStatus.ACCEPTED)
    order = SetVariables(station=CS, settings=(Setting(variable="A/b", value="1"),), readable=("A/b",))
    (result,) = answered(order, [SettingResult(variable="a/B", status=SettingStatus.ACCEPTED)], NOW).results
    assert (result.variable, result.value, result.status) == ("A/b", "1", SettingStatus.ACCEPTED)


def test_one_variable_has_one_value_of_a_kind_however_it_is_written() -> None:
    demand_settings([Setting(variable="A/b", value="1"), Setting(variable="A/b", value="2", kind=AttributeKind.TARGET)])
    with pytest.raises(Malformed, match="two values"):
        demand_settings([Setting(variable="A/b", value="1"), Setting(variable="a/B", value="2")])


def test_what_a_station_does_not_mention_it_did_not_answer() -> None:
    order = SetVariables(station=CS, settings=(Setting(variable="A/b"),))
    (result,) = answered(order, [SettingResult(variable="A/c", status=SettingStatus.ACCEPTED)], NOW).results
    assert result.status is SettingStatus.UNANSWERED
    (value,) = told_of(ReadVariables(station=CS, variables=(VariableWish(variable="A/b"),)), [], NOW).values
    assert value.status is ReadStatus.UNANSWERED


def test_a_secret_is_one_however_it_is_written() -> None:
    assert readable([Setting(variable="vendor/pin"), Setting(variable="A/b")], ("Vendor/Pin",)) == ("A/b",)


def test_a_secret_that_a_station_tells_is_not_kept() -> None:
    wish = ReadVariables(station=CS, variables=(VariableWish(variable=PIN),))
    (value,) = told_of(wish, [VariableValue(variable=PIN, value="1234")], NOW).values
    assert value.value is None
