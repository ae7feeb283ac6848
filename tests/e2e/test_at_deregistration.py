# SPDX-License-Identifier: Apache-2.0
"""Stations leave for good (8.3.13): step by step while they are there, at once where they are not; and they do not come back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import House
from tests.e2e.link_player import EVERY, AnyPlayer, home, played
from tests.e2e.player import Player
from websockets.exceptions import InvalidStatus

from open63110.kernel.units import WattHours
from open63110.model.deregistration import Deregistration
from open63110.model.principal import AuditEntry
from open63110.model.sdr import Sdr
from open63110.model.site import ZoneKey
from open63110.model.station import Registration
from open63110.usecases.sessions.energy_transfer import TransferStatusReported
from open63110.wire.client import NotUpgraded

ORDER = {
    "v16": ["ChangeAvailability", "ClearCache", "SendLocalList", "ClearChargingProfile"],
    "v201": ["ChangeAvailability", "GetTransactionStatus", "ClearCache", "SendLocalList", "ClearChargingProfile"],
    "v21": ["ChangeAvailability", "GetTransactionStatus", "ClearCache", "SendLocalList", "ClearChargingProfile"],
    "link": [
        *("ChangeAvailability", "AskTransferStatus", "ClearAuthorizationCache", "SendLocalList", "WithdrawLimit", "WipeStation"),
    ],
}
"""In which a station hears what it is to do (8.3.13 (b))."""


def obeys(cs: AnyPlayer, waiting: list[bool]) -> None:
    """Have a station do what it is told; it says by turns whether messages wait."""
    if isinstance(cs, Player):
        cs.obey("ChangeAvailability", "ClearCache", "SendLocalList", "ClearChargingProfile", "SetChargingProfile")
        cs.answers["GetTransactionStatus"] = lambda _: {"messagesInQueue": waiting.pop(0) if len(waiting) > 1 else waiting[0]}
        return
    cs.obey("ChangeAvailability", "ClearAuthorizationCache", "SendLocalList", "WithdrawLimit", "LimitPower", "WipeStation")

    def status(command: Any) -> tuple[Any, ...]:
        waits = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        said = TransferStatusReported(
            station=command.station, at=here_now(cs), reference=command.reference, ongoing=None, waiting=waits
        )
        return (said,)

    cs.answers["AskTransferStatus"] = status


def here_now(cs: Any) -> Any:
    """A moment; when it is does not matter."""
    del cs
    return datetime.now(UTC)


async def placed(here: House, cs: AnyPlayer) -> None:
    """A station on board that stands in a zone, has a limit and may charge."""
    await here.register(cs.station)
    await here.ask("sites/put", {"id": "north"})
    await here.ask("zones/put", {"id": "1", "site": "north", "import_max": 22_000})
    await here.ask(f"stations/{cs.station}/place", {"zone": "1", "site": "north"})
    await here.token("ANNA")
    await here.on_board(cs)


@pytest.mark.at("AT-8.3.13-1", *EVERY)
@pytest.mark.at("AT-8.3.13-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_what_waits_arrives_first_then_nothing_is_left_and_nobody_comes_in(wire: str, tmp_path: Path) -> None:
    """OCSP (8.3.17, 8.3.21) and OCPI are not carried yet, so that the certificate is revoked is left out."""
    async with home(tmp_path, wire, factor=20.0) as here, played(here, "CS1", wire) as cs:
        waiting = [True]
        obeys(cs, waiting)
        await placed(here, cs)
        await here.ask("stations/CS1/limit", {"evse": 1, "limit": 7_000})
        assert await cs.begin(1, "ANNA", 1_000, here.now()) == "Accepted"
        await cs.sample(1, 2_000, here.now())
        cs.obey("RequestStopTransaction", "RemoteStopTransaction", "StopRemotely")
        before = len(cs.heard_calls())

        order = await here.ask("stations/CS1/deregister", {"reason": "sold", "within": 3_000})
        assert (order["outcome"], order["reason"]) == ("accepted", "Scheduled")
        await here.until(lambda: {"RequestStopTransaction", "RemoteStopTransaction", "StopRemotely"} & set(cs.heard_calls()))
        assert here.station("CS1").blocked_by == "deregistering"
        await cs.sample(1, 3_000, here.now())
        await cs.end(1, 4_000, here.now(), "Remote")
        await cs.status(1, "Available", here.now())
        await cs.status(1, "Unavailable", here.now())
        if wire != "v16":
            await here.until(lambda: ORDER[wire][1] in cs.heard_calls())
            assert not {"ClearCache", "ClearAuthorizationCache"} & set(cs.heard_calls())
        await here.until(lambda: here.rows(Sdr))
        waiting[:] = [False]
        await cs.gone()

        calls = [name for name in cs.heard_calls()[before:] if name in ORDER[wire]]
        assert list(dict.fromkeys(calls)) == ORDER[wire]
        station = here.station("CS1")
        assert (station.registration, station.zone) == (Registration.DEREGISTERED, None)
        assert list(here.csms.engine.known.members(ZoneKey("north:1"))) == []
        (record,) = here.rows(Deregistration)
        assert record.done is not None
        assert (record.reason, record.place, record.steps["list"]) == ("sold", "north:1", "done")
        assert record.steps["wipe"] == ("done" if wire == "link" else "absent")
        assert here.rows(Sdr)[0].energy == WattHours(3_000)
        await refused(here, cs)


async def refused(here: House, cs: AnyPlayer) -> None:
    """It comes again: it is turned away before it says a word, is told nothing, and the operator sees that."""
    heard = len(cs.frames)
    with pytest.raises((InvalidStatus, NotUpgraded)) as answer:
        await cs.connect()
    assert "403" in str(answer.value)
    assert len(cs.frames) == heard
    await here.until(lambda: [one for one in here.rows(AuditEntry) if (one.reason, one.target) == ("DeregisteredStation", "CS1")])


@pytest.mark.at("AT-8.3.13-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_one_that_is_away_is_kept_out_when_it_comes_back(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=20.0) as here, played(here, "CS1", wire) as cs:
        obeys(cs, [False])
        await placed(here, cs)
        await cs.cut()
        await here.until(lambda: here.station("CS1").connected is None)
        order = await here.ask("stations/CS1/deregister", {"reason": "stolen"})
        assert (order["outcome"], order["reason"]) == ("accepted", "NoError")
        assert here.station("CS1").registration is Registration.DEREGISTERED
        assert {one.steps["cache"] for one in here.rows(Deregistration)} == {"Unreachable"}
        await refused(here, cs)
        again = await here.admin.post("stations/CS1/deregister", json={"reason": "sold"})
        assert (again.status_code, again.json()["code"]) == (409, "AlreadyDeregistered")

        await here.register("CS1")  # whoever has it now, or finds it again, begins afresh
        await cs.connect()
        assert await cs.boot() == "Accepted"


async def test_a_station_that_does_nothing_of_it_is_out_at_the_deadline(tmp_path: Path) -> None:
    async with home(tmp_path, "v201", factor=20.0) as here, played(here, "CS1", "v201") as cs:
        obeys(cs, [True])
        await placed(here, cs)
        began = here.now()
        await here.ask("stations/CS1/deregister", {"reason": "removed", "within": 60})
        await cs.gone()
        assert here.now() - began >= timedelta(seconds=60)
        (record,) = here.rows(Deregistration)
        assert record.steps["queue"] == "Deadline"
