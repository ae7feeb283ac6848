# SPDX-License-Identifier: Apache-2.0
"""What can be subscribed to, read from what a CSMS knows: one map of fields for each thing (B.27)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from open63110.bindings.link.framing.header import milliseconds
from open63110.bindings.link.patterns.topics import Value
from open63110.kernel.address import Address
from open63110.kernel.ids import EvseNumber
from open63110.model.limit import WHOLE, Confirmed
from open63110.model.register import counter, exported, imported
from open63110.model.site import Zone
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Subjects

Fields = dict[str, Value]

HARMLESS: Final = frozenset({"", "NoError"})
"""Error codes of connectors that are none."""

MOST_WORDS: Final = 200
"""Characters of all faults of one thing together."""


def states(station: Station, reported: Iterable[tuple[int, str]]) -> Iterator[tuple[EvseNumber, Fields]]:
    """Yield the state of a station, and of each of its EVSEs.

    Args:
        station: as it is known.
        reported: faults that it told of as events and not as over: EVSE (0: the station), code.
    """
    faults = [*reported, *_faults(station)]
    connected, via = station.connected is not None, ",".join(station.via)
    own = _words(f"{evse}:{code}" if evse else code for evse, code in faults)
    yield WHOLE, {"connected": connected, "state": station.state or "", "via": via, "faults": own}
    for number, evse in station.evses.items():
        here = _words(code for at, code in faults if at == number)
        yield number, {"connected": connected, "state": _state(evse), "via": via, "faults": here}


def _state(evse: Evse) -> str:
    shown = evse.state or next((one.state for one in evse.connectors.values() if one.state != "available"), None)
    return shown or ("available" if evse.connectors else "")


def _faults(station: Station) -> Iterator[tuple[int, str]]:
    for number, evse in station.evses.items():
        for connector in evse.connectors.values():
            if connector.error not in HARMLESS or connector.state == "faulted":
                yield number, connector.error if connector.error not in HARMLESS else "Faulted"


def _words(codes: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(codes))[:MOST_WORDS]


def power(transfers: Iterable[EnergyTransfer]) -> Fields:
    """Return what flows at one EVSE, and what its meter showed last, by the transfers that are remembered there.

    Without a transfer nothing flows. What the wire does not say of one that runs is None: nobody knows.
    """
    newest = max(transfers, key=_age, default=None)
    if newest is None or newest.ended is not None:
        flows: Fields = {"import_w": 0.0, "export_w": 0.0}
    elif newest.power is None:
        flows = {"import_w": None, "export_w": None}
    else:
        flows = {"import_w": max(0.0, float(newest.power)), "export_w": max(0.0, -float(newest.power))}
    if newest is not None:
        for name, direction in (("energy_import_wh", "import"), ("energy_export_wh", "export")):
            register = counter(newest, direction)
            flows[name] = float(register.last) if register is not None else None
    return flows


def _age(transfer: EnergyTransfer) -> tuple[bool, int]:
    return transfer.ended is None, transfer.number


class Sums:
    """What flows at stations, zones and sites, from what flows at EVSEs: each change costs the same however many there are.

    Registers of several meters have no sum that means anything, so there is none. An EVSE of which nobody knows counts nothing.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._flows: dict[Address, tuple[float, float]] = {}
        self._sums: dict[Address, tuple[float, float]] = {}

    def put(self, evse: Address, fields: Fields) -> dict[Address, Fields]:
        """Take what flows at an EVSE now, and return what flows at everything above it."""
        new = (float(fields.get("import_w") or 0.0), float(fields.get("export_w") or 0.0))
        old = self._flows.get(evse, (0.0, 0.0))
        self._flows[evse] = new
        return dict(self._above(evse, new[0] - old[0], new[1] - old[1]))

    def remove(self, station: Address) -> dict[Address, Fields]:
        """Take a station out that stands elsewhere now, and return what flows at everything that was above it."""
        found: dict[Address, Fields] = {}
        for evse in [one for one in self._flows if one.within(station)]:
            taken, given = self._flows.pop(evse)
            found |= self._above(evse, -taken, -given)
        self._sums.pop(station, None)
        found.pop(station, None)
        return found

    def _above(self, evse: Address, taken: float, given: float) -> Iterator[tuple[Address, Fields]]:
        for depth in range(1, evse.depth):
            place = Address(evse.segments[:depth])
            before = self._sums.get(place, (0.0, 0.0))
            now = self._sums[place] = (round(before[0] + taken, 3), round(before[1] + given, 3))
            yield place, {"import_w": now[0], "export_w": now[1]}


def limits(station: Station) -> Iterator[tuple[EvseNumber, Fields]]:
    """Yield the limits that a station confirmed, of itself and of its EVSEs."""
    for number, kept in station.limits.in_force.items():
        yield number, _limit(kept)


def _limit(kept: Confirmed) -> Fields:
    asked = kept.asked
    fields: Fields = {"limit_w": kept.limit, "by": kept.by, "source": str(asked.source), "until": moment(asked.until)}
    return fields | {"failsafe_w": asked.failsafe}


def zone_limit(zone: Zone) -> Fields:
    """Return the limit of a zone, and by how much what could happen there exceeds it."""
    limit = zone.limit
    if limit is None:
        return {"limit_w": None, "excess_w": 0.0}
    asked = limit.asked
    fields: Fields = {"limit_w": asked.limit, "source": str(asked.source), "until": moment(asked.until)}
    return fields | {"excess_w": limit.excess, "failsafe_w": asked.failsafe}


def session(transfer: EnergyTransfer, subjects: Subjects) -> Fields:
    """Return who charges, since when, and how much it has become."""
    credential = subjects.credential(transfer.subject) if transfer.subject else None
    return {
        "state": "ended" if transfer.ended is not None else transfer.state,
        "began": moment(transfer.began),
        "energy_wh": float(imported(transfer) - exported(transfer)),
        "reference": transfer.reference,
        "subject": credential.value if credential is not None else None,
    }


def moment(at: datetime | None) -> int | None:
    """Return a moment as a field holds it: milliseconds since 1970."""
    return None if at is None else milliseconds(at)
