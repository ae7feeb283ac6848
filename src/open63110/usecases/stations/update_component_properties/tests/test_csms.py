# SPDX-License-Identifier: Apache-2.0
"""What stations are to be set to is told, kept, compared and mended (8.3.4)."""

from datetime import timedelta
from typing import Any

import pytest

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.messages import Wake
from open63110.model.device import Attribute, DeviceVariable, Inventory, variable_address
from open63110.model.inventory import Discovery
from open63110.model.settings import (
    SettingsDrifted,
    SettingState,
    SettingTemplate,
    same,
)
from open63110.model.variables import (
    ReadStatus,
    ReadVariables,
    Setting,
    SettingStatus,
    SetVariables,
)
from open63110.usecases.stations.update_component_properties import (
    CompareSettings,
    NoteUnset,
    ReleaseSettings,
    SettingsKept,
    csms,
)
from open63110.usecases.stations.update_component_properties.tests.keeping import AWAY, BEAT, CS, HERE, NOW, PLUG, POLICY, Keeping


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
