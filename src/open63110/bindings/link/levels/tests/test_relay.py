# SPDX-License-Identifier: Apache-2.0
"""Ways through several levels (B.12, B.25)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.framing.header import MOST_HOPS, Extension, Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.levels.relay import Here, Onward, Relay, Spread, address_of, station_id_for
from open63110.kernel.address import ROOT, Address, Directory, parse
from open63110.kernel.errors import Malformed, Refused, Unavailable, Unknown
from open63110.kernel.ids import StationId
from open63110.model.site import ZoneKey

CS1, CS2 = parse("/mall/north/CS1"), parse("/mall/north/CS2")


def level(name: str, place: str, *direct: str, upper: str | None = None, also: tuple[str, ...] = ()) -> Relay:
    """A level with stations of its own and others that it knows of, all by path."""
    directory = Directory()
    for path in (*direct, *also):
        directory.place(StationId(path.rpartition("/")[2]), parse(path))
    near = {path.rpartition("/")[2] for path in direct}
    return Relay(name, parse(place), directory, direct=lambda station: station in near, upper=upper)


def top() -> Relay:
    one = level("csms", "/", "/town/-/CS8", also=("/mall/north/CS1", "/mall/north/CS2", "/mall/south/CS3"))
    one.below = {"mall-lc": parse("/mall"), "south-lc": parse("/mall/south")}
    return one


def local() -> Relay:
    return level("mall-lc", "/mall", "/mall/north/CS1", "/mall/north/CS2", upper="csms")


def to(dst: str, **more: object) -> Header:
    return Header(**({"type": 16, "dst": dst, "kind": Kind.REQUEST} | more))  # type: ignore[arg-type] # fields by name


def test_a_message_goes_down_level_by_level() -> None:
    step = top().route(to("/mall/north/CS2/1"), "")
    assert isinstance(step, Onward)
    assert (step.peer, step.header.path, step.header.src) == ("mall-lc", ("csms",), "/")
    assert local().route(step.header, "csms") == Here(parse("/mall/north/CS2/1"), StationId("CS2"))


def test_the_most_exact_level_below_gets_it() -> None:
    step = top().route(to("/mall/south/CS3"), "")
    assert isinstance(step, Onward)
    assert step.peer == "south-lc"


@pytest.mark.parametrize("dst", ["", "/mall", "/mall/north", "/mall/west"])
def test_what_names_the_level_or_a_zone_of_it_is_for_the_level(dst: str) -> None:
    assert local().route(to(dst), "csms") == Here(parse(dst or "/mall"), None)


def test_a_station_with_a_link_here_is_reached_directly_though_a_level_below_answers_for_its_place() -> None:
    one = level("csms", "/", "/mall/north/CS1")
    one.below = {"mall-lc": parse("/mall")}
    assert one.route(to("/mall/north/CS1"), "") == Here(CS1, StationId("CS1"))


def test_a_message_for_elsewhere_goes_up_and_down_again() -> None:
    step = local().route(to("/town/-/CS8", src="/mall/north/CS1"), "CS1")
    assert isinstance(step, Onward)
    assert (step.peer, step.header.path, step.header.src) == ("csms", ("mall-lc",), "/mall/north/CS1")
    assert top().route(step.header, "mall-lc") == Here(parse("/town/-/CS8"), StationId("CS8"))


@pytest.mark.at("AT-B.12-1", "link")
def test_an_unknown_address_is_answered_by_the_last_level_that_could_know_it() -> None:
    step = top().route(to("/mall/north/CS77"), "")
    assert isinstance(step, Onward)
    with pytest.raises(Unknown) as told:
        local().route(step.header, "csms")
    assert (told.value.code, told.value.where) == ("UnknownAddress", "/mall/north/CS77")
    for stranger in ("/other/-/CS1", "evseid:DE*ABC*E1"):
        with pytest.raises(Unknown):
            local().route(to(stranger), "csms")
    with pytest.raises(Unknown):
        top().route(to("/town/-/CS9"), "")
    with pytest.raises(Unknown):
        top().route(to("/mall/north/CS77"), "mall-lc")
    with pytest.raises(Malformed):
        top().route(to("/mall//CS1"), "")


@pytest.mark.at("AT-B.12-2", "link")
def test_other_names_are_the_same_way_and_are_looked_up_above_if_need_be() -> None:
    one = top()
    one.directory.alias("evseid", "DE*ABC*E1", parse("/mall/north/CS2/1"))
    for name in ("/mall/north/CS2/1", "evseid:DEABCE1", "ocpp:CS2/1"):
        step = one.route(to(name), "")
        assert isinstance(step, Onward)
        assert step.header.dst == "/mall/north/CS2/1"
    up = local().route(to("evseid:DE*ABC*E1"), "CS1")
    assert isinstance(up, Onward)
    assert up.peer == "csms"


@pytest.mark.at("AT-B.25-3", "link")
def test_a_message_that_comes_back_is_refused_and_goes_nowhere() -> None:
    first, second = level("a", "/mall", upper="b"), level("b", "/mall", upper="a")
    step = first.route(to("/town/-/CS1"), "")
    assert isinstance(step, Onward)
    step = second.route(step.header, "a-again")
    assert isinstance(step, Onward)
    with pytest.raises(Refused) as told:
        first.route(step.header, "b-again")
    assert told.value.code == "LoopDetected"


def test_a_message_passes_so_many_levels_and_no_more() -> None:
    with pytest.raises(Refused) as told:
        local().route(to("/mall", path=tuple(f"level{number}" for number in range(MOST_HOPS))), "csms")
    assert told.value.code == "LoopDetected"


def test_a_group_is_spread_with_one_message_for_each_level_below() -> None:
    step = top().route(to("/*/*", group=True), "")
    assert isinstance(step, Spread)
    assert step.leaves == ((StationId("CS8"), parse("/town/-/CS8")),)
    assert step.branches == {"mall-lc": (CS1, CS2), "south-lc": (parse("/mall/south/CS3"),)}
    assert step.header.path == ("csms",)
    below = local().route(step.header, "csms")
    assert isinstance(below, Spread)
    assert [id for id, _ in below.leaves] == ["CS1", "CS2"]


def test_a_group_is_not_spread_back_where_it_came_from() -> None:
    step = top().route(to("/*/*", group=True), "mall-lc")
    assert isinstance(step, Spread)
    assert set(step.branches) == {"south-lc"}


def test_a_level_without_a_link_cannot_be_reached() -> None:
    assert local().need("csms", connected=True) == "csms"
    with pytest.raises(Unavailable) as told:
        local().need("csms", connected=False)
    assert told.value.code == "Unreachable"


@pytest.mark.at("AT-B.14-1", "link")
@given(st.binary(max_size=200), st.booleans(), st.sampled_from(list(Priority)), st.integers(-(2**20), 2**20))
def test_what_a_level_does_not_understand_it_passes_on_as_it_is(
    value: bytes, critical: bool, priority: Priority, number: int
) -> None:
    extensions = {"org.example.thing": Extension(critical=critical, value=value)}
    header = to("/mall/north/CS1", extensions=extensions, priority=priority, type=abs(number), key=b"k", about="o", version=9)
    step = top().route(decode_header(encode_header(header)), "")
    assert isinstance(step, Onward)
    after = decode_header(encode_header(step.header))
    assert (after.extensions, after.priority, after.type) == (extensions, priority, abs(number))
    assert (after.key, after.about, after.version, after.kind) == (b"k", "o", 9, Kind.REQUEST)


@pytest.mark.at("AT-B.12-3", "link")
def test_stations_of_two_sites_that_are_called_the_same_do_not_collide() -> None:
    directory = Directory()
    names = []
    for path in ("/mall/north/CS1", "/town/north/CS1", "/town/south/CS2"):
        name = station_id_for(parse(path), directory)
        directory.place(name, parse(path))
        assert station_id_for(parse(path), directory) == name
        names.append(name)
    assert names == ["CS1", "CS1@town", "CS2"]
    assert address_of(names[1], ZoneKey("town:north")) == parse("/town/north/CS1")
    assert address_of(names[0], ZoneKey("mall:north")) == CS1


def test_a_station_whose_place_is_not_known_is_the_same_unless_it_is_known_to_be_elsewhere() -> None:
    directory = Directory()
    directory.place(StationId("CS1"), parse("/-/-/CS1"))
    directory.place(StationId("CS2@mall"), parse("/mall/-/CS2"))
    assert station_id_for(CS1, directory) == "CS1"
    assert station_id_for(CS1, directory, lambda station: station == "CS1") == "CS1@mall"
    assert station_id_for(CS2, directory) == "CS2@mall"


def test_a_station_without_a_zone_is_directly_at_its_site() -> None:
    assert address_of(StationId("CS1"), None, "mall") == parse("/mall/-/CS1")
    assert address_of(StationId("CS1"), None) == Address(("-", "-", "CS1"))
    assert address_of(StationId("@CS1"), None).group is False


def test_the_sender_of_a_message_is_known_above() -> None:
    assert top().passed(Header(type=1), "mall-lc").src == "/mall"
    assert local().passed(Header(type=1), "csms").src == str(ROOT)
    assert local().passed(Header(type=1, src="/x"), "csms").src == "/x"
