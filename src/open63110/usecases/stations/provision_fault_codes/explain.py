# SPDX-License-Identifier: Apache-2.0
"""What a code means: by the catalogue of the firmware, the model, the maker, and by the codes that are everybody's (8.3.11)."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from open63110.model.fault import FaultCatalogue, FaultEntry, Texts, keys_for
from open63110.model.language import best
from open63110.model.standard_faults import NAMES, STANDARD
from open63110.model.station import Identity
from open63110.ports import Rows


class Explained(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A code that is understood."""

    code: str
    entry: FaultEntry
    standard: str = ""
    """The standard code that means it, as CX004; empty: none does."""
    standard_name: str = ""
    """As OverCurrentFailure."""
    catalogue: str = ""
    """Key of the catalogue that explains it; empty: it is a standard code."""
    version: str = ""
    """Of that catalogue."""

    def text(self, languages: Sequence[str]) -> str:
        """Return what is wrong; where the maker says nothing of it, what the standard code means."""
        return said(self.entry.text, languages) or self._of_standard(languages)

    def _of_standard(self, languages: Sequence[str]) -> str:
        common = STANDARD.get(self.standard)
        return said(common.text, languages) if common is not None else ""

    def remedy(self, languages: Sequence[str]) -> str:
        """Return what to do about it; empty: nobody says."""
        return said(self.entry.remedy, languages)

    def user_text(self, languages: Sequence[str]) -> str:
        """Return what users of the station are told; empty: nothing."""
        return said(self.entry.user_text, languages)


def said(texts: Texts, languages: Sequence[str]) -> str:
    """Return a text in the language that somebody reads best, else in English, else in any."""
    there = list(texts)
    chosen = best((*languages, "en", "*"), there)
    return texts[chosen] if chosen is not None else ""


def explain(codes: Iterable[str], identity: Identity, rows: Rows, component: str = "") -> Explained | None:
    """Return what the first of some codes of a fault means that anything explains; None: nothing explains any.

    Args:
        codes: of one fault, the most telling first.
        identity: what the station is.
        rows: the catalogues.
        component: of the fault.
    """
    found = list(catalogues(identity, rows))
    wanted = [code for code in codes if code]
    for code in wanted:
        for one in found:
            entry = one.find(code, component)
            if entry is not None:
                return _explained(code, entry, one)
    return next((_explained(code, STANDARD[code], None) for code in wanted if code in STANDARD), None)


def catalogues(identity: Identity, rows: Rows) -> Iterator[FaultCatalogue]:
    """Yield the catalogues of a station, the nearest first."""
    if not identity.vendor:
        return
    for key in keys_for(identity.vendor, identity.model, identity.firmware):
        found = rows.get(FaultCatalogue, key)
        if found is not None:
            yield found


def _explained(code: str, entry: FaultEntry, catalogue: FaultCatalogue | None) -> Explained:
    return Explained(
        code=code,
        entry=entry,
        standard=entry.std_code,
        standard_name=NAMES.get(entry.std_code, ""),
        catalogue=catalogue.key if catalogue else "",
        version=catalogue.version if catalogue else "",
    )
