# SPDX-License-Identifier: Apache-2.0
"""Sessions, ways and messages together, over frames: names of an EVSE, equal names, unequal versions (B.12, B.15)."""

import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from open63110.bindings.link.carriers.memory_carrier import Line
from open63110.bindings.link.framing.happenings import Arrived, Refused, Violated
from open63110.bindings.link.framing.header import Header, Kind, Priority
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.levels.relay import Here, Onward, Relay
from open63110.bindings.link.messages.codec import CODEC, Codec
from open63110.bindings.link.messages.registry import Registry
from open63110.bindings.link.session import LocalClock, MemoryOutbox, MemorySeen, Session
from open63110.kernel.address import Directory, parse
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Seconds, Watts
from open63110.model.station import ConnectorReported
from open63110.usecases.energy.smart_charging import LimitAnswer, LimitPower

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def session(name: str) -> Session:
    return Session(Hello(identity=name), MemoryOutbox(name.encode()), MemorySeen(), clock=LocalClock(NOON, 0.0, 0.01))


def line(upper: str, lower: str) -> Line:
    """Two ends that have greeted each other."""
    of = Line(session(upper), session(lower))
    of.connect()
    of.run(0.9)
    assert all(end.welcomed for end in of.ends)
    return of


def say(of: Line, end: int, message: Any, codec: Codec = CODEC, **more: Any) -> int:
    """Send a message from an end, as its registry has it."""
    definition = codec.definition(codec.number(message))
    header = Header(type=definition.number, version=definition.version, **({"kind": Kind.REQUEST} | more))
    return of.ends[end].send(header, codec.encode(message, station=message.station), of.now)


class Heard(NamedTuple):
    """A message as its receiver reads it."""

    address: str
    station: StationId | None
    message: Any


def hear(of: Line, relay: Relay, upper: str) -> list[Heard]:
    """Read what has come down to a local CSMS."""
    found = []
    for one in of.arrived(1):
        step = relay.route(one.header, upper)
        assert isinstance(step, Here)
        message = CODEC.decode(one.header.type, one.body, station=step.station)
        found.append(Heard(str(step.address), step.station, message))
    return found


def directory(**places: str) -> Directory:
    found = Directory()
    for station, path in places.items():
        found.place(StationId(station), parse(path))
    return found


def local(name: str, site: str) -> Relay:
    return Relay(name, parse(f"/{site}"), directory(CS1=f"/{site}/north/CS1"), direct=lambda _: True, upper="csms")


def limit(watts: float, evse: int = 1) -> LimitPower:
    return LimitPower(station=StationId("CS1"), evse=EvseNumber(evse), limit=Watts(watts))


@pytest.mark.at("AT-B.12-2", "link")
def test_whichever_name_an_evse_is_called_by_the_same_one_gets_the_message() -> None:
    of, below = line("csms", "mall-lc"), local("mall-lc", "mall")
    below.directory.alias("evseid", "DE*ABC*E17*1", parse("/mall/north/CS1/1"))
    below.directory.alias("ocpi", "b1e7", parse("/mall/north/CS1/1"))
    names = ("/mall/north/CS1/1", "evseid:DE*ABC*E17*1", "evseid:deabce171", "ocpp:CS1/1", "ocpi:b1e7")
    for number, name in enumerate(names):
        say(of, 0, limit(1_000.0 * number), dst=name, priority=Priority.CONTROL, about="CS1")
    of.run(3)
    expected = [Heard("/mall/north/CS1/1", StationId("CS1"), limit(1_000.0 * number)) for number in range(len(names))]
    assert hear(of, below, "csms") == expected


@pytest.mark.at("AT-B.12-3", "link")
def test_stations_of_two_sites_with_one_name_get_each_its_own() -> None:
    sites = {"mall": line("csms", "mall-lc"), "town": line("csms", "town-lc")}
    top = Relay("csms", parse("/"), directory(CS1="/mall/north/CS1", CS1_town="/town/north/CS1"), direct=lambda _: False)
    top.below = {f"{site}-lc": parse(f"/{site}") for site in sites}
    for site, watts in (("mall", 11_000.0), ("town", 3_700.0)):
        message = limit(watts)
        header = Header(type=CODEC.number(message), dst=f"/{site}/north/CS1/1", kind=Kind.REQUEST, priority=Priority.CONTROL)
        step = top.route(header, "")
        assert isinstance(step, Onward)
        way = sites[step.peer.removesuffix("-lc")]
        way.ends[0].send(step.header, CODEC.encode(message, station=message.station), way.now)
    for way in sites.values():
        way.run(3)
    for site, watts in (("mall", 11_000.0), ("town", 3_700.0)):
        expected = Heard(f"/{site}/north/CS1/1", StationId("CS1"), limit(watts))
        assert hear(sites[site], local(f"{site}-lc", site), "csms") == [expected]


def _registry() -> dict[str, Any]:
    """Read the registry as it lies beside its reader."""
    text = resources.files("open63110.bindings.link.messages").joinpath("registry.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def older(**gone: tuple[str, ...]) -> Codec:
    """The codec of a peer of an earlier minor version, which lacks some fields of messages."""
    source = _registry()
    for name, fields in gone.items():
        message = source["message"][name]
        message["fields"] = {field: key for field, key in message["fields"].items() if field not in fields}
        message["version"] = 1
        source["message"][name] = message
    return Codec(Registry(source))


def newer() -> Codec:
    """The codec of a peer whose definitions have risen by one."""
    source = _registry()
    for name in ("LimitPower", "LimitAnswer"):
        source["message"][name]["version"] += 1
    return Codec(Registry(source))


@pytest.mark.at("AT-B.15-3", "link")
def test_an_older_peer_ignores_new_fields_of_one_message_and_all_else_works() -> None:
    late, early = newer(), older(LimitPower=("failsafe", "failsafe_after", "level"), LimitAnswer=("until",))
    of = line("csms", "CS1")
    asked = replace(limit(7_400.0), failsafe=Watts(1_380.0), failsafe_after=Seconds(60.0), level=3)
    id = say(of, 0, asked, late, dst="/mall/north/CS1/1", priority=Priority.CONTROL)
    of.run(2)
    (arrived,) = of.arrived(1)
    assert arrived.header.version > early.definition(arrived.header.type).version
    assert early.decode(arrived.header.type, arrived.body, station=StationId("CS1")) == limit(7_400.0)
    assert late.decode(arrived.header.type, arrived.body, station=StationId("CS1")) == asked
    answer = LimitAnswer(evse=EvseNumber(1), limit=Watts(7_400.0), until=NOON + timedelta(hours=1))
    reply = Header(type=early.number(answer), kind=Kind.REPLY, reply_to=arrived.id, priority=Priority.CONTROL)
    of.ends[1].send(reply, early.encode(answer), of.now)
    other = ConnectorReported(station=StationId("CS1"), at=NOON, evse=EvseNumber(1), connector=1, state="available")  # type: ignore[arg-type] # a number
    say(of, 1, other, early, kind=Kind.EVENT)
    of.run(4)
    answered, reported = sorted(of.arrived(0), key=lambda one: one.header.kind)
    assert (answered.header.reply_to, arrived.id) == (id, id)
    assert late.decode(answered.header.type, answered.body) == replace(answer, until=None)
    assert late.decode(reported.header.type, reported.body, station=StationId("CS1")) == other
    assert [one for end in (0, 1) for kind in (Refused, Violated) for one in of.happened(end, kind)] == []
    assert [type(one) for one in of.arrived(1)] == [Arrived]
