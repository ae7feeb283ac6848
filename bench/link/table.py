# SPDX-License-Identifier: Apache-2.0
"""The table of the link: each target of annex B that is a figure, what was measured, and over what kind of way."""

import statistics
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from bench.figure import Figure
from bench.link import far, sizes, weight, zone
from bench.link.job import Job
from bench.link.urgent import Crossing, cross
from bench.link.ways import Shape

MEGA = 1_000_000
FAST, SLOW = Shape(rate=2 * MEGA), Shape(rate=256_000, delay=0.05)


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much of everything."""

    firmware: int = 50 * MEGA
    """[bytes]"""
    beside: float = 60.0
    """[s] for the patterns beside the link; 50 MB would take each of them as long as the link."""
    log: int = 10 * MEGA
    idle: int = 1000
    stations: int = 200
    rounds: int = 3
    seconds: float = 6.0
    rates: tuple[float, ...] = (0.0, 1000.0)
    """[events/s]; 0: as fast as they are confirmed."""


SHORT = Sizes(firmware=4 * MEGA, beside=12.0, log=MEGA, idle=200, stations=100, rounds=2, seconds=3.0)


def firmware(folder: Path, much: Sizes) -> list[Figure]:
    """Urgent limits while firmware comes down at 2 Mbit/s, over the link and otherwise."""
    job = Job(pattern="link", host="", ports=(), papers=str(folder / "papers"), size=much.firmware)
    found = cross(FAST, job)
    name = f"link, {much.firmware // MEGA} MB at 2 Mbit/s"
    figures = [
        Figure(name=f"{name}: urgent limit answered, p50", value=found.busy(0.5), unit="ms", at_most=80),
        Figure(name=f"{name}: p99", value=found.busy(0.99), unit="ms", at_most=150),
        Figure(name=f"{name}: firmware, share of the way", value=100 * found.rate / (2 * MEGA), unit="%", at_least=90),
        Figure(name=f"{name}: not answered, or not whole", value=found.unanswered + (not found.whole), at_most=0),
        Figure(name=f"{name}: at rest, p50", value=found.idle(0.5), unit="ms"),
        _of(found, "link, way: " + found.how),
    ]
    for pattern, words in (("http", "OCPP, firmware by HTTPS beside it"), ("naive", "WebSocket, firmware in between")):
        beside = cross(FAST, msgspec.structs.replace(job, pattern=pattern, seconds=much.beside, size=50 * MEGA))
        figures += [
            Figure(name=f"{words}: p50", value=beside.busy(0.5), unit="ms"),
            Figure(name=f"{words}: p99", value=beside.busy(0.99), unit="ms"),
            Figure(name=f"{words}: not answered after {much.beside:.0f} s", value=100 * beside.lost, unit="%"),
            Figure(name=f"{words}: firmware, share of the way", value=100 * beside.rate / (2 * MEGA), unit="%"),
        ]
    return figures


def _of(found: Crossing, name: str) -> Figure:
    return Figure(name=f"{name}: limits asked", value=len(found.busy_ms))


def slow(folder: Path, much: Sizes) -> list[Figure]:
    """Urgent limits while a log goes up at 256 kbit/s and 100 ms of round trip (AT-B.6-1)."""
    papers = str(folder / "papers")
    job = Job(pattern="link", host="", ports=(), papers=papers, size=much.log, upward=True, every=0.29, limits=100)
    found = cross(SLOW, job)
    name = f"link, {much.log // MEGA} MB log at 256 kbit/s, 100 ms"
    late = sum(one > 700 for one in found.busy_ms)
    return [
        Figure(name=f"{name}: urgent limit, longest", value=found.busy_ms[-1], unit="ms", at_most=700),
        Figure(name=f"{name}: p50", value=found.busy(0.5), unit="ms"),
        Figure(name=f"{name}: later than 700 ms", value=late + found.unanswered, at_most=0),
        Figure(name=f"{name}: log not whole", value=float(not found.whole), at_most=0),
        Figure(name=f"{name}: log, share of the way", value=100 * found.rate / 256_000, unit="%"),
        _of(found, "slow, way: " + found.how),
    ]


def short_messages() -> list[Figure]:
    """How long messages are (AT-B.7-1)."""
    found = sizes.compare()
    return [
        Figure(name="typical meter message: body", value=found.typical.body, unit="B", at_most=260),
        Figure(name="typical meter message: with header and frame", value=found.typical.frame, unit="B", at_most=260),
        Figure(name="typical meter message: the same in OCPP 2.1 JSON", value=found.typical.json, unit="B"),
        Figure(name="200 messages of all use cases: median of body / JSON", value=100 * found.median, unit="%", at_most=50),
        Figure(name="200 messages of all use cases: all bodies / all JSON", value=100 * found.total, unit="%", at_most=55),
    ]


def cpu(folder: Path, much: Sizes) -> list[Figure]:
    """CPU time per durable event on the server, link / OCPP 2.0.1, both over TLS 1.3 with certificates at both ends."""
    figures = []
    found = weight.costs(folder / "cpu", much.stations, much.rounds, much.seconds, much.rates)
    for rate, costs in zip(much.rates, found, strict=True):
        pace = f"{rate:.0f} events/s" if rate else "as fast as confirmed"
        for words, rounds in (("link", costs.link), ("OCPP", costs.ocpp)):
            cpu_us = statistics.median(one.cpu_us for one in rounds)
            figures.append(Figure(name=f"{words}, {much.stations} stations, {pace}: CPU per event", value=cpu_us, unit="us"))
            per_second = statistics.median(one.per_second for one in rounds)
            figures.append(Figure(name=f"{words}, {pace}: events/s by the wall clock", value=per_second))
        figures.append(Figure(name=f"link / OCPP, {pace}: CPU per event", value=costs.ratio, unit="x", at_most=1.5))
        figures.append(Figure(name=f"{pace}: events not confirmed, stations cut off", value=costs.faults, at_most=0))
    return figures


def queued(folder: Path, *, short: bool) -> list[Figure]:
    """Messages that waited, over a round trip of 10 s (AT-B.16-1)."""
    found = far.virtual() if short else far.real(folder / "far")
    name = f"{far.QUEUED} queued, round trip {far.TRIP:.0f} ± {2 * far.SPREAD:.0f} s"
    return [
        Figure(name=f"{name}: after HELLO ({found.how})", value=found.seconds, unit="s", at_most=60),
        Figure(name=f"{name}: confirmed", value=found.delivered, at_least=far.QUEUED),
    ]


def idle(folder: Path, much: Sizes) -> Figure:
    """Memory of the server per link on which nothing is said."""
    value = weight.idle_kb(folder / "idle", much.idle)
    return Figure(name=f"PSS per idle TLS link, {much.idle} stations", value=value, unit="kB", at_most=90)


def fanned_out(folder: Path) -> list[Figure]:
    """A limit for a zone behind a local CSMS (AT-B.11-1)."""
    found = zone.measure(folder / "zone")
    name = f"limit of a zone of {zone.STATIONS} behind a local CSMS"
    return [
        Figure(name=f"{name}: all have it, longest", value=max(found.seconds), unit="s", at_most=2),
        Figure(name=f"{name}: upper link", value=found.messages / zone.TRIALS, unit="message", at_least=1, at_most=1),
        Figure(name=f"{name}: its answer", value=found.ok / zone.TRIALS, unit="stations", at_least=zone.STATIONS),
    ]


PARTS: dict[str, Callable[[Path, Sizes], list[Figure]]] = {
    "firmware": firmware,
    "slow": slow,
    "sizes": lambda _folder, _much: short_messages(),
    "cpu": cpu,
    "queued": lambda folder, much: queued(folder, short=much is SHORT),
    "idle": lambda folder, much: [idle(folder, much)],
    "zone": lambda folder, _much: fanned_out(folder),
}
"""What can be measured by itself, in the order of the table."""


def link(folder: Path, *, short: bool, parts: Collection[str] = ()) -> list[Figure]:
    """Measure everything, or the parts that are named."""
    much = SHORT if short else Sizes()
    return [figure for name, measure in PARTS.items() if not parts or name in parts for figure in measure(folder, much)]
