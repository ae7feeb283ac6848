# SPDX-License-Identifier: Apache-2.0
"""Programs over a carrier that is no WebSocket: a CSMS and a station in one process, on a way that is cut time and again."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.e2e.link_house import link_house
from tests.e2e.test_link_transport import ask, ended

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.memory_carrier import MemoryCarrier, Script
from open63110.bindings.link.carriers.websocket_carrier import carry
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.gate import Refusal, shown
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.policy import StationPolicy
from open63110.pki.identity import identity_of
from open63110.usecases.services.authorize_locally import AskLocalListVersion
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS-1")


def der(path: Path) -> bytes:
    """Return the certificate in a file."""
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


async def test_a_station_and_its_csms_speak_over_a_scripted_carrier_in_memory(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with link_house(tmp_path, unknown_stations="accept") as (here, pki):
        given, own = pki.give("CS-1"), pki.give("csms.memory", Role.CSMS)
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, StationPolicy(), seed=1)
            hardware = site.build(
                StationPlan(id="CS-1", version=Version.V21, evses=1, boot=0.0), Dialling(endpoints=(), tls=pki.tls("unused"))
            )
            line = site.link.lines[CS1]

            async def between(cut_after: int | None) -> None:
                script = Script(delay=lambda: chance.uniform(0, 0.01), loss=lambda: chance.random() < 0.02, cut_after=cut_after)
                near, far = MemoryCarrier.pair("CS-1", "csms.memory", script, script)
                let_in = here.csms.link.let_in(shown(der(given.certificate), identity_of))
                assert not isinstance(let_in, Refusal)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(carry(near, line.strand(), certificate=der(own.certificate)))
                    tasks.create_task(carry(far, let_in, certificate=der(given.certificate)))

            async with site.running():
                hardware.switch_on()
                await here.until(lambda: line.wanted)
                told = [f"e{number}" for number in range(60)]

                async def tell() -> None:
                    for code in told:
                        fact = StationEventReported(station=CS1, at=here.now(), component="Lock", severity=3, code=code)
                        site.controllers[CS1].fact(fact)
                        await asyncio.sleep(0.05)

                async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
                    tasks.create_task(tell())
                    for cut_after in (6, 8, 10):
                        await between(cut_after)
                        await here.until(lambda: line.lines.socket is None)
                last = asyncio.create_task(between(None))
                await here.until(lambda: here.csms.link.connected(CS1) and not site.waiting)
                (done,) = await ended(here, await ask(here, AskLocalListVersion(station=CS1), 30.0))
                assert done.outcome is Outcome.ACCEPTED
                line.cut()
                await last
        heard = [one.code for one in await here.facts(StationEventReported, "CS-1") if one.code in set(told)]
        assert heard == told
