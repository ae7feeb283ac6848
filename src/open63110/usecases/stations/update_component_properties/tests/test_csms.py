# SPDX-License-Identifier: Apache-2.0
"""What stations are to be set to is told, kept, compared and mended (8.3.4)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.kept_rows import KeptRows
from tests.literal import Ids

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Wake
from open63110.model.device import Attribute, DeviceVariable, Inventory, variable_address
from open63110.model.inventory import Discovery
from open63110.model.policy import Policy
from open63110.model.settings import (
    Rollout,
    RolloutOutcome,
    RolloutResult,
    SettingsDrifted,
    SettingState,
    SettingTemplate,
    StationSettings,
    same,
)
from open63110.model.site import Site, SiteId, Zone, ZoneKey
from open63110.model.station import Identity, Registration, Station
from open63110.model.variables import (
    ReadStatus,
    ReadVariables,
    Setting,
    SettingResult,
    SettingStatus,
    SetVariables,
    VariablesRead,
    VariablesSet,
    VariableValue,
)
from open63110.usecases.stations.update_component_properties import (
    ApplySettings,
    CompareSettings,
    NoteUnset,
    PutTemplate,
    ReconcileSettings,
    ReleaseSettings,
    RemoveTemplate,
    SettingsKept,
    csms,
    rollouts,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
POLICY = Policy()
HERE = Station(
    id=CS,
    connected=NOW,
    booted=NOW - timedelta(hours=1),
    registration=Registration.ACCEPTED,
    wire="ocpp2.1",
    identity=Identity(vendor="v", model="m", firmware="1.0"),
)
AWAY = replace(HERE, connected=None)
BEAT, PLUG = "OCPPCommCtrlr/HeartbeatInterval", "TxCtrlr/EVConnectionTimeOut"


class Fleet:
    """Stations as decisions see them; of the places where they stand nobody asks here."""

    def __init__(self, *stations: Station) -> None:
        self.stations = {one.id: one for one in stations}

    def station(self, key: StationId) -> Station | None:
        return self.stations.get(key)

    def fleet(self) -> Sequence[Station]:
        return list(self.stations.values())

    def site(self, key: SiteId) -> Site | None:
        raise AssertionError

    def zone(self, key: ZoneKey) -> Zone | None:
        raise AssertionError

    def zones(self, site: SiteId) -> Sequence[Zone]:
        raise AssertionError

    def members(self, zone: ZoneKey) -> Sequence[Station]:
        raise AssertionError


class Keeping:
    """A CSMS that keeps one station as it is to be."""

    def __init__(self, *rows: Any, station: Station = HERE) -> None:
        self.rows, self.now, self.station = KeptRows(*rows), NOW, station

    def put(self, *settings: tuple[str, str], hold: bool = True) -> list[Any]:
        command = SetVariables(
            station=CS, hold=hold, settings=tuple(Setting(variable=one, value=value) for one, value in settings)
        )
        return self.rows.take(csms.ask(command, self.station, self.now, POLICY, self.rows))

    def answer(self, *results: tuple[str, SettingStatus, str | None], hold: bool = True, rollout: str = "") -> list[Any]:
        said = tuple(SettingResult(variable=one, status=status, value=value) for one, status, value in results)
        event = VariablesSet(station=CS, at=self.now, results=said, hold=hold, rollout=rollout)
        return self.rows.take(csms.hear_set(event, self.station, self.now, self.rows))

    def tell(self, *values: tuple[str, str | None], status: ReadStatus = ReadStatus.ACCEPTED) -> list[Any]:
        said = tuple(VariableValue(variable=one, status=status, value=value) for one, value in values)
        event = VariablesRead(station=CS, at=self.now, values=said)
        return self.rows.take(csms.hear_read(event, self.station, self.now, POLICY, self.rows))

    def look(self, *, soon: bool = False) -> list[Any]:
        command = ReconcileSettings(station=CS, soon=soon)
        return self.rows.take(csms.look_again(command, self.station, self.now, POLICY, self.rows))

    def state(self, name: str) -> SettingState | None:
        known = self.rows.get(StationSettings, CS)
        return next((one.state for one in known.settings if one.variable == name), None) if known else None

    def reboot(self) -> None:
        self.now += timedelta(minutes=5)
        self.station = replace(self.station, booted=self.now, connected=self.now)


def told(effects: list[Any]) -> dict[str, str]:
    """What goes to the station."""
    return {each.variable: each.value for one in effects if isinstance(one, SetVariables) for each in one.settings}


def read(effects: list[Any]) -> list[str]:
    """What the station is asked for."""
    return [each.variable for one in effects if isinstance(one, ReadVariables) for each in one.variables]


def test_a_setting_that_is_held_is_told_confirmed_and_then_known_to_be_so() -> None:
    at = Keeping()
    assert told(at.put((BEAT, "30"))) == {BEAT: "30"}
    assert at.state(BEAT) is SettingState.WANTED
    assert read(at.answer((BEAT, SettingStatus.ACCEPTED, "30"))) == [BEAT]
    assert at.state(BEAT) is SettingState.SET
    assert told(at.tell((BEAT, "30.0"))) == {}
    assert at.state(BEAT) is SettingState.CONFIRMED


def test_a_setting_that_is_told_once_leaves_nothing_behind() -> None:
    at = Keeping()
    assert told(at.put((BEAT, "30"), hold=False)) == {BEAT: "30"}
    assert read(at.answer((BEAT, SettingStatus.ACCEPTED, "30"), hold=False)) == []
    assert at.state(BEAT) is None


def test_a_station_that_is_away_is_told_when_it_comes() -> None:
    at = Keeping(station=AWAY)
    effects = at.put((BEAT, "30"))
    assert told(effects) == {}
    assert any(isinstance(one, SettingsKept) for one in effects)
    at.station = HERE
    (wake,) = [one for one in at.look(soon=True) if isinstance(one, Wake)]
    assert wake.at > NOW
    assert read(at.look()) == [BEAT]
    assert told(at.tell((BEAT, "300"))) == {BEAT: "30"}


def test_drift_is_told_and_mended_and_a_station_that_does_not_keep_it_is_let_be() -> None:
    at = Keeping()
    at.put((BEAT, "30"))
    at.answer((BEAT, SettingStatus.ACCEPTED, "30"))
    at.tell((BEAT, "30"))
    at.look()
    effects = at.tell((BEAT, "300"))
    assert [one.drifts for one in effects if isinstance(one, SettingsDrifted)] == [((BEAT, "30", "300"),)]
    assert told(effects) == {BEAT: "30"}
    at.answer((BEAT, SettingStatus.ACCEPTED, "30"))
    assert told(at.tell((BEAT, "300"))) == {BEAT: "30"}
    at.answer((BEAT, SettingStatus.ACCEPTED, "30"))
    assert told(at.tell((BEAT, "300"))) == {}
    assert at.state(BEAT) is SettingState.REFUSED
    at.reboot()
    at.look()
    assert told(at.tell((BEAT, "300"))) == {BEAT: "30"}


@pytest.mark.parametrize("hold", [True, False])
def test_what_counts_after_a_reboot_waits_for_it_and_is_then_read_back(hold: bool) -> None:
    at = Keeping()
    at.put((BEAT, "30"), hold=hold)
    assert read(at.answer((BEAT, SettingStatus.REBOOT_REQUIRED, "30"), hold=hold)) == []
    assert at.state(BEAT) is SettingState.AFTER_REBOOT
    at.look()
    assert told(at.tell((BEAT, "300"))) == {}
    assert at.state(BEAT) is SettingState.AFTER_REBOOT
    at.reboot()
    assert read(at.look()) == [BEAT]
    at.tell((BEAT, "30"))
    assert at.state(BEAT) is (SettingState.CONFIRMED if hold else None)


@pytest.mark.parametrize("hold", [True, False])
def test_a_station_that_tells_at_once_what_it_will_be_has_still_to_boot(hold: bool) -> None:
    at = Keeping()
    at.put((BEAT, "30"), hold=hold)
    at.answer((BEAT, SettingStatus.REBOOT_REQUIRED, "30"), hold=hold)
    at.look()
    at.tell((BEAT, "30"))
    assert at.state(BEAT) is SettingState.AFTER_REBOOT
    at.reboot()
    at.tell((BEAT, "30"))
    assert at.state(BEAT) is (SettingState.CONFIRMED if hold else None)


def test_what_waits_for_a_reboot_waits_on_if_another_value_is_refused() -> None:
    at = Keeping()
    at.answer((BEAT, SettingStatus.REBOOT_REQUIRED, "30"), hold=False)
    at.answer((BEAT, SettingStatus.REJECTED, "0"), hold=False)
    assert at.state(BEAT) is SettingState.AFTER_REBOOT
    at.answer((BEAT, SettingStatus.ACCEPTED, "60"), hold=False)
    assert at.state(BEAT) is None


def test_a_secret_that_counts_after_a_reboot_is_forgotten_after_it() -> None:
    at = Keeping()
    at.answer(("SecurityCtrlr/BasicAuthPassword", SettingStatus.REBOOT_REQUIRED, None), hold=False)
    assert at.state("SecurityCtrlr/BasicAuthPassword") is SettingState.AFTER_REBOOT
    at.reboot()
    assert read(at.look()) == []
    at.tell((BEAT, "1"))
    assert at.state("SecurityCtrlr/BasicAuthPassword") is None


def test_what_a_station_refuses_is_let_be_until_it_has_booted() -> None:
    at = Keeping()
    at.put((BEAT, "0"))
    at.answer((BEAT, SettingStatus.REJECTED, "0"))
    assert at.state(BEAT) is SettingState.REFUSED
    assert told(at.look()) == {}
    assert told(at.tell((BEAT, "300"))) == {}


def test_what_a_station_does_not_have_is_refused() -> None:
    at = Keeping()
    at.put((BEAT, "30"))
    at.tell((BEAT, None), status=ReadStatus.UNKNOWN_VARIABLE)
    assert at.state(BEAT) is SettingState.REFUSED


@pytest.mark.parametrize(("final", "state"), [(False, SettingState.WANTED), (True, SettingState.REFUSED)])
def test_a_station_that_does_not_answer_is_told_again_later(final: bool, state: SettingState) -> None:
    at = Keeping()
    at.put((BEAT, "30"))
    note = NoteUnset(station=CS, variables=(BEAT,), reason="NoAnswer", final=final)
    effects = at.rows.take(csms.note_unset(note, at.station, at.now, POLICY, at.rows))
    assert at.state(BEAT) is state
    (wake,) = [one for one in effects if isinstance(one, Wake)]
    assert wake.at - NOW == timedelta(seconds=POLICY.settings_every if final else POLICY.retry)


def test_an_inventory_tells_of_drift_without_a_question() -> None:
    at = Keeping()
    at.put((BEAT, "30"))
    at.answer((BEAT, SettingStatus.ACCEPTED, "30"))
    at.tell((BEAT, "30"))
    shown = DeviceVariable(address=variable_address(BEAT), attributes=(Attribute(value="9"),))
    at.rows.rows["inventory", CS] = Inventory(station=CS, at=NOW, variables=(shown,))
    effects = at.rows.take(csms.compare(CompareSettings(station=CS), at.station, at.now, POLICY, at.rows))
    assert told(effects) == {BEAT: "30"}
    empty = Keeping()
    assert list(csms.compare(CompareSettings(station=CS), HERE, NOW, POLICY, empty.rows)) == []


def test_templates_count_for_their_models_and_what_is_said_of_a_station_goes_before_them() -> None:
    at = Keeping(
        SettingTemplate(id="any", settings=(Setting(variable=BEAT, value="60"), Setting(variable=PLUG, value="90"))),
        SettingTemplate(id="model", vendor="v", model="m", settings=(Setting(variable=BEAT, value="120"),)),
        SettingTemplate(id="other", vendor="w", settings=(Setting(variable=BEAT, value="1"),)),
    )
    assert set(read(at.look())) == {BEAT, PLUG}
    assert told(at.tell((BEAT, "300"), (PLUG, "300"))) == {BEAT: "120", PLUG: "90"}
    at.put((BEAT, "30"))
    at.look()
    assert told(at.tell((BEAT, "120"), (PLUG, "90"))) == {BEAT: "30"}
    effects = at.rows.take(csms.release(ReleaseSettings(station=CS, variables=(BEAT,)), at.station, at.now, at.rows))
    assert any(isinstance(one, Wake) for one in effects)
    at.look()
    assert told(at.tell((BEAT, "30"), (PLUG, "90"))) == {BEAT: "120"}
    del at.rows.rows["template", "model"]
    at.look()
    assert told(at.tell((BEAT, "120"), (PLUG, "90"))) == {BEAT: "60"}


def test_where_nothing_is_wanted_nothing_is_asked() -> None:
    at = Keeping()
    assert at.look() == []
    assert at.tell((BEAT, "1"))[1:] == []
    other = SettingTemplate(id="other", vendor="w", settings=(Setting(variable=BEAT, value="1"),))
    assert Keeping(other).look(soon=True) == []


def test_secrets_are_told_and_not_held() -> None:
    at = Keeping(Discovery(station=CS, secrets=("Vendor/Pin",), most={"SetVariables": 3, "SetVariables/bytes": 900}))
    for secret in ("Vendor/Pin", "SecurityCtrlr/BasicAuthPassword"):
        with pytest.raises(Refused):
            at.put((secret, "1234"))
    command = at.put(("Vendor/Pin", "1234"), (BEAT, "30"), hold=False)[-1]
    assert (command.readable, command.per_message, command.per_bytes) == ((BEAT,), 3, 900)
    assert "1234" not in repr(command.kept())
    assert "30" in repr(command.kept())


def test_a_secret_is_held_at_no_station_of_several_either_and_not_written_down_when_it_is_refused() -> None:
    at, secret = (
        Keeping(),
        (Setting(variable=BEAT, value="30"), Setting(variable="SecurityCtrlr/BasicAuthPassword", value="1234")),
    )
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


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ((BEAT, "1"), (BEAT, "2")),
        (("no address", "1"),),
        ((BEAT, "x" * 2_501),),
        tuple((f"A/{n}", "1") for n in range(1_001)),
    ],
)
def test_what_no_station_can_be_told_is_refused(wrong: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Malformed):
        Keeping().put(*wrong)


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


@pytest.mark.parametrize(
    ("wanted", "said", "alike"),
    [
        ("30", "30.0", True),
        ("true", "True", True),
        ("A, W", "A,W", True),
        ("30", "31", False),
        ("A,W", "W,A", False),
        ("", "", True),
        ("1", None, False),
    ],
)
def test_a_station_may_write_values_in_its_own_way(wanted: str, said: str | None, alike: bool) -> None:
    assert same(wanted, said) is alike
