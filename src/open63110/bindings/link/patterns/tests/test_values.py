# SPDX-License-Identifier: Apache-2.0
"""What can be subscribed to, read from what a CSMS knows: powers and their sums, states and faults, limits (B.27)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.patterns.values import MOST_WORDS, Fields, Sums, power, states, zone_limit
from open63110.kernel.address import Address, parse
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.units import WattHours, Watts
from open63110.model.limit import WHOLE, Limit
from open63110.model.site import SiteId, Zone, ZoneId, ZoneLimit
from open63110.model.station import Connector, ConnectorState, Evse, Station
from open63110.model.transfer import EnergyTransfer, Register

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CS = StationId("CS1")
PLACES = st.builds(
    lambda zone, station, evse: parse(f"/mall/{zone}/CS{station}/{evse}"), st.sampled_from("ns"), *[st.integers(1, 3)] * 2
)


def transfer(number: int, watts: float | None, *, ended: bool = False) -> EnergyTransfer:
    register = Register(first=WattHours(100.0), last=WattHours(100.0 + number), first_at=NOON, last_at=NOON)
    return EnergyTransfer(
        station=CS,
        number=TransferNumber(number),
        reference=TransferReference(f"tx-{number}"),
        evse=EvseNumber(1),
        began=NOON,
        ended=NOON if ended else None,
        power=None if watts is None else Watts(watts),
        imported=register,
    )


@pytest.mark.parametrize(
    ("watts", "taken", "given_back"), [(11_000.0, 11_000.0, 0.0), (-3_000.0, 0.0, 3_000.0), (None, None, None)]
)
def test_what_flows_has_a_direction_and_what_no_wire_has_said_is_unknown(
    watts: float | None, taken: float | None, given_back: float | None
) -> None:
    found = power([transfer(1, 7.0, ended=True), transfer(2, watts)])
    assert (found["import_w"], found["export_w"]) == (taken, given_back)
    assert (found["energy_import_wh"], found["energy_export_wh"]) == (102.0, None)


def test_without_a_transfer_or_after_its_end_nothing_flows() -> None:
    assert power([]) == {"import_w": 0.0, "export_w": 0.0}
    ended = power([transfer(3, 5_000.0, ended=True)])
    assert (ended["import_w"], ended["energy_import_wh"]) == (0.0, 103.0)


@given(st.lists(st.tuples(PLACES, st.floats(-22_000.0, 22_000.0))), st.sampled_from(["/mall/n/CS1", "/mall/s/CS2"]))
def test_sums_are_those_of_what_flows_now_whatever_has_changed_and_moved(flows: list[tuple[Address, float]], gone: str) -> None:
    sums, newest = Sums(), dict[Address, float]()
    shown: dict[Address, Fields] = {}
    for place, watts in flows:
        newest[place] = watts
        shown |= sums.put(place, {"import_w": max(0.0, watts), "export_w": max(0.0, -watts)})
    station = parse(gone)
    shown |= sums.remove(station)
    left = {place: watts for place, watts in newest.items() if not place.within(station)}
    for above in {Address(place.segments[:depth]) for place in newest for depth in (1, 2)}:
        expected = sum(max(0.0, watts) for place, watts in left.items() if place.within(above))
        assert shown[above]["import_w"] == pytest.approx(expected, abs=0.1)


def plug(state: ConnectorState, error: str = "") -> dict[ConnectorNumber, Connector]:
    return {ConnectorNumber(1): Connector(state=state, at=NOON, error=error)}


def test_faults_are_those_of_connectors_and_those_told_as_events() -> None:
    evses = {
        EvseNumber(1): Evse(number=EvseNumber(1), connectors=plug("faulted", "GroundFailure")),
        EvseNumber(2): Evse(number=EvseNumber(2), connectors=plug("faulted", "NoError")),
        EvseNumber(3): Evse(number=EvseNumber(3), connectors=plug("occupied", "NoError")),
        EvseNumber(4): Evse(number=EvseNumber(4)),
    }
    found = dict(states(Station(id=CS, connected=NOON, evses=evses, via=("lc",)), [(0, "DoorOpen"), (3, "Fan")]))
    assert found[WHOLE] == {"connected": True, "state": "", "via": "lc", "faults": "DoorOpen,3:Fan,1:GroundFailure,2:Faulted"}
    assert [found[EvseNumber(number)]["faults"] for number in (1, 2, 3, 4)] == ["GroundFailure", "Faulted", "Fan", ""]
    assert [found[EvseNumber(number)]["state"] for number in (1, 3, 4)] == ["faulted", "occupied", ""]


def test_faults_without_end_are_cut_off() -> None:
    (_, fields), *_ = states(Station(id=CS), [(0, f"Fault{number}") for number in range(100)])
    assert len(str(fields["faults"])) == MOST_WORDS


def test_a_zone_that_is_not_limited_says_so() -> None:
    zone = Zone(id=ZoneId("north"), site=SiteId("mall"), import_max=Watts(44_000.0))
    assert zone_limit(zone) == {"limit_w": None, "excess_w": 0.0}
    limited = ZoneLimit(asked=Limit(limit=Watts(9_000.0), since=NOON, until=NOON), excess=Watts(3.0))
    found = zone_limit(Zone(id=ZoneId("north"), site=SiteId("mall"), import_max=Watts(1.0), limit=limited))
    assert (found["limit_w"], found["excess_w"], found["until"]) == (9_000.0, 3.0, int(NOON.timestamp() * 1000))
