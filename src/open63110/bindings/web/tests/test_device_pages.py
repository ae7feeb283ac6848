# SPDX-License-Identifier: Apache-2.0
"""The page of what came of settings for several stations."""

import pytest

from open63110.bindings.web import device_pages
from open63110.bindings.web.tests.ground import Ground
from open63110.bindings.web.tests.test_pages import check, logged_in
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.settings import Rollout, RolloutOutcome, RolloutResult, result_id
from open63110.runtime.principals import durable


async def test_a_rollout_to_more_stations_than_a_page_holds_is_counted_whole_and_shows_the_gravest(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_pages, "MOST_RESULTS", 2)
    ground.engine.known.keep("rollout", "r1", Rollout(id="r1", asked=ground.clock.now(), stations=4))
    outcomes = (RolloutOutcome.SET, RolloutOutcome.SET, RolloutOutcome.WAITING, RolloutOutcome.REFUSED)
    for number, outcome in enumerate(outcomes):
        station = StationId(f"CS-{number}")
        result = RolloutResult(id=result_id("r1", station), rollout="r1", station=station, outcome=outcome)
        ground.engine.known.keep("rollout_result", result.id, result)
    await durable(ground.engine)
    client = await logged_in(ground, Role.OPERATOR)
    page = (await client.get("/settings/rollouts/r1")).text
    check(page)
    for words in ("2 set", "1 waiting", "1 refused", "of 4 stations", "The gravest 2 of 4"):
        assert words in page
    assert [name for name in ("CS-3", "CS-2", "CS-1", "CS-0") if f"/stations/{name}/device" in page] == ["CS-3", "CS-2"]
    assert page.index("CS-3") < page.index("CS-2")
