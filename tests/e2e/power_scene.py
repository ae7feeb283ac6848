# SPDX-License-Identifier: Apache-2.0
"""A garage with a past, a present and a plan, as the safety loop and the planner would tell it, for pages to show."""

import math
from datetime import datetime, timedelta
from typing import Any

import msgspec

from open63110.bindings.web.tests.ground import Ground
from open63110.kernel.ids import EvseNumber, StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.roles import Role
from open63110.kernel.units import Amperes, WattHours, Watts
from open63110.model.constraint import Constraint, ConstraintChanged, ConstraintScope, Step
from open63110.model.limit import Ahead, LimitSource
from open63110.model.power import (
    AssetMeasured,
    AssetReading,
    EvsePower,
    EvseSample,
    NodePower,
    PowerAlarm,
    PowerAlarmChanged,
    PowerSample,
    Promise,
    SitePower,
    Winner,
)
from open63110.model.site import SiteId
from open63110.runtime.engine import Turn
from open63110.runtime.principals import durable

SITE = SiteId("harbour")
DSO = Winner(source=LimitSource.DSO, actor="nordnetz", constraint="nordnetz/evening")
TENANT = Winner(source=LimitSource.CONTRACT, actor="csp-1", constraint="csp-1/visitors")
EVSES = [("deck", f"D-{number}", evse) for number in (1, 2, 3, 4) for evse in (1, 2)] + [
    *(("yard", f"Y-{number}", 1) for number in (1, 2, 3)),
    *(("visitors", f"V-{number}", 1) for number in (1, 2)),
]
"""(zone, station, EVSE)."""

HOLDS = {"deck": 66_000.0, "yard": 44_000.0, "visitors": 22_000.0}
REDUCED = 60_000.0
WIRINGS = ("L1L2L3", "L2L3L1", "L3L1L2", "L1", "L2", "L3")


def described() -> dict[str, Any]:
    """Describe it as REST takes it."""
    zones: dict[str, dict[str, Any]] = {
        "deck": {"id": "deck", "import_max": HOLDS["deck"], "feeder": "cars", "failsafe": 12_000.0, "priority": 2},
        "yard": {"id": "yard", "import_max": HOLDS["yard"], "feeder": "cars"},
        "visitors": {"id": "visitors", "import_max": HOLDS["visitors"], "feeder": "grid"},
    }
    for place, (zone, station, evse) in enumerate(EVSES):
        stations = zones[zone].setdefault("stations", [])
        if not stations or stations[-1]["id"] != station:
            stations.append({"id": station, "evses": []})
        wiring = WIRINGS[place % len(WIRINGS)]
        plan = {"number": evse, "evse_id": f"DE*HRB*E{place + 1}", "import_max": 22_000.0, "wiring": wiring}
        stations[-1]["evses"].append(plan)
    return {
        "id": SITE,
        "address": "Am Hafen 4, Kiel",
        "connections": [{"id": "grid", "import_max": 138_000.0, "export_max": 30_000.0, "amperes": [200.0, 200.0, 200.0]}],
        "feeders": [{"id": "cars", "parent": "grid", "amperes": [160.0, 160.0, 160.0]}],
        "assets": [
            {"id": "office", "kind": "load", "assumed": [15_000.0]},
            {"id": "roof", "kind": "pv", "assumed": [0.0], "export_max": 30_000.0},
            {"id": "store", "kind": "battery", "capacity": 60_000.0, "import_max": 20_000.0, "export_max": 20_000.0},
        ],
        "zones": list(zones.values()),
    }


class Scene:
    """What happens at the garage, minute by minute."""

    def __init__(self, ground: Ground, hours: float = 3.0) -> None:
        """Begin some hours ago; the DSO reduces for the last half hour."""
        self.ground = ground
        self.now = ground.clock.now()
        self.begin = self.now - timedelta(hours=hours)
        self.reduced = self.now - timedelta(minutes=30)
        self.numbers = 0

    async def told(self, *facts: Event) -> None:
        """Let facts become true."""
        turn = Turn(self.ground.engine, StationId(""), self.now)
        for fact in facts:
            turn.fact(fact)
        turn.keep()
        await durable(self.ground.engine)

    async def play(self) -> None:
        """Describe the garage, and tell its past and its present."""
        client = await self.ground.as_(Role.OPERATOR)
        answer = await client.put(f"/api/v1/sites/{SITE}", json=described())
        assert answer.status_code == 200, answer.text
        for station in dict.fromkeys(station for _, station, _ in EVSES):
            await self.ground.station(StationId(station))
        await self.told(*self._demands(), *self._meters(), self._alarm())
        for minute in range(int((self.now - self.begin) / timedelta(minutes=1))):
            self.sampled(self.begin + timedelta(minutes=minute))
        self.present()
        await durable(self.ground.engine)

    def _demands(self) -> list[Event]:
        evening = Constraint(
            id=DSO.constraint,
            source=LimitSource.DSO,
            actor=DSO.actor,
            scope=ConstraintScope(site=SITE),
            profile=(
                Step(since=self.reduced, import_max=Watts(REDUCED)),
                Step(since=self.now + timedelta(minutes=90), import_max=Watts(100_000.0)),
            ),
            until=self.now + timedelta(hours=3),
            critical=True,
        )
        visitors = Constraint(
            id=TENANT.constraint,
            source=LimitSource.CONTRACT,
            actor=TENANT.actor,
            scope=ConstraintScope(site=SITE, zone="visitors"),  # type: ignore[arg-type]  # a literal
            profile=(Step(since=self.begin, import_max=Watts(11_000.0)),),
        )
        return [
            ConstraintChanged(station=StationId(""), at=self.now, id=one.id, constraint=one, by=one.actor)
            for one in (evening, visitors)
        ]

    def _meters(self) -> list[Event]:
        powers = {"office": (14_200.0, None), "roof": (-9_300.0, None), "store": (-4_000.0, 62.0)}
        return [
            AssetMeasured(
                station=StationId(""),
                at=self.now,
                id=f"{SITE}:{name}",
                meter=AssetReading(
                    id=f"{SITE}:{name}", site=SITE, asset=name, at=self.now, power=(Watts(power),), soc=soc, by="rm"
                ),
            )
            for name, (power, soc) in powers.items()
        ]

    def _alarm(self) -> PowerAlarmChanged:
        alarm = PowerAlarm(
            id=f"{SITE}/Refused/Y-3",
            site=SITE,
            kind="Refused",
            place="Y-3",
            since=self.now - timedelta(minutes=12),
            detail="the station did not take 8.0 kW (NotSupported); it counts with 22.0 kW",
        )
        return PowerAlarmChanged(station=StationId(""), at=self.now, id=alarm.id, alarm=alarm)

    def flows(self, at: datetime) -> dict[tuple[str, int], float]:
        """Return what each EVSE draws [W]."""
        minute = (at - self.begin) / timedelta(minutes=1)
        found = {}
        for place, (zone, station, evse) in enumerate(EVSES):
            begin = 9.0 * place
            wanted = 11_000.0 if place % 3 else 7_400.0
            power = wanted * min(1.0, max(0.0, (minute - begin) / 3.0)) * (0.97 + 0.03 * math.sin(minute / 5.0 + place))
            if zone == "visitors":
                power = min(power, 5_400.0)
            if at >= self.reduced:
                power = 0.0 if place in {7, 10} else power * 0.47
            found[station, evse] = power if place != 5 else 0.0
        return found

    def nodes(self, at: datetime, flows: dict[tuple[str, int], float]) -> tuple[NodePower, ...]:
        """Return the nodes of the tree."""
        minute = (at - self.begin) / timedelta(minutes=1)
        base = 14_000.0 - 13_000.0 * math.exp(-(((minute - 60.0) / 50.0) ** 2))
        zones = {zone: sum(flows[station, evse] for one, station, evse in EVSES if one == zone) for zone in HOLDS}
        phases = [0.0, 0.0, 0.0]
        by_zone = {zone: [0.0, 0.0, 0.0] for zone in HOLDS}
        for place, (zone, station, evse) in enumerate(EVSES):
            for phase in phases_of(place):
                amperes = flows[station, evse] / len(phases_of(place)) / 230.0
                phases[phase - 1] += amperes
                by_zone[zone][phase - 1] += amperes
        cars = zones["deck"] + zones["yard"]
        on_cars = [by_zone["deck"][phase] + by_zone["yard"][phase] for phase in range(3)]
        whole = [one + base / 690.0 for one in phases]
        limited = at >= self.reduced
        limit, winner = (REDUCED, DSO) if limited else (138_000.0, Winner())
        total = sum(zones.values()) + base
        planned = min(total * 1.04, limit)
        rows = [
            node("site", "site", "", limit, winner, total, whole, (200.0,) * 3, base, planned),
            node("grid", "connection", "site", 138_000.0, Winner(), total, whole, (200.0,) * 3, base, planned),
            node("cars", "feeder", "grid", None, Winner(), cars, on_cars, (160.0,) * 3, 0.0, cars),
        ]
        for zone, held in HOLDS.items():
            mine, who = (11_000.0, TENANT) if zone == "visitors" else (held, Winner())
            parent = "grid" if zone == "visitors" else "cars"
            rows.append(node(f"zone:{zone}", "zone", parent, mine, who, zones[zone], by_zone[zone], (), 0.0, zones[zone]))
        return tuple(rows)

    def sampled(self, at: datetime) -> None:
        """Keep how it was at a moment."""
        flows = self.flows(at)
        self.numbers += 1
        evses = tuple(
            EvseSample(
                station=StationId(station),
                evse=EvseNumber(evse),
                setpoint=Watts(flows[station, evse] * 1.03),
                measured=Watts(flows[station, evse]),
                phases=phases_of(place),
                node=f"zone:{zone}",
            )
            for place, (zone, station, evse) in enumerate(EVSES)
        )
        sample = PowerSample(id=self.numbers, site=SITE, at=at, nodes=self.nodes(at, flows), evses=evses)
        self.ground.engine.known.keep("sample", sample.id, sample)

    def present(self, at: datetime | None = None) -> None:
        """Show how it is now."""
        at = at or self.now
        flows = self.flows(at)
        evses = tuple(self._evse(place, flows, at) for place in range(len(EVSES)))
        power = SitePower(
            site=SITE, at=at, nodes=self.nodes(at, flows), evses=evses, planner="on", planned=at - timedelta(seconds=40)
        )
        self.ground.engine.known.show_power(power, write=True)

    def _evse(self, place: int, flows: dict[tuple[str, int], float], at: datetime) -> EvsePower:
        zone, station, number = EVSES[place]
        measured = flows[station, number]
        later = at + timedelta(minutes=90)
        full = Watts(0.6 * (11_000.0 if place % 3 else 7_400.0))
        wanted = 24_000.0 - 600.0 * place
        departs = at + timedelta(minutes=80 + 25 * place)
        ahead = (
            Ahead(since=at + timedelta(minutes=45 + place), limit=Watts(measured or 2_400.0)),
            Ahead(since=later, limit=full),
            Ahead(since=later + timedelta(minutes=30 + 6 * place), limit=Watts(0.0)),
        )
        one = EvsePower(
            station=StationId(station),
            evse=EvseNumber(number),
            node=f"zone:{zone}",
            state="active",
            setpoint=Watts(measured * 1.03),
            most=Watts(measured * 1.03),
            measured=Watts(measured),
            winner=TENANT if zone == "visitors" else DSO,
            limited_by="zone:visitors" if zone == "visitors" else "site",
            since=at - timedelta(minutes=20),
            transfer=TransferReference(f"T-{place}"),
            phases=phases_of(place),
            promise=Promise(
                departure=departs,
                energy=WattHours(wanted * (1.0 if place % 3 else 0.83)),
                wanted=WattHours(wanted),
                confidence=0.94 - 0.03 * place,
            ),
            ahead=ahead,
        )
        changes: dict[int, dict[str, Any]] = {
            5: {"state": "idle", "transfer": TransferReference(""), "promise": None, "ahead": (), "setpoint": None},
            7: {"state": "waiting", "why": "Rotates", "setpoint": Watts(0.0)},
            9: {"limited_by": "ev", "winner": Winner()},
            10: {"state": "refused", "why": "Unconfirmed", "setpoint": Watts(8_000.0), "most": Watts(22_000.0)},
        }
        return msgspec.structs.replace(one, **changes.get(place, {}))


def phases_of(place: int) -> tuple[int, ...]:
    """Return the phases that an EVSE uses."""
    wiring = WIRINGS[place % len(WIRINGS)]
    return tuple(int(one) for one in wiring.replace("L", ""))


def node(
    id: str,
    kind: Any,
    parent: str,
    limit: float | None,
    winner: Winner,
    load: float,
    loads: list[float],
    amperes: tuple[float, ...],
    base: float,
    planned: float,
) -> NodePower:
    """Return a node."""
    return NodePower(
        id=id,
        kind=kind,
        parent=parent,
        limit=None if limit is None else Watts(limit),
        winner=winner,
        amperes=tuple(map(Amperes, amperes)),
        load=Watts(load),
        load_amperes=tuple(map(Amperes, loads)),
        base=Watts(base),
        most=Watts(load * 1.05),
        most_amperes=tuple(Amperes(one * 1.05) for one in loads),
        planned=Watts(planned),
    )
