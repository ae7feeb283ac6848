# SPDX-License-Identifier: Apache-2.0
"""Stations on the `ocpp` package of mobilityhouse, each version with its own typed calls, against the real program.

Both sides judge every frame: it validates ours by JSON Schema, we theirs by ours. What it cannot do at all (SEND and
CALLRESULTERROR of 2.1, calls without a handler in 2.1) is shown by other peers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint as Station16
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v21 import ChargePoint as Station21
from ocpp.v21 import call as call21
from ocpp.v21 import call_result as result21
from ocpp.v201 import ChargePoint as Station201
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201
from tests.conformance.clients.door import Operator
from websockets.asyncio.client import connect

ANNA = {"id_token": "ANNA", "type": "ISO14443"}


def now() -> str:
    """The time, as stations say it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Heard:
    """What the CSMS asked, for the test to wait for."""

    def __init__(self) -> None:
        self.remote_start: asyncio.Queue[Any] = asyncio.Queue()
        self.remote_stop: asyncio.Queue[Any] = asyncio.Queue()
        self.list: dict[str, Any] = {}
        self.asked: list[str] = []


# --- 1.6 --------------------------------------------------------------------------------------------------------------


class Play16(Station16):  # type: ignore[misc] # the package is untyped
    """A station of OCPP 1.6."""

    heard: Heard

    @on("RemoteStartTransaction")  # type: ignore[untyped-decorator] # the package is untyped
    def on_remote_start(self, **said: Any) -> Any:
        self.heard.remote_start.put_nowait(said)
        return result16.RemoteStartTransaction(status="Accepted")

    @on("RemoteStopTransaction")  # type: ignore[untyped-decorator] # the package is untyped
    def on_remote_stop(self, **said: Any) -> Any:
        self.heard.remote_stop.put_nowait(said)
        return result16.RemoteStopTransaction(status="Accepted")

    @on("SendLocalList")  # type: ignore[untyped-decorator] # the package is untyped
    def on_list(self, **said: Any) -> Any:
        self.heard.list = said
        return result16.SendLocalList(status="Accepted")

    @on("GetLocalListVersion")  # type: ignore[untyped-decorator] # the package is untyped
    def on_list_version(self) -> Any:
        return result16.GetLocalListVersion(list_version=self.heard.list.get("list_version", 0))

    @on("UnlockConnector")  # type: ignore[untyped-decorator] # the package is untyped
    def on_unlock(self, connector_id: int) -> Any:
        self.heard.asked.append(f"unlock {connector_id}")
        return result16.UnlockConnector(status="Unlocked")

    @on("Reset")  # type: ignore[untyped-decorator] # the package is untyped
    def on_reset(self, type: str) -> Any:  # noqa: A002 - the wire's name
        self.heard.asked.append(f"reset {type}")
        return result16.Reset(status="Accepted")

    async def say(self, message: Any) -> Any:
        return await self.call(message, suppress=False)

    async def status(self, word: str) -> None:
        await self.say(call16.StatusNotification(connector_id=1, error_code="NoError", status=word, timestamp=now()))

    async def charge(self, start: int, stop: int, reason: str | None = None) -> AsyncIterator[None]:
        """Plug in, charge, pause for the caller, stop, unplug."""
        await self.status("Preparing")
        begun = await self.say(call16.StartTransaction(connector_id=1, id_tag="ANNA", meter_start=start, timestamp=now()))
        assert begun.id_tag_info["status"] == "Accepted"
        await self.status("Charging")
        sample = {
            "value": str(start + 500),
            "measurand": "Energy.Active.Import.Register",
            "unit": "Wh",
            "context": "Sample.Periodic",
        }
        values = [{"timestamp": now(), "sampled_value": [sample]}]
        await self.say(call16.MeterValues(connector_id=1, transaction_id=begun.transaction_id, meter_value=values))
        yield
        end = call16.StopTransaction(transaction_id=begun.transaction_id, meter_stop=stop, timestamp=now(), id_tag="ANNA")
        end.reason = reason
        await self.say(end)
        await self.status("Available")

    async def greet(self) -> None:
        booted = await self.say(call16.BootNotification(charge_point_model="One", charge_point_vendor="Acme"))
        assert booted.status == "Accepted"
        assert (await self.say(call16.Heartbeat())).current_time
        await self.status("Available")
        assert (await self.say(call16.Authorize(id_tag="ANNA"))).id_tag_info["status"] == "Accepted"
        assert (await self.say(call16.Authorize(id_tag="NOBODY"))).id_tag_info["status"] == "Invalid"


# --- 2.x --------------------------------------------------------------------------------------------------------------


class Play2:
    """What a station of 2.0.1 and one of 2.1 have in common."""

    heard: Heard
    wire: Any
    answer: Any
    seq: Iterator[int]
    transaction = 0

    @on("RequestStartTransaction")  # type: ignore[untyped-decorator] # the package is untyped
    def on_remote_start(self, **said: Any) -> Any:
        self.heard.remote_start.put_nowait(said)
        return self.answer.RequestStartTransaction(status="Accepted")

    @on("RequestStopTransaction")  # type: ignore[untyped-decorator] # the package is untyped
    def on_remote_stop(self, **said: Any) -> Any:
        self.heard.remote_stop.put_nowait(said)
        return self.answer.RequestStopTransaction(status="Accepted")

    @on("SendLocalList")  # type: ignore[untyped-decorator] # the package is untyped
    def on_list(self, **said: Any) -> Any:
        self.heard.list = said
        return self.answer.SendLocalList(status="Accepted")

    @on("GetLocalListVersion")  # type: ignore[untyped-decorator] # the package is untyped
    def on_list_version(self) -> Any:
        return self.answer.GetLocalListVersion(version_number=self.heard.list.get("version_number", 0))

    @on("UnlockConnector")  # type: ignore[untyped-decorator] # the package is untyped
    def on_unlock(self, evse_id: int, connector_id: int) -> Any:
        self.heard.asked.append(f"unlock {connector_id}")
        assert evse_id == 1
        return self.answer.UnlockConnector(status="Unlocked")

    @on("Reset")  # type: ignore[untyped-decorator] # the package is untyped
    def on_reset(self, type: str) -> Any:  # noqa: A002 - the wire's name
        self.heard.asked.append(f"reset {type}")
        return self.answer.Reset(status="Accepted")

    async def say(self, message: Any) -> Any:
        return await self.call(message, suppress=False)  # type: ignore[attr-defined] # of the class it is mixed into

    async def status(self, word: str) -> None:
        await self.say(self.wire.StatusNotification(timestamp=now(), connector_status=word, evse_id=1, connector_id=1))

    async def event(self, kind: str, trigger: str, wh: int, info: dict[str, Any], **more: Any) -> Any:
        """One TransactionEvent with the meter as it stands."""
        context = {"Started": "Transaction.Begin", "Updated": "Sample.Periodic", "Ended": "Transaction.End"}[kind]
        sample = {"value": float(wh), "measurand": "Energy.Active.Import.Register", "context": context}
        return await self.say(
            self.wire.TransactionEvent(
                event_type=kind,
                timestamp=now(),
                trigger_reason=trigger,
                seq_no=next(self.seq),
                transaction_info={"transaction_id": f"mh-{self.transaction}"} | info,
                meter_value=[{"timestamp": now(), "sampled_value": [sample]}],
                evse={"id": 1, "connector_id": 1},
                **more,
            )
        )

    async def charge(self, start: int, stop: int, reason: str = "Local", remote: int | None = None) -> AsyncIterator[None]:
        """Plug in, charge, pause for the caller, stop, unplug."""
        self.transaction, self.seq = self.transaction + 1, count()
        await self.status("Occupied")
        info: dict[str, Any] = {"charging_state": "EVConnected"}
        info |= {} if remote is None else {"remote_start_id": remote}
        begun = await self.event("Started", "Authorized" if remote is None else "RemoteStart", start, info, id_token=ANNA)
        assert begun.id_token_info["status"] == "Accepted"
        await self.event("Updated", "ChargingStateChanged", start, {"charging_state": "Charging"})
        await self.event("Updated", "MeterValuePeriodic", start + 500, {})
        yield
        trigger = "RemoteStop" if reason == "Remote" else "StopAuthorized"
        await self.event("Ended", trigger, stop, {"stopped_reason": reason, "charging_state": "EVConnected"})
        await self.status("Available")

    async def greet(self) -> None:
        device = {"model": "Two", "vendor_name": "Acme"}
        booted = await self.say(self.wire.BootNotification(charging_station=device, reason="PowerUp"))
        assert booted.status == "Accepted"
        assert (await self.say(self.wire.Heartbeat())).current_time
        await self.status("Available")
        assert (await self.say(self.wire.Authorize(id_token=ANNA))).id_token_info["status"] == "Accepted"
        unknown = {"id_token": "NOBODY", "type": "ISO14443"}
        assert (await self.say(self.wire.Authorize(id_token=unknown))).id_token_info["status"] == "Unknown"


class Play201(Play2, Station201):  # type: ignore[misc] # the package is untyped
    """A station of OCPP 2.0.1."""

    wire, answer = call201, result201


class Play21(Play2, Station21):  # type: ignore[misc] # the package is untyped
    """A station of OCPP 2.1."""

    wire, answer = call21, result21


# --- the story --------------------------------------------------------------------------------------------------------


class Story:
    """The car of a session that the CSMS starts and stops."""

    def __init__(self, station: Any) -> None:
        self.station, self.heard = station, station.heard
        self.charging: AsyncIterator[None]

    async def started(self) -> None:
        """Begin when told to."""
        said = await asyncio.wait_for(self.heard.remote_start.get(), 10)
        more = {"remote": said["remote_start_id"]} if "remote_start_id" in said else {}
        self.charging = self.station.charge(20_000, 23_000, "Remote", **more)
        await anext(self.charging)

    async def stopped(self) -> None:
        """End when told to."""
        await asyncio.wait_for(self.heard.remote_stop.get(), 10)
        await finished(self.charging)


async def finished(charging: AsyncIterator[None]) -> None:
    """Play a session to its end."""
    async for _ in charging:
        continue


async def tell(kind: type[Any], protocol: Any, operator: Operator) -> Heard:
    """A whole session each way."""
    async with connect(f"{operator.url()}/MH-1", subprotocols=[protocol]) as socket:
        assert socket.subprotocol == protocol
        station = kind("MH-1", socket)
        station.heard = Heard()
        serving = asyncio.create_task(station.start())
        try:
            await station.greet()
            await finished(station.charge(10_000, 12_000))
            await operator.lead("MH-1", Story(station))
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
    await operator.judge("MH-1", [2_000.0, 3_000.0])
    heard: Heard = station.heard
    return heard


async def test_a_station_of_16_charges_and_obeys(operator: Operator) -> None:
    heard = await tell(Play16, "ocpp1.6", operator)
    assert heard.list["list_version"] == 5
    assert heard.list["local_authorization_list"] == [{"id_tag": "ANNA", "id_tag_info": {"status": "Accepted"}}]
    assert heard.asked == ["unlock 1", "reset Soft"]


async def test_a_station_of_201_charges_and_obeys(operator: Operator) -> None:
    heard = await tell(Play201, "ocpp2.0.1", operator)
    assert heard.list["version_number"] == 5
    assert heard.list["local_authorization_list"] == [{"id_token": ANNA, "id_token_info": {"status": "Accepted"}}]
    assert heard.asked == ["unlock 1", "reset OnIdle"]


async def test_a_station_of_21_charges_and_obeys(operator: Operator) -> None:
    heard = await tell(Play21, "ocpp2.1", operator)
    assert heard.list["version_number"] == 5
    assert heard.list["local_authorization_list"] == [{"id_token": ANNA, "id_token_info": {"status": "Accepted"}}]
    assert heard.asked == ["unlock 1", "reset OnIdle"]
