# SPDX-License-Identifier: Apache-2.0
"""What stations are to be set to: desired beside reported, per station and per model, and how several are set at once (8.3.4)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.device import AttributeKind
from open63110.model.station import Identity
from open63110.model.variables import Setting


class SettingState(StrEnum):
    """How far a setting has come."""

    WANTED = "wanted"
    """The station was not told yet, or did not answer."""
    SET = "set"
    """The station took it."""
    AFTER_REBOOT = "after-reboot"
    """The station took it and keeps to it from its next boot on."""
    CONFIRMED = "confirmed"
    """The station says that it is so."""
    DRIFTED = "drifted"
    """The station said that it is otherwise, and is being told again."""
    REFUSED = "refused"


class HeldSetting(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What one variable of a station is to be, and is as far as anybody knows."""

    variable: str
    kind: AttributeKind = AttributeKind.ACTUAL
    value: str | None = None
    """What it is to be; None: a secret, which is kept nowhere."""
    state: SettingState = SettingState.WANTED
    at: datetime | None = None
    """Since when it stands so."""
    reason: str = ""
    """Why it was refused."""
    told: str | None = None
    """What the station said last that it is; None: nothing."""
    told_at: datetime | None = None
    held: bool = True
    """It is kept so: set again if it is otherwise. False: it was set once and is shown until it counts."""
    template: str = ""
    """Of which template it is; empty: of this station."""
    tries: int = 0
    """How often it was set since the station was looked at."""


class StationSettings(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station is to be set to; one row of each station of which anything is wanted."""

    station: StationId
    settings: tuple[HeldSetting, ...] = ()
    """In the order of their variables."""
    looked: datetime | None = None
    """When the station was asked for their values last."""

    @property
    def open(self) -> int:
        """How many are not as they are to be."""
        return sum(one.state not in {SettingState.CONFIRMED, SettingState.SET} for one in self.settings)


class SettingsChanged(Event, frozen=True, kw_only=True, gc=False):
    """What a station is to be set to is another, or it is known how far that has come."""

    about: ClassVar[str] = "settings"
    settings: StationSettings


class SettingsDrifted(Event, frozen=True, kw_only=True, gc=False):
    """A station is not set to what it is to be, and was: somebody else changed it, or it forgot."""

    drifts: tuple[tuple[str, str, str], ...]
    """Variable, what it is to be, what it is."""


class SettingTemplate(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What all stations of a model are to be set to."""

    id: str
    vendor: str = ""
    """As stations say it; empty: any."""
    model: str = ""
    """As stations say it; empty: any."""
    firmware: str = ""
    """How its version begins; empty: any."""
    settings: tuple[Setting, ...] = ()
    note: str = ""
    changed: datetime | None = None
    by: str = ""

    def fits(self, identity: Identity) -> bool:
        """Tell whether it is for such a station."""
        vendor = self.vendor in {"", identity.vendor}
        return vendor and self.model in {"", identity.model} and identity.firmware.startswith(self.firmware)

    @property
    def weight(self) -> tuple[int, str]:
        """By what the more particular comes behind the more general, and goes before it."""
        return sum(map(bool, (self.vendor, self.model, self.firmware))), self.id


class TemplateChanged(Event, frozen=True, kw_only=True, gc=False):
    """A template is there, is another, or is gone."""

    about: ClassVar[str] = "template"
    template: SettingTemplate | None
    id: str = ""
    by: str = ""


class Rollout(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Several stations are set to the same."""

    id: str
    asked: datetime
    by: str = ""
    settings: tuple[Setting, ...] = ()
    stations: int = 0
    """How many they are."""
    note: str = ""


class RolloutChanged(Event, frozen=True, kw_only=True, gc=False):
    """Several stations are to be set to the same."""

    about: ClassVar[str] = "rollout"
    rollout: Rollout


class RolloutOutcome(StrEnum):
    """What came of a rollout at one station."""

    WAITING = "waiting"
    """It is not here, or has not answered; it is told when it comes."""
    SET = "set"
    AFTER_REBOOT = "after-reboot"
    REFUSED = "refused"


class RolloutResult(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What came of a rollout at one station."""

    id: str
    """Rollout and station."""
    rollout: str
    station: StationId
    outcome: RolloutOutcome = RolloutOutcome.WAITING
    reason: str = ""
    detail: str = ""
    at: datetime | None = None


class RolloutResultChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something came of a rollout at a station."""

    about: ClassVar[str] = "rollout_result"
    rollout_result: RolloutResult


def result_id(rollout: str, station: StationId) -> str:
    """Return the key of what came of a rollout at a station."""
    return f"{rollout}/{station}"


def same(wanted: str, told: str | None) -> bool:
    """Tell whether a station is set to what is wanted, however it writes that."""
    if told is None:
        return False
    if _parts(wanted) == _parts(told):
        return True
    number = _number(wanted)
    return number is not None and number == _number(told)


def _parts(value: str) -> list[str]:
    return [one.strip().casefold() for one in value.split(",")]


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
