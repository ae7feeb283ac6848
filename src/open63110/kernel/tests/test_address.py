# SPDX-License-Identifier: Apache-2.0
"""Addresses: paths, groups, other names (R-7.3-1, B.11, B.12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.kernel.address import DEPTH_MAX, ROOT, SEGMENT_MAX, Address, Directory, parse
from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.ids import StationId

NORTH, SOUTH = parse("/north/z1/CS1"), parse("/south/z1/CS1")
CS1, CS2 = StationId("CS1"), StationId("CS1-south")
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"), exclude_characters="/@")


def directory() -> Directory:
    made = Directory()
    made.place(CS1, NORTH)
    made.place(CS2, SOUTH)
    made.alias("evseid", "DE*ABC*E0017*1", NORTH.below(1))
    made.alias("ocpi", "b1e7", NORTH.below(1))
    return made


@given(st.lists(st.text(LETTERS, min_size=1, max_size=SEGMENT_MAX), max_size=DEPTH_MAX))
def test_what_is_formatted_is_parsed_to_the_same(segments: list[str]) -> None:
    address = Address(tuple(segments))
    assert parse(str(address)) == address
    assert address.depth == len(segments)
    assert address.within(ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "north",
        "//",
        "/north/",
        "/a/b/c/d/e/f",
        "/" + "x" * 49,
        "/a\nb",
        "/a\u202eb",
        "/ a",
        "/@model:X/z1",
        "/@model",
        "/@:x",
        "/@x:",
    ],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="an address") as caught:
        parse(text)
    assert caught.value.code == "BadAddress"


def test_a_path_says_what_it_names() -> None:
    part = parse("/north/z1/CS1/2/1")
    assert (part.evse, part.station, part.above) == (2, NORTH, parse("/north/z1/CS1/2"))
    assert (NORTH.evse, parse("/north/z1/CS1/x").evse, parse("/north/z1/CS1/²").evse) == (0, 0, 0)
    assert parse("/north/z1").station is None
    assert (ROOT.above, str(ROOT), ROOT.group) == (ROOT, "/", False)
    with pytest.raises(Malformed):
        part.below("more")
    with pytest.raises(Malformed):
        ROOT.below("a/b")


@pytest.mark.parametrize(
    ("address", "prefix", "inside"),
    [
        ("/north/z1/CS1", "/north", True),
        ("/north/z1/CS1", "/north/z1/CS1", True),
        ("/north/z1/CS1", "/nor", False),
        ("/north", "/north/z1", False),
        ("/north/z1/CS1", "/*/z1", True),
        ("/*/z1", "/north", False),
        ("/*/z1", "/*", True),
        ("/north/@model:X", "/north", True),
        ("/@model:X", "/*", False),
        ("/@model:X", "/@model:X", True),
    ],
)
def test_a_prefix_takes_in_what_lies_below(address: str, prefix: str, inside: bool) -> None:
    assert parse(address).within(parse(prefix)) is inside


@pytest.mark.parametrize(
    ("group", "address", "meant"),
    [
        ("/north/z1/*", "/north/z1/CS1", True),
        ("/north/z1/*", "/north/z2/CS1", False),
        ("/north/*/*", "/north/z2/CS1", True),
        ("/north/z1/*", "/north/z1/CS1/1", False),
        ("/north/z1/*/1", "/north/z1/CS1/1", True),
        ("/north/z1/CS1", "/north/z1/CS1", True),
        ("/@model:X", "/north/z1/CS1", True),
        ("/south/@model:X", "/north/z1/CS1", False),
        ("/@model:Y", "/north/z1/CS1", False),
        ("/north/z1/CS1/@model:X", "/north/z1/CS1", False),
    ],
)
def test_a_group_covers_its_members_only(group: str, address: str, meant: bool) -> None:
    assert parse(group).covers(parse(address), lambda name, _: name == "@model:X") is meant


def test_nothing_belongs_to_a_named_group_that_nobody_knows() -> None:
    assert not parse("/@tariff:night").covers(NORTH)
    assert parse("/@tariff:night").group
    assert parse("/north/*").group


@pytest.mark.at("AT-B.12-2", "link")
def test_evseid_ocpp_id_and_path_mean_the_same_evse() -> None:
    found = directory()
    names = ["evseid:DE*ABC*E0017*1", "evseid:deabce00171", "ocpp:CS1/1", "ocpi:b1e7", "/north/z1/CS1/1"]
    assert {found.resolve(name) for name in names} == {parse("/north/z1/CS1/1")}


@pytest.mark.at("AT-B.12-3", "link")
def test_two_sites_with_the_same_local_station_id_do_not_collide() -> None:
    found = directory()
    assert found.station(NORTH.below(1)) == CS1
    assert found.station(SOUTH) == CS2
    assert (found.path(CS1), found.path(CS2)) == (NORTH, SOUTH)


def test_a_place_is_taken_once_and_a_station_has_one() -> None:
    found = directory()
    with pytest.raises(Refused) as caught:
        found.place(CS2, NORTH)
    assert caught.value.code == "AddressTaken"
    found.place(CS1, parse("/east/-/CS1"))
    assert found.station(NORTH) is None
    with pytest.raises(Unknown):
        found.resolve("ocpi:b1e7")
    found.place(CS2, NORTH)
    assert found.known() == {CS1: parse("/east/-/CS1"), CS2: NORTH}
    for place in ("/north/z1", "/north/z1/*"):
        with pytest.raises(Malformed):
            found.place(CS1, parse(place))


def test_a_name_that_nobody_has_is_unknown_by_name() -> None:
    with pytest.raises(Unknown) as caught:
        directory().resolve("evseid:NO*BODY")
    assert caught.value.code == "UnknownAddress"


@pytest.mark.parametrize("text", ["CS1", "ocpp:", ""])
def test_what_is_neither_path_nor_name_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        directory().resolve(text)


@pytest.mark.parametrize(
    ("group", "stations"),
    [
        ("/", [CS1, CS2]),
        ("/north", [CS1]),
        ("/*/z1/*", [CS1, CS2]),
        ("/*/z1/*/1", [CS1, CS2]),
        ("/@model:X", [CS2]),
        ("/east", []),
    ],
)
def test_a_group_is_looked_up(group: str, stations: list[StationId]) -> None:
    found = directory().members(parse(group), lambda _, address: address == SOUTH)
    assert [station for station, _ in found] == stations


def test_nobody_is_above_all_stations() -> None:
    assert directory().station(ROOT) is None
    assert directory().path(StationId("CS9")) is None
