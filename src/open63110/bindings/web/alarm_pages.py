# SPDX-License-Identifier: Apache-2.0
"""The page of alarms: those of stations with their causes, to acknowledge and to resolve, and those about power (8.3.5)."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.alarms import SEVERITIES, tone_of, tone_of_severity, words_of
from open63110.bindings.web.faults import Meaning, explained, languages_of
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.queries import number_of
from open63110.bindings.web.site_pages import Page
from open63110.model.alarm import StationAlarm

View = Callable[[Request, Caller], Awaitable[Response]]

LISTING: Final = BY_PLURAL["station-alarms"]

ROWS: Final = 100

FILTERS: Final = ("station", "kind", "state")


class ShownAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm of a station with those that follow from it."""

    alarm: StationAlarm
    tone: str
    severity: str
    words: str
    meaning: Meaning | None = None
    """What its code means, in the reader's language; None: nothing explains it."""
    follow: tuple[StationAlarm, ...] = ()


class AlarmPages:
    """What is shown of alarms."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._node, self._page = parts, parts.node, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/alarms": self.alarms}

    async def alarms(self, request: Request, caller: Caller) -> Response:
        """All that are open, or, asked for a state, those of that state; the gravest first."""
        said = {name: value for name, value in request.query_params.items() if name in FILTERS and value}
        offset = number_of(dict(request.query_params), "offset", 0)
        found = await self.found(caller, said, offset, ROWS + 1)
        whole, states = "*" in caller.principal.scope, ("active", "acknowledged", "cleared", "over")
        power = sorted(self._node.engine.known.all_alarms.values(), key=lambda one: one.since, reverse=True) if whole else []
        page = f"/alarms?{urlencode(said)}"
        return self._page(
            request,
            "alarms.html",
            caller,
            shown=[self._explained(one, languages_of(request)) for one in grouped(found[:ROWS])],
            power=power if not said else [],
            tone_of=tone_of,
            said=said,
            states=states,
            part=f"{page}&part=live&offset={offset}",
            earlier=f"{page}&offset={max(0, offset - ROWS)}" if offset else "",
            later=f"{page}&offset={offset + ROWS}" if len(found) > ROWS else "",
            offset=offset,
            count=min(len(found), ROWS),
            total=await self._parts.queries.count(caller, LISTING, _wanted(said)),
        )

    def _explained(self, shown: ShownAlarm, languages: Sequence[str]) -> ShownAlarm:
        return msgspec.structs.replace(shown, meaning=explained(self._node, shown.alarm, languages))

    async def found(self, caller: Caller, said: Mapping[str, str], offset: int, limit: int) -> list[StationAlarm]:
        """Return alarms that a caller may see, the gravest first."""
        asked = {**_wanted(said), "order": "severity", "offset": str(offset), "limit": str(limit)}
        rows, _ = await self._parts.queries.page(caller, LISTING, asked)
        return rows


def _wanted(said: Mapping[str, str]) -> dict[str, str]:
    return dict(said) if "state" in said else {**said, "open": "true"}


def grouped(alarms: Iterable[StationAlarm]) -> Iterable[ShownAlarm]:
    """Put what follows from an alarm below it, as far as both are here; of what is equally grave the newest comes first."""
    rows = sorted(sorted(alarms, key=lambda one: one.last, reverse=True), key=lambda one: one.severity)
    here = {one.id for one in rows}
    for one in rows:
        if one.cause not in here:
            follow = tuple(other for other in rows if other.cause == one.id)
            yield ShownAlarm(
                alarm=one,
                tone="plain" if one.resolved else tone_of_severity(one.severity),
                severity=SEVERITIES[one.severity],
                words=words_of(one),
                follow=follow,
            )
