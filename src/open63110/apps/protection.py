# SPDX-License-Identifier: Apache-2.0
"""The guard of a program's messages, from its settings: None where they name nothing, so that nothing is looked at."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from open63110.apps.protection_config import (
    RECEIVER,
    Demanded,
    Links,
    Protect,
    Protected,
    Protection,
    completed,
    grace,
    readable,
    said_of,
)
from open63110.apps.protection_paths import definition_of, path_of
from open63110.bindings.link.protection.believed import Believed, Known, key_in
from open63110.bindings.link.protection.cose import ContentKey, Signer
from open63110.bindings.link.protection.guard import Guard, Protects, Wants
from open63110.bindings.link.protection.once import Once
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Malformed
from open63110.kernel.roles import Role
from open63110.pki.identity import identity_of
from open63110.runtime.engine import Engine

FROM_ABOVE = frozenset({Role.STATION, Role.LOCAL_CSMS})
"""Whoever hears what is meant for these hears a CSMS."""


def guard_of(config: Protected, links: Links, now: Callable[[], datetime], *, obeys: Engine | None = None) -> Guard | None:
    """Return the guard that settings ask for; None: nothing is protected, demanded or opened.

    Args:
        config: settings of the program.
        links: what it shows on links.
        now: the time.
        obeys: takes protected orders, each once; None: there is nobody to take any.

    Raises:
        Malformed: a file or a name in them will not do; says where.
    """
    chosen = config.protection
    if not (config.protect or config.demand or chosen != Protection()):
        return None
    keys = completed(chosen, links)
    trust = _trust(keys, now)
    signer = _signer(trust, keys)
    protects: dict[int, list[Protects]] = {}
    wants: dict[int, list[Wants]] = {}
    for name, rule in config.protect.items():
        for message in rule.messages:
            number = definition_of(f"protect.{name}", message).number
            protects.setdefault(number, []).append(_protects(f"protect.{name}", message, rule, signer))
    for name, one in config.demand.items():
        for message in one.messages:
            number = definition_of(f"demand.{name}", message).number
            wants.setdefault(number, []).append(_wants(f"demand.{name}", message, one))
    return Guard(trust, signer, protects, wants, once=Once(obeys) if obeys is not None else None)


def checked(config: Protected, links: Links, now: Callable[[], datetime]) -> list[str]:
    """See whether the keys that settings name are there, and say in words what is protected and demanded.

    Raises:
        Malformed: a file will not do, or there is no certificate to seal for somebody.
    """
    guard = guard_of(config, links, now)
    for name, rule in config.protect.items():
        known = rule.seal in {"", RECEIVER} or guard is None or guard.trust.addressee(rule.seal) is not None
        if not known:
            where = f"protect.{name}.seal"
            raise Malformed(f"{where}: there is no certificate of {rule.seal} with a P-256 key that counts now", where=where)
    return said_of(config)


def _trust(keys: Protection, now: Callable[[], datetime]) -> Believed:
    authorities: Iterable[x509.Certificate] = ()
    if keys.authorities:
        try:
            authorities = x509.load_pem_x509_certificates(readable("protection.authorities", keys.authorities))
        except ValueError as fault:
            raise Malformed("protection.authorities holds no certificate", where="protection.authorities") from fault
    revoked = Revoked(Path(keys.revoked), Path(keys.authorities)) if keys.revoked and keys.authorities else None
    if keys.certificates and not Path(keys.certificates).is_dir():
        where = "protection.certificates"
        raise Malformed(f"{where} names {keys.certificates}, which is no folder", where=where)
    trust = Believed(
        identity_of,
        now,
        authorities=authorities,
        folder=Path(keys.certificates) if keys.certificates else None,
        revoked=revoked,
        expired=grace(keys),
    )
    for one in keys.content_keys:
        trust.share(_content_key("protection.content_keys", one))
    return trust


def _signer(trust: Believed, keys: Protection) -> Signer | None:
    if not keys.certificate:
        return None
    try:
        der = x509.load_pem_x509_certificate(readable("protection.certificate", keys.certificate)).public_bytes(Encoding.DER)
    except ValueError as fault:
        raise Malformed("protection.certificate holds no certificate", where="protection.certificate") from fault
    try:
        return trust.own(key_in(readable("protection.key", keys.key)), der)
    except Malformed as fault:
        raise Malformed(f"protection: {fault.message}", where=fault.where or "protection") from fault


def _protects(place: str, message: str, rule: Protect, signer: Signer | None) -> Protects:
    if rule.sign and signer is None:
        raise Malformed(f"{place} signs, but there is no certificate", where=place)
    under = _content_key(f"{place}.content_key", rule.content_key) if rule.content_key else None
    paths = tuple(path_of(place, message, one) for one in rule.elements)
    return Protects(paths, rule.sign, rule.seal, under, frozenset(rule.stations))


def _wants(place: str, message: str, one: Demanded) -> Wants:
    paths = tuple(path_of(place, message, element) for element in one.elements)
    signers = frozenset(one.signers)
    from_above = not FROM_ABOVE.isdisjoint(definition_of(place, message).to)

    def may(who: Known, about: str) -> bool:
        if signers:
            return who.identity in signers
        return who.role is Role.CSMS if from_above else who.identity == about

    return Wants(paths, one.signed, one.sealed, may)


def _content_key(where: str, file: str) -> ContentKey:
    try:
        return ContentKey(bytes.fromhex(readable(where, file).decode("ascii")))
    except (ValueError, Malformed) as fault:
        raise Malformed(f"{where}: {file} does not hold 32 bytes in hexadecimal", where=where) from fault
