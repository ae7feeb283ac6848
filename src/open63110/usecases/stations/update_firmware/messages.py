# SPDX-License-Identifier: Apache-2.0
"""What is said about firmware."""

from datetime import datetime
from typing import ClassVar, Literal, Self

from msgspec.structs import replace

from open63110.kernel.messages import Command, Event, Reply
from open63110.kernel.units import Seconds
from open63110.model.firmware import FirmwareState, PublicationState, Window
from open63110.model.site import SiteId

UnpublishStatus = Literal["unpublished", "no-firmware", "download-ongoing"]


class UpdateFirmware(Command, frozen=True, kw_only=True, gc=False):
    """Fetch new firmware, check it, and install it when no energy flows."""

    unasked: ClassVar[frozenset[str]] = frozenset({"request", "sha256", "size", "campaign", "by"})
    image: str = ""
    """Id of an image that lies here; or else its location is said."""
    location: str = ""
    """Where it lies, if not here. To a station without one it comes in band."""
    retrieve_at: datetime | None = None
    """None: now."""
    install_at: datetime | None = None
    """None: as soon as it is there."""
    retries: int = 3
    retry_interval: Seconds = Seconds(60.0)
    signature: str = ""
    """Of what lies elsewhere, in base64."""
    certificate: str = ""
    """PEM, of whoever signed it."""
    version: str = ""
    admit: bool = True
    """While it waits for the end of what runs, others may begin to charge."""
    unsigned: bool = False
    """Leave the signature out, for a station that knows none."""
    publisher: str = ""
    """The local controller that serves it; empty: this CSMS does, or a local CSMS that the station is behind."""
    request: int = 0
    sha256: str = ""
    size: int = 0
    campaign: str = ""
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever asks."""
        del role
        return self if self.by else replace(self, by=who)


class FirmwareOrderAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """How a station, or a CSMS in its place, takes an order."""

    request: int = 0
    cancelled: bool = False
    """An earlier order is given up for it."""
    refused: str = ""
    """InvalidCertificate or RevokedCertificate: it will not be done."""

    def remark(self) -> str:
        """Say that an earlier one is given up."""
        return self.refused or ("AcceptedCanceled" if self.cancelled else "")


class FirmwareStatusReported(Event, frozen=True, kw_only=True, gc=False):
    """How far a station is with new firmware."""

    state: FirmwareState
    request: int = 0
    """0: the wire does not say of which order."""
    detail: str = ""
    unasked: bool = False
    """Nobody here gave an order of that number."""


class FirmwareCertificateRefused(Event, frozen=True, kw_only=True, gc=False):
    """A station does not believe the certificate of whoever signed an image."""

    request: int
    reason: str = ""


class FirmwareOrderEnded(Event, frozen=True, kw_only=True, gc=False):
    """The order of an update was answered, or given up."""

    request: int
    accepted: bool
    reason: str = ""


class FirmwareTold(Event, frozen=True, kw_only=True, gc=False):
    """What the hardware of a station has done for an update."""

    request: int
    done: Literal["fetched", "paused", "checked", "written", "tested"]
    trouble: str = ""
    """Why it went wrong; empty: it did not."""


class GoOnWithFirmware(Command, frozen=True, kw_only=True, gc=False):
    """At a station: do what is due of its update."""


class ReportFirmware(Command, frozen=True, kw_only=True, gc=False):
    """At a station: say how far it is with new firmware."""


class PublishFirmware(Command, frozen=True, kw_only=True, gc=False):
    """Fetch an image and serve it to what is behind you: a local controller, or a local CSMS."""

    unasked: ClassVar[frozenset[str]] = frozenset(
        {"request", "location", "md5", "sha256", "size", "vendor", "models", "version", "signature", "certificate"}
    )
    image: str
    retries: int = 3
    retry_interval: Seconds = Seconds(60.0)
    request: int = 0
    location: str = ""
    md5: str = ""
    sha256: str = ""
    size: int = 0
    vendor: str = ""
    models: tuple[str, ...] = ()
    version: str = ""
    signature: str = ""
    certificate: str = ""


class UnpublishFirmware(Command, frozen=True, kw_only=True, gc=False):
    """Serve an image no longer."""

    unasked: ClassVar[frozenset[str]] = frozenset({"md5"})
    image: str = ""
    md5: str = ""


class UnpublishAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What became of that."""

    status: UnpublishStatus

    def remark(self) -> str:
        """Say what stood in the way."""
        return "" if self.status == "unpublished" else self.status


class FirmwarePublishReported(Event, frozen=True, kw_only=True, gc=False):
    """How far a local controller is with an image that it is to serve."""

    state: PublicationState
    request: int = 0
    locations: tuple[str, ...] = ()


class PublicationOrderEnded(Event, frozen=True, kw_only=True, gc=False):
    """The order of a publication was answered, or given up."""

    md5: str
    accepted: bool
    reason: str = ""
    withdrawn: bool = False
    """It was about serving it no longer."""


class PublicationTold(Event, frozen=True, kw_only=True, gc=False):
    """What whoever publishes has done for a publication."""

    md5: str
    state: PublicationState
    locations: tuple[str, ...] = ()


class _OfFirmware(Command, frozen=True, kw_only=True, gc=False):
    unasked: ClassVar[frozenset[str]] = frozenset({"by"})
    id: str
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever asks."""
        del role
        return replace(self, by=who)


class PutFirmwareImage(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Say what an image is that will be uploaded. station is empty."""

    vendor: str
    models: tuple[str, ...]
    version: str
    size: int
    """[bytes]"""
    sha256: str
    component: str = ""
    hardware: tuple[str, ...] = ()
    signature: str = ""
    """Of the content, in base64."""
    certificate: str = ""
    """PEM, of whoever signed it."""
    notes: str = ""


class RemoveFirmwareImage(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Have an image no longer. station is empty."""


class StartCampaign(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Give stations new firmware, wave after wave. station is empty."""

    images: tuple[str, ...]
    """Of each station's model at most one."""
    stations: tuple[str, ...] = ()
    """These; or those of a zone, of a site, or all whose model an image is for."""
    site: SiteId | None = None
    zone: str = ""
    waves: tuple[int, ...] = ()
    """How many stations each wave has, the last again and again; none: all at once."""
    max_parallel: int = 10
    stop_rate: float = 0.1
    windows: tuple[Window, ...] = ()
    admit: bool = True


class PauseCampaign(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Tell no further station for now. station is empty."""


class ResumeCampaign(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Go on. station is empty."""


class CancelCampaign(_OfFirmware, frozen=True, kw_only=True, gc=False):
    """Tell no further station any more. station is empty."""


class TendCampaigns(Command, frozen=True, kw_only=True, gc=False):
    """Go on with what runs. station is empty."""

    def follows(self) -> bool:
        """Nobody asks for it."""
        return True


class FirmwareAwaited(Event, frozen=True, kw_only=True, gc=False):
    """Whether others may begin to charge while an update waits for the end of what runs."""

    admit: bool


class FirmwareAfterBoot(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS: a station has booted that was to install something."""


class ConcludeFirmware(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS: that was a while ago."""


class AdmitBeforeFirmware(Command, frozen=True, kw_only=True, gc=False):
    """At a CSMS: let nobody begin to charge at a station before it is updated, or everybody again."""

    admit: bool

    def follows(self) -> bool:
        """A campaign wants it."""
        return True
