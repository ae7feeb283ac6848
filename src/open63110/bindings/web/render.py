# SPDX-License-Identifier: Apache-2.0
"""Templates, and how figures are written for people."""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from open63110.bindings.web.queries import state_of
from open63110.model.transfer import EnergyTransfer

HERE = Path(__file__).parent
ZONE_COOKIE = "zone"


@functools.cache
def stamp() -> str:
    """Return what changes when any of our assets does: part of their addresses, so that browsers may keep them for good."""
    digest = hashlib.sha256()
    for file in sorted((HERE / "static").glob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def environment() -> Environment:
    """Make the template environment: everything is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(kw=kw, kwh=kwh, span=span, pretty=pretty, state=state_of, words=words, tone=tone)
    made.filters.update(dump=dump, resolved=resolved)
    made.globals["energy"] = energy
    made.globals["asset"] = lambda name: f"/static/{name}?{stamp()}"
    return made


class Renderer:
    """Renders pages whole, or just one block of them when a page asks for a part of itself."""

    def __init__(self) -> None:
        """Load templates when they are first needed."""
        self._environment = environment()

    def page(self, request: Request, name: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Return a page, or the block named by ``part`` in its query string."""
        template = self._environment.get_template(name)
        zone = zone_of(request)
        macros = vars(self._environment.get_template("macros.html").module)  # given, not imported: a block alone imports nothing
        given = {
            **macros,
            **context,
            "path": request.url.path,
            "when": lambda at, short=False: when(at, zone, short=short),
            "soon": lambda at: soon(at, zone, context["now"]),
        }
        part = request.query_params.get("part", "")
        if part in template.blocks and status == 200:
            text = "".join(template.blocks[part](template.new_context(given)))
            return HTMLResponse(text, status)
        return HTMLResponse(template.render(given), status)


def zone_of(request: Request) -> tzinfo:
    """Return the time zone of the reader's browser, UTC if it does not say."""
    name = request.cookies.get(ZONE_COOKIE, "").replace("%2F", "/")
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def when(at: datetime | None, zone: tzinfo, *, short: bool = False) -> Markup:
    """Write a moment in the reader's zone; UTC to the second stands in the title."""
    if at is None:
        return Markup('<span class="faint">–</span>')
    local = at.astimezone(zone)
    text = f"{local:%H:%M:%S}" if short else f"{local:%Y-%m-%d %H:%M:%S}"
    exact = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, text)


def soon(at: datetime | None, zone: tzinfo, now: datetime) -> Markup:
    """Write a moment near by: the time of today, with the day in front if it is another."""
    if at is None:
        return Markup('<span class="faint">–</span>')
    local, exact = at.astimezone(zone), at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%a %d %b %H:%M}"
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, text)


def kw(watts: float | None) -> str:
    """Write power."""
    if watts is None:
        return "–"
    return f"{watts / 1000:.1f} kW" if abs(watts) < 99_950 else f"{watts / 1000:.0f} kW"


def kwh(watt_hours: float | None) -> str:
    """Write energy."""
    return "–" if watt_hours is None else f"{watt_hours / 1000:.3f} kWh"


def span(seconds: float | None) -> str:
    """Write a duration."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else (f"{minutes} min" if minutes else f"{rest} s")


def pretty(text: str) -> str:
    """Indent JSON; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def dump(value: Any) -> str:
    """Write anything as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def resolved(schema: Any, schemas: Mapping[str, Any]) -> Any:
    """Return the schema that a reference leads to, one step deep: enough to read what a body holds."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return schemas.get(name, schema)


def energy(transfers: Iterable[EnergyTransfer]) -> float | None:
    """Return what some energy transfers brought into the EV so far [Wh]; None where no register is known."""
    registers = [one.imported for one in transfers if one.imported is not None]
    return sum(one.last - one.first + one.before_reset for one in registers) if registers else None


def words(name: str) -> str:
    """Write a name of the code as words: RebootStation becomes Reboot station; a name with a colon is another's, word by word."""
    if ":" in name:
        return name
    parts: list[str] = []
    for letter in name:
        if letter.isupper() and parts and not parts[-1].isupper() and parts[-1] != " ":
            parts.append(" ")
        parts.append(letter)
    spaced = "".join(parts)
    return spaced[:1] + spaced[1:].lower()


_TONES = {
    "good": {"accepted", "available", "online", "closed"},
    "busy": {"charging", "discharging", "ets-charging", "ets-discharging", "authorized", "sent", "acknowledged"},
    "warn": {
        "occupied",
        "waiting",
        "pending",
        "quarantined",
        "cleared",
        "suspended-ev",
        "suspended-evse",
        "ets-pending",
        "ets-paused",
    }
    | {"closing", "cleared", "ets-ended", "idle", "expired", "new"},
    "bad": {"faulted", "rejected", "failed", "not-authorized", "not-supported", "aborted", "blocked", "active", "deregistered"},
    "held": {"reserved"},
}


def tone(word: object) -> str:
    """Say how a state looks: good, busy, warn, bad, held, or plain."""
    return next((tone for tone, names in _TONES.items() if str(word) in names), "plain")
