# SPDX-License-Identifier: Apache-2.0
"""Every command ends in an explicit outcome with a reason code, and in the audit (7.1, R-7.1-2)."""

from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from tests.e2e.house import House
from tests.e2e.link_player import EVERY, NEWER, AnyPlayer, LinkPlayer, home, played
from tests.e2e.outcomes_device import device_cases
from tests.e2e.outcomes_firmware import firmware_cases
from tests.e2e.outcomes_grid import grid_cases
from tests.e2e.outcomes_records import record_cases
from tests.e2e.outcomes_stations import VENDOR, station_cases
from tests.e2e.outcomes_tariffs import tariff_cases
from tests.e2e.player import Payload, Player

from open63110.bindings.web.commands import path_of
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.site import SiteId
from open63110.runtime.alarms import Alarms
from open63110.runtime.orders import OURSELVES
from open63110.usecases.energy.smart_charging import LimitAnswer
from open63110.usecases.services.authorize_locally import LocalListVersionAnswer
from open63110.usecases.stations.reboot_station import RebootPlanned
from open63110.usecases.stations.set_displayed_information import MessageAnswer, MessagesAnswer

ACME = '{"vendor": "Acme", "model": "Two", "version": "1", "entries": [{"code": "E42"}]}'
NAMES = {"names": [{"code": "E42", "called": "CX004"}]}
HELLO = {"contents": [{"text": "Hello"}]}
TALKING = ("v201", "v21", "link", NEWER)
"""Wires with words for displays, and for all else that came with OCPP 2.0.1."""
LINKS = ("link", NEWER)
CARD = {"kind": "ISO14443", "value": "ANNA"}


class Case(NamedTuple):
    """One command of the catalogue: where it is asked, and two bodies."""

    valid: dict[str, Any]
    invalid: dict[str, Any]
    station: str = "CS-1"
    elsewhere: str = ""
    """The invalid one is asked of this station; empty: of the same."""
    by_dso: bool = False
    """Only a DSO may ask it; else an administrator does."""
    wires: tuple[str, ...] = ()
    """The only ones with words for it; none: all have them."""
    elsewise: str = "not-supported"
    """How it ends on the others."""


NIGHTLY: dict[str, Any] = {
    "evse": 1,
    "profile": {"id": 7, "kind": "recurring", "recurs": "daily", "schedules": [{"periods": [{"limit": 5000.0}]}]},
}
"""Counts each day."""


@pytest.mark.at("AT-7.1-1", *EVERY)
@pytest.mark.parametrize("wire", [*EVERY, pytest.param(NEWER, marks=pytest.mark.at("AT-B.15-1", "link"))])
async def test_each_command_ends_in_four_outcomes_each_with_a_reason_each_audited(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, vendors={VENDOR: ()}) as here, played(here, "CS-1", wire) as cs:
        cases = await catalogue(here, cs) | await firmware_cases(here, cs, tmp_path / "maker", Case, TALKING)
        cases |= tariff_cases(cs, Case, ("v21",))
        cases |= device_cases(cs, Case, TALKING, ("v21",))
        cases |= grid_cases(cs, Case, ("v21", *LINKS))
        cases |= await record_cases(here, cs, Case, LINKS, TALKING)
        cases |= await station_cases(here, cs, wire, Case, TALKING, TALKING)
        cases["RebootStation"] = cases.pop("RebootStation")  # last: it may take everything down
        async with await here.client("vera", Role.VIEWER) as viewer, await here.client("grid", Role.DSO, "/south") as dso:
            doors = {door.command.__name__: path_of(door) for door in here.csms.engine.table.doors}
            assert set(cases) == set(doors)
            for command, case in cases.items():
                if case.wires and wire not in case.wires:
                    await not_carried(here, command, doors[command], case)
                    continue
                await four_outcomes(here, (dso if case.by_dso else here.admin, viewer), command, doors[command], case)


async def four_outcomes(
    here: House, who: tuple[httpx2.AsyncClient, httpx2.AsyncClient], command: str, path: str, case: Case
) -> None:
    """Ask one command four times, and look the outcomes up in the audit."""
    may, viewer = who
    before = {one["id"] for one in (await here.ask("audit", action=command, limit=50))["items"]}
    here_path, there_path = path.format(station=case.station), path.format(station=case.elsewhere or case.station)
    asked = {
        "not-authorized": await viewer.post(here_path, json=case.valid),
        "expired": await may.post(here_path, json=case.valid, params={"deadline": 0}),
        "rejected": await may.post(there_path, json=case.invalid),
        "accepted": await may.post(here_path, json=case.valid),
    }
    seen = {}
    for outcome, response in asked.items():
        said = response.json()
        if outcome != "not-authorized" and response.status_code != 400:
            order = said if outcome == "accepted" else said["order"]
            assert order.get("outcome") == outcome, (command, response.status_code, said)
        code = said["reason"] if outcome == "accepted" else said["code"]
        assert code, (command, outcome, said)
        seen[outcome] = (response.status_code, code)
    assert len(set(seen.values())) == 4, (command, seen)
    after = (await here.ask("audit", action=command, limit=50))["items"]
    audited = [one for one in after if one["id"] not in before and one["by"] != OURSELVES.id]  # it asks for some by itself
    assert sorted(one["outcome"] for one in audited) == sorted(asked), (command, audited)
    assert all(one["by"] in {"vera", "grid" if case.by_dso else "test-admin"} for one in audited)
    assert all(one["reason"] for one in audited), (command, audited)


async def not_carried(here: House, command: str, path: str, case: Case) -> None:
    """Ask what this wire has no words for, and look the outcome up in the audit."""
    refused = (await here.admin.post(path.format(station=case.station), json=case.valid)).json()["order"]
    assert refused["outcome"] == case.elsewise, (command, refused)
    (entry,) = (await here.ask("audit", action=command, limit=50))["items"]
    assert (entry["outcome"], entry["by"], entry["reason"]) == (case.elsewise, "test-admin", refused["reason"])
    assert entry["reason"]


async def reported(here: House, cs: AnyPlayer) -> None:
    """Let a station on 2.x say that it holds a profile of somebody else."""
    if not isinstance(cs, Player) or cs.is_16:
        return
    cs.obey("GetChargingProfiles")
    await here.ask("stations/CS-1/ask-profiles", {})
    request = (await cs.asked("GetChargingProfiles"))["requestId"]
    plan = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 22_000}]}
    kind = {"chargingProfilePurpose": "ChargingStationExternalConstraints", "chargingProfileKind": "Absolute"}
    profile = {"id": -7, "stackLevel": 0, **kind, "chargingSchedule": [plan]}
    said = {"requestId": request, "chargingLimitSource": "EMS", "evseId": 0, "chargingProfile": [profile]}
    await cs.call("ReportChargingProfiles", said)


async def catalogue(here: House, cs: AnyPlayer) -> dict[str, Case]:
    """A station that does as it is told, with an EV charging at EVSE 2, and every command with a good and a bad body."""
    for station in ("CS-1", "CS-2"):
        await here.register(station)
    for name in ("ANNA", "BERT", "CARL"):
        await here.token(name)
    await here.on_board(cs, evses=2)
    await cs.begin(2, "BERT", 1_000, here.now())
    if isinstance(cs, LinkPlayer):
        obey_on_link(cs)
    else:
        obey_on_ocpp(cs)
    await reported(here, cs)
    if cs.wire == "v21":
        moving = {"id": 12, "kind": "dynamic", "schedules": [{"periods": [{"limit": 5000.0}]}]}
        await here.ask("stations/CS-1/install-profile", {"evse": 1, "profile": moving})
    never = {"valid_from": "2030-01-01T00:00:00Z", "valid_until": "2029-01-01T00:00:00Z"}
    return {
        "RegisterStation": Case({}, {}, station="CS-3", elsewhere="CS:3"),
        "AdmitStation": Case({}, {}, elsewhere="CS-NONE"),
        "RejectStation": Case({"reason": "sold"}, {"reason": "sold"}, station="CS-2", elsewhere="CS-NONE"),
        "SendLocalList": Case({}, {}, elsewhere="CS-NONE"),
        "AskLocalListVersion": Case({}, {}, elsewhere="CS-NONE"),
        "ClearAuthorizationCache": Case({}, {}, elsewhere="CS-NONE"),
        "PutToken": Case({"token": {"kind": "ISO14443", "value": "DORA"}}, {"token": CARD | never}, station=""),
        "RemoveToken": Case({"subject": CARD | {"value": "CARL"}}, {"subject": CARD | {"value": "NOBODY"}}, station=""),
        "StartRemotely": Case({"subject": CARD, "evse": 1}, {"subject": CARD, "evse": 9}),
        "StopRemotely": Case({"reference": cs.transactions[2]}, {"reference": "no such"}),
        "UnlockConnector": Case({"evse": 1}, {"evse": 1, "connector": 9}),
        "LimitPower": Case({"limit": 5000}, {"limit": 5000, "evse": 9}),
        "AskLimit": Case({}, {}, elsewhere="CS-NONE"),
        "AskProfiles": Case({}, {}, elsewhere="CS-NONE", wires=("v201", "v21")),
        "ClearProfile": Case({"profile": -7}, {"profile": 6_311_003}, wires=("v16", "v201", "v21")),
        "InstallProfile": Case(NIGHTLY, NIGHTLY | {"evse": 9}, wires=("v16", "v201", "v21")),
        "UpdateProfile": Case(
            {"profile": 12, "update": {"limit": 4000.0}},
            {"profile": 13, "update": {"limit": 4000.0}},
            wires=("v21",),
            elsewise="rejected",  # none was installed there
        ),
        "ClearProfiles": Case({"level": 7}, {"evse": 9}, wires=("v16", "v201", "v21")),
        "WithdrawLimit": Case({}, {}, elsewhere="CS-NONE"),
        "ImportFaultCatalogue": Case({"content": ACME}, {"content": ACME.replace("E42", "")}, station=""),
        "RemoveFaultCatalogue": Case({"catalogue": "acme:two:"}, {"catalogue": "acme:one:"}, station=""),
        "MapFaultCodes": Case(NAMES, {"names": NAMES["names"] * 2}, wires=LINKS),
        "SetMessage": Case(HELLO, HELLO | {"contents": []}, wires=TALKING),
        "ClearMessage": Case({"number": 1}, {"number": 8}, wires=TALKING, elsewise="rejected"),  # none was ever set
        "AskMessages": Case({}, {}, elsewhere="CS-NONE", wires=TALKING),
        "StateNeeds": Case({"energy": 9000}, {"energy": 9000, "evse": 9}),
        "PrioritizeTransfer": Case({"reference": cs.transactions[2], "active": True}, {"reference": "no such", "active": True}),
        **await places(here),
        "RebootStation": Case({"mode": "immediate"}, {"mode": "immediate", "evse": 9}),
    }


def obey_on_ocpp(cs: Player) -> None:
    """Do everything; of limits it takes every one and shows 5 kW."""
    cs.obey("Reset", "RemoteStartTransaction", "RequestStartTransaction", "RemoteStopTransaction", "RequestStopTransaction")
    cs.obey(
        "SendLocalList",
        "ClearCache",
        "SetChargingProfile",
        "ClearChargingProfile",
        "UsePriorityCharging",
        "UpdateDynamicSchedule",
    )
    cs.obey("SetDisplayMessage", "ClearDisplayMessage", "GetDisplayMessages")
    cs.answers["UnlockConnector"] = lambda _: {"status": "Unlocked"}
    cs.answers["GetLocalListVersion"] = lambda _: {"listVersion" if cs.is_16 else "versionNumber": 1}
    period: Payload = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 5000.0}]}
    start = {"scheduleStart": "2026-03-04T12:00:00Z"}
    shown = (
        {"connectorId": 0, **start, "chargingSchedule": period}
        if cs.is_16
        else {"schedule": {"evseId": 0, "duration": 60, **start, **period}}
    )
    cs.answers["GetCompositeSchedule"] = lambda _: {"status": "Accepted", **shown}


def obey_on_link(cs: LinkPlayer) -> None:
    """Do everything; of limits it takes every one and shows 5 kW."""
    cs.obey("StartRemotely", "StopRemotely", "SendLocalList", "ClearAuthorizationCache", "UnlockConnector", "WithdrawLimit")
    cs.obey("ClearMessage", "MapFaultCodes")
    cs.answers["SetMessage"] = lambda order: (MessageAnswer(number=order.number),)
    cs.answers["AskMessages"] = lambda _: (MessagesAnswer(count=0),)
    cs.answers["RebootStation"] = lambda _: (RebootPlanned(),)
    cs.answers["AskLocalListVersion"] = lambda _: (LocalListVersionAnswer(version=1),)
    for name in ("LimitPower", "AskLimit"):
        cs.answers[name] = lambda order: (LimitAnswer(evse=order.evse, limit=Watts(5_000.0)),)


async def places(here: House) -> dict[str, Case]:
    """Sites and zones: some that are there, and some to come."""
    feeds = {"import_max": 22_000}
    for noun, said in (
        ("sites", {"id": "south", "assets": [{"id": "m", "kind": "meter"}]}),
        ("sites", {"id": "west"}),
        ("zones", {"site": "south", "id": "yard", **feeds}),
        ("zones", {"site": "south", "id": "hall", **feeds}),
    ):
        (await here.admin.post(f"{noun}/put", json=said)).raise_for_status()
    Alarms(here.csms.engine).raised(SiteId("west"), "Excess", "g1", "80 kW where 60 kW may flow", here.now())
    yard, nowhere = {"site": "south", "zone": "yard"}, {"site": "south", "zone": "moon"}
    day = {"id": "day", "currency": "EUR", "elements": [{"dimension": "energy", "direction": "import", "price": "0.39"}]}
    east = {"sites": [{"id": "east", "zones": [{"id": "yard", **feeds, "stations": [{"id": "CS-4"}]}]}]}
    group = {"id": "hall", "dso": "grid", "places": [{"site": "south", "zone": "hall"}]}
    order = {"order_id": "o", "group": "hall", "p_max_import": 5000}
    block = {"type": "CONSUMPTION", "start": "2026-01-01T00:00:00Z", "end": "2100-01-01T00:00:00Z", "capacity": 20_000}
    ahead = {"group": "hall", "blocks": [block]}
    steps = [{"since": "2026-01-01T00:00:00Z", "value": 0.3}]
    until = f"{here.now() + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    price = {"site": "south", "kind": "price", "currency": "EUR", "until": until, "steps": steps}
    return {
        "AcknowledgePowerAlarms": Case({"ids": ["west/Excess/g1"]}, {"ids": ["west/Excess/g2"]}, station=""),
        "PutSite": Case({"id": "north"}, {"id": "no:rth"}, station=""),
        "PutZone": Case({"site": "north", "id": "yard", **feeds}, {"site": "moon", "id": "yard", **feeds}, station=""),
        "PlaceStation": Case(yard, nowhere),
        "LimitZone": Case(yard | {"limit": 9000}, nowhere | {"limit": 9000}, station=""),
        "WithdrawZoneLimit": Case(yard, nowhere, station=""),
        "PutConstraint": Case(
            {"id": "c", "scope": yard, "limit": 9000}, {"id": "c", "scope": nowhere, "limit": 9000}, station=""
        ),
        "KeepConstraints": Case({}, {"id": "d"}, station=""),
        "WithdrawConstraint": Case({"id": "c"}, {"id": "d"}, station=""),
        "ReportSitePower": Case({"site": "south", "asset": "m", "power": [5]}, {"site": "south", "asset": "n"}, station=""),
        "PutOutlook": Case(price, price | {"currency": ""}, station=""),
        "WithdrawOutlook": Case({"site": "south", "kind": "price"}, {"site": "south", "kind": "ghg"}, station=""),
        "PutDsoGroup": Case(group, group | {"places": []}, station=""),
        "PutDsoOrder": Case(order, order | {"p_max_import": -1}, station="", by_dso=True),
        "CancelDsoOrder": Case({"order_id": "o"}, {"order_id": "none"}, station="", by_dso=True),
        "PutDsoForecast": Case(ahead, ahead | {"blocks": [block | {"capacity": -1}]}, station="", by_dso=True),
        "RemoveDsoForecast": Case({"group": "hall"}, {"group": "hall", "horizon": "intraday"}, station="", by_dso=True),
        "KeepDsoLink": Case({"offline_after": 600}, {"offline_after": -1}, station="", by_dso=True),
        "RemoveDsoGroup": Case({"id": "hall"}, {"id": "moon"}, station=""),
        "SetTariff": Case(yard | day, nowhere | day, station=""),
        "ClearTariff": Case(yard, nowhere, station=""),
        "RemoveZone": Case({"site": "south", "id": "hall"}, {"site": "south", "id": "yard"}, station=""),
        "RemoveSite": Case({"id": "west"}, {"id": "south"}, station=""),
        "ImportSites": Case(east, {"sites": [{"id": "south"}]}, station=""),
    }
