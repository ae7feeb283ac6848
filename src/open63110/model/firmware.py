# SPDX-License-Identifier: Apache-2.0
"""Firmware: images that lie here, updates of single stations, publications at local controllers, campaigns (8.3.6)."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.kernel.units import Seconds

LARGEST: Final = 1_073_741_824
"""Of an image [bytes]."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

FIRMWARE: Final = "firmware"
"""Begin of Station.blocked_by while firmware is being installed."""

AWAITED: Final = "awaits new software"
"""Station.blocked_by while an update waits for the end of what runs, and nobody else is to be let in before it."""


class FirmwareState(StrEnum):
    """How far an update is."""

    ORDERED = "ordered"
    """The station has not answered yet."""
    ACCEPTED = "accepted"
    DOWNLOAD_SCHEDULED = "download-scheduled"
    DOWNLOADING = "downloading"
    DOWNLOAD_PAUSED = "download-paused"
    DOWNLOADED = "downloaded"
    SIGNATURE_VERIFIED = "signature-verified"
    INSTALL_SCHEDULED = "install-scheduled"
    """It waits for its time, or until no energy flows."""
    INSTALLING = "installing"
    INSTALL_REBOOTING = "install-rebooting"
    INSTALLED = "installed"
    DOWNLOAD_FAILED = "download-failed"
    INVALID_SIGNATURE = "invalid-signature"
    INSTALL_VERIFICATION_FAILED = "install-verification-failed"
    """The image is not what it should be, or the new version failed its test and the old one runs again."""
    INSTALLATION_FAILED = "installation-failed"
    REFUSED = "refused"
    """The station, or somebody on the way, did not take the order."""
    CANCELLED = "cancelled"
    """A later order took its place."""
    IDLE = "idle"
    """A station says so when asked while nothing is under way."""


GOOD: Final = frozenset({FirmwareState.INSTALLED})
FAILED: Final = frozenset(
    {
        FirmwareState.DOWNLOAD_FAILED,
        FirmwareState.INVALID_SIGNATURE,
        FirmwareState.INSTALL_VERIFICATION_FAILED,
        FirmwareState.INSTALLATION_FAILED,
        FirmwareState.REFUSED,
    }
)
OVER: Final = GOOD | FAILED | {FirmwareState.CANCELLED}
"""Nothing more comes of it."""

UNDER_WAY: Final = frozenset({FirmwareState.INSTALLING, FirmwareState.INSTALL_REBOOTING})
"""The station must not be disturbed."""


class FirmwareImage(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """An image with its manifest. Its content lies on the disk under its hash."""

    id: str
    vendor: str
    models: tuple[str, ...]
    """Of stations it is for."""
    version: str
    """What a station calls itself that runs it."""
    component: str = ""
    """Part of the station; empty: the controller."""
    hardware: tuple[str, ...] = ()
    """Hardware versions that it runs on, in the maker's words; none: all."""
    size: int = 0
    """[bytes]"""
    sha256: str = ""
    """In hexadecimal digits, small ones."""
    signature: str = ""
    """Of the content, in base64; empty: it is not signed."""
    certificate: str = ""
    """PEM: of whoever signed it."""
    notes: str = ""
    """What is new, for people."""
    uploaded: datetime | None = None
    """When its content was here and right; None: it is awaited."""
    trusted: bool = False
    """Its signer descends from a manufacturer root of this CSMS."""
    md5: str = ""
    """In hexadecimal digits; OCPP knows images at local controllers by it."""
    by: str = ""

    @property
    def signed(self) -> bool:
        """It bears a signature and says whose."""
        return bool(self.signature and self.certificate)

    @property
    def file(self) -> str:
        """What it is called on its way; never a path."""
        return f"{self.sha256[:16]}.bin"


class FirmwareStep(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One thing that became of an update."""

    at: datetime
    state: FirmwareState
    detail: str = ""


class FirmwareUpdate(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One order to one station; the station keeps it in the same form."""

    key: str
    """``station:request``."""
    station: StationId
    request: int
    """By what the station refers to it."""
    asked: datetime
    until: datetime
    """After this the image cannot be fetched for it any more."""
    retrieve_at: datetime
    image: str = ""
    """Id of the image; empty: it lies elsewhere."""
    version: str = ""
    install_at: datetime | None = None
    """None: as soon as possible."""
    retries: int = 0
    retry_interval: Seconds = Seconds(60.0)
    """[s]"""
    sha256: str = ""
    size: int = 0
    location: str = ""
    """At the station: where to fetch it; empty: it comes in band. A CSMS does not keep what a ticket is in."""
    signature: str = ""
    certificate: str = ""
    admit: bool = True
    """While it waits for the end of what runs, others may begin to charge."""
    campaign: str = ""
    by: str = ""
    state: FirmwareState = FirmwareState.ORDERED
    history: tuple[FirmwareStep, ...] = ()
    ended: datetime | None = None
    before: str = ""
    """At the station: the version that ran when it came."""
    unnumbered: bool = False
    """At the station: the wire gave the order no number, so that statuses have none, either."""

    @property
    def said(self) -> int:
        """The number that statuses bear, 0: none."""
        return 0 if self.unnumbered else self.request

    @property
    def file(self) -> str:
        """What the image is called on its way in band."""
        return f"{self.request}-{self.sha256[:16]}.bin"


class PublicationState(StrEnum):
    """How far a publication is, in the words of OCPP 2.x."""

    ORDERED = "ordered"
    ACCEPTED = "accepted"
    IDLE = "idle"
    DOWNLOAD_SCHEDULED = "download-scheduled"
    DOWNLOADING = "downloading"
    DOWNLOAD_PAUSED = "download-paused"
    DOWNLOADED = "downloaded"
    CHECKSUM_VERIFIED = "checksum-verified"
    PUBLISHED = "published"
    DOWNLOAD_FAILED = "download-failed"
    INVALID_CHECKSUM = "invalid-checksum"
    PUBLISH_FAILED = "publish-failed"
    REFUSED = "refused"
    UNPUBLISHED = "unpublished"


NOT_PUBLISHED: Final = frozenset(
    {
        PublicationState.DOWNLOAD_FAILED,
        PublicationState.INVALID_CHECKSUM,
        PublicationState.PUBLISH_FAILED,
        PublicationState.REFUSED,
        PublicationState.UNPUBLISHED,
    }
)
"""Nothing comes of it any more."""


class FirmwarePublication(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """An image at a local controller, or local CSMS, which serves it to what is behind it."""

    key: str
    """``station:md5``; a local CSMS keeps its own with an empty station."""
    station: StationId
    """The controller, or the identity of the level below; empty: this very level."""
    md5: str
    request: int
    asked: datetime
    until: datetime
    image: str = ""
    location: str = ""
    """At whoever publishes: where to fetch it."""
    sha256: str = ""
    size: int = 0
    retries: int = 0
    retry_interval: Seconds = Seconds(60.0)
    state: PublicationState = PublicationState.ORDERED
    locations: tuple[str, ...] = ()
    """Where stations fetch it then."""
    changed: datetime | None = None


class CampaignState(StrEnum):
    """How far a campaign is."""

    RUNNING = "running"
    PAUSED = "paused"
    """No further station is told; what is under way goes on."""
    STOPPED = "stopped"
    """Too much has failed."""
    CANCELLED = "cancelled"
    DONE = "done"


CAMPAIGN_OVER: Final = frozenset({CampaignState.CANCELLED, CampaignState.DONE, CampaignState.STOPPED})


class MemberState(StrEnum):
    """How far a campaign is with one station."""

    WAITING = "waiting"
    """For its wave, a window, its link, or the end of what runs."""
    ORDERED = "ordered"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It runs that version already, or there is no image for it."""


class CampaignMember(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One station of a campaign."""

    station: StationId
    wave: int
    """From 0 on."""
    image: str = ""
    """None for it: empty."""
    state: MemberState = MemberState.WAITING
    request: int = 0
    reason: str = ""
    ended: datetime | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A time of each day, UTC, in which stations may be told; it may go over midnight."""

    begins: int
    """[min] after midnight"""
    ends: int

    def open(self, at: datetime) -> bool:
        """Tell whether it is that time."""
        minute = at.hour * 60 + at.minute
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


class Campaign(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One image, or one for each model, to many stations, wave after wave."""

    id: str
    images: tuple[str, ...]
    members: tuple[CampaignMember, ...]
    """In the order in which they are told."""
    began: datetime
    by: str = ""
    max_parallel: int = 10
    """Stations under way at a time."""
    stop_rate: float = 0.1
    """Of a wave; when more than this part of it has failed, nobody else is told."""
    windows: tuple[Window, ...] = ()
    """None: always."""
    admit: bool = True
    """While a station waits for the end of what runs, others may begin to charge there."""
    state: CampaignState = CampaignState.RUNNING
    reason: str = ""
    ended: datetime | None = None

    @property
    def wave(self) -> int:
        """The first wave that is not over; one more than the last if all are."""
        open_ones = [one.wave for one in self.members if one.state in {MemberState.WAITING, MemberState.ORDERED}]
        return min(open_ones, default=max((one.wave for one in self.members), default=-1) + 1)

    def count(self, *states: MemberState) -> int:
        """Return how many stations are so far."""
        return sum(one.state in states for one in self.members)


class FirmwareImageChanged(Event, frozen=True, kw_only=True, gc=False):
    """An image is expected, has come, or is gone; station is empty."""

    about = "firmware_image"

    id: str
    firmware_image: FirmwareImage | None
    by: str = ""


class FirmwareUpdateChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something became of an update."""

    about = "firmware_update"

    key: str
    firmware_update: FirmwareUpdate | None


class FirmwarePublicationChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something became of a publication."""

    about = "firmware_publication"

    key: str
    firmware_publication: FirmwarePublication | None


class CampaignChanged(Event, frozen=True, kw_only=True, gc=False):
    """Something became of a campaign; station is empty."""

    about = "campaign"

    id: str
    campaign: Campaign | None


def update_key(station: StationId, request: int) -> str:
    """Return the key of an update."""
    return f"{station}:{request}"


def stepped(update: FirmwareUpdate, state: FirmwareState, at: datetime, detail: str = "") -> FirmwareUpdate:
    """Return an update one step further."""
    step = FirmwareStep(at=at, state=state, detail=detail[:200])
    ended = at if state in OVER else None
    return msgspec.structs.replace(update, state=state, history=(*update.history, step)[-MOST_STEPS:], ended=ended)


MOST_STEPS: Final = 64
"""Of one update that are kept: a station that says the same for ever fills nothing."""

EPOCH_YEARS: Final = timedelta(days=365 * 54 + 13)
"""From 1970 to 2024."""


def next_request(now: datetime, last: int) -> int:
    """Return a number for a request: higher than the last one, and below 2**31 until 2092."""
    return max(last + 1, int(now.timestamp() - EPOCH_YEARS.total_seconds()))


def digest(text: str, where: str = "sha256") -> str:
    """Check a hash.

    Raises:
        Malformed: it is none.
    """
    if not _SHA256.fullmatch(text.lower()):
        raise Malformed("a SHA-256 has 64 hexadecimal digits", code="InvalidValue", where=where)
    return text.lower()
