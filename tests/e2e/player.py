# SPDX-License-Identifier: Apache-2.0
"""A scripted charging station: a raw OCPP-J peer that says what a test wants, on three versions, and remembers every frame."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SUBPROTOCOL = {"v16": "ocpp1.6", "v201": "ocpp2.0.1", "v21": "ocpp2.1"}
PATIENCE = 20.0
"""Longest wait for something that must happen [s of real time]."""

Payload = dict[str, Any]
Answer = Callable[[Payload], Payload]


class CallRefused(Exception):
    """The other side answered with a CALLERROR."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code


class Player:
    """One station identity; its link may come and go, and while it is away what it would say waits."""

    def __init__(
        self, port: int, station: str, wire: str, *, password: str = "", tls: ssl.SSLContext | None = None, serial: str = ""
    ) -> None:
        self.station, self.wire, self.serial = station, wire, serial or f"SN-{station}"
        scheme, host = ("wss", "localhost") if tls else ("ws", "127.0.0.1")
        self.url, self.tls = f"{scheme}://{host}:{port}/ocpp/{station}", tls
        self.headers = (
            {"Authorization": "Basic " + base64.b64encode(f"{station}:{password}".encode()).decode()} if password else {}
        )
        self.answers: dict[str, Answer] = {}
        """By action: what to say when the CSMS calls; without one it hears NotImplemented."""
        self.mute: set[str] = set()
        """Actions that are heard and never answered."""
        self.frames: list[tuple[str, list[Any]]] = []
        """("sent" or "heard", frame)"""
        self.waiting: list[Callable[[], Awaitable[Any]]] = []
        """What is said once the link is back."""
        self.socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._pending: dict[str, asyncio.Future[Payload]] = {}
        self._asked: dict[str, asyncio.Queue[Payload]] = {}
        self._ids = itertools.count(1)
        self.transactions: dict[int, str] = {}
        """By EVSE: what the wire calls the transfer that runs there."""
        self._seq: dict[str, itertools.count[int]] = {}

    # -- the link --

    async def connect(self) -> Player:
        """Open the link."""
        protocol: Any = SUBPROTOCOL[self.wire]
        self.socket = await connect(
            self.url,
            subprotocols=[protocol],
            additional_headers=self.headers,
            ssl=self.tls,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        self._reading = asyncio.create_task(self._read(self.socket))
        return self

    async def cut(self) -> None:
        """Lose the link without a goodbye."""
        socket, self.socket = self.socket, None
        if socket is not None:
            socket.transport.abort()
            await socket.wait_closed()
        if self._reading is not None:
            await self._reading

    async def close(self) -> None:
        """Say goodbye."""
        if self.socket is not None:
            await self.socket.close()
        if self._reading is not None:
            await self._reading
        self.socket = None

    async def come_back(self) -> list[Any]:
        """Open the link again and say, in order, what waited; return the answers."""
        await self.connect()
        waiting, self.waiting = self.waiting, []
        return [await one() for one in waiting]

    @property
    def away(self) -> bool:
        """Whether there is no link."""
        return self.socket is None

    async def gone(self) -> None:
        """Wait until the other side has ended the link."""
        assert self._reading is not None
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(self._reading)
        self.socket = None

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                frame = json.loads(text)
                self.frames.append(("heard", frame))
                await self._heard(frame, socket)
        for future in self._pending.values():
            if not future.done():
                future.set_exception(ConnectionError("the link ended before the answer"))
        self._pending.clear()

    async def _heard(self, frame: list[Any], socket: ClientConnection) -> None:
        kind, identity, *rest = frame
        if kind == 2:
            await self._answer(identity, rest[0], rest[1], socket)
            return
        future = self._pending.pop(identity, None)
        if future is None or future.done():
            return
        if kind == 3:
            future.set_result(rest[0])
        else:
            future.set_exception(CallRefused(rest[0], rest[1]))

    async def _answer(self, identity: str, action: str, payload: Payload, socket: ClientConnection) -> None:
        self._queue(action).put_nowait(payload)
        if action in self.mute:
            return
        answer = self.answers.get(action)
        frame = [4, identity, "NotImplemented", "", {}] if answer is None else [3, identity, answer(payload)]
        self.frames.append(("sent", frame))
        await socket.send(json.dumps(frame))

    def _queue(self, action: str) -> asyncio.Queue[Payload]:
        return self._asked.setdefault(action, asyncio.Queue())

    async def asked(self, action: str) -> Payload:
        """Return what the CSMS asks next by an action."""
        async with asyncio.timeout(PATIENCE):
            return await self._queue(action).get()

    def obey(self, *actions: str) -> None:
        """Say yes to these from now on."""
        self.answers |= {action: lambda _: {"status": "Accepted"} for action in actions}

    async def repeat(self) -> str:
        """Say again what was said last, with an id of its own; return its action."""
        _, (_, _, action, payload) = next(one for one in reversed(self.frames) if one[0] == "sent" and one[1][0] == 2)
        await self.call(action, payload)
        return str(action)

    def heard_calls(self) -> list[str]:
        """Return the actions of everything the CSMS has asked so far."""
        return [frame[2] for way, frame in self.frames if way == "heard" and frame[0] == 2]

    async def call(self, action: str, payload: Payload) -> Payload:
        """Ask the CSMS.

        Raises:
            CallRefused: it answered with an error.
            ConnectionError: the link ended first.
        """
        assert self.socket is not None, "there is no link"
        identity = f"{self.station}-{next(self._ids)}"
        frame = [2, identity, action, payload]
        self._pending[identity] = future = asyncio.get_running_loop().create_future()
        self.frames.append(("sent", frame))
        try:
            await self.socket.send(json.dumps(frame))
        except ConnectionClosed as fault:
            self._pending.pop(identity)
            raise ConnectionError(str(fault)) from fault
        async with asyncio.timeout(PATIENCE):
            answer: Payload = await future
        return answer

    async def _say(self, make: Callable[[], Awaitable[Any]]) -> Any:
        """Say it now, or once the link is back."""
        if self.away:
            self.waiting.append(make)
            return None
        return await make()

    # -- what stations say --

    @property
    def is_16(self) -> bool:
        """1.6 has words of its own for everything."""
        return self.wire == "v16"

    async def boot(self, reason: str = "PowerUp") -> str:
        """Say that it has started; return the CSMS's word for how far it is on board."""
        said: Payload
        if self.is_16:
            said = {"chargePointVendor": "Acme", "chargePointModel": "Two", "chargePointSerialNumber": self.serial}
        else:
            device = {"vendorName": "Acme", "model": "Two", "serialNumber": self.serial}
            said = {"reason": reason, "chargingStation": device}
        return str((await self.call("BootNotification", said))["status"])

    async def status(self, evse: int, state: str, at: datetime, **more: Any) -> None:
        """Report a connector: Available, Occupied, Faulted, Charging … (finer words of 1.6 are Occupied in 2.x)."""
        if self.is_16:
            word = "Preparing" if state == "Occupied" else state
            said = {"connectorId": evse, "errorCode": "NoError", "status": word, "timestamp": stamp(at)} | more
        else:
            said = {"evseId": evse, "connectorId": 1, "connectorStatus": state, "timestamp": stamp(at)}
        await self._say(lambda: self.call("StatusNotification", said))

    async def authorize(self, tag: str) -> str:
        """Show a card; return what it is good for."""
        if self.is_16:
            return str((await self.call("Authorize", {"idTag": tag}))["idTagInfo"]["status"])
        return str((await self.call("Authorize", {"idToken": card(tag)}))["idTokenInfo"]["status"])

    async def begin(self, evse: int, tag: str, wh: float, at: datetime, *, remote: int | None = None) -> str:
        """Start a transfer; return what the CSMS says of the card, empty if it said nothing or the link is away."""
        if self.is_16:
            return str(await self._say(lambda: self._begin_16(evse, tag, wh, at)) or "")
        reference = self.transactions[evse] = f"{self.station}-{evse}-{int(at.timestamp() * 1000)}"
        self._seq[reference] = itertools.count()
        info: Payload = {"chargingState": "EVConnected"} | ({} if remote is None else {"remoteStartId": remote})
        trigger = "Authorized" if remote is None else "RemoteStart"
        said = self._event(evse, "Started", at, trigger, info, samples=[(wh, "Transaction.Begin")])
        said["idToken"] = card(tag)
        answer = await self._say(lambda: self.call("TransactionEvent", said))
        return str((answer or {}).get("idTokenInfo", {}).get("status", ""))

    async def _begin_16(self, evse: int, tag: str, wh: float, at: datetime) -> str:
        said = {"connectorId": evse, "idTag": tag, "meterStart": round(wh), "timestamp": stamp(at)}
        answer = await self.call("StartTransaction", said)
        self.transactions[evse] = str(answer["transactionId"])
        return str(answer["idTagInfo"]["status"])

    async def move(self, evse: int, state: str, wh: float, at: datetime) -> None:
        """Go over to Charging, SuspendedEV or SuspendedEVSE, with the meter as it stands."""
        if self.is_16:
            await self.status(evse, state, at)
            await self.sample(evse, wh, at)
            return
        said = self._event(
            evse, "Updated", at, "ChargingStateChanged", {"chargingState": state}, samples=[(wh, "Sample.Periodic")]
        )
        await self._say(lambda: self.call("TransactionEvent", said))

    async def sample(self, evse: int, wh: float, at: datetime) -> None:
        """Report the meter."""
        if not self.is_16:
            said = self._event(evse, "Updated", at, "MeterValuePeriodic", {}, samples=[(wh, "Sample.Periodic")])
            await self._say(lambda: self.call("TransactionEvent", said))
            return
        value = {"timestamp": stamp(at), "sampledValue": [{"value": str(round(wh)), "unit": "Wh"}]}

        async def say() -> Any:
            number = int(self.transactions[evse])
            return await self.call("MeterValues", {"connectorId": evse, "transactionId": number, "meterValue": [value]})

        await self._say(say)

    async def end(
        self, evse: int, wh: float, at: datetime, reason: str = "Local", *, tag: str = "", signed: Payload | None = None
    ) -> None:
        """End the transfer."""
        if self.is_16:
            await self._say(lambda: self._end_16(evse, wh, at, reason, tag, signed))
            return
        info = {"chargingState": "EVConnected", "stoppedReason": reason}
        trigger = {"Remote": "RemoteStop", "ImmediateReset": "ResetCommand"}.get(reason, "StopAuthorized")
        said = self._event(evse, "Ended", at, trigger, info, samples=[(wh, "Transaction.End")])
        if signed is not None:
            said["meterValue"][0]["sampledValue"][0]["signedMeterValue"] = signed
        if tag:
            said["idToken"] = card(tag)
        self.transactions.pop(evse)
        await self._say(lambda: self.call("TransactionEvent", said))

    async def _end_16(self, evse: int, wh: float, at: datetime, reason: str, tag: str, signed: Payload | None) -> Any:
        number = int(self.transactions.pop(evse))
        said: Payload = {"transactionId": number, "meterStop": round(wh), "timestamp": stamp(at), "reason": reason}
        if tag:
            said["idTag"] = tag
        if signed is not None:
            sample = {"format": "SignedData", "context": "Transaction.End", "value": signed["signedMeterData"]}
            said["transactionData"] = [{"timestamp": stamp(at), "sampledValue": [sample]}]
        return await self.call("StopTransaction", said)

    def _event(
        self, evse: int, kind: str, at: datetime, trigger: str, info: Payload, *, samples: list[tuple[float, str]]
    ) -> Payload:
        reference = self.transactions[evse]
        values = [{"value": wh, "context": context, "measurand": "Energy.Active.Import.Register"} for wh, context in samples]
        return {
            "eventType": kind,
            "timestamp": stamp(at),
            "triggerReason": trigger,
            "seqNo": next(self._seq[reference]),
            "transactionInfo": {"transactionId": reference} | info,
            "evse": {"id": evse, "connectorId": 1},
            "meterValue": [{"timestamp": stamp(at), "sampledValue": values}],
        } | ({"offline": True} if self.away else {})


def card(tag: str) -> Payload:
    """Write a card as OCPP 2.x names it."""
    return {"idToken": tag, "type": "ISO14443"}


def stamp(at: datetime) -> str:
    """Write a moment as wires want it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


@contextlib.asynccontextmanager
async def playing(port: int, station: str, wire: str, **how: Any) -> AsyncIterator[Player]:
    """A station with a link, gone at the end of the block."""
    player = await Player(port, station, wire, **how).connect()
    try:
        yield player
    finally:
        await player.cut()
