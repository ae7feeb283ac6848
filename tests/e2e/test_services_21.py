# SPDX-License-Identifier: Apache-2.0
"""What came with OCPP 2.1 beside the grid: ways of energy, web payments, terminals, batteries; on the link as well."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import house
from tests.e2e.player import playing
from tests.e2e.test_at_simulated import standing

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.model.battery import BatterySwap, SwappedBattery, SwapState, SwapStep
from open63110.model.settlement import PaymentStatus, Settlement
from open63110.model.token import Credential
from open63110.model.v2g import AllowedTransfer, EnergyMode
from open63110.ports import Where
from open63110.usecases.services.announce_web_payment import WebPaymentAwaited
from open63110.usecases.services.settle_payments import PaymentReported
from open63110.usecases.services.swap_batteries import BatterySwapReported
from open63110.usecases.services.validate_vat_number import VatNumberPresented

WIRES = ("v21", "link")
CS = StationId("CS-1")
BROUGHT = (SwappedBattery(bay=EvseNumber(1), serial="B7", soc=11.5, soh=97.0),)


@pytest.mark.parametrize("wire", WIRES)
async def test_what_is_allowed_while_the_link_is_away_holds_once_it_is_back(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        (transfer,) = here.station("CS-1").transfers.values()
        said = {"reference": transfer.reference, "modes": ["AC_three_phase", "AC_BPT"]}
        assert (await here.ask("stations/CS-1/transfers/allow", said))["outcome"] == "accepted"
        await here.until(lambda: [one.standing for one in here.rows(AllowedTransfer)] == ["set"])
        await at.lose_link(300)
        order = await here.ask("stations/CS-1/transfers/allow", said | {"modes": ["AC_three_phase"]})
        assert order["reason"] == "Kept"
        await here.until(lambda: [one.standing for one in here.rows(AllowedTransfer)] == ["set"])
        (held,) = at.engine.known.under_way.load(AllowedTransfer, (Where("station", "=", CS),), {})
        assert held.modes == (EnergyMode.AC_THREE_PHASE,)


@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_waits_for_whoever_pays_on_a_web_page_and_no_longer(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        assert (await at.here.ask("stations/CS-1/announce-web-payment", {"evse": 1, "timeout": 90}))["outcome"] == "accepted"
        (waits,) = await at.here.facts(WebPaymentAwaited)
        assert (waits.evse, (waits.until - waits.at).total_seconds()) == (1, 90.0)
        await at.charge(1, "ANNA")
        taken = await at.here.admin.post("stations/CS-1/announce-web-payment", json={"evse": 1})
        assert taken.json()["order"]["reason"] == "Occupied"


@pytest.mark.parametrize("wire", WIRES)
async def test_batteries_are_swapped_step_by_step(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        order = await here.ask("stations/CS-1/battery-swaps/request", {"subject": {"kind": "ISO14443", "value": "ANNA"}})
        assert order["outcome"] == "accepted"
        await here.until(lambda: [one.state for one in here.rows(BatterySwap)] == [SwapState.AWAITED])
        (swap,) = here.rows(BatterySwap)
        anna = at.engine.known.ref(Credential(kind="ISO14443", value="ANNA"))
        for step in (SwapStep.IN, SwapStep.OUT):
            now = at.clock.now()
            told = BatterySwapReported(station=CS, at=now, request=swap.request, step=step, subject=anna, batteries=BROUGHT)
            at.controller.witness(told)
        await here.until(lambda: [one.state for one in here.rows(BatterySwap)] == [SwapState.DONE])
        (swap,) = here.rows(BatterySwap)
        assert (swap.brought, swap.taken) == (BROUGHT, BROUGHT)
        (shown,) = (await here.ask("battery-swaps", station="CS-1"))["items"]
        assert shown["brought"][0]["serial"] == "B7"


@pytest.mark.parametrize("wire", WIRES)
async def test_a_payment_at_the_terminal_arrives_though_the_link_was_away(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.lose_link(120)
        number = at.engine.known.ref(Credential(kind="vatNumber", value="DE123456789"))
        paid = PaymentReported(
            station=CS,
            at=at.clock.now(),
            psp_reference="p-1",
            status=PaymentStatus.SETTLED,
            amount=Decimal("4.35"),
            receipt="R7",
            vat_number=number,
        )
        at.controller.witness(paid)
        await here.until(lambda: here.rows(Settlement))
        (one,) = here.rows(Settlement)
        assert (one.psp_reference, one.amount, one.receipt, one.status) == ("p-1", Decimal("4.35"), "R7", "settled")
        assert isinstance(one.vat_number, str)
        credential = here.csms.engine.known.credential(SubjectRef(one.vat_number))
        assert credential is not None
        assert credential.value == "DE123456789"


@pytest.mark.parametrize("wire", WIRES)
async def test_a_terminal_is_told_whether_a_vat_number_will_do(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        number = at.engine.known.ref(Credential(kind="vatNumber", value="DE123456789"))
        heard: list[Any] = []
        at.controller.terminal = heard.append
        at.controller.witness(VatNumberPresented(station=CS, at=at.clock.now(), vat_number=number, well_formed=True))
        await at.here.until(lambda: heard)
        assert (heard[0].accepted, heard[0].reason) == (False, "NoRegister")


async def test_payments_that_cannot_be_are_kept_aside_and_acknowledged(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.register("CS-1")
        async with playing(here.port, "CS-1", "v21") as cs:
            await here.on_board(cs)
            now = datetime.now(UTC).isoformat()
            paid = {"pspRef": "p", "status": "Settled", "settlementTime": now}
            assert await cs.call("NotifySettlement", paid | {"settlementAmount": 1e30}) == {}
            assert here.rows(Settlement) == []
            assert [one["action"] for one in (await here.ask("quarantine"))["items"]] == ["NotifySettlement"]
            assert await cs.call("NotifySettlement", paid | {"settlementAmount": 0.1}) == {}
            assert [one.amount for one in here.rows(Settlement)] == [Decimal("0.1")]
