# SPDX-License-Identifier: Apache-2.0
"""Many stations are moved to another CSMS at once, and called back (8.3.14)."""

from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.usecases.stations.migrate_station import MigrateStation

OTHER = StationId("CS-2")
MOVE = {"url": "wss://b.example/ocpp", "mandate": "B: contract 7"}
ALL = {"stations": ["CS-*"]}


def told(ground: Ground) -> list[tuple[StationId, str]]:
    """Who was given which way."""
    return [(one.station, one.url) for one in ground.link.got if isinstance(one, MigrateStation)]


async def test_many_stations_are_moved_in_the_name_of_whoever_asks(ground: Ground) -> None:
    for one in (CS, OTHER):
        await ground.station(one)
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann")) as client:
        said = await client.post("/api/v1/migrations/start", json={"which": ALL, "move": MOVE})
        assert said.status_code == 202
        assert {one["station"]: (one["by"], one["kind"]) for one in said.json()["orders"]} == {
            CS: ("ann", "MigrateStation"),
            OTHER: ("ann", "MigrateStation"),
        }
        assert told(ground) == [(CS, MOVE["url"]), (OTHER, MOVE["url"])]
        called = await client.post("/api/v1/migrations/cancel", json={"which": ALL})
        assert {one["reason"] for one in called.json()["orders"]} == {"NotMoving"}  # none has taken the way yet


async def test_what_is_for_one_station_and_what_nobody_may_is_told_to_none(ground: Ground) -> None:
    await ground.station()
    async with ground.client(await ground.admit(Role.OPERATOR, name="ann")) as client:
        for which, move, code in (
            ({}, MOVE, "NoStations"),
            (ALL, MOVE | {"password": "k3jd9s0fj2lq8d7h"}, "InvalidValue"),
            (ALL, MOVE | {"identity": "B-1"}, "InvalidValue"),
            (ALL, {"url": MOVE["url"], "colour": "red"}, "UnknownField"),
        ):
            said = await client.post("/api/v1/migrations/start", json={"which": which, "move": move})
            assert (said.status_code, said.json()["code"]) == (400, code)
            assert "k3jd9s0fj2lq8d7h" not in said.text
    async with ground.client(await ground.admit(Role.CSP, name="carl")) as client:
        assert (await client.post("/api/v1/migrations/start", json={"which": ALL, "move": MOVE})).json()["stations"] == 0
    assert told(ground) == []
