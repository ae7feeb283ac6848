# SPDX-License-Identifier: Apache-2.0
"""What a local CSMS says to the level above, frame by frame, from a peer that is not ours: what is taken, and what is not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.e2e.link_house import Raw, audited, link_house, raw
from tests.e2e.local_house import admit_level

from open63110.bindings.link.conversation import RATES
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, Delivered, Nack
from open63110.bindings.link.framing.header import Extension, Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.items import MOST
from open63110.kernel.ids import StationId, SubjectRef
from open63110.kernel.roles import Role
from open63110.model.quarantine import QuarantinedInput
from open63110.model.station import StationConnected
from open63110.usecases.services.authorize_locally import AuthorizeCredential
from open63110.usecases.stations.monitor_station import StationEventReported

CS1, PLACE = StationId("CS1"), "/mall/north/CS1"
CRITICAL = {"org.example.thing": Extension(critical=True, value=b"\x00")}


@contextlib.asynccontextmanager
async def level_below(folder: Path) -> AsyncIterator[tuple[House, Raw]]:
    """An upper CSMS, and a local one that has greeted it and told of a station."""
    async with link_house(folder) as (here, pki):
        await admit_level(here, "mall-lc", "/mall")
        async with raw(here, pki.tls("mall-lc", Role.LOCAL_CSMS), "mall-lc") as peer:
            await peer.greet()
            there = StationConnected(station=CS1, at=here.now(), wire="iec63110.link.v1", secure=True)
            await told(peer, 1, Header(src=PLACE, type=CODEC.number(there), path=("mall-lc",)), there)
            yield here, peer


async def told(peer: Raw, number: int, header: Header, message: object) -> None:
    """Say a message and see it confirmed."""
    await say(peer, number, header, message)
    while (await peer.next(Delivered)).ids[-1][-1] < number:
        pass


async def say(peer: Raw, number: int, header: Header, message: object) -> None:
    """Say a message about the station, whom the header names already."""
    await peer.say(number, header, CODEC.encode(message, station=CS1))


def event(here: House, code: str) -> StationEventReported:
    """A fact of which there may be many."""
    return StationEventReported(station=CS1, at=here.now(), component="Lock", severity=3, code=code)


@pytest.mark.at("AT-B.14-2", "link")
async def test_a_fact_from_a_level_below_with_something_critical_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    async with level_below(tmp_path) as (here, peer):
        header = Header(src=PLACE, type=CODEC.number(event(here, "A")), path=("mall-lc",), extensions=CRITICAL)
        await say(peer, 2, header, event(here, "A"))
        nack = await peer.next(Nack)
        assert (nack.id, nack.error, nack.retry_after) == (2, ErrorCode.UNSUPPORTED_EXTENSION, None)
        tolerable = Header(
            src=PLACE, type=header.type, path=("mall-lc",), extensions={"org.example.thing": Extension(value=b"\x00")}
        )
        await told(peer, 3, tolerable, event(here, "B"))
        assert [one.code for one in await here.facts(StationEventReported, "CS1")] == ["B"]
        assert [one.by for one in audited(here, "LinkUnsupportedExtension")] == ["mall-lc"]


@pytest.mark.at("AT-B.14-2", "link")
async def test_a_question_from_a_level_below_with_something_critical_is_not_decided(tmp_path: Path) -> None:
    async with level_below(tmp_path) as (here, peer):
        await here.token("ANNA")
        subject = here.csms.engine.known.named("ANNA")
        assert subject is not None
        asked = AuthorizeCredential(station=CS1, subject=subject)
        body = CODEC.encode(asked, station=CS1, subjects=here.csms.engine.known)
        until = here.now() + timedelta(seconds=60)
        plain = Header(
            src=PLACE,
            type=CODEC.number(asked),
            kind=Kind.REQUEST,
            priority=Priority.CONTROL,
            deadline=until,
            path=("mall-lc",),
        )
        critical = Header(
            src=PLACE,
            type=plain.type,
            kind=Kind.REQUEST,
            priority=Priority.CONTROL,
            deadline=until,
            path=("mall-lc",),
            extensions=CRITICAL,
        )
        await peer.say(2, critical, body)
        assert (await peer.next(Nack)).error == ErrorCode.UNSUPPORTED_EXTENSION
        await peer.say(3, plain, body)
        answer = await peer.next(Data)
        assert decode_header(answer.head).reply_to == 3
        assert not any(isinstance(one, Data) and decode_header(one.head).reply_to == 2 for one in peer.heard)
        assert SubjectRef(subject) in here.csms.engine.known.tokens


async def test_a_message_longer_than_was_advertised_is_refused_at_its_first_piece(tmp_path: Path) -> None:
    async with level_below(tmp_path) as (here, peer):
        header = Header(src=PLACE, type=CODEC.number(event(here, "A")), path=("mall-lc",))
        greeted = next(one for one in peer.heard if isinstance(one, Hello))
        assert greeted.receive.message == MOST
        for number, total, refused in ((2, MOST, False), (3, MOST + 1, True)):
            await peer.send(Data(id=number, chunk=bytes(2048), total=total, head=encode_header(header)))
            if refused:
                nack = await peer.next(Nack)
                assert (nack.id, nack.error) == (number, ErrorCode.TOO_LARGE)
        assert not here.rows(QuarantinedInput)


async def test_a_level_below_that_says_too_much_of_a_class_is_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RATES, Priority.NORMAL, (1.0, 3.0))
    async with level_below(tmp_path) as (here, peer):
        header = Header(src=PLACE, type=CODEC.number(event(here, "A")), path=("mall-lc",))
        for number in range(2, 5):
            await say(peer, number, header, event(here, str(number)))
        nack = await peer.next(Nack)
        assert (nack.id, nack.error) == (4, ErrorCode.RATE_LIMITED)
        assert nack.retry_after is not None
        await asyncio.sleep(nack.retry_after / 1000)
        peer.sent.append(peer.sent[-1])
        await peer.socket.send(peer.sent[-1])
        while (await peer.next(Delivered)).ids[-1][-1] < 4:
            pass
        assert [one.code for one in await here.facts(StationEventReported, "CS1")] == ["2", "3", "4"]
