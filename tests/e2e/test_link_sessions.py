# SPDX-License-Identifier: Apache-2.0
"""Use cases over the link, unchanged: onboarding, charging, orders, events; and what befalls them on the way (6, 8)."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from tests.e2e.link_house import LinkStation, Raw, link_house, linked, raw

from open63110.bindings.link.conversation import RATES
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Delivered, Nack
from open63110.bindings.link.framing.header import Header, Priority
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import StationId, TransferReference
from open63110.kernel.messages import Event
from open63110.model.authorization import StopRemotely
from open63110.model.order import Order, Outcome
from open63110.model.sdr import Sdr
from open63110.model.session import SessionState
from open63110.model.station import StationConnected
from open63110.model.transfer import EnergyTransferEnded, TransferFact
from open63110.ports import Batch, Where
from open63110.usecases.stations.monitor_station import StationEventReported

CS1 = StationId("CS-1")
ANNA = {"kind": "ISO14443", "value": "ANNA"}


async def test_a_station_comes_on_board_by_link_and_its_session_ends_in_a_record(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        (up,) = await at.here.facts(StationConnected, "CS-1")
        assert (up.wire, up.secure) == ("iec63110.link.v1", True)
        await at.charge(1, "ANNA")
        await at.here.pass_by(300)
        at.hardware.leave(1)
        await at.here.until(lambda: at.here.rows(Sdr))
        (sdr,) = at.here.rows(Sdr)
        assert sdr.energy == pytest.approx(at.site.energy_shown(), abs=0.001)
        assert sdr.energy > 500


async def test_somebody_is_let_charge_and_stopped_from_outside(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        order = await at.here.ask("stations/CS-1/sessions/start", {"evse": 1, "subject": ANNA})
        assert order["outcome"] == "accepted"
        at.arrive(1)
        await at.here.until(lambda: at.session(1) is SessionState.CHARGING)
        (running,) = at.here.station("CS-1").transfers.values()
        order = await at.here.ask("stations/CS-1/sessions/stop", {"reference": running.reference})
        assert order["outcome"] == "accepted"
        await at.here.until(lambda: not at.hardware.charging(1))
        await at.link_is_back()
        (end,) = await at.here.facts(EnergyTransferEnded, "CS-1")
        assert end.reason == "Remote"


async def test_what_a_station_refuses_is_told_with_its_reason(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        assert (await at.here.ask("stations/CS-1/unlock", {"evse": 1, "connector": 1}))["outcome"] == "accepted"
        assert (await at.here.ask("stations/CS-1/clear-authorization-cache", {}))["outcome"] == "accepted"
        assert (await at.here.ask("stations/CS-1/ask-local-list-version", {}))["outcome"] == "accepted"
        command = StopRemotely(station=CS1, reference=TransferReference("nothing"))
        at.here.csms.engine.send(command)  # whoever asks at a door is told already here
        await at.here.until(lambda: stops(at))
        assert [(one.outcome, one.reason) for one in stops(at)] == [(Outcome.REJECTED, "UnknownTransaction")]


def stops(at: LinkStation) -> list[Order]:
    """Return the stops that have ended."""
    return [one for one in at.here.rows(Order, Where("kind", "=", "StopRemotely")) if one.ended is not None]


@pytest.mark.at("AT-6.2-2", "link")
async def test_a_cut_link_changes_no_session_and_what_happened_meanwhile_is_told_in_order(tmp_path: Path) -> None:
    async with linked(tmp_path) as at:
        here = at.here
        await at.charge(1, "ANNA")
        await at.charge(2, "BERT")
        await at.link_is_back()
        at.hardware.lose_link(300)
        await here.until(lambda: here.station("CS-1").connected is None)
        away: datetime = here.now()
        states = at.session(1), at.session(2)
        assert states == (SessionState.CHARGING, SessionState.CHARGING)
        await here.pass_by(240)
        assert (at.session(1), at.session(2)) == states
        await at.link_is_back()
        back: datetime = here.now()
        for evse in (1, 2):
            at.hardware.leave(evse)
        await here.until(lambda: len(here.rows(Sdr)) == 2)

        facts = [one for one in await here.facts(Event, "CS-1") if isinstance(one, TransferFact)]
        for reference in {one.reference for one in facts}:
            mine = [one for one in facts if one.reference == reference]
            assert [one.seq for one in mine] == list(range(len(mine)))
            assert [one.at for one in mine] == sorted(one.at for one in mine)
            meanwhile = [one for one in mine if away < one.at < back and one.offline]
            assert len(meanwhile) >= 2
            assert not any(one.offline for one in mine if one.at < away)


async def test_what_could_not_be_stored_is_told_again_and_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with linked(tmp_path) as at:
        store = at.here.csms.store
        await at.here.until(lambda: not at.site.waiting)

        def full(batch: Batch, heard: datetime) -> None:
            raise Unavailable(f"the disk is full: {len(batch.entries)} facts of {heard}")

        with monkeypatch.context() as broken:
            broken.setattr(store, "stage", full)
            tell(at, "A")
            await at.here.pass_by(20)
            assert at.site.waiting
        await at.here.until(lambda: not at.site.waiting)
        tell(at, "B")
        await at.here.until(lambda: not at.site.waiting)
        codes = [one.code for one in await at.here.facts(StationEventReported, "CS-1")]
        assert codes == ["A", "B"]


def tell(at: LinkStation, code: str) -> None:
    """Let the station report an event."""
    at.controller.fact(StationEventReported(station=CS1, at=at.here.now(), component="Lock", severity=3, code=code))


async def test_who_says_too_much_of_a_class_is_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RATES, Priority.NORMAL, (1.0, 3.0))
    async with link_house(tmp_path) as (here, pki):
        await here.register("CS-1")
        async with raw(here, pki.tls("CS-1")) as peer:
            await peer.greet()
            await peer.boot()
            said = 1
            refused: list[Nack] = []
            while not refused:  # four at once are too many, unless the machine stands still for a second amid them
                four = range(said + 1, said + 5)
                for said in four:
                    fact = StationEventReported(station=CS1, at=here.now(), component="Lock", severity=3, code=str(said))
                    await peer.say(said, Header(type=CODEC.number(fact)), fact)
                refused = await refusals(peer, four)
            assert {one.error for one in refused} == {ErrorCode.RATE_LIMITED}
            assert len(refused) < len(four)
            again = refused.pop(0)
            assert again.retry_after is not None
            assert 100 <= again.retry_after <= 1_000
            await asyncio.sleep(again.retry_after / 1_000)
            await peer.socket.send(peer.sent[again.id - said - 1])
            assert await refusals(peer, [again.id]) == []
        kept = [one.code for one in await here.facts(StationEventReported, "CS-1")]
        never = {one.id for one in refused}
        assert kept == [*(str(one) for one in range(2, said + 1) if one not in never | {again.id}), str(again.id)]


async def refusals(peer: Raw, numbers: Iterable[int]) -> list[Nack]:
    """Wait until each message was taken or not, and return the latter."""
    left, refused = set(numbers), list[Nack]()
    while left:
        frame: object = await peer.next(object)
        if isinstance(frame, Delivered):
            left -= {number for first, last in frame.ids for number in range(first, last + 1)}
        elif isinstance(frame, Nack):
            left.discard(frame.id)
            refused.append(frame)
    return refused
