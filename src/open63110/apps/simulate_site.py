# SPDX-License-Identifier: Apache-2.0
"""Replays a site against any CSMS, with everything that `open63110 simulate site` can be told."""

import asyncio
import math
import re
import ssl
from pathlib import Path
from typing import Final

import msgspec

from open63110.apps.replay import Play, Replay, Tell, Way
from open63110.apps.replay_people import Needs, People, Post, Step
from open63110.apps.replay_report import Report, report
from open63110.bindings.link.carriers.websocket_carrier import client_tls
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds, Watts
from open63110.simulator.premises import Premises
from open63110.simulator.stay import KINDS
from open63110.simulator.visits import CROWDS, MIXED, Visit, generated, read_visits
from open63110.usecases.energy.describe_site import SitePlan
from open63110.wire.tls import TlsUnusable

LINK: Final = "link"

SPOKEN: Final = {"1.6": Version.V16, "2.0.1": Version.V201, "2.1": Version.V21}

RANDOM, NONE = "random", "none"

UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


class SiteSimulation(msgspec.Struct, frozen=True, kw_only=True):
    """How to replay a site."""

    csms: str = ""
    """Where stations connect: ws:// or wss://, without their identities, those are appended."""
    site: Path | None = None
    """Description of the site, as `open63110 site import` takes it, TOML or JSON; None: a garage is made up."""
    evses: int = 20
    """Of the garage that is made up, where no site is given."""
    write_site: Path | None = None
    """File (.toml or .json) to write the site into, for `open63110 site import`; nothing is played then."""
    sessions: str = MIXED
    """Who comes: office, home, mall, generated (some of each), or a CSV file of real sessions."""
    span: str = "24h"
    """How long on the stations' clocks: 90m, 24h, 7d."""
    start: str = "0h"
    """Into the first day: 7h begins in the morning."""
    speed: float = 60.0
    """Seconds of the stations' clocks in a real one; the CSMS needs the same clock_factor."""
    versions: str = "1.6,2.0.1,2.1"
    """What the stations speak in turn: 1.6, 2.0.1, 2.1, link."""
    cuts: str = NONE
    """What goes wrong with links and stations: none, random, or some of cut, half-open, slow, reboot, power, with commas."""
    cut_every: str = "6h"
    """How often at each station."""
    seed: int = 1
    """The same seed brings the same EVs and troubles."""
    cards: tuple[str, ...] = ("04A1B2C3D4E5F6",)
    """Cards (ISO 14443) of the drivers, which the CSMS knows and lets be used at several places at once."""
    within: float = 10.0
    """A limit that is set has to be in effect after so long [s of the clock]."""
    interval: float = 60.0
    """Between two readings of a meter while energy may flow [s of the clock]."""
    password: str = ""
    """HTTP Basic; {station} stands for the identity; empty: none is sent."""
    authorities: Path | None = None
    """PEM file to believe on wss://; None: the system's."""
    needs: Needs = "none"
    """What drivers' apps tell by REST: none, the truth (true), or what people really tell (wrong)."""
    dso: str = ""
    """What a DSO wants of the whole site, by REST: 2h=60,4h=off means 60 kW from 2 h on, and nothing any more from 4 h on."""
    url: str = ""
    """REST of the CSMS, for --needs and --dso; else $OPEN63110_URL, or what `key use` kept."""
    key: str = ""
    """API key for that; else $OPEN63110_KEY, or what `key use` kept."""
    link: str = ""
    """wss://host:port/link, for stations that speak link."""
    papers: Path | None = None
    """Folder with a folder for each of them, as `open63110 pki issue` makes it: certificate.pem, key.pem, authority.pem."""


def seconds(text: str, where: str) -> Seconds:
    """Read a span: 90, 90s, 15m, 24h, 7d.

    Raises:
        Malformed: it is none.
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(s|m|min|h|d)?", text.strip())
    if found is None:
        raise Malformed(f"{text!r} is no span of time", where=where, remedy="say 90m, 24h or 7d")
    return Seconds(float(found[1]) * UNITS[found[2] or ""])


async def simulate_site(
    settings: SiteSimulation,
    plan: SitePlan,
    post: Post,
    *,
    stop: asyncio.Event | None = None,
    tell: Tell | None = None,
) -> Report:
    """Replay a site until its time is over or somebody says stop, and judge.

    Args:
        settings: how.
        plan: what stands there.
        post: asks the CSMS for something by REST.
        stop: set to end it.
        tell: told how it goes.

    Raises:
        Malformed: something cannot be, or is missing; says what to do.
    """
    premises = Premises(plan)
    play = played(settings)
    replay = Replay(premises, visits(settings, premises), play, way(settings))
    people = People(replay, post, settings.needs, steps(settings.dso))
    if tell is not None:
        tell(_begins(replay, play))
    async with asyncio.TaskGroup() as tasks:
        talk = tasks.create_task(people.run())
        await replay.run(stop, tell)
        talk.cancel()
    return report(replay, refused=people.refused)


def _begins(replay: Replay, play: Play) -> str:
    what = f"site {replay.premises.site.id}: {len(replay.outlets)} EVSEs at {len(replay.site.stations)} stations"
    return f"{what}, {len(replay.visits)} visits, {play.span / 3600:g} h in {(play.span + play.ramp) / play.speed / 60:.1f} min"


def played(settings: SiteSimulation) -> Play:
    """Return how the site is played.

    Raises:
        Malformed: a span or a trouble that is none, a clock that does not run, or meters that are read all the time.
    """
    span, every = seconds(settings.span, "for"), seconds(settings.cut_every, "cut_every")
    for name, value in {"speed": settings.speed, "for": span, "cut_every": every, "interval": settings.interval}.items():
        if not 0 < value < math.inf:
            raise Malformed(f"{name} is a number above 0, not {value:g}", where=name)
    if not 0 <= settings.within < math.inf:
        raise Malformed(f"within is a number from 0 on, not {settings.within:g}", where="within")
    return Play(
        span=span,
        speed=settings.speed,
        seed=settings.seed,
        cards=settings.cards,
        troubles=troubles(settings.cuts),
        every=every,
        interval=Seconds(settings.interval),
        within=Seconds(settings.within),
        ramp=Seconds(max(60.0, 2.0 * settings.speed)),
    )


def troubles(cuts: str) -> tuple[str, ...]:
    """Read what is to go wrong.

    Raises:
        Malformed: there is no such trouble.
    """
    if cuts in {NONE, ""}:
        return ()
    wanted = KINDS if cuts == RANDOM else tuple(cuts.split(","))
    for one in wanted:
        if one not in KINDS:
            raise Malformed(f"there is no trouble {one!r}; there are none, random, {', '.join(KINDS)}", where="cuts")
    return wanted


def steps(dso: str) -> list[Step]:
    """Read what a DSO wants: 2h=60,4h=off.

    Raises:
        Malformed: it cannot be read.
    """
    found: list[Step] = []
    for one in filter(None, (part.strip() for part in dso.split(","))):
        at, _, limit = one.partition("=")
        if limit != "off" and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", limit):
            raise Malformed(f"{one!r} is no limit at a time", where="dso", remedy="say 2h=60,4h=off: kW, or off")
        found.append(Step(seconds(at, "dso"), None if limit == "off" else Watts(1000.0 * float(limit))))
    return sorted(found, key=lambda step: step.at)


def visits(settings: SiteSimulation, premises: Premises) -> list[Visit]:
    """Return who comes, from the chosen beginning on.

    Raises:
        Malformed: there are no such sessions.
    """
    start, span = seconds(settings.start, "from"), seconds(settings.span, "for")
    if settings.sessions in {MIXED, *CROWDS}:
        found = generated(settings.sessions, len(premises.outfits), start + span, settings.seed)
    elif Path(settings.sessions).is_file():
        found = read_visits(Path(settings.sessions), premises.first)
    else:
        known = ", ".join((MIXED, *CROWDS))
        raise Malformed(f"there is no file {settings.sessions}, and no crowd; there are {known}", where="sessions")
    return [
        one._replace(arrival=Seconds(one.arrival - start), departure=Seconds(one.departure - start))
        for one in found
        if start <= one.arrival < start + span
    ]


def way(settings: SiteSimulation) -> Way:
    """Return how each station reaches the CSMS.

    Raises:
        Malformed: nobody said where it is, or a version is unknown.
    """
    spoken = [one.strip() for one in settings.versions.split(",") if one.strip()]
    for one in spoken:
        if one not in {*SPOKEN, LINK}:
            raise Malformed(f"there is no version {one!r}; there are {', '.join((*SPOKEN, LINK))}", where="versions")
    if not spoken or (set(spoken) != {LINK} and not settings.csms):
        raise Malformed("nobody said where the CSMS is", where="csms", remedy="add --csms wss://host:port/ocpp")
    if LINK in spoken and not (settings.link and settings.papers):
        raise Malformed("stations that speak link need --link wss://host:port/link and --papers FOLDER", where="link")
    plain = _plain(settings)

    def each(station: StationId, place: int) -> tuple[Version, Dialling | LinkDialling]:
        said = spoken[place % len(spoken)]
        if said == LINK:
            return Version.V21, _linked(settings, station)
        return SPOKEN[said], msgspec.structs.replace(plain, password=settings.password.replace("{station}", station))

    return each


def _plain(settings: SiteSimulation) -> Dialling:
    tls = ssl.create_default_context(cafile=settings.authorities) if settings.authorities else None
    longest, patience = max(60.0, 10.0 * settings.speed), max(30.0, 15.0 * settings.speed)
    return Dialling(url=settings.csms, tls=tls, longest_pause=longest, patience=patience)


def _linked(settings: SiteSimulation, station: StationId) -> LinkDialling:
    folder = (settings.papers or Path()) / station
    try:
        tls = client_tls(folder / "certificate.pem", folder / "key.pem", folder / "authority.pem")
    except (OSError, TlsUnusable) as fault:
        raise Malformed(f"{station} has no papers in {folder}: {fault}", where="papers") from fault
    return LinkDialling(endpoints=(settings.link,), tls=tls, longest_pause=max(60.0, 10.0 * settings.speed))
