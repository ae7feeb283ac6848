# SPDX-License-Identifier: Apache-2.0
"""Settings of protected elements (B.3): whose keys count, what is signed or sealed, and what has to come so."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec

from open63110.kernel.errors import Malformed
from open63110.kernel.units import Seconds

WHOLE: Final = "/"
"""Names the whole body of a message."""

RECEIVER: Final = "receiver"
"""Names the station that a message goes to, as whom to seal for."""


RULED: Final = frozenset({"protect", "demand", "notify", "quirks"})
"""Tables of rules, by names of the operator's."""

RULES: Final = """
# What is signed or sealed, and what has to come so, is said in tables of their own, under any names; protected elements are for
# links only.
# [protect.limits]                     done to what is sent
# messages = ["LimitPower"]            by name
# elements = ["/"]                     fields by name (readings, identity/3), or / for the whole message
# sign = true                          with the key of [protection]
# seal = ""                            an identity, or receiver: the station that it goes to; empty: it stays readable
# content_key = ""                     a file with a key of 32 bytes in hexadecimal, to seal under instead of a certificate
# stations = []                        those that it holds for; empty: all
# [demand.readings]                    insisted on in what comes
# messages = ["MeterValuesReported"]
# elements = ["/"]
# signed = true
# sealed = false
# signers = []                         identities; empty: the station that the message is about, or for orders a CSMS
"""
"""What a file that explains itself says of them."""


class Protection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys for elements of messages that are signed or sealed end to end, over the link; [protect.…] and [demand.…] say which."""

    certificate: str = ""
    """PEM file with the certificate to sign with and to be sealed for. Empty: the one that is shown on links."""
    key: str = ""
    """PEM file with its key."""
    authorities: str = ""
    """PEM file: whose certificates of signers are believed. Empty: the same as on links."""
    certificates: str = ""
    """Folder with the certificates of signers and of those to seal for, a PEM file each: issued/ of open63110 pki. Empty: none
    but one's own is known."""
    revoked: str = ""
    """PEM file of the certificates that were taken back. Empty: the same as on links, if there is one."""
    expired: Seconds = Seconds(0.0)
    """How long after its end a signer's certificate still counts, for messages that have waited in an outbox [s]."""
    content_keys: tuple[str, ...] = ()
    """Files of 32 bytes, in hexadecimal: keys that others have, too, under which elements come sealed."""


class Protect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Elements that are protected before they are sent."""

    messages: tuple[str, ...] = ()
    """By name, as EnergyTransferUpdated or LimitPower. Empty: nothing is protected by this."""
    elements: tuple[str, ...] = (WHOLE,)
    """Fields by name, with numbers for what lies deeper (identity/3), or / for the whole message. What a message leaves out is
    not protected, so whatever may be left out is best signed with the whole."""
    sign: bool = True
    """With one's own key."""
    seal: str = ""
    """Identity in the certificate of whom it is sealed for; receiver: the station that it goes to. Empty: anybody can read it."""
    content_key: str = ""
    """File of 32 bytes, in hexadecimal: a key that the addressee has, too, to seal under instead of a certificate."""
    stations: tuple[str, ...] = ()
    """Those that it holds for. Empty: all."""


class Demanded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Elements that must come protected; those that do not are taken out, and an order without them is refused."""

    messages: tuple[str, ...] = ()
    """By name. Empty: nothing is demanded by this."""
    elements: tuple[str, ...] = (WHOLE,)
    """As with [protect.…]; an element counts as protected by what it lies in. One that is left out counts as not protected."""
    signed: bool = True
    sealed: bool = False
    signers: tuple[str, ...] = ()
    """Identities in certificates, one of which has to have signed. Empty: the station that the message is about; at a station
    whoever has the role csms."""


class Protected(Protocol):
    """Settings with protected elements in them."""

    @property
    def protection(self) -> Protection:
        """Keys."""

    @property
    def protect(self) -> dict[str, Protect]:
        """What is done, by a name of the operator's."""

    @property
    def demand(self) -> dict[str, Demanded]:
        """What is insisted on, by a name of the operator's."""


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """What a program shows on links; protection goes by it where it says nothing else."""

    certificate: str = ""
    key: str = ""
    authorities: str = ""
    revoked: str = ""


def completed(chosen: Protection, links: Links) -> Protection:
    """Fill in what links have."""
    own = {} if chosen.certificate else {"certificate": links.certificate, "key": links.key}
    return msgspec.structs.replace(
        chosen,
        authorities=chosen.authorities or links.authorities,
        revoked=chosen.revoked or links.revoked,
        **own,
    )


def check_protection(config: Protected, links: Links) -> None:
    """See whether the settings fit together.

    Raises:
        Malformed: they do not; says where and what to do.
    """
    keys = completed(config.protection, links)
    if bool(config.protection.certificate) != bool(config.protection.key):
        raise Malformed("protection needs both certificate and key, or neither", where="protection")
    if config.protection.expired < 0:
        raise Malformed("protection.expired must not be below 0", where="protection.expired")
    for name, rule in config.protect.items():
        place = f"protect.{name}"
        if not rule.messages:
            continue
        _check_elements(place, rule.messages, rule.elements)
        _check_rule(place, rule, keys)
    for name, wanted in config.demand.items():
        place = f"demand.{name}"
        if not wanted.messages:
            continue
        _check_elements(place, wanted.messages, wanted.elements)
        if not (wanted.signed or wanted.sealed):
            raise Malformed(f"{place} demands nothing: neither signed nor sealed", where=place)
        if wanted.signed and not keys.certificates:
            remedy = "set protection.certificates, the folder issued/ of open63110 pki"
            raise Malformed(f"{place} wants signatures, but no signer is known; {remedy}", where=place, remedy=remedy)


def _check_rule(place: str, rule: Protect, keys: Protection) -> None:
    if not (rule.sign or rule.seal or rule.content_key):
        raise Malformed(f"{place} does nothing: neither sign, seal nor content_key", where=place)
    if rule.seal and rule.content_key:
        raise Malformed(f"{place} seals for a certificate or under a content_key, not both", where=place)
    if rule.sign and not keys.certificate:
        remedy = "set protection.certificate and protection.key; open63110 pki issue makes them"
        raise Malformed(f"{place} signs, but there is no certificate; {remedy}", where=place, remedy=remedy)
    if rule.seal and not keys.certificates:
        remedy = "set protection.certificates, the folder issued/ of open63110 pki"
        raise Malformed(f"{place} seals, but nobody's certificate is known; {remedy}", where=place, remedy=remedy)


def _check_elements(place: str, messages: Iterable[str], paths: Iterable[str]) -> None:
    if not paths:
        raise Malformed(f"{place}.elements is empty: say which, or / for the whole message", where=f"{place}.elements")
    # who protects nothing does without the messages of the link
    from open63110.apps.protection_paths import path_of  # noqa: PLC0415 - only who protects pays

    for message in messages:
        for one in paths:
            path_of(place, message, one)


def files_of(config: Protected) -> Mapping[str, str]:
    """Return the files that have to be readable, by setting."""
    chosen = config.protection
    named = {f"protection.{name}": getattr(chosen, name) for name in ("certificate", "key", "authorities", "revoked")}
    named |= {f"protection.content_keys.{place}": one for place, one in enumerate(chosen.content_keys)}
    named |= {f"protect.{name}.content_key": rule.content_key for name, rule in config.protect.items()}
    return {name: file for name, file in named.items() if file}


def said_of(config: Protected) -> list[str]:
    """Say in words what is protected and demanded, a line each."""
    return [
        *(f"protect.{name}: {_what(rule.messages, rule.elements)} {_done(rule)}" for name, rule in config.protect.items()),
        *(f"demand.{name}: {_what(one.messages, one.elements)} {_wanted(one)}" for name, one in config.demand.items()),
    ]


def _what(messages: Iterable[str], paths: Iterable[str]) -> str:
    whole = set(paths) == {WHOLE}
    if not messages:
        return "no message"
    return ", ".join(messages) + ("" if whole else f" ({', '.join(paths)})")


def _done(rule: Protect) -> str:
    whom = "the receiving station" if rule.seal == RECEIVER else rule.seal
    sealed = f"sealed for {whom}" if rule.seal else "sealed under a content key" if rule.content_key else ""
    said = " and ".join(filter(None, ("signed" if rule.sign else "", sealed)))
    return said + (f", towards {', '.join(rule.stations)}" if rule.stations else "")


def _wanted(one: Demanded) -> str:
    said = " and ".join(word for word, wanted in (("signed", one.signed), ("sealed", one.sealed)) if wanted)
    return f"must come {said}" + (f" by {' or '.join(one.signers)}" if one.signers else "")


def grace(chosen: Protection) -> timedelta:
    """Return how long a certificate counts that has ended."""
    return timedelta(seconds=chosen.expired)


def readable(where: str, file: str) -> bytes:
    """Read a file that a setting names.

    Raises:
        Malformed: it cannot be read.
    """
    try:
        return Path(file).read_bytes()
    except OSError as fault:
        raise Malformed(f"{where} names {file}, which cannot be read: {fault.strerror}", where=where) from fault


class FaultCodes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makers of stations say of their fault codes."""

    keys: tuple[str, ...] = ()
    """VENDOR=FILE each, the file a public key or a certificate in PEM: catalogues of this vendor, as its stations say it,
    count only if one of its keys signed them."""
