# SPDX-License-Identifier: Apache-2.0
"""Faults as people understand them: alarms of a station with what their codes mean, in the reader's language (8.3.11)."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Access, Caller
from open63110.bindings.web.operations import JsonResponse, Operation, Parameter
from open63110.bindings.web.queries import Queries
from open63110.bindings.web.shapes import show
from open63110.kernel.errors import Unknown
from open63110.model.alarm import StationAlarm
from open63110.model.language import accepted
from open63110.model.station import Identity
from open63110.ports import Where
from open63110.runtime.node import Node
from open63110.runtime.rows import TurnRows
from open63110.usecases.stations.provision_fault_codes import Explained, explain

ROLES: Final = "viewer, operator, admin"


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a code means, in one language."""

    code: str
    text: str
    """What is wrong."""
    user_text: str
    """The same for users of the station; empty: nothing."""
    remedy: str
    """What to do about it; empty: nobody says."""
    severity: int | None
    """As the catalogue has it: 0 danger … 9 debug; None: it says nothing of that."""
    blocking: bool
    standard: str
    """The standard code that means it, as CX004; empty: none does."""
    standard_name: str
    catalogue: str
    """Key of the catalogue that explains it; empty: it is a standard code."""
    version: str


class ExplainedFault(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that is open, with what its code means."""

    alarm: StationAlarm
    meaning: Meaning | None
    """None: nothing explains it, so its code stands for itself."""


def languages_of(request: Request) -> tuple[str, ...]:
    """Return what whoever asks reads, the best first; a person may say it once, in the address."""
    said = request.query_params.get("language", "")
    return ((said,) if said else ()) + accepted(request.headers.get("accept-language", ""))


def meaning_of(found: Explained, languages: Sequence[str]) -> Meaning:
    """Return what a code means, in the language that somebody reads best."""
    return Meaning(
        code=found.code,
        text=found.text(languages),
        user_text=found.user_text(languages),
        remedy=found.remedy(languages),
        severity=found.entry.severity,
        blocking=found.entry.blocking,
        standard=found.standard,
        standard_name=found.standard_name,
        catalogue=found.catalogue,
        version=found.version,
    )


def explained(node: Node, alarm: StationAlarm, languages: Sequence[str]) -> Meaning | None:
    """Return what the code of an alarm means; None: nothing explains it."""
    station = node.engine.stations.get(alarm.station)
    rows = TurnRows(node.engine.known.under_way, {})
    identity = station.identity if station is not None else Identity()
    found = explain((alarm.vendor_code, alarm.code), identity, rows, alarm.component.partition("@")[0])
    return meaning_of(found, languages) if found is not None else None


class Faults:
    """Questions about faults."""

    def __init__(self, node: Node, access: Access, queries: Queries) -> None:
        """Answer by what the node knows."""
        self._node, self._access, self._queries = node, access, queries

    def operations(self) -> Iterator[Operation]:
        """Return what REST offers."""
        language = Parameter(name="language", about="As de or en-GB; Accept-Language if not said.")
        yield Operation(
            id="listStationFaults",
            method="GET",
            path="stations/{station}/faults",
            summary="Open alarms of a station with what their codes mean, in the reader's language (8.3.11)",
            tag="faults",
            roles=ROLES,
            handler=self._of_station,
            answer=ExplainedFault,
            many=True,
            parameters=(language,),
        )
        kind = tuple(Parameter(name=name, about="Of the station.") for name in ("vendor", "model", "firmware", "component"))
        yield Operation(
            id="explainFaultCode",
            method="GET",
            path="fault-codes/{code}",
            summary="What a fault code means: by the catalogues here, and by the standard codes (8.3.11)",
            tag="faults",
            roles=ROLES,
            handler=self._of_code,
            answer=Meaning,
            parameters=(*kind, language),
        )

    async def _of_station(self, request: Request, caller: Caller) -> Response:
        station = self._queries.station(caller, request.path_params["station"])
        rows = TurnRows(self._node.engine.known.under_way, {})
        alarms = rows.load(StationAlarm, Where("station", "=", station.id), Where("open", "=", True))  # noqa: FBT003 - a value
        spoken, seer = languages_of(request), self._access.seer(caller)
        found = [{"alarm": show(one, seer), "meaning": explained(self._node, one, spoken)} for one in alarms]
        return JsonResponse({"items": found, "next": None})

    async def _of_code(self, request: Request, caller: Caller) -> Response:
        self._access.demand_reader(caller)
        code, said = request.path_params["code"], request.query_params
        identity = Identity(vendor=said.get("vendor", ""), model=said.get("model", ""), firmware=said.get("firmware", ""))
        rows = TurnRows(self._node.engine.known.under_way, {})
        found = explain((code,), identity, rows, said.get("component", ""))
        if found is None:
            remedy = "say vendor, model and firmware, or import the maker's catalogue"
            raise Unknown(f"nothing explains {code[:50]}", code="UnknownFaultCode", where="code", remedy=remedy)
        return JsonResponse(meaning_of(found, languages_of(request)))
