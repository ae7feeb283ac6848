# SPDX-License-Identifier: Apache-2.0
"""A CSMS that keeps a station, or several, as they are to be."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from tests.rows import KeptRows

from open63110.kernel.ids import StationId
from open63110.model.policy import Policy
from open63110.model.settings import (
    SettingState,
    StationSettings,
)
from open63110.model.site import Site, SiteId, Zone, ZoneKey
from open63110.model.station import Identity, Registration, Station
from open63110.model.variables import (
    ReadStatus,
    Setting,
    SettingResult,
    SettingStatus,
    SetVariables,
    VariablesRead,
    VariablesSet,
    VariableValue,
)
from open63110.usecases.stations.update_component_properties import (
    ReconcileSettings,
    csms,
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
