# SPDX-License-Identifier: Apache-2.0
"""Fault codes: what stations mean by them, as their makers say it, and as the operator wants them called (8.3.11)."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Event
from open63110.model.language import is_language

LONGEST_CONTENT: Final = 1_000_000
"""Characters of a catalogue as its maker wrote it."""

MOST_ENTRIES: Final = 10_000

LONGEST_CODE: Final = 50
"""Characters of a code, on every wire."""

LONGEST_WORDS: Final = 2_000
"""Characters of a text in one language."""

SEVERITIES: Final = range(10)
"""0 danger … 9 debug (OCPP 2.x)."""

Texts = dict[str, str]
"""By language, as en or de-CH."""


class FaultEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What one code means."""

    code: str
    """As the station says it: techCode, vendorErrorCode, errorCode."""
    component: str = ""
    """Of which it is; empty: of any."""
    severity: int | None = None
    """0 danger … 9 debug; None: as the station says."""
    text: Texts = {}
    """What is wrong, for the operator."""
    user_text: Texts = {}
    """The same for users of the station."""
    remedy: Texts = {}
    """What to do about it."""
    blocking: bool = False
    """Nobody can charge while it lasts."""
    std_code: str = ""
    """Of the standard codes the one that means it, as CX004; empty: none does."""


class FaultCatalogue(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """All codes of a maker, a model or a firmware; one row."""

    key: str
    vendor: str
    model: str = ""
    """Empty: of all models of the vendor."""
    firmware: str = ""
    """Empty: of all firmwares of the model."""
    version: str
    digest: str
    """SHA-256 of its content, in hexadecimal."""
    signed_by: str = ""
    """Name of the key that signed it; empty: it is not signed."""
    entries: tuple[FaultEntry, ...] = ()
    source: str = "import"
    """import: somebody gave it to this CSMS; else the station that told it."""
    at: datetime
    """When it came."""
    by: str = ""
    """Who gave it: id of a principal; empty: a station did."""

    def find(self, code: str, component: str = "") -> FaultEntry | None:
        """Return what a code means at a component, else at any; None: nothing is known of it."""
        found = [one for one in self.entries if one.code == code]
        return next((one for one in found if one.component == component), None) or next(iter(found), None)


class FaultCatalogueChanged(Event, frozen=True, kw_only=True, gc=False):
    """A catalogue of fault codes came, took the place of another, or was removed."""

    about: ClassVar[str] = "catalogue"
    key: str
    catalogue: FaultCatalogue | None
    """None: it was removed."""


class FetchOutcome(StrEnum):
    """What became of a catalogue that a station announced."""

    ASKED = "asked"
    KEPT = "kept"
    REFUSED = "refused"
    """Its content is not what it should be; it is asked for again only where that was about trust, once a day at most."""
    FAILED = "failed"
    """It did not come; the next station that announces it is asked."""


class CatalogueFetch(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The last catalogue that stations of a kind announced, and what became of it; one row for each kind."""

    key: str
    digest: str
    version: str = ""
    station: StationId
    """That was asked."""
    at: datetime
    """When it was asked, or answered."""
    outcome: FetchOutcome = FetchOutcome.ASKED
    reason: str = ""


class CatalogueFetchChanged(Event, frozen=True, kw_only=True, gc=False):
    """A station was asked for its catalogue, or has answered."""

    about: ClassVar[str] = "catalogue_fetch"
    catalogue_fetch: CatalogueFetch | None


class UnknownFault(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A code that no catalogue explains, of one kind of station; one row."""

    key: str
    vendor: str
    model: str
    firmware: str
    code: str
    component: str = ""
    count: int = 1
    """How often it was reported."""
    first: datetime
    last: datetime
    station: StationId
    """That reported it last."""


class FaultUnexplained(Event, frozen=True, kw_only=True, gc=False):
    """A station reported a code that no catalogue explains; with None it is explained now."""

    about: ClassVar[str] = "unknown_fault"
    key: str
    unknown_fault: UnknownFault | None


class OwnCatalogue(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """At a station: the catalogue of its codes, as its maker wrote it; one row."""

    station: StationId
    content: str
    signature: str = ""
    """In base64; empty: it is not signed."""
    vendor: str
    model: str = ""
    firmware: str = ""
    version: str
    digest: str


class OwnCatalogueChanged(Event, frozen=True, kw_only=True, gc=False):
    """At a station: it has another catalogue."""

    about: ClassVar[str] = "own_catalogue"
    own_catalogue: OwnCatalogue | None


class CodeName(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How a station is to call what it has a code of its own for."""

    code: str
    """Its own."""
    called: str
    """What it is to say instead: a code of the operator, or of a region, as CX004."""


class MapStanding(StrEnum):
    """How far a mapping has come."""

    WANTED = "wanted"
    SET = "set"
    REFUSED = "refused"


class FaultMap(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """How a station is to call its faults; a row of its own, at the CSMS and at the station."""

    station: StationId
    names: tuple[CodeName, ...] = ()
    standing: MapStanding = MapStanding.SET
    revision: int = 1
    """Rises with each time it is set anew."""
    at: datetime
    reason: str = ""
    by: str = ""

    def name(self, code: str) -> str:
        """Return what a code is called; one that is not on the list keeps its name."""
        return next((one.called for one in self.names if one.code == code), code)


class FaultMapChanged(Event, frozen=True, kw_only=True, gc=False):
    """How a station calls its faults is to be another, or was confirmed or refused."""

    about: ClassVar[str] = "fault_map"
    fault_map: FaultMap | None


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue as its maker writes it, in JSON; what else stands there is the maker's own."""

    vendor: str
    model: str = ""
    fw: str = ""
    version: str
    entries: tuple["WrittenEntry", ...]


class WrittenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One code as its maker writes it."""

    code: str
    component: str = ""
    severity: int | None = None
    text: Texts = {}
    user_text: Texts = {}
    remedy: Texts = {}
    blocking: bool = False
    std_code: str = ""


def read_catalogue(content: str, at: datetime) -> FaultCatalogue:
    """Read a catalogue as its maker wrote it.

    Raises:
        Malformed: it is none, or what it says cannot be; where says in which entry.
    """
    if len(content) > LONGEST_CONTENT:
        raise Malformed(f"a catalogue has at most {LONGEST_CONTENT} characters", code="TooLarge", where="content")
    try:
        said = msgspec.json.decode(content, type=Written)
    except (msgspec.MsgspecError, UnicodeError) as fault:
        raise Malformed(f"that is no catalogue: {fault}", code="NoCatalogue", where="content") from fault
    _check_names(said)
    return FaultCatalogue(
        key=catalogue_key(said.vendor, said.model, said.fw),
        vendor=said.vendor,
        model=said.model,
        firmware=said.fw,
        version=said.version,
        digest=digest_of(content),
        entries=tuple(_entries(said.entries)),
        at=at,
    )


def _check_names(said: Written) -> None:
    if not said.vendor.strip() or not said.version.strip():
        raise Malformed("a catalogue says its vendor and its version", code="NoCatalogue", where="content")
    if said.fw and not said.model:
        raise Malformed("a firmware is of a model", code="NoCatalogue", where="content.model")
    if not 0 < len(said.entries) <= MOST_ENTRIES:
        raise Malformed(f"a catalogue has 1 to {MOST_ENTRIES} entries", code="NoCatalogue", where="content.entries")


def _entries(written: Iterable[WrittenEntry]) -> Iterator[FaultEntry]:
    """Yield each code of each component once.

    Raises:
        Malformed: two entries say different things of the same.
    """
    seen: dict[tuple[str, str], FaultEntry] = {}
    for place, one in enumerate(written):
        where = f"content.entries[{place}]"
        _check_entry(one, where)
        entry = FaultEntry(
            code=one.code,
            component=one.component,
            severity=one.severity,
            text=one.text,
            user_text=one.user_text,
            remedy=one.remedy,
            blocking=one.blocking,
            std_code=one.std_code,
        )
        key = entry.code, entry.component
        if key not in seen:
            seen[key] = entry
            yield entry
        elif seen[key] != entry:
            words = f"{one.code} means one thing, and then another"
            raise Malformed(words, code="ConflictingDuplicate", where=where, remedy="leave one of them out")


def _check_entry(entry: WrittenEntry, where: str) -> None:
    check_code(entry.code, f"{where}.code")
    if entry.severity is not None and entry.severity not in SEVERITIES:
        raise Malformed("a severity lies between 0 and 9", code="InvalidValue", where=f"{where}.severity")
    if len(entry.std_code) > LONGEST_CODE or len(entry.component) > LONGEST_CODE:
        raise Malformed(f"a name has at most {LONGEST_CODE} characters", code="InvalidValue", where=where)
    for name in ("text", "user_text", "remedy"):
        _check_texts(getattr(entry, name), f"{where}.{name}")


def check_code(code: str, where: str) -> None:
    """Look at a code.

    Raises:
        Malformed: no wire could carry it.
    """
    if not 0 < len(code) <= LONGEST_CODE or not code.isprintable() or code != code.strip():
        raise Malformed(f"a code has 1 to {LONGEST_CODE} printable characters", code="InvalidValue", where=where)


def _check_texts(texts: Mapping[str, str], where: str) -> None:
    for language, words in texts.items():
        if not is_language(language):
            raise Malformed(f"{language[:20]!r} is no language as en or de-CH", code="BadLanguage", where=where)
        if not 0 < len(words) <= LONGEST_WORDS:
            raise Malformed(f"a text has 1 to {LONGEST_WORDS} characters", code="InvalidValue", where=f"{where}.{language}")


def digest_of(content: str) -> str:
    """Return SHA-256 of a catalogue as its maker wrote it, in hexadecimal."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def catalogue_key(vendor: str, model: str, firmware: str) -> str:
    """Return by what the catalogue of a firmware, a model (no firmware) or a vendor (no model) is known."""
    return ":".join(_plain(part) for part in (vendor, model, firmware))


def _plain(name: str) -> str:
    """Return a name as it can stand in a path; makers write their own names now so, now so."""
    return re.sub(r"[^\w.+-]+", "-", name.strip().lower())


def keys_for(vendor: str, model: str, firmware: str) -> tuple[str, ...]:
    """Return the catalogues that may explain a station, the nearest first."""
    return (
        catalogue_key(vendor, model, firmware),
        catalogue_key(vendor, model, ""),
        catalogue_key(vendor, "", ""),
    )


def unknown_key(vendor: str, model: str, firmware: str, code: str) -> str:
    """Return by what a code that nothing explains is known."""
    return f"{catalogue_key(vendor, model, firmware)}:{_plain(code)}"
