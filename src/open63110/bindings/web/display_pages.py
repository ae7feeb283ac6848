# SPDX-License-Identifier: Apache-2.0
"""The page of what displays show (8.3.8), and the page of fault codes with what they mean (8.3.11)."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.faults import Meaning, languages_of, meaning_of
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.model.display import MessagePriority, MessageState, StationMessage
from open63110.model.fault import CatalogueFetch, FaultCatalogue, FetchOutcome, UnknownFault
from open63110.model.language import accepted
from open63110.model.station import Identity
from open63110.ports import Query, Where
from open63110.runtime.rows import TurnRows
from open63110.usecases.stations.provision_fault_codes import explain, said

View = Callable[[Request, Caller], Awaitable[Response]]

ROWS: Final = 200

LANGUAGES: Final = ("en", "de", "fr")
"""In which the form offers a text; others go through REST and the command line."""


class DisplayPages:
    """What is shown of displays and of fault codes."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._node, self._page = parts, parts.node, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/displays": self.displays, "/fault-codes": self.fault_codes}

    async def displays(self, request: Request, caller: Caller) -> Response:
        """Messages of the stations that somebody may see, or of one of them."""
        station = request.query_params.get("station", "").strip()
        asked = {"limit": str(ROWS), "order": "station"} | ({"station": station} if station else {})
        found, following = await self._parts.queries.page(caller, BY_PLURAL["messages"], asked)
        messages: list[StationMessage] = sorted(found, key=lambda one: (one.station, one.number))
        return self._page(
            request,
            "displays.html",
            caller,
            messages=messages,
            more=following is not None,
            station=station,
            ranks=[one.value for one in MessagePriority],
            states=[one.value for one in MessageState],
            languages=LANGUAGES,
            part=f"/displays?part=live&station={station}",
        )

    async def fault_codes(self, request: Request, caller: Caller) -> Response:
        """Catalogues, what none of them explains, and one code, or one catalogue, looked up."""
        self._parts.access.demand_reader(caller)
        store, spoken, asked = self._node.store, languages_of(request), request.query_params
        catalogues = await store.find(FaultCatalogue, Query(order="key", limit=ROWS))
        unknown = await store.find(UnknownFault, Query(order="-count", limit=ROWS))
        bad = (Where("outcome", "in", (FetchOutcome.REFUSED.value, FetchOutcome.FAILED.value)),)
        fetches = await store.find(CatalogueFetch, Query(where=bad, order="-at", limit=ROWS))
        code = asked.get("code", "").strip()
        return self._page(
            request,
            "fault_codes.html",
            caller,
            catalogues=catalogues,
            unknown=unknown,
            fetches=fetches,
            code=code,
            asked={name: asked.get(name, "").strip() for name in ("vendor", "model", "firmware")},
            meaning=self._meaning(code, dict(asked), spoken) if code else None,
            chosen=next((one for one in catalogues if one.key == asked.get("catalogue")), None),
            text=lambda texts: said(texts, accepted(request.headers.get("accept-language", ""))),
        )

    def _meaning(self, code: str, asked: dict[str, Any], spoken: tuple[str, ...]) -> Meaning | None:
        said_of = {name: asked.get(name, "").strip() for name in ("vendor", "model", "firmware")}
        found = explain((code,), Identity(**said_of), TurnRows(self._node.engine.known.under_way, {}))
        return meaning_of(found, spoken) if found is not None else None
