# SPDX-License-Identifier: Apache-2.0
"""Several stations are set to the same, and all of a model by a template (8.3.4)."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.literal import Ids

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.model.settings import (
    Rollout,
    RolloutOutcome,
    RolloutResult,
)
from open63110.model.site import ZoneKey
from open63110.model.station import Identity
from open63110.model.variables import (
    Setting,
    SettingStatus,
    SetVariables,
)
from open63110.usecases.stations.update_component_properties import (
    ApplySettings,
    NoteUnset,
    PutTemplate,
    RemoveTemplate,
    csms,
    rollouts,
)
from open63110.usecases.stations.update_component_properties.tests.keeping import (
    AWAY,
    BEAT,
    CS,
    HERE,
    NOW,
    POLICY,
    Fleet,
    Keeping,
)


def test_a_secret_is_held_at_no_station_of_several_either_and_not_written_down_when_it_is_refused() -> None:
    at = Keeping()
    secret = (Setting(variable=BEAT, value="30"), Setting(variable="SecurityCtrlr/BasicAuthPassword", value="1234"))
    apply = ApplySettings(station=StationId(""), settings=secret, stations=("CS-1",))
    with pytest.raises(Refused, match="BasicAuthPassword"):
        at.rows.take(rollouts.apply(apply, Fleet(HERE), NOW, Ids()))
    put = PutTemplate(station=StationId(""), id="t", settings=secret)
    with pytest.raises(Refused, match="BasicAuthPassword"):
        at.rows.take(rollouts.put(put, Fleet(HERE), NOW, at.rows))
    assert at.rows.rows == {}
    nonsense = replace(put, settings=(Setting(variable="no address", value="1234"),))
    for one in (apply, put, nonsense):
        assert "1234" not in repr(one.kept())
    assert "30" in repr(apply.kept())


def rollout(at: Keeping, fleet: Fleet, **what: Any) -> list[Any]:
    """Set several stations."""
    command = ApplySettings(station=StationId(""), settings=(Setting(variable=BEAT, value="30"),), by="ann", **what)
    return at.rows.take(rollouts.apply(command, fleet, NOW, Ids()))


def test_several_stations_are_set_and_what_came_of_each_is_kept() -> None:
    at = Keeping()
    other = replace(HERE, id=StationId("CS-2"), identity=Identity(vendor="w"), zone=ZoneKey("north:deck"))
    effects = rollout(at, Fleet(HERE, other), model="m")
    assert [one.station for one in effects if isinstance(one, SetVariables)] == [CS]
    (known,) = at.rows.load(Rollout)
    assert (known.by, known.stations) == ("ann", 1)
    (result,) = at.rows.load(RolloutResult)
    assert result.outcome is RolloutOutcome.WAITING
    for status, outcome in (
        (SettingStatus.REJECTED, RolloutOutcome.REFUSED),
        (SettingStatus.REBOOT_REQUIRED, RolloutOutcome.AFTER_REBOOT),
        (SettingStatus.ACCEPTED, RolloutOutcome.SET),
    ):
        at.now += timedelta(seconds=1)
        at.answer((BEAT, status, "30"), rollout=known.id)
        assert at.rows.load(RolloutResult)[0].outcome is outcome
    assert [one.station for one in rollout(at, Fleet(HERE, other), site="north") if isinstance(one, SetVariables)] == ["CS-2"]
    assert rollout(at, Fleet(HERE, other), site="north", zone="deck")
    assert rollout(at, Fleet(HERE, other), stations=("CS-1", "CS-1"))[-1].stations == 1


def test_a_station_that_was_away_counts_for_its_rollout_when_it_comes() -> None:
    at = Keeping(station=AWAY)
    rollout(at, Fleet(AWAY), stations=("CS-1",))
    (known,) = at.rows.load(Rollout)
    at.put((BEAT, "30"))
    at.station = HERE
    at.look()
    (command,) = [one for one in at.tell((BEAT, "300")) if isinstance(one, SetVariables)]
    assert command.rollout == known.id
    note = NoteUnset(station=CS, variables=(BEAT,), reason="NotSupported", rollout=known.id, final=True)
    at.rows.take(csms.note_unset(note, at.station, at.now, POLICY, at.rows))
    assert at.rows.load(RolloutResult)[0].outcome is RolloutOutcome.REFUSED


def test_a_rollout_wants_to_know_which_stations() -> None:
    for wrong, kind in (({}, Malformed), ({"stations": ("CS-9",)}, Unknown), ({"vendor": "nobody"}, Unknown)):
        with pytest.raises(kind):
            rollout(Keeping(), Fleet(HERE), **wrong)


def test_a_template_concerns_the_stations_it_fits_and_fitted() -> None:
    at = Keeping()
    other = replace(HERE, id=StationId("CS-2"), identity=Identity(vendor="w", firmware="2.1"))
    fleet = Fleet(HERE, other)
    one = PutTemplate(station=StationId(""), id="t", vendor="v", settings=(Setting(variable=BEAT, value="30"),), by="ann")
    assert [each.station for each in at.rows.take(rollouts.put(one, fleet, NOW, at.rows))[1:]] == [CS]
    two = PutTemplate(station=StationId(""), id="t", firmware="2.", settings=(Setting(variable=BEAT, value="30"),))
    assert [each.station for each in at.rows.take(rollouts.put(two, fleet, NOW, at.rows))[1:]] == [CS, "CS-2"]
    gone = RemoveTemplate(station=StationId(""), id="t")
    assert [each.station for each in at.rows.take(rollouts.remove(gone, fleet, NOW, at.rows))[1:]] == ["CS-2"]
    with pytest.raises(Unknown):
        at.rows.take(rollouts.remove(gone, fleet, NOW, at.rows))
    with pytest.raises(Malformed):
        list(rollouts.put(replace(one, id=""), fleet, NOW, at.rows))
