# SPDX-License-Identifier: Apache-2.0
"""Parts of a station go out of use and into use again (8.3.4): our CSMS and our station, over real wires."""

from pathlib import Path

import pytest
from tests.e2e.house import WIRES, House, house
from tests.e2e.link_player import EVERY
from tests.e2e.player import Player, playing
from tests.e2e.test_at_simulated import Standing, standing

from open63110.kernel.ids import ConnectorNumber, EvseNumber
from open63110.model.session import SessionState
from open63110.model.station import Station

E1, E2, C1 = EvseNumber(1), EvseNumber(2), ConnectorNumber(1)
OUT, IN = {"operative": False}, {"operative": True}


def shown(station: Station, evse: EvseNumber) -> str:
    """The state of a connector as the CSMS sees it."""
    return station.evses[evse].connectors[C1].state


async def sees(cs: Standing, evse: EvseNumber, state: str) -> None:
    """Wait until the CSMS sees a state."""
    await cs.here.until(lambda: shown(cs.here.station("CS-1"), evse) == state)


def ordered(station: Station) -> list[tuple[int, bool, str]]:
    return [(one.evse, one.operative, one.progress) for one in station.availability]


@pytest.mark.parametrize("wire", EVERY)
async def test_an_evse_out_of_use_admits_nobody_and_the_other_goes_on(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        order = await cs.here.ask("stations/CS-1/change-availability", OUT | {"evse": 1})
        assert (order["outcome"], order["reason"]) == ("accepted", "NoError")
        await sees(cs, E1, "unavailable")
        assert ordered(cs.here.station("CS-1")) == [(1, False, "in-force")]
        remote = {"subject": {"kind": "ISO14443", "value": "ANNA"}, "evse": 1}
        refused = await cs.here.admin.post("stations/CS-1/sessions/start", json=remote)
        assert (refused.status_code, refused.json()["code"]) == (409, "Unavailable")
        cs.arrive(1)
        cs.present(1, "ANNA")
        await cs.charge(2, "BERT")
        assert not cs.hardware.charging(1)

        await cs.here.ask("stations/CS-1/change-availability", IN | {"evse": 1})
        await sees(cs, E1, "occupied")  # the cable is there still
        assert ordered(cs.here.station("CS-1")) == []
        cs.present(1, "ANNA")
        await cs.here.until(lambda: cs.hardware.charging(1))


@pytest.mark.parametrize("wire", EVERY)
async def test_what_charges_goes_on_and_the_station_is_out_of_use_afterwards_and_after_a_restart(
    wire: str, tmp_path: Path
) -> None:
    async with standing(tmp_path, wire) as cs:
        await cs.charge(1, "ANNA")
        order = await cs.here.ask("stations/CS-1/change-availability", OUT)
        assert (order["outcome"], order["reason"]) == ("accepted", "Scheduled")
        await sees(cs, E2, "unavailable")
        assert ordered(cs.here.station("CS-1")) == [(0, False, "scheduled")]
        assert cs.hardware.charging(1)
        assert cs.session(1) is SessionState.CHARGING
        cs.hardware.leave(1)
        await sees(cs, E1, "unavailable")
        await cs.here.until(lambda: ordered(cs.here.station("CS-1")) == [(0, False, "in-force")])

        await cs.here.ask("stations/CS-1/reboot", {"mode": "immediate"})
        boots = cs.here.station("CS-1").booted
        await cs.here.until(lambda: cs.here.station("CS-1").booted != boots)
        await cs.link_is_back()
        assert (shown(cs.here.station("CS-1"), E1), shown(cs.here.station("CS-1"), E2)) == ("unavailable", "unavailable")


@pytest.mark.parametrize("wire", EVERY)
async def test_what_was_ordered_while_a_station_was_away_it_is_told_when_it_is_back(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as cs:
        await cs.lose_link(120)
        order = await cs.here.ask("stations/CS-1/change-availability", OUT | {"evse": 2})
        assert (order["outcome"], order["reason"]) == ("accepted", "Kept")
        assert ordered(cs.here.station("CS-1")) == [(2, False, "asked")]
        await cs.link_is_back()
        await sees(cs, E2, "unavailable")
        await cs.here.until(lambda: ordered(cs.here.station("CS-1")) == [(2, False, "in-force")])


async def board(here: House, cs: Player) -> None:
    await here.register("CS-1")
    await here.on_board(cs, evses=2)


@pytest.mark.parametrize("wire", WIRES)
async def test_a_refusal_is_told_and_what_was_not_answered_is_asked_again(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path, factor=30.0) as here, playing(here.port, "CS-1", wire) as cs:
        await board(here, cs)
        cs.answers["ChangeAvailability"] = lambda _: {"status": "Rejected"}
        refused = await here.admin.post("stations/CS-1/change-availability", json=OUT)
        assert (refused.status_code, refused.json()["order"]["outcome"]) == (409, "rejected")
        assert here.station("CS-1").availability == ()
        unknown = await here.admin.post("stations/CS-1/change-availability", json=OUT | {"evse": 7})
        assert (unknown.status_code, unknown.json()["code"]) == (409, "UnknownEvse")

        cs.answers["ChangeAvailability"] = lambda _: {"status": "Perhaps"}
        broken = await here.admin.post("stations/CS-1/change-availability", json=OUT)
        assert broken.json()["order"]["outcome"] == "failed"
        assert [one.progress for one in here.station("CS-1").availability] == ["asked"]
        cs.obey("ChangeAvailability")
        await cs.cut()
        await cs.connect()
        await here.until(lambda: [one.progress for one in here.station("CS-1").availability] == ["in-force"])
        asked = [frame[3] for way, frame in cs.frames if way == "heard" and frame[2:3] == ["ChangeAvailability"]]
        assert len(asked) == 3
        assert asked[-1] == asked[0]


async def test_on_1_6_a_part_out_of_use_stays_so_when_the_whole_goes_into_use(tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v16") as cs:
        await board(here, cs)
        cs.obey("ChangeAvailability")
        for said in (OUT | {"evse": 1}, OUT, IN):
            await here.ask("stations/CS-1/change-availability", said)
        heard = [await cs.asked("ChangeAvailability") for _ in range(4)]
        assert [(one["connectorId"], one["type"]) for one in heard] == [
            (1, "Inoperative"),
            (0, "Inoperative"),
            (0, "Operative"),
            (1, "Inoperative"),
        ]
        assert [(one.evse, one.operative) for one in here.station("CS-1").availability] == [(1, False)]
