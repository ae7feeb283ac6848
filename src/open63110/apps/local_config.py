# SPDX-License-Identifier: Apache-2.0
"""Settings of a local CSMS: those of a CSMS, its site, the level above, and who has the say of what."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from open63110.apps.config import Config, check, read_settings
from open63110.apps.config_file import Chosen, explained_tables
from open63110.apps.protection_config import RULES, Links
from open63110.kernel.address import ANY
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import station_id
from open63110.model.site import place_id
from open63110.usecases.stations.monitor_station.csms import MOST_EVSES

Say = Literal["upper", "local", "both", "lease"]
"""upper: the level above, and this one while that is away; local: this one alone; both: whoever asks; lease: whoever asked
first, until its lease is over."""

POWER = ("LimitPower", "WithdrawLimit", "LimitZone", "WithdrawZoneLimit")
"""What says how much power flows; one lease for all of it."""


class Upper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The level above."""

    endpoints: tuple[str, ...] = ()
    """wss://host:port/link, the one that is wanted most first; none: there is no level above."""
    certificate: str = ""
    """PEM file with the chain of this level's own certificate, whose role is local-csms."""
    key: str = ""
    authorities: str = ""
    """PEM file: whose certificates are believed at the other end."""
    revoked: str = ""
    """PEM file of those of them that were taken back; the link is closed when it says so. Empty: there is none."""
    server_name: str = ""
    """What the other end's certificate has to name; empty: the host of the endpoint."""
    longest_pause: float = 30.0
    """Between two attempts to reach it [s]."""
    handshake: float = 90.0
    """How long opening one may take, TCP, TLS and upgrade: three round trips [s]."""
    renew_after: float = 72_000.0
    """After so long both ends show their certificates again, while the link goes on [s]; 0: never. A certificate whose file
    is replaced is shown at once."""
    return_after: float = 60.0
    """While on another than the first endpoint: how often those before it are tried [s]; 0: it stays there."""
    answer_within: float = 2.0
    """How long an answer is awaited before this level decides by itself who may charge [s]."""


class ZonePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A zone of the site."""

    import_max: float = 0.0
    """What feeds it; where stations are, it has to be said [W]."""
    failsafe: float = -1.0
    """What its stations may draw together once they hear nobody [W]; below 0: as before."""
    failsafe_after: float = 60.0
    """[s]"""
    priority: int = 0
    """Among the zones; higher goes first."""
    stations: tuple[str, ...] = ()
    """Those that stand there; they are expected."""
    evses: int = 1
    """How many EVSEs each of them has."""
    evse_max: float = 0.0
    """What each of these can draw at most [W]; 0: nobody said, so stations are told what the zone leaves them."""


class LocalConfig(Config, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a local CSMS can be told."""

    identity: str = "local-csms"
    """As its certificate names it; messages that have passed here say so."""
    site: str = "site"
    """What it answers for: /site and all below; an asterisk: for the sites of the levels below it."""
    upper: Upper = Upper()
    zones: dict[str, ZonePlan] = msgspec.field(default_factory=dict)
    say: dict[str, Say] = msgspec.field(default_factory=dict)
    """Who has the say of an action, by the name of the command (RebootStation, StartRemotely …); what is not named here can be
    asked by both, and power by whoever has the lease."""
    lease: float = 60.0
    """For how long whoever has set a limit has the say of power, unless it sets another; 0: nobody ever has it alone [s]."""

    @property
    def links(self) -> Links:
        """What it shows on links: on the one upwards, if there is one."""
        upper, below = self.upper, super().links
        if not upper.endpoints:
            return below
        return Links(certificate=upper.certificate, key=upper.key, authorities=upper.authorities, revoked=below.revoked)


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> LocalConfig:
    """Read configuration from a file and the environment.

    Args:
        path: None means defaults.
        environment: the process's own when None.

    Raises:
        Malformed: something is unknown, of a wrong kind, or contradicts itself; says where and what to do.
    """
    config = read_settings(LocalConfig, path, environment, made_by="open63110 local-csms init")
    check(config)
    _check(config)
    return config


def _check(config: LocalConfig) -> None:
    if config.site != ANY:
        place_id(config.site, "site")
    elif config.zones:
        raise Malformed("a level of several sites has no zones of its own", where="zones")
    upper = config.upper
    if upper.endpoints and not (upper.certificate and upper.key and upper.authorities):
        remedy = "set certificate, key and authorities; open63110 pki issue --role local-csms makes them"
        raise Malformed(f"upper is reached by link, which has no plain mode; {remedy}", where="upper", remedy=remedy)
    if any(not one.startswith("wss://") for one in upper.endpoints):
        raise Malformed("upper.endpoints begin with wss://", where="upper.endpoints")
    if upper.handshake <= 0 or upper.return_after < 0:
        raise Malformed("upper.handshake must be above 0, upper.return_after not below", where="upper")
    if config.lease < 0:
        raise Malformed("lease must not be below 0", where="lease")
    seen: set[str] = set()
    for name, zone in config.zones.items():
        place_id(name, f"zones.{name}")
        _check_power(zone, f"zones.{name}")
        for station in zone.stations:
            _check_station(station, f"zones.{name}.stations", seen)


def _check_power(zone: ZonePlan, where: str) -> None:
    powers = {"import_max": zone.import_max, "evse_max": zone.evse_max}
    for name, power in powers.items():
        if not 0 <= power < math.inf:
            raise Malformed(f"{name} is a power from 0 on, in watts, not {power:g}", where=f"{where}.{name}")
    if zone.stations and zone.import_max == 0:
        raise Malformed(
            "what feeds a zone with stations has to be said", where=f"{where}.import_max", remedy="import_max = 44_000, in watts"
        )
    if not 1 <= zone.evses <= MOST_EVSES:
        raise Malformed(f"a station has 1 to {MOST_EVSES} EVSEs, not {zone.evses}", where=f"{where}.evses")


def _check_station(station: str, where: str, seen: set[str]) -> None:
    try:
        station_id(station)
    except ValueError as fault:
        raise Malformed(f"{where}: {fault}", where=where) from fault
    if station in seen:
        raise Malformed(f"{where}: {station} stands in two zones", where=where)
    seen.add(station)


HEAD = """\
# Configuration of a local CSMS: `open63110 local-csms --config THIS-FILE`; `open63110 local-csms check` tells whether it will do.
# A line that begins with #name shows a default. Each setting can be overridden by the environment:
# OPEN63110__UPPER__ENDPOINTS=wss://… sets endpoints in [upper]; OPEN63110__WEB__PORT_FILE=/path reads the value from a file.
# Who has the say of an action is said in a table of its own: [say] with lines such as RebootStation = "upper".
"""


def written(chosen: Chosen) -> str:
    """Return the text of a file in which some settings are chosen and all others explained."""
    return HEAD + "\n" + explained_tables(LocalConfig, chosen, example="name") + RULES
