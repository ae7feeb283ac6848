# SPDX-License-Identifier: Apache-2.0
"""What an operator asks and sees at the REST door while charging stations of other makers come to the real program."""

import asyncio
from typing import Any

from tests.process import CsmsProcess

CARD = {"kind": "ISO14443", "value": "ANNA"}


class Operator:
    """Somebody at the REST door of a CSMS in a process of its own."""

    def __init__(self, csms: CsmsProcess) -> None:
        self.csms = csms

    def url(self) -> str:
        """Where stations connect, without their identity."""
        return self.csms.url("").rstrip("/")

    async def ask(self, path: str, body: Any = None) -> Any:
        """Ask something, or with no body read it; it must work."""
        method = "GET" if body is None else "POST"
        status, said = await asyncio.to_thread(self.csms.rest, method, f"/api/v1/{path}", body)
        assert status == 200, (path, status, said)
        return said

    async def running(self, station: str) -> str:
        """What the wire calls the transfer that runs at a station."""
        found = (await self.ask(f"transfers?station={station}"))["items"]
        (reference,) = [one["reference"] for one in found if one["ended"] is None]
        return str(reference)

    async def lead(self, station: str, story: Any) -> None:
        """Ask of a station all that an operator can, and let the story play the car between."""
        order = await self.ask(f"stations/{station}/send-local-list", {"version": 5})
        assert (order["outcome"], order["reason"]) == ("accepted", "NoError")
        order = await self.ask(f"stations/{station}/sessions/start", {"subject": CARD, "evse": 1})
        assert order["outcome"] == "accepted"
        await story.started()
        order = await self.ask(f"stations/{station}/sessions/stop", {"reference": await self.running(station)})
        assert order["outcome"] == "accepted"
        await story.stopped()
        order = await self.ask(f"stations/{station}/unlock", {"evse": 1})
        assert order["outcome"] == "accepted"
        order = await self.ask(f"stations/{station}/reboot", {"mode": "on-idle"})
        assert order["outcome"] == "accepted"

    async def judge(self, station: str, energies: list[float]) -> None:
        """Look at what a station left behind: exact records, nothing misunderstood, nothing bent."""
        async with asyncio.timeout(10):
            while len((await self.ask(f"sdrs?station={station}"))["items"]) < len(energies):  # noqa: ASYNC110 - a door has no event
                await asyncio.sleep(0.05)
        records = (await self.ask(f"sdrs?station={station}&order=id"))["items"]
        assert [one["energy"] for one in records] == energies
        assert [one["flags"] for one in records] == [[]] * len(energies)
        assert (await self.ask("quarantine"))["items"] == []
        shown = await self.ask(f"stations/{station}")
        assert shown["deviations"] == {}
        assert shown["registration"] == "accepted"
        transfers = (await self.ask(f"transfers?station={station}"))["items"]
        assert all(one["ended"] for one in transfers)
