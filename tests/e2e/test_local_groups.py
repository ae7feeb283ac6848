# SPDX-License-Identifier: Apache-2.0
"""One message for a zone or another group of stations behind a local CSMS (B.11)."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.e2e.house import ADMIN
from tests.e2e.local_house import ended, mall, until

from open63110.apps.local_config import ZonePlan
from open63110.bindings.link.codec import CODEC
from open63110.bindings.link.correspondence import Correspondence
from open63110.bindings.link.groups import Aggregate
from open63110.bindings.link.header import Header, Kind
from open63110.kernel.ids import StationId
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.smart_charging import LimitZone

NORTH = [f"CS{number}" for number in range(1, 51)]


@pytest.mark.at("AT-B.11-1", "link")
@pytest.mark.at("AT-B.11-2", "link")
@pytest.mark.timeout(180)
async def test_a_limit_of_a_zone_is_one_message_up_there_and_fifty_down_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zones = {
        "north": ZonePlan(import_max=1_100_000.0, stations=tuple(NORTH)),
        "south": ZonePlan(import_max=44_000.0, stations=("CS99",)),
    }
    async with mall(tmp_path, [*NORTH, "CS99"], zones=zones, factor=1.0, tags=()) as (here, _, there, _):
        branch = here.csms.level.branches.branch("mall-lc")
        assert branch is not None
        lines, say, sent = branch.lines, Correspondence.send, []

        def counted(self: Correspondence, header: Header, body: bytes, **more: Any) -> int:
            if self is lines and header.kind is Kind.REQUEST:
                sent.append(header.type)
            return say(self, header, body, **more)

        monkeypatch.setattr(Correspondence, "send", counted)
        limit = LimitZone(
            station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(250_000.0), failsafe=Watts(70_000.0)
        )
        began = time.monotonic()
        asked = await here.csms.orders.ask(limit, ADMIN)
        await until(lambda: all(there.noun(name).limits.desired for name in NORTH), 20.0)
        took = time.monotonic() - began
        order = await ended(here.csms, asked)
        answer = msgspec.json.decode(order.answer, type=Aggregate)
        assert (answer.ok, answer.failed, answer.unreachable) == (50, (), ())
        assert sent == [CODEC.number(limit)]
        assert {there.noun(name).limits.desired["0/1"].limit for name in NORTH} == {5000.0}
        assert not there.noun("CS99").limits.desired
        assert took <= 2.0
