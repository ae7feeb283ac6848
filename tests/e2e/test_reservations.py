# SPDX-License-Identifier: Apache-2.0
"""An EVSE is kept for somebody (8.4.3, what crosses the wire and what it refuses): our CSMS and our station, over real wires."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.house import WIRES, house
from tests.e2e.link_player import EVERY
from tests.e2e.player import playing
from tests.e2e.test_at_simulated import Standing, standing
from tests.e2e.test_availability import E1, E2, sees, shown

from open63110.kernel.messages import Event
from open63110.model.token import CredentialJudged
from open63110.model.transfer import EnergyTransfer, EnergyTransferStarted
from open63110.usecases.services.reserve_evse import ReservationEnded

ANNA = {"kind": "ISO14443", "value": "ANNA"}


async def reserve(cs: Standing, seconds: float, **more: object) -> int:
    """Keep something for Anna; return the number."""
    until = cs.here.now() + timedelta(seconds=seconds)
    order = await cs.here.ask("stations/CS-1/reserve", {"subject": ANNA, "until": until.isoformat()} | more)
    assert order["outcome"] == "accepted"
    await cs.here.until(lambda: cs.here.station("CS-1").reservations)
    return cs.here.station("CS-1").reservations[-1].id


def begun(facts: list[Event]) -> list[EnergyTransferStarted]:
    return [one for one in facts if isinstance(one, EnergyTransferStarted)]


@pytest.mark.parametrize("wire", EVERY)
async def test_a_reserved_evse_is_for_whom_it_is_kept_whose_start_uses_it_up(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        here = cs.here
        number = await reserve(cs, 3_600, evse=1)
        await sees(cs, E1, "reserved")
        assert shown(here.station("CS-1"), E2) == "available"
        taken = await here.admin.post("stations/CS-1/reserve", json={"subject": ANNA, "until": "2100-01-01T00:00:00Z", "evse": 1})
        assert (taken.status_code, taken.json()["code"]) == (409, "Occupied")
        bert = {"subject": {"kind": "ISO14443", "value": "BERT"}, "evse": 1}
        refused = await here.admin.post("stations/CS-1/sessions/start", json=bert)
        assert (refused.status_code, refused.json()["code"]) == (409, "Reserved")
        cs.arrive(1)
        cs.present(1, "BERT")
        await here.pass_by(120)
        assert not cs.hardware.charging(1)

        cs.present(1, "ANNA")
        await here.until(lambda: cs.hardware.charging(1))
        await here.until(lambda: not here.station("CS-1").reservations)
        await here.until(lambda: here.rows(EnergyTransfer))
        (start,) = begun(await here.facts(Event, "CS-1"))
        assert (start.evse, start.reservation) == (1, number)
        assert [one.status for one in await here.facts(CredentialJudged, "CS-1") if one.evse == 1][:1] != ["Accepted"]


@pytest.mark.parametrize("wire", EVERY)
async def test_a_reservation_that_nobody_uses_is_over_with_its_time(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        number = await reserve(cs, 300, evse=1)
        await sees(cs, E1, "reserved")
        await sees(cs, E1, "available")
        await cs.here.until(lambda: not cs.here.station("CS-1").reservations)
        await cs.here.csms.engine.commit.drain()
        ended = await cs.here.facts(ReservationEnded, "CS-1")
        assert [(one.reservation, one.reason) for one in ended][:1] == [(number, "expired")]
        cs.arrive(1)
        cs.present(1, "BERT")
        await cs.here.until(lambda: cs.hardware.charging(1))


@pytest.mark.parametrize("wire", EVERY)
async def test_a_reservation_is_cancelled_and_one_for_any_evse_keeps_the_last_that_is_free(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        here = cs.here
        number = await reserve(cs, 3_600)
        assert shown(here.station("CS-1"), E1) == "available"
        await cs.charge(1, "BERT")
        await sees(cs, E2, "reserved")
        done = await here.ask("stations/CS-1/cancel-reservation", {"reservation": number})
        assert done["outcome"] == "accepted"
        await sees(cs, E2, "available")
        assert here.station("CS-1").reservations == ()
        again = await here.admin.post("stations/CS-1/cancel-reservation", json={"reservation": number})
        assert again.json()["code"] == "UnknownReservation"


@pytest.mark.parametrize("wire", EVERY)
async def test_an_evse_that_breaks_down_is_kept_for_nobody(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        await reserve(cs, 3_600, evse=1)
        cs.hardware.break_down(1, "GroundFailure", 600)
        await sees(cs, E1, "faulted")
        if wire == "v16":
            return  # it has no word for that; the CSMS lets it end by the clock
        await cs.here.until(lambda: not cs.here.station("CS-1").reservations)


@pytest.mark.parametrize("wire", WIRES)
async def test_what_the_evse_is_instead_is_the_reason_of_a_refusal(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await here.register("CS-1")
        await here.token("ANNA")
        await here.on_board(cs)
        cs.answers["ReserveNow"] = lambda _: {"status": "Faulted"}
        until = (here.now() + timedelta(hours=1)).isoformat()
        refused = await here.admin.post("stations/CS-1/reserve", json={"subject": ANNA, "until": until, "evse": 1})
        assert (refused.json()["order"]["outcome"], refused.json()["code"]) == ("rejected", "Faulted")
        assert here.station("CS-1").reservations == ()
