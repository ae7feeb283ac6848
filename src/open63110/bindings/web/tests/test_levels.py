# SPDX-License-Identifier: Apache-2.0
"""The picture of levels: who is below whom, what may flow in a zone, and who has the say of power there (B.25, I19)."""

from datetime import UTC, datetime, timedelta

import pytest

from open63110.bindings.web.levels import Picture, picture
from open63110.kernel.ids import EvseNumber, OrderId, PrincipalId, StationId, TransferNumber, TransferReference
from open63110.kernel.units import Watts
from open63110.model.limit import WHOLE, Confirmed, Limit, Limits
from open63110.model.order import Order, Outcome
from open63110.model.site import SiteId, Zone, ZoneId, ZoneKey, ZoneLimit
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer
from open63110.runtime.ways import Way, Ways

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
NORTH = ZoneKey("mall:north")
BELOW = Way(name="mall-lc", role="local-csms", place="/mall", open=True, waiting=2)


def station(name: str, *via: str, power: float = 0.0, limit: float | None = None, zone: ZoneKey | None = NORTH) -> Station:
    reference = TransferReference("tx")
    runs = EnergyTransfer(
        station=StationId(name), number=TransferNumber(1), reference=reference, evse=EvseNumber(1), began=NOON, power=Watts(power)
    )
    asked = Limit(limit=Watts(limit or 0.0), since=NOON)
    kept = {WHOLE: Confirmed(asked=asked, limit=Watts(limit), at=NOON)} if limit is not None else {}
    return Station(
        id=StationId(name),
        connected=NOON,
        wire="iec63110.link.v1",
        zone=zone,
        via=via,
        limits=Limits(in_force=kept),
        transfers={reference: runs} if power else {},
    )


def order(outcome: Outcome, reason: str = "", detail: str = "", to: str = "mall-lc") -> Order:
    return Order(
        id=OrderId("o"),
        station=StationId(to),
        kind="LimitZone",
        by=PrincipalId("ann"),
        asked=NOON,
        deadline=NOON + timedelta(seconds=30),
        outcome=outcome,
        reason=reason,
        detail=detail,
        body="{}",
    )


def drawn(
    *stations: Station, orders: tuple[Order, ...] = (), zones: dict[str, Zone] | None = None, ways: Ways | None = None
) -> Picture:
    return picture("top", ways or Ways(below=(BELOW,)), stations, zones or {}, orders, NOON)


def test_stations_stand_at_the_level_to_which_they_have_their_links() -> None:
    far = station("CS3", "mall-lc", "deck-lc", power=3_000.0, zone=ZoneKey("mall:deck"))
    seen = drawn(station("CS1", zone=None), station("CS2", "mall-lc", power=2_000.0), far)
    (below,) = seen.here.below
    (deeper,) = below.below
    assert [[one.id for one in level.stations] for level in (seen.here, below, deeper)] == [["CS1"], ["CS2"], ["CS3"]]
    assert (below.direct, below.way.waiting, deeper.direct, deeper.way.name) == (True, 2, False, "deck-lc")
    assert (seen.here.power, below.power, deeper.power) == (5_000.0, 5_000.0, 3_000.0)
    assert [place.name for place in below.places] == ["/mall/north"]


def test_a_level_of_which_nothing_was_heard_is_shown_all_the_same() -> None:
    (below,) = drawn().here.below
    assert (below.way.name, below.stations, below.said) == ("mall-lc", (), "")


@pytest.mark.parametrize(
    ("last", "said", "tone"),
    [
        (order(Outcome.ACCEPTED), "top, asked by ann", "good"),
        (order(Outcome.ACCEPTED, to="CS2"), "top, asked by ann", "good"),
        (
            order(Outcome.NOT_AUTHORIZED, "LeaseHeld", "mall-lc has the authority until …"),
            "mall-lc has the authority until …",
            "warn",
        ),
        (order(Outcome.SENT), "asked by ann, not answered yet", "busy"),
        (order(Outcome.FAILED, "NoAnswer"), "asked by ann, answered NoAnswer", "bad"),
        (order(Outcome.ACCEPTED, to="CS9"), "", ""),
    ],
)
def test_the_last_order_of_power_says_who_has_the_say(last: Order, said: str, tone: str) -> None:
    (below,) = drawn(station("CS2", "mall-lc"), orders=(last,)).here.below
    assert (below.said, below.tone) == (said, tone)


def test_what_may_flow_in_a_zone_is_its_limit_or_what_feeds_it_or_what_its_stations_may() -> None:
    zone = Zone(id=ZoneId("north"), site=SiteId("mall"), import_max=Watts(44_000.0))
    limited = Zone(
        id=ZoneId("north"),
        site=SiteId("mall"),
        import_max=Watts(44_000.0),
        limit=ZoneLimit(asked=Limit(limit=Watts(9_000.0), since=NOON)),
    )
    both = (station("CS1", limit=4_000.0), station("CS2", limit=5_500.0))

    def most(*stations: Station, zone: Zone | None) -> Watts | None:
        (place,) = drawn(*stations, zones={str(NORTH): zone} if zone else {}).here.places
        return place.most

    assert most(*both, zone=limited) == 9_000.0
    assert most(*both, zone=zone) == 44_000.0
    assert most(*both, zone=None) == 9_500.0
    assert most(both[0], station("CS3"), zone=None) is None


def test_a_zone_without_stations_is_shown_where_it_was_laid_out() -> None:
    zone = Zone(id=ZoneId("south"), site=SiteId("mall"), import_max=Watts(1.0))
    assert [one.name for one in drawn(zones={"mall:south": zone}).here.places] == ["/mall/south"]
