# SPDX-License-Identifier: Apache-2.0
"""A site behind a local CSMS: one link up, autonomy without it, and everything told afterwards (7.3, B.25)."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from tests.e2e.house import ADMIN, House
from tests.e2e.link_house import link_house
from tests.e2e.local_house import FACTOR, Local, Stations, admit_level, ended, facts, local_csms, mall, only, stations, until

from open63110.apps.local_config import ZonePlan
from open63110.bindings.link.patterns.groups import Aggregate
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import WattHours, Watts
from open63110.model.authorization import StopRemotely
from open63110.model.order import Outcome
from open63110.model.reading import SignedReading
from open63110.model.site import SiteId, ZoneId
from open63110.model.transfer import EnergyTransferEnded, EnergyTransferStarted
from open63110.simulator.ev import Ev, Make
from open63110.simulator.meter import Meter
from open63110.usecases.energy.smart_charging import LimitInForce, LimitPower, LimitZone
from open63110.usecases.services.authorize_externally import StartRemotely

NAMES = ["CS1", "CS2", "CS3"]


@pytest.mark.at("AT-7.3-1", "link")
@pytest.mark.at("AT-B.25-2", "link")
async def test_a_site_is_reached_over_one_link_and_goes_on_without_it(tmp_path: Path) -> None:
    async with mall(tmp_path, NAMES) as (here, local, there, _):
        assert here.station("CS2").via == ("mall-lc",)
        await here.ask("stations/CS2/limit", {"limit": 7000.0, "evse": 1})
        await until(lambda: 1 in here.station("CS2").limits.in_force)
        assert here.station("CS2").limits.in_force[1].limit == 7000.0  # type: ignore[index] # a literal
        assert {one.station for one in await facts(local.csms, LimitInForce)} == {"CS2"}
        assert not there.noun("CS1").limits.desired
        assert not there.noun("CS3").limits.desired
        there.charge("CS1", "ANNA")
        await until(lambda: there.charging("CS1"))
        await until(lambda: here.station("CS1").sessions)
        await until(lambda: local.knows("CS3"))
        await local.cut()
        await until(lambda: here.station("CS3").connected is None)
        there.charge("CS3", "ANNA")
        await until(lambda: there.charging("CS3"), 3.0)
        await until(lambda: local.station("CS3").transfers)
        await local.mend()
        await until(lambda: local.told and here.station("CS3").transfers)
        late = await only(here.csms, EnergyTransferStarted, "CS3")
        assert late.offline


def sockets(port: int) -> int:
    """Connections to a port of this machine that are open, as the operating system has them."""
    tables = [Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:] for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == ESTABLISHED for row in rows)


ESTABLISHED = "01"


@contextlib.asynccontextmanager
async def chain(folder: Path, names: list[str], *, signed: bool = False) -> AsyncIterator[tuple[House, Local, Local, Stations]]:
    """CSMS, region, site, stations."""
    async with link_house(folder, factor=FACTOR) as (here, pki):
        await here.token("ANNA")
        await admit_level(here, "region-lc", "/*")
        async with local_csms(folder, pki, here.port, identity="region-lc", site="*") as region:
            await until(lambda: region.open)
            await admit_level(region, "mall-lc", "/mall")
            zones = {"north": ZonePlan(import_max=44_000.0, stations=tuple(names), evse_max=22_000.0)}
            async with local_csms(folder, pki, region.port, zones=zones) as site:
                await until(lambda: site.open)
                async with stations(site, pki, names, signed=signed) as there:
                    await until(lambda: all(here.csms.orders.link.connected(StationId(name)) for name in names), 30.0)
                    await until(lambda: all(here.station(name).evses for name in names), 30.0)
                    yield here, region, site, there


TWENTY = [f"CS{number}" for number in range(1, 21)]


@pytest.mark.at("AT-B.25-1", "link")
async def test_commands_groups_and_facts_pass_three_levels_over_one_link_each(tmp_path: Path) -> None:
    async with chain(tmp_path, TWENTY) as (here, region, site, there):
        assert here.station("CS7").via == ("region-lc", "mall-lc")
        assert region.station("CS7").via == ("mall-lc",)
        assert site.station("CS7").via == ()
        assert [sockets(port) for port in (here.port, region.port, site.port)] == [1, 1, 20]
        await here.ask("stations/CS7/limit", {"limit": 6000.0, "evse": 1})
        await until(lambda: 1 in here.station("CS7").limits.in_force)
        there.charge("CS7", "ANNA")
        await until(lambda: there.charging("CS7"))
        await until(lambda: here.station("CS7").transfers)
        zone = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(40_000.0))
        asked = await here.csms.orders.ask(zone, ADMIN)
        order = await ended(here.csms, asked)
        assert msgspec.json.decode(order.answer, type=Aggregate) == Aggregate(ok=20)
        assert [sockets(port) for port in (here.port, region.port, site.port)] == [1, 1, 20]


@pytest.mark.at("AT-B.25-1", "link")
async def test_a_signed_meter_value_is_the_same_byte_for_byte_at_each_of_three_levels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    sign = Meter.signed

    def signed(meter: Meter, at: datetime, *, begin: bool) -> SignedReading | None:
        one = sign(meter, at, begin=begin)
        assert one is not None
        made.append(one.data)
        return one

    monkeypatch.setattr(Meter, "signed", signed)  # it signs as before, and is listened to
    async with chain(tmp_path, ["CS1"], signed=True) as (here, region, site, there):
        there.charge("CS1", "ANNA")
        await until(lambda: there.charging("CS1"))
        await until(lambda: here.station("CS1").transfers)
        there.hardware["CS1"].leave(1)
        heard = []
        for level in (site.csms, region.csms, here.csms):
            end = await only(level, EnergyTransferEnded, "CS1")
            heard.append([one.signed.data for one in end.readings if one.signed is not None])
        assert heard[0]
        assert heard == [heard[0]] * 3
        assert {one.encode() for one in heard[0]} <= {one.encode() for one in made}


@pytest.mark.at("AT-B.25-2", "link")
@pytest.mark.parametrize("hop", ["upper", "lower"])
async def test_whichever_hop_is_cut_all_is_told_in_the_end(tmp_path: Path, hop: str) -> None:
    async with chain(tmp_path, ["CS1", "CS2"]) as (here, region, site, there):
        there.charge("CS1", "ANNA")
        await until(lambda: here.station("CS1").transfers)
        await until(lambda: site.knows("CS2"))
        broken = region if hop == "upper" else site
        await broken.cut()
        await until(lambda: here.station("CS2").connected is None)
        there.charge("CS2", "ANNA")
        await until(lambda: there.charging("CS2"), 3.0)
        await until(lambda: broken.station("CS2").transfers)
        await broken.mend()
        await until(lambda: here.station("CS2").connected is not None and here.station("CS2").transfers)
        late = await only(here.csms, EnergyTransferStarted, "CS2")
        assert late.offline
        await here.ask("stations/CS2/limit", {"limit": 6000.0, "evse": 1})
        await until(lambda: 1 in here.station("CS2").limits.in_force)


async def test_stations_of_every_wire_are_reached_alike_behind_a_local_csms(tmp_path: Path) -> None:
    wires = {"OCPP16": Version.V16, "OCPP201": Version.V201, "OCPP21": Version.V21}
    async with mall(tmp_path, ["LINK", *wires], ocpp=wires) as (here, local, there, _):
        subject = here.csms.engine.known.named("ANNA")
        for name in ("LINK", *wires):
            assert here.station(name).via == ("mall-lc",)
            there.hardware[name].arrive(1, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))
            start = StartRemotely(station=StationId(name), subject=subject, evse=EvseNumber(1))
            order = await ended(here.csms, await here.csms.orders.ask(start, ADMIN))
            assert (name, order.outcome) == (name, Outcome.ACCEPTED), order
            await until(lambda name=name: there.charging(name))  # type: ignore[misc] # a lambda's defaults
            await until(lambda name=name: here.station(name).transfers)  # type: ignore[misc] # a lambda's defaults
            await here.csms.orders.ask(LimitPower(station=StationId(name), evse=EvseNumber(1), limit=Watts(6900.0)), ADMIN)
            await until(lambda name=name: 1 in here.station(name).limits.in_force)  # type: ignore[misc] # a lambda's defaults
            (reference,) = here.station(name).transfers
            stop = StopRemotely(station=StationId(name), reference=reference)
            order = await ended(here.csms, await here.csms.orders.ask(stop, ADMIN))
            assert (name, order.outcome) == (name, Outcome.ACCEPTED), order
            await until(lambda name=name: not there.charging(name))  # type: ignore[misc] # a lambda's defaults
            await until(lambda: not here.csms.engine.known.in_use(subject))
        for name in ("LINK", *wires):
            assert (await only(here.csms, EnergyTransferEnded, name)).readings
            assert local.station(name).via == ()
