# SPDX-License-Identifier: Apache-2.0
"""What is said about fault codes (8.3.11)."""

from typing import ClassVar, Self

import msgspec

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.fault import CodeName


class _AboutFaults(Command, frozen=True, kw_only=True, gc=False):
    unasked: ClassVar[frozenset[str]] = frozenset({"by", "revision"})
    by: str = ""

    def asked_by(self, who: str, role: str) -> Self:
        """Return it with the name of whoever wants it."""
        del role
        return msgspec.structs.replace(self, by=who)


class ImportFaultCatalogue(_AboutFaults, frozen=True, kw_only=True, gc=False):
    """Take in what a maker says of the fault codes of his stations; one for the same firmware is replaced. station is empty."""

    content: str
    """The catalogue in JSON, letter by letter as its maker wrote it: that is what was signed."""
    signature: str = ""
    """Of the content, in base64; empty: it is not signed."""
    replace: bool = False
    """Take it even if it says otherwise than one of the same version did."""

    def kept(self) -> Self:
        """Leave the content out of the order: it stands in the catalogue."""
        return msgspec.structs.replace(self, content="", signature="")


class RemoveFaultCatalogue(_AboutFaults, frozen=True, kw_only=True, gc=False):
    """Forget a catalogue of fault codes. station is empty."""

    catalogue: str
    """Its key, as lists show it."""


class MapFaultCodes(_AboutFaults, frozen=True, kw_only=True, gc=False):
    """Have a station call its faults by other codes, as those of the operator or of a region; none: by its own."""

    names: tuple[CodeName, ...] = ()
    """Which of its own codes is called what."""
    revision: int = 0


class FaultCatalogueAnnounced(Event, frozen=True, kw_only=True, gc=False):
    """A station says which catalogue explains its codes; the CSMS asks for one that it has not seen."""

    vendor: str
    model: str = ""
    firmware: str = ""
    version: str
    digest: str
    """SHA-256 of its content, in hexadecimal."""


class AskFaultCatalogue(Command, frozen=True, kw_only=True, gc=False):
    """What do your fault codes mean?"""

    key: str = ""
    """At the CSMS: by what the catalogue will be known."""
    digest: str
    """Of the catalogue that was announced."""

    def follows(self) -> bool:
        """Follow from an announcement, which is in the journal."""
        return True


class FaultCatalogueAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """The catalogue of a station."""

    content: str
    """As its maker wrote it."""
    signature: str = ""
    """In base64; empty: it is not signed."""


class FaultCatalogueTold(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station has told its catalogue, or has not."""

    key: str
    digest: str
    """That it was asked for."""
    content: str = ""
    """Empty: it did not tell."""
    signature: str = ""
    reason: str = ""


class FaultMapPlanned(Reply, frozen=True, kw_only=True, gc=False):
    """What the asker for other names is told: the station is not there, it hears of them when it comes."""

    def remark(self) -> str:
        """Say that yes does not mean now."""
        return "Kept"


class FaultMapAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station calls its faults as it was told, or will not."""

    revision: int
    reason: str = ""
    """Empty: it does."""


class NoteFault(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station reported codes; count them if nothing explains any of them."""

    codes: tuple[str, ...]
    """Of one fault, the most telling first."""
    component: str = ""


class AnnounceCatalogue(Command, frozen=True, kw_only=True, gc=False):
    """At the station: the CSMS listens now, say which catalogue explains the codes."""


class ReconcileFaultMap(Command, frozen=True, kw_only=True, gc=False):
    """At the CSMS: a station is there again; see to it that it calls its faults as it should."""


class CatalogueLoaded(Event, frozen=True, kw_only=True, gc=False):
    """At the station: its maker's catalogue, as it lies on its disk."""

    content: str
    signature: str = ""
