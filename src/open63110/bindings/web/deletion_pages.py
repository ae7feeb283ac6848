# SPDX-License-Identifier: Apache-2.0
"""Pages about deletions of personal data: all requests, and one with what became of it at each holder (8.3.12)."""

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.deletions import Deletions
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import API
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page, View
from open63110.model.deletion import DeletionRequest

TONES = {"deleted": "good", "restricted": "good", "pending": "warn", "failed": "bad", "closed": "good"}
"""How results, and states of a request, look; what is not named is under way."""


class DeletionPages:
    """What is shown of deletions."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node keeps."""
        self._queries, self._page = parts.queries, page
        self._deletions = Deletions(parts.node, parts.access, parts.queries)

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/deletions": self.deletions, "/deletions/{key}": self.deletion}

    async def deletions(self, request: Request, caller: Caller) -> Response:
        """All requests, the newest first."""
        found, _ = await self._queries.page(caller, BY_PLURAL["deletions"], {"limit": "200"})
        return self._page(request, "deletions.html", caller, deletions=found, look=_look)

    async def deletion(self, request: Request, caller: Caller) -> Response:
        """One request with its report."""
        found: DeletionRequest = await self._queries.one(caller, BY_PLURAL["deletions"], request.path_params["key"])
        items = await self._deletions.items(found)
        report = f"{API}/deletions/{found.id}/report"
        return self._page(request, "deletion.html", caller, deletion=found, items=items, report=report, look=_look)


def _look(word: str) -> str:
    return TONES.get(word, "busy")
