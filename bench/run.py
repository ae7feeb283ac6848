# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.run throughput|tls|…|link|planner|all`: measure, print a table, end non-zero where a target is missed.

CPU time per event and memory per station are what to trust; ratios are taken within a round, then the median.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from statistics import median

import msgspec

from bench.disk import fdatasync_ms, percentile
from bench.figure import Figure
from bench.inventory import inventory
from bench.link.table import PARTS, link
from bench.load import build
from bench.planner.table import PARTS as PLANNER_PARTS
from bench.planner.table import Asked, planner
from bench.rooms import by_room
from bench.subject import OURS, SAMPLED, USUAL, Fleet, Round, Subject, told

BUILD = Path(__file__).parent.parent / "build" / "bench"
IDLE_PLAIN_KB, IDLE_TLS_KB = 12, 60
SETTLE = 3
"""[s] between the last answer and weighing."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of a run, and where it happens."""

    ours: str
    usual: str
    folder: Path
    program: Path
    short: bool
    stations: int = 2000
    usual_stations: int = 2000
    """Fewer in the short variant, where booting 2,000 would take most of the time."""
    rounds: int = 3
    seconds: float = 8
    idle: int = 5000
    storm: int = 10_000
    parts: tuple[str, ...] = ()
    """Of the measurements of the link or the planner; none: all of them."""
    sessions: Path | None = None
    """Real sessions for the planner; None: those in ../shared/data where they are."""

    def subject(self, template: str, name: str) -> Subject:
        """A fresh CSMS with an empty store."""
        return Subject(template, Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)) / name, self.program)


SHORT = {"usual_stations": 200, "rounds": 2, "seconds": 3, "idle": 1000, "storm": 2000}


def faults(*fleets: Fleet) -> Figure:
    """Events not answered well and stations not served."""
    return Figure(name="events refused or lost, stations cut off", value=sum(fleet.faults for fleet in fleets), at_most=0)


def costs(name: str, rounds: list[Round], at_most: float | None = None) -> list[Figure]:
    """CPU, pace and latency of some rounds."""
    return [
        Figure(name=f"{name}: CPU per event", value=median(r.cpu_us for r in rounds), unit="us", at_most=at_most),
        Figure(name=f"{name}: events/s by the wall clock", value=median(r.per_second for r in rounds)),
        Figure(name=f"{name}: p50", value=median(r.run.p50_ms for r in rounds), unit="ms"),
        Figure(name=f"{name}: p99", value=median(r.run.p99_ms for r in rounds), unit="ms"),
    ]


def ratios(above: list[Round], below: list[Round]) -> float:
    """Median over the rounds of the ratio of CPU per event."""
    return median(a.cpu_us / b.cpu_us for a, b in zip(above, below, strict=True))


def throughput(plan: Plan) -> list[Figure]:
    """Durable TransactionEvents as fast as they are answered, against the usual stack."""
    with (
        plan.subject(plan.ours, "ours") as ours,
        plan.subject(plan.usual, "usual") as usual,
        ours.fleet("T", plan.stations) as our_fleet,
        usual.fleet("T", plan.usual_stations) as usual_fleet,
    ):
        our_fleet.run(1)
        pairs = [(our_fleet.run(plan.seconds), usual_fleet.run(plan.seconds)) for _ in range(plan.rounds)]
    our_rounds, usual_rounds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = Figure(name="usual stack / ours, CPU per event", value=ratios(usual_rounds, our_rounds), at_least=80)
    ours_named, usual_named = f"ours, {plan.stations} stations", f"usual stack, {plan.usual_stations} stations"
    return [*costs(ours_named, our_rounds), *costs(usual_named, usual_rounds), ratio, faults(our_fleet)]


def tls(plan: Plan) -> list[Figure]:
    """The same events over TLS and plain TCP, into one server."""
    with (
        plan.subject(plan.ours, "ours") as ours,
        ours.fleet("P", plan.stations) as plain,
        ours.fleet("S", plan.stations, tls=True) as secure,
    ):
        plain.run(1)
        secure.run(1)
        pairs = [(plain.run(plan.seconds), secure.run(plan.seconds)) for _ in range(plan.rounds)]
    plain_rounds, secure_rounds = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratio = Figure(name="TLS / plain, CPU per event", value=ratios(secure_rounds, plain_rounds), at_most=1.4)
    return [*costs("plain", plain_rounds), *costs("TLS", secure_rounds), ratio, faults(plain, secure)]


def rate(plan: Plan, events: float = 1000) -> list[Figure]:
    """A fixed rate, with the disk measured before and after each round in the folder of the store."""
    rounds, excess, disk = [], [], [fdatasync_ms(plan.folder, 2)]
    with plan.subject(plan.ours, "ours") as ours, ours.fleet("R", plan.stations) as fleet:
        fleet.run(1, events)
        for _ in range(plan.rounds):
            rounds.append(fleet.run(plan.seconds, events))
            disk.append(fdatasync_ms(plan.folder, 2))
            around = percentile(sorted(disk[-2] + disk[-1]), 0.99)
            excess.append(rounds[-1].run.p99_ms - around)
    with plan.subject(plan.usual, "usual") as usual, usual.fleet("R", plan.usual_stations) as yardstick:
        beside = [yardstick.run(plan.seconds, events)]
    return [
        *costs(f"ours at {events:.0f}/s", rounds, at_most=200),
        *costs(f"usual stack asked for {events:.0f}/s", beside),
        Figure(name="fdatasync p99", value=percentile(sorted(chain.from_iterable(disk)), 0.99), unit="ms"),
        Figure(name="p99 of the answer above the p99 of fdatasync", value=median(excess), unit="ms", at_most=10),
        Figure(name="ours: events due and never sent", value=sum(r.run.behind for r in rounds), at_most=events / 100),
        faults(fleet),
    ]


def idle_kb(plan: Plan, *, secure: bool) -> tuple[float, Fleet]:
    """PSS growth per connected, booted, idle station; the first fifty pay for what is loaded once."""
    with (
        plan.subject(plan.ours, "ours") as ours,
        ours.fleet("W", 50, tls=secure, start=False),
    ):
        time.sleep(SETTLE)
        before = ours.server.pss_kb()
        with ours.fleet("M", plan.idle, tls=secure, start=False) as fleet:
            time.sleep(SETTLE)
            return (ours.server.pss_kb() - before) / plan.idle, fleet


def memory(plan: Plan) -> list[Figure]:
    """Memory per idle connection, plain and TLS."""
    plain, plain_fleet = idle_kb(plan, secure=False)
    secure, secure_fleet = idle_kb(plan, secure=True)
    return [
        Figure(name=f"PSS per idle plain connection, {plan.idle} stations", value=plain, unit="kB", at_most=IDLE_PLAIN_KB),
        Figure(name=f"PSS per idle TLS connection, {plan.idle} stations", value=secure, unit="kB", at_most=IDLE_TLS_KB),
        faults(plain_fleet, secure_fleet),
    ]


def waves(plan: Plan, *, secure: bool, at_most: float) -> list[Figure]:
    """All stations connect at once, are cut off without a word, all come back at once, and once more."""
    name, figures, peaks, settled = "TLS" if secure else "plain", [], [], []
    with plan.subject(plan.ours, "ours") as ours:
        empty = ours.server.peak_rss_kb()
        for wave in ("connect", "reconnect", "again"):
            ours.server.forget_peak()
            with ours.fleet("X", plan.storm, tls=secure, start=False, burst=plan.storm) as fleet:
                peaks.append(ours.server.peak_rss_kb())
                served = Figure(name=f"{name} {wave}: served", value=fleet.up.served, at_least=plan.storm)
                figures += [served, Figure(name=f"{name} {wave}: until the last one", value=fleet.up.seconds, unit="s")]
                figures.append(Figure(name=f"{name} {wave}: connections tried again", value=fleet.up.retries))
                time.sleep(SETTLE)
                settled.append(ours.server.pss_kb())
    growth = (max(peaks) - empty) / plan.storm
    figures.append(Figure(name=f"{name}: peak RSS per station", value=growth, unit="kB", at_most=at_most))
    return [*figures, Figure(name=f"{name}: PSS after the third wave / second", value=settled[2] / settled[1], at_most=1.25)]


def storm(plan: Plan) -> list[Figure]:
    """Everybody at once; memory is bounded when a station at its peak costs three idle ones and a further storm no more.

    Three: the new socket, the old one not yet found dead, and the handshake.
    """
    secure = [] if plan.short else waves(plan, secure=True, at_most=3 * IDLE_TLS_KB)
    return [*waves(plan, secure=False, at_most=3 * IDLE_PLAIN_KB), *secure]


def profile(plan: Plan) -> list[Figure]:
    """Where our time goes under the load of `throughput`, by room; nothing here is judged, and sampling is in it."""
    with plan.subject(SAMPLED, "sampled") as ours, ours.fleet("T", plan.stations) as fleet:
        fleet.run(1)
        rounds, spent = [], []
        for _ in range(plan.rounds):
            told(ours)  # what came before the round
            rounds.append(fleet.run(plan.seconds))
            spent.append(told(ours))
    events = sum(one.run.results for one in rounds)
    rooms = by_room(spent)
    whole = sum(rooms.values())
    shares = [Figure(name=f"{name}: share", value=100 * seconds / whole, unit="%") for name, seconds in rooms.items()]
    each = [Figure(name=f"{name}: per event", value=1e6 * seconds / events, unit="us") for name, seconds in rooms.items()]
    samples = Figure(name="samples", value=sum(one.samples for one in spent))
    return [*costs(f"ours sampled, {plan.stations} stations", rounds)[:1], *shares, *each, samples]


COMMANDS: dict[str, Callable[[Plan], list[Figure]]] = {
    "throughput": throughput,
    "tls": tls,
    "rate": rate,
    "memory": memory,
    "storm": storm,
    "link": lambda plan: link(plan.folder, short=plan.short, parts=plan.parts),
    "planner": lambda plan: planner(Asked(folder=plan.folder, short=plan.short, sessions=plan.sessions), plan.parts),
    "inventory": lambda plan: inventory(plan.folder, plan.program, short=plan.short),
    "profile": profile,
}
JUDGED = [command for command in COMMANDS if command != "profile"]
"""What `all` means."""


def raise_descriptor_limit(needed: int) -> None:
    """Let this process and its children hold a socket for each station."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < needed:
        raise SystemExit(f"needs {needed} open files, the hard limit is {hard}: raise it (ulimit -Hn), or take --short")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench.run", description=__doc__)
    parser.add_argument("command", nargs="?", default="all", choices=[*COMMANDS, "all"])
    parser.add_argument("--short", action="store_true", help="less of everything: under 30 s each, the link two minutes")
    parser.add_argument("--part", action="append", default=[], choices=[*PARTS, *PLANNER_PARTS], help="of link or planner")
    parser.add_argument("--sessions", type=Path, help="real sessions for the planner, default: ../shared/data, where it is")
    parser.add_argument("--json", action="store_true", help="one JSON object per command instead of the table")
    parser.add_argument("--ours", default=OURS, help="command of the CSMS under test, default: %(default)s")
    parser.add_argument("--usual", default=USUAL, help="command of the yardstick, default: %(default)s")
    parser.add_argument("--rounds", type=int, help="how many, in turns with the yardstick, which may be an older version of ours")
    parser.add_argument("--folder", type=Path, default=BUILD, help="on the disk to measure, default: %(default)s")
    return parser.parse_args()


def show(command: str, figures: list[Figure], *, as_json: bool) -> None:
    """Print what came out."""
    if as_json:
        print(msgspec.json.encode({"command": command, "figures": figures}).decode())
    else:
        print(f"\n{command}", *figures, sep="\n")


def main() -> int:
    """Run what was asked for; 1 where a target is missed."""
    asked = options()
    asked.folder.mkdir(parents=True, exist_ok=True)
    missed = False
    with tempfile.TemporaryDirectory(prefix="run-", dir=asked.folder) as folder:
        program = BUILD / "none" if asked.command == "planner" else build(BUILD)  # which needs a compiler
        plan = Plan(ours=asked.ours, usual=asked.usual, folder=Path(folder), program=program, short=asked.short)
        plan = msgspec.structs.replace(plan, parts=tuple(asked.part), sessions=asked.sessions)
        if plan.short:
            plan = msgspec.structs.replace(plan, **SHORT)
        if asked.rounds:
            plan = msgspec.structs.replace(plan, rounds=asked.rounds)
        if asked.command != "planner":
            raise_descriptor_limit(max(plan.storm, plan.idle) + 2000)
        for command in JUDGED if asked.command == "all" else [asked.command]:
            figures = COMMANDS[command](plan)
            show(command, figures, as_json=asked.json)
            missed |= any(figure.missed for figure in figures)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
