# SPDX-License-Identifier: Apache-2.0
"""Records as CSV and JSON, streamed: memory does not grow with what is exported."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from open63110.bindings.web.shapes import Seer, show
from open63110.model.sdr import Sdr

COLUMNS = (
    "id",
    "session",
    "station",
    "evse",
    "began",
    "ended",
    "energy_Wh",
    "exported_Wh",
    "meter_id",
    "meter_start_Wh",
    "meter_stop_Wh",
    "credential_kind",
    "credential",
    "contract",
    "auth_method",
    "services",
    "transfers",
    "flags",
    "corrects",
    "produced",
)

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Begins of a text that spreadsheets would execute."""


def row(sdr: Sdr, seer: Seer) -> list[Any]:
    """Return a record as cells."""
    shown = show(sdr, seer)
    who = shown["subject"] or {"kind": "", "value": ""}
    services = " ".join(f"{one['kind']}={one['quantity']:g}{one['unit']}" for one in shown["services"])
    return [
        sdr.id,
        sdr.session,
        sdr.station,
        sdr.evse,
        _moment(sdr.began),
        _moment(sdr.ended),
        sdr.energy,
        sdr.exported,
        sdr.meter.id,
        sdr.meter.start,
        sdr.meter.stop,
        who["kind"],
        who["value"],
        shown["contract"],
        sdr.auth_method,
        services,
        " ".join(sdr.transfers),
        " ".join(sdr.flags),
        sdr.corrects,
        _moment(sdr.produced) if sdr.produced else "",
    ]


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def moment(at: datetime | None) -> str:
    """Write a moment, or nothing where there is none."""
    return "" if at is None else _moment(at)


def lines(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write a heading and its rows as CSV."""
    return "".join([line(columns), *map(line, rows)])


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def line(cells: Iterable[Any]) -> str:
    """Write a row of a table; nothing in it is executed by a spreadsheet."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def file(response: Response, name: str) -> Response:
    """Let a browser save an answer under a name."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


async def as_csv(sdrs: AsyncIterator[Sdr], seer: Seer) -> AsyncIterator[str]:
    """Write a heading, and a line for each record."""
    yield line(COLUMNS)
    async for sdr in sdrs:
        yield line(row(sdr, seer))


async def as_json(nouns: AsyncIterator[Any], seer: Seer) -> AsyncIterator[bytes]:
    """Write one array."""
    before = b"["
    async for noun in nouns:
        yield before + msgspec.json.encode(show(noun, seer))
        before = b",\n"
    yield b"]" if before != b"[" else b"[]"
