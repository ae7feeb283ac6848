# SPDX-License-Identifier: Apache-2.0
"""Charging stations come on board, report, and reboot (8.3.15, 8.3.5, 8.3.7); the station is scripted, the CSMS is real."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.e2e.house import WIRES, House, house
from tests.e2e.link_player import EVERY, home, played
from tests.e2e.player import CallRefused, Payload, Player, playing, stamp

from open63110.kernel.messages import Event
from open63110.kernel.units import WattHours
from open63110.model.principal import AuditEntry, Principal
from open63110.model.sdr import Sdr
from open63110.model.session import ServiceSession
from open63110.model.station import ConnectorReported, Registration, StationBooted, StationDisconnected
from open63110.model.token import Subject, Token
from open63110.model.transfer import EnergyTransferEnded
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.onboard_station import CloneRefused

# --- 8.3.15 -----------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.3.15-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_stranger_waits_in_quarantine_and_learns_nothing(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire, factor=60.0) as here, played(here, "CS-STRANGER", wire) as cs:
        await here.token("ANNA-CONFIDENTIAL", contract="DE-ABC-C1", name="Anna Example")
        assert await cs.boot() == "Pending"
        for refused in (cs.authorize("ANNA-CONFIDENTIAL"), cs.begin(1, "ANNA-CONFIDENTIAL", 0, here.now())):
            with pytest.raises(CallRefused):
                await refused
        ordered = await here.admin.post("stations/CS-STRANGER/send-local-list", json={}, params={"deadline": 30})
        assert ordered.status_code == 503
        remote = {"subject": {"kind": "ISO14443", "value": "ANNA-CONFIDENTIAL"}, "evse": 1}
        assert (await here.admin.post("stations/CS-STRANGER/sessions/start", json=remote)).status_code in {404, 409, 503}
        await here.pass_by(300)  # longer than the CSMS waits before it sends a list to whoever is accepted

        station = here.station("CS-STRANGER")
        assert station.registration is Registration.QUARANTINED
        assert station.identity.serial == "SN-CS-STRANGER"
        assert cs.heard_calls() == []
        told = str([frame for way, frame in cs.frames if way == "heard"])
        for secret in ("ANNA", "Anna", "DE-ABC", here.rows(Subject)[0].ref):
            assert secret not in told
        assert not [one for one in here.rows(Principal) if one.id == "CS-STRANGER"]
        assert here.rows(ServiceSession) == []


@pytest.mark.at("AT-8.3.15-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_of_two_devices_with_one_identity_the_newer_is_refused_and_both_are_flagged(wire: str, tmp_path: Path) -> None:
    async with home(tmp_path, wire) as here, played(here, "CS-1", wire, serial="FIRST") as first:
        await here.register("CS-1")
        await here.token("ANNA")
        await here.on_board(first)
        async with played(here, "CS-1", wire, serial="SECOND") as second:
            assert await second.boot() == "Rejected"
            with pytest.raises(CallRefused):
                await second.authorize("ANNA")
            with pytest.raises(CallRefused):
                await second.begin(1, "ANNA", 0, here.now())
            await first.gone()  # the newest socket of an identity wins, whoever it is

        station = here.station("CS-1")
        assert "clone" in station.flags
        assert station.identity.serial == "FIRST"
        (refused,) = await here.facts(CloneRefused)
        assert refused.identity.serial == "SECOND"
        shown = await here.ask("stations/CS-1")
        assert "clone" in shown["flags"]

        await first.connect()
        assert await first.boot() == "Accepted"
        assert await first.authorize("ANNA") == "Accepted"
        assert "clone" in here.station("CS-1").flags  # until somebody has looked into it


@pytest.mark.at("AT-8.3.15-4", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_station_whose_clock_shows_1970_comes_on_board_and_is_told_the_time(wire: str, tmp_path: Path) -> None:
    """The documented rule: what it says while it boots counts from when it is heard, the station is marked."""
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await here.register("CS-1")
        before = here.now()
        assert await cs.boot() == "Accepted"
        told = next(frame[2] for way, frame in cs.frames if way == "heard" and frame[0] == 3)
        assert before <= datetime.fromisoformat(told["currentTime"]) <= here.now()
        await cs.status(1, "Available", datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC))
        station = here.station("CS-1")
        assert station.registration is Registration.ACCEPTED
        assert "clock" in station.flags
        (report,) = await here.facts(ConnectorReported)
        assert before <= report.at <= here.now()

        await here.token("ANNA")
        assert await cs.authorize("ANNA") == "Accepted"
        assert await cs.begin(1, "ANNA", 0, here.now()) == "Accepted"  # by the time it was told


# --- 8.3.5 ------------------------------------------------------------------------------------------------------------


def notify(cs: Player, event: int, severity: int, code: str, at: datetime) -> Payload:
    """One event of a component, as OCPP 2.x tells it."""
    data = {
        "eventId": event,
        "timestamp": stamp(at),
        "trigger": "Alerting",
        "actualValue": "true",
        "techCode": code,
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "EVSE", "evse": {"id": 1}},
        "variable": {"name": "Problem"},
    }
    if cs.wire == "v21":
        data["severity"] = severity
    return {"generatedAt": stamp(at), "seqNo": 0, "eventData": [data]}


@pytest.mark.at("AT-8.3.5-3", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_the_fault_of_a_station_that_boots_faulted_is_heard_once_it_is_accepted(wire: str, tmp_path: Path) -> None:
    async with house(tmp_path) as here, playing(here.port, "CS-1", wire) as cs:
        await here.register("CS-1")
        since = here.now()
        with pytest.raises(CallRefused):
            await cs.status(1, "Faulted", since)
        assert await cs.boot() == "Accepted"
        more = {"errorCode": "GroundFailure", "vendorErrorCode": "E42"} if wire == "v16" else {}
        await cs.status(1, "Faulted", since, **more)
        if wire != "v16":
            await cs.call("NotifyEvent", notify(cs, 1, 2, "E42", since))

        (report,) = await here.facts(ConnectorReported)
        assert (report.state, report.at) == ("faulted", since.replace(microsecond=since.microsecond // 1000 * 1000))
        if wire == "v16":
            assert (report.error, report.vendor_error) == ("GroundFailure", "E42")
        else:
            (event,) = await here.facts(StationEventReported)
            assert (event.code, event.at, event.cleared) == ("E42", report.at, False)
        order = [type(one) for one in await here.facts(Event) if isinstance(one, StationBooted | ConnectorReported)]
        assert order == [StationBooted, ConnectorReported]
        assert (await here.ask("stations/CS-1"))["evses"]["1"]["connectors"]["1"]["state"] == "faulted"


# --- 8.3.7 ------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.3.7-1", "v201", "v21")
@pytest.mark.parametrize("wire", WIRES)
async def test_an_immediate_reboot_ends_what_runs_before_the_link_drops(wire: str, tmp_path: Path) -> None:
    """On 1.6 a boot gives no reason; there, the end's reason is all that is said."""
    async with house(tmp_path, factor=30.0) as here:
        cs = await charging(here, wire)
        cs.answers["Reset"] = lambda _: {"status": "Accepted"}
        order = await here.ask("stations/CS-1/reboot", {"mode": "immediate"})
        ordered = here.now()
        assert order["outcome"] == "accepted"
        assert (await cs.asked("Reset"))["type"] == ("Hard" if wire == "v16" else "Immediate")
        await cs.end(1, 12_000, here.now(), "HardReset" if wire == "v16" else "ImmediateReset")
        await cs.cut()
        await here.until(lambda: here.station("CS-1").connected is None)
        await here.pass_by(30)
        await cs.connect()
        assert await cs.boot("RemoteReset") == "Accepted"

        story = [
            one
            for one in await here.facts(Event, "CS-1")
            if isinstance(one, EnergyTransferEnded | StationDisconnected | StationBooted)
        ]
        (_, end, drop, boot) = story
        assert isinstance(end, EnergyTransferEnded)
        assert isinstance(drop, StationDisconnected)
        assert isinstance(boot, StationBooted)
        assert end.reason == "ImmediateReset"
        assert end.at <= drop.at
        assert timedelta(0) < boot.at - ordered <= timedelta(seconds=120)
        assert here.station("CS-1").boot_reason == ("" if wire == "v16" else "RemoteReset")
        await cs.status(1, "Available", here.now())
        await here.until(lambda: here.rows(Sdr))
        assert here.rows(Sdr)[0].energy == WattHours(2_000)
        await cs.cut()


@pytest.mark.at("AT-8.3.7-2", *WIRES)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_reboot_on_idle_waits_for_the_end_and_admits_nobody_meanwhile(wire: str, tmp_path: Path) -> None:
    """A station of 1.6 cannot be told to wait: it hears of the reboot when it is idle."""
    async with house(tmp_path, factor=30.0) as here:
        cs = await charging(here, wire)
        cs.answers["Reset"] = lambda _: {"status": "Accepted" if wire == "v16" else "Scheduled"}
        order = await here.ask("stations/CS-1/reboot", {"mode": "on-idle"})
        assert (order["outcome"], order["reason"]) == ("accepted", "Scheduled")
        if wire != "v16":
            assert (await cs.asked("Reset"))["type"] == "OnIdle"

        await here.pass_by(60)
        assert ("Reset" in cs.heard_calls()) is (wire != "v16")
        assert here.station("CS-1").transfers[cs.transactions[1]].ended is None  # type: ignore[index] # a literal
        assert await cs.authorize("BERT") == ("Blocked" if wire == "v16" else "NotAtThisTime")
        remote = {"subject": {"kind": "ISO14443", "value": "BERT"}, "evse": 2}
        refused = await here.admin.post("stations/CS-1/sessions/start", json=remote)
        assert (refused.status_code, refused.json()["code"]) == (409, "NotAtThisTime")
        assert [one.subject for one in here.rows(ServiceSession)] == [here.rows(ServiceSession)[0].subject]

        await cs.end(1, 12_000, here.now(), tag="ANNA")
        await cs.status(1, "Available", here.now())
        if wire == "v16":
            assert await cs.asked("Reset") == {"type": "Soft"}
            await here.until(lambda: [one for one in here.rows(AuditEntry) if (one.by, one.outcome) == ("csms", "accepted")])
        await cs.cut()
        await cs.connect()
        assert await cs.boot("ScheduledReset") == "Accepted"
        await here.until(lambda: here.rows(Sdr))
        assert here.station("CS-1").blocked_by == ""
        assert await cs.authorize("BERT") == "Accepted"
        assert here.rows(Sdr)[0].energy == WattHours(2_000)
        await cs.cut()


@pytest.mark.at("AT-8.3.7-2", "v16")
async def test_the_wish_to_reboot_when_idle_outlives_the_csms(tmp_path: Path) -> None:
    async with house(tmp_path, factor=30.0) as here:
        cs = await charging(here, "v16")
        await here.ask("stations/CS-1/reboot", {"mode": "on-idle"})
        running = cs.transactions
        await cs.cut()
    async with house(tmp_path, factor=30.0, admin="next-admin") as here:
        cs = await Player(here.port, "CS-1", "v16").connect()
        cs.transactions |= running
        cs.answers["Reset"] = lambda _: {"status": "Rejected"}
        assert await cs.authorize("BERT") == "Blocked"
        await cs.end(1, 12_000, here.now(), tag="ANNA")
        assert await cs.asked("Reset") == {"type": "Soft"}
        await here.until(lambda: here.station("CS-1").blocked_by == "")  # it does not want to, so others may charge
        assert here.station("CS-1").flags == ()
        assert await cs.authorize("BERT") == "Accepted"
        await cs.cut()


async def test_one_evse_of_a_station_of_1_6_cannot_be_rebooted(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        cs = await charging(here, "v16")
        refused = await here.admin.post("stations/CS-1/reboot", json={"mode": "on-idle", "evse": 1})
        assert refused.json()["order"]["outcome"] == "not-supported"
        assert here.station("CS-1").blocked_by == ""
        await cs.cut()


async def charging(here: House, wire: str) -> Player:
    """A station of two EVSEs with Anna charging at the first."""
    await here.register("CS-1")
    await here.token("ANNA")
    await here.token("BERT")
    cs = await Player(here.port, "CS-1", wire).connect()
    await here.on_board(cs, evses=2)
    await cs.status(1, "Occupied", here.now())
    assert await cs.authorize("ANNA") == "Accepted"
    assert await cs.begin(1, "ANNA", 10_000, here.now()) == "Accepted"
    await cs.move(1, "Charging", 10_000, here.now())
    assert len(here.rows(Token)) == 2
    return cs
