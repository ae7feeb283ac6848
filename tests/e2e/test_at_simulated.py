# SPDX-License-Identifier: Apache-2.0
"""Acceptance of both ends at once: the CSMS, and stations in the station's role of the same use cases, over real wires."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from tests.e2e.house import House, slack
from tests.e2e.link_house import url
from tests.e2e.link_player import EVERY, home

from open63110.apps.site import Capture, Site, StationPlan
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.policy import StationPolicy
from open63110.model.sdr import Sdr
from open63110.model.session import SessionState
from open63110.model.station import ConnectorReported, Registration, StationBooted, StationDisconnected
from open63110.model.token import Credential
from open63110.model.transfer import (
    EnergyTransfer,
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
)
from open63110.ports import Where
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation
from open63110.usecases.stations.monitor_station import StationClockDoubted, StationEventReported

VERSIONS = {"v16": Version.V16, "v201": Version.V201, "v21": Version.V21, "link": Version.V21}
FACTOR = 60.0
CLOSE = 60.0
"""How near a clock is to another that it was set by, on a busy machine [s]."""


class Standing:
    """A simulated station on board of a CSMS."""

    def __init__(self, here: House, site: Site, hardware: SimulatedStation) -> None:
        self.here, self.site, self.hardware = here, site, hardware
        self.controller = site.controllers["CS-1"]  # type: ignore[index] # a literal
        lines: Any = site.client.lines | site.link.lines
        self.engine = lines["CS-1"].engine
        self.clock: Any = self.engine.clock

    def present(self, evse: int, tag: str) -> None:
        """Hold a card to the reader."""
        self.hardware.present(evse, Credential(kind="ISO14443", value=tag))

    def arrive(self, evse: int) -> None:
        """Plug in an EV that takes 11 kW for hours."""
        self.hardware.arrive(evse, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))

    async def charge(self, evse: int, tag: str) -> None:
        """Plug in, show a card, and see energy flow."""
        self.arrive(evse)
        self.present(evse, tag)
        await self.here.until(lambda: self.hardware.charging(evse))
        await self.here.until(lambda: self.session(evse) is SessionState.CHARGING)

    def session(self, evse: int) -> SessionState | None:
        """Where the newest session of an EVSE stands at the CSMS."""
        found = [one.state for one in self.here.station("CS-1").sessions.values() if one.evse == evse]
        return found[-1] if found else None

    async def lose_link(self, seconds: float) -> None:
        """Take the link away, and see that the CSMS has noticed."""
        self.hardware.lose_link(seconds)
        await self.here.until(lambda: self.here.station("CS-1").connected is None)

    async def link_is_back(self) -> None:
        """See it on board again with nothing left to tell."""
        await self.here.until(lambda: self.here.station("CS-1").connected is not None)
        await self.here.until(lambda: not self.site.waiting)


def way(here: House, wire: str) -> Dialling | LinkDialling:
    """Return how the station reaches a CSMS."""
    if wire == "link":
        return LinkDialling(endpoints=(url(here),), tls=here.papers("CS-1"), longest_pause=30.0)
    return Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(FACTOR), longest_pause=30.0)


@contextlib.asynccontextmanager
async def standing(
    folder: Path, wire: str, *, broken: tuple[str, int] | None = None, skew: float = 0.0, listed: str = "ANNA BERT", **policy: Any
) -> AsyncIterator[Standing]:
    """A CSMS and a simulated station of two EVSEs; `broken` is a fault of EVSE 1 that is there before the power is.

    `skew` is by how much the station's clock is wrong before somebody tells it the time [s]. `listed`: on the local list.
    """
    async with home(folder, wire, factor=FACTOR, connection_timeout=3_600.0) as here:
        await here.register("CS-1")
        for tag in ("ANNA", "BERT"):
            await here.token(tag, local=tag in listed)
        rules = StationPolicy(answer_within=Seconds(slack(FACTOR)), **policy)
        failure: Exception | None = None
        with Capture(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, rules, seed=1)
            plan = StationPlan(id="CS-1", version=VERSIONS[wire], skew=skew)
            hardware = site.build(plan, way(here, wire))
            hardware.evses[1].fault, hardware.evses[1].halted = broken, broken is not None
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED)
                await here.until(lambda: len(here.station("CS-1").evses) == 2)
                try:
                    yield Standing(here, site, hardware)
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


# --- 8.3.5 ------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.3.5-2", "v201", "v21", "link")
@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_of_two_events_while_offline_only_the_grave_one_arrives_with_its_moment(
    wire: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.e2e.test_at_simulated.FACTOR", 150.0)
    async with standing(tmp_path, wire) as at:
        lost = at.here.now()
        await at.lose_link(600)
        at.hardware.break_down(1, "DANGER", 86_400, severity=0)
        at.hardware.break_down(2, "DEBUG", 86_400, severity=9)
        await at.here.until(lambda: at.hardware.evses[1].halted and at.hardware.evses[2].halted)
        happened = at.here.now()
        await at.here.until(lambda: at.here.station("CS-1").connected is not None)
        back = at.here.now()
        assert back - lost >= timedelta(minutes=10)
        await at.link_is_back()
        await at.here.pass_by(60)

        (event,) = await at.here.facts(StationEventReported, "CS-1")
        assert event.code == "DANGER"
        assert lost <= event.at <= happened
        assert not event.cleared


@pytest.mark.at("AT-8.3.5-3", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_that_starts_faulted_tells_it_after_it_was_accepted(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire, broken=("GroundFailure", 2)) as at:
        here = at.here
        await here.until(lambda: here.station("CS-1").evses[1].connectors[1].state == "faulted")  # type: ignore[index] # literals
        await here.pass_by(30)
        facts = await here.facts(Event, "CS-1")
        boot = next(place for place, one in enumerate(facts) if isinstance(one, StationBooted))
        told = [place for place, one in enumerate(facts) if isinstance(one, ConnectorReported) and one.state == "faulted"]
        assert told
        assert boot < told[0]
        if wire != "v16":
            (event,) = [one for one in facts if isinstance(one, StationEventReported)]
            assert (event.code, event.cleared) == ("GroundFailure", False)
            assert boot < facts.index(event)


# --- 8.3.7 ------------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.3.7-1", "v201", "v21", "link")
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_rebooted_at_once_ends_first_and_comes_back_with_the_reason(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await here.pass_by(300)
        order = await here.ask("stations/CS-1/reboot", {"mode": "immediate"})
        ordered = here.now()
        assert order["outcome"] == "accepted"
        await here.until(lambda: at.hardware.restarts == 1)
        booted = here.station("CS-1").booted
        await here.until(lambda: here.station("CS-1").booted != booted)
        await at.link_is_back()

        facts = await here.facts(Event, "CS-1")
        story = [one for one in facts if isinstance(one, EnergyTransferEnded | StationDisconnected | StationBooted)]
        assert [type(one) for one in story] == [StationBooted, EnergyTransferEnded, StationDisconnected, StationBooted]
        assert isinstance(story[1], EnergyTransferEnded)
        assert story[1].reason == "ImmediateReset"
        assert story[1].at <= story[2].at
        assert timedelta(0) <= story[3].at - ordered <= timedelta(seconds=120)
        assert here.station("CS-1").boot_reason == ("" if wire == "v16" else "RemoteReset")
        at.hardware.leave(1)
        await here.until(lambda: here.rows(Sdr))
        assert here.rows(Sdr)[0].energy == pytest.approx(at.site.energy_shown(), abs=0.001)
        assert here.rows(Sdr)[0].energy > 0


@pytest.mark.at("AT-8.3.7-2", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_to_be_rebooted_when_idle_lets_nobody_in_until_it_was(wire: str, tmp_path: Path) -> None:
    """A station of 1.6 is not told before it is idle: it asks about whoever is not on its list, and hears no."""
    async with standing(tmp_path, wire, listed="ANNA" if wire == "v16" else "ANNA BERT") as at:
        here = at.here
        await at.charge(1, "ANNA")
        order = await here.ask("stations/CS-1/reboot", {"mode": "on-idle"})
        assert (order["outcome"], order["reason"]) == ("accepted", "Scheduled")
        at.arrive(2)
        at.present(2, "BERT")
        await here.pass_by(120)
        assert at.hardware.restarts == 0
        assert at.hardware.charging(1)
        assert not at.hardware.charging(2)
        assert not [one for one in here.station("CS-1").transfers.values() if one.evse == 2]

        at.present(1, "ANNA")  # ends it
        await here.until(lambda: at.hardware.restarts == 1)
        await here.until(lambda: here.station("CS-1").boot_reason == ("" if wire == "v16" else "ScheduledReset"))
        await here.until(lambda: here.station("CS-1").blocked_by == "")
        await at.link_is_back()
        assert [one.evse for one in await here.facts(EnergyTransferStarted, "CS-1")] == [1]
        at.present(2, "BERT")
        await here.until(lambda: at.hardware.charging(2))


@pytest.mark.at("AT-8.3.7-3", "v21", "link")
@pytest.mark.parametrize("wire", ["v21", "link"])
async def test_what_is_to_be_resumed_goes_on_after_the_reboot_as_the_same_transfer(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await here.pass_by(300)
        (before,) = here.station("CS-1").transfers.values()
        booted = here.station("CS-1").booted
        order = await here.ask("stations/CS-1/reboot", {"mode": "immediate-and-resume"})
        assert (order["outcome"], order["reason"]) == ("accepted", "NoError")
        await here.until(lambda: here.station("CS-1").booted != booted)
        assert here.station("CS-1").boot_reason == "RemoteReset"
        await at.link_is_back()
        await here.until(lambda: at.hardware.charging(1))
        await here.pass_by(300)
        at.hardware.leave(1)
        await here.until(lambda: here.rows(Sdr))

        facts = [one for one in await here.facts(Event, "CS-1") if isinstance(one, TransferFact)]
        assert {one.reference for one in facts} == {before.reference}
        assert [type(one) for one in facts if not isinstance(one, EnergyTransferUpdated)] == [
            EnergyTransferStarted,
            EnergyTransferEnded,
        ]
        assert [one.seq for one in facts] == list(range(len(facts)))
        assert [one.trigger for one in facts].count("TxResumed") == 1
        shown = [one.value for fact in facts for one in fact.readings if one.measurand == "energy.import.register"]
        assert shown == sorted(shown)
        (record,) = here.rows(Sdr)
        assert record.energy == pytest.approx(shown[-1] - shown[0], abs=0.001)
        assert record.energy == pytest.approx(at.site.energy_shown(), abs=0.001)


@pytest.mark.parametrize("wire", ["v201", "v21", "link"])
async def test_one_evse_is_rebooted_while_the_other_goes_on(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await at.charge(2, "BERT")
        order = await here.ask("stations/CS-1/reboot", {"mode": "immediate", "evse": 1})
        assert order["outcome"] == "accepted"
        await here.until(lambda: here.rows(EnergyTransfer, Where("ended", "not null")))
        assert not at.hardware.charging(1)
        (end,) = await here.facts(EnergyTransferEnded, "CS-1")
        assert (end.evse, end.reason) == (1, "ImmediateReset")
        assert at.hardware.charging(2)
        assert at.hardware.restarts == 0


# --- 8.3.15 -----------------------------------------------------------------------------------------------------------


@pytest.mark.at("AT-8.3.15-4", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_station_whose_clock_shows_1970_is_right_from_its_first_report_on(wire: str, tmp_path: Path) -> None:
    since_1970 = datetime.now(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    async with standing(tmp_path, wire, skew=-since_1970.total_seconds()) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await here.pass_by(300)
        at.present(1, "ANNA")  # ends it
        await here.until(lambda: here.rows(EnergyTransfer, Where("ended", "not null")))
        await at.link_is_back()
        boot = (await here.facts(StationBooted, "CS-1"))[0]
        bounds = boot.at - timedelta(seconds=CLOSE), here.now() + timedelta(seconds=CLOSE)
        facts = [one for one in await here.facts(Event, "CS-1") if isinstance(one, ConnectorReported | TransferFact)]
        assert len(facts) > 5
        assert [one for one in facts if not bounds[0] <= one.at <= bounds[1]] == []
        # OCPP does not say when a station booted, so a wrong clock shows on the link alone
        assert ("clock" in here.station("CS-1").flags) is (wire == "link")
        assert await here.facts(StationClockDoubted, "CS-1") == []


@pytest.mark.at("AT-8.3.15-4", *EVERY)
@pytest.mark.parametrize("wire", EVERY)
async def test_a_clock_that_goes_wrong_later_is_set_by_a_heartbeat_but_not_while_energy_flows(wire: str, tmp_path: Path) -> None:
    async with standing(tmp_path, wire, skew=7_200.0) as at:
        here, clock = at.here, at.clock

        def off() -> float:
            shown: datetime = clock.now()
            return abs((shown - here.now()).total_seconds())

        await here.until(lambda: off() < CLOSE)
        await at.charge(1, "ANNA")
        clock.set(3_600.0)
        await here.pass_by(400)  # a heartbeat at least
        assert off() > 3_000
        at.present(1, "ANNA")  # ends it
        await here.until(lambda: off() < CLOSE)


# --- 8.4.4 ------------------------------------------------------------------------------------------------------------

TABLE: dict[str, dict[str, bool]] = {
    "list": {"ANNA": True, "BAD": False, "CACHED": False, "CACHED-BAD": False, "STRANGE": False},
    "list-or-cache": {"ANNA": True, "BAD": False, "CACHED": True, "CACHED-BAD": False, "STRANGE": False},
    "allow-unknown": {"ANNA": True, "BAD": False, "CACHED": True, "CACHED-BAD": False, "STRANGE": True},
}
"""Policy → card → whether it may charge while nobody can be asked."""


@pytest.mark.at("AT-8.4.4-2", *EVERY)
@pytest.mark.parametrize("offline", TABLE)
@pytest.mark.parametrize("wire", EVERY)
async def test_offline_a_station_decides_by_its_policy_and_gives_in_to_a_late_rejection(
    wire: str, offline: Literal["list", "list-or-cache", "allow-unknown"], tmp_path: Path
) -> None:
    async with standing(tmp_path, wire, offline=offline) as at:
        here = at.here
        await here.token("BAD", blocked=True)
        await here.token("CACHED", local=False)
        await here.token("CACHED-BAD", local=False, blocked=True)
        for tag in ("CACHED", "CACHED-BAD"):  # nobody is plugged in: only the answer stays
            at.present(2, tag)
            await here.pass_by(10)
        await here.until(lambda: here.station("CS-1").local.version > 0)
        order = await here.ask("stations/CS-1/send-local-list", {"version": 7})
        assert order["outcome"] == "accepted"
        assert here.station("CS-1").local.version == 7
        noun = at.controller.noun
        assert noun is not None
        assert noun.local.version == 7

        await at.lose_link(7_200)
        for tag, admitted in TABLE[offline].items():
            at.arrive(1)
            at.present(1, tag)
            await here.pass_by(20)
            assert at.hardware.charging(1) is admitted, tag
            if admitted and tag != "STRANGE":
                at.present(1, tag)
                await here.pass_by(5)
            if tag != "STRANGE":
                at.hardware.leave(1)
                await here.pass_by(5)
        at.hardware.controller.mend_link()
        await at.link_is_back()

        starts = await here.facts(EnergyTransferStarted, "CS-1")
        assert len(starts) == sum(TABLE[offline].values())
        assert all(one.offline for one in starts)
        if offline == "allow-unknown":
            await here.until(lambda: not at.hardware.charging(1))  # the CSMS does not know that card
            await at.link_is_back()
            at.hardware.leave(1)
            await here.until(lambda: len(here.rows(Sdr)) == 3)
            stranger = here.rows(Sdr)[-1]
            assert "unknown-token" in stranger.flags
            assert stranger.energy > 0  # what was consumed is never refused
