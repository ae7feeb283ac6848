# SPDX-License-Identifier: Apache-2.0
"""Numbers for value added tax: which have the form that their country gives them. Whose they are nobody here knows."""

import re
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s./\-]")

_FORMS: Final = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CH": r"E\d{9}(MWST|TVA|IVA)?",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-Z0-9]{2}\d{9}",
    "GB": r"\d{9}|\d{12}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{12}",
    "NO": r"\d{9}(MVA)?",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}",
}
"""By prefix what follows it."""


def plain(number: str) -> str:
    """Return a number without what people put between its parts."""
    return _SEPARATORS.sub("", number).upper()


def country(number: str) -> str:
    """Return whose number it would be; empty: of no country whose form is known."""
    prefix = plain(number)[:2]
    return prefix if prefix in _FORMS else ""


def well_formed(number: str) -> bool:
    """Tell whether a number has the form of its country."""
    form = _FORMS.get(country(number))
    return form is not None and re.fullmatch(form, plain(number)[2:], re.ASCII) is not None
