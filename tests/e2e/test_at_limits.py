# SPDX-License-Identifier: Apache-2.0
"""Safety of limits (7.10): the CSMS and a station in the station's role, over real wires; its own hardware is watched."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_player import EVERY
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import WattHours, Watts
from open63110.model.limit import WHOLE, Confirmed
from open63110.simulator.ev import Ev, Make
from open63110.usecases.energy.smart_charging import FailSafeEntered, FailSafeLeft, LimitInForce

ONE = EvseNumber(1)
"""The EVSE at which an EV charges here."""


async def charging(at: Standing) -> None:
    """Let an EV on one phase charge, which still does so at 6 A."""
    at.hardware.arrive(1, Ev(Make("small", WattHours(500_000.0), Watts(7_360.0), 1), 0.1))
    at.present(1, "ANNA")
    await at.here.until(lambda: at.hardware.evses[1].power > 7_000)


def confirmed(at: Standing, evse: EvseNumber = WHOLE) -> Confirmed | None:
    """What the CSMS knows to be in force."""
    return at.here.station("CS-1").limits.in_force.get(evse)


def journal(at: Standing) -> list[Any]:
    """Facts of the station itself from now on."""
    found: list[Any] = []
    at.engine.commit.on_durable.append(lambda entries: found.extend(one.event for one in entries))
    return found


def of(kind: type[Any], facts: list[Any]) -> list[Any]:
    """Those of a kind."""
    return [one for one in facts if isinstance(one, kind)]


class Watch:
    """Looks at the power of an EVSE all the time."""

    def __init__(self, at: Standing) -> None:
        self._at = at
        self.seen: list[tuple[datetime, float]] = []

    async def until(self, moment: datetime) -> None:
        """Note what flows until then."""

        def over() -> bool:
            now = self._at.here.now()
            self.seen.append((now, self._at.hardware.evses[1].power))
            return now >= moment

        await self._at.here.until(over)

    def most(self, begin: datetime, end: datetime) -> float:
        """The highest power between two moments [W]."""
        return max(power for when, power in self.seen if begin <= when <= end)


@pytest.mark.at("AT-7.10-1", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_without_a_link_a_station_keeps_its_limit_and_then_its_fail_safe_value(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 10.0)  # 5 s of the clock are long enough for a busy machine
    async with standing(tmp_path, wire) as at:
        await charging(at)
        facts = journal(at)
        order = {"limit": 3_000.0, "failsafe": 1_400.0, "failsafe_after": 60.0}
        assert (await at.here.ask("stations/CS-1/limit", order))["outcome"] == "accepted"
        await at.here.until(lambda: 0 < at.hardware.evses[1].power <= 3_000)
        await at.here.until(lambda: confirmed(at) is not None)
        kept = confirmed(at)
        assert kept is not None
        assert (kept.asked.limit, kept.asked.failsafe) == (3_000.0, 1_400.0)
        assert of(FailSafeEntered, facts) == []

        watch, cut = Watch(at), at.here.now()
        at.hardware.lose_link(120)
        await watch.until(cut + timedelta(seconds=100))
        assert watch.most(cut, at.here.now()) <= 3_000
        assert watch.most(cut, cut + timedelta(seconds=20)) > 1_400
        assert 0 < watch.most(cut + timedelta(seconds=65), at.here.now()) <= 1_400
        (entered,) = of(FailSafeEntered, facts)

        await at.link_is_back()
        await at.here.until(lambda: of(FailSafeLeft, facts))
        (left,) = of(FailSafeLeft, facts)
        assert left.since == entered.at
        assert 50 <= left.seconds <= 150
        await at.here.until(lambda: 1_400 < at.hardware.evses[1].power <= 3_000)
        await at.here.ask("stations/CS-1/limit", {"limit": 2_300.0})
        await at.here.until(lambda: (now := confirmed(at)) is not None and now.asked.limit == 2_300.0)
        await at.here.until(lambda: 0 < at.hardware.evses[1].power <= 2_300)


@pytest.mark.at("AT-7.10-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_cable_that_carries_less_than_is_allowed_clips_the_limit(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        facts = journal(at)
        at.controller.capped(1, {"hardware": Watts(22_080.0), "cable": Watts(20 * 3 * 230.0)})
        at.hardware.arrive(1, Ev(Make("city", WattHours(500_000.0), Watts(22_000.0), 3), 0.1))
        at.present(1, "ANNA")
        await at.here.until(lambda: at.hardware.evses[1].power > 0)
        assert at.hardware.evses[1].offered <= 13_800

        order = await at.here.ask("stations/CS-1/limit", {"evse": 1, "limit": 32 * 3 * 230.0})
        assert order["outcome"] == "accepted"
        await at.here.until(lambda: confirmed(at, ONE) is not None)
        await at.here.until(lambda: of(LimitInForce, facts))
        (said,) = of(LimitInForce, facts)
        assert (said.limit, said.by) == (13_800.0, "cable")
        kept = confirmed(at, ONE)
        assert kept is not None
        assert at.hardware.evses[1].offered <= 13_800
        if wire != "v16":  # which has no words for it
            assert (kept.limit, kept.by, order["reason"]) == (13_800.0, "cable", "Clipped")
            assert "13800 W by cable" in order["detail"]
        assert (await at.here.ask("stations/CS-1/ask-limit", {"evse": 1}))["outcome"] == "accepted"
        await at.here.until(lambda: (now := confirmed(at, ONE)) is not None and now.limit == 13_800.0)


@pytest.mark.parametrize("wire", EVERY)
async def test_what_is_wanted_while_a_station_is_away_reaches_it_when_it_is_back(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        await charging(at)
        await at.lose_link(120)
        order = await at.here.ask("stations/CS-1/limit", {"limit": 2_000.0})
        assert (order["outcome"], order["reason"]) == ("accepted", "Pending")
        assert confirmed(at) is None
        await at.link_is_back()
        await at.here.until(lambda: confirmed(at) is not None)
        await at.here.until(lambda: 0 < at.hardware.evses[1].power <= 2_000)
        await at.here.ask("stations/CS-1/withdraw-limit", {})
        await at.here.until(lambda: confirmed(at) is None)
        await at.here.until(lambda: at.hardware.evses[1].power > 7_000)


@pytest.mark.parametrize("wire", EVERY)
async def test_a_limit_of_the_station_is_shared_by_all_that_charge(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        await charging(at)
        await at.here.ask("stations/CS-1/limit", {"limit": 6_000.0})
        await at.here.until(lambda: 5_500 < at.hardware.evses[1].power <= 6_000)
        at.hardware.arrive(2, Ev(Make("small", WattHours(500_000.0), Watts(7_360.0), 1), 0.1))
        at.present(2, "BERT")
        await at.here.until(lambda: at.hardware.evses[2].power > 0)
        await at.here.until(lambda: sum(one.power for one in at.hardware.evses.values()) <= 6_000)
        at.hardware.leave(2)
        await at.here.until(lambda: at.hardware.evses[1].power > 5_500)
