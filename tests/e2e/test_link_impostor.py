# SPDX-License-Identifier: Apache-2.0
"""Who listens as if it were a CSMS, and is none (B.10)."""

import asyncio
from pathlib import Path

from tests.e2e.link_house import Pki

from open63110.apps.clock import SystemClock
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import SUBPROTOCOL, listen, server_tls
from open63110.bindings.link.dialling import Dialling
from open63110.bindings.link.framing.frames import encode
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.model.policy import StationPolicy
from open63110.wire.ports import Accept, Socket

CS1 = StationId("CS-1")


async def test_a_station_does_not_obey_who_is_no_csms(tmp_path: Path) -> None:
    pki = Pki(tmp_path / "pki")
    impostor = pki.give("CS-2", serves=True)
    assert impostor.key is not None
    heard: list[bytes] = []

    class Orders:
        """A peer that notes what it hears."""

        def opened(self, socket: Socket) -> None:
            socket.send_binary(encode(Hello(identity="CS-2", outbox=b"x")))

        def received(self, message: bytes, binary: bool) -> None:
            heard.append(message if binary else b"text")

        def closed(self, code: int, reason: str) -> None:
            assert code
            assert reason is not None

    tls = server_tls(impostor.certificate, impostor.key, pki.folder.root_path)
    edge = await listen(lambda _: Accept(subprotocol=SUBPROTOCOL, peer=Orders()), "127.0.0.1", 0, tls)
    with Capture(None, SystemClock()) as capture:
        site = Site(SystemClock(), capture, StationPolicy(), seed=1)
        dialling = Dialling(endpoints=(f"wss://localhost:{edge.port}/link",), tls=pki.tls("CS-1"), first_pause=0.05)
        hardware = site.build(StationPlan(id="CS-1", version=Version.V21, evses=1, boot=0.0), dialling)
        async with site.running():
            hardware.switch_on()
            async with asyncio.timeout(20):
                while site.link.dials < 3:  # noqa: ASYNC110 - a counter tells nobody
                    await asyncio.sleep(0.02)
            assert not site.link.lines[CS1].open
    assert heard == []
    await edge.stop()
