# SPDX-License-Identifier: Apache-2.0
"""A station program behind a local CSMS behind a CSMS, each with its own rules of what is signed and sealed end to end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.e2e.house import House
from tests.e2e.link_house import CSMS_PARTY, Pki, link_house
from tests.e2e.local_house import Local, admit_level, local_csms, until

from open63110.apps.local_config import ZonePlan
from open63110.apps.protection_config import Demanded, Protect, Protection
from open63110.apps.station import Station as StationProgram
from open63110.apps.station_config import Bay, Offline, StationConfig, Upwards
from open63110.kernel.ids import StationId
from open63110.kernel.units import Amperes, Seconds, WattHours, Watts
from open63110.model.principal import AuditEntry
from open63110.model.station import Registration
from open63110.model.token import Credential
from open63110.pki.folder import Given
from open63110.simulator.ev import Ev, Make

CARD = "04A1B2C3D4E5F6"
FACTS = ("EnergyTransferStarted", "EnergyTransferUpdated", "EnergyTransferEnded")


def keys(pki: Pki, *, known: bool = True, **more: Any) -> Protection:
    """Whom a party believes: all that the authority has issued and not taken back, or nobody."""
    folder = str(pki.folder.path / "issued") if known else ""
    return Protection(certificates=folder, revoked=str(pki.folder.revoked_path), **more)


class There:
    """What a test sees and moves."""

    def __init__(self, here: House, local: Local, pki: Pki, station: StationProgram, given: Given) -> None:
        self.here, self.local, self.pki, self.station, self.given = here, local, pki, station, given

    def charge(self, card: str = CARD) -> None:
        """Plug in an EV that takes 11 kW for hours, and hold a card to the reader."""
        self.station.simulated[1].plug(Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))
        self.station.controller.present(1, Credential(kind="ISO14443", value=card))

    def above(self) -> Any:
        """The station as the CSMS has it."""
        return self.here.station("CS1")

    def between(self) -> Any:
        """The station as the local CSMS has it."""
        return self.local.station("CS1")

    def said(self, kind: str) -> list[str]:
        """Security events of a kind at the CSMS, by their words."""
        return [one.detail for one in self.here.rows(AuditEntry) if one.action == kind]


def station_config(folder: Path, pki: Pki, port: int, given: Given, **rules: Any) -> StationConfig:
    """Settings of a station with one simulated EVSE whose link leads to a local CSMS."""
    return StationConfig(
        id="CS1",
        data=str(folder / "station"),
        interval=Seconds(0.3),
        evses={"1": Bay(amperes=Amperes(16.0))},
        offline=Offline(who="list-or-cache", answer_within=Seconds(20.0)),
        csms=Upwards(
            wire="link",
            endpoints=(f"wss://localhost:{port}/link",),
            certificate=str(given.certificate),
            key=str(given.key),
            authorities=str(pki.folder.root_path),
            longest_pause=0.5,
        ),
        **rules,
    )


@contextlib.asynccontextmanager
async def three_levels(
    folder: Path,
    *,
    above: dict[str, Any] | None = None,
    between: dict[str, Any] | None = None,
    below: dict[str, Any] | None = None,
    known: tuple[bool, bool, bool] = (True, True, True),
    policy: dict[str, Any] | None = None,
    pki: Pki | None = None,
    region: bool = False,
) -> AsyncIterator[There]:
    """CSMS, local CSMS and station, all of them the real programs over real sockets, and the station on board.

    Args:
        folder: for all of them.
        above: rules of the CSMS.
        between: rules of the local CSMS.
        below: rules of the station.
        known: which of them believe what the authority has issued.
        policy: of the CSMS.
        pki: their authority; None: one of their own.
        region: another local CSMS stands between the two, without rules.
    """
    pki = pki or Pki(folder / "pki")
    given = pki.give("CS1", to="station")
    failure: Exception | None = None
    rules = {"protection": keys(pki, known=known[0])} | (above or {})
    async with link_house(folder, pki=pki, rules=rules, **(policy or {})) as (here, _):
        await here.token(CARD)
        zones = {"north": ZonePlan(import_max=44_000.0, stations=("CS1",), evse_max=22_000.0)}
        own = {"protection": keys(pki, known=known[1])} | (between or {}) if known[1] or between else {}
        async with (
            _upper(folder, pki, here, region=region) as port,
            local_csms(folder, pki, port, zones=zones, factor=1.0, **own) as local,
        ):
            await until(lambda: local.open)
            config = station_config(folder, pki, local.port, given, **({"protection": keys(pki, known=known[2])} | (below or {})))
            async with StationProgram(config).running() as station:
                await until(lambda: _on_board(here), 30.0)
                try:
                    yield There(here, local, pki, station, given)
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
    if failure is not None:
        raise failure


@contextlib.asynccontextmanager
async def _upper(folder: Path, pki: Pki, here: House, *, region: bool) -> AsyncIterator[int]:
    """Where the local CSMS of the site opens its link upwards."""
    if not region:
        await admit_level(here, "mall-lc", "/mall")
        yield here.port
        return
    await admit_level(here, "region-lc", "/*")
    async with local_csms(folder, pki, here.port, identity="region-lc", site="*", factor=1.0) as between:
        await until(lambda: between.open)
        await admit_level(between, "mall-lc", "/mall")
        yield between.port


def _on_board(here: House) -> bool:
    noun = here.csms.engine.stations.get(StationId("CS1"))
    return noun is not None and noun.registration is Registration.ACCEPTED and noun.connected is not None and bool(noun.evses)


__all__ = ["CARD", "CSMS_PARTY", "FACTS", "Demanded", "Protect", "There", "keys", "three_levels"]
