# SPDX-License-Identifier: Apache-2.0
"""What a station shows to its users, as a file that whatever drives its display reads; and what its maker says of its faults."""

import asyncio
from pathlib import Path
from typing import Final

import msgspec
import structlog

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import StationId
from open63110.runtime.engine import Engine
from open63110.station.panel import Shown, shows
from open63110.usecases.stations.provision_fault_codes import CatalogueLoaded

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Between two looks at what is to be shown [s]."""

SIGNATURE: Final = ".sig"
"""Behind the name of a catalogue: the file of its signature, in base64."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One text, as the file has it."""

    format: str
    language: str
    text: str


class PanelFile:
    """Keeps a JSON file in step with what is to be seen: {"1": [{"format", "language", "text"}, …], …} by EVSE."""

    def __init__(self, engine: Engine, station: StationId, path: Path) -> None:
        """Begin with a file that nobody wrote."""
        self._engine, self._station, self._path = engine, station, path
        self._written = b""

    async def run(self) -> None:
        """Look once a second, until cancelled; a disk that takes nothing is tried again."""
        while True:
            try:
                self.look()
            except OSError as fault:
                log.warning("the display cannot be written", path=str(self._path), reason=fault.strerror)
            await asyncio.sleep(EVERY)

    def look(self) -> None:
        """Write the file, if something else is to be seen: whole, or not at all.

        Raises:
            OSError: it cannot be written.
        """
        content = _written(shows(self._engine, self._station))
        if content == self._written:
            return
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.write_bytes(content)
        draft.replace(self._path)
        self._written = content


def _written(shown: Shown) -> bytes:
    lines = {
        str(evse): [Line(format=one.format.value, language=one.language, text=one.text) for one in contents]
        for evse, contents in sorted(shown.items())
    }
    return msgspec.json.encode(lines)


def load_catalogue(engine: Engine, station: StationId, path: Path) -> None:
    """Let a station know what its maker says of its fault codes; a file that will not do is told in the log, no more."""
    signature = path.with_name(path.name + SIGNATURE)
    try:
        content = path.read_text("utf-8")
        signed = signature.read_text("ascii").strip() if signature.exists() else ""
    except (OSError, UnicodeError) as fault:
        log.warning("the catalogue of fault codes cannot be read", path=str(path), reason=str(fault))
        return
    told = CatalogueLoaded(station=station, at=engine.clock.now(), content=content, signature=signed)
    refused: Trouble | None = engine.hear((told,))
    if refused is not None:
        log.error("the catalogue of fault codes is none", path=str(path), reason=refused.message, where=refused.where)
