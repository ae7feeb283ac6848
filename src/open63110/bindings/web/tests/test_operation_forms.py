# SPDX-License-Identifier: Apache-2.0
"""What operators order from the page beside charging: use of EVSEs, reservations by the minute, vouchers."""

from datetime import UTC, datetime

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.bindings.web.tests.test_pages import check, logged_in, send
from open63110.kernel.ids import EvseNumber
from open63110.kernel.roles import Role
from open63110.model.availability import Availability
from open63110.model.network import Move, MoveState
from open63110.model.reservation import Reservation
from open63110.model.station import StationDisconnected
from open63110.model.voucher import Voucher
from open63110.usecases.services.reserve_evse import ReservationMade, ReserveEvse
from open63110.usecases.stations.change_availability import AvailabilityChanged
from open63110.usecases.stations.migrate_station import MoveChanged


async def test_a_moment_that_a_browser_gives_by_the_minute_is_one_of_utc(ground: Ground) -> None:
    await ground.station()
    token = await ground.token()
    client = await logged_in(ground, Role.OPERATOR)
    told = await send(client, f"/do/stations/{CS}/reserve", subject=str(token), evse="0", until="2100-05-01T10:30")
    assert "Reserve evse: accepted." in told.text
    (order,) = [one for one in ground.link.got if isinstance(one, ReserveEvse)]
    assert order.until == datetime(2100, 5, 1, 10, 30, tzinfo=UTC)


async def test_what_stands_in_the_way_of_charging_stands_at_the_top_with_the_way_out(ground: Ground) -> None:
    await ground.station()
    token, now = await ground.token(), ground.clock.now()
    until = datetime(2100, 1, 1, tzinfo=UTC)
    kept = Reservation(id=7, evse=EvseNumber(1), subject=token, until=until)
    move = Move(url="wss://b.example/ocpp", slot=1, state=MoveState.READY, since=now, mandate="contract 7")
    ground.hear(AvailabilityChanged(station=CS, at=now, operative=False, evse=EvseNumber(1)))
    ground.hear(ReservationMade(station=CS, at=now, reservation=kept))
    ground.hear(MoveChanged(station=CS, at=now, move=move))
    await ground.settle()
    assert [type(one) for one in ground.engine.stations[CS].availability] == [Availability]
    page = (await (await logged_in(ground, Role.OPERATOR)).get(f"/stations/{CS}")).text
    check(page)
    assert "EVSE 1 is out of use" in page
    assert "EVSE 1 is reserved for" in page
    assert "It moves, once it is idle, to wss://b.example/ocpp" in page
    assert f"/do/stations/{CS}/cancel-reservation" in page
    assert f"/do/stations/{CS}/cancel-migration" in page
    looked = (await (await logged_in(ground, Role.VIEWER)).get(f"/stations/{CS}")).text
    assert f"/do/stations/{CS}/cancel-migration" not in looked


async def test_of_a_station_that_is_away_with_its_new_ways_it_is_said_that_it_is_there(ground: Ground) -> None:
    await ground.station()
    now = ground.clock.now()
    move = Move(url="wss://b.example/ocpp", slot=1, state=MoveState.READY, since=now, mandate="contract 7", before="2")
    ground.hear(MoveChanged(station=CS, at=now, move=move))
    ground.hear(StationDisconnected(station=CS, at=now))
    await ground.settle()
    page = (await (await logged_in(ground, Role.OPERATOR)).get(f"/stations/{CS}")).text
    assert f"/do/stations/{CS}/finish-migration" in page
    assert f"/do/stations/{CS}/cancel-migration" not in page


async def test_machines_are_expected_from_the_page(ground: Ground) -> None:
    client = await logged_in(ground, Role.OPERATOR)
    told = await send(client, "/do/vouchers/put", id="delivery-7", serial="SN-7", identity="", note="bay 4")
    assert "accepted" in told.text
    await ground.settle()
    page = (await client.get("/stations")).text
    check(page)
    assert "delivery-7" in page
    assert "accepted" in (await send(client, "/do/vouchers/withdraw", id="delivery-7")).text
    await ground.settle()
    assert ground.store.load(Voucher) == []
