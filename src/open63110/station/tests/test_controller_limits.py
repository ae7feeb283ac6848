# SPDX-License-Identifier: Apache-2.0
"""The controller on the real engine keeps to limits, and ends what its hardware cannot let go on (7.10)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Amperes, Watts
from open63110.model.policy import StationPolicy
from open63110.station.tests.test_controller import CS, E1, Ground
from open63110.usecases.energy.smart_charging import LimitPower, WithdrawLimit

E2 = EvseNumber(2)


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    made = Ground(StationPolicy(offline="allow-unknown"))
    writing = asyncio.create_task(made.engine.commit.run())
    yield made
    writing.cancel()


async def test_a_limit_is_kept_to_by_what_charges_and_lifted_when_it_is_withdrawn(ground: Ground) -> None:
    await ground.charging()
    await ground.hears(LimitPower(station=CS, evse=E1, limit=Watts(4_000.0)))
    assert ground.deeds[-1] == ("close", 1, 4_000.0)
    assert ground.controller.offer(E2) == 11_000.0
    await ground.hears(WithdrawLimit(station=CS, evse=E1))
    assert ground.deeds[-1] == ("close", 1, 11_000.0)


async def test_what_the_whole_station_may_draw_is_shared_by_the_evses_that_charge(ground: Ground) -> None:
    await ground.charging()
    await ground.hears(LimitPower(station=CS, limit=Watts(6_000.0), amperes=(Amperes(20.0), Amperes(16.0))))
    assert (ground.controller.offer(E1), ground.controller.offer(E2)) == (6_000.0, 3_000.0)
    assert (ground.controller.phase_limit(E1), ground.controller.phase_limit(E2)) == (16.0, 8.0)


async def test_what_hardware_can_do_is_part_of_what_is_offered(ground: Ground) -> None:
    assert (ground.controller.offer(E1), ground.controller.phase_limit(E1)) == (11_000.0, None)
    await ground.accepted()
    ground.controller.capped(1, {"hardware": Watts(22_000.0), "cable": Watts(4_600.0)})
    assert ground.controller.offer(E1) == 4_600.0


async def test_an_emergency_ends_the_transfer_with_the_last_reading_and_is_told_before_what_waits(ground: Ground) -> None:
    await ground.charging()
    ground.meter = 2500.0
    ground.controller.fault(1, "EmergencyStop", 0)
    ground.controller.stop(1, "EmergencyStop")
    await ground.settle()
    assert not ground.closed[1]
    under_way = await ground.answer()
    assert type(under_way).__name__ != "StationEventReported"
    assert type(await ground.answer()).__name__ == "StationEventReported"
    ended = await ground.end()
    assert (ended.reason, ended.readings[-1].value) == ("EmergencyStop", 2500.0)
    before = len(ground.controller.outbox)
    ground.controller.stop(1, "EmergencyStop")
    await ground.settle()
    assert len(ground.controller.outbox) == before


async def test_whether_the_csms_can_be_reached_is_known(ground: Ground) -> None:
    assert not ground.controller.linked
    await ground.accepted()
    assert ground.controller.linked
