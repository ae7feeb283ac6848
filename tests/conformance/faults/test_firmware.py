# SPDX-License-Identifier: Apache-2.0
"""What real firmware does beside the standard, line by line of the lessons: served all the same, and counted."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.process import CsmsProcess, Peer, event, peer
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from open63110.model.register import imported
from open63110.model.sdr import Sdr
from open63110.model.station import Station
from open63110.model.transfer import EnergyTransfer

POLICY = {"local_lists": False, "retry": 1.0}


@pytest.fixture(scope="module")
def csms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CsmsProcess]:
    one = CsmsProcess(tmp_path_factory.mktemp("csms"), policy=POLICY)
    with one.init().start():
        yield one
        assert "Traceback" not in one.log(), one.log()[-6000:]


async def rest(csms: CsmsProcess, method: str, path: str, body: Any = None) -> Any:
    return (await asyncio.to_thread(csms.rest, method, f"/api/v1/{path}", body))[1]


async def deviations(csms: CsmsProcess, station: str) -> set[str]:
    return set((await rest(csms, "GET", f"stations/{station}"))["deviations"])


async def start_16(station: Peer, connector: int, meter: float, at: str = "2026-01-01T10:00:00Z", **more: Any) -> int:
    said = {"connectorId": connector, "idTag": f"CARD{connector}", "meterStart": meter, "timestamp": at, **more}
    number: int = (await station.call("StartTransaction", said))["transactionId"]
    return number


async def stop_16(station: Peer, number: int, meter: float, at: str = "2026-01-01T11:00:00Z", **more: Any) -> Any:
    said = {"transactionId": number, "meterStop": meter, "timestamp": at, "reason": "EVDisconnected", **more}
    return await station.call("StopTransaction", said)


async def test_integers_with_a_fraction_of_zero(csms: CsmsProcess) -> None:
    """Without: the tolerant second reading, which is counted per station."""
    async with peer(csms, "int-16", "ocpp1.6") as station:
        number = await start_16(station, 1, 20000.0, connectorId=1.0)
        await stop_16(station, number, 21500.0, transactionId=float(number))
    assert csms.rows(Sdr, "int-16")[0].energy == 1500.0
    assert "integer-as-float" in await deviations(csms, "int-16")
    async with peer(csms, "int-201") as station:
        for seq, kind in enumerate(("Started", "Ended")):
            said = event(kind, "tx", float(seq), "2026-01-01T10:00:00Z", 20000.0 + seq * 1500, card="" if seq else "A")  # type: ignore[arg-type] # on purpose
            await station.call("TransactionEvent", said | {"evse": {"id": 1.0}})
    assert csms.rows(Sdr, "int-201")[0].energy == 1500.0
    assert "integer-as-float" in await deviations(csms, "int-201")


async def test_a_report_of_2_1_without_a_field_that_2_0_1_did_not_have(csms: CsmsProcess) -> None:
    """Without: the default that claims the least."""
    monitor = {"id": 1, "transaction": False, "value": 1, "type": "UpperThreshold", "severity": 3}
    one = {"component": {"name": "C"}, "variable": {"name": "V"}, "variableMonitoring": [monitor]}
    said = {"requestId": 1, "seqNo": 0, "generatedAt": "2026-01-01T10:00:00Z", "monitor": [one]}
    async with peer(csms, "report", "ocpp2.1") as station:
        assert await station.call("NotifyMonitoringReport", said) == {}
    assert "missing-field" in await deviations(csms, "report")


async def test_an_answer_in_the_shape_of_1_6_under_2_0_1(csms: CsmsProcess) -> None:
    """Without: the name it should have had."""
    async with peer(csms, "shape") as station:
        order = asyncio.create_task(rest(csms, "POST", "stations/shape/ask-local-list-version?wait=5", {}))
        call = await station.next_call()
        await station.reply(call[1], {"listVersion": 7})
        assert (await order)["outcome"] == "accepted"
    (row,) = [one for one in csms.rows(Station) if one.id == "shape"]
    assert row.local.version == 7
    assert "shape-of-1.6" in await deviations(csms, "shape")


async def test_a_transaction_status_that_does_not_say_whether_it_goes_on(csms: CsmsProcess) -> None:
    """Without: an end that was heard counts, whatever the status leaves out."""
    async with peer(csms, "status") as station:
        await station.call("TransactionEvent", event("Started", "tx", 0, "2026-01-01T10:00:00Z", 1000.0, card="A"))
        await station.call("TransactionEvent", event("Ended", "tx", 3, "2026-01-01T11:00:00Z", 2500.0))
        call = await station.next_call()
        assert call[2] == "GetTransactionStatus"
        await station.reply(call[1], {"messagesInQueue": False})
        for _ in range(50):
            if csms.rows(Sdr, "status"):
                break
            await asyncio.sleep(0.1)
    (record,) = csms.rows(Sdr, "status")
    assert (record.energy, "gap" in record.flags) == (1500.0, True)


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
async def test_an_error_description_that_is_long_and_has_line_ends(csms: CsmsProcess, version: str) -> None:
    """Without: error frames read even where they break their schema."""
    name = f"error-{version}"
    async with peer(csms, name, version) as station:
        order = asyncio.create_task(rest(csms, "POST", f"stations/{name}/ocpp?wait=5", {"action": "ClearCache"}))
        call = await station.next_call()
        await station.socket.send(json.dumps([4, call[1], "InternalError", "line\r\n" * 200, {}]))
        said = (await order)["order"]
    assert (said["outcome"], said["reason"]) == ("failed", "InternalError")
    assert said["detail"].startswith("line")


@pytest.mark.parametrize("code", ["FormationViolation", "OccurenceConstraintViolation", "SomethingOfTheirOwn", ""])
async def test_an_error_code_that_is_misspelled_ends_the_order_all_the_same(csms: CsmsProcess, code: str) -> None:
    """Without: codes read as words, not as an enumeration."""
    async with peer(csms, "code", "ocpp1.6") as station:
        order = asyncio.create_task(rest(csms, "POST", "stations/code/ocpp?wait=5", {"action": "ClearCache"}))
        call = await station.next_call()
        await station.socket.send(json.dumps([4, call[1], code]))
        assert (await order)["order"]["outcome"] == "failed"


PATHS = ("/ocpp/{}", "/ocpp/{}/", "//ocpp//{}", "/OCPP/{}", "/{}", "/Steve/WebSocket/centralSystemService/{}")


@pytest.mark.parametrize("path", PATHS)
async def test_urls_with_other_slashes_and_another_case(csms: CsmsProcess, path: str) -> None:
    """Without: station_of, which forgives them; the identity itself keeps its case."""
    name = f"URL-{PATHS.index(path)}"
    url = f"ws://127.0.0.1:{csms.ports['open']}{path.format(name)}"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")]) as socket:
        await Peer(socket).boot()
    assert name in {one.id for one in csms.rows(Station)}


@pytest.mark.parametrize("year", ["1970", "2001", "2099"])
async def test_a_clock_that_is_years_off_costs_no_energy(csms: CsmsProcess, year: str) -> None:
    """Without: order by sequence number, and no rule that refuses a moment."""
    name = f"clock-{year}"
    async with peer(csms, name) as station:
        for seq, kind in enumerate(("Started", "Updated", "Ended")):
            card = "" if seq else "A"
            at = f"{year}-01-02T0{seq}:00:00Z"
            await station.call("TransactionEvent", event(kind, "tx", seq, at, 1000.0 * (seq + 1), card=card))
    assert csms.rows(Sdr, name)[0].energy == 2000.0


async def test_a_clock_that_is_set_right_in_the_middle(csms: CsmsProcess) -> None:
    """Without: order by sequence number; here time runs backwards by 70 years."""
    async with peer(csms, "clock-set") as station:
        for seq, (kind, year) in enumerate((("Started", "2096"), ("Updated", "2026"), ("Ended", "2026"))):
            card = "" if seq else "A"
            at = f"{year}-01-02T0{seq}:00:00Z"
            await station.call("TransactionEvent", event(kind, "tx", seq, at, 1000.0 * (seq + 1), card=card))
    assert csms.rows(Sdr, "clock-set")[0].energy == 2000.0


MOMENTS = ("2026-01-01T10:00:00", "2026-01-01 10:00:00", "2026-01-01T10:00:00.123456789Z", "2026-01-01T10:00Z")


@pytest.mark.parametrize("at", MOMENTS)
async def test_timestamps_without_zone_or_of_another_form(csms: CsmsProcess, at: str) -> None:
    """Without: the tolerant second reading, which takes them for UTC."""
    name = f"time-{MOMENTS.index(at)}"
    async with peer(csms, name, "ocpp1.6") as station:
        number = await start_16(station, 1, 1000, at)
        assert number > 0
        await stop_16(station, number, 2000, at.replace("T10", "T11").replace(" 10", " 11"))
    (transfer,) = csms.rows(EnergyTransfer, name)
    assert transfer.began is not None
    assert (transfer.began.hour, transfer.began.minute) == (10, 0)
    assert imported(transfer) == 1000.0


async def test_a_station_that_answers_after_more_than_a_minute(tmp_path: Path) -> None:
    """Without: the patience for answers as a setting. The clock runs sixty times as fast."""
    for patience, outcome in ((120.0, "accepted"), (30.0, "failed")):
        folder = tmp_path / f"{patience}"
        folder.mkdir()
        one = CsmsProcess(folder, clock_factor=60.0, limits={"answer_timeout": patience}, policy=POLICY)
        with one.init().start():
            async with peer(one, "slow") as station:
                order = asyncio.create_task(rest(one, "POST", "stations/slow/ocpp?wait=120", {"action": "ClearCache"}))
                call = await station.next_call()
                await asyncio.sleep(1.2)
                await station.reply(call[1], {"status": "Accepted"})
                said = await order
            assert said.get("order", said)["outcome"] == outcome


async def test_a_stop_that_comes_twice_after_a_reboot(csms: CsmsProcess) -> None:
    """Without: an end of 1.6 that is known by its transaction."""
    async with peer(csms, "stop", "ocpp1.6") as station:
        number = await start_16(station, 1, 1000)
    async with peer(csms, "stop", "ocpp1.6") as station:
        await stop_16(station, number, 2000)
        await stop_16(station, number, 2000)
        await stop_16(station, number, 2000, "2026-01-01T11:00:03Z")
    (transfer,) = csms.rows(EnergyTransfer, "stop")
    assert imported(transfer) == 1000.0
    assert len({one.id for one in csms.rows(Sdr, "stop") if not one.corrects}) == 1
    assert csms.rows(Sdr, "stop")[-1].energy == 1000.0


async def test_a_stop_whose_start_was_never_told(csms: CsmsProcess) -> None:
    """Without: a transfer of its own for what names none that is known (I10)."""
    async with peer(csms, "nostart", "ocpp1.6") as station:
        data = [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [{"value": "1000", "context": "Transaction.Begin"}]}]
        await stop_16(station, 987654, 2000, idTag="CARD1", transactionData=data)
        await stop_16(station, 987654, 2000, idTag="CARD1", transactionData=data)
    (transfer,) = csms.rows(EnergyTransfer, "nostart")
    assert imported(transfer) == 1000.0
    assert "unknown-reference" in transfer.flags


@pytest.mark.parametrize("number", [-1, 0])
async def test_a_transaction_id_that_means_none(csms: CsmsProcess, number: int) -> None:
    """Without: values that go to what runs at their connector, and ends that keep their energy but end no other."""
    name = f"none{number}"
    async with peer(csms, name, "ocpp1.6") as station:
        running = await start_16(station, 1, 1000)
        values = [{"timestamp": "2026-01-01T10:30:00Z", "sampledValue": [{"value": "1700"}]}]
        await station.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        (transfer,) = csms.rows(EnergyTransfer, name)
        assert imported(transfer) == 700.0
        await stop_16(station, number, 5000, "2026-01-01T10:40:00Z")
        await stop_16(station, number, 6000, "2026-01-01T10:50:00Z")
        by_reference = {str(one.reference): one for one in csms.rows(EnergyTransfer, name)}
        assert by_reference[str(running)].ended is None
        assert len(by_reference) == 3
        await stop_16(station, running, 2000)
    assert {one.energy for one in csms.rows(Sdr, name)} >= {1000.0}


async def test_each_connector_has_its_own_transaction(csms: CsmsProcess) -> None:
    """Without: starts that belong to their connector, not to any session that is open."""
    async with peer(csms, "two", "ocpp1.6") as station:
        numbers = [await start_16(station, connector, 1000 * connector) for connector in (1, 2)]
        for connector in (1, 2):
            values = [{"timestamp": "2026-01-01T10:30:00Z", "sampledValue": [{"value": str(1000 * connector + 5)}]}]
            await station.call("MeterValues", {"connectorId": connector, "meterValue": values})
        await stop_16(station, numbers[1], 2000 + 20)
        await stop_16(station, numbers[0], 1000 + 10)
    records = {one.evse: one.energy for one in csms.rows(Sdr, "two")}
    assert records == {1: 10.0, 2: 20.0}


HUGE = 2**70
AT = "2026-01-01T10:00:00Z"


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": HUGE, "timestamp": "2026-01-01T10:00:00Z"}),
        ("StartTransaction", {"connectorId": HUGE, "idTag": "A", "meterStart": 1, "timestamp": "2026-01-01T10:00:00Z"}),
        ("StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": -HUGE, "timestamp": "2026-01-01T10:00:00Z"}),
        ("StopTransaction", {"transactionId": HUGE, "meterStop": 1, "timestamp": "2026-01-01T10:00:00Z"}),
        ("StopTransaction", {"transactionId": 1, "meterStop": HUGE, "timestamp": "0001-01-01T00:00:00+14:00"}),
        ("StatusNotification", {"connectorId": HUGE, "errorCode": "NoError", "status": "Available"}),
        ("StatusNotification", {"connectorId": -HUGE, "errorCode": "NoError", "status": "Available"}),
        (
            "MeterValues",
            {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [{"value": "1e999"}]}]},
        ),
        (
            "MeterValues",
            {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-01T10:00:00Z", "sampledValue": [{"value": "NaN"}]}]},
        ),
    ],
)
async def test_numbers_beyond_all_reason_are_answered_and_stop_nobody(
    csms: CsmsProcess, action: str, payload: dict[str, Any]
) -> None:
    """Without: values checked before they reach a commit that others share."""
    async with peer(csms, "huge", "ocpp1.6") as station:
        await station.answer_to(await station.send(action, payload), timeout=3.0)
    assert "nothing can be stored" not in csms.log()
