# SPDX-License-Identifier: Apache-2.0
"""What a link costs the server: memory while nothing is said, and CPU time per durable event beside OCPP."""

import time
from pathlib import Path
from statistics import median

import msgspec

from bench.link.house import House
from bench.subject import Round

SETTLE = 3.0
"""[s] between the last answer and weighing."""
WARM = 50
"""Links that pay for what is loaded once."""


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """Rounds of both wires in turn, into one server."""

    link: tuple[Round, ...]
    ocpp: tuple[Round, ...]
    faults: int
    """Events that were not confirmed, and stations cut off."""

    @property
    def ratio(self) -> float:
        """CPU time per event, link / OCPP, within a round, then the median."""
        return median(a.cpu_us / b.cpu_us for a, b in zip(self.link, self.ocpp, strict=True))


def idle_kb(folder: Path, count: int) -> float:
    """Growth of the server's PSS per station that has booted over the link and is silent since."""
    with House(folder, {"W": WARM, "M": count}) as house, house.fleet("link", "W", WARM, start=False):
        time.sleep(SETTLE)
        before = house.server.pss_kb()
        with house.fleet("link", "M", count, start=False):
            time.sleep(SETTLE)
            return (house.server.pss_kb() - before) / count


def costs(folder: Path, stations: int, rounds: int, seconds: float, rates: tuple[float, ...]) -> list[Costs]:
    """Send meter updates over both wires at each rate [1/s]; 0: as fast as they are confirmed."""
    with (
        House(folder, {"L": stations, "O": stations}) as house,
        house.fleet("link", "L", stations) as link,
        house.fleet("ocpp", "O", stations) as ocpp,
    ):
        for fleet in (link, ocpp):
            fleet.run(1)
        found = []
        for rate in rates:
            pairs = [(link.run(seconds, rate), ocpp.run(seconds, rate)) for _ in range(rounds)]
            faults, link.faults, ocpp.faults = link.faults + ocpp.faults, 0, 0
            found.append(Costs(link=tuple(one for one, _ in pairs), ocpp=tuple(one for _, one in pairs), faults=faults))
        return found
