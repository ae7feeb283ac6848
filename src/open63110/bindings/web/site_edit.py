# SPDX-License-Identifier: Apache-2.0
"""One thing of a described site changed, added or taken away; what is left is checked like any description (4.3).

Things are named by kind and id, ``feeder:T1``, as the page links to them; a description is the object that REST shows.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from open63110.kernel.errors import Malformed, Refused, Unknown

Described = dict[str, Any]
Kind = Literal["site", "connection", "feeder", "asset", "zone", "station", "evse"]

KINDS: tuple[Kind, ...] = ("connection", "feeder", "asset", "zone", "station", "evse")


Written = Literal["id", "text", "choice", "feeder", "zone", "wiring", "number", "whole", "power", "energy", "currents", "powers"]
"""How a field is filled in."""


class Field(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    kind: Written = "text"
    """power and energy are filled in as kW and kWh; currents and powers are several numbers with spaces between them."""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Values with what they are called."""
    needed: bool = False


_ID = Field("id", "Id", "id", needed=True)
_FED = Field("feeder", "Fed by", "feeder")
_WIRING = Field("wiring", "Phases", "wiring", "L1L2L3, rotated L2L3L1, one L2, or between two L1-L2")
_EXPORT = Field("export_max", "Export at most [kW]", "power")
_AMPERES = Field("amperes", "Of each phase [A]", "currents", "160 160 160; empty: phases are not limited; 0: no such phase")
_VOLTS = Field("volts", "Phase to neutral [V]", "number")

FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    "site": (Field("address", "Address", "text", "for people"),),
    "connection": (_ID, Field("import_max", "Import at most [kW]", "power", needed=True), _EXPORT, _AMPERES, _VOLTS),
    "feeder": (
        _ID,
        Field("parent", "Fed by", "feeder"),
        _AMPERES,
        Field("import_max", "In all at most [kW]", "power", "empty: not limited"),
        _VOLTS._replace(hint="empty: as above it"),
        Field("winding", "Is", "choice", choices=(("", "a cable or a board"), ("delta-wye", "a transformer, delta to wye"))),
    ),
    "asset": (
        _ID,
        Field("kind", "Is", "choice", choices=(("load", "a load"), ("pv", "PV"), ("battery", "a battery"), ("meter", "a meter"))),
        _FED,
        _WIRING,
        Field(
            "assumed", "Assumed [kW]", "powers", "in all, or for each phase, where nobody measured lately; what gives is below 0"
        ),
        Field("stale_after", "A reading counts for [s]", "number"),
        Field("import_max", "Takes at most [kW]", "power", "a battery"),
        Field("export_max", "Gives at most [kW]", "power", "a battery, PV"),
        Field("capacity", "Holds [kWh]", "energy", "a battery"),
        Field("efficiency", "Of a whole turn", "number", "a battery; 0.9: a tenth is lost"),
    ),
    "zone": (
        _ID,
        Field("import_max", "Import at most [kW]", "power", needed=True),
        _EXPORT,
        _FED,
        Field("failsafe", "Without a link [kW]", "power", "what its stations may draw together; empty: as before"),
        Field("failsafe_after", "… after [s]", "number"),
        Field("priority", "Priority", "whole", "higher goes first"),
    ),
    "station": (
        _ID._replace(hint="as it connects"),
        Field("zone", "Zone", "zone"),
        _FED._replace(hint="empty: what feeds its zone"),
    ),
    "evse": (
        Field("evse_id", "EVSEID", "text", "as drivers know it"),
        Field("import_max", "Gives at most [kW]", "power"),
        Field("export_max", "Takes at most [kW]", "power", "from an EV that discharges"),
        _WIRING,
        Field("pilots", "Currents beside 0 [A]", "currents", "rising; two: anything between them; empty: anything from 6 A on"),
    ),
}
"""What can be filled in for each kind of thing."""

LISTS: Mapping[str, str] = {"connection": "connections", "feeder": "feeders", "asset": "assets", "zone": "zones"}

BELOW: Mapping[Kind, tuple[Kind, ...]] = {
    "site": ("connection",),
    "connection": ("feeder", "zone", "asset"),
    "feeder": ("feeder", "zone", "asset"),
    "zone": ("station",),
    "station": ("evse",),
}
"""What can be added to a thing."""

FRESH: Mapping[Kind, Described] = {
    "connection": {"import_max": None, "export_max": 0.0, "amperes": [], "volts": 230.0},
    "feeder": {"parent": "", "amperes": [], "import_max": None, "volts": None, "winding": ""},
    "asset": {"kind": "load", "feeder": "", "wiring": "", "assumed": [], "stale_after": 60.0, "efficiency": 1.0}
    | {"import_max": None, "export_max": None, "capacity": None},
    "zone": {"import_max": None, "export_max": 0.0, "failsafe": None, "failsafe_after": 60.0, "priority": 0, "feeder": ""}
    | {"stations": []},
    "station": {"feeder": "", "evses": []},
    "evse": {"evse_id": "", "import_max": None, "export_max": None, "wiring": "", "pilots": []},
}
"""A thing of which nothing was said yet."""


class Found(NamedTuple):
    """A thing, and the list it lies in."""

    kind: Kind
    thing: Described
    among: list[Described]


def find(site: Described, name: str) -> Found:
    """Return the thing of a name; the site itself has the name ``site``.

    Raises:
        Unknown: there is none.
    """
    if name == "site":
        return Found("site", site, [site])
    kind, _, id = name.partition(":")
    for one in _every(site, kind):
        if id == key_of(one, kind):
            return one
    raise Unknown(f"site {site['id']} has no {kind} {id}", code="UnknownThing", where="thing")


def key_of(found: Found, kind: str) -> str:
    """Return the id of a thing among those of its kind; of an EVSE its station and number."""
    return found.thing["key"] if kind == "evse" else str(found.thing["id"])


def _every(site: Described, kind: str) -> Iterator[Found]:
    if kind in LISTS:
        among = site[LISTS[kind]]
        yield from (Found(kind, one, among) for one in among)  # type: ignore[arg-type]  # a key of LISTS is a kind
    for zone in site["zones"] if kind in {"station", "evse"} else ():
        for station in zone["stations"]:
            if kind == "station":
                yield Found("station", station, zone["stations"])
            else:
                key = station["id"]
                yield from (Found("evse", one | {"key": f"{key}/{one['number']}"}, station["evses"]) for one in station["evses"])


def changed(site: Described, name: str, said: Mapping[str, str]) -> str:
    """Change a thing to what a form says; whatever hangs at it goes on doing so under its new name.

    Returns:
        What it is called now.
    """
    kind, thing, among = find(site, name)
    values = read(kind, said)
    if kind == "station":
        _moved(site, thing, values)
    if kind == "evse":
        thing = next(one for one in among if one["number"] == thing["number"])
    if kind in {"connection", "feeder"}:
        _renamed(site, thing["id"], values["id"])
    thing.update(values)
    return name if kind in {"site", "evse"} else f"{kind}:{thing['id']}"


def _moved(site: Described, station: Described, values: Described) -> None:
    """Let a station stand in the zone that a form names."""
    if values["id"] != station["id"]:
        raise Refused("a station is called as it connects: take it out, and place the other one", where="id")
    wanted, now = values.pop("zone"), zone_of(site, station["id"])
    if not wanted or wanted == now:
        return
    there = find(site, f"zone:{wanted}").thing["stations"]
    find(site, f"zone:{now}").thing["stations"].remove(station)
    there.append(station)


def zone_of(site: Described, station: str) -> str:
    """Return the id of the zone in which a station stands; empty: in none."""
    return next((one["id"] for one in site["zones"] if any(each["id"] == station for each in one["stations"])), "")


def _renamed(site: Described, old: str, new: str) -> None:
    """Let all that names a feeder or a connection name it as it will be called."""
    stations = [one for zone in site["zones"] for one in zone["stations"]]
    for thing in (*site["feeders"], *site["assets"], *site["zones"], *stations):
        for name in ("parent", "feeder"):
            if thing.get(name) == old and old != new:
                thing[name] = new


def added(site: Described, below: str, kind: str, said: Mapping[str, str]) -> str:
    """Add a thing below another.

    Returns:
        What it is called.

    Raises:
        Malformed: nothing of this kind goes there.
    """
    above = find(site, below)
    if kind not in BELOW.get(above.kind, ()):
        raise Malformed(f"no {kind} goes below a {above.kind}", where="kind")
    right: Kind = next(one for one in KINDS if one == kind)
    thing = {**FRESH[right], **read(right, said)}
    thing.pop("zone", None)
    among = _among(site, above, right)
    if right == "evse":
        thing["number"] = len(among) + 1
        among.append(thing)
        return f"evse:{above.thing['id']}/{thing['number']}"
    among.append(thing)
    return f"{right}:{thing['id']}"


def _among(site: Described, above: Found, kind: Kind) -> list[Described]:
    found: list[Described] = site[LISTS[kind]] if kind in LISTS else above.thing["stations" if kind == "station" else "evses"]
    return found


def removed(site: Described, name: str) -> str:
    """Take a thing away that nothing hangs at.

    Returns:
        What to look at instead.

    Raises:
        Refused: something hangs at it, or it is in the middle of numbers.
    """
    kind, thing, among = find(site, name)
    if kind == "evse":
        last = max(one["number"] for one in among)
        if thing["number"] != last:
            raise Refused(f"EVSEs are numbered without gaps: take EVSE {last} away first", where="number")
        among[:] = [one for one in among if one["number"] != last]
        return f"station:{thing['key'].rpartition('/')[0]}"
    if kind in {"connection", "feeder"}:
        _demand_nothing_fed(site, thing["id"])
    among.remove(thing)
    return "site"


def _demand_nothing_fed(site: Described, id: str) -> None:
    first = site["connections"][0]["id"] if site["connections"] else ""
    stations = [("station", one, one["feeder"]) for zone in site["zones"] for one in zone["stations"]]
    fed = [("feeder", one, one["parent"] or first) for one in site["feeders"]]
    fed += [(one["kind"], one, one["feeder"] or first) for one in site["assets"]]
    fed += [("zone", one, one["feeder"] or first) for one in site["zones"]]
    names = [f"{kind} {one['id']}" for kind, one, at in (*fed, *stations) if at == id]
    if names:
        raise Refused(f"{id} still feeds {', '.join(names[:5])}", code="FeederInUse", remedy="let something else feed them first")


def read(kind: Kind, said: Mapping[str, str]) -> Described:
    """Read a form of a kind of thing; what is left empty is what a fresh one has.

    Raises:
        Malformed: a field that is needed is empty, or no number.
    """
    values: Described = {}
    for field in FIELDS[kind]:
        text = said.get(field.name, "").strip()
        if not text and field.needed:
            raise Malformed(f"{field.label} is needed", code="Missing", where=field.name)
        values[field.name] = _value(field, text) if text else FRESH.get(kind, {}).get(field.name, "")
    return values


def _value(field: Field, text: str) -> Any:
    match field.kind:
        case "power" | "energy":
            return _number(field, text, 1000.0)
        case "number":
            return _number(field, text)
        case "whole":
            return int(_number(field, text))
        case "currents":
            return [_number(field, one) for one in text.replace(",", " ").split()]
        case "powers":
            return [_number(field, one, 1000.0) for one in text.replace(",", " ").split()]
        case _:
            return text


def number(text: str, name: str, label: str) -> float | None:
    """Read a number of a form; None: it was left empty.

    Raises:
        Malformed: it is something else.
    """
    return _number(Field(name, label), text.strip()) if text.strip() else None


def _number(field: Field, text: str, factor: float = 1.0) -> float:
    try:
        value = round(float(text) * factor, 3)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Malformed(f"{field.label}: {text!r} is no number", code="InvalidValue", where=field.name)
    return value


def filled(field: Field, thing: Described) -> str:
    """Write the value of a field as ``read`` reads it."""
    value = thing.get(field.name)
    if value is None:
        return ""
    if field.kind in {"currents", "powers"}:
        return " ".join(_short(one / (1000 if field.kind == "powers" else 1)) for one in value)
    if field.kind in {"power", "energy"}:
        return _short(value / 1000)
    return _short(value) if isinstance(value, float) else str(value)


def _short(value: float) -> str:
    return f"{value:.12g}"
