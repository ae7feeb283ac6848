# SPDX-License-Identifier: Apache-2.0
"""The story of the demo: who charges where, and what goes wrong meanwhile."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from open63110.apps.csms import Csms
from open63110.apps.site import Site, StationPlan
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.kernel.journal import Entry
from open63110.kernel.messages import Command, Event
from open63110.model.principal import Principal
from open63110.model.sdr import SdrProduced
from open63110.model.station import RegistrationDecided, StationConnected, StationDisconnected
from open63110.model.token import AuthorizationStatus, Credential, CredentialJudged
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.simulator.ev import Ev, some_ev
from open63110.simulator.hardware import SimulatedStation
from open63110.simulator.scenarios import visit
from open63110.simulator.schedule import Script
from open63110.usecases.services.authorize_externally import StartRemotely
from open63110.usecases.stations.reboot_station import RebootMode, RebootStation, StationRebooting

CARDS = tuple(f"04D3A0{number:08X}" for number in range(0x1001, 0x1009))
"""Of customers."""

STRANGER = "0BADCA4D"
"""A card nobody knows."""

Say = Callable[[str], None]


def plans() -> tuple[StationPlan, ...]:
    """Return the stations that the CSMS has links to itself."""
    return (
        StationPlan(id="DEMO-16-A", version=Version.V16, interval=30.0),
        StationPlan(id="DEMO-16-B", version=Version.V16, interval=30.0, signed=True, limit=11_000.0),
        StationPlan(id="DEMO-201-A", version=Version.V201, interval=30.0, step=100),
        StationPlan(id="DEMO-201-B", version=Version.V201, interval=30.0, signed=True, step=1),
        StationPlan(id="DEMO-201-C", version=Version.V201, interval=30.0, skew=-420.0),
        StationPlan(id="DEMO-21-A", version=Version.V21, interval=30.0, step=100),
        StationPlan(id="DEMO-21-B", version=Version.V21, interval=30.0, signed=True, skew=95.0),
    )


class Story:
    """What happens at the site; begun once for each round."""

    def __init__(self, site: Site, csms: Csms, by: Principal, say: Say, *, told: Callable[[], bool], seed: int) -> None:
        """Prepare it.

        Args:
            site: whose stations it plays at.
            csms: that orders reboots and remote starts, and whose facts are told.
            by: in whose name it orders.
            say: told what happens.
            told: tells whether the level below has told the CSMS everything.
            seed: the same tells the same story.
        """
        self._site, self._csms, self._by, self._say, self._told = site, csms, by, say, told
        self._chance = random.Random(seed)  # noqa: S311 - a story, no secret
        self._orders: set[asyncio.Future[Any]] = set()
        self._on = self._over = False
        self.refused = 0
        self.complete = False
        """Everything that happened was told and recorded in time."""
        csms.engine.commit.on_durable.append(self._narrate)

    def begin(self, span: float) -> None:
        """Let two EVs come to every EVSE within a span, one after the other, and let go wrong what can [s of the clock]."""
        if not self._on:
            for place, station in enumerate(self._site.stations.values()):
                station.switch_on(after=place * 2.0)
            self._on = True
        for number, (name, station) in enumerate(self._site.stations.items()):
            for evse in station.evses:
                for turn in (0, 1):
                    begins = span * (0.05 + 0.5 * turn) + self._chance.uniform(0.0, span * 0.05)
                    self._site.schedule.begin(self._charge(name, station, evse, turn, number, span), after=begins)
        for moment, mishap in self._mishaps(span):
            self._site.schedule.begin(mishap, after=span * moment)

    def _charge(self, name: StationId, station: SimulatedStation, evse: int, turn: int, number: int, span: float) -> Script:
        card = Credential(kind="ISO14443", value=CARDS[(2 * number + evse + 3 * turn) % len(CARDS)])
        stay, ev = span * self._chance.uniform(0.16, 0.24), some_ev(self._chance)
        if (name, evse, turn) == ("DEMO-16-A", 2, 1):
            return self._stranger(station, evse, ev)
        if (name, evse, turn) == ("DEMO-201-A", 1, 1):
            return self._by_app(name, station, evse, ev, stay)
        pause = span * 0.05 if (number + evse + turn) % 5 == 0 else 0.0
        return visit(station, evse, ev, card, stay, plug_first=(number + turn) % 3 != 0, stop_by_card=evse == 1, pause=pause)

    def _stranger(self, station: SimulatedStation, evse: int, ev: Ev) -> Script:
        yield from visit(station, evse, ev, Credential(kind="ISO14443", value=STRANGER), 60.0)

    def _by_app(self, name: StationId, station: SimulatedStation, evse: int, ev: Ev, stay: float) -> Script:
        station.arrive(evse, ev)
        yield 10.0
        self._order(StartRemotely(station=name, evse=EvseNumber(evse), subject=self._customer()))
        yield stay
        station.leave(evse)

    def _customer(self) -> SubjectRef:
        return self._csms.engine.known.ref(Credential(kind="ISO14443", value=CARDS[0]))

    def _order(self, command: Command) -> None:
        asked = self._csms.orders.ask(command, self._by)
        self._orders.add(asked)
        asked.add_done_callback(self._orders.discard)

    def _mishaps(self, span: float) -> list[tuple[float, Script]]:
        """Return when what goes wrong; EVs charge from about 0.1 to 0.3 and from 0.6 to 0.8 of the span."""
        stations = self._site.stations
        return [
            (0.15, self._once(lambda: self._offline("DEMO-16-B", span * 0.3))),
            (0.02, self._once(lambda: self._offline("DEMO-21-B", span * 0.2))),
            (0.18, self._once(lambda: self._offline("DEMO-201-B", span * 0.02))),
            (0.20, self._once(lambda: self._reboot("DEMO-201-C", RebootMode.IMMEDIATE))),
            (0.22, self._once(lambda: self._reboot("DEMO-21-A", RebootMode.ON_IDLE))),
            (0.17, self._once(lambda: self._offline("MALL-AC-1", span * 0.1))),
            (0.68, self._once(lambda: stations[StationId("DEMO-16-A")].lose_power(span * 0.03))),
            (0.66, self._once(lambda: self._fault("DEMO-21-A", span * 0.04))),
            (0.70, self._once(lambda: self._reboot("DEMO-16-B", RebootMode.IMMEDIATE))),
        ]

    def _once(self, deed: Callable[[], None]) -> Script:
        deed()
        yield 0.0

    def _offline(self, name: str, seconds: float) -> None:
        self._site.stations[StationId(name)].lose_link(seconds)

    def _reboot(self, name: str, mode: RebootMode) -> None:
        self._tell(name, f"is told to reboot, {mode}")
        self._order(RebootStation(station=StationId(name), mode=mode))

    def _fault(self, name: str, seconds: float) -> None:
        self._tell(name, "EVSE 2 overheats for a while")
        self._site.stations[StationId(name)].break_down(2, "HighTemperature", seconds)

    async def end(self, seconds: float) -> None:
        """Send everybody home and wait until everything is told and recorded, at most so many real seconds."""
        self._site.send_home()
        quiet = await self._site.quiet(seconds)
        closed = await self._closed(seconds)
        self.complete, self._over = quiet and closed, True

    async def _closed(self, seconds: float) -> bool:
        engine = self._csms.engine
        try:
            async with asyncio.timeout(seconds):
                while not self._told() or any(one.sessions for one in engine.stations.values()):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        await engine.commit.drain()
        return True

    def by_version(self) -> dict[str, int]:
        """Return how many energy transfers ended, by version of OCPP, and by link."""
        counted: Counter[str] = Counter()
        for name in self._site.stations:
            line = self._site.client.lines.get(name)
            counted[line.dialling.versions[0].value if line is not None else "link"] += self._site.tally.ended[name]
        return dict(sorted(counted.items()))

    # -- telling it --

    def _narrate(self, entries: list[Entry]) -> None:
        for one in entries:
            words = "" if self._over else self._words(one.event)
            if words:
                self._tell(one.station, words)

    def _tell(self, station: str, words: str) -> None:
        self._say(f"{self._site.clock.now():%H:%M:%S}  {station:<11} {words}")

    def _words(self, fact: Event) -> str:
        match fact:
            case RegistrationDecided():
                return f"is {fact.registration}"
            case StationConnected():
                return f"connects ({fact.wire}{' via ' + ', '.join(fact.via) if fact.via else ''})"
            case StationDisconnected():
                return "is cut off"
            case StationRebooting():
                return "reboots"
            case EnergyTransferStarted():
                return f"EVSE {fact.evse} begins to charge{' (told afterwards)' if fact.offline else ''}"
            case EnergyTransferEnded():
                transfer = self._csms.engine.known.transfer(fact.station, fact.reference)
                return f"EVSE {fact.evse or (transfer.evse if transfer else '?')} ends: {fact.reason}"
            case CredentialJudged() if fact.status is not AuthorizationStatus.ACCEPTED:
                self.refused += 1
                return f"a card is refused: {fact.status.value}"
            case SdrProduced():
                sdr = fact.sdr
                flags = f" [{', '.join(sdr.flags)}]" if sdr.flags else ""
                return f"record {sdr.id}: {sdr.energy:.1f} Wh{flags}"
        return ""
