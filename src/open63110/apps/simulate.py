# SPDX-License-Identifier: Apache-2.0
"""A fleet of simulated stations against any CSMS, ours or not: real WebSocket clients, thousands in one process."""

import asyncio
import random
import resource
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.errors import Malformed
from open63110.kernel.units import Seconds
from open63110.model.policy import StationPolicy
from open63110.model.token import Credential
from open63110.simulator.scenarios import SCENARIOS, Cast, begin

SETTLE = 15.0
"""How long stations may take at the end to tell what waits [s]."""

Tell = Callable[[str], None]


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """What to simulate."""

    url: str
    """ws:// or wss://, without the identities of the stations: those are appended."""
    stations: int = 10
    evses: int = 2
    """Of each station; each can hold one EV."""
    versions: tuple[Version, ...] = (Version.V21, Version.V201, Version.V16)
    """The stations speak them in turn."""
    scenario: str = "calm"
    """One of simulator.scenarios.SCENARIOS."""
    cards: tuple[str, ...] = ("04A1B2C3D4E5F6",)
    """Cards (ISO 14443) of the drivers; the CSMS should know them."""
    strangers: tuple[str, ...] = ()
    """Cards the CSMS should not know."""
    seed: int = 1
    """The same seed tells the same story."""
    clock_factor: float = 1.0
    """Seconds of the stations' clocks in one real second."""
    duration: float | None = None
    """How long [s, real]; None: until told to stop."""
    name: str = "SIM-{number:04d}"
    """Identities of the stations."""
    password: str = ""
    """HTTP Basic; {station} stands for the identity; empty: none is sent."""
    authorities: Path | None = None
    """PEM file to believe on wss://; None: the system's."""
    certificate: Path | None = None
    """PEM file with client certificate and key (profile 3)."""
    capture: Path | None = None
    """File for every frame; None: they are counted only."""
    skew: float = 0.0
    """Clocks of the stations are wrong by up to so much [s]."""
    signed: bool = False
    """Meters sign."""
    ramp: float = 0.0
    """Over how long the stations are switched on [s, real]; 0: all at once."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation came to."""

    stations: int
    accepted: int
    """Boots that were accepted."""
    began: int
    """Energy transfers."""
    ended: int
    refused: int
    """Credentials the stations turned away by themselves."""
    energy: float
    """By how much the displays of all meters have risen [Wh]."""
    frames_up: int
    frames_down: int
    dials: int
    waiting: int
    """Facts that were never told."""
    longest: int
    """Most facts that ever waited at one station."""
    dropped: int
    """Facts dropped for want of room."""
    not_taken: int
    """Facts the CSMS does not take."""
    deviations: dict[str, int]
    """How often the CSMS bent which rule of the schema."""
    refusals: dict[str, int]
    """Why dials came to nothing."""
    kilobytes: float
    """Memory for each station [kB]."""
    seconds: float
    """It took, real."""


async def simulate(settings: Simulation, *, stop: asyncio.Event | None = None, tell: Tell | None = None) -> Summary:
    """Let a fleet live until its time is over or somebody says stop.

    Args:
        settings: what to simulate.
        stop: set to end it; None: only the duration does.
        tell: told how it goes, about every ten seconds.

    Raises:
        Malformed: there is no such scenario, or nothing to simulate.
    """
    _check(settings)
    clock, before, started = SystemClock(settings.clock_factor), _resident(), time.monotonic()
    policy = StationPolicy(answer_within=Seconds(max(20.0, 10.0 * settings.clock_factor)))
    stop = stop or asyncio.Event()
    with Capture(settings.capture, clock) as capture:
        site = Site(clock, capture, policy, seed=settings.seed)
        chance, tls = random.Random(settings.seed), _tls(settings)  # noqa: S311 - a story, no secret
        for number in range(1, settings.stations + 1):
            _add(site, settings, number, chance, tls)
        async with site.running():
            await _live(site, settings, stop, tell)
            kilobytes = (_resident() - before) / settings.stations
            site.send_home()
            await site.quiet(SETTLE)
        return _summary(site, capture, settings, kilobytes, time.monotonic() - started)


def _check(settings: Simulation) -> None:
    if settings.scenario not in SCENARIOS:
        known = ", ".join(SCENARIOS)
        raise Malformed(f"there is no scenario {settings.scenario!r}; there are {known}", where="scenario")
    if settings.stations < 1 or settings.evses < 1 or not settings.versions or not settings.cards:
        raise Malformed("a simulation has at least one station, EVSE, version and card", where="stations")


def _add(site: Site, settings: Simulation, number: int, chance: random.Random, tls: ssl.SSLContext | None) -> None:
    own = random.Random(chance.random())  # noqa: S311 - a story, no secret
    name = settings.name.format(number=number)
    plan = StationPlan(
        id=name,
        version=settings.versions[(number - 1) % len(settings.versions)],
        evses=settings.evses,
        signed=settings.signed,
        skew=round(own.uniform(-settings.skew, settings.skew), -1) if settings.skew else 0.0,
        step=own.choice((1000, 100, 1)),
    )
    station = site.build(plan, _dialling(settings, name, tls), counted=own.randrange(1_000_000) * 1000)
    delay = settings.ramp * (number - 1) / settings.stations * settings.clock_factor
    station.switch_on(delay)
    cards, strangers = (
        tuple(Credential(kind="ISO14443", value=one) for one in some) for some in (settings.cards, settings.strangers)
    )
    for script in begin(SCENARIOS[settings.scenario], station, Cast(cards=cards, strangers=strangers), own):
        site.schedule.begin(script, after=delay + own.uniform(10.0, 30.0))


def _dialling(settings: Simulation, station: str, tls: ssl.SSLContext | None) -> Dialling:
    longest = max(60.0, 10.0 * settings.clock_factor)
    return Dialling(
        url=settings.url,
        password=settings.password.replace("{station}", station),
        tls=tls,
        longest_pause=longest,
        patience=max(30.0, 15.0 * settings.clock_factor),
    )


def _tls(settings: Simulation) -> ssl.SSLContext | None:
    if settings.authorities is None and settings.certificate is None:
        return None
    context = ssl.create_default_context(cafile=settings.authorities)
    if settings.certificate is not None:
        context.load_cert_chain(settings.certificate)
    return context


async def _live(site: Site, settings: Simulation, stop: asyncio.Event, tell: Tell | None) -> None:
    until = None if settings.duration is None else time.monotonic() + settings.duration
    while not stop.is_set():
        left = 10.0 if until is None else min(10.0, until - time.monotonic())
        if left <= 0:
            return
        try:
            async with asyncio.timeout(left):
                await stop.wait()
        except TimeoutError:
            if tell is not None:
                tell(_said(site))


def _said(site: Site) -> str:
    tally, counters = site.tally, site.client.counters()
    return (
        f"{counters['open']} of {len(site.stations)} connected, {site.running_transfers} charging, "
        f"{tally.ended.total()} transfers ended, {site.waiting} facts wait"
    )


def _summary(site: Site, capture: Capture, settings: Simulation, kilobytes: float, seconds: float) -> Summary:
    boxes = [controller.outbox for controller in site.controllers.values()]
    return Summary(
        stations=settings.stations,
        accepted=site.tally.accepted,
        began=site.tally.began.total(),
        ended=site.tally.ended.total(),
        refused=site.tally.refused,
        energy=round(site.energy_shown(), 3),
        frames_up=capture.up,
        frames_down=capture.down,
        dials=site.client.dials,
        waiting=site.waiting,
        longest=max(box.longest for box in boxes),
        dropped=sum(box.dropped for box in boxes),
        not_taken=sum(box.refused for box in boxes),
        deviations=dict(site.client.deviations),
        refusals=dict(site.client.refusals),
        kilobytes=round(kilobytes, 1),
        seconds=round(seconds, 1),
    )


def _resident() -> float:
    """Return the memory of this process [kB]."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return pages * resource.getpagesize() / 1024


def as_json(summary: Summary) -> dict[str, Any]:
    """Return a summary as it is printed for programs."""
    built: dict[str, Any] = msgspec.to_builtins(summary)
    return built
