# SPDX-License-Identifier: Apache-2.0
"""Somebody says that he knows of an alarm about the power of a site: it lasts, and the first who said so stands (8.2.3)."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import T0, Clock, Ids

from open63110.kernel.errors import Malformed, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.power import HELD, PowerAlarm
from open63110.model.site import SiteId
from open63110.runtime.alarms import Alarms
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.store.memory import MemoryStore
from open63110.usecases.energy.acknowledge_power_alarm import AcknowledgePowerAlarms

NORTH = SiteId("north")
KEY = "north/Excess/g1"


def acknowledge(*ids: str, by: str = "ann", **more: Any) -> AcknowledgePowerAlarms:
    return AcknowledgePowerAlarms(station=StationId(""), ids=ids or (KEY,), **more).asked_by(by, "OPERATOR")


@pytest.fixture
def engine() -> Engine:
    """At a site too much flows."""
    made = Engine(Role.CSMS, discover(), MemoryStore(), Clock(), Ids(), Policy())
    Alarms(made).raised(NORTH, "Excess", "g1", "80 kW where 60 kW may flow", T0)
    return made


def alarm(engine: Engine) -> PowerAlarm:
    return engine.known.all_alarms[KEY]


def test_who_acknowledged_first_stands_and_the_alarm_lasts(engine: Engine) -> None:
    engine.hear((acknowledge(note="the chiller"),), now=T0)
    engine.hear((acknowledge(by="bob", note="what?"),), now=T0)
    one = alarm(engine)
    assert (one.state, one.acknowledged, one.acknowledged_by, one.note) == ("acknowledged", T0, "ann", "the chiller")


def test_raised_once_more_after_it_was_over_nobody_knows_of_it(engine: Engine) -> None:
    engine.hear((acknowledge(),), now=T0)
    Alarms(engine).settle(NORTH, (), T0)
    assert KEY not in engine.known.all_alarms
    Alarms(engine).raised(NORTH, "Excess", "g1", "again", T0)
    assert (alarm(engine).state, alarm(engine).acknowledged_by) == ("active", "")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (acknowledge("north/Excess/g2"), "UnknownAlarm"),
        (acknowledge(KEY, "south/Excess/g1"), "UnknownAlarm"),
        (acknowledge(""), "UnknownAlarm"),
        (replace(acknowledge(), ids=()), "InvalidValue"),
        (acknowledge(note="x" * 1_001), "InvalidValue"),
    ],
)
def test_only_an_alarm_that_lasts_is_acknowledged(asked: AcknowledgePowerAlarms, code: str, engine: Engine) -> None:
    trouble = engine.hear((asked,), now=T0)
    assert isinstance(trouble, Unknown | Malformed)
    assert trouble.code == code
    assert alarm(engine).acknowledged is None


def test_what_flows_beyond_what_may_is_graver_than_what_is_held(engine: Engine) -> None:
    assert {replace(alarm(engine), kind=one).severity for one in HELD} == {4}
    assert {replace(alarm(engine), kind=one).severity for one in ("Excess", "OverUse", "CheckFailed")} == {2}
