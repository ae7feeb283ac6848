# SPDX-License-Identifier: Apache-2.0
"""The pages of firmware: images, campaigns with their progress, and what became of the latest orders (8.3.6)."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web.access import Caller
from open63110.bindings.web.listings import BY_PLURAL
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.site_pages import Page
from open63110.model.firmware import FAILED, GOOD, Campaign, CampaignState, FirmwareState, FirmwareUpdate, MemberState

View = Callable[[Request, Caller], Awaitable[Response]]

IMAGES, UPDATES, CAMPAIGNS = (BY_PLURAL[one] for one in ("firmware-images", "firmware-updates", "campaigns"))

LATEST: Final = "30"
"""Orders that are shown."""

ORDER: Final = (MemberState.DONE, MemberState.FAILED, MemberState.ORDERED, MemberState.WAITING, MemberState.SKIPPED)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign with what there is of each kind of station in it."""

    campaign: Campaign
    counts: tuple[tuple[MemberState, int], ...]
    tone: str

    @property
    def total(self) -> int:
        """Stations that are to be told."""
        return len(self.campaign.members) - self.campaign.count(MemberState.SKIPPED)

    @property
    def over(self) -> int:
        """Of them, those of which nothing more comes [%]."""
        return round(100 * self.campaign.count(MemberState.DONE, MemberState.FAILED) / self.total) if self.total else 100


def progress_of(campaign: Campaign) -> Progress:
    """Return how far a campaign is."""
    counts = tuple((state, campaign.count(state)) for state in ORDER if campaign.count(state))
    tones = {CampaignState.RUNNING: "good", CampaignState.STOPPED: "bad", CampaignState.PAUSED: "warn"}
    return Progress(campaign=campaign, counts=counts, tone=tones.get(campaign.state, "plain"))


def tone_of(state: FirmwareState) -> str:
    """Return how a state is shown."""
    return "good" if state in GOOD else "bad" if state in FAILED else "plain"


class FirmwarePages:
    """What is shown of firmware."""

    def __init__(self, parts: Parts, page: Page) -> None:
        """Show what the node knows."""
        self._parts, self._page = parts, page

    def views(self) -> dict[str, View]:
        """Return the pages by path."""
        return {"/firmware": self.firmware, "/campaigns/{key}": self.campaign}

    async def firmware(self, request: Request, caller: Caller) -> Response:
        """Images, campaigns, and the latest orders."""
        whole, door = "*" in caller.principal.scope, self._parts.node.firmware
        images, _ = await self._parts.queries.page(caller, IMAGES, {}) if whole else ([], None)
        campaigns, _ = await self._parts.queries.page(caller, CAMPAIGNS, {}) if whole else ([], None)
        updates: list[FirmwareUpdate]
        updates, _ = await self._parts.queries.page(caller, UPDATES, {"limit": LATEST})
        return self._page(
            request,
            "firmware.html",
            caller,
            images=images,
            campaigns=[
                progress_of(one) for one in sorted(campaigns, key=lambda one: (one.ended is not None, -one.began.timestamp()))
            ],
            updates=updates,
            tone_of=tone_of,
            largest=door.largest if door else 0,
            signed_only=self._parts.node.engine.policy.firmware_signed,
            part="/firmware?part=live",
        )

    async def campaign(self, request: Request, caller: Caller) -> Response:
        """One campaign with each of its stations.

        Raises:
            Unknown: there is none.
        """
        found: Campaign = await self._parts.queries.one(caller, CAMPAIGNS, request.path_params["key"])
        return self._page(request, "campaign.html", caller, one=progress_of(found), part=f"/campaigns/{found.id}?part=live")
