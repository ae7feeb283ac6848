# SPDX-License-Identifier: Apache-2.0
"""Closes the links of stations that have left for good (8.3.13)."""

from open63110.bindings.link.server import Server as LinkServer
from open63110.bindings.ocpp.server import Server as OcppServer
from open63110.kernel.journal import Entry
from open63110.model.deregistration import StationDeregistered
from open63110.runtime.engine import Engine


class Farewell:
    """Looks after the servers of one CSMS."""

    def __init__(self, engine: Engine, ocpp: OcppServer, link: LinkServer) -> None:
        """Listen to what becomes durable."""
        self._ocpp, self._link = ocpp, link
        engine.commit.follow((StationDeregistered,), self._look)

    def _look(self, entries: list[Entry]) -> None:
        for one in entries:
            if one.kind is StationDeregistered:
                self._ocpp.dismiss(one.station)
                self._link.dismiss(one.station)
