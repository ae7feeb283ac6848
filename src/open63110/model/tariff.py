# SPDX-License-Identifier: Apache-2.0
"""Tariffs: what charging costs, or discharging earns, in a zone or at a whole site (8.4.7)."""

import re
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal, NewType

import msgspec

from open63110.kernel.errors import Malformed, Refused
from open63110.kernel.messages import Event
from open63110.model.site import SiteId, ZoneKey

TariffId = NewType("TariffId", str)
"""What the operator calls it, at most 60 characters."""

TariffKey = NewType("TariffKey", str)
"""Where it counts: the key of a zone, or the id of a site that stands for all of its zones."""

Dimension = Literal["energy", "time", "flat"]
"""What is paid for: each kWh, each minute of a session, each session."""

Direction = Literal["import", "export"]
"""Energy into the EV, or out of it: of what is exported, the price is what the driver gets."""

PLACES: Final = 6
"""Decimal places of a price at most."""

DIGITS: Final = 12
"""Digits of a price at most."""

MOST_TEXTS: Final = 16
LONGEST_TEXT: Final = 512
"""Characters."""

LONGEST_ID: Final = 60

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

_CODES: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""

CURRENCIES: Final = frozenset(_CODES.split())
"""ISO 4217, those that something can be bought with."""


class TariffElement(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One price."""

    dimension: Dimension
    direction: Direction = "import"
    price: Decimal
    """In the currency of its tariff, for one kWh, one minute or one session."""


class Tariff(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What counts in one place."""

    key: TariffKey
    id: TariffId
    currency: str
    """ISO 4217."""
    valid_from: datetime
    """Since when, or from when on, it counts."""
    elements: tuple[TariffElement, ...]
    """At most one of each dimension and direction."""
    texts: dict[str, str] = {}
    """What drivers are shown, by language (BCP 47)."""
    above: bool = False
    """It was told by the level above; False: it was set here."""


class TariffChanged(Event, frozen=True, kw_only=True, gc=False):
    """A tariff was set, replaced or withdrawn. ``station`` is empty at a CSMS."""

    about: ClassVar[str] = "tariff"
    key: TariffKey
    tariff: Tariff | None
    """None: there is none there any more."""


def tariff_key(site: SiteId, zone: ZoneKey | None) -> TariffKey:
    """Return what the tariff of a zone is known by, or that of a whole site."""
    return TariffKey(zone if zone is not None else site)


def check_tariff(tariff: Tariff) -> None:
    """Look at what a tariff says, wherever it comes from.

    Raises:
        Malformed: its id, a language or a text will not do.
        Refused: an unknown currency; no price, two for the same, or one that cannot be.
    """
    if not 0 < len(tariff.id) <= LONGEST_ID or not tariff.id.isprintable():
        raise Malformed(f"the id of a tariff has 1 to {LONGEST_ID} printable characters", code="BadId", where="id")
    if tariff.currency not in CURRENCIES:
        words = f"{tariff.currency[:20]!r} is no currency of ISO 4217"
        raise Refused(words, code="UnknownCurrency", where="currency", remedy="as EUR or CHF")
    kinds = [(one.dimension, one.direction) for one in tariff.elements]
    if not kinds or len(set(kinds)) < len(kinds):
        words = "a tariff has one price or more, and one for each dimension and direction at most"
        raise Refused(words, code="BadElements", where="elements")
    for one in tariff.elements:
        _check_price(one)
    _check_texts(tariff.texts)


def _check_price(element: TariffElement) -> None:
    check_amount(element.price, "elements")
    if element.price < 0 and element.dimension != "energy":
        words = f"a price for {element.dimension} is not negative; only one for energy may be"
        raise Refused(words, code="NegativePrice", where="elements")


def check_amount(amount: Decimal, where: str) -> None:
    """Look at a price, a sum or a rate.

    Raises:
        Refused: it is no number, or has too many digits.
    """
    if not amount.is_finite():
        raise Refused("a price is a number", code="BadPrice", where=where)
    _, digits, exponent = amount.as_tuple()
    places, before = max(0, -int(exponent)), len(digits) + int(exponent)
    if places > PLACES or max(before, 0) + places > DIGITS:
        words = f"a price has at most {DIGITS} digits, {PLACES} of them behind the point"
        raise Refused(words, code="PriceTooLong", where=where)


def _check_texts(texts: dict[str, str]) -> None:
    if len(texts) > MOST_TEXTS:
        raise Malformed(f"a tariff has texts in at most {MOST_TEXTS} languages", code="TooManyTexts", where="texts")
    for language, words in texts.items():
        if _LANGUAGE.fullmatch(language) is None:
            raise Malformed(f"{language[:20]!r} is no language as en or de-CH", code="BadLanguage", where="texts")
        if not 0 < len(words) <= LONGEST_TEXT or not words.isprintable():
            rule = f"has 1 to {LONGEST_TEXT} printable characters"
            raise Malformed(f"the text in {language} {rule}", code="BadText", where="texts")
