# SPDX-License-Identifier: Apache-2.0
"""Languages that people read: tags as RFC 5646 has them, and which of several texts somebody is shown (RFC 4647, lookup)."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

ANY: Final = "*"
"""Wanted by whoever reads anything (RFC 9110)."""


def is_language(tag: str) -> bool:
    """Tell whether it is a tag as en or de-CH."""
    return _TAG.fullmatch(tag) is not None


def best(wanted: Iterable[str], there: Sequence[str]) -> str | None:
    """Return which of the languages that are there somebody is shown, as it is spelled there; None: none that he wants.

    Who wants de-CH takes de, and who wants de takes de-CH.

    Args:
        wanted: the best first.
        there: in the order in which one is taken by who reads anything.
    """
    known = {tag.lower(): tag for tag in reversed(there)}
    for one in wanted:
        tag = one.lower()
        if tag == ANY and there:
            return there[0]
        found = _as_said(tag, known) or _wider(tag, there)
        if found is not None:
            return found
    return None


def _as_said(tag: str, known: dict[str, str]) -> str | None:
    """Leave one part of the tag out after the other, from its end."""
    while tag:
        if tag in known:
            return known[tag]
        tag = tag.rpartition("-")[0]
    return None


def _wider(tag: str, there: Sequence[str]) -> str | None:
    return next((one for one in there if one.lower().partition("-")[0] == tag.partition("-")[0]), None)


def accepted(header: str) -> tuple[str, ...]:
    """Return what a browser accepts (Accept-Language), the best first; what cannot be read is passed over."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";")
        quality = _quality(weight)
        if quality > 0 and (tag == ANY or is_language(tag)):
            found.append((-quality, place, tag))
    return tuple(tag for _, _, tag in sorted(found))


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    return float(value) if re.fullmatch(r"[01](\.\d{0,3})?", value.strip()) else 0.0
