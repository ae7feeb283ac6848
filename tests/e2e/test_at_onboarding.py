# SPDX-License-Identifier: Apache-2.0
"""A factory-fresh station comes on board by voucher and gets a secret of its own (8.3.15), over real wires."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.house import WIRES, House, house, slack
from tests.e2e.player import Player, playing
from tests.e2e.test_at_simulated import FACTOR, VERSIONS, Standing
from websockets.exceptions import InvalidStatus

from open63110.apps.config import Listener
from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.ocpp.line import Dialling
from open63110.kernel.ids import PrincipalId
from open63110.kernel.units import Seconds
from open63110.model.order import Order
from open63110.model.policy import StationPolicy
from open63110.model.principal import AuditEntry, Principal
from open63110.model.station import Registration
from open63110.model.voucher import Voucher

FACTORY = "as-printed-on-the-label-7731"
GUARDED = {"main": Listener(host="127.0.0.1", port=0, plain=True, password=True)}


async def sold(here: House, **more: Any) -> None:
    """Let the operator know a machine before it comes: by its serial number, and by the password on its label."""
    await here.ask("principals", {"id": "CS-1", "role": "station", "secret": FACTORY, "factory": True}, status=201)
    voucher = {"id": "delivery-7", "serial": "SN-CS-1", "vendor": "open63110", "note": "bay 4"} | more
    await here.ask("vouchers/put", voucher)


def known(here: House) -> Principal:
    return here.csms.engine.known.principals[PrincipalId("CS-1")]


@contextlib.asynccontextmanager
async def unpacked(folder: Path, wire: str) -> AsyncIterator[Standing]:
    """A CSMS that expects a machine, and the machine, which is switched on."""
    async with house(folder, factor=FACTOR, listeners=GUARDED) as here:
        await sold(here)
        rules = StationPolicy(answer_within=Seconds(slack(FACTOR)))
        dialling = Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", password=FACTORY, patience=slack(FACTOR), longest_pause=30.0)
        failure: Exception | None = None
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, rules, seed=1)
            hardware = site.build(StationPlan(id="CS-1", version=VERSIONS[wire]), dialling)
            async with site.running():
                hardware.switch_on()
                try:
                    yield Standing(here, site, hardware)
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


@pytest.mark.at("AT-8.3.15-1", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_machine_from_the_factory_is_on_board_by_itself_with_a_secret_that_nobody_else_knows(
    wire: str, tmp_path: Path
) -> None:
    """Trust anchors and a certificate of its own are other clauses (8.3.16 to 8.3.18)."""
    async with unpacked(tmp_path, wire) as at:
        here, began = at.here, at.here.now()
        factory = known(here).key
        await here.until(lambda: known(here).key != factory)
        await here.until(lambda: here.station("CS-1").connected is not None)
        await here.until(lambda: len(here.station("CS-1").evses) == 2)
        station = here.station("CS-1")
        assert (station.registration, station.note, station.identity.serial) == (Registration.ACCEPTED, "bay 4", "SN-CS-1")
        assert here.now() - began <= timedelta(minutes=5)
        assert (known(here).factory, known(here).next_key) == (False, "")
        await here.until(lambda: [one for one in here.rows(AuditEntry) if one.action == "RotateCredential"])
        (voucher,) = here.rows(Voucher)
        assert voucher.used_by == "CS-1"

        with pytest.raises(InvalidStatus) as caught:
            await Player(here.port, "CS-1", wire, password=FACTORY).connect()
        assert caught.value.response.status_code == 401
        text = str(await here.ask("stations/CS-1/facts")) + str(await here.ask("orders")) + str(await here.ask("principals"))
        assert FACTORY not in text
        secret = at.site.client.lines["CS-1"].dialling.password  # type: ignore[index] # a literal
        assert secret not in {"", FACTORY}
        assert secret not in text
        assert here.csms.keys.matches("CS-1", secret, known(here).key)

        at.hardware.crash()  # and it shows that secret after a restart, too
        boots = station.booted
        await here.until(lambda: here.station("CS-1").booted != boots)
        await at.link_is_back()


@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_that_does_not_take_another_secret_keeps_the_one_it_has(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path, listeners=GUARDED) as here:
        await sold(here, vendor="")
        async with playing(here.port, "CS-1", wire, password=FACTORY) as cs:
            said: dict[str, Any] = {"status": "Rejected"}
            if wire != "v16":
                cs.answers["SetVariables"] = lambda asked: {
                    "setVariableResult": [
                        {"attributeStatus": "Rejected", "component": one["component"], "variable": one["variable"]}
                        for one in asked["setVariableData"]
                    ]
                }
            cs.answers["ChangeConfiguration"] = lambda _: said
            assert await cs.boot() == "Accepted"
            asked = await cs.asked("ChangeConfiguration" if wire == "v16" else "SetVariables")
            told = asked["value"] if wire == "v16" else asked["setVariableData"][0]["attributeValue"]
            assert 16 <= len(told) <= 40
            await here.until(lambda: known(here).next_key == "")
            assert known(here).factory
            await cs.cut()
            await cs.connect()
            frames = [one for one in (await here.ask("stations/CS-1/frames"))["items"] if told in str(one)]
            assert frames == []


def given(asked: dict[str, Any], wire: str) -> str:
    """The password in an order."""
    return bytes.fromhex(asked["value"]).decode() if wire == "v16" else str(asked["setVariableData"][0]["attributeValue"])


def ended(here: House) -> list[Order]:
    """The orders that gave a password and are over."""
    return [one for one in here.rows(Order) if one.kind == "SetVariables" and one.ended is not None]


def verdicts(cs: Player, wire: str, *words: str) -> str:
    """Let a station answer one password after the other; return the action by which it is given one."""
    left = list(words)
    if wire == "v16":
        cs.answers["ChangeConfiguration"] = lambda _: {"status": left.pop(0)}
        return "ChangeConfiguration"
    cs.answers["SetVariables"] = lambda asked: {
        "setVariableResult": [
            {"attributeStatus": left.pop(0), "component": one["component"], "variable": one["variable"]}
            for one in asked["setVariableData"]
        ]
    }
    return "SetVariables"


@pytest.mark.parametrize("second", ["Accepted", "Rejected"])
@pytest.mark.parametrize("wire", WIRES)
async def test_a_second_secret_does_not_shut_out_a_station_that_has_the_first(wire: str, second: str, tmp_path: Path) -> None:
    async with house(tmp_path, listeners=GUARDED) as here:
        await here.register("CS-1")
        made = await here.ask("principals", {"id": "CS-1", "role": "station"}, status=201)
        password = made["key"].partition(".")[2]
        told = []
        async with playing(here.port, "CS-1", wire, password=password) as cs:
            action = verdicts(cs, wire, "Accepted", second)
            assert await cs.boot() == "Accepted"
            for count in (1, 2):
                await here.ask("stations/CS-1/rotate-credential", {})
                told.append(given(await cs.asked(action), wire))
                await here.until(lambda: len(ended(here)) == count)  # noqa: B023 - it is awaited here
            await cs.cut()
        async with playing(here.port, "CS-1", wire, password=told[0]):  # it takes them up one after the other
            await here.until(lambda: here.csms.keys.matches("CS-1", told[0], known(here).key))
        with pytest.raises(InvalidStatus):
            await Player(here.port, "CS-1", wire, password=password).connect()
        if second == "Accepted":
            async with playing(here.port, "CS-1", wire, password=told[1]):
                await here.until(lambda: here.csms.keys.matches("CS-1", told[1], known(here).key))
            with pytest.raises(InvalidStatus):
                await Player(here.port, "CS-1", wire, password=told[0]).connect()
        assert known(here).given == ()


async def test_a_machine_of_which_nobody_knows_whether_it_took_its_secret_is_given_another_and_may_show_either(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, listeners=GUARDED) as here:
        await sold(here, vendor="")
        async with playing(here.port, "CS-1", "v16", password=FACTORY) as cs:
            cs.answers["ChangeConfiguration"] = lambda _: {}  # it takes it, and its answer cannot be understood
            assert await cs.boot() == "Accepted"
            first = given(await cs.asked("ChangeConfiguration"), "v16")
    async with house(tmp_path, listeners=GUARDED, admin="another-admin") as here:
        async with playing(here.port, "CS-1", "v16", password=FACTORY) as cs:
            cs.obey("ChangeConfiguration")
            assert await cs.boot() == "Accepted"
            second = given(await cs.asked("ChangeConfiguration"), "v16")
            assert second != first
        async with playing(here.port, "CS-1", "v16", password=first):
            await here.until(lambda: here.csms.keys.matches("CS-1", first, known(here).key))
        async with playing(here.port, "CS-1", "v16", password=second):
            await here.until(lambda: here.csms.keys.matches("CS-1", second, known(here).key))
        assert (known(here).factory, known(here).given) == (False, ())


async def test_a_machine_without_a_voucher_waits_and_learns_nothing_and_is_let_in_with_one(tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", "v201") as cs:
        assert await cs.boot() == "Pending"
        await here.ask("vouchers/put", {"id": "v1", "serial": cs.serial, "identity": "CS-1"})
        assert await cs.boot() == "Accepted"
        again = await here.admin.post("vouchers/put", json={"id": "v1", "serial": "SN-2"})
        assert (again.status_code, again.json()["code"]) == (409, "Used")
        async with playing(here.port, "CS-2", "v201", serial=cs.serial) as other:
            assert await other.boot() == "Pending"  # it has been used
        listed = (await here.ask("vouchers"))["items"]
        assert [(one["id"], one["used_by"]) for one in listed] == [("v1", "CS-1")]


async def test_whoever_stands_on_the_list_is_let_in(tmp_path: Path) -> None:
    async with house(tmp_path, admit=("SN-FLEET-*",)) as here:
        async with playing(here.port, "CS-1", "v21", serial="SN-FLEET-1") as cs:
            assert await cs.boot() == "Accepted"
        async with playing(here.port, "CS-2", "v21", serial="SN-OTHER-1") as cs:
            assert await cs.boot() == "Pending"


async def test_an_operator_may_have_a_secret_renewed_at_any_time(tmp_path: Path) -> None:
    async with house(tmp_path, listeners=GUARDED) as here:
        await here.register("CS-1")
        made = await here.ask("principals", {"id": "CS-1", "role": "station"}, status=201)
        password = made["key"].partition(".")[2]
        async with playing(here.port, "CS-1", "v16", password=password) as cs:
            cs.obey("ChangeConfiguration")
            assert await cs.boot() == "Accepted"
            assert (await here.ask("stations/CS-1/rotate-credential", {}))["outcome"] == "accepted"
            told = await cs.asked("ChangeConfiguration")
            assert told["key"] == "AuthorizationKey"
            secret = bytes.fromhex(told["value"]).decode()
            await here.until(lambda: known(here).next_key)
            await cs.cut()
            await cs.connect()  # it has not taken it up yet
            await cs.cut()
        async with playing(here.port, "CS-1", "v16", password=secret):
            await here.until(lambda: known(here).next_key == "")
        with pytest.raises(InvalidStatus):
            await Player(here.port, "CS-1", "v16", password=password).connect()
