# SPDX-License-Identifier: Apache-2.0
"""The live stream: nothing lost, resumed where one left off, slow viewers dropped, each seeing only what it may."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from open63110.bindings.web import stream as live
from open63110.bindings.web.access import Caller
from open63110.bindings.web.stream import QUEUE, Stream, Viewer
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.errors import Unavailable
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.model.power import SitePower
from open63110.model.principal import Principal
from open63110.model.site import SiteId
from open63110.runtime.principals import PrincipalChange


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GATHER", 0.0)
    monkeypatch.setattr(live, "CHANGES_EVERY", 0.0)


@pytest.fixture
def stream(ground: Ground) -> Stream:
    found: Stream = ground.app.state.door.stream
    return found


async def caller(ground: Ground, role: Role = Role.ADMIN, scope: tuple[str, ...] = ("*",)) -> Caller:
    name = f"v-{role}-{scope[0].strip('*')}"
    if PrincipalId(name) not in ground.engine.known.principals:
        await ground.admit(role, name=name, scope=scope)
    return Caller(principal=ground.engine.known.principals[PrincipalId(name)], address="")


async def take(blocks: AsyncIterator[bytes], want: int) -> list[dict[str, Any]]:
    """Read so many events."""
    found: list[dict[str, Any]] = []
    while len(found) < want:
        block = await asyncio.wait_for(anext(blocks), 5)
        for event in block.decode().split("\n\n"):
            lines = dict(
                line.split(": ", 1) for line in event.split("\n") if ": " in line and not line.startswith((":", "retry"))
            )
            if lines:
                found.append({"id": lines.get("id"), "event": lines["event"], "data": msgspec.json.decode(lines["data"])})
    return found


async def begun(stream: Stream, who: Caller, *, changes: bool = False, after: int | None = None) -> AsyncIterator[bytes]:
    """Open a stream and wait until it is watched."""
    blocks = stream.watch(who, changes=changes, after=after)
    assert await anext(blocks) == b"retry: 2000\n\n"
    return blocks


def watching(blocks: AsyncIterator[bytes], want: int) -> "asyncio.Task[list[dict[str, Any]]]":
    return asyncio.ensure_future(take(blocks, want))


async def test_nothing_is_missed_that_happens_after_the_first_word(ground: Ground, stream: Stream) -> None:
    blocks = await begun(stream, await caller(ground))
    await ground.station()
    assert (await take(blocks, 1))[0]["event"] == "StationRegistered"


async def test_facts_are_told_as_they_become_durable_with_their_place_in_the_journal(ground: Ground, stream: Stream) -> None:
    task = watching(await begun(stream, await caller(ground)), 5)
    await ground.station()
    events = await task
    kinds = [one["event"] for one in events]
    assert kinds[:2] == ["StationRegistered", "StationConnected"]
    ids = [int(one["id"]) for one in events]
    assert ids == sorted(set(ids))
    assert events[0]["data"]["fact"]["station"] == CS


async def test_a_viewer_resumes_after_the_last_fact_it_has_seen(ground: Ground, stream: Stream) -> None:
    who = await caller(ground)
    await ground.station()
    facts = await ground.store.facts(limit=1000)
    events = await take(await begun(stream, who, after=2), len(facts) - 2)
    assert [int(one["id"]) for one in events] == [fact.id for fact in facts[2:]]


async def test_nothing_is_lost_between_catching_up_and_watching(ground: Ground, stream: Stream) -> None:
    who = await caller(ground)
    await ground.station()
    blocks = await begun(stream, who, after=0)
    first = await take(blocks, 1)
    await ground.station(StationId("CS-2"))
    facts = await ground.store.facts(limit=1000)
    rest = await take(blocks, len(facts) - len(first))
    ids = [int(one["id"]) for one in (*first, *rest)]
    assert sorted(set(ids)) == ids
    assert ids[-1] == facts[-1].id


async def test_each_sees_its_own_stations_and_credentials_masked(ground: Ground, stream: Stream) -> None:
    viewer = await caller(ground, Role.VIEWER, ("A-*",))
    task = watching(await begun(stream, viewer), 3)
    await ground.token(name="Ann")
    await ground.station(StationId("B-1"))
    await ground.station(StationId("A-1"))
    events = await task
    assert {one["data"]["fact"]["station"] for one in events} == {"A-1"}


async def test_changes_name_stations_and_kinds_once_for_many_facts(ground: Ground, stream: Stream) -> None:
    task = watching(await begun(stream, await caller(ground), changes=True), 1)
    await ground.station()
    (event,) = await task
    assert event["event"] == "changes"
    assert event["data"]["stations"] == [CS]
    assert "StationRegistered" in event["data"]["kinds"]


async def test_changes_elsewhere_are_not_told(ground: Ground, stream: Stream) -> None:
    viewer = await caller(ground, Role.VIEWER, ("A-*",))
    task = watching(await begun(stream, viewer, changes=True), 1)
    await ground.station(StationId("B-1"))
    await ground.station(StationId("A-1"))
    assert (await task)[0]["data"]["stations"] == ["A-1"]


async def test_what_is_the_same_for_many_is_written_once(ground: Ground, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Principal] = []
    block = stream.block

    def counted(facts: Any, principal: Principal) -> bytes:
        written.append(principal)
        return block(facts, principal)

    monkeypatch.setattr(stream, "block", counted)
    who = await caller(ground)
    tasks = [watching(await begun(stream, who), 1) for _ in range(5)]
    await ground.station()
    await asyncio.gather(*tasks)
    facts = await ground.store.facts(limit=1000)
    assert 1 <= len(written) <= len(facts)


async def test_a_slow_viewer_is_dropped_and_the_others_are_not(ground: Ground, stream: Stream) -> None:
    who = await caller(ground)
    slow, quick = Viewer(who, changes=True), Viewer(who, changes=True)
    stream._viewers |= {slow, quick}
    for _ in range(QUEUE + 1):
        stream._send(lambda one: one.changes, lambda _: b"block")
        quick.queue.get_nowait()
    assert stream._viewers == {quick}
    assert stream.dropped == 1
    left = [slow.queue.get_nowait() for _ in range(slow.queue.qsize())]
    assert left[-1] is None
    assert len(left) <= QUEUE + 1


async def test_a_viewer_that_is_shut_out_sees_no_more(ground: Ground, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    who = await caller(ground, Role.VIEWER)
    blocks = await begun(stream, who)
    task = watching(blocks, 1)
    admin = Principal(id=PrincipalId("x"), role=Role.ADMIN)
    await ground.station()
    await task
    await ground.principals.change(admin, who.principal.id, PrincipalChange(disabled=True))
    await ground.station(StationId("CS-2"))
    rest = b"".join([block async for block in blocks])
    assert b"CS-2" not in rest
    assert stream.viewers == 0


async def test_a_journal_that_cannot_be_read_ends_streams_and_nothing_else(
    ground: Ground, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await caller(ground)
    blocks = await begun(stream, who)
    task = watching(blocks, 1)
    facts = ground.store.facts

    async def fail(**_: Any) -> Any:
        raise Unavailable("the disk is gone")

    monkeypatch.setattr(ground.store, "facts", fail)
    await ground.station()
    with pytest.raises(StopAsyncIteration):
        await task
    monkeypatch.setattr(ground.store, "facts", facts)
    again = watching(await begun(stream, who), 1)
    await ground.station(StationId("CS-2"))
    assert (await again)[0]["data"]["fact"]["station"] in {CS, "CS-2"}


async def test_a_quiet_stream_is_kept_open(ground: Ground, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE", 0.001)
    blocks = await begun(stream, await caller(ground), changes=True)
    assert await anext(blocks) == b": still here\n\n"


async def test_closing_the_door_ends_every_stream(ground: Ground, stream: Stream) -> None:
    blocks = await begun(stream, await caller(ground), changes=True)
    task = watching(blocks, 1)
    stream.close()
    with pytest.raises(StopAsyncIteration):
        await task
    with pytest.raises(StopAsyncIteration):
        await anext(await begun(stream, await caller(ground), changes=True))


async def test_while_nobody_watches_nothing_is_gathered(ground: Ground, stream: Stream) -> None:
    await ground.station()
    assert stream._stations == set()
    assert not stream._durable.is_set()


@pytest.mark.parametrize("role", [Role.CSP, Role.STATION])
async def test_only_readers_may_watch(ground: Ground, role: Role) -> None:
    client = await ground.as_(role)
    assert (await client.get("/api/v1/events")).status_code == 403
    assert (await client.get("/api/v1/changes")).status_code == 403


async def test_a_last_event_id_that_is_none_is_malformed(ground: Ground) -> None:
    client = await ground.as_(Role.VIEWER)
    assert (await client.get("/api/v1/events", headers={"Last-Event-ID": "x"})).status_code == 400


async def test_whoever_watches_changes_hears_of_power_which_is_no_fact(ground: Ground, stream: Stream) -> None:
    power = SitePower(site=SiteId("north"), at=ground.clock.now())
    ground.engine.known.show_power(power, write=True)
    await ground.settle()
    task = watching(await begun(stream, await caller(ground), changes=True), 1)
    before = len(await ground.store.facts(limit=1000))
    later = msgspec.structs.replace(power, at=ground.later(seconds=1))
    ground.engine.known.show_power(later, write=False)
    assert (await task)[0]["data"] == {"stations": [""], "kinds": ["Power"]}
    assert len(await ground.store.facts(limit=1000)) == before
    assert ground.engine.known.power(power.site) == later
    assert ground.again().known.power(power.site) == power
