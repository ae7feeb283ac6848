# SPDX-License-Identifier: Apache-2.0
"""What is exported in the words of other models equals what is known here (AT-B.24-1)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.power_models import (
    NAMES,
    QUALITIES,
    UNITS,
    Model,
    Native,
    Point,
    Quality,
    exported,
    moment,
    of_readings,
    of_station,
    of_zone,
)
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.units import Watts
from open63110.model.limit import Confirmed, Limit, Limits
from open63110.model.reading import Reading
from open63110.model.site import SiteId, Zone, ZoneId, ZoneLimit
from open63110.model.station import Evse, Station

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)
PAGE = Path(__file__).parents[4] / "docs/bindings/power-models.md"
EVERY = pytest.mark.parametrize("model", list(Model))
MEASURED: list[Any] = [
    ("energy.import.register", "", 1_234_567.8),
    ("energy.export.register", "", 12.345),
    ("power.import", "", 11_000.0),
    ("power.import", "L1", 3_666.667),
    ("power.export", "", 250.0),
    ("current.import", "L2-N", 15.9),
    ("voltage", "L3", 230.4),
    ("frequency", "", 49.98),
    ("soc", "", 71.0),
]


def station(name: str, *, connected: bool = True, limit: float = 7_400.0) -> Station:
    readings = tuple(Reading(at=NOON, measurand=what, phase=phase, value=value) for what, phase, value in MEASURED)
    asked = Limit(limit=Watts(limit), since=NOON, export=Watts(2_000.0))
    whole = Confirmed(asked=asked, limit=Watts(limit), at=NOON + timedelta(seconds=1))
    one = Confirmed(asked=Limit(limit=Watts(limit), since=NOON), limit=Watts(3_680.5), at=NOON, by="cable")
    return Station(
        id=StationId(name),
        connected=NOON if connected else None,
        evses={EvseNumber(1): Evse(number=EvseNumber(1), readings=readings)},
        limits=Limits(in_force={EvseNumber(0): whole, EvseNumber(1): one}),
    )


def zone(**limit: Any) -> Zone:
    asked = Limit(limit=Watts(44_000.0), since=NOON)
    return Zone(id=ZoneId("deck"), site=SiteId("mall"), import_max=Watts(60_000.0), limit=ZoneLimit(asked=asked, **limit))


def table() -> Iterator[tuple[tuple[str, str], str, dict[Model, str]]]:
    """Read the page that is published: what and phase, unit, and the name in each model."""
    rows = re.findall(
        r"^\| ([a-z.]+) \| (all|L\d) \| (\w+) \| (.+) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    for what, phase, unit, *names in rows:
        found = {model: name.strip("`") for model, name in zip(Model, names, strict=True) if name != "–"}
        yield (what, "" if phase == "all" else phase), unit, found


def back(point: Point, model: Model) -> tuple[datetime, Quality]:
    """Read time and quality as whoever gets them would."""
    if model is Model.OBIS:
        raw = bytes.fromhex(point.time)
        assert (len(raw), raw[4], raw[9:]) == (
            12,
            datetime(raw[0] * 256 + raw[1], raw[2], raw[3], tzinfo=UTC).isoweekday(),
            bytes(3),
        )
        at = datetime(raw[0] * 256 + raw[1], raw[2], raw[3], raw[5], raw[6], raw[7], raw[8] * 10_000, tzinfo=UTC)
    elif model is Model.CIM:
        at = datetime.fromisoformat(point.time)
    else:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=point.time[0] + point.time[1] / 2**24)
    return at, next(quality for quality, words in QUALITIES[model].items() if words == point.quality)


@pytest.mark.at("AT-B.24-1")
@EVERY
def test_a_zone_is_exported_as_the_published_table_says_and_equals_what_is_known(model: Model) -> None:
    natives = list(of_zone(zone(), [station("CS1"), station("CS2", connected=False, limit=3_700.0)]))
    points = list(exported(natives, model))
    names = {key: name[model] for key, _, name in table() if model in name}
    units = {key: unit for key, unit, _ in table()}
    mapped = [one for one in natives if (one.what, one.phase) in names]
    assert len(points) == len(mapped) >= 12
    for native, point in zip(mapped, points, strict=True):
        name = names[native.what, native.phase]
        sign = -1 if name.startswith("−") else 1
        assert (point.object, point.name, point.unit) == (native.object, name.lstrip("−"), native.unit)
        assert native.unit == units[native.what, native.phase]
        assert sign * point.value == pytest.approx(native.value, abs=0.0005)
        at, quality = back(point, model)
        assert abs(at - native.at) <= timedelta(milliseconds=10)
        assert quality is native.quality


def test_registers_have_the_codes_that_every_meter_reader_knows() -> None:
    natives = of_zone(zone(), [station("CS1")])
    found = {(one.object, one.name): one.value for one in exported(natives, Model.OBIS)}
    about = "/mall/deck/CS1/1"
    assert found[about, "1-0:1.8.0"] == 1_234_567.8
    assert found[about, "1-0:2.8.0"] == 12.345
    assert found[about, "1-0:1.7.0"] == 11_000.0
    assert found[about, "1-0:2.7.0"] == 250.0
    assert (found[about, "1-0:51.7.0"], found[about, "1-0:72.7.0"]) == (15.9, 230.4)
    assert found["/mall/deck", "0-0:17.0.0"] == 44_000.0


def test_the_page_and_the_code_say_the_same() -> None:
    rows = list(table())
    for model in Model:
        page = {key: names[model] for key, _, names in rows if model in names}
        assert page == {key: f"{'−' if one.sign < 0 else ''}{one.name}" for key, one in NAMES[model].items()}
    assert all(UNITS[what.partition(".")[0]] == unit for (what, _), unit, _ in rows)


def test_export_has_the_other_sign_where_a_model_counts_both_as_one() -> None:
    natives = [Native("/x", "power.export", "", 250.0, "W", NOON, Quality.GOOD)]
    assert [one.value for one in exported(natives, Model.IEC61850)] == [-250.0]
    assert [one.value for one in exported(natives, Model.OBIS)] == [250.0]


def test_a_zone_whose_stations_have_not_all_confirmed_is_not_sure() -> None:
    (sure,), (unsure,) = of_zone(zone(), []), of_zone(zone(waiting=(StationId("CS1"),)), [])
    assert (sure.quality, unsure.quality) == (Quality.GOOD, Quality.OLD)
    assert list(of_zone(Zone(id=ZoneId("a"), site=SiteId("b"), import_max=Watts(1.0)), [])) == []


def test_the_newest_reading_of_the_outlet_counts() -> None:
    late, early = NOON + timedelta(seconds=5), NOON
    readings = [
        Reading(at=late, measurand="power.import", value=2.0),
        Reading(at=early, measurand="power.import", value=1.0),
        Reading(at=late, measurand="power.import", value=9.0, location="EV"),
        Reading(at=late, measurand="other", value=9.0, name="x"),
    ]
    assert [(one.value, one.at) for one in of_readings(readings, "/x", Quality.GOOD)] == [(2.0, late)]


def test_a_station_that_is_away_is_told_as_it_was() -> None:
    assert {one.quality for one in of_station(station("CS1", connected=False))} == {Quality.OLD}


@EVERY
@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_every_moment_comes_back(model: Model, at: datetime) -> None:
    point = Point(object="", name="", value=0.0, unit="", time=moment(at, model), quality=QUALITIES[model][Quality.GOOD])
    assert timedelta(0) <= at - back(point, model)[0] < timedelta(milliseconds=10)
