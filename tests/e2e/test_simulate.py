# SPDX-License-Identifier: Apache-2.0
"""Fleets against a real CSMS: every station connects, people charge, things go wrong, and nothing is lost."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import trustme

from open63110.apps import judge
from open63110.apps.config import Config, Limits, Listener
from open63110.apps.csms import Csms
from open63110.apps.simulate import Simulation, Summary, as_json, simulate
from open63110.bindings.web.export import as_json as exported
from open63110.bindings.web.shapes import Seer
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.policy import Policy
from open63110.model.principal import Principal
from open63110.model.sdr import Sdr
from open63110.model.token import Credential, Token
from open63110.ports import Query
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.usecases.services.authorize_locally import PutToken
from open63110.usecases.stations.onboard_station import RegisterStation

FACTOR = 80.0
CARDS = tuple(f"04AA{number:08X}" for number in range(20))
ADMIN = Principal(id=PrincipalId("admin"), role=Role.ADMIN)
JUDGE = Path(judge.__file__)


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[Csms]:
    patience = Seconds(30.0 * FACTOR)
    config = Config(
        data=str(tmp_path / "data"),
        clock_factor=FACTOR,
        listeners={"stations": Listener(host="127.0.0.1", port=0, plain=True, password=False)},
        policy=Policy(unknown_stations="accept", order_deadline=patience),
        limits=Limits(answer_timeout=patience),
    )
    async with Csms(config).running() as running:
        for card in CARDS:
            ref = running.engine.known.ref(Credential(kind="ISO14443", value=card))
            token = Token(ref=ref, kind="ISO14443", contract=card, concurrent=0)
            running.engine.hear((PutToken(station=StationId(""), token=token),))
        yield running


async def fleet(csms: Csms, **more: object) -> Summary:
    url = f"ws://127.0.0.1:{csms.listeners['stations'].port}/ocpp"
    given = {"url": url, "cards": CARDS, "clock_factor": FACTOR, "duration": 16.0, **more}
    return await simulate(msgspec.convert(given, Simulation), stop=asyncio.Event())


async def records(csms: Csms) -> bytes:
    async with asyncio.timeout(20):
        while any(station.sessions for station in csms.engine.stations.values()):  # noqa: ASYNC110 - no event says so
            await asyncio.sleep(0.05)
    await csms.engine.commit.drain()

    async def every() -> AsyncIterator[Sdr]:
        for one in await csms.store.find(Sdr, Query(limit=10_000)):
            yield one

    return b"".join([part async for part in exported(every(), Seer(csms.engine.known, personal=True))])


async def test_a_hundred_stations_come_up_and_are_light(csms: Csms) -> None:
    summary = await fleet(csms, stations=100, scenario="idle", duration=4.0, ramp=1.0)
    assert (summary.accepted, summary.waiting, summary.not_taken, summary.deviations) == (100, 0, 0, {})
    assert summary.kilobytes < 400  # of both ends: this CSMS shares the process
    assert as_json(summary)["stations"] == 100


@pytest.mark.timeout(180)
@pytest.mark.parametrize("scenario", ["rough", "offline"])
async def test_whatever_goes_wrong_every_record_is_right(scenario: str, csms: Csms, tmp_path: Path) -> None:
    capture, found = tmp_path / "frames.jsonl", tmp_path / "records.json"
    summary = await fleet(
        csms, stations=9, scenario=scenario, seed=5, capture=capture, strangers=("0BAD0001",), signed=True, skew=90.0
    )
    assert summary.began == summary.ended >= 12
    assert (summary.waiting, summary.dropped, summary.not_taken) == (0, 0, 0)
    found.write_bytes(await records(csms))
    command = [sys.executable, "-I", "-S", str(JUDGE), str(capture), str(found), "--json"]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=60)
    verdict = json.loads(done.stdout)
    assert verdict["differences"] == []
    assert verdict["transactions"] == summary.ended
    assert done.returncode == 0


async def test_stations_come_over_tls_with_passwords_of_their_own(tmp_path: Path) -> None:
    authority = trustme.CA()
    own = authority.issue_cert("127.0.0.1")
    chain, key, root = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "root.pem"
    own.private_key_pem.write_to_path(key)
    chain.write_bytes(b"".join(part.bytes() for part in own.cert_chain_pems))
    authority.cert_pem.write_to_path(root)
    listener = Listener(host="127.0.0.1", port=0, certificate=str(chain), key=str(key))
    async with Csms(Config(data=str(tmp_path / "data"), listeners={"tls": listener})).running() as csms:
        principals = Principals(csms.engine, csms.keys, csms.ids)
        for number in (1, 2):
            name = f"SIM-{number:04d}"
            await csms.orders.ask(RegisterStation(station=StationId(name)), ADMIN)
            secret = f"a-very-long-secret-of-{name}" if number == 1 else "another-very-long-secret-that-nobody-knows"
            await principals.create(ADMIN, NewPrincipal(id=name, role=Role.STATION, secret=secret))
        principals.close()
        url = f"wss://127.0.0.1:{csms.listeners['tls'].port}/ocpp"
        settings = Simulation(
            url=url, stations=2, scenario="idle", duration=2.0, authorities=root, password="a-very-long-secret-of-{station}"
        )
        summary = await simulate(settings, stop=asyncio.Event())
        assert (summary.accepted, list(summary.refusals)) == (1, ["401 the password is wrong or missing"])


async def test_a_simulation_that_cannot_be_is_refused() -> None:
    for wrong in ({"scenario": "perfect"}, {"stations": 0}, {"cards": ()}):
        with pytest.raises(Malformed):
            await simulate(msgspec.convert({"url": "ws://127.0.0.1:1", **wrong}, Simulation), stop=asyncio.Event())


async def test_a_fleet_ends_when_it_is_told_to() -> None:
    stop = asyncio.Event()
    stop.set()
    summary = await simulate(Simulation(url="ws://127.0.0.1:1", stations=2, evses=1), stop=stop)
    assert (summary.accepted, summary.began) == (0, 0)
