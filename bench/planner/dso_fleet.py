# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.planner.dso_fleet PORT COUNT`: stations of OCPP 2.0.1 that charge, and confirm every limit at once.

They do as little as a station can: what is measured is the CSMS. First a line says that all charge. Then each line
``confirmed WATTS`` on stdin is answered by one that tells how many keep to a limit of at most so much, when the last of them
confirmed it [s, the monotonic clock of this machine], and the sum of what all keep to [W].
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

from open63110.wire.client import connect
from open63110.wire.ports import Socket

PHASE, PHASES = 230.0, 3
MOST = 32.0 * PHASE * PHASES
AT_ONCE = 100
"""Stations that come up together."""


def now() -> str:
    """The time, as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Station:
    """One of them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.limits: dict[str, float] = {}
        """By purpose and stack level, the newest period of each [W]."""
        self.confirmed = 0.0
        """When it last said yes."""
        self._socket: Socket
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._number = 0

    @property
    def limit(self) -> float:
        """What it keeps to [W]."""
        return min(self.limits.values(), default=MOST)

    def opened(self, socket: Socket) -> None:
        """Begin."""
        self._socket = socket

    def received(self, message: bytes, binary: bool) -> None:  # noqa: ARG002 - text is all there is
        """Take an answer, or answer."""
        frame = json.loads(message)
        if frame[0] == 2:
            self._socket.send(json.dumps(self._answer(frame[1], frame[2], frame[3]), separators=(",", ":")).encode())
        elif (waiting := self._answers.pop(frame[1], None)) is not None:
            waiting.set_result(frame)

    def closed(self, code: int, reason: str) -> None:
        """Be gone, which no station here is to be."""
        print(f"{self.name} closed: {code} {reason}", file=sys.stderr)

    def _answer(self, id: str, action: str, said: Any) -> list[Any]:
        if action == "SetChargingProfile":
            profile = said["chargingProfile"]
            schedule = profile["chargingSchedule"][0]
            period = schedule["chargingSchedulePeriod"][0]
            phases = period.get("numberPhases", PHASES)
            scale = PHASE * phases if schedule["chargingRateUnit"] == "A" else 1.0
            if profile["stackLevel"] > 0:
                self.limits[f"{profile['chargingProfilePurpose']}"] = period["limit"] * scale
            self.confirmed = time.monotonic()
            return [3, id, {"status": "Accepted"}]
        if action == "ClearChargingProfile":
            self.limits.clear()
            return [3, id, {"status": "Accepted"}]
        return [4, id, "NotSupported", "not done here", {}]

    async def call(self, action: str, payload: Any) -> Any:
        """Tell the CSMS something, and wait for its answer."""
        self._number += 1
        id = str(self._number)
        waiting = self._answers[id] = asyncio.get_running_loop().create_future()
        self._socket.send(json.dumps([2, id, action, payload]).encode())
        async with asyncio.timeout(120):
            frame = await waiting
        if frame[0] != 3:
            raise SystemExit(f"{self.name}: {action} was answered with {frame}")
        return frame[2]

    async def come_up(self, port: int) -> None:
        """Boot, plug an EV in, and charge."""
        await connect(f"ws://127.0.0.1:{port}/ocpp/{self.name}", self, subprotocols=("ocpp2.0.1",))
        await self.call(
            "BootNotification", {"reason": "PowerUp", "chargingStation": {"model": "Bench", "vendorName": "open63110"}}
        )
        status = {"timestamp": now(), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}
        await self.call("StatusNotification", status)
        await self.call("TransactionEvent", self._started())

    def _started(self) -> dict[str, Any]:
        samples = [
            {"value": 0.0, "measurand": "Energy.Active.Import.Register", "context": "Transaction.Begin"},
            *({"value": 16.0, "measurand": "Current.Import", "phase": phase} for phase in ("L1", "L2", "L3")),
        ]
        return {
            "eventType": "Started",
            "timestamp": now(),
            "triggerReason": "Authorized",
            "seqNo": 0,
            "transactionInfo": {"transactionId": f"T-{self.name}", "chargingState": "Charging"},
            "evse": {"id": 1, "connectorId": 1},
            "idToken": {"idToken": "04A1", "type": "ISO14443"},
            "meterValue": [{"timestamp": now(), "sampledValue": samples}],
        }


async def serve(port: int, count: int) -> None:
    """Come up, and answer until stdin ends."""
    stations = [Station(f"D{number:04d}") for number in range(count)]
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(one.come_up(port) for one in stations[first : first + AT_ONCE]))
    print(json.dumps({"up": len(stations)}), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        least = float(line.split()[1])
        keep = [one for one in stations if one.limit <= least]
        last = max((one.confirmed for one in keep), default=0.0)
        print(json.dumps({"keep": len(keep), "last": last, "sum": sum(one.limit for one in stations)}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
