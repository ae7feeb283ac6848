# SPDX-License-Identifier: Apache-2.0
"""What a level does not understand, over real links through a local CSMS: extensions of orders (B.14)."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.e2e.local_house import Local, Stations, facts, mall, until

from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.frames import Data, decode
from open63110.bindings.link.framing.header import Extension, Header, Kind, Priority, decode_header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.messages import Command
from open63110.kernel.units import Watts
from open63110.model.site import SiteId, ZoneId
from open63110.usecases.energy.smart_charging import LimitInForce, LimitPower, LimitZone

NAME = "org.example.thing"


def limit(station: str, watts: float = 7_000.0) -> LimitPower:
    return LimitPower(station=StationId(station), evse=EvseNumber(1), limit=Watts(watts))


async def order(here: House, command: Command, dst: str, extensions: dict[str, Extension]) -> Ending:
    """Order something over the link to the local CSMS, with extensions, and return what came of it."""
    header = Header(
        src="/",
        dst=dst,
        type=CODEC.number(command),
        kind=Kind.REQUEST,
        priority=Priority.CONTROL,
        deadline=here.now() + timedelta(seconds=120),
        key=os.urandom(8),
        path=(here.csms.level.relay.name,),
        extensions=extensions,
    )
    branch = here.csms.level.branches.branch("mall-lc")
    assert branch is not None
    said: list[Ending] = []
    body = CODEC.encode(command, station=command.station, subjects=here.csms.engine.known)
    branch.lines.send(header, body, durable=False, over=said.append, patience=120.0)
    await until(lambda: said, 30.0)
    return said[0]


class Ear:
    """Reads the frames that a local CSMS sends to its stations."""

    def __init__(self, local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
        self.headers: list[Header] = []
        frames = local.csms.frames
        noted = frames.note

        def note(station: StationId, frame: bytes, *, sent: bool) -> None:
            noted(station, frame, sent=sent)
            if sent and station != "mall-lc":
                read = decode(frame)
                if isinstance(read, Data) and read.head:
                    self.headers.append(decode_header(read.head))

        monkeypatch.setattr(frames, "note", note)

    @property
    def limits(self) -> list[Header]:
        """Of orders to limit power."""
        number = CODEC.number(limit("CS1"))
        return [one for one in self.headers if one.type == number and one.kind is Kind.REQUEST]


def limited(there: Stations, station: str) -> bool:
    return bool(there.noun(station).limits.desired)


@pytest.mark.at("AT-B.14-1", "link")
async def test_a_local_csms_passes_on_as_it_is_what_it_does_not_understand_of_an_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mall(tmp_path, ["CS1", "CS2"]) as (here, local, there, _):
        ear = Ear(local, monkeypatch)
        extensions = {NAME: Extension(value=bytes(range(256)) * 3), "org.example.empty": Extension()}
        ending = await order(here, limit("CS1"), "/mall/north/CS1", extensions)
        assert (ending.status, ending.words) == (0, "")
        assert [one.extensions for one in ear.limits] == [extensions]
        assert limited(there, "CS1")
        plain = await order(here, limit("CS2"), "/mall/north/CS2", {})
        assert plain.status == 0
        assert [one.extensions for one in ear.limits] == [extensions, {}]


@pytest.mark.at("AT-B.14-2", "link")
async def test_nothing_is_applied_of_an_order_with_something_critical_that_is_not_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mall(tmp_path, ["CS1", "CS2", "OCPP"], ocpp={"OCPP": Version.V21}) as (here, local, there, _):
        critical = {NAME: Extension(critical=True, value=b"\x00")}
        ear = Ear(local, monkeypatch)
        for dst in ("/mall/north/CS1", "/mall/north/OCPP", "/mall/north/*"):
            ending = await order(here, limit(dst.rpartition("/")[2]), dst, critical)
            assert (ending.status, ending.words) == (ErrorCode.UNSUPPORTED_EXTENSION, f"{NAME} is not understood")
        zone = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(9_000.0))
        ending = await order(here, zone, "/mall/north", critical)
        assert ending.status == ErrorCode.UNSUPPORTED_EXTENSION
        plain = await order(here, limit("CS2"), "/mall/north/CS2", {})
        assert plain.status == 0
        assert [one.extensions for one in ear.limits] == [{}]
        assert not any(limited(there, name) for name in ("CS1", "OCPP"))
        assert not any(local.station(name).limits.desired for name in ("CS1", "OCPP"))
        assert {one.station for one in await facts(local.csms, LimitInForce)} == {"CS2"}
