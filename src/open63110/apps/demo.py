# SPDX-License-Identifier: Apache-2.0
"""A CSMS with stations of OCPP 1.6, 2.0.1 and 2.1, and a site behind a local CSMS; EVs, and a judge who believes none of them."""

import asyncio
import contextlib
import json
import secrets
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import structlog
from rich.console import Console
from rich.text import Text

from open63110.apps.clock import SystemClock
from open63110.apps.config import Config, Limits, Listener, Log, Web
from open63110.apps.csms import Csms
from open63110.apps.install import first_admin
from open63110.apps.local_csms import LocalCsms
from open63110.apps.mall import LEVEL, OF_LINK, OF_OCPP, PLACE, Certificates, by_link, differences, furnish, mall, shown, told
from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.story import CARDS, Story, plans
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.web.serve import serving
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.policy import Policy, StationPolicy
from open63110.model.principal import Principal
from open63110.model.token import Credential, Token
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.usecases.services.authorize_locally import PutToken
from open63110.usecases.stations.onboard_station import RegisterStation

JUDGE = Path(__file__).with_name("judge.py")
"""Run, never imported: it knows nothing of this program."""

SETTLE = 20.0
"""How long everything may take to be told and recorded after the last EV has left [s]."""

Say = Callable[[str], None]

Meters = dict[str, dict[str, float]]
"""What each meter showed at begin and end, by station/EVSE [Wh]."""


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """How to show it."""

    headless: bool = False
    """Play the story once, judge it, and end; else go on until told to stop."""
    seconds: float = 60.0
    """How long the story takes, headless [s, real]."""
    clock_factor: float = 30.0
    """Seconds of the site's clock in one real second."""
    web_port: int = 8880
    """Of the page, on 127.0.0.1; any free one where it is taken, or with 0."""
    folder: Path | None = None
    """Where data, capture and records are left; None: in a folder that is removed in the end."""
    seed: int = 1


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo came to."""

    sessions: int
    by_version: dict[str, int]
    records: int
    energy: float
    """Sum of the records [Wh]."""
    metered: float
    """What the meters counted [Wh]."""
    refused: int
    offline: int
    """Transfers of which some was told afterwards."""
    restarts: int
    behind: int
    """Records of stations behind the local CSMS."""
    linked: int
    """Records of stations by link, compared with their meters."""
    judged: tuple[str, ...]
    """What the judge says of the others, and what was found wrong with those by link."""
    right: bool


async def demo(settings: Demo, *, stop: asyncio.Event | None = None, say: Say | None = None) -> int:
    """Show a site; return 0 if every record was right, 1 if not.

    Args:
        settings: how.
        stop: set to end it early; None: nobody does.
        say: told what happens, line by line; None: it is printed.
    """
    stop, say = stop or asyncio.Event(), say or _spoken(Console(highlight=False))
    with _unlogged(), contextlib.ExitStack() as after:
        folder = settings.folder or Path(after.enter_context(tempfile.TemporaryDirectory(prefix="open63110-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        summary = await _play(settings, folder, stop, say)
    for line in _told(summary):
        say(line)
    return 0 if summary.right else 1


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """Keep logs out of the story, but for errors; where somebody has set them up, they stay as they are."""
    if structlog.is_configured():
        yield
        return
    chosen = structlog.make_filtering_bound_logger("error")
    structlog.configure(wrapper_class=chosen, logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        yield
    finally:
        structlog.reset_defaults()


def _spoken(console: Console) -> Say:
    """Print calmly: the time recedes, records and refusals stand out."""

    def say(line: str) -> None:
        text = Text(line)
        if line[:2].isdecimal():
            text.stylize("dim", 0, 8)
        text.highlight_regex(r"record \S+: [0-9.]+ Wh", "green")
        text.highlight_regex(r"refused: \w+|cut off|overheats|NOT RIGHT", "yellow")
        text.highlight_regex(r"http://\S+|every record is right", "bold")
        console.print(text, soft_wrap=True)

    return say


async def _play(settings: Demo, folder: Path, stop: asyncio.Event, say: Say) -> Summary:
    password = secrets.token_urlsafe(12)
    admitted = await first_admin(folder / "data", "admin", password)
    clock = SystemClock(settings.clock_factor)
    given = Certificates(folder / "pki", clock.now())
    async with _csms(settings, folder, given) as csms:
        by = csms.engine.known.principals[PrincipalId("admin")]
        async with mall(folder / LEVEL, given, csms, by) as local, shown(local, "admin", password) as port:
            for line in _where(csms, local, password, port):
                say(line)
            with Capture(folder / "frames.jsonl", clock) as capture:
                policy = StationPolicy(answer_within=_patience(settings, 20.0))
                site = Site(clock, capture, policy, seed=settings.seed)
                await _furnish(csms, site, by)
                await furnish(local, given, site)
                before = _meters(site)
                story = Story(site, csms, by, say, told=lambda: told(local), seed=settings.seed)
                async with site.running():
                    await _tell(story, settings, stop)
                    say("the last EVs leave; what waits is told, sessions close, records are made")
                    await story.end(SETTLE)
        exported = await asyncio.to_thread(_export, csms.web_port, admitted.key)
    records: list[dict[str, Any]] = json.loads(exported)
    meters = {place: {"begin": before[place], "end": shown} for place, shown in _meters(site).items()}
    verdict, right = await judged(*_leave(folder, records, meters))
    by_hand = _of_links(records, meters, site)
    verdicts = (verdict, *by_hand)
    return _summary(site, story, records, verdicts, right=right and not by_hand and story.complete)


def _where(csms: Csms, local: LocalCsms, password: str, page: int) -> list[str]:
    """Tell where everything is; ``page`` is the port of the local CSMS's own."""
    links, plain = local.listeners["link"].port, local.listeners["stations"].port
    return [
        f"page      http://127.0.0.1:{csms.web_port}   log in as admin, password {password}",
        f"stations  ws://127.0.0.1:{csms.listeners['stations'].port}/ocpp/<station id>",
        f"level     {LEVEL} answers for /{PLACE}, with one link up to wss://localhost:{csms.listeners['link'].port}/link",
        f"its page  http://127.0.0.1:{page}/levels   the same login; the CSMS above shows its levels at /levels, too",
        f"behind it wss://localhost:{links}/link and ws://127.0.0.1:{plain}/ocpp/<station id>",
    ]


def _of_links(records: list[dict[str, Any]], meters: Meters, site: Site) -> list[str]:
    """Compare records of stations by link, whose frames are not OCPP, with the meters themselves."""
    own = {place: shown for place, shown in meters.items() if by_link(place)}
    return list(differences([one for one in records if by_link(one["station"])], own, site.tally.ended))


async def _tell(story: Story, settings: Demo, stop: asyncio.Event) -> None:
    """Play once, or one round after the other."""
    span = settings.seconds * settings.clock_factor
    rounds = 0
    while not stop.is_set() and not (settings.headless and rounds):
        story.begin(span * 0.85)
        rounds += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settings.seconds * 0.85):
                await stop.wait()


def _patience(settings: Demo, seconds: float) -> Seconds:
    """Give real time to programs that share two cores: what waits for an answer must not be sped up."""
    return Seconds(seconds * max(1.0, settings.clock_factor))


@contextlib.asynccontextmanager
async def _csms(settings: Demo, folder: Path, given: Certificates) -> AsyncIterator[Csms]:
    policy = Policy(order_deadline=_patience(settings, 30.0), unknown_stations="refuse")
    config = Config(
        data=str(folder / "data"),
        clock_factor=settings.clock_factor,
        listeners={
            "stations": Listener(host="127.0.0.1", port=0, plain=True),
            "link": given.listener(given.give("demo-csms", Role.CSMS)),
        },
        web=Web(port=settings.web_port),
        limits=Limits(answer_timeout=_patience(settings, 30.0)),
        policy=policy,
        log=Log(level="warning"),
    )
    async with Csms(config).running() as csms, contextlib.AsyncExitStack() as doors:
        try:
            csms.web_port = await doors.enter_async_context(serving(csms.node(), config.web))
        except OSError:
            csms.web_port = await doors.enter_async_context(serving(csms.node(), Web(port=0)))
        yield csms


async def _furnish(csms: Csms, site: Site, by: Principal) -> None:
    """Register stations with passwords of their own, and put the cards of customers in."""
    principals = Principals(csms.engine, csms.keys, csms.ids)
    url = f"ws://127.0.0.1:{csms.listeners['stations'].port}/ocpp"
    try:
        for number, plan in enumerate(plans(), start=1):
            password = secrets.token_urlsafe(24)
            await csms.orders.ask(RegisterStation(station=StationId(plan.id), note="demo"), by)
            await principals.create(by, NewPrincipal(id=plan.id, role=Role.STATION, secret=password))
            _build(site, plan, url, password, csms, counted=number * 1_234_567)
    finally:
        principals.close()
    for number, value in enumerate(CARDS, start=1):
        ref = csms.engine.known.ref(Credential(kind="ISO14443", value=value))
        token = Token(ref=ref, kind="ISO14443", contract=f"DE-DEM-C{number:08d}", name=f"customer {number}", concurrent=0)
        await csms.orders.ask(PutToken(station=StationId(""), token=token), by)


def _build(site: Site, plan: StationPlan, url: str, password: str, csms: Csms, *, counted: int) -> None:
    patience = csms.config.limits.answer_timeout
    site.build(plan, Dialling(url=url, password=password, patience=patience, longest_pause=60.0), counted=counted)


def _meters(site: Site) -> dict[str, float]:
    return {f"{station}/{evse}": register for station, evse, register in site.energies()}


def _export(port: int, key: str) -> bytes:
    """Fetch all records the way any program would.

    Raises:
        Unavailable: the page does not give them.
    """
    wish = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/sdrs?format=json", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(wish, timeout=30) as answer:  # noqa: S310 - as above
            said: bytes = answer.read()
    except OSError as fault:
        raise Unavailable(f"the records cannot be exported: {fault}") from fault
    return said


def _leave(folder: Path, records: list[dict[str, Any]], meters: Meters) -> tuple[Path, Path, Path]:
    """Write all records and meters down, and beside them those whose frames the judge can read; return what it reads."""
    files = folder / "frames.jsonl", folder / "ocpp-sdrs.json", folder / "ocpp-meters.json"
    (folder / "sdrs.json").write_text(json.dumps(records), encoding="utf-8")
    (folder / "meters.json").write_text(json.dumps(meters), encoding="utf-8")
    files[1].write_text(json.dumps([one for one in records if not by_link(one["station"])]), encoding="utf-8")
    files[2].write_text(json.dumps({place: shown for place, shown in meters.items() if not by_link(place)}), encoding="utf-8")
    return files


async def judged(capture: Path, records: Path, meters: Path) -> tuple[str, bool]:
    """Let another process, which knows nothing of this program, compare records with frames and meters."""
    words = [sys.executable, "-I", "-S", str(JUDGE), str(capture), str(records), "--meters", str(meters), "--one-each"]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    return said.decode().strip(), process.returncode == 0


def _summary(site: Site, story: Story, records: list[dict[str, Any]], verdicts: tuple[str, ...], *, right: bool) -> Summary:
    corrected = {record["corrects"] for record in records}
    valid = [record for record in records if record["id"] not in corrected]
    behind = {plan.id for plan in (*OF_LINK, *OF_OCPP)}
    return Summary(
        sessions=site.tally.ended.total(),
        by_version=story.by_version(),
        records=len(valid),
        energy=round(sum(record["energy"] for record in valid), 3),
        metered=round(site.energy_shown(), 3),
        refused=story.refused,
        offline=sum("offline" in record["flags"] for record in valid),
        restarts=sum(station.restarts for station in site.stations.values()),
        linked=sum(by_link(record["station"]) for record in valid),
        behind=sum(record["station"] in behind for record in valid),
        judged=verdicts,
        right=right and len(valid) == site.tally.ended.total(),
    )


def _told(summary: Summary) -> list[str]:
    versions = ", ".join(f"{version} {count}" for version, count in summary.by_version.items())
    return [
        "",
        f"sessions  {summary.sessions} ({versions}), {summary.refused} cards refused",
        f"records   {summary.records}, {summary.offline} of them with something told afterwards, {summary.behind} via {LEVEL}",
        f"energy    {summary.energy:.1f} Wh recorded, {summary.metered:.1f} Wh metered",
        f"reboots   {summary.restarts} ordered and done",
        f"by link   {summary.linked} records, compared with the meters themselves",
        *(f"judge     {line}" for line in summary.judged),
        f"verdict   {'every record is right' if summary.right else 'NOT RIGHT'}",
    ]
