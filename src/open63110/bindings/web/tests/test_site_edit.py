# SPDX-License-Identifier: Apache-2.0
"""One thing of a site changed, added or taken away, as people fill in forms (4.3)."""

import copy
from typing import Any

import pytest

from open63110.bindings.web import site_edit
from open63110.bindings.web.site_edit import FIELDS, added, changed, filled, find, removed
from open63110.kernel.errors import Malformed, Refused, Unknown


def evse(number: int) -> dict[str, Any]:
    return {"number": number, "evse_id": "", "import_max": 22_000.0, "export_max": None, "wiring": "L2", "pilots": [6.0, 16.0]}


def asset(name: str, kind: str) -> dict[str, Any]:
    return {**site_edit.FRESH["asset"], "id": name, "kind": kind, "assumed": [-4_000.0], "feeder": "cars"}


@pytest.fixture
def site() -> dict[str, Any]:
    stations = [
        {"id": "S1", "feeder": "cars", "evses": [evse(1), evse(2)]},
        {"id": "S2", "feeder": "", "evses": []},
    ]
    zone = {**site_edit.FRESH["zone"], "id": "deck", "import_max": 43_000.0, "feeder": "cars", "stations": stations}
    return {
        "id": "north",
        "address": "Elbe 1",
        "connections": [{"id": "grid", "import_max": 69_000.0, "export_max": 0.0, "amperes": [100.0] * 3, "volts": 230.0}],
        "feeders": [
            {**site_edit.FRESH["feeder"], "id": "cars", "parent": "grid", "amperes": [63.0] * 3},
            {**site_edit.FRESH["feeder"], "id": "row", "parent": "cars"},
        ],
        "assets": [asset("roof", "pv")],
        "zones": [zone],
    }


NAMES = ("site", "connection:grid", "feeder:cars", "asset:roof", "zone:deck", "station:S1", "evse:S1/2")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_form_shows_reads_back_as_it_is(site: dict[str, Any], name: str) -> None:
    before = copy.deepcopy(site)
    kind, thing, _ = find(site, name)
    assert changed(site, name, {field.name: filled(field, thing) for field in FIELDS[kind]}) == name
    assert site == before


def test_amounts_are_filled_in_as_people_say_them(site: dict[str, Any]) -> None:
    said = {"id": "box", "kind": "battery", "feeder": "cars", "wiring": "L1L2L3", "assumed": "-1.5, 0 2", "stale_after": "30"}
    said |= {"import_max": "10", "export_max": "8.25", "capacity": "50", "efficiency": "0.9"}
    assert added(site, "feeder:cars", "asset", said) == "asset:box"
    box = site["assets"][1]
    assert box["assumed"] == [-1_500.0, 0.0, 2_000.0]
    assert (box["import_max"], box["export_max"], box["capacity"], box["efficiency"]) == (10_000.0, 8_250.0, 50_000.0, 0.9)


def test_what_hangs_at_a_feeder_goes_on_doing_so_under_its_new_name(site: dict[str, Any]) -> None:
    assert changed(site, "feeder:cars", {"id": "cables", "parent": "grid", "amperes": "63 63 63"}) == "feeder:cables"
    assert site["feeders"][1]["parent"] == "cables"
    assert (site["assets"][0]["feeder"], site["zones"][0]["feeder"], site["zones"][0]["stations"][0]["feeder"]) == ("cables",) * 3
    changed(site, "connection:grid", {"id": "meadow", "import_max": "69"})
    assert site["feeders"][0]["parent"] == "meadow"


@pytest.mark.parametrize(
    ("below", "kind", "said", "name"),
    [
        ("site", "connection", {"id": "g2", "import_max": "10"}, "connection:g2"),
        ("connection:grid", "feeder", {"id": "T1", "parent": "grid", "winding": "delta-wye", "volts": "120"}, "feeder:T1"),
        ("feeder:row", "zone", {"id": "yard", "import_max": "11", "feeder": "row", "priority": "3"}, "zone:yard"),
        ("zone:deck", "station", {"id": "S3"}, "station:S3"),
        ("station:S2", "evse", {"wiring": "L1-L2"}, "evse:S2/1"),
        ("station:S1", "evse", {}, "evse:S1/3"),
    ],
)
def test_each_kind_of_thing_is_added_where_it_goes(
    site: dict[str, Any], below: str, kind: str, said: dict[str, str], name: str
) -> None:
    assert added(site, below, kind, said) == name
    assert find(site, name).kind == kind


@pytest.mark.parametrize(
    ("below", "kind"), [("site", "station"), ("zone:deck", "feeder"), ("evse:S1/1", "evse"), ("site", "nonsense")]
)
def test_nothing_is_added_where_it_does_not_go(site: dict[str, Any], below: str, kind: str) -> None:
    with pytest.raises(Malformed, match=f"no {kind} goes below"):
        added(site, below, kind, {"id": "x"})


@pytest.mark.parametrize(
    ("name", "next_to_see"),
    [("asset:roof", "site"), ("feeder:row", "site"), ("zone:deck", "site"), ("station:S2", "site"), ("evse:S1/2", "station:S1")],
)
def test_what_nothing_hangs_at_is_taken_away(site: dict[str, Any], name: str, next_to_see: str) -> None:
    assert removed(site, name) == next_to_see
    with pytest.raises(Unknown):
        find(site, name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("feeder:cars", "cars still feeds feeder row, pv roof, zone deck, station S1"),
        ("connection:grid", "grid still feeds feeder cars"),
        ("evse:S1/1", "take EVSE 2 away first"),
    ],
)
def test_what_something_hangs_at_stays(site: dict[str, Any], name: str, why: str) -> None:
    before = copy.deepcopy(site)
    with pytest.raises(Refused, match=why):
        removed(site, name)
    assert site == before


@pytest.mark.parametrize(
    ("name", "said", "where"),
    [
        ("zone:deck", {"id": "deck"}, "import_max"),
        ("zone:deck", {"id": "", "import_max": "1"}, "id"),
        ("zone:deck", {"id": "deck", "import_max": "much"}, "import_max"),
        ("zone:deck", {"id": "deck", "import_max": "1", "priority": "inf"}, "priority"),
        ("feeder:cars", {"id": "cars", "amperes": "63 63 x"}, "amperes"),
        ("asset:roof", {"id": "roof", "assumed": "nan"}, "assumed"),
    ],
)
def test_what_cannot_be_read_says_which_field(site: dict[str, Any], name: str, said: dict[str, str], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        changed(site, name, said)
    assert refusal.value.where == where


def test_a_station_keeps_the_name_it_connects_with(site: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="called as it connects"):
        changed(site, "station:S1", {"id": "S9"})
    with pytest.raises(Unknown, match="site north has no feeder T9"):
        find(site, "feeder:T9")


def test_a_station_moves_to_the_zone_it_is_given(site: dict[str, Any]) -> None:
    added(site, "connection:grid", "zone", {"id": "yard", "import_max": "11"})
    assert changed(site, "station:S1", {"id": "S1", "zone": "yard", "feeder": ""}) == "station:S1"
    assert [[one["id"] for one in zone["stations"]] for zone in site["zones"]] == [["S2"], ["S1"]]
    assert site["zones"][1]["stations"][0] == {"id": "S1", "feeder": "", "evses": [evse(1), evse(2)]}
    assert site_edit.zone_of(site, "S1") == "yard"
    assert site_edit.zone_of(site, "nobody") == ""
    with pytest.raises(Unknown, match="no zone none"):
        changed(site, "station:S1", {"id": "S1", "zone": "none"})
