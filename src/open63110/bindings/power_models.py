# SPDX-License-Identifier: Apache-2.0
"""Measurements and limits in the words of the power industry: DLMS/COSEM, CIM, IEC 61850 (B.24); docs/bindings/power-models.md.

Nothing is converted but sign and time, so that a value is the native one, rounded to thousandths.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from open63110.model.reading import Reading
from open63110.model.site import Zone
from open63110.model.station import Station


class Model(StrEnum):
    """A conventional information model."""

    OBIS = "obis"
    """DLMS/COSEM: OBIS codes A-B:C.D.E of IEC 62056-6-1."""
    CIM = "cim"
    """IEC 61968-9: the 18 fields of a ReadingType."""
    IEC61850 = "iec61850"
    """IEC 61850-7-4: logical node, data object, attribute."""


class Quality(StrEnum):
    """How far a value can be relied on."""

    GOOD = "good"
    OLD = "old"
    """It was so when the station was heard last."""


class Native(NamedTuple):
    """A measurement or a limit as it is known here."""

    object: str
    """Path of what it is about, from the zone or the station on."""
    what: str
    """A measurand, or ``limit.import``, ``limit.export``."""
    phase: str
    """L1, L2, L3, or empty for all together."""
    value: float
    unit: str
    at: datetime
    quality: Quality


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """The same in a model's words."""

    object: str
    name: str
    value: float
    """In the model's direction: negative where it counts what is drawn and this is fed back."""
    unit: str
    time: Any
    """OBIS: COSEM date-time as hex; CIM: ISO 8601; IEC 61850: [seconds since 1970, fraction of 2²⁴]."""
    quality: str


UNITS: Final[Mapping[str, str]] = {"energy": "Wh", "power": "W", "limit": "W", "current": "A", "voltage": "V", "frequency": "Hz"}
"""By the first word of what is measured; what else there is has no place in these models."""

QUALITIES: Final[Mapping[Model, Mapping[Quality, str]]] = {
    Model.OBIS: {Quality.GOOD: "good", Quality.OLD: "old"},
    Model.CIM: {Quality.GOOD: "good", Quality.OLD: "old"},
    Model.IEC61850: {Quality.GOOD: "validity=good", Quality.OLD: "validity=questionable,oldData"},
}

PHASES: Final = ("", "L1", "L2", "L3")
_LETTERS: Final = {"": "", "L1": ".phsA", "L2": ".phsB", "L3": ".phsC"}
_CIM_PHASE: Final = {"": 224, "L1": 128, "L2": 64, "L3": 32}


class Name(NamedTuple):
    """How something is called, and what its value is multiplied with."""

    name: str
    sign: int = 1


Key = tuple[str, str]
"""What, and which phase."""


def _obis() -> Iterator[tuple[Key, Name]]:
    """OBIS: C tells quantity and phase (20, 40, 60 higher for L1, L2, L3), D how it is processed."""
    for what, quantity, processing in (
        ("energy.import.register", 1, 8),
        ("energy.export.register", 2, 8),
        ("energy.import.interval", 1, 29),
        ("energy.export.interval", 2, 29),
        ("power.import", 1, 7),
        ("power.export", 2, 7),
        ("current.import", 11, 7),
        ("voltage", 12, 7),
    ):
        for place, phase in enumerate(PHASES):
            yield (what, phase), Name(f"1-0:{quantity + 20 * place}.{processing}.0")
    yield ("frequency", ""), Name("1-0:14.7.0")
    yield ("limit.import", ""), Name("0-0:17.0.0")


def _cim() -> Iterator[tuple[Key, Name]]:
    """CIM: accumulation, direction, kind and unit of secondary metered electricity."""
    for what, accumulation, direction, kind, unit in (
        ("energy.import.register", 1, 1, 12, 72),
        ("energy.export.register", 1, 19, 12, 72),
        ("energy.import.interval", 4, 1, 12, 72),
        ("energy.export.interval", 4, 19, 12, 72),
        ("power.import", 12, 1, 37, 38),
        ("power.export", 12, 19, 37, 38),
        ("current.import", 12, 1, 4, 5),
        ("current.export", 12, 19, 4, 5),
        ("voltage", 12, 0, 54, 29),
    ):
        for phase, code in _CIM_PHASE.items():
            yield (what, phase), Name(f"0.0.0.{accumulation}.{direction}.1.{kind}.0.0.0.0.0.0.0.{code}.0.{unit}.0")
    yield ("frequency", ""), Name("0.0.0.12.0.1.15.0.0.0.0.0.0.0.0.0.33.0")
    yield ("limit.import", ""), Name("ActivePowerLimit.value")
    yield ("limit.export", ""), Name("ActivePowerLimit.value", -1)


def _iec61850() -> Iterator[tuple[Key, Name]]:
    """IEC 61850: what is drawn is demand and counts positive, what is fed back is supply and counts negative."""
    yield ("energy.import.register", ""), Name("MMTR.DmdWh.actVal")
    yield ("energy.export.register", ""), Name("MMTR.SupWh.actVal")
    yield ("power.import", ""), Name("MMXU.TotW.mag.f")
    yield ("power.export", ""), Name("MMXU.TotW.mag.f", -1)
    yield ("frequency", ""), Name("MMXU.Hz.mag.f")
    for phase in PHASES[1:]:
        letter = _LETTERS[phase]
        yield ("power.import", phase), Name(f"MMXU.W{letter}.cVal.mag.f")
        yield ("power.export", phase), Name(f"MMXU.W{letter}.cVal.mag.f", -1)
        yield ("current.import", phase), Name(f"MMXU.A{letter}.cVal.mag.f")
        yield ("voltage", phase), Name(f"MMXU.PhV{letter}.cVal.mag.f")


NAMES: Final[Mapping[Model, Mapping[Key, Name]]] = {
    Model.OBIS: dict(_obis()),
    Model.CIM: dict(_cim()),
    Model.IEC61850: dict(_iec61850()),
}
"""The mapping; what is not in it has no name there, or none that is public."""


def of_station(station: Station, place: str = "") -> Iterator[Native]:
    """Yield what is known of a station: the newest readings of its EVSEs, and what it keeps to.

    Args:
        station: as the CSMS has it.
        place: path of where it stands.
    """
    path, quality = f"{place}/{station.id}", Quality.GOOD if station.connected is not None else Quality.OLD
    for number, evse in sorted(station.evses.items()):
        yield from of_readings(evse.readings, f"{path}/{number}", quality)
    for number, kept in sorted(station.limits.in_force.items()):
        about = f"{path}/{number}" if number else path
        yield Native(about, "limit.import", "", kept.limit, "W", kept.at, quality)
        if kept.asked.export is not None:
            yield Native(about, "limit.export", "", kept.asked.export, "W", kept.at, quality)


def of_readings(readings: Iterable[Reading], about: str, quality: Quality) -> Iterator[Native]:
    """Yield the newest reading of each measurand and phase at the outlet."""
    newest: dict[Key, Reading] = {}
    for one in readings:
        key = (one.measurand, one.phase.removesuffix("-N"))
        if one.location in {"", "Outlet"} and (key not in newest or one.at >= newest[key].at):
            newest[key] = one
    for (what, phase), one in newest.items():
        unit = UNITS.get(what.partition(".")[0])
        if unit is not None:
            yield Native(about, what, phase, one.value, unit, one.at, quality)


def of_zone(zone: Zone, stations: Iterable[Station]) -> Iterator[Native]:
    """Yield what is known of a zone: its limit, and all of its stations."""
    path = f"/{zone.site}/{zone.id}"
    if zone.limit is not None:
        asked, sure = zone.limit.asked, not (zone.limit.failed or zone.limit.unreachable or zone.limit.waiting)
        yield Native(path, "limit.import", "", asked.limit, "W", asked.since, Quality.GOOD if sure else Quality.OLD)
    for station in stations:
        yield from of_station(station, path)


def exported(natives: Iterable[Native], model: Model) -> Iterator[Point]:
    """Yield all that a model has a name for."""
    for one in natives:
        name = NAMES[model].get((one.what, one.phase))
        if name is not None:
            yield Point(
                object=one.object,
                name=name.name,
                value=round(name.sign * one.value, 3),
                unit=one.unit,
                time=moment(one.at, model),
                quality=QUALITIES[model][one.quality],
            )


def moment(at: datetime, model: Model) -> Any:
    """Write a moment as a model does, in UTC; IEC 61850 rounds down to 2⁻²⁴ s, COSEM to hundredths."""
    utc = at.astimezone(UTC)
    if model is Model.OBIS:
        return _cosem(utc).hex()
    if model is Model.CIM:
        return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    since = utc - datetime(1970, 1, 1, tzinfo=UTC)
    whole = since // timedelta(seconds=1)
    return [whole, (since - timedelta(seconds=whole)) // timedelta(microseconds=1) * 2**24 // 1_000_000]


def _cosem(utc: datetime) -> bytes:
    """Year, month, day, day of week, hour, minute, second, hundredths, deviation 0, clock status 0."""
    fields = (utc.month, utc.day, utc.isoweekday(), utc.hour, utc.minute, utc.second, utc.microsecond // 10_000)
    return utc.year.to_bytes(2, "big") + bytes(fields) + bytes(3)
