# SPDX-License-Identifier: Apache-2.0
"""Pages about deletions of personal data: all requests, and one with what became of it at each holder (8.3.12)."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.deletions import Deletions
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.operations import API
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page, View
from open63110.kernel.ids import StationId
from open63110.model.deletion import DeletionRequest, DeletionState
from open63110.model.deregistration import STEPS, Deregistration
from open63110.ports import Store

TONES = {"deleted": "good", "restricted": "good", "pending": "warn", "failed": "bad", "closed": "good"}
"""How results, and states of a request, look; what is not named is under way."""

STATES: Mapping[DeletionState, str] = {
    "searching": "looking for holders",
    "waiting": "waiting for a session to end",
    "stations": "waiting for stations",
    "here": "being deleted here",
    "closed": "closed",
}

REASONS: Mapping[str, str] = {
    "RetainedByLaw": "kept for billing, without a name",
    "Deadline": "it did not come until the deadline",
    "AtNextStart": "letters in pages that no row uses go when this CSMS starts next",
    "Unreadable": "a file is damaged: the log says which",
    "UnderWay": "an order that names the person had not ended",
    "NotSupported": "it has no such function",
}
"""What is said to people; what is not named is in the words of a station."""

STEPS_SAID: Mapping[str, str] = {
    "inoperative": "out of use",
    "transfers": "what ran is ended",
    "queue": "what it had to tell",
    "cache": "remembered answers gone",
    "list": "local list gone",
    "profiles": "limits gone",
    "wipe": "wiped itself",
    "refused": "not let in any more",
}

OUTCOMES: Mapping[str, str] = {
    "done": "done",
    "none": "nothing to do",
    "absent": "cannot be told so on its wire",
    "Unreachable": "it was away",
    "NoAnswer": "no answer",
    "Deadline": "not until the deadline",
}


class Step(NamedTuple):
    """One step of a station on its way out."""

    what: str
    outcome: str
    tone: str


class Departure(NamedTuple):
    """How a station left, or leaves (8.3.13)."""

    record: Deregistration
    steps: tuple[Step, ...]


def departure(store: Store, station: StationId) -> Departure | None:
    """Return how a station left, or leaves; None: it stays."""
    record = store.get(Deregistration, station)
    if record is None:
        return None
    return Departure(record, tuple(_step(name, record.steps.get(name, "")) for name in STEPS))


def _step(name: str, word: str) -> Step:
    tone = "good" if word in {"done", "none"} else "busy" if not word else "faint" if word == "absent" else "warn"
    return Step(STEPS_SAID[name], OUTCOMES.get(word, word) or "to come", tone)


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
        return self._page(request, "deletions.html", caller, deletions=found, look=_look, states=STATES)

    async def deletion(self, request: Request, caller: Caller) -> Response:
        """One request with its report."""
        found: DeletionRequest = await self._queries.one(caller, BY_PLURAL["deletions"], request.path_params["key"])
        items = await self._deletions.items(found)
        report = f"{API}/deletions/{found.id}/report"
        said = {"deletion": found, "items": items, "report": report, "look": _look, "states": STATES, "reasons": REASONS}
        return self._page(request, "deletion.html", caller, **said)


def _look(word: str) -> str:
    return TONES.get(word, "busy")
